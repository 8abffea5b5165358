"""The calls that are remembered: a ring, questions about it, and verifications that say what was near."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from fakemarket.journal.entry import Entry
from fakemarket.journal.masking import masked

MOST_CALLS = 10_000
MOST_BYTES = 16 << 20
_NEAREST = 3


class NotAsExpected(AssertionError):
    """A call that was expected was not made, or one was made that was not expected."""


class Journal:
    """The last calls of one market, at most `calls_limit` of them and `bytes_limit` of bodies; the oldest go first.

    Args:
        seed: the market's, for messages.
        secrets: the words that nobody may see at present.
    """

    def __init__(
        self,
        seed: int,
        secrets: Callable[[], Collection[str]],
        *,
        calls_limit: int = MOST_CALLS,
        bytes_limit: int = MOST_BYTES,
    ) -> None:
        self.seed = seed
        self.calls_limit = calls_limit
        self.bytes_limit = bytes_limit
        self.dropped = 0
        """How many of the oldest calls have been let go."""
        self.tally: Counter[tuple[str, str, int]] = Counter()
        """How many calls there were, by face, operation and hour since 1970; none is ever let go of it."""
        self._secrets = secrets
        self._entries: deque[Entry] = deque()
        self._sizes: deque[int] = deque()
        """Bytes of the bodies of each of them."""
        self._bytes = 0

    def add(self, entry: Entry) -> None:
        entries = self._entries
        entries.append(entry)
        size = len(entry.request.body) + entry.response.length
        self._sizes.append(size)
        self._bytes += size
        self.tally[entry.face, entry.operation, entry.at // 3600] += 1
        while len(entries) > self.calls_limit or (self._bytes > self.bytes_limit and len(entries) > 1):
            entries.popleft()
            self._bytes -= self._sizes.popleft()
            self.dropped += 1

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def shown(self, entry: Entry) -> dict[str, Any]:
        """A call as JSON values, secrets masked."""
        return entry.shown(self._secrets())

    def calls(
        self,
        operation: str | None = None,
        *,
        face: str | None = None,
        order: int | None = None,
        seller: str | None = None,
        status: int | None = None,
        outcome: str | None = None,
        fault: str | None = None,
        request_id: str | None = None,
        since_at: int | None = None,
        **parameters: Any,
    ) -> list[Entry]:
        """The calls that fit everything asked, oldest first.

        Args:
            operation: its name, or the beginning of it and a `*`.
            face: `aliexpress` or `mip`.
            order: the order it concerns.
            seller: whose data.
            status: the HTTP status.
            outcome: `ok`, an error code, ...; see `Entry.outcome`.
            fault: the cause of a fault that struck it, e.g. `fault:2`.
            request_id: as an answer says it.
            since_at: market time from which on, seconds since the epoch.
            parameters: what it asked for, by name; compared as texts.
        """
        wanted = {"operation": operation, "face": face, "order": order, "seller": seller, "status": status}
        wanted |= {"outcome": outcome, "fault": fault, "request_id": request_id}
        return [it for it in self._since(since_at) if not _differences(it, wanted, parameters)]

    def assert_called(
        self,
        operation: str,
        *,
        order: int | None = None,
        times: int | None = None,
        seller: str | None = None,
        status: int | None = None,
        outcome: str | None = None,
        since_at: int | None = None,
        **parameters: Any,
    ) -> list[Entry]:
        """Verifies that a call was made, `times` times or at least once; the calls.

        Raises:
            NotAsExpected: it was not; says which calls came near, and in what they differ.
        """
        wanted = {"operation": operation, "order": order, "seller": seller, "status": status, "outcome": outcome}
        return self.verify(wanted, parameters, times=times, since_at=since_at)

    def assert_not_called(
        self,
        operation: str,
        *,
        order: int | None = None,
        seller: str | None = None,
        status: int | None = None,
        outcome: str | None = None,
        since_at: int | None = None,
        **parameters: Any,
    ) -> None:
        """Verifies that no such call was made.

        Raises:
            NotAsExpected: there was one; says which.
        """
        wanted = {"operation": operation, "order": order, "seller": seller, "status": status, "outcome": outcome}
        self.verify(wanted, parameters, times=0, since_at=since_at)

    def verify(
        self,
        wanted: Mapping[str, Any],
        parameters: Mapping[str, Any],
        *,
        times: int | None = None,
        since_at: int | None = None,
    ) -> list[Entry]:
        """What `assert_called` and `assert_not_called` do, with names as values."""
        kept = self._since(since_at)
        differing = [(it, _differences(it, wanted, parameters)) for it in kept]
        found = [it for it, differences in differing if not differences]
        secrets = self._secrets()
        said = ", ".join(
            f"{name}={masked(name, value, secrets)!r}"
            for name, value in {**wanted, **parameters}.items()
            if value is not None and name != "operation"
        )
        call = f"{wanted.get('operation') or 'a call'}({said})"
        if times is not None and self._may_have_lost(since_at):
            raise NotAsExpected(
                f"how often {call} was made can't be told: {self.dropped} calls before market time "
                f"{self._entries[0].at} have been let go; ask with a later since_at (seed {self.seed})"
            )
        if len(found) == times or (times is None and found):
            return found
        expected = "at least once" if times is None else f"{times} times"
        lines = [f"{call} was expected {expected} and was made {len(found)} times (seed {self.seed})"]
        lines += [f"  made: {self._line(it)}" for it in found[:_NEAREST]]
        if times is None or len(found) < times:
            near = sorted((it for it in differing if it[1]), key=lambda it: (_distance(it[1]), -it[0].number))
            for entry, differences in near[:_NEAREST]:
                lines.append(f"  near: {self._line(entry)}")
                lines += [
                    f"        {name} is {masked(name, is_, secrets)!r}, expected {masked(name, wants, secrets)!r}"
                    for name, is_, wants in differences
                ]
            if not kept:
                lines.append("  no call at all is known")
        raise NotAsExpected("\n".join(lines))

    def _since(self, since_at: int | None) -> list[Entry]:
        return [it for it in self._entries if since_at is None or it.at >= since_at]

    def _may_have_lost(self, since_at: int | None) -> bool:
        return bool(self.dropped) and (since_at is None or since_at <= self._entries[0].at)

    @staticmethod
    def _line(entry: Entry) -> str:
        return f"{datetime.fromtimestamp(entry.at, UTC):%Y-%m-%d %H:%M:%S}Z {entry!r}"


Difference = tuple[str, Any, Any]


def _differences(entry: Entry, wanted: Mapping[str, Any], parameters: Mapping[str, Any]) -> list[Difference]:
    """(field, found, wanted) of all in which a call isn't what was wanted."""
    different: list[Difference] = []
    for name, value in wanted.items():
        if value is None:
            continue
        found = entry.causes if name == "fault" else getattr(entry, name)
        if name == "operation" and str(value).endswith("*"):
            fits = entry.operation.startswith(str(value)[:-1])
        else:
            fits = value in entry.causes if name == "fault" else found == value
        if not fits:
            different.append((name, found, value))
            if name in ("operation", "face"):
                return different  # the parameters of another call say nothing
    if parameters:
        asked = entry.parameters()
        for name, value in parameters.items():
            if name not in asked:
                different.append((name, None, value))
            elif str(asked[name]) != str(value):
                different.append((name, asked[name], value))
    return different


def _distance(differences: list[Difference]) -> int:
    """How near a call came: another operation is farther away than any other difference, the less alike the more so."""
    return len(differences) + sum(_unlikeness(is_, wants) for name, is_, wants in differences if name == "operation")


@lru_cache(maxsize=1024)
def _unlikeness(one: str, other: str) -> int:
    """Of two operations' names, from 100 to 200."""
    from difflib import SequenceMatcher

    return 200 - round(100 * SequenceMatcher(None, one, other).ratio())
