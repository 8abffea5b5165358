"""A scenario as a value, and the shape of the file that says it. pydantic is at home here and nowhere deeper."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import Field, WithJsonSchema, model_validator

from fakemarket.faults import Fault
from fakemarket.faults.tables import FaultTable, any_fault, fault_tables
from fakemarket.settings import Settings
from redclock.scenario.actors import PersonTable, SubjectTable
from redclock.scenario.difference import Kind
from redclock.scenario.expect import Expectation
from redclock.scenario.table import Moment, Table, Zone
from redclock.scenario.times import Duration

FAULT_TABLES = fault_tables(Moment)
"""What a file may say of a fault, by its kind: the market's own list of them."""
if TYPE_CHECKING:
    AnyFault = FaultTable
else:
    AnyFault = any_fault(FAULT_TABLES)


class Phase(Table):
    """A while in which sellers promise another preparation time.

    Sales, slow weeks and moved cut-offs are settings of the market: `demand.peaks` and `warehouse.periods`.
    """

    start: Moment = Field(alias="from")
    """From then on, orders get the promise."""
    end: Moment | None = Field(None, alias="until")
    """From then on, orders get the usual promise again; never unless said."""
    preparation_days: int
    """That of one of the sellers' delivery templates: `countdown.preparation_days` or `other_template_days`."""
    seller: str | None = None
    """Whose promise; all of them unless said."""


class Settle(Table):
    """The last part of a run: no fault any more, tokens and money there again, and every difference is to go."""

    start: Moment | None = Field(None, alias="from")
    """When it begins; unless said at the end, when no countdown is left to decide."""
    within: Annotated[Duration, Field(ge=60)] = 24 * 3600
    """By then both sides must agree about every order."""
    leaves: tuple[Kind, ...] = ()
    """Kinds of difference that may be left: those that the scenario gives nobody the means to mend."""


class Scenario(Table):
    """What to try. The file's stem is its name."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    """The file's stem unless said."""
    title: str
    """What happens, in a few words."""
    proves: str
    """One sentence."""
    tags: tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9][\w.-]*$")], ...] = ()
    """Words to choose scenarios by, such as P1."""
    start: Annotated[date | Moment, WithJsonSchema({"type": "string"})]
    """Market time at the beginning: a date, or a date and time."""
    zone: Zone = "Europe/Madrid"
    """The zone of all times that have no offset."""
    days: Annotated[int, Field(ge=1, le=400)]
    """Orders arrive for so long."""
    drain_days: Annotated[int, Field(ge=0, le=400)] = 14
    """Then time goes on until the last countdowns are decided."""
    seeds: Annotated[int, Field(ge=1, le=10_000)] = 3
    """Run with seeds 0 to this, less one, unless told otherwise."""
    market: Settings = Settings()
    """What the market is like."""
    faults: tuple[AnyFault, ...] = ()
    """What goes wrong, to whom and when."""
    phases: tuple[Phase, ...] = ()
    """Whiles in which sellers do otherwise."""
    subjects: tuple[SubjectTable, ...] = (SubjectTable(),)
    """The logic under test; if left out, the subject of the run."""
    people: tuple[PersonTable, ...] = ()
    """Who else looks after the shop."""
    settle: Settle = Settle.model_construct()
    """How the run ends, and what is asked of it then."""
    expect: Annotated[tuple[Expectation, ...], Field(min_length=1)]
    """What must come of it."""

    @model_validator(mode="after")
    def _somebody_acts(self) -> Scenario:
        if not self.subjects:
            raise ValueError('`subjects` is empty; leave it out, or name one, e.g. subject = "idle"')
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """Goes to another process as the text that it could have been read from: fault tables are made, not written."""
        return Scenario.model_validate_json, (self.model_dump_json(by_alias=True),)

    @property
    def start_at(self) -> int:
        start = self.start if isinstance(self.start, datetime) else datetime.combine(self.start, time(0))
        return self.instant(start)

    @property
    def orders_until_at(self) -> int:
        return self.start_at + self.days * 86_400

    @property
    def ends_at(self) -> int:
        """When faults go and settling begins, unless all is decided before."""
        return self.orders_until_at + self.drain_days * 86_400

    def planned_faults(self) -> tuple[Fault, ...]:
        """The faults as the market takes them."""
        return tuple(table.fault(partial(_instant, zone=ZoneInfo(self.zone))) for table in self.faults)

    def instant(self, moment: datetime) -> int:
        """Market time of a moment that the file says, in seconds since the epoch."""
        at = _instant(moment, ZoneInfo(self.zone))
        assert at is not None
        return at


def _instant(moment: datetime | None, zone: ZoneInfo) -> int | None:
    if moment is None:
        return None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp())
