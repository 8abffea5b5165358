"""What the page about the report shows in Python is run as written."""

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "report.md"


def test_the_python_writes_a_page_and_a_chart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    monkeypatch.chdir(tmp_path)
    exec(compile(code, str(PAGE), "exec"), {})
    assert "The scenario holds" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert (tmp_path / "health.svg").read_text(encoding="utf-8").startswith("<svg")
