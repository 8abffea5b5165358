"""Ways in which a file says times: lengths such as "15 min", times of the day, stretches of hours, days of the week."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

_UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86_400}
LONGEST_DAYS = 800
"""More than a scenario lasts with all that follows it; no calendar knows what is thousands of years ahead."""
_LENGTH = r"(\d+(?:\.\d+)?) ?(s|min|h|d)"
_CLOCK = r"([01]\d|2[0-4]):([0-5]\d)"
_HOURS = rf"{_CLOCK}-{_CLOCK}"
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAY = "|".join(DAYS)
_WEEK = rf"({_DAY})(?:-({_DAY}))?"


def _matched(pattern: str, text: object, example: str) -> re.Match[str]:
    found = re.fullmatch(pattern, text) if isinstance(text, str) else None
    if found is None:
        raise ValueError(f"must be written like {example}")
    return found


def seconds(text: object) -> int:
    """`15 min` as seconds; `s`, `min`, `h` and `d` are the units."""
    if isinstance(text, int) and not isinstance(text, bool):
        return text  # a default, or a value that has been read before
    found = _matched(_LENGTH, text, '"15 min", "2 h" or "1 d"')
    length = round(float(found[1]) * _UNITS[found[2]])
    if length > LONGEST_DAYS * _UNITS["d"]:
        raise ValueError(f"should be at most {LONGEST_DAYS} d")
    return length


def minute_of_day(text: object) -> int:
    """`09:30` as the minute of the day; `24:00` is the end of it."""
    if isinstance(text, int) and not isinstance(text, bool):
        return text
    found = _matched(_CLOCK, text, '"09:30"')
    minute = int(found[1]) * 60 + int(found[2])
    if minute > 1440:
        raise ValueError("is after 24:00")
    return minute


def minutes_of_day(value: object) -> Any:
    """One time of the day, or several."""
    times = sorted(minute_of_day(each) for each in (value if isinstance(value, list | tuple) else (value,)))
    if not times or times[-1] >= 1440:
        raise ValueError('must be one or more times such as "09:30", before 24:00')
    return tuple(times)


def hours(value: object) -> Any:
    """`09:00-17:00` as the minutes of opening and closing."""
    if isinstance(value, list | tuple):
        if len(value) == 2 and all(it in range(1441) for it in value) and value[0] < value[1]:
            return tuple(value)
        raise ValueError('must be written like "09:00-17:00", or be minutes of one day such as [540, 1020]')
    found = _matched(_HOURS, value, '"09:00-17:00"')
    opens, closes = minute_of_day(f"{found[1]}:{found[2]}"), minute_of_day(f"{found[3]}:{found[4]}")
    if opens >= closes:
        raise ValueError("must begin before it ends, on one day")
    return opens, closes


def days_of_week(value: object) -> Any:
    """`Mon-Fri` or `Sat` as days, Monday being 0."""
    if isinstance(value, list | tuple):
        if value and all(it in range(7) for it in value):
            return tuple(value)
        raise ValueError('must be written like "Mon-Fri", or be days from 0 (Monday) to 6 (Sunday)')
    found = _matched(_WEEK, value, '"Mon-Fri" or "Sat"')
    first, last = DAYS.index(found[1]), DAYS.index(found[2] or found[1])
    if first > last:
        raise ValueError("must go forward through one week, Monday to Sunday")
    return tuple(range(first, last + 1))


def _said(pattern: str, example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^{pattern}$", "examples": [example]})


_TIME = {"type": "string", "pattern": f"^{_CLOCK}$", "examples": ["09:30"]}

Duration = Annotated[int, BeforeValidator(seconds), _said(_LENGTH, "15 min")]
"""A length of time, in seconds."""
Times = Annotated[
    tuple[int, ...],
    BeforeValidator(minutes_of_day),
    WithJsonSchema({"anyOf": [_TIME, {"type": "array", "items": _TIME, "minItems": 1}]}),
]
"""Times of the day, as minutes from midnight."""
Hours = Annotated[tuple[int, int], BeforeValidator(hours), _said(_HOURS, "09:00-17:00")]
"""Opening and closing minute of the day."""
Week = Annotated[tuple[int, ...], BeforeValidator(days_of_week), _said(_WEEK, "Mon-Fri")]
"""Days of the week, Monday being 0."""
