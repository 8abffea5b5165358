"""What chance will do to an order, fixed when it is placed.

Every quantity is its own draw, keyed by the order and the purpose. No decision of a subject, no fault on another order
and no changed setting reshuffles anybody else's luck. Orders are keyed by calendar day and number within the day, so
more demand on Tuesday leaves Wednesday's orders what they were. Draws are made a day at a time; details of rare things
only for the orders they happen to.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from math import exp, sqrt
from statistics import NormalDist
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from fakemarket.distributions import Distribution, table
from fakemarket.settings import Settings
from fakemarket.streams import Streams

DAY = 86_400
DAY_SLOTS = 1 << 20
"""Keys that a day has: number `n` of the day with ordinal `d` has the key `d * DAY_SLOTS + n`."""
FIRST_PLACED_BY_HAND = 900_000
"""Numbers within a day from here on belong to orders that somebody placed, not to arrivals."""
_MOST_AHEAD = 64
"""Fates of orders placed by hand that are drawn together, before most of them are asked for."""
POISSON_PIECE = 500.0
"""The largest mean whose Poisson number is drawn at once; a day of more orders is drawn in pieces."""
_EPOCH = date(2000, 1, 1).toordinal()


class ParcelFate(NamedTuple):
    """What will happen to one parcel. `preparation_days` are working days."""

    preparation_days: float
    packing_seconds: int
    tracking_seconds: int
    scan_seconds: int | None
    """None: no carrier ever scans it."""
    transit_seconds: int


class Fate(NamedTuple):
    """What will happen to one order. Durations are seconds; None means that it won't happen.

    A tuple, as parcels' fates are: a world makes one for every order, and a frozen dataclass of so many fields takes
    three times as long to make and five times as long to change.
    """

    key: int
    placed_at: int
    goods: tuple[tuple[int, int, int], ...]
    """A (product, quantity, price in cents) for each line."""
    attempts_seconds: tuple[int, ...]
    """Waits before each payment attempt."""
    pays: bool
    """The last attempt succeeds."""
    pays_offline: bool
    gives_up_seconds: int | None
    processing_seconds: int
    confirm_money_seconds: int
    review_seconds: int
    review_rejects: bool
    review_holds: bool
    appeal_passes: bool
    appeal_seconds: int
    cancel_seconds: int | None
    freeze_after_seconds: int | None
    freeze_seconds: int
    out_of_stock: bool
    bad_address: bool
    bad_postcode: bool
    no_carrier: bool
    supplier_fails: bool
    """Once; it works the next time."""
    unknown_sku: bool
    needs_invoice: bool
    """The supplier exports it only with an invoice."""
    parcels: tuple[ParcelFate, ...]
    confirm_seconds: int | None
    dispute_seconds: int | None
    dispute_open_seconds: int
    dispute_refunds: bool
    feedback_seconds: int | None


_fate: Callable[[tuple[Any, ...]], Fate] = partial(tuple.__new__, Fate)
_parcel_fate: Callable[[tuple[Any, ...]], ParcelFate] = partial(tuple.__new__, ParcelFate)
"""As the classes make one of a tuple, in half the time."""


class FateBook:
    """The fates of one seller's orders, by day."""

    def __init__(self, settings: Settings, streams: Streams) -> None:
        self._settings = settings
        self._streams = streams
        self._zone = ZoneInfo(settings.demand.zone)
        self.hour_edges = _cumulative(settings.demand.hour_shares)
        self._peaks = {
            peak.first_day.toordinal() + n: factor
            for peak in settings.demand.peaks
            for n, factor in enumerate(peak.factors)
        }
        shares = settings.demand.weekday_shares
        self._weekday = tuple(share * len(shares) / sum(shares) for share in shares)
        self._ahead: list[Fate] = []

    def arrivals(self, day: date) -> list[Fate]:
        """The orders of one day in the buyers' zone, by time of placing."""
        ordinal = day.toordinal()
        count = self._count(ordinal)
        first = ordinal * DAY_SLOTS
        start_at = self._midnight(day)
        length = self._midnight(day + timedelta(days=1)) - start_at
        places = self._streams.stream("arrival").uniforms(first, count)
        placed = [start_at + int(self._hour(u) * length) for u in places]
        fates = self._fates(first, placed)
        return [fates[number] for number in sorted(range(count), key=placed.__getitem__)]

    def placed_by_hand(self, placed_at: int, number: int) -> Fate:
        """The fate of the `number`-th order that somebody places on the day of `placed_at`."""
        day = datetime.fromtimestamp(placed_at, self._zone).date()
        key = day.toordinal() * DAY_SLOTS + FIRST_PLACED_BY_HAND + number
        ahead = self._ahead
        if not ahead or not ahead[0].key <= key <= ahead[-1].key:
            # Together they cost a fifth, and whoever places one usually places more.
            more = min(2 * len(ahead), _MOST_AHEAD) if ahead and ahead[0].key // DAY_SLOTS == key // DAY_SLOTS else 1
            ahead = self._ahead = self._fates(key, [placed_at] * more)
        return ahead[key - ahead[0].key]._replace(placed_at=placed_at)

    def usual(self, ordinal: int) -> float:
        """Mean orders of a day before its own level: by weekday and peaks."""
        return self._settings.demand.orders_per_day * self._weekday[(ordinal - 1) % 7] * self._peaks.get(ordinal, 1.0)

    def _midnight(self, day: date) -> int:
        return int(datetime(day.year, day.month, day.day, tzinfo=self._zone).timestamp())

    def _hour(self, u: float) -> float:
        """The share of the day gone when the share `u` of its orders has come."""
        edges = self.hour_edges
        hour = min(bisect_right(edges, u), len(edges) - 1) - 1
        width = edges[hour + 1] - edges[hour]
        return (hour + ((u - edges[hour]) / width if width else 0.0)) / (len(edges) - 1)

    def _count(self, ordinal: int) -> int:
        """Orders of a day: Poisson around a level that itself varies from day to day (Gamma)."""
        mean = self.usual(ordinal)
        if self._settings.demand.day_cv:
            u = self._streams.stream("day-level").uniform(ordinal)
            mean *= day_levels((u,), self._settings.demand.day_cv)[0]
        draws = self._streams.stream("day-count")
        # Whole pieces first, so that a greater mean never brings fewer orders.
        whole, rest = divmod(mean, POISSON_PIECE)
        pieces = enumerate([POISSON_PIECE] * int(whole) + [rest])
        count = sum(_poisson(draws.uniform(ordinal * DAY_SLOTS + n), piece) for n, piece in pieces)
        return min(count, FIRST_PLACED_BY_HAND)

    def _fates(self, first: int, placed: list[int]) -> list[Fate]:
        """One column for each field of a fate, each by its own name, and then row by row."""
        settings, streams = self._settings, self._streams
        pay, review, buyers, house = settings.payments, settings.review, settings.buyers, settings.warehouse
        count = len(placed)
        keys = range(first, first + count)

        def share(purpose: str, share: float) -> list[bool]:
            return [u < share for u in streams.stream(purpose).uniforms(first, count)] if share else [False] * count

        def column(purpose: str, distribution: Distribution, unit: int) -> list[int]:
            return table(distribution).whole(streams.stream(purpose).uniforms(first, count), unit)

        def one(purpose: str, key: int, distribution: Distribution, unit: int) -> int:
            return int(table(distribution).at(streams.stream(purpose).uniform(key)) * unit)

        def rare(
            purpose: str, happens: list[bool], distribution: Distribution, unit: int, otherwise: int | None
        ) -> list[int | None]:
            """What is drawn only for the orders it happens to."""
            if not any(happens):
                return [otherwise] * count
            return [
                one(purpose, key, distribution, unit) if it else otherwise
                for key, it in zip(keys, happens, strict=True)
            ]

        def chance(purpose: str, happens: list[bool], share: float) -> list[bool]:
            if not any(happens):
                return happens
            return [it and streams.stream(purpose).uniform(key) < share for key, it in zip(keys, happens, strict=True)]

        failing = pay.failure_share
        failures = [self._failures(u) if u < failing else 0 for u in streams.stream("attempts").uniforms(first, count)]
        never = share("never-pays", pay.never_share)
        pays = [not it and failed <= pay.retries for it, failed in zip(never, failures, strict=True)]
        delays = column("pay-delay", pay.delay_minutes, 60)
        tries = [
            () if it else (delay,) if not failed else (delay, *self._retries(key, min(failed, pay.retries)))
            for key, it, delay, failed in zip(keys, never, delays, failures, strict=True)
        ]
        verdicts = streams.stream("review-verdict").uniforms(first, count)
        held = [review.rejected_share <= u < review.rejected_share + review.hold_share for u in verdicts]
        offline = share("offline", pay.offline_share)
        frozen, disputes = share("frozen", buyers.frozen_share), share("disputes", buyers.dispute_share)
        cancels, confirms = share("cancels", buyers.cancel_share), share("confirms", buyers.confirm_share)
        confirm = column("confirm", buyers.confirm_days, DAY)
        feedback, feedback_share = streams.stream("feedback").uniforms(first, count), buyers.feedback_share
        goods = self._goods(first, count)
        parcels = self._parcels("parcel-1", first, count)
        columns: dict[str, Sequence[object]] = {
            "key": keys,
            "placed_at": placed,
            "goods": goods,
            "attempts_seconds": tries,
            "pays": pays,
            "pays_offline": offline,
            "gives_up_seconds": [
                None if it else self._gives_up(key, sum(waits))
                for key, it, waits in zip(keys, pays, tries, strict=True)
            ],
            "processing_seconds": column("pay-processing", pay.processing_minutes, 60),
            "confirm_money_seconds": rare("confirm-money", offline, pay.confirm_money_hours, 3600, 0),
            "review_seconds": column("review", review.hours, 3600),
            "review_rejects": [u < review.rejected_share for u in verdicts],
            "review_holds": held,
            "appeal_passes": chance("appeal", held, review.appeal_passes_share),
            "appeal_seconds": rare("appeal-time", held, review.appeal_hours, 3600, 0),
            "cancel_seconds": rare("cancel", cancels, buyers.cancel_hours, 3600, None),
            "freeze_after_seconds": [
                int(streams.stream("freeze-after").uniform(key) * 3 * DAY) if it else None
                for key, it in zip(keys, frozen, strict=True)
            ],
            "freeze_seconds": rare("freeze", frozen, buyers.frozen_hours, 3600, 0),
            "out_of_stock": share("no-stock", house.out_of_stock_share),
            "bad_address": share("bad-address", house.bad_address_share),
            "bad_postcode": share("bad-postcode", house.bad_postcode_share),
            "no_carrier": share("no-carrier", house.no_carrier_share),
            "supplier_fails": share("supplier-error", house.supplier_error_share),
            "unknown_sku": share("unknown-sku", house.unknown_sku_share),
            "needs_invoice": share("export-invoice", house.export_invoice_share),
            "parcels": [
                (parcel, *self._second_parcel(key, parcel)) if len(lines) > 1 and self._splits(key) else (parcel,)
                for key, parcel, lines in zip(keys, parcels, goods, strict=True)
            ],
            "confirm_seconds": [days if it else None for days, it in zip(confirm, confirms, strict=True)],
            "dispute_seconds": rare("dispute", disputes, buyers.dispute_days, DAY, None),
            "dispute_open_seconds": rare("dispute-open", disputes, buyers.dispute_open_days, DAY, 0),
            "dispute_refunds": chance("refund", disputes, buyers.dispute_refund_share),
            "feedback_seconds": [
                int(u / feedback_share * buyers.feedback_days * DAY) if u < feedback_share else None for u in feedback
            ],
        }
        return list(map(_fate, zip(*(columns[field] for field in Fate._fields), strict=True)))

    def _failures(self, u: float) -> int:
        """Failed payment attempts, by inversion: none, one, ... or one more than the buyer is willing to make."""
        pay = self._settings.payments
        failures, left = 0, pay.failure_share
        while failures <= pay.retries and u < left:
            failures += 1
            left *= 1 - pay.retry_success_share
        return failures

    def _retries(self, key: int, count: int) -> list[int]:
        waits = self._settings.payments.retry_minutes
        uniforms = [self._streams.stream(f"retry-{n}").uniform(key) for n in range(1, count + 1)]
        return [int(table(waits).at(u) * 60) for u in uniforms]

    def _gives_up(self, key: int, tried_seconds: int) -> int | None:
        """Seconds from placing until the buyer cancels an order that won't be paid."""
        pay = self._settings.payments
        u = self._streams.stream("gives-up").uniform(key)
        if u >= pay.gives_up_share:
            return None
        return tried_seconds + int(u / pay.gives_up_share * pay.unpaid_close_hours * 3600)

    def _goods(self, first: int, count: int) -> list[tuple[tuple[int, int, int], ...]]:
        demand, streams = self._settings.demand, self._streams
        drawn = streams.stream("price").uniforms(first, count)
        prices = table(demand.price_cents).whole(drawn, 1)
        share = demand.several_products_share
        together = streams.stream("several").uniforms(first, count) if share else [1.0] * count
        pieces = streams.stream("pieces").uniforms(first, count)
        products = streams.stream("product").block(first, count)
        product = streams.stream("product").bits
        goods: list[tuple[tuple[int, int, int], ...]] = []
        keys = range(first, first + count)
        for key, bits, piece, u, price, several in zip(keys, products, pieces, drawn, prices, together, strict=True):
            line = (bits, 2 if piece < _TWO_PIECES else 1, price or 1)
            if several < share:
                another = (product(~key), 1, max(int(table(demand.price_cents).at(1 - u)), 1))
                goods.append((line, another))
            else:
                goods.append((line,))
        return goods

    def _splits(self, key: int) -> bool:
        """Whether an order of several products leaves in two parcels."""
        return self._streams.stream("splits").uniform(key) < self._settings.warehouse.split_share

    def _parcels(self, purpose: str, first: int, count: int) -> list[ParcelFate]:
        house, carriers, streams = (
            self._settings.warehouse,
            self._settings.carriers,
            self._streams.child(purpose),
        )

        def uniforms(purpose: str) -> list[float]:
            return streams.stream(purpose).uniforms(first, count)

        def column(purpose: str, distribution: Distribution, unit: int) -> list[int]:
            return table(distribution).whole(uniforms(purpose), unit)

        packing = column("packing", house.packing_minutes, 60)
        scans: Sequence[int | None] = column("scan", carriers.scan_hours, 3600)
        if carriers.never_scanned_share:
            lost = [u < carriers.never_scanned_share for u in uniforms("lost")]
            scans = [None if it else scan for it, scan in zip(lost, scans, strict=True)]
        columns = (
            list(map(table(house.preparation_working_days).at, uniforms("preparation"))),
            [seconds or 1 for seconds in packing],
            column("tracking", self._settings.mip.tracking_hours, 3600),
            scans,
            column("transit", carriers.transit_days, DAY),
        )
        return list(map(_parcel_fate, zip(*columns, strict=True)))

    def _second_parcel(self, key: int, first_parcel: ParcelFate) -> tuple[ParcelFate, ...]:
        """The second parcel of a split order: other luck, and ready later than the first by its own delay."""
        late = table(self._settings.warehouse.second_parcel_working_days).at
        own = self._parcels("parcel-2", key, 1)[0]
        days = first_parcel.preparation_days + late(self._streams.stream("second").uniform(key))
        return (ParcelFate(days, own.packing_seconds, own.tracking_seconds, own.scan_seconds, own.transit_seconds),)


_TWO_PIECES = 0.078
"""Orders of two pieces, measured on real orders [D]; more than two are left out."""


def first_id(place: int) -> int:
    """What an order's id begins with, by its seller's place among the market's: 91, days since 2000-01-01, seller."""
    return ((91 * 10**5 - _EPOCH) * 100 + place) * 10**7


def id_within(key: int) -> int:
    """What an order's id has beside that: its day, and its number within the day."""
    return key // DAY_SLOTS * 10**9 + key % DAY_SLOTS * 10


def _cumulative(shares: tuple[float, ...]) -> tuple[float, ...]:
    edges, total = [0.0], sum(shares)
    for share in shares:
        edges.append(edges[-1] + share / total)
    return tuple(edges)


def day_levels(us: Sequence[float], cv: float) -> list[float]:
    """Gamma numbers of mean 1, by the Wilson-Hilferty cube: mean and CV are within 0.5 % of exact for a CV up to 1."""
    shape = 1 / (cv * cv)
    middle, width, at = 1 - 1 / (9 * shape), 3 * sqrt(shape), NormalDist().inv_cdf
    return [max(middle + at(min(max(u, 1e-9), 1 - 1e-9)) / width, 0.0) ** 3 for u in us]


def _poisson(u: float, mean: float) -> int:
    """A Poisson number by inversion; `mean` small enough for exp(-mean) not to vanish."""
    count, probability = 0, exp(-mean)
    reached = probability
    while u > reached and probability > 0:
        count += 1
        probability *= mean / count
        reached += probability
    return count
