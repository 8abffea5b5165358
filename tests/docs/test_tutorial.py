"""The tutorial and the recipes are run as they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"


def blocks(page: str, language: str) -> list[str]:
    text = (DOCS / page).read_text(encoding="utf-8")
    found = re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert found
    return found


def lay_out(page: str, folder: Path) -> None:
    """Each block of Python begins with the name of its file; those of one file are one file."""
    for block in blocks(page, "python"):
        name = re.match(r"# (\w+\.py)\n", block)
        assert name, f"{page}: a block doesn't say which file it is: {block[:60]}"
        with (folder / name[1]).open("a", encoding="utf-8") as file:
            file.write(block)


def test_the_tutorial_runs(pytester: pytest.Pytester) -> None:
    lay_out("tutorial.md", pytester.path)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:randomly", "-W", "error")
    result.assert_outcomes(passed=8, failed=1)
    (shown,) = blocks("tutorial.md", "text")
    result.stdout.fnmatch_lines(shown.splitlines())


def test_the_recipes_run(pytester: pytest.Pytester) -> None:
    lay_out("recipes.md", pytester.path)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:randomly", "-W", "error")
    assert result.ret == 0
    result.assert_outcomes(passed=11)
