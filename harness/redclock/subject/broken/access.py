"""How access and calls can be looked after wrongly."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from redclock.subject.actions import Action, Check, Tell
from redclock.subject.aliexpress_http import Access, AliExpressHttp
from redclock.subject.broken.change import instead, without
from redclock.subject.caretaker import Caretaker
from redclock.subject.decide import DECISIONS
from redclock.subject.picture import Picture
from redclock.subject.policy import HOUR, Policy
from redclock.subject.ports import (
    Alert,
    AlertKind,
    Ports,
)
from redclock.subject.tokens import notice_silence, renew_before_the_end, renew_dead_tokens


def never_renews(ports: Ports) -> Caretaker:
    """Takes a dead token for a quiet day."""
    return Caretaker(ports, decisions=without(renew_dead_tokens, renew_before_the_end, notice_silence))


def warns_in_calendar_days(ports: Ports) -> Caretaker:
    """Asks people to renew a token two days ahead, whether they work on those days or not."""

    def renew(picture: Picture, policy: Policy) -> Iterable[Action]:
        health = picture.health
        if health is None or health.token_expires_at is None:
            return
        if 0 < health.token_expires_at - picture.now <= policy.renew_working_days * 24 * HOUR:
            alert = Alert(AlertKind.TOKEN_EXPIRING, f"{health.channel}: ends soon", (), {"channel": health.channel})
            yield Tell(alert, f"ends:{health.channel}")

    policy = Policy.knowing(ports.facts, renews_itself=False)
    return Caretaker(ports, policy, decisions=instead(renew_before_the_end, renew))


def believes_the_date(ports: Ports) -> Caretaker:
    """Holds a token for alive until the date it was told, whatever the errors say."""

    def renew(picture: Picture, policy: Policy) -> Iterable[Action]:
        health = picture.health
        if health is not None and health.token_expires_at is not None and picture.now >= health.token_expires_at:
            yield from renew_dead_tokens(picture, policy)

    return Caretaker(ports, decisions=instead(renew_dead_tokens, renew))


class WatchesOnlyTheTotal(Caretaker):
    """Looks at all channels together: while one of them still imports, nothing can be wrong."""

    def __init__(self, ports: Ports) -> None:
        def renew(picture: Picture, policy: Policy) -> Iterable[Action]:
            if all(it.failing for it in self.pictures):
                yield from renew_dead_tokens(picture, policy)

        super().__init__(ports, decisions=instead(renew_dead_tokens, renew))


def keeps_its_own_pair(ports: Ports) -> Caretaker:
    """Never looks whether another worker has refreshed its token: whoever loses that race stays outside."""

    def own(shop: AliExpressHttp) -> Access:
        return shop.access

    for shop in ports.shops.values():
        if isinstance(shop, AliExpressHttp):
            shop.shared = partial(own, shop)
    return Caretaker(ports)


def keeps_no_reserve(ports: Ports) -> Caretaker:
    """Looks around every quarter of an hour and into every order, until the day's calls are gone."""

    policy = Policy(holidays=ports.facts.holidays, calls_per_day=None, list_every_minutes=15)

    def look_into_all(picture: Picture, policy: Policy) -> Iterable[Action]:
        if picture.can_declare:
            yield from (Check(order_id) for order_id in list(picture.open))

    return Caretaker(ports, policy, decisions=(*DECISIONS, look_into_all))
