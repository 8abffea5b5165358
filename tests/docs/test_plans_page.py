"""What the page about plans shows is run: Python as written, commands as far as their words go."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from redclock.cli import _parser

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


@pytest.mark.parametrize(
    "command", re.findall(r"^\$ (redclock .*?)(?:  .*)?$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
)
def test_a_command_is_understood(command: str) -> None:
    assert callable(_parser().parse_args(shlex.split(command)[1:]).command)
