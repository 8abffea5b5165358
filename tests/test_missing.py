"""A test that can't be run must not pass for one that was."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(("ci", "ended"), [("true", "1 error"), ("", "1 skipped")])
def test_a_missing_browser_fails_where_tests_are_to_be_complete(ci: str, ended: str) -> None:
    test = "tests/faces/panel/test_browser.py::test_it_all_works_without_javascript"
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", test]
    run = subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": "", "CI": ci})
    assert ended in run.stdout
    assert "install Debian's package `chromium`" in run.stdout or not ci
