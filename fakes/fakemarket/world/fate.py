"""What chance will do to an order, fixed when it is placed.

Every quantity is its own draw, keyed by the order and the purpose. No decision of a subject, no fault on another order
and no changed setting reshuffles anybody else's luck. Orders are keyed by calendar day and number within the day, so
more demand on Tuesday leaves Wednesday's orders what they were. Draws are made a day at a time; details of rare things
only for the orders they happen to.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from datetime import date, datetime, timedelta
from math import exp, sqrt
from statistics import NormalDist
from typing import NamedTuple
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
    parcels: tuple[ParcelFate, ...]
    confirm_seconds: int | None
    dispute_seconds: int | None
    dispute_open_seconds: int
    dispute_refunds: bool
    feedback_seconds: int | None


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
        return sorted(self._fates(first, placed), key=lambda fate: (fate.placed_at, fate.key))

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
            mean *= day_level(self._streams.stream("day-level").uniform(ordinal), self._settings.demand.day_cv)
        draws = self._streams.stream("day-count")
        # Whole pieces first, so that a greater mean never brings fewer orders.
        whole, rest = divmod(mean, POISSON_PIECE)
        pieces = enumerate([POISSON_PIECE] * int(whole) + [rest])
        count = sum(_poisson(draws.uniform(ordinal * DAY_SLOTS + n), piece) for n, piece in pieces)
        return min(count, FIRST_PLACED_BY_HAND)

    def _fates(self, first: int, placed: list[int]) -> list[Fate]:
        settings, streams = self._settings, self._streams
        pay, review, buyers, house = settings.payments, settings.review, settings.buyers, settings.warehouse
        count = len(placed)

        def share(purpose: str, share: float) -> list[bool]:
            return [u < share for u in streams.stream(purpose).uniforms(first, count)] if share else [False] * count

        def column(purpose: str, distribution: Distribution, unit: int) -> list[int]:
            draw = table(distribution).at
            return [int(draw(u) * unit) for u in streams.stream(purpose).uniforms(first, count)]

        def one(purpose: str, key: int, distribution: Distribution, unit: int) -> int:
            return int(table(distribution).at(streams.stream(purpose).uniform(key)) * unit)

        def chance(purpose: str, key: int, share: float) -> bool:
            return streams.stream(purpose).uniform(key) < share

        never = share("never-pays", pay.never_share)
        attempts = streams.stream("attempts").uniforms(first, count)
        offline = share("offline", pay.offline_share)
        delay = column("pay-delay", pay.delay_minutes, 60)
        processing = column("pay-processing", pay.processing_minutes, 60)
        verdicts = streams.stream("review-verdict").uniforms(first, count)
        review_seconds = column("review", review.hours, 3600)
        cancels = share("cancels", buyers.cancel_share)
        frozen = share("frozen", buyers.frozen_share)
        no_stock = share("no-stock", house.out_of_stock_share)
        bad_address = share("bad-address", house.bad_address_share)
        bad_postcode = share("bad-postcode", house.bad_postcode_share)
        no_carrier = share("no-carrier", house.no_carrier_share)
        supplier_fails = share("supplier-error", house.supplier_error_share)
        confirms = share("confirms", buyers.confirm_share)
        confirm = column("confirm", buyers.confirm_days, DAY)
        disputes = share("disputes", buyers.dispute_share)
        feedback = streams.stream("feedback").uniforms(first, count)
        goods = self._goods(first, count)
        parcels = self._parcels("parcel-1", first, count)

        fates = []
        for n in range(count):
            key = first + n
            failures = self._failures(attempts[n])
            gave_up = failures > pay.retries
            tries = () if never[n] else (delay[n], *self._retries(key, min(failures, pay.retries)))
            held = review.rejected_share <= verdicts[n] < review.rejected_share + review.hold_share
            pays = not never[n] and not gave_up
            second = self._second_parcel(key, parcels[n]) if self._splits(key, goods[n]) else ()
            fates.append(
                Fate(
                    key=key,
                    placed_at=placed[n],
                    goods=goods[n],
                    attempts_seconds=tries,
                    pays=pays,
                    pays_offline=offline[n],
                    gives_up_seconds=None if pays else self._gives_up(key, sum(tries)),
                    processing_seconds=processing[n],
                    confirm_money_seconds=(
                        one("confirm-money", key, pay.confirm_money_hours, 3600) if offline[n] else 0
                    ),
                    review_seconds=review_seconds[n],
                    review_rejects=verdicts[n] < review.rejected_share,
                    review_holds=held,
                    appeal_passes=held and chance("appeal", key, review.appeal_passes_share),
                    appeal_seconds=one("appeal-time", key, review.appeal_hours, 3600) if held else 0,
                    cancel_seconds=one("cancel", key, buyers.cancel_hours, 3600) if cancels[n] else None,
                    freeze_after_seconds=(
                        int(streams.stream("freeze-after").uniform(key) * 3 * DAY) if frozen[n] else None
                    ),
                    freeze_seconds=one("freeze", key, buyers.frozen_hours, 3600) if frozen[n] else 0,
                    out_of_stock=no_stock[n],
                    bad_address=bad_address[n],
                    bad_postcode=bad_postcode[n],
                    no_carrier=no_carrier[n],
                    supplier_fails=supplier_fails[n],
                    parcels=(parcels[n], *second),
                    confirm_seconds=confirm[n] if confirms[n] else None,
                    dispute_seconds=one("dispute", key, buyers.dispute_days, DAY) if disputes[n] else None,
                    dispute_open_seconds=(
                        one("dispute-open", key, buyers.dispute_open_days, DAY) if disputes[n] else 0
                    ),
                    dispute_refunds=disputes[n] and chance("refund", key, buyers.dispute_refund_share),
                    feedback_seconds=(
                        int(feedback[n] / buyers.feedback_share * buyers.feedback_days * DAY)
                        if feedback[n] < buyers.feedback_share
                        else None
                    ),
                )
            )
        return fates

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
        price = table(demand.price_cents).at
        prices = streams.stream("price").uniforms(first, count)
        several = streams.stream("several").uniforms(first, count)
        pieces = streams.stream("pieces").uniforms(first, count)
        product = streams.stream("product")
        goods = []
        for n in range(count):
            lines = [(product.bits(first + n), 2 if pieces[n] < _TWO_PIECES else 1, max(int(price(prices[n])), 1))]
            if several[n] < demand.several_products_share:
                lines.append((product.bits(~(first + n)), 1, max(int(price(1 - prices[n])), 1)))
            goods.append(tuple(lines))
        return goods

    def _splits(self, key: int, goods: tuple[tuple[int, int, int], ...]) -> bool:
        return len(goods) > 1 and self._streams.stream("splits").uniform(key) < self._settings.warehouse.split_share

    def _parcels(self, purpose: str, first: int, count: int) -> list[ParcelFate]:
        house, carriers, streams = (
            self._settings.warehouse,
            self._settings.carriers,
            self._streams.child(purpose),
        )

        def column(purpose: str, distribution: Distribution) -> list[float]:
            draw: Callable[[float], float] = table(distribution).at
            return [draw(u) for u in streams.stream(purpose).uniforms(first, count)]

        return [
            ParcelFate(
                preparation,
                max(int(packing * 60), 1),
                int(tracking * 3600),
                None if lost < carriers.never_scanned_share else int(scan * 3600),
                int(transit * DAY),
            )
            for preparation, packing, tracking, lost, scan, transit in zip(
                column("preparation", house.preparation_working_days),
                column("packing", house.packing_minutes),
                column("tracking", self._settings.mip.tracking_hours),
                streams.stream("lost").uniforms(first, count),
                column("scan", carriers.scan_hours),
                column("transit", carriers.transit_days),
                strict=True,
            )
        ]

    def _second_parcel(self, key: int, first_parcel: ParcelFate) -> tuple[ParcelFate, ...]:
        """The second parcel of a split order: other luck, and ready later than the first by its own delay."""
        late = table(self._settings.warehouse.second_parcel_working_days).at
        own = self._parcels("parcel-2", key, 1)[0]
        days = first_parcel.preparation_days + late(self._streams.stream("second").uniform(key))
        return (ParcelFate(days, own.packing_seconds, own.tracking_seconds, own.scan_seconds, own.transit_seconds),)


_TWO_PIECES = 0.078
"""Orders of two pieces, measured on real orders [D]; more than two are left out."""


def day_number(key: int) -> tuple[int, int]:
    """Days since 2000-01-01 and number within the day of an order's key."""
    return key // DAY_SLOTS - _EPOCH, key % DAY_SLOTS


def _cumulative(shares: tuple[float, ...]) -> tuple[float, ...]:
    edges, total = [0.0], sum(shares)
    for share in shares:
        edges.append(edges[-1] + share / total)
    return tuple(edges)


def day_level(u: float, cv: float) -> float:
    """A Gamma number of mean 1, by the Wilson-Hilferty cube: mean and CV are within 0.5 % of exact for a CV up to 1."""
    shape = 1 / (cv * cv)
    z = NormalDist().inv_cdf(min(max(u, 1e-9), 1 - 1e-9))
    return max(1 - 1 / (9 * shape) + z / (3 * sqrt(shape)), 0.0) ** 3


def _poisson(u: float, mean: float) -> int:
    """A Poisson number by inversion; `mean` small enough for exp(-mean) not to vanish."""
    count, probability = 0, exp(-mean)
    reached = probability
    while u > reached and probability > 0:
        count += 1
        probability *= mean / count
        reached += probability
    return count
