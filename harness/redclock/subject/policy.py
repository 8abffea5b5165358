"""How careful to be: every number that a decision goes by. Facts of the surroundings come in from outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from redclock.subject.ports import Facts
from redclock.subject.working_days import WorkingDays

DAY = 86_400
HOUR = 3600
MINUTE = 60
LOOK_BACK_DAYS = 14
"""How far back is read and imported where nobody knows what was seen last."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How careful to be. None of these numbers is the marketplace's: its countdown is the only deadline."""

    every_minutes: int = 15
    """Between two rounds."""
    list_every_minutes: int = 30
    """Between two looks at the marketplace; more when calls are short."""
    compare_every_minutes: int = 60
    """Between two comparisons of both sides, and two forecasts."""
    morning_hour: int = 8
    """From here on everything is read anew, once a day."""
    zone: str = "Europe/Madrid"
    holidays: frozenset[date] = frozenset()
    overlap_minutes: int = 120
    """A look asks again for what changed so long before the last one."""
    missing_grace_minutes: int = 35
    """What the platform lacks, or shows otherwise, may be late for two import rounds before it counts."""
    deadline_tolerance_seconds: int = 120
    safety_margin_hours: int = 24
    last_moment_hours: int = 3
    """With so little left a number is declared even if the platform seems well."""
    forecast_hours: int = 72
    """Orders with less time left are forecast; a forecast is of use a day ahead."""
    forecast_samples: int = 20
    """Fewer parcels seen make no forecast."""
    scan_hours: int = 66
    """A declared number without a scan is suspect from here on: still within the time in which it can be corrected."""
    renew_working_days: int = 2
    """A token is renewed, or asked to be, when no more working days are left before its end."""
    renews_itself: bool = True
    """Resets the platform's credentials; else only asks people to."""
    renewal_wait_minutes: int = 60
    """Before a renewal that did not help is tried again."""
    stalled_minutes: int = 60
    """Without a successful import for so long, and no error shown, the platform is held to be stuck."""
    down_minutes: int = 15
    """An API that fails for so long is told of."""
    forget_hours: int = 6
    """A cause that was not seen for so long is told of again when it comes back."""
    forget_outage_minutes: int = 60
    """The same of what is down or stuck: nobody is told when it works again, so the next time is another one sooner."""
    calls_per_day: int | None = None
    """The marketplace's quota."""
    reserve_share: float = 0.3
    """Of the quota: kept for declarations and answers."""
    carriers: Mapping[str, str] = field(
        default_factory=lambda: MappingProxyType(
            {"correos": "CORREOS_ES", "seur": "SEUR_ES", "gls": "GLS_ES", "dhl": "DHL_EU"}
        )
    )
    """The supplier's names of carriers to the marketplace's keys."""
    fallback_carrier: str = "OTHER_ES_LOCAL"
    website: str = "https://track.example/{number}"
    other_carrier: str = "dhl"
    """Whom the supplier is asked for where its usual carriers don't go."""
    days: WorkingDays = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "days", WorkingDays(self.holidays, self.zone))

    @classmethod
    def knowing(cls, facts: Facts, **other: Any) -> Policy:
        """The usual care but for what is `other`, in the surroundings that there are."""
        return cls(**{"holidays": facts.holidays, "calls_per_day": facts.calls_per_day, **other})
