"""What a scenario expects: a measure, the bounds that it must keep, and when and in which seeds it must keep them.

Knows no measure: which there are, and what each of them takes, is handed to the reader of files.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from redclock.scenario.table import Table
from redclock.scenario.times import Duration
from redclock.subject.ports import AlertKind

ABOUT = ("alert", "fault", "operation", "seller")
"""The fields that say what a measure is about; each measure takes some of them."""


class Eventually(Table):
    """Within how long of something a bound must be kept."""

    after: str
    """A word of the ledger, such as `token_authorised`: each time that it happens counts."""
    within: Duration
    """So long after it at the latest, the measure keeps its bounds, at one moment at least."""


class Expectation(Table):
    """A measure and the bounds it must keep: at the end of a run, unless `always` or `eventually` say otherwise."""

    measure: str
    """What is measured, in each run by itself."""
    alert: AlertKind | None = None
    """For measures of messages: only those of this kind."""
    fault: Annotated[int, Field(ge=0)] | None = None
    """For measures from a fault on: its place in this file, from 0."""
    operation: str | None = None
    """For measures of calls: only those whose name begins so."""
    seller: str | None = None
    """For measures that can be taken of one seller."""
    at_most: float | None = None
    """The largest value that is allowed."""
    at_least: float | None = None
    """The smallest value that is allowed."""
    always: bool = False
    """The bounds are kept after every event of the run, not only at its end."""
    eventually: Eventually | None = None
    """The bounds are kept within some time of something."""
    sometimes: Literal[True] | Annotated[float, Field(gt=0, le=1)] | None = None
    """It is enough that it holds in one seed (`true`), or in this share of the seeds."""
    interval: Annotated[float, Field(ge=0.5, lt=1)] | None = None
    """The bounds are those of the mean over the seeds, as sure as this (Student's t): 0.95 is usual."""
    against: str | None = None
    """The value is the difference from another subject's in the same world, e.g. `idle`, `daily_manual_check` or
    `module:attribute`: below 0 is less than it."""

    @model_validator(mode="after")
    def _bounded(self) -> Expectation:
        if self.at_most is None and self.at_least is None:
            raise ValueError("needs `at_most`, `at_least`, or both")
        if self.always and self.eventually:
            raise ValueError("takes either `always` or `eventually`")
        if self.sometimes is not None and self.interval is not None:
            raise ValueError("takes either `sometimes` or `interval`")
        if (self.always or self.eventually) and (self.against or self.interval is not None):
            raise ValueError("`against` and `interval` take the value at the end, not `always` or `eventually`")
        return self

    @property
    def name(self) -> str:
        about = [f"{value}" for value in (self.alert, self.operation, self.seller) if value]
        about += [] if self.fault is None else [f"fault {self.fault}"]
        name = f"{self.measure}[{', '.join(about)}]" if about else self.measure
        return f"{name} against {self.against}" if self.against else name

    @property
    def over_seeds(self) -> bool:
        """Whether only all seeds together can keep or break it."""
        return self.sometimes is not None or self.interval is not None

    def holds(self, value: float | None) -> bool:
        """Whether a measured value keeps the bounds; a measure without a value keeps none."""
        if value is None:
            return False
        return (self.at_most is None or value <= self.at_most) and (self.at_least is None or value >= self.at_least)

    def broken_by(self, value: float | None) -> str:
        """The key of the bound that a value doesn't keep; of the measure, if there was nothing to measure."""
        if value is None:
            return "measure"
        return "at_most" if self.at_most is not None and value > self.at_most else "at_least"

    def bounds(self) -> str:
        parts = [
            f"{word} {bound:g}"
            for word, bound in (("at least", self.at_least), ("at most", self.at_most))
            if bound is not None
        ]
        said = " and ".join(parts)
        if self.always:
            said += ", always"
        if self.eventually:
            said += f", within {self.eventually.within / 3600:g} h of each {self.eventually.after}"
        if self.sometimes is not None:
            said += ", in some seed" if self.sometimes is True else f", in {self.sometimes:.0%} of the seeds"
        if self.interval is not None:
            said += f", {self.interval:.0%} sure of the mean over seeds"
        return said
