"""Which orders the list shows, in what order, and how many each notification bucket counts.

A word that the address gets wrong doesn't fail: the page says that it was left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import parse_qsl

from fakemarket.faces.panel.countdown import countdown, urgency
from fakemarket.faces.panel.paging import page_number
from fakemarket.rules.panel import Bucket, buckets
from fakemarket.rules.status import Status
from fakemarket.rules.zones import instant_at, local_date
from fakemarket.world.desk import feedback_missing
from fakemarket.world.goods import product

if TYPE_CHECKING:
    from fakemarket.settings import Settings
    from fakemarket.world.order import Order
    from fakemarket.world.world import World

_DAY = 86_400
_MOST_PARAMETERS = 50
_LONGEST_TEXT = 100
_Choice = TypeVar("_Choice", bound=StrEnum)


class Sort(StrEnum):
    """The list's orders."""

    TIME_LEFT = "time_left"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class OrderQuery:
    """What an address asks for; None and empty mean all.

    Attributes:
        page: from 1.
        left_out: what was wrong with the address, a sentence each.
    """

    bucket: Bucket | None = None
    status: Status | None = None
    text: str = ""
    seller: str | None = None
    sort: Sort = Sort.TIME_LEFT
    page: int = 1
    left_out: tuple[str, ...] = ()

    def parameters(self, **change: object) -> list[tuple[str, object]]:
        """The query as parameters of an address, with some of it changed; a change of filter leads to page 1."""
        asked = replace(self, **{"page": 1, **change})  # type: ignore[arg-type]
        return [
            ("bucket", asked.bucket.name.lower() if asked.bucket else None),
            ("status", asked.status),
            ("q", asked.text),
            ("seller", asked.seller),
            ("sort", asked.sort if asked.sort is not Sort.TIME_LEFT else None),
            ("page", asked.page if asked.page > 1 else None),
        ]


def read_parameters(query: str) -> Mapping[str, str]:
    """A query string or form by name, each once; empty if it has too many to be one of ours."""
    try:
        return dict(parse_qsl(query, max_num_fields=_MOST_PARAMETERS))
    except ValueError:
        return {}


def read_query(query: str, settings: Settings) -> OrderQuery:
    """What the address asks for."""
    given = read_parameters(query)
    wrong: list[str] = []

    def choice(name: str, known: Mapping[str, _Choice], default: _Choice | None) -> _Choice | None:
        word = given.get(name)
        if word is None or word in known:
            return default if word is None else known[word]
        wrong.append(f"There is no {name} “{word}”, so that was left out.")
        return default

    seller = given.get("seller")
    if seller is not None and seller not in settings.sellers:
        wrong.append(f"There is no seller “{seller}”, so that was left out.")
        seller = None
    return OrderQuery(
        bucket=choice("bucket", {each.name.lower(): each for each in Bucket}, None),
        status=choice("status", {each.value: each for each in Status}, None),
        text=given.get("q", "").strip()[:_LONGEST_TEXT],
        seller=seller,
        sort=choice("sort", {each.value: each for each in Sort}, Sort.TIME_LEFT) or Sort.TIME_LEFT,
        page=page_number(given.get("page", "")),
        left_out=tuple(wrong),
    )


class Shelf:
    """The orders of a market as the panel sorts them into buckets at one instant."""

    def __init__(self, world: World) -> None:
        self._world = world
        zone = world.settings.countdown.zone
        self._today_at = instant_at(local_date(world.now, zone), 0, zone)

    def orders(self, seller: str | None) -> Iterator[Order]:
        for each in (seller,) if seller else self._world.settings.sellers:
            yield from self._world.orders_of(each)

    def counts(self, seller: str | None) -> Mapping[Bucket, int]:
        """How many orders each bucket counts. One order may count in several."""
        kinds = Counter(map(self._kind, self.orders(seller)))
        return {bucket: sum(n for kind, n in kinds.items() if bucket in _buckets(*kind)) for bucket in Bucket}

    def find(self, query: OrderQuery) -> list[Order]:
        """Every order that a query asks for, sorted."""
        world = self._world
        found = [order for order in self.orders(query.seller) if query.status in (None, order.status)]
        if query.bucket is not None:
            found = [order for order in found if query.bucket in _buckets(*self._kind(order))]
        if query.text:
            words = query.text.casefold().split()
            found = [order for order in found if self._says(order, words)]
        found.sort(key=lambda order: (order.placed_at, order.id), reverse=True)
        if query.sort is Sort.TIME_LEFT:
            found.sort(key=lambda order: urgency(countdown(world, order)))
        return found

    def _kind(self, order: Order) -> tuple[Status, bool, bool, bool]:
        """All of an order that its buckets depend on."""
        return (
            order.status,
            order.placed_at >= self._today_at,
            bool(order.disputed),
            feedback_missing(self._world, order),
        )

    def _says(self, order: Order, words: list[str]) -> bool:
        """Whether each word is part of the order's id, its buyer, its goods or its tracking numbers."""
        buyer = self._world.people.buyer(order)
        goods = (product(line.product) for line in order.lines)
        text = " ".join(
            (
                str(order.id),
                buyer.name,
                buyer.login,
                *(f"{article.name} {article.sku}" for article in goods),
                *(declared.number for declared in order.declarations),
            )
        ).casefold()
        return all(word in text for word in words)


@cache
def _buckets(status: Status, is_new: bool, has_issue: bool, feedback_missing: bool) -> frozenset[Bucket]:
    """The rule, asked once for each kind of order: of its instants only the day matters."""
    now = 10 * _DAY
    placed_at = now if is_new else 0
    return buckets(status, placed_at, now, "UTC", has_issue=has_issue, feedback_missing=feedback_missing)
