"""Scenario files as pytest items: which files they are, what they run with, and redclock's exit codes.

Loaded in every pytest session, so it imports nothing of ours until a scenario file is met.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


def pytest_addoption(parser: pytest.Parser) -> None:
    """What scenario files run with: from the command line, else REDCLOCK_SEEDS and so on, else the ini."""
    group = parser.getgroup("redclock", "scenario files (redclock)")
    group.addoption("--redclock-seeds", metavar="0..9", help="seeds of scenario files; default: what each says")
    group.addoption("--redclock-subject", metavar="MODULE:ATTR", help="the logic under test; default: the reference")
    parser.addini("redclock_seeds", "seeds of scenario files, such as 0..9")
    parser.addini("redclock_subject", "the logic under test of scenario files, module:attribute")
    parser.addini("redclock_scenarios", "folders in which every TOML file is a scenario", type="paths", default=[])


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Scenario files; no other TOML file."""
    if file_path.suffix != ".toml":
        return None
    from redclock.pytest_plugin.scenario_items import ScenarioFile, is_scenario

    return ScenarioFile.from_parent(parent, path=file_path) if is_scenario(file_path, parent.session) else None


class _ExitCodes:
    """Ends a session that failed with redclock's own exit codes: 3 after a fault of ours, 4 after a limit."""

    def __init__(self) -> None:
        self._asked: set[int] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for name, value in report.user_properties:
            if name == "redclock_exit" and isinstance(value, int):
                self._asked.add(value)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if exitstatus == pytest.ExitCode.TESTS_FAILED and self._asked:
            session.exitstatus = min(self._asked)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Listens to every report, of this process and of others."""
    session.config.pluginmanager.register(_ExitCodes(), "redclock-exit-codes")
