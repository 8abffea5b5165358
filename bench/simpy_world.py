"""The SimPy world beside the SimPy model that one would write first: a process for each order, of the same events.

`Idiomatic` says the same market as SimPy's own documentation would have it: a generator for each order and each
parcel, timeouts, packers that are a `Resource`, numbers to be pushed in a `Store`, a race of two events wherever there
is a deadline, luck from `random.Random`, and a plain list that hears of everything. What is rare is switched off for
both: second parcels, cancellations, freezes, holds, disputes.

What is compared: a history from an empty start, as rows of a ledger. Both tell the same events of orders with the same
facts and causes, which the printed table shows, as often as the luck of each has it; both keep a row as five plain
values. Not compared, because only the world has it: the integration platform's copies of orders and its journal, the
orders by status and by change, looking for all that is switched off, tokens, and that the same seed gives the same
history in every process and whatever else is asked, can be pickled on the way, and goes on the same. So the world does
more for the same events. Making events of the rows is not timed: the world does that when somebody reads.

Where this was written the model takes 2.25 times the world's time at 200 orders a day (the median of five calls of
this program on a busy machine, whose medians were 2.11 to 2.47), and 2.02 times the instructions (valgrind: 911,000
an order and 451,000). The goal was 2 times. In so short a history the garbage collector runs once for the model and
not at all for the world, which keeps fewer things. Where it runs for both, with `--days 56`, it was 2.01 and 2.09
times; without it 2.06 times, and 2.00 the instructions (886,000 and 443,000). The world had needed 592,000
instructions before what comes first below, and 1,142,000 at first. What was done:

- A call is a row of SimPy's queue, without an event, a process or a list of callbacks. What is due later is written
  down without a row for each, one part behind the other, and made rows of and sorted when its stretch of time begins
  (`world/engine.py`). Most of it never comes due in a run.
- What is told goes straight into the ledger's list while nobody hears it (`World.tell`); the journal, the platform's
  changes and a wallet's movements share or follow that way, and the orders by status are sorted when somebody asks
  (`world/ledger.py`, `world/mip_journal.py`, `world/mip_changes.py`, `world/mip_wallet.py`, `world/shelves.py`).
- Fewer things live as long as their order, which the collector would look at: 21 and not 30. A shipment holds lines,
  not pairs; what is told of many orders alike is kept once; methods that are called later are bound once.
- Members of enums are looked up once a module: up to Python 3.11 each look costs a tenth of a microsecond.
- What a move does to an order is worked out once for each row of the table (`world/steps.py`).
- A round of imports looks at what changed since the last one, not at two hours: unless that one left something out,
  or the supplier's cancellations let copies change again (`Mip._import_round`). It asks for the token's state only
  when a refresh or a warning may be due (`world/mip_access.py`).
- A day's luck is drawn column by column, and not what can't happen (`world/fate.py`, `distributions.py`); dates,
  cut-offs, carriers' calls and deadlines are remembered by day (`rules/zones.py`, `world/warehouse.py`,
  `world/carriers.py`).

What is left is flat: a quarter is the platform's rounds, a seventh the moves of orders, an eighth the drawing of fates.
The planner has an engine without events for where speed matters (`bench/plan_engine.py`).

Both run in turns; a figure is the median of processor time over the rounds. Quote the ratio.

    python bench/simpy_world.py [--orders-per-day 200] [--days 14] [--rounds 7]
"""

from __future__ import annotations

import argparse
import gc
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from math import log
from random import Random
from statistics import median
from time import process_time
from typing import Any, assert_never

import simpy

from fakemarket.distributions import (
    Constant,
    Distribution,
    Exponential,
    Lognormal,
    QuickOrSlow,
    Triangular,
    Uniform,
)
from fakemarket.market import MONDAY
from fakemarket.rules.deadlines import ship_by_at
from fakemarket.rules.penalties import must_be_online_by_at
from fakemarket.rules.status import Status
from fakemarket.rules.zones import MINUTES_A_DAY, instant_at, local_date
from fakemarket.settings import Buyers, Carriers, Demand, Review, Settings, Warehouse
from fakemarket.streams import Streams
from fakemarket.world.carriers import OF_SUPPLIER, Carrier, number_for
from fakemarket.world.world import World, countdown_rules, warehouse_hours

DAY, HOUR, MINUTE = 86_400, 3600, 60
AFTERWARDS_DAYS = 14
"""How long the last orders are followed."""
TWO_PIECES = 0.078
"""Orders of two pieces, as in the world."""
Steps = Generator[simpy.Event, Any, None]


def settings_of(orders_per_day: float) -> Settings:
    return Settings(
        demand=Demand(orders_per_day=orders_per_day, day_cv=0.0, several_products_share=0.0),
        review=Review(hold_share=0.0),
        buyers=Buyers(cancel_share=0.0, frozen_share=0.0, dispute_share=0.0),
        warehouse=Warehouse(out_of_stock_share=0.0),
        carriers=Carriers(never_scanned_share=0.0),
    )


def draw(luck: Random, distribution: Distribution) -> float:
    match distribution:
        case Constant(value):
            return value
        case Uniform(low, high):
            return luck.uniform(low, high)
        case Triangular(low, mode, high):
            return luck.triangular(low, high, mode)
        case Exponential(mean):
            return luck.expovariate(1 / mean)
        case Lognormal(middle, sigma):
            return luck.lognormvariate(log(middle), sigma)
        case QuickOrSlow(quick_share, middle, sigma, slow_low, slow_high):
            is_quick = luck.random() < quick_share
            return luck.lognormvariate(log(middle), sigma) if is_quick else luck.uniform(slow_low, slow_high)
        case _:
            assert_never(distribution)


@dataclass(eq=False)
class Order:
    number: int
    placed_at: int
    cents: int
    declared: simpy.Event
    delivered: simpy.Event
    status: Status = Status.PLACE_ORDER_SUCCESS
    imported: bool = False
    sent: bool = False
    packed: bool = False
    scanned: bool = False
    carrier: Carrier = OF_SUPPLIER[0]
    tracking: str = ""


@dataclass
class Idiomatic:
    """A market as a SimPy model."""

    env: simpy.Environment
    settings: Settings
    luck: Random
    orders_until_at: int
    ledger: list[tuple[int, int, str, dict[str, Any], str]] = field(default_factory=list)
    orders: int = 0
    violations: int = 0

    def __post_init__(self) -> None:
        self.rules, self.hours = countdown_rules(self.settings), warehouse_hours(self.settings)
        self.packers = simpy.Resource(self.env, self.settings.warehouse.packers)
        self.unpushed = simpy.Store(self.env)
        self.changed: list[Order] = []
        self.env.process(self.arrivals())
        self.env.process(self.import_rounds())
        self.env.process(self.push_rounds())

    def tell(self, order: Order, what: str, cause: str, **facts: Any) -> None:
        self.ledger.append((self.env.now, order.number, what, facts, cause))

    def move(self, order: Order, what: str, to: Status, cause: str, **facts: Any) -> None:
        self.ledger.append((self.env.now, order.number, what, {"from": order.status, "to": to, **facts}, cause))
        order.status = to

    def wait(self, distribution: Distribution, unit_seconds: int) -> simpy.Timeout:
        return self.env.timeout(int(draw(self.luck, distribution) * unit_seconds))

    def until(self, at: int) -> simpy.Timeout:
        return self.env.timeout(max(at - self.env.now, 0))

    def arrivals(self) -> Steps:
        demand, luck = self.settings.demand, self.luck
        hours, weekdays = demand.hour_shares, demand.weekday_shares
        while True:
            hour = self.env.now // HOUR
            rate = demand.orders_per_day * hours[hour % 24] / sum(hours) / HOUR
            rate *= weekdays[(hour // 24 + 3) % 7] * 7 / sum(weekdays)
            gap = int(luck.expovariate(rate)) if rate else HOUR
            if gap >= HOUR:  # looks again when the rate may be another one
                yield self.until((hour + 1) * HOUR)
                continue
            yield self.env.timeout(gap)
            if self.env.now >= self.orders_until_at:
                return
            self.orders += 1
            pieces = 2 if luck.random() < TWO_PIECES else 1
            cents = pieces * int(draw(luck, demand.price_cents))
            order = Order(self.orders, self.env.now, cents, self.env.event(), self.env.event())
            self.env.process(self.order(order))

    def order(self, order: Order) -> Steps:
        env, luck, buyers = self.env, self.luck, self.settings.buyers
        self.tell(order, "place", "buyer", to=order.status, seller=self.settings.sellers[0], cents=order.cents)
        self.changed.append(order)
        paid = env.process(self.payment(order))
        yield paid | env.timeout(int(self.settings.payments.unpaid_close_hours * HOUR))
        if not paid.triggered:
            self.move(order, "unpaid_timeout", Status.FINISH, "platform")
            return
        if not paid.value:
            return
        yield self.wait(self.settings.payments.processing_minutes, MINUTE)
        self.move(order, "start_review", Status.RISK_CONTROL, "platform")
        yield self.wait(self.settings.review.hours, HOUR)
        if luck.random() < self.settings.review.rejected_share:
            self.move(order, "reject_review", Status.FINISH, "platform")
            return
        self.move(order, "pass_review", Status.WAIT_SELLER_SEND_GOODS, "platform")
        ends_at = ship_by_at(env.now, self.rules)
        self.tell(order, "countdown", "platform", ship_by_at=ends_at)
        self.changed.append(order)
        yield order.declared | self.until(ends_at)
        if not order.declared.triggered:
            self.move(order, "countdown_ends", Status.FINISH, "platform")
            self.blame(order)
            return
        yield order.delivered | env.timeout(int(buyers.auto_confirm_days * DAY))
        if order.delivered.triggered and luck.random() < buyers.confirm_share:
            yield self.wait(buyers.confirm_days, DAY)
            self.move(order, "confirm_receipt", Status.FUND_PROCESSING, "buyer")
        else:
            yield self.until(order.placed_at + int(buyers.auto_confirm_days * DAY))
            self.move(order, "auto_confirm", Status.FUND_PROCESSING, "platform")
        yield env.timeout(int(buyers.fund_hours * HOUR))
        self.move(order, "release_funds", Status.FINISH, "platform")
        if luck.random() < buyers.feedback_share:
            yield env.timeout(int(luck.random() * buyers.feedback_days * DAY))
            self.tell(order, "buyer_feedback", "buyer")
        yield env.timeout(int(buyers.archive_days * DAY))
        self.move(order, "archive", Status.ARCHIVE, "platform")

    def payment(self, order: Order) -> Generator[simpy.Event, Any, bool]:
        """Whether the buyer pays in the end."""
        payments, luck = self.settings.payments, self.luck
        if luck.random() >= payments.never_share:
            yield self.wait(payments.delay_minutes, MINUTE)
            failure_share = payments.failure_share
            for attempt in range(1, payments.retries + 2):
                if luck.random() >= failure_share:
                    self.move(order, "pay", Status.PAYMENT_PROCESSING, "buyer")
                    return True
                self.move(order, "payment_fails", order.status, "payment provider", attempt=attempt)
                failure_share = 1 - payments.retry_success_share
                yield self.wait(payments.retry_minutes, MINUTE)
        if luck.random() >= payments.gives_up_share:
            yield self.env.event()  # never
        yield self.env.timeout(int(luck.random() * payments.unpaid_close_hours * HOUR))
        self.move(order, "buyer_cancels_unpaid", Status.FINISH, "buyer")
        return False

    def blame(self, order: Order) -> None:
        penalties = self.settings.penalties
        points = penalties.points_per_violation
        self.violations += 1
        lost = order.cents + penalties.penalty_cents
        if order.packed:
            lost += int(order.cents * penalties.goods_share) + penalties.label_cents
        facts = {"points": points[min(self.violations, len(points)) - 1], "lost_cents": lost}
        self.tell(order, "violation", "platform", kind="seller_not_shipped", **facts)

    def import_rounds(self) -> Steps:
        while True:
            yield self.env.timeout(self.settings.mip.import_every_minutes * MINUTE)
            changed, self.changed = self.changed, []
            for order in changed:
                if not order.imported:
                    order.imported = True
                    self.tell(order, "imported", "mip", status=order.status)
                if order.status is Status.WAIT_SELLER_SEND_GOODS and not order.sent:
                    order.sent = True
                    self.tell(order, "sent_to_supplier", "mip", status=order.status, number=1)
                    self.env.process(self.parcel(order))

    def push_rounds(self) -> Steps:
        while True:
            yield self.env.timeout(self.settings.mip.push_every_minutes * MINUTE)
            while self.unpushed.items:
                order = yield self.unpushed.get()
                number = {"carrier": order.carrier.key, "number": order.tracking}
                if order.status is Status.WAIT_SELLER_SEND_GOODS:
                    self.move(order, "declare_all", Status.WAIT_BUYER_ACCEPT_GOODS, "mip", **number)
                    order.declared.succeed()
                    self.env.process(self.false_shipment(order))
                else:
                    self.tell(order, "declare_refused", "mip", why="STATUS_NOT_ALLOWED", **number)
                    self.tell(order, "push_rejected", "mip", why="STATUS_NOT_ALLOWED")

    def false_shipment(self, order: Order) -> Steps:
        limit_days = self.settings.carriers.online_limit_days
        yield self.until(must_be_online_by_at(self.env.now, limit_days, self.rules.calendar, self.rules.zone))
        if not order.scanned:
            number = {"carrier": order.carrier.key, "number": order.tracking}
            self.tell(order, "false_shipment", "platform", why="never scanned", **number)

    def parcel(self, order: Order) -> Steps:
        env, hours, house = self.env, self.hours, self.settings.warehouse
        order.carrier = self.luck.choice(OF_SUPPLIER)
        order.tracking = number_for(order.carrier, self.luck.getrandbits(64))
        day = local_date(env.now, house.zone)
        late = env.now >= instant_at(day, house.cutoff_minute, house.zone)
        starts_at = hours.next_open(instant_at(day, MINUTES_A_DAY, house.zone)) if late else env.now
        self.tell(order, "preparing", "warehouse", parcel=0, starts_at=hours.next_open(starts_at))
        days = draw(self.luck, house.preparation_working_days)
        yield self.until(hours.add_work(starts_at, int(days * (house.closes_minute - house.opens_minute) * MINUTE)))
        self.tell(order, "laid_out", "warehouse", parcel=0)
        with self.packers.request() as turn:
            yield turn
            starts_at = hours.next_open(env.now)
            self.tell(order, "packing", "warehouse", parcel=0, starts_at=starts_at)
            seconds = max(int(draw(self.luck, house.packing_minutes) * MINUTE), 1)
            yield self.until(hours.add_work(starts_at, seconds))
        order.packed = True
        self.tell(order, "packed", "warehouse", parcel=0)
        yield self.until(self.pickup_at(env.now))
        self.tell(order, "handed_over", "warehouse", parcel=0, number=order.tracking)
        env.process(self.journey(order))
        yield self.wait(self.settings.mip.tracking_hours, HOUR)
        self.tell(order, "tracking_known", "supplier", number=order.tracking, carrier=order.carrier.supplier_name)
        yield self.unpushed.put(order)

    def pickup_at(self, at: int) -> int:
        calendar, zone, minute = self.hours.calendar, self.hours.zone, self.settings.warehouse.pickup_minute
        day = calendar.on_or_after(local_date(at, zone))
        call_at = instant_at(day, minute, zone)
        return call_at if call_at >= at else instant_at(calendar.add(day, 1), minute, zone)

    def journey(self, order: Order) -> Steps:
        yield self.wait(self.settings.carriers.scan_hours, HOUR)
        order.scanned = True
        self.tell(order, "first_scan", "carrier", number=order.tracking)
        yield self.wait(self.settings.carriers.transit_days, DAY)
        self.tell(order, "delivered", "carrier", number=order.tracking)
        order.delivered.succeed()


Told = Sequence[tuple[str, Mapping[str, Any]]]


def world(settings: Settings, days: int) -> tuple[int, Callable[[], Told]]:
    """A history by the world: orders, and a way to the events of orders, by name and with facts."""
    made = World(settings, Streams(1), MONDAY, orders_until_at=MONDAY + days * DAY)
    made.advance_to(MONDAY + (days + AFTERWARDS_DAYS) * DAY)
    return len(made.orders), lambda: [(event.what, event.facts) for event in made.ledger if event.order is not None]


def idiomatic(settings: Settings, days: int) -> tuple[int, Callable[[], Told]]:
    """The same by processes."""
    env = simpy.Environment(initial_time=MONDAY)
    made = Idiomatic(env, settings, Random(1), MONDAY + days * DAY)
    env.run(until=MONDAY + (days + AFTERWARDS_DAYS) * DAY)
    return made.orders, lambda: [(what, facts) for _, _, what, facts, _ in made.ledger]


def kinds(told: Told) -> Counter[str]:
    """How many events there are of each name and names of facts."""
    return Counter(f"{what} ({', '.join(sorted(facts))})" for what, facts in told)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders-per-day", type=float, default=200)
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    settings = settings_of(arguments.orders_per_day)
    gc.set_threshold(100_000)  # as every command of redclock has it
    ways: dict[str, Callable[[Settings, int], tuple[int, Callable[[], Told]]]] = {
        "world": world,
        "idiomatic": idiomatic,
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    counted: dict[str, tuple[int, Counter[str]]] = {}
    for _ in range(arguments.rounds + 1):  # the first round warms caches and is dropped
        for name, way in ways.items():
            gc.collect()
            began = process_time()
            orders, told = way(settings, arguments.days)
            seconds[name].append((process_time() - began) / orders)
            counted[name] = orders, kinds(told())
    print(f"{'an order':46}" + "".join(f"{name:>12}" for name in ways))
    for kind in sorted(counted["world"][1] | counted["idiomatic"][1]):
        print(f"  {kind:44}" + "".join(f"{counts[kind] / orders:12.3f}" for orders, counts in counted.values()))
    print(f"  {'events':44}" + "".join(f"{counts.total() / orders:12.2f}" for orders, counts in counted.values()))
    print(f"  {'microseconds':44}" + "".join(f"{1e6 * median(each[1:]):12.1f}" for each in seconds.values()))
    ratios = [slow / fast for fast, slow in zip(seconds["world"][1:], seconds["idiomatic"][1:], strict=True)]
    print(f"idiomatic takes {median(ratios):.2f} times the world's time ({min(ratios):.2f}..{max(ratios):.2f})")


if __name__ == "__main__":
    main()
