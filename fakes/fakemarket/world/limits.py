"""How many calls the marketplace's gateway takes, and how long it bans those who call more.

Three layers: an app in a day, a method in a second over all apps, a method in a second for one app. Market time counts.
The days are Beijing's: a quota that is used up blocks until 24:00 there [1]. Counts are kept here because they outlive
any request. Knows no API's words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import Enum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from fakemarket.settings import Wire
from fakemarket.value import Shown

_BEIJING = ZoneInfo("Asia/Shanghai")


class Layer(Enum):
    """What was called too often."""

    APP_A_DAY = "app a day"
    METHOD_A_SECOND = "method a second"
    APP_METHOD_A_SECOND = "app and method a second"


class Ban(NamedTuple):
    """A call that is not taken; none is before `until_at`."""

    layer: Layer
    until_at: int

    def seconds_left(self, now: int) -> int:
        return self.until_at - now


@dataclass(slots=True, eq=False, repr=False)
class _Count(Shown):
    """Calls since a period began, and the ban that ended it."""

    period: int
    calls: int = 0
    banned_until_at: int = 0


class CallLimits:
    """The gateway's counters."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        limits = (
            (Layer.APP_A_DAY, wire.app_calls_per_day),
            (Layer.METHOD_A_SECOND, wire.method_calls_per_second),
            (Layer.APP_METHOD_A_SECOND, wire.app_method_calls_per_second),
        )
        self._limits = [(layer, limit) for layer, limit in limits if limit is not None]
        self._counts: dict[tuple[Layer, str, str], _Count] = {}

    def take(self, app: str, method: str, now: int) -> Ban | None:
        """Counts a call, or says why it is not taken; a call that is not taken counts nowhere."""
        counted = []
        for layer, limit in self._limits:
            who = "" if layer is Layer.METHOD_A_SECOND else app
            what = "" if layer is Layer.APP_A_DAY else method
            count = self._count(layer, who, what, now)
            if now >= count.banned_until_at and count.calls >= limit:
                count.banned_until_at = self._ban_ends_at(layer, now)
            if now < count.banned_until_at:
                return Ban(layer, count.banned_until_at)
            counted.append(count)
        for count in counted:
            count.calls += 1
        return None

    def _count(self, layer: Layer, who: str, what: str, now: int) -> _Count:
        period = _day(now) if layer is Layer.APP_A_DAY else now
        count = self._counts.get((layer, who, what))
        if count is None or (count.period != period and now >= count.banned_until_at):
            count = self._counts[layer, who, what] = _Count(period)
        return count

    def _ban_ends_at(self, layer: Layer, now: int) -> int:
        if layer is not Layer.APP_A_DAY:
            return now + self._wire.ban_seconds
        tomorrow = datetime.fromtimestamp(now, _BEIJING).date() + timedelta(days=1)
        return int(datetime.combine(tomorrow, time(), _BEIJING).timestamp())


def _day(now: int) -> int:
    return datetime.fromtimestamp(now, _BEIJING).toordinal()
