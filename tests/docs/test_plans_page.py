"""What the page about long plans shows in Python is run as written."""

import re
from pathlib import Path
from typing import Any

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "plans.md"


def test_the_python_keeps_a_plan_and_shows_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    kept, shown = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    for code in (kept, shown):
        exec(compile(code, str(PAGE), "exec"), names)
    assert (tmp_path / "plan.sqlite").is_file()
    assert names["rates"]["preparation_days"].tolist() == [4, 5, 6]
    assert len(names["runs"]) == 3 * 20
