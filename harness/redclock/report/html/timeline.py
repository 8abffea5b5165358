"""One order's time as a picture: its countdown, where it was, what went wrong beside it, who called, whose token lived.

All of it on one axis of market time. Of a run that failed without an order it is the picture of the whole run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fakemarket.faults import TokenDies
from fakemarket.faults.kinds import aim_of
from fakemarket.rules.status import Move
from fakemarket.world.ledger import Event
from redclock.checks.measures.access import BIRTHS, DEATHS
from redclock.figures import Case
from redclock.figures.case import Slice
from redclock.report.charts.chart import TITLE_HEIGHT, Chart
from redclock.report.charts.lanes import ROW, Lane, Note, Pip, Span, draw_lanes, draw_notes
from redclock.report.charts.marks import time_axis
from redclock.report.charts.scale import Scale
from redclock.report.charts.svg import hit, label, tag
from redclock.report.charts.time_axis import TimeAxis, length
from redclock.report.html.countdown import draw_countdown, stretches
from redclock.report.html.milestones import fill_of, milestone
from redclock.report.whereabouts import Stretch, whereabouts
from redclock.run import Outcome

WIDTH = 1140
_LEFT, _RIGHT = 232, WIDTH - 175
_AXIS_HEIGHT = 46
_FACES = {"aliexpress": "AliExpress calls", "mip": "MIP calls"}


def timeline(name: str, outcome: Outcome, case: Case) -> Chart:
    """The picture of a case of an outcome."""
    return _Drawing(name, outcome, case).chart()


@dataclass(frozen=True)
class _Drawing:
    name: str
    outcome: Outcome
    case: Case

    @property
    def axis(self) -> TimeAxis:
        return TimeAxis(self.case.from_at, self.case.until_at, self.outcome.scenario.zone)

    @property
    def x(self) -> Scale:
        return Scale(self.case.from_at, self.case.until_at, _LEFT, _RIGHT)

    @property
    def own(self) -> list[Event]:
        return [] if self.case.order is None else self.case.ledger.of(self.case.order)

    def chart(self) -> Chart:
        x, axis = self.x, self.axis
        lanes = [lane for lane in self._lanes() if lane is not None]
        clock, lanes_top = self._countdown(TITLE_HEIGHT)
        notes_top = lanes_top + len(lanes) * ROW + _AXIS_HEIGHT
        notes, notes_height = self._happened(x, notes_top)
        bottom = lanes_top + len(lanes) * ROW
        body = [
            time_axis(axis, x, TITLE_HEIGHT, bottom),
            self._due(TITLE_HEIGHT, bottom),
            clock,
            draw_lanes(lanes, x, lanes_top),
            notes,
        ]
        return Chart(self.name, self._title(), self._says(), WIDTH, notes_top + notes_height, "".join(body))

    def _title(self) -> str:
        run = f"{self.outcome.scenario.name}, seed {self.outcome.seed}"
        return f"Order {self.case.order} against its countdown ({run})" if self.case.order else f"The run of {run}"

    def _says(self) -> str:
        return (
            "Market time runs to the right. From above: the time left on the countdown, where the order was, faults, "
            "calls, messages, tokens, and what happened. The tables below say the same."
        )

    def _countdown(self, top: float) -> tuple[str, float]:
        if self.case.order is None:
            return "", top
        ended_at = min(whereabouts(self.case.ledger, self.case.order).ended_at, self.case.until_at)
        pauses = self.outcome.scenario.market.countdown.pauses_in_cancel
        return draw_countdown(stretches(self.own, ended_at, pauses_in_cancel=pauses), self.axis, self.x, top)

    def _due(self, top: float, bottom: float) -> str:
        """The line that is the first instant too late."""
        due = [int(it.facts["ship_by_at"]) for it in self.own if it.what == "countdown"]
        if not due or due[-1] > self.case.until_at:
            return ""
        at, words = self.x(due[-1]), self.axis.told(due[-1])
        return hit(
            f"The first instant too late: {words}",
            tag("line", x1=at, x2=at, y1=top, y2=bottom, class_="red dashed"),
            label("too late from", at + 8, top + 12, "alarm"),
            label(words, at + 8, top + 28, "alarm"),
        )

    # Lanes

    def _lanes(self) -> Iterator[Lane | None]:
        yield self._whereabouts()
        for number in range(len(self.outcome.scenario.faults)):
            yield self._fault(number)
        for face, name in _FACES.items():
            yield self._calls(face, name)
        yield self._alerts()
        yield from self._tokens()

    def _whereabouts(self) -> Lane | None:
        if self.case.order is None:
            return None
        where = whereabouts(self.case.ledger, self.case.order)
        return Lane(
            "where it was",
            tuple(
                Span(it.from_at, it.until_at, fill_of(it.part), f"{it.part}\n{self._lasted(it)}", it.part)
                for it in where.stretches
            ),
        )

    def _fault(self, number: int) -> Lane | None:
        fault = self.outcome.scenario.planned_faults()[number]
        strikes = [it for it in self.case.slices if it.lane == f"fault:{number}"]
        window = aim_of(fault).window
        from_at, until_at = window.from_at, window.until_at
        if isinstance(fault, TokenDies):
            from_at, until_at = fault.at, fault.at
        after, before = self.case.until_at, self.case.from_at
        out_of_sight = (from_at or before) >= after or (until_at or after) <= before
        if not strikes and (out_of_sight or (from_at is None and until_at is None)):
            return None
        spans: tuple[Span, ...] = ()
        if not isinstance(fault, TokenDies) and not out_of_sight and (from_at or until_at):
            since = "from the start" if from_at is None else f"from {self.axis.told(from_at)}"
            until = "on" if until_at is None else f"to {self.axis.told(until_at)}"
            spans = (Span(from_at or before, until_at or after, "tint-amber", f"{fault.kind} is on {since} {until}"),)
        pips = tuple(self._strike(it, fault.kind) for it in strikes)
        return Lane(f"fault {number}: {fault.kind}", spans, pips)

    def _strike(self, it: Slice, kind: str) -> Pip:
        about = f", {it.wrong} of them this order" if it.wrong else ""
        times = "strikes" if it.count == 1 else f"strikes {it.count} times"
        return Pip(it.at, "red" if it.wrong else "amber", f"{self.axis.told(it.at)}\n{kind} {times}{about}", tall=True)

    def _calls(self, face: str, name: str) -> Lane:
        slices = [it for it in self.case.slices if it.lane == face]
        kept = [it for it in self.case.requests if it.face == face]
        pips = [self._call(it) for it in slices]
        for asked in kept:
            tip = f"{self.axis.told(asked.at)}\nrequest {asked.number}, {asked.why}\n{asked.operation}: {asked.outcome}"
            pips.append(Pip(asked.at, "blue" if asked.went_well else "red", tip, tall=True))
        return Lane(name, pips=tuple(pips), remark=self._why_no_calls(slices))

    def _why_no_calls(self, slices: Sequence[Slice]) -> str:
        if slices:
            return ""
        return "none" if self.case.by_http else "not known: the subject called without HTTP, or not at all"

    def _call(self, it: Slice) -> Pip:
        failed = f", {it.wrong} failed" if it.wrong else ""
        calls = "1 call" if it.count == 1 else f"{it.count} calls"
        return Pip(it.at, "red" if it.wrong else "soft", f"{self.axis.told(it.at)}\n{calls}{failed}")

    def _alerts(self) -> Lane:
        told = [it for it in self.case.ledger.named("alert") if self.case.from_at <= it.at]
        pips = tuple(self._alert(it) for it in told)
        return Lane("messages to people", pips=pips, remark="" if pips else "none")

    def _alert(self, event: Event) -> Pip:
        names = self.case.order is not None and self.case.order in event.facts["orders"]
        tip = f"{self.axis.told(event.at)}\n{event.facts['kind']}{': names the order' if names else ''}"
        return Pip(event.at, "blue" if names else "soft", tip, tall=names)

    def _tokens(self) -> Iterator[Lane]:
        """Whether each app could act for the seller."""
        told = self.case.ledger.named(*DEATHS, *BIRTHS)
        of = dict.fromkeys((str(it.facts["app"]), str(it.facts["seller"])) for it in told)
        many = len({seller for _, seller in of}) > 1
        for app, seller in of:
            own = [it for it in told if (it.facts["app"], it.facts["seller"]) == (app, seller)]
            name = f"token: {app}, {seller}" if many else f"token of app {app}"
            yield Lane(name, tuple(self._lives(own)))

    def _lives(self, told: Sequence[Event]) -> Iterator[Span]:
        ends = [*(it.at for it in told[1:]), self.case.until_at]
        for event, end in zip(told, ends, strict=True):
            from_at, until_at = max(event.at, self.case.from_at), min(end, self.case.until_at)
            if from_at < until_at:
                dead = event.what in DEATHS
                why = event.what.replace("token_", "")
                words = "dead" if dead else "alive"
                tip = f"{words}: {why} on {self.axis.told(event.at)}"
                yield Span(from_at, until_at, "tint-red" if dead else "tint-teal", tip, words)

    def _lasted(self, it: Stretch) -> str:
        return f"{self.axis.told(it.from_at)} to {self.axis.told(it.until_at)}\n{length(it.seconds)}"

    # What happened

    def _happened(self, x: Scale, top: float) -> tuple[str, float]:
        notes = self._notes()
        if not notes:
            return "", 0.0
        drawn, height = draw_notes(notes, x, top)
        name = label("what happened", x.start - 12, top + 4, text_anchor="end")
        return name + tag("line", x1=x.start, x2=x.end, y1=top, y2=top, class_="soft") + drawn, height

    def _notes(self) -> list[Note]:
        notes = []
        for event in self.own:
            words = milestone(event)
            if words is not None and event.at <= self.case.until_at:
                bad = event.what in (Move.COUNTDOWN_ENDS, "violation", "declare_refused", "push_rejected")
                style = "alarm" if bad else ""
                tip = f"{self.axis.told(event.at)}\n{words}"
                notes.append(Note(event.at, words, tip, style, "red" if bad else "soft"))
        for broken in (*self.outcome.violations, *self.outcome.unsettled):
            at = broken.at
            if broken.order == self.case.order and at is not None and self.case.from_at <= at <= self.case.until_at:
                notes.append(Note(at, "breaks a check", f"{self.axis.told(at)}\n{broken.check}", "alarm", "red"))
        for measured in self.outcome.measured:
            at = measured.broken_at
            if at is not None and self.case.from_at <= at <= self.case.until_at:
                words = f"{measured.expectation.name} breaks"
                notes.append(Note(at, words, f"{self.axis.told(at)}\n{measured.problem()}", "alarm", "red"))
        return sorted(notes, key=lambda it: it.at)
