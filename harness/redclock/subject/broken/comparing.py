"""How two sides can be compared wrongly, or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from redclock.subject.actions import Action, Import, Resend, Stop
from redclock.subject.aliexpress_http import AliExpressHttp
from redclock.subject.broken.change import careless, instead, without
from redclock.subject.cancellations import stop_closed
from redclock.subject.caretaker import Caretaker
from redclock.subject.holding import hold_what_is_too_much
from redclock.subject.picture import PREPARING, SENT_TO_SUPPLIER, WAITING, Picture, is_at_supplier
from redclock.subject.policy import HOUR, Policy
from redclock.subject.ports import (
    AliExpressPort,
    CallFailed,
    ListedOrder,
    OrderDetail,
    Ports,
)
from redclock.subject.reconcile import import_missing, refresh_stale, tell_of_differences

_NOT_LEFT = (SENT_TO_SUPPLIER, PREPARING)


def trusts_the_platform(ports: Ports) -> Caretaker:
    """Never compares: an order that the platform lacks is an order that doesn't exist."""
    comparing = (import_missing, refresh_stale, tell_of_differences, hold_what_is_too_much)
    return Caretaker(ports, decisions=without(*comparing))


def looks_back_too_little(ports: Ports) -> Caretaker:
    """Asks only for what changed since the last look, to the second, and never for everything."""
    return careless(ports, overlap_minutes=0, morning_hour=24)


class _ListOnly:
    """A shop of which only the list is believed."""

    def __init__(self, shop: AliExpressPort) -> None:
        self._shop = shop

    def order(self, order_id: int) -> OrderDetail | None:
        raise CallFailed(f"nobody asks for order {order_id} by itself")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._shop, name)


def reads_pages_once(ports: Ports) -> Caretaker:
    """Takes one pass over the pages for the whole list, and never asks for an order that it lacks."""
    for shop in ports.shops.values():
        if isinstance(shop, AliExpressHttp):
            shop.page_sizes = shop.page_sizes[:1]
    shops = {channel: _ListOnly(shop) for channel, shop in ports.shops.items()}
    return Caretaker(replace(ports, shops=shops))


class _InMadrid:
    """A shop whose windows are asked for by the clocks of Madrid, and read by those of California."""

    def __init__(self, shop: AliExpressPort) -> None:
        self._shop = shop

    def orders(self, statuses: Sequence[str], *, modified_since_at: int | None = None) -> list[ListedOrder]:
        since_at = None if modified_since_at is None else modified_since_at + 9 * HOUR
        return self._shop.orders(statuses, modified_since_at=since_at)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._shop, name)


def asks_in_madrid_time(ports: Ports) -> Caretaker:
    """Takes the marketplace's naive times for those of its own zone."""
    shops = {channel: _InMadrid(shop) for channel, shop in ports.shops.items()}
    return Caretaker(replace(ports, shops=shops))


def deletes_missing_ones(ports: Ports) -> Caretaker:
    """Takes an order that it can't see on the marketplace for one that is gone, and stops its parcel for good."""

    def delete(picture: Picture, policy: Policy) -> Iterable[Action]:
        for mirror in picture.mip.values():
            unseen = mirror.order_id not in picture.open and mirror.marketplace_status in WAITING
            if unseen and is_at_supplier(mirror):
                yield Stop(mirror.order_id, mirror.id)

    return Caretaker(ports, decisions=(*without(hold_what_is_too_much), delete))


def ignores_ended_orders(ports: Ports) -> Caretaker:
    """Never asks what became of orders that left the list: their parcels go on."""
    return Caretaker(ports, decisions=without(stop_closed))


def imports_again_and_again(ports: Ports) -> Caretaker:
    """Keeps no key: sends every order that it imports by hand to the supplier itself, also one that is there."""

    def send_twice(picture: Picture, policy: Policy) -> Iterable[Action]:
        for action in import_missing(picture, policy):
            yield action
            if isinstance(action, Import):
                copies = [picture.mip[it] for it in action.orders if it in picture.mip]
                yield Resend(tuple(it.id for it in copies if it.status in _NOT_LEFT), "missing")
        fresh = [it for it in picture.mip.values() if it.status in _NOT_LEFT and it.imported_at >= picture.now]
        yield Resend(tuple(it.id for it in fresh), "missing")

    return Caretaker(ports, decisions=instead(import_missing, send_twice))


def packs_what_was_ordered(ports: Ports) -> Caretaker:
    """Tells of lines that differ, and lets a parcel go out with pieces that were paid back."""
    return Caretaker(ports, decisions=without(hold_what_is_too_much))
