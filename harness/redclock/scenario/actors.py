"""Who acts in a scenario: subjects, woken by themselves or by a schedule, and people with working hours."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from fakemarket.settings import Calendar
from redclock.scenario.table import Table, Zone
from redclock.scenario.times import Duration, Hours, Times, Week
from redclock.subject.ports import AlertKind


class SubjectTable(Table):
    """One piece of logic under test, and when it is woken."""

    subject: str | None = None
    """`module:attribute`, or `script:path.py`. Left out: the subject of the run, which `--subject` chooses."""
    every: Annotated[Duration, Field(ge=1)] | None = None
    """Called so often, like a cron job, at multiples of this since 1970."""
    at: Times | None = None
    """Called at these times of the day."""
    working_days: bool = False
    """Called on working days only."""
    calendar: Calendar = Calendar()
    """Whose working days."""
    zone: Zone | None = None
    """Whose days and times; the scenario's unless said."""
    starts: Annotated[Duration, Field(ge=0)] = 0
    """It begins so long after the scenario, and a schedule of `every` is late by so much."""
    killed_every: Annotated[Duration, Field(ge=60)] | None = None
    """Its process dies so often, in the middle of its work, and is started again a minute later."""

    @model_validator(mode="after")
    def _one_schedule(self) -> SubjectTable:
        if self.every is not None and self.at is not None:
            raise ValueError("takes either `every` or `at`")
        if self.working_days and not self.scheduled:
            raise ValueError("`working_days` needs a schedule: `every` or `at`")
        if self.killed_every is not None and (self.scheduled or (self.subject or "").startswith("script:")):
            raise ValueError("`killed_every` is for a subject that says itself when it is woken")
        return self

    @property
    def scheduled(self) -> bool:
        """Whether it is called by a schedule; if not it says itself when it is to be woken."""
        return self.every is not None or self.at is not None


class Task(StrEnum):
    """What a person can do about the shop."""

    RENEW_TOKEN = "renew_token"
    ENTER_NUMBERS = "enter_numbers"
    TOP_UP_WALLET = "top_up_wallet"
    ANSWER_CANCELLATIONS = "answer_cancellations"
    ASK_TO_CANCEL = "ask_to_cancel"


class PersonTable(Table):
    """Somebody who does one thing, in working hours only, with the means that the panels offer."""

    does: Task
    """`renew_token`: logs in again for the platform and has it import what it missed. `enter_numbers`: declares at
    the panel what stands in the messages' lists. `top_up_wallet`: pays `cents` to the supplier.
    `answer_cancellations`: refuses a request if the parcel has left, else grants it and stops the parcel.
    `ask_to_cancel`: writes to the buyers of the orders that a message names; who agrees asks for it at once."""
    reads: AlertKind | None = None
    """Acts on messages of this kind. Left out: looks at the panel at every look, without being told."""
    seller: str | None = None
    """Whose shop; all of them unless said."""
    hours: Hours = (540, 1020)
    """Works from when to when."""
    days: Week = (0, 1, 2, 3, 4)
    """On which days of the week."""
    calendar: Calendar = Calendar()
    """Whose holidays are kept."""
    zone: Zone | None = None
    """Whose hours; the scenario's unless said."""
    looks_every: Annotated[Duration, Field(ge=60)] = 900
    """How often messages are read, or the panel."""
    takes: Annotated[Duration, Field(ge=0)] = 0
    """Working time from reading to doing."""
    at_the_last_moment: bool = False
    """Puts it off until the moment that a message about a dead token calls the last safe one."""
    cents: Annotated[int, Field(ge=1)] | None = None
    """What a top-up pays in; unless said what the message asks for."""
    slips: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Share of entered numbers that are swapped with another one of the same list."""
    agrees: Annotated[float, Field(ge=0, le=1)] = 1.0
    """Share of buyers who ask to cancel when they are asked to."""
    forgets_parts: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Share of parts that are entered as if they were all of their order."""

    @model_validator(mode="after")
    def _has_a_last_moment(self) -> PersonTable:
        if self.at_the_last_moment and self.reads is not AlertKind.TOKEN_DEAD:
            raise ValueError("`at_the_last_moment` goes by what `token_dead` messages say; add reads = 'token_dead'")
        return self
