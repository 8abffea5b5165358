"""The page on scenarios and the schema beside it say what the reader of files takes."""

from __future__ import annotations

import re
from pathlib import Path

import orjson

from redclock.checks.measures import MEASURES
from redclock.scenario.read import read
from redclock.scenario.schema import json_schema

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "scenarios.md").read_text(encoding="utf-8")


def test_the_example_is_a_scenario(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    path = tmp_path / "example.toml"
    path.write_text(example)
    (scenario,) = read([path], measures=MEASURES)
    assert [each.measure for each in scenario.expect] == ["missed_share", "saved"]


def test_the_page_lists_every_measure_and_what_it_takes() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*) \| (.*) ?\|$", PAGE.split("Measures:")[1], re.MULTILINE)
    listed = {name: (says, set(re.findall(r"`(\w+)`", takes))) for name, says, takes in rows}
    assert listed == {name: (measure.says, set(measure.takes)) for name, measure in MEASURES.items()}


def test_the_published_schema_is_this_version_s() -> None:
    made = json_schema((name, measure.says) for name, measure in MEASURES.items())
    published = orjson.loads((DOCS / "scenario.schema.json").read_bytes())
    assert published == orjson.loads(orjson.dumps(made)), "write it anew: redclock schema > docs/scenario.schema.json"
