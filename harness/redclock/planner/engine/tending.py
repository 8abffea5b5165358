"""Who has access to the shops when, in a replication: the platform's tokens, the seller's own, and who looks in.

Everybody's instants are worked through once, seller by seller; a check that finds a dead token ends there, so that the
sellers behind it aren't looked at that day. Knows no orders but the rounds that have something to push.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np

from fakemarket.settings import Settings
from fakemarket.streams import Stream, Streams
from fakemarket.world.tokens import MIP_APP, OWN_APP
from redclock.planner.engine.access import Access, instants, spells
from redclock.planner.engine.covered import NotCovered
from redclock.planner.engine.draws import NEVER
from redclock.planner.engine.habits import Habits
from redclock.planner.engine.tokens import DAY, HOUR, Channel, Pair


class Tended(NamedTuple):
    """What came of one replication's tokens, by seller in the order of their names."""

    spells: list[list[tuple[int, int]]]
    failing_at: list[int]
    checks: list[list[int]]
    renewals: list[list[tuple[int, int]]]
    looks: list[list[int]]


class Tending:
    """The shops' doors under some settings, from `start_at` to `end_at`.

    Args:
        habits: who looks in.
    """

    def __init__(self, settings: Settings, habits: Habits, start_at: int, end_at: int) -> None:
        self._settings, self._start_at, self._end_at = settings, start_at, end_at
        self._sellers = sorted(settings.sellers)
        checking = habits.checking
        self._looks_back_seconds = checking.looks_back_days * DAY if checking else 0
        self.looks_at = list(checking.instants(start_at, end_at)) if checking else []
        """When somebody means to compare the panels."""
        self._seen_at = {
            seller: sorted(
                {at for it in habits.renewing if seller in it.sellers for at in it.instants(start_at, end_at)}
            )
            for seller in settings.sellers
        }
        self.sure = self._is_sure()
        """Every access works until `end_at` whatever happens, so that one answer serves all replications."""
        self._always: dict[int, Access] = {}

    def _is_sure(self) -> bool:
        tokens, mip = self._settings.tokens, self._settings.mip
        if tokens.dies_early:
            return False
        if self.looks_at and self._start_at + int(tokens.refresh_hours * HOUR) <= self._end_at:
            return False
        life, every = int(tokens.access_hours * HOUR), mip.import_every_minutes * 60
        issued_at = self._start_at - int(mip.token_age_days * DAY)
        early = min(int(mip.refresh_early_hours * HOUR), life // 2) if mip.refreshes_token else 0
        if issued_at + life - early > self._end_at:
            return True
        # Who sees a token that has expired logs in again, even if the next round would have refreshed it.
        never_expired = every <= early and issued_at + life > self._start_at + every
        return (
            mip.refreshes_token
            and issued_at + int(tokens.refresh_hours * HOUR) > self._end_at
            and (never_expired or not any(self._seen_at.values()))
        )

    def tended(self, seed: int, pushed_at: Sequence[Sequence[int]]) -> Tended:
        """Works a replication's tokens through.

        Args:
            pushed_at: the rounds with something new to push, in order, by seller in the order of their names.

        Raises:
            NotCovered: nobody got through for so long that what changed before is looked at no more.
        """
        settings, start_at = self._settings, self._start_at
        age_seconds = int(settings.mip.token_age_days * DAY)
        pushed = dict(zip(self._sellers, pushed_at, strict=True))
        channels = {
            it: Channel(
                Pair(settings.tokens, _luck(seed, MIP_APP, it), start_at, age_seconds),
                settings.mip,
                start_at,
                pushed[it],
                self._seen_at[it],
            )
            for it in settings.sellers
        }
        own = {it: Pair(settings.tokens, _luck(seed, OWN_APP, it), start_at) for it in settings.sellers}
        checks: dict[str, list[int]] = {it: [] for it in settings.sellers}
        looks: dict[str, list[int]] = {it: [] for it in settings.sellers}
        for at in self.looks_at:
            for seller, channel in channels.items():
                if not channel.check(at):
                    break
                checks[seller].append(at)
            else:
                for seller, pair in own.items():
                    if at >= pair.ends_at and not pair.refresh(at):
                        break
                    looks[seller].append(at)
        for channel in channels.values():
            channel.end(self._end_at)
        for visits in (*checks.values(), *looks.values()):
            if any(after - before > self._looks_back_seconds for before, after in pairwise((start_at, *visits))):
                raise NotCovered("a daily check that got through for the first time in two weeks")
        in_order = [channels[it] for it in self._sellers]
        return Tended(
            [it.spells for it in in_order],
            [it.failing_at for it in in_order],
            [checks[it] for it in self._sellers],
            [it.renewals for it in in_order],
            [looks[it] for it in self._sellers],
        )

    def always(self, replications: int) -> Access:
        """What there is in so many replications where access is sure."""
        if replications not in self._always:
            count = len(self._sellers)
            nothing: list[list[tuple[int, int]]] = [[]] * count
            looks = [self.looks_at] * count
            sure = Tended(nothing, [NEVER] * count, looks, nothing, looks)
            self._always = {replications: self.arrays([sure] * replications)._replace(spells=None)}
        return self._always[replications]

    def arrays(self, tended: Sequence[Tended]) -> Access:
        """What came of some replications, for whole arrays of orders: one's sellers behind the other's."""
        mip = self._settings.mip
        imports, pushes = mip.import_every_minutes * 60, mip.push_every_minutes * 60
        every = Tended(*(list(chain.from_iterable(each)) for each in zip(*tended, strict=True)))
        return Access(
            spells(every.spells, self._start_at, imports, pushes),
            np.array(every.failing_at, dtype=np.int64),
            instants(every.checks),
            instants([[at for at, _ in each] for each in every.renewals]),
            np.array([it for each in every.renewals for it in (*(since_at for _, since_at in each), 0)]),
            instants(every.looks),
        )


def _luck(seed: int, app: str, seller: str) -> Stream:
    return Streams(seed).child("tokens").child(app).child(seller).stream("early-death")
