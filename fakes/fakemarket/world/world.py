"""The world: the orders of the market and what will happen to them, set in motion by SimPy.

It never reads a clock: it hears `advance_to`. It changes in one place, `move`: a legal move, then the ledger. Reads
don't write. Everything by chance comes from streams, so one seed is one history. Who reacts to an order entering a
status stands in one table, `_reactions`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from fakemarket.rules.calendars import WorkingHours
from fakemarket.rules.deadlines import CountdownRules
from fakemarket.rules.status import Move, Status
from fakemarket.settings import Settings
from fakemarket.streams import Streams
from fakemarket.world.buyers import Buyers
from fakemarket.world.carriers import BY_KEY, Tracking, fits
from fakemarket.world.engine import Engine
from fakemarket.world.fate import Fate, FateBook, first_id, id_within
from fakemarket.world.ledger import Event, Facts, Ledger, Told
from fakemarket.world.lens import CLEAR, Lens
from fakemarket.world.limits import CallLimits
from fakemarket.world.mip import Mip
from fakemarket.world.order import Line, Order, OrderId, declaration_of, line_of, total_cents
from fakemarket.world.people import People
from fakemarket.world.platform import Platform
from fakemarket.world.refund import pay_piece_back
from fakemarket.world.shelves import Shelves
from fakemarket.world.steps import STEPS, placed_as, step
from fakemarket.world.templates import Templates
from fakemarket.world.tokens import MIP_APP, OWN_APP, Tokens
from fakemarket.world.warehouse import Warehouse

_FOREVER = 1 << 40
_DECLARE_ALL, _DECLARE_PART = Move.DECLARE_ALL, Move.DECLARE_PART
_MAY_BE_SENT = (Status.WAIT_SELLER_SEND_GOODS, Status.SELLER_PART_SEND_GOODS)
"""Up to Python 3.11 each look at a member of an enum costs a tenth of a microsecond, so what every order needs is
looked up once, here and in the other parts of the world."""
_UNDECIDED = (
    Status.PLACE_ORDER_SUCCESS,
    Status.PAYMENT_PROCESSING,
    Status.RISK_CONTROL,
    Status.RISK_CONTROL_HOLD,
    Status.WAIT_SELLER_EXAMINE_MONEY,
    Status.WAIT_SELLER_SEND_GOODS,
    Status.SELLER_PART_SEND_GOODS,
    Status.IN_CANCEL,
    Status.IN_FROZEN,
    Status.IN_ISSUE,
)


class UnknownOrder(LookupError):
    """No such order in this market."""


class Refusal(NamedTuple):
    """Why the marketplace doesn't take a declaration. The codes are invented: no public source states them [open]."""

    code: str
    message: str


class World:
    """One market's orders, people and platforms.

    Args:
        settings: what the market is like.
        streams: where chance comes from.
        start_at: first market time, seconds since the epoch.
        orders_until_at: no order arrives by itself from here on.
    """

    def __init__(self, settings: Settings, streams: Streams, start_at: int, *, orders_until_at: int = _FOREVER) -> None:
        self.settings = settings
        self.streams = streams
        self.start_at = start_at
        self.orders_until_at = orders_until_at
        self.env = env = Engine(start_at)
        self.at, self.later, self.before_all = env.at, env.later, env.before_all
        self.after_others, self.after_all = env.after_others, env.after_all
        self.ledger = Ledger()
        self.tell: Callable[[Told], None] = self.ledger.told.extend
        """Tells the ledger: its own list, while nobody else hears it."""
        self._hears: Callable[[Event], None] | None = None
        self.orders: dict[OrderId, Order] = {}
        self.refuses_carrier: Callable[[Order], bool] | None = None
        """Whether the marketplace refuses an order's carrier; the fallback carriers it always takes."""
        self.lens: Lens = CLEAR
        """What the call that is being carried out sees differently."""
        self._shelves = {seller: Shelves() for seller in settings.sellers}
        self._first_ids = {seller: first_id(place) for place, seller in enumerate(settings.sellers)}
        self._placed_by_hand = 0

        rules, hours = countdown_rules(settings), warehouse_hours(settings)
        self.people = People(settings.buyers.locales, streams)
        self.tokens = Tokens(self)
        self.templates = Templates(self)
        self.limits = CallLimits(settings.wire)
        self.platform = Platform(self, rules)
        self.buyers = Buyers(self)
        self.warehouse = Warehouse(self, hours)
        self.tracking = Tracking(self, rules.calendar, rules.zone)
        self.mip = Mip(self)
        self._reactions = self._who_reacts()
        self._books = {seller: FateBook(settings, streams.child(seller)) for seller in settings.sellers}
        for seller, book in self._books.items():
            channel = self.mip.channels[seller]
            self.tokens.authorise(OWN_APP, seller, cause="opening")
            self.tokens.authorise(MIP_APP, seller, age_days=settings.mip.token_age_days, cause="opening")
            self.buyers.arrive(seller, book)
            self.mip.start(channel)

    def _who_reacts(self) -> dict[Status, tuple[Callable[[Order], None], ...]]:
        platform, buyers = self.platform, self.buyers
        nobody: dict[Status, tuple[Callable[[Order], None], ...]] = dict.fromkeys(Status, ())
        return nobody | {
            Status.PLACE_ORDER_SUCCESS: (platform.await_payment, buyers.pay),
            Status.WAIT_SELLER_EXAMINE_MONEY: (buyers.confirm_money,),
            Status.PAYMENT_PROCESSING: (platform.accept_payment,),
            Status.RISK_CONTROL: (platform.review,),
            Status.RISK_CONTROL_HOLD: (platform.hold,),
            Status.WAIT_SELLER_SEND_GOODS: (
                platform.run_countdown,
                platform.freeze_later,
                buyers.may_cancel,
                buyers.may_get_back,
            ),
            Status.SELLER_PART_SEND_GOODS: (platform.run_countdown,),
            Status.IN_CANCEL: (platform.pause_countdown, platform.await_cancel_answer),
            Status.IN_FROZEN: (platform.pause_countdown, platform.unfreeze_later),
            Status.WAIT_BUYER_ACCEPT_GOODS: (platform.await_receipt, self.tracking.settle_receipt),
            Status.IN_ISSUE: (platform.pause_countdown, buyers.end_dispute),
            Status.FUND_PROCESSING: (platform.release_funds,),
            Status.FINISH: (platform.blame_cancelling, platform.archive_later, buyers.rate),
        }

    # Time

    @property
    def now(self) -> int:
        """Market time of the last thing that happened or was asked."""
        return self.env.now

    def advance_to(self, at: int) -> None:
        """Lets everything up to and including second `at` happen.

        Raises:
            ValueError: `at` lies before the present.
        """
        if at < self.now:
            raise ValueError(f"the world is at {self.now} and cannot go back to {at}; start a new one")
        self.env.advance_to(at)

    def next_event_at(self) -> int | None:
        """When the next thing happens by itself; None if nothing ever will."""
        at = self.env.peek()
        return None if at == float("inf") else int(at)

    # Changes

    def place(self, seller: str, fate: Fate, cause: str, *, by: Move = Move.PLACE) -> Order:
        """A buyer orders: alone, in a group or in a presale, as the placing move `by` says."""
        number, now = OrderId(self._first_ids[seller] + id_within(fate.key)), self.env.now
        goods = fate.goods
        if len(goods) == 1:  # as nearly every order has it
            lines: tuple[Line, ...] = (line_of((number + 1, *goods[0])),)
        else:
            lines = tuple([line_of((number + place, *each)) for place, each in enumerate(goods, start=1)])
        status, days = placed_as(by), self.templates.default(seller).preparation_days
        order = Order(number, seller, fate, lines, now, status, now, days)
        self.orders[number] = order
        shelves = self._shelves[seller]
        shelves.all.append(order)
        shelves.move(order, now)
        self.tell((now, number, by, {"to": status, "seller": seller, "cents": total_cents(lines)}, cause))
        for reaction in self._reactions[status]:
            reaction(order)
        return order

    def place_by_hand(self, seller: str, change: Callable[[Fate], Fate], cause: str, *, by: Move = Move.PLACE) -> Order:
        """An order placed now because somebody asked for it; `change` may decide its fate."""
        fate = change(self._books[seller].placed_by_hand(self.now, self._placed_by_hand))
        self._placed_by_hand += 1
        return self.place(seller, fate, cause, by=by)

    def move(self, order: Order, move: Move, cause: str, facts: Facts | None = None) -> None:
        """Makes a legal move, tells the ledger, with `facts` if there are more, and lets those concerned react.

        Raises:
            IllegalMove: the order's status has no such move; nothing has changed.
        """
        left, now = order.status, self.env.now
        try:
            to, leads_on, stamp, end_reason, disputed, told = STEPS[left][move]
        except KeyError:
            to, leads_on, stamp, end_reason, disputed, told = step(left, move, order.came_from)
        order.modified_at = now
        if stamp is not None:
            setattr(order, stamp, now)
        if end_reason is not None:
            order.end_reason = end_reason
        if disputed is not None:
            order.disputed = disputed
        if leads_on:
            order.came_from, order.status = left, to
            self._shelves[order.seller].move(order, now)
        else:
            self._shelves[order.seller].stay(order, now)
        self.tell((now, order.id, move, told if facts is None else {**told, **facts}, cause))
        if leads_on:
            for reaction in self._reactions[to]:
                reaction(order)

    def force(self, order: Order, move: Move, cause: str) -> None:
        """Makes a legal move that somebody asked for, with the consequences that it has by itself.

        Raises:
            IllegalMove: the order's status has no such move; nothing has changed.
            NothingToSpare: a partial refund of an order that has one piece of each line.
        """
        if move is Move.COUNTDOWN_ENDS:
            self.platform.close_unshipped(order, cause)
        elif move is Move.PARTIAL_REFUND:
            pay_piece_back(self, order, cause)
        else:
            self.move(order, move, cause)

    def declare(
        self,
        order: Order,
        *,
        carrier: str,
        number: str,
        whole: bool,
        website: str = "",
        line: int | None = None,
        completes_line: bool = False,
        cause: str,
    ) -> Refusal | None:
        """Declares a shipment to the marketplace: what stops the countdown. None if it was accepted."""
        refusal = self.refusal_to_ship(order, carrier, number, website)
        if refusal is not None:
            facts = {"carrier": carrier, "number": number, "why": refusal.code}
            self.note(order.id, "declare_refused", facts, cause)
            return refusal
        declaration = declaration_of((self.env.now, carrier, number, whole, line, completes_line))
        order.declarations += (declaration,)
        self.move(order, _DECLARE_ALL if whole else _DECLARE_PART, cause, {"carrier": carrier, "number": number})
        self.tracking.watch(order, declaration)
        return None

    def answer_cancellation(self, order: Order, *, accept: bool, cause: str) -> Refusal | None:
        """The seller's answer to a buyer who asks to cancel. None if the marketplace took it."""
        if order.status is not Status.IN_CANCEL:
            message = f"order {order.id} is {order.status} and has no cancellation to answer"
            return Refusal("STATUS_NOT_ALLOWED", message)
        self.move(order, Move.ACCEPT_CANCEL if accept else Move.REFUSE_CANCEL, cause)
        return None

    def revise(self, order: Order, what: str, facts: dict[str, Any], cause: str) -> None:
        """Tells those who watch an order, and the ledger, of a change that its status doesn't show."""
        order.modified_at = self.now
        order.revisions += 1
        self._shelves[order.seller].stay(order, self.now)
        self.note(order.id, what, facts, cause)

    def note(self, order: int | None, what: str, facts: Facts, cause: str) -> None:
        """Tells the ledger what happens now."""
        self.tell((self.env.now, order, what, facts, cause))

    @property
    def hears(self) -> Callable[[Event], None] | None:
        """Who is told whatever the ledger is told."""
        return self._hears

    @hears.setter
    def hears(self, hears: Callable[[Event], None] | None) -> None:
        self._hears = hears
        self.tell = self.ledger.told.extend if hears is None else self._tell_two

    def _tell_two(self, told: Told) -> None:
        """Tells the ledger and whoever hears."""
        self.ledger.told.extend(told)
        if self._hears is not None:
            self._hears(self.ledger[-1])

    def refusal_to_ship(self, order: Order, carrier: str, number: str, website: str) -> Refusal | None:
        """Why a shipment would not be taken, if it would not."""
        if order.status not in _MAY_BE_SENT:
            return Refusal("STATUS_NOT_ALLOWED", f"order {order.id} is {order.status} and cannot be shipped")
        return self.refusal_of_carrier(order, carrier, number, website)

    def refusal_of_carrier(self, order: Order, carrier: str, number: str, website: str) -> Refusal | None:
        """Why a carrier and its number would not be taken for an order, if they would not."""
        known = BY_KEY.get(carrier)
        refuses = self.refuses_carrier
        if known is None or (refuses is not None and not known.needs_website and refuses(order)):
            return Refusal("CARRIER_NOT_AUTHORISED", f"the carrier {carrier} is unknown or not authorised")
        if not fits(known, number):
            return Refusal("NUMBER_FORMAT", f"{number} does not look like a number of {carrier}")
        if known.needs_website and not website:
            return Refusal("WEBSITE_MISSING", f"{carrier} needs a tracking website")
        return None

    # Reads

    def order(self, number: int, seller: str | None = None) -> Order:
        """An order by id, of one seller if asked.

        Raises:
            UnknownOrder: there is none.
        """
        order = self.orders.get(OrderId(number))
        if order is None or seller not in (None, order.seller):
            raise UnknownOrder(f"no order {number} in this market at {self.now} (seed {self.streams.seed})")
        return order

    def orders_of(self, seller: str, statuses: Iterable[Status] | None = None) -> Iterable[Order]:
        """A seller's orders, of some statuses if asked; in no promised order."""
        shelves = self._shelves[seller]
        if statuses is None:
            return shelves.all
        return [order for status in dict.fromkeys(statuses) for order in shelves.of(status).values()]

    def count(self, seller: str, status: Status) -> int:
        """How many of a seller's orders are in a status."""
        return len(self._shelves[seller].of(status))

    def changes_of(self, seller: str) -> int:
        """How often any of a seller's orders has changed: a stamp for what is remembered of a query."""
        return self._shelves[seller].changes

    def undecided(self) -> Iterator[Order]:
        """The orders whose countdown runs, rests, or may yet begin."""
        for seller in self.settings.sellers:
            for order in self.orders_of(seller, _UNDECIDED):
                if order.sent_at is None and (order.fate.pays or order.status is not Status.PLACE_ORDER_SUCCESS):
                    yield order

    def changed_between(self, seller: str, from_at: int, to_at: int) -> list[Order]:
        """A seller's orders whose last change lies in [from_at, to_at], oldest change first, each once."""
        return self._shelves[seller].between(from_at, to_at)


def countdown_rules(settings: Settings) -> CountdownRules:
    """The deadline rules that a market's settings say, with the preparation time of the default template."""
    countdown = settings.countdown
    return CountdownRules(
        preparation_days=countdown.preparation_days,
        anchor=countdown.anchor,
        count_anchor_day=countdown.count_anchor_day,
        deadline_clock=countdown.deadline_clock,
        zone=countdown.zone,
        calendar=countdown.calendar.working(),
        extensions=countdown.extensions,
    )


def warehouse_hours(settings: Settings) -> WorkingHours:
    """The warehouse's hours as a market's settings say them."""
    house = settings.warehouse
    return WorkingHours(house.calendar.working(), house.zone, house.opens_minute, house.closes_minute)
