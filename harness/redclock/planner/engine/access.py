"""When the platform can reach its sellers' shops and when somebody reaches them by hand, for whole arrays of orders.

A shop is a seller's in one replication. Each has lists of instants; they lie in one array, a shop's behind the other's,
so that one search serves all orders.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from redclock.planner.engine.compiled import Ints
from redclock.planner.engine.draws import NEVER

_SHOP = 1 << 40
"""Far more than any instant: what lies between the same instant of two shops in an array's keys."""


class Instants(NamedTuple):
    """Rising instants of each shop, with NEVER behind them."""

    keys: Ints
    at: Ints


class Spells(NamedTuple):
    """The spells in which the platform has no access to a shop, each shop's behind one that was over before all."""

    keys: Ints
    until_at: Ints
    """The last second of it."""
    import_at: Ints
    """The first round of imports that works again."""
    push_at: Ints
    """The first round of pushes that does."""


class Access(NamedTuple):
    """Who reaches the shops when."""

    spells: Spells | None
    """None: the platform always has access."""
    failing_at: Ints
    """When the platform first noticed that it had none, by shop."""
    checks: Instants
    """Somebody has the platform import what changed in the last fortnight."""
    renewals: Instants
    """Somebody logs in again and has it import what it missed."""
    missed_from_at: Ints
    """From when on what changed is imported then; aligned with `renewals`."""
    looks: Instants
    """Somebody compares both panels and mends what differs."""


def instants(of_shops: Sequence[Sequence[int]]) -> Instants:
    """The lists of all shops as one."""
    at = np.array([it for each in of_shops for it in (*each, NEVER)], dtype=np.int64)
    shops = np.repeat(np.arange(len(of_shops)), [len(each) + 1 for each in of_shops])
    return Instants(_keys(shops, at), at)


def spells(of_shops: Sequence[Sequence[tuple[int, int]]], start_at: int, imports: int, pushes: int) -> Spells:
    """The spells of all shops as one; first and last second each.

    Args:
        imports: seconds from one round of imports to the next; `pushes` likewise.
    """
    rows = [(shop, *it) for shop, each in enumerate(of_shops) for it in ((0, -1), *each)]
    shops, begins_at, until_at = np.array(rows, dtype=np.int64).T
    after = [
        np.array([it for each in of_shops for it in (-1, *_live_after(each, start_at, every))], dtype=np.int64)
        for every in (imports, pushes)
    ]
    return Spells(_keys(shops, begins_at), until_at.copy(), *after)


def first_from(at: Ints, shops: Ints, among: Instants) -> Ints:
    """The first instant of the order's shop at or after each instant."""
    found: Ints = among.at[places_from(at, shops, among)]
    return found


def places_from(at: Ints, shops: Ints, among: Instants) -> Ints:
    """Where those stand in the array."""
    return np.searchsorted(among.keys, _keys(shops, at))


def live_import(at: Ints, shops: Ints, access: Access) -> Ints:
    """The first round of imports with access at or after each of some rounds."""
    return at if access.spells is None else _live(at, shops, access.spells, access.spells.import_at)


def live_push(at: Ints, shops: Ints, access: Access) -> Ints:
    """The first round of pushes with access at or after each of some rounds."""
    return at if access.spells is None else _live(at, shops, access.spells, access.spells.push_at)


def _live(at: Ints, shops: Ints, spells: Spells, after_at: Ints) -> Ints:
    place = np.searchsorted(spells.keys, _keys(shops, at), side="right") - 1
    return np.where(at <= spells.until_at[place], after_at[place], at)


def _keys(shops: Ints, at: Ints) -> Ints:
    return shops * _SHOP + np.minimum(at, _SHOP - 1)


def _live_after(spells: Sequence[tuple[int, int]], start_at: int, every: int) -> list[int]:
    """The first round outside of all spells after each of them."""
    found: list[int] = []
    for place in reversed(range(len(spells))):
        until_at = spells[place][1]
        at = NEVER if until_at >= NEVER else start_at + ((until_at - start_at) // every + 1) * every
        for later, (from_at, to_at) in enumerate(spells[place + 1 :]):
            if from_at <= at <= to_at:
                at = found[-1 - later]
                break
        found.append(at)
    return found[::-1]
