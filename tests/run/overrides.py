"""A scenario with one thing otherwise, to see what hangs on it."""

from __future__ import annotations

from typing import Any

import orjson

from redclock.scenario.model import Scenario


def otherwise(scenario: Scenario, path: str, value: Any) -> Scenario:
    """The scenario with another value at a path such as `market.countdown.preparation_days` or `people.0.hours`."""
    whole: Any = scenario.model_dump(mode="json", by_alias=True)
    *folders, name = path.split(".")
    place = whole
    for folder in folders:
        place = place[int(folder)] if folder.isdecimal() else place[folder]
    assert name in place, path
    place[name] = value
    return Scenario.model_validate_json(orjson.dumps(whole))
