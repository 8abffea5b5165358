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
            said = "yes" if answer else "no"
        case Enum():
            said = str(value.value)
        case int() if name.endswith("_minute"):
            said = f"{value // 60:02}:{value % 60:02}"
        case int() | float():
            said = f"{value:g}"
        case _ if isinstance(value, Distribution):
            said = _distribution(value)
        case _:
            said = str(value)
    return said


def _distribution(value: Distribution) -> str:
    parts = [getattr(value, it.name) for it in fields(value) if it.name != "kind"]
    if isinstance(parts[-1], tuple):
        return f"{value.kind} {parts[-1][0]:g} to {parts[-1][-1]:g}"
    return f"{value.kind} {', '.join(f'{it:g}' for it in parts)}"


def change_said(share: float) -> str:
    """More or less of all orders: `+1.2 %`."""
    text = percent(abs(share))
    return text if text in ("0 %", "0.00 %") else f"{'+' if share > 0 else MINUS}{text}"


def change_between(change: Estimate) -> str:
    """Between what it lies, with nothing less than nothing."""
    return between(change).replace("-0.00", "0.00").replace("-", MINUS)
