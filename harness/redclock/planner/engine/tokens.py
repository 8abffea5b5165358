"""How long the MIP's access to a seller lives: `Tokens` and `Mip._access`, from one refresh to the next.

Without anybody who logs in again an access that has died once is dead for good, so its life is one instant: rounds
before it work, rounds from it on don't. A refresh happens with the first use that finds one due. Imports use the token
every round; a push does only if there is something to push, which is why those rounds are handed in.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from fakemarket.distributions import table
from fakemarket.settings import Settings
from fakemarket.streams import Streams
from fakemarket.world.tokens import MIP_APP
from redclock.planner.engine.draws import NEVER

DAY, HOUR = 86_400, 3600


class TokenLife:
    """The life of a seller's token under some settings, from `start_at` to `end_at`."""

    def __init__(self, settings: Settings, start_at: int, end_at: int) -> None:
        self._tokens, self._mip = settings.tokens, settings.mip
        self._start_at, self._end_at = start_at, end_at
        self._every = settings.mip.import_every_minutes * 60
        issued_at = start_at - int(settings.mip.token_age_days * DAY)
        self._first = (
            issued_at,
            issued_at + int(self._tokens.access_hours * HOUR),
            issued_at + int(self._tokens.refresh_hours * HOUR),
        )
        due_at = self._due_at(self._first[0], self._first[1])
        refreshed = self._mip.refreshes_token and self._first[2] > end_at
        self.sure = not self._tokens.dies_early and (due_at > end_at or refreshed)
        """It works until `end_at` whatever happens: nothing is due before, or every refresh succeeds."""

    def _due_at(self, issued_at: int, expires_at: int) -> int:
        """From when on it is refreshed; without refreshes, when it ends."""
        if not self._mip.refreshes_token:
            return expires_at
        return expires_at - min(int(self._mip.refresh_early_hours * HOUR), (expires_at - issued_at) // 2)

    def dead_at(self, seed: int, seller: str, pushed_at: Sequence[int]) -> int:
        """The first instant at which it doesn't work any more; any instant after the end means that it always does.

        Args:
            seed: of the market.
            seller: whose token it is.
            pushed_at: the rounds with something to push, in order, whether the token works in them or not.
        """
        if self.sure:
            return NEVER
        luck = Streams(seed).child("tokens").child(MIP_APP).child(seller).stream("early-death")
        granted_at, number = self._start_at, 0
        issued_at, expires_at, refresh_expires_at = self._first
        while True:
            dies_at = NEVER
            if self._tokens.dies_early:
                dies_at = granted_at + int(table(self._tokens.revoked_every_days).at(luck.uniform(number)) * DAY)
            ends_at = min(dies_at, expires_at)
            if not self._mip.refreshes_token:
                return ends_at
            used_at = self._next_use(max(self._due_at(issued_at, expires_at), granted_at + 1), pushed_at)
            if used_at > self._end_at or used_at >= refresh_expires_at or dies_at <= min(used_at, expires_at - 1):
                return ends_at
            granted_at = issued_at = used_at
            expires_at = used_at + int(self._tokens.access_hours * HOUR)
            if self._tokens.refresh_extends:
                refresh_expires_at = used_at + int(self._tokens.refresh_hours * HOUR)
            number += 1

    def _next_use(self, at: int, pushed_at: Sequence[int]) -> int:
        rounds = max((at - self._start_at + self._every - 1) // self._every, 1)
        imported_at = self._start_at + rounds * self._every
        place = bisect_left(pushed_at, at)
        return min(imported_at, pushed_at[place]) if place < len(pushed_at) else imported_at
