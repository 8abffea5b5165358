"""What a call sees differently from how it is, as faults will have it.

What only those see who ask strikes when they do; a clock that is wrong is told with every answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from fakemarket.call import Call
from fakemarket.faults.installed import CallLuck, Installed
from fakemarket.faults.kinds import ClockSkew, ExpiryLies, PageDrift, StaleRead
from fakemarket.world.lens import CLEAR, Drift, Lens
from fakemarket.world.order import Order
from fakemarket.world.past import Past
from fakemarket.world.world import World

Told = TypeVar("Told")
Strike = Callable[[Sequence[Installed], int | None], None]


def lens_of(
    hits: Sequence[CallLuck], call: Call, world: World, hides: Callable[[Order], bool] | None, strike: Strike
) -> Lens:
    """The lens before the world during a call.

    Args:
        hits: the faults that have drawn the call.
        call: the call.
        world: whose present it is.
        hides: whether lists leave an order out.
        strike: told which faults have really struck, and the order concerned.
    """
    lens = CLEAR if hides is None else CLEAR._replace(hides=hides)
    drifts = [(it.one, it.fault) for it in hits if isinstance(it.fault, PageDrift)]
    if drifts:
        off = Drift(sum(fault.rows for _, fault in drifts), sum(fault.count_off for _, fault in drifts))
        lens = lens._replace(drift=partial(_told, off, strike, [one for one, _ in drifts], call.order))
    lies = [(it.one, it.fault) for it in hits if isinstance(it.fault, ExpiryLies)]
    if lies:
        seconds = sum(fault.seconds for _, fault in lies)
        lens = lens._replace(expiry_off_seconds=partial(_told, seconds, strike, [one for one, _ in lies], call.order))
    skews = [(it.one, it.fault) for it in hits if isinstance(it.fault, ClockSkew)]
    if skews:
        strike([one for one, _ in skews], call.order)
        lens = lens._replace(clock_off_seconds=sum(fault.seconds for _, fault in skews))
    stale = [(it.one, it.fault) for it in hits if isinstance(it.fault, StaleRead)]
    if stale:
        at = world.now - max(fault.seconds for _, fault in stale)
        differs = partial(strike, [one for one, _ in stale], call.order)
        lens = lens._replace(past=Past(at, world.ledger, differs))
    return lens


def _told(what: Told, strike: Strike, them: Sequence[Installed], order: int | None) -> Told:
    strike(them, order)
    return what
