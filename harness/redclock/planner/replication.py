"""One replication: a market's world, run alone from an empty start until every order that counts has its verdict.

No HTTP and nobody who looks after orders: the integration platform imports and pushes by itself, and what goes wrong
stays wrong. The verdicts are read from the ledger alone. Knows nothing of sweeps or intervals.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain

from fakemarket.rules.status import Move, Status
from fakemarket.settings import Settings
from fakemarket.streams import Streams
from fakemarket.world.order import Order
from fakemarket.world.world import World
from redclock.planner.causes import CAUSES, causes

DAY = 86_400
FOLLOWED_DAYS = 1000
"""Longest wait for the last verdict; far beyond any countdown, so that a world without end is told apart."""

_ACCEPTED = (Move.PASS_REVIEW, Move.CONFIRM_MONEY)
_CANCELLED = (Move.ACCEPT_CANCEL, Move.CANCEL_TIMEOUT)
_UNDECIDED = (
    Status.WAIT_SELLER_SEND_GOODS,
    Status.SELLER_PART_SEND_GOODS,
    Status.IN_CANCEL,
    Status.IN_FROZEN,
)


class Undecided(RuntimeError):
    """The world went on for very long and an order still had no verdict."""


class CareFailed(RuntimeError):
    """Whoever looks after the orders raised, hung, or asked for what can't be. The message names them."""


@dataclass(frozen=True, slots=True)
class Horizon:
    """Which orders a replication counts: those accepted in the `days` after the warm-up.

    They are followed to their verdict however long that takes, and other orders go on arriving meanwhile: were the
    arrivals to stop, the last ones would find a warehouse emptier than it is. With one packer too few that would hide
    one miss in twenty.
    """

    start_at: int
    warm_up_days: int
    days: int

    @property
    def counts_from_at(self) -> int:
        return self.start_at + self.warm_up_days * DAY

    @property
    def counts_until_at(self) -> int:
        return self.counts_from_at + self.days * DAY


@dataclass(frozen=True, slots=True)
class Tally:
    """Orders that had to be shipped, how many of their countdowns ended first, and why.

    Attributes:
        causes: misses by cause, in the order of `Cause`; they add up to the misses.
    """

    orders: int
    misses: int
    causes: tuple[int, ...]


def replicate(settings: Settings, seed: int, horizon: Horizon) -> Tally:
    """Runs one world and counts.

    Raises:
        Undecided: an order's countdown neither stops nor ends.
    """
    return tally(decided(settings, seed, horizon), horizon)


def decided(settings: Settings, seed: int, horizon: Horizon) -> World:
    """A world in which every order that counts has its verdict.

    Raises:
        Undecided: an order's countdown neither stops nor ends.
    """
    world = World(settings, Streams(seed), horizon.start_at)
    world.advance_to(horizon.counts_until_at)
    for _ in range(FOLLOWED_DAYS):
        if not any(undecided(world, horizon)):
            return world
        world.advance_to(world.now + DAY)
    first = next(iter(undecided(world, horizon)))
    raise Undecided(
        f"order {first.id} is still {first.status} at {datetime.fromtimestamp(world.now, UTC):%Y-%m-%d %H:%M} UTC, "
        f"{FOLLOWED_DAYS} days after the last one counted was accepted (seed {seed}); is some duration "
        "in the settings years long?"
    )


def undecided(world: World, horizon: Horizon) -> Iterable[Order]:
    """The orders that count and whose countdown still runs or rests."""
    found = chain.from_iterable(world.orders_of(seller, _UNDECIDED) for seller in world.settings.sellers)
    return (
        order
        for order in found
        if order.sent_at is None and order.accepted_at is not None and order.accepted_at < horizon.counts_until_at
    )


def tally(world: World, horizon: Horizon) -> Tally:
    """Counts the orders that became the seller's work in the horizon's days, less those cancelled by their buyer.

    Only the latter leave the count: an order that the supplier has no stock for is a miss like any other.
    """
    ledger, days = world.ledger, range(horizon.counts_from_at, horizon.counts_until_at)
    accepted = {event.order for event in ledger.named(*_ACCEPTED) if event.at in days}
    judged = accepted.difference(event.order for event in ledger.named(*_CANCELLED))
    missed = {
        event.order for event in ledger.named(Move.COUNTDOWN_ENDS) if event.order is not None and event.order in judged
    }
    found = Counter(causes(world, missed).values())
    return Tally(len(judged), len(missed), tuple(found[cause] for cause in CAUSES))
