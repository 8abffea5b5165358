"""A quiet market: nobody orders by himself, so every order in it is one that a test placed and whose fate it knows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

import pytest

from fakemarket.settings import Demand, Settings
from fakemarket.streams import Streams
from fakemarket.world.fate import Fate, ParcelFate
from fakemarket.world.ledger import Event
from fakemarket.world.order import Order
from fakemarket.world.world import World

DAY = 86_400

PARCEL = ParcelFate(
    preparation_days=1.0, packing_seconds=600, tracking_seconds=3600, scan_seconds=7200, transit_seconds=2 * DAY
)
PLAIN: dict[str, Any] = {
    "goods": ((0, 1, 1000),),
    "attempts_seconds": (60,),
    "pays": True,
    "pays_offline": False,
    "gives_up_seconds": None,
    "processing_seconds": 60,
    "confirm_money_seconds": 0,
    "review_seconds": 600,
    "review_rejects": False,
    "review_holds": False,
    "appeal_passes": False,
    "appeal_seconds": 0,
    "cancel_seconds": None,
    "freeze_after_seconds": None,
    "freeze_seconds": 0,
    "out_of_stock": False,
    "bad_address": False,
    "bad_postcode": False,
    "no_carrier": False,
    "supplier_fails": False,
    "unknown_sku": False,
    "needs_invoice": False,
    "parcels": (PARCEL,),
    "confirm_seconds": None,
    "dispute_seconds": None,
    "dispute_open_seconds": 0,
    "dispute_refunds": False,
    "feedback_seconds": None,
}
"""An order that is paid and accepted twelve minutes after it was placed, leaves, arrives, and is never confirmed."""


def instant(text: str) -> int:
    """Seconds since the epoch of an ISO date and time with its offset."""
    moment = datetime.fromisoformat(text)
    assert moment.tzinfo is not None, f"{text} has no offset"
    return int(moment.timestamp())


class Open(Protocol):
    """Opens a market's world at an ISO date and time or an instant; else on 2 March 2026, 09:00 in Madrid."""

    def __call__(self, start: str | int = ..., *, seed: int = ..., **settings: Any) -> World: ...


class Place(Protocol):
    """A buyer orders now. Keywords change parts of the plain fate; `parcels` takes changes to the plain parcel."""

    def __call__(self, world: World, *, seller: str = ..., parcels: Any = ..., **fate: Any) -> Order: ...


@pytest.fixture(scope="session")
def at() -> Callable[[str], int]:
    return instant


@pytest.fixture(scope="session")
def open_world() -> Open:
    def opened(start: str | int = "2026-03-02T09:00+01:00", *, seed: int = 1, **settings: Any) -> World:
        quiet = {"demand": Demand(orders_per_day=0), **settings}
        return World(Settings(**quiet), Streams(seed), start if isinstance(start, int) else instant(start))

    return opened


@pytest.fixture(scope="session")
def place() -> Place:
    def placed(
        world: World, *, seller: str = "", parcels: tuple[dict[str, Any], ...] | None = None, **fate: Any
    ) -> Order:
        if parcels is not None:
            fate["parcels"] = tuple(PARCEL._replace(**each) for each in parcels)

        def change(drawn: Fate) -> Fate:
            return drawn._replace(**{**PLAIN, **fate})

        return world.place_by_hand(seller or world.settings.sellers[0], change, "test")

    return placed


@pytest.fixture(scope="session")
def story() -> Callable[[World, Order], list[tuple[str, int]]]:
    """What happened to an order: each event's name and its seconds after the order was placed."""

    def told(world: World, order: Order) -> list[tuple[str, int]]:
        return [(str(event.what), event.at - order.placed_at) for event in world.ledger.of(order.id)]

    return told


@pytest.fixture(scope="session")
def events() -> Callable[..., list[Event]]:
    """The events of an order, of some kinds if asked."""

    def found(world: World, order: Order, *what: str) -> list[Event]:
        return [event for event in world.ledger.of(order.id) if not what or event.what in what]

    return found
