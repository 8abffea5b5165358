"""A scenario as a value, and the shape of the file that says it. pydantic is at home here and nowhere deeper."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import partial
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    NaiveDatetime,
    model_validator,
)

from fakemarket.faults import Fault
from fakemarket.faults.tables import FaultTable, any_fault, fault_tables
from fakemarket.settings import Settings


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("not a zone of the zone database, e.g. Europe/Madrid") from None
    return name


Zone = Annotated[str, AfterValidator(_known_zone)]
Moment = NaiveDatetime | AwareDatetime
"""A time of day on a date; without an offset it is read in the scenario's zone."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


FAULT_TABLES = fault_tables(Moment)
"""What a file may say of a fault, by its kind: the market's own list of them."""
if TYPE_CHECKING:
    AnyFault = FaultTable
else:
    AnyFault = any_fault(FAULT_TABLES)


class Expectation(_Table):
    """A measure and the bounds it must keep."""

    measure: str
    alert: str | None = None
    """For measures that look at alerts: of which kind."""
    at_most: float | None = None
    at_least: float | None = None

    @model_validator(mode="after")
    def _bounded(self) -> Expectation:
        if self.at_most is None and self.at_least is None:
            raise ValueError("needs `at_most`, `at_least`, or both")
        return self

    @property
    def name(self) -> str:
        return f"{self.measure}[{self.alert}]" if self.alert else self.measure

    def holds(self, value: float | None) -> bool:
        """Whether a measured value keeps the bounds; a measure without a value keeps none."""
        if value is None:
            return False
        return (self.at_most is None or value <= self.at_most) and (self.at_least is None or value >= self.at_least)

    def bounds(self) -> str:
        parts = [
            f"{word} {bound:g}"
            for word, bound in (("at least", self.at_least), ("at most", self.at_most))
            if bound is not None
        ]
        return " and ".join(parts)


class Scenario(_Table):
    """What to try. The file's stem is its name."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str
    proves: str
    """One sentence."""
    tags: tuple[str, ...] = ()
    start: date | Moment
    zone: Zone = "Europe/Madrid"
    days: Annotated[int, Field(ge=1, le=400)]
    """Orders arrive for so long."""
    drain_days: Annotated[int, Field(ge=0, le=400)] = 14
    """Then time goes on until the last countdowns are decided."""
    seeds: Annotated[int, Field(ge=1, le=10_000)] = 3
    """Run with seeds 0 to this, less one, unless told otherwise."""
    market: Settings = Settings()
    faults: tuple[AnyFault, ...] = ()
    expect: Annotated[tuple[Expectation, ...], Field(min_length=1)]

    @property
    def start_at(self) -> int:
        zone = ZoneInfo(self.zone)
        start = self.start if isinstance(self.start, datetime) else datetime.combine(self.start, time(0))
        at = _instant(start, zone)
        assert at is not None
        return at

    @property
    def orders_until_at(self) -> int:
        return self.start_at + self.days * 86_400

    @property
    def ends_at(self) -> int:
        return self.orders_until_at + self.drain_days * 86_400

    def planned_faults(self) -> tuple[Fault, ...]:
        """The faults as the market takes them."""
        return tuple(table.fault(partial(_instant, zone=ZoneInfo(self.zone))) for table in self.faults)


def _instant(moment: datetime | None, zone: ZoneInfo) -> int | None:
    if moment is None:
        return None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp())
