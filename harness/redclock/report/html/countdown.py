"""An order's countdown as a line that falls to nothing, and rests where the order was frozen or in dispute."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fakemarket.rules.status import Move
from fakemarket.world.ledger import Event
from redclock.report.charts.marks import line, y_axis
from redclock.report.charts.scale import Scale, round_ends
from redclock.report.charts.svg import hit, label
from redclock.report.charts.time_axis import DAY, HOUR, TimeAxis, length

HEIGHT = 130
URGENT_SECONDS = DAY
"""Less than this and the line is red, as the seller's panel has it [A]."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The countdown over a while.

    Attributes:
        left: seconds left at `from_at`.
        runs: it doesn't while the order is frozen or in dispute.
    """

    from_at: int
    until_at: int
    left: int
    runs: bool

    @property
    def left_then(self) -> int:
        """Seconds left at `until_at`."""
        return self.left - (self.until_at - self.from_at if self.runs else 0)


def stretches(own: Sequence[Event], ended_at: int, *, pauses_in_cancel: bool) -> list[Stretch]:
    """The countdown from its start to its end. After a pause the marketplace says it anew, later by as much.

    Args:
        own: the order's events.
        ended_at: when it was declared or closed, or the run ended.
    """
    told = [(it.at, int(it.facts["ship_by_at"])) for it in own if it.what == "countdown"]
    pauses = {Move.FREEZE, Move.OPEN_DISPUTE, *({Move.REQUEST_CANCEL} if pauses_in_cancel else ())}
    found = []
    for number, (at, due) in enumerate(told):
        if number + 1 < len(told):
            again_at, later = told[number + 1]
            stops_at = again_at - (later - due)
        else:
            again_at = ended_at
            stops_at = min(next((it.at for it in own if it.at >= at and it.what in pauses), ended_at), ended_at)
        found.append(Stretch(at, stops_at, due - at, runs=True))
        found.append(Stretch(stops_at, again_at, due - stops_at, runs=False))
    return [it for it in found if it.until_at > it.from_at]


def draw_countdown(found: Sequence[Stretch], axis: TimeAxis, x: Scale, top: float) -> tuple[str, float]:
    """The panel, and where it ends on the page; nothing of an order that never had a countdown."""
    if not found:
        return "", top
    unit, sign = (DAY, " d") if found[0].left > 2 * DAY else (HOUR, " h")
    y = Scale(*round_ends(0, max(it.left for it in found) / unit, 4), top + HEIGHT, top + 14)
    body = [
        y_axis(y, x.start, x.end, most=4, unit=sign),
        label("time left on", x.start - 56, top + 64, text_anchor="end"),
        label("the countdown", x.start - 56, top + 80, text_anchor="end"),
        *(_falling(part, axis, x, y, unit) for it in found for part in _by_urgency(it)),
    ]
    return "".join(body), top + HEIGHT + 16


def _falling(it: Stretch, axis: TimeAxis, x: Scale, y: Scale, unit: int) -> str:
    points = [(it.from_at, it.left / unit), (it.until_at, it.left_then / unit)]
    hue = "soft dashed" if not it.runs else "red" if it.left <= URGENT_SECONDS else "ink"
    tip = (
        f"{axis.told(it.from_at)}: {length(it.left)} left\n{axis.told(it.until_at)}: {length(it.left_then)} left\n"
        f"the countdown {'runs' if it.runs else 'rests'}"
    )
    return hit(tip, line(points, x, y, hue))


def _by_urgency(it: Stretch) -> Iterator[Stretch]:
    """A running countdown in two: before its last day, and in it."""
    turns_at = it.from_at + it.left - URGENT_SECONDS
    if not it.runs or not it.from_at < turns_at < it.until_at:
        yield it
        return
    yield Stretch(it.from_at, turns_at, it.left, runs=True)
    yield Stretch(turns_at, it.until_at, URGENT_SECONDS, runs=True)
