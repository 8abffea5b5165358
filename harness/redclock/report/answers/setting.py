"""A setting's value and what it changes, in as few words as tell it."""

from __future__ import annotations

from dataclasses import fields
from enum import Enum
from typing import Any

from fakemarket.distributions import Distribution
from redclock.planner.estimate import Estimate
from redclock.report.plan_words import between, percent

MINUS = "\N{MINUS SIGN}"


def value_said(name: str, value: Any) -> str:
    """A value of a setting: times of the day as such, of a distribution its kind and numbers."""
    match value:
        case bool(answer):
            return "yes" if answer else "no"
        case Enum():
            return str(value.value)
        case int() if name.endswith("_minute"):
            return f"{value // 60:02}:{value % 60:02}"
        case int() | float():
            return f"{value:g}"
        case _ if isinstance(value, Distribution):
            numbers = (f"{getattr(value, it.name):g}" for it in fields(value) if it.name != "kind")
            return f"{value.kind} {', '.join(numbers)}"
    return str(value)


def change_said(share: float) -> str:
    """More or less of all orders: `+1.2 %`."""
    text = percent(abs(share))
    return text if text in ("0 %", "0.00 %") else f"{'+' if share > 0 else MINUS}{text}"


def change_between(change: Estimate) -> str:
    """Between what it lies, with nothing less than nothing."""
    return between(change).replace("-0.00", "0.00").replace("-", MINUS)
