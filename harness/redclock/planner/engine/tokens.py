"""How long the MIP's access to a seller lives: `Tokens`, `Mip._access` and who logs in again, from grant to grant.

A refresh happens with the first use that finds one due, and a death is noticed by the first use after it. Imports use
the token every round; a push does only if there is something to push, which is why those rounds are handed in.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from fakemarket.distributions import table
from fakemarket.settings import Mip, Tokens
from fakemarket.streams import Stream
from redclock.planner.engine.draws import NEVER

DAY, HOUR = 86_400, 3600


class Pair:
    """An access token and its refresh token, of one app and seller.

    Args:
        luck: when pairs die early.
        age_seconds: how old the first pair is at `start_at`.
    """

    def __init__(self, settings: Tokens, luck: Stream, start_at: int, age_seconds: int = 0) -> None:
        self._settings, self._luck, self._number = settings, luck, 0
        self.authorise(start_at, age_seconds)

    def authorise(self, at: int, age_seconds: int = 0) -> None:
        """Somebody logs in."""
        self.issued_at = at - age_seconds
        self._refresh_expires_at = self.issued_at + int(self._settings.refresh_hours * HOUR)
        self._grant(at)

    def refresh(self, at: int) -> bool:
        """Takes the next pair, if this one still allows it."""
        if at >= min(self._dies_at, self._refresh_expires_at):
            return False
        self.issued_at = at
        if self._settings.refresh_extends:
            self._refresh_expires_at = at + int(self._settings.refresh_hours * HOUR)
        self._grant(at)
        return True

    def _grant(self, at: int) -> None:
        self.granted_at = at
        self.expires_at = self.issued_at + int(self._settings.access_hours * HOUR)
        self._dies_at = NEVER
        if self._settings.dies_early:
            u = self._luck.uniform(self._number)
            dies_at = at + int(table(self._settings.revoked_every_days).at(u) * DAY)
            if dies_at < self.expires_at:
                self._dies_at = dies_at
        self.ends_at = min(self._dies_at, self.expires_at)
        """From here on the access token opens no door."""
        self._number += 1


class Channel:
    """The platform's access to one seller.

    Args:
        pushed_at: the rounds of pushes that first have something to push, in order, whether the token works or not.
        seen_at: when somebody who would log in again sees whether the token works, in order.
    """

    def __init__(
        self, pair: Pair, settings: Mip, start_at: int, pushed_at: Sequence[int], seen_at: Sequence[int]
    ) -> None:
        self._pair, self._start_at, self._pushed_at, self._seen_at = pair, start_at, pushed_at, seen_at
        self._import_every, self._push_every = settings.import_every_minutes * 60, settings.push_every_minutes * 60
        self._refreshes, self._early = settings.refreshes_token, int(settings.refresh_early_hours * HOUR)
        self._left_at = NEVER
        """The first round of pushes after a renewal, if something was left to push."""
        self._fails = False
        self.failing_at = NEVER
        """When a use first failed."""
        self.spells: list[tuple[int, int]] = []
        """Without access: the first second and the last one."""
        self.renewals: list[tuple[int, int]] = []
        """When somebody logged in again, not having come for that alone, and from when on what changed was imported."""

    def advance(self, to_at: int) -> None:
        """Everything up to and including the rounds, and the people, of a second."""
        while True:
            pair = self._pair
            seen_at = _first(self._seen_at, pair.ends_at)
            used_at = self._next_use(self._due_at())
            if self._refreshes and used_at <= min(seen_at, to_at) and pair.refresh(used_at):
                continue
            failed_at = self._next_use(pair.ends_at)
            if failed_at <= min(seen_at, to_at):
                self._fail(failed_at)
            if seen_at > to_at:
                return
            self.renewals.append((seen_at, self._renew(seen_at)))

    def check(self, at: int) -> bool:
        """Somebody logs in again if the platform says that it fails, then has it import; whether that works."""
        self.advance(at)
        if self._fails:
            self._renew(at)
            return True
        if self._refreshes and at >= self._due_at() and self._pair.refresh(at):
            return True
        if at < self._pair.ends_at:
            return True
        self._fail(at)
        return False

    def end(self, end_at: int) -> None:
        """Nobody comes any more, and the rounds go on until an instant."""
        self.advance(end_at)
        if self._pair.ends_at <= end_at:
            self.spells.append((self._pair.ends_at, NEVER))

    def _due_at(self) -> int:
        """From when on it is refreshed."""
        pair = self._pair
        return pair.expires_at - min(self._early, (pair.expires_at - pair.issued_at) // 2)

    def _next_use(self, at: int) -> int:
        """The first round that uses the token at or after an instant, and after it was granted."""
        at = max(at, self._pair.granted_at + 1)
        rounds = max(-(-(at - self._start_at) // self._import_every), 1)
        used_at = min(self._start_at + rounds * self._import_every, _first(self._pushed_at, at))
        return min(used_at, self._left_at) if self._left_at >= at else used_at

    def _fail(self, at: int) -> None:
        self._fails = True
        self.failing_at = min(self.failing_at, at)

    def _renew(self, at: int) -> int:
        """Somebody logs in again after what else there is in a second.

        Returns:
            the last round of imports before access ended, or, if there was none since the last login, one before that.
        """
        start_at, every, ends_at = self._start_at, self._import_every, self._pair.ends_at
        self.spells.append((ends_at, at))
        if ends_at <= self._left_at < NEVER or _first(self._pushed_at, ends_at) <= at:
            self._left_at = start_at + ((at - start_at) // self._push_every + 1) * self._push_every
        else:
            self._left_at = NEVER
        self._fails = False
        self._pair.authorise(at)
        return start_at + (ends_at - 1 - start_at) // every * every


def _first(rising: Sequence[int], at: int) -> int:
    """The first of some instants at or after one."""
    place = bisect_left(rising, at)
    return rising[place] if place < len(rising) else NEVER
