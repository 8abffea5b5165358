"""Scenario files as pytest items: one for each scenario and seed, and one for what only all seeds together tell.

What pytest does for tests (choosing, repeating failures, running side by side, JUnit) it does for these. Imported when
the first file that looks like a scenario is met; what runs scenarios is imported when they are read.
"""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from _pytest._code.code import TerminalRepr

    from redclock.run import Outcome
    from redclock.scenario.expect import Expectation
    from redclock.scenario.model import Scenario

EXIT_PROPERTY = "redclock_exit"
"""The property of a report that asks for an exit code of its own."""
_FAULT, _LIMIT = 3, 4
_LARGEST_BYTES = 1_000_000
_SIGNS = tuple(re.compile(sign, re.MULTILINE) for sign in (r"^\s*\[\[\s*expect\s*\]\]", r"^\s*proves\s*="))
"""What a scenario has and no other TOML file is likely to have: both of them."""

Problem = tuple[str, str]
"""(key of the scenario file, what is wrong)."""


def is_scenario(path: Path, session: pytest.Session) -> bool:
    """Whether a TOML file is ours: named on the command line, in a folder of the ini, or looking like a scenario."""
    if path.name == "pyproject.toml":
        return False
    folders = session.config.getini("redclock_scenarios")
    if session.isinitpath(path) or any(path.is_relative_to(folder) for folder in folders):
        return True
    try:
        text = path.read_text(encoding="utf-8") if path.stat().st_size <= _LARGEST_BYTES else ""
    except (OSError, UnicodeDecodeError):
        return False
    return all(sign.search(text) for sign in _SIGNS)


class ScenarioFailed(AssertionError):
    """A scenario that didn't come out as it says; the problems and what else is told of them."""

    def __init__(self, problems: Sequence[Problem], told: Iterable[str] = ()) -> None:
        super().__init__(problems[0][1])
        self.problems = problems
        self.told = tuple(told)


@dataclass(slots=True)
class _Session:
    """What the scenarios of one session share.

    Attributes:
        files: which file each name comes from.
        outcomes: trials of scenarios that are judged over all seeds, by name and seed.
    """

    subject: str
    seeds: Sequence[int] | None = None
    files: dict[str, Path] = field(default_factory=dict)
    outcomes: dict[tuple[str, int], Outcome] = field(default_factory=dict)


_SESSION = pytest.StashKey[_Session]()


class ScenarioFile(pytest.File):
    """A scenario file."""

    def collect(self) -> Iterator[pytest.Item]:
        """Its items.

        Raises:
            CollectError: the file, an option or a subject can't be used; says all that is wrong.
        """
        from redclock.checks.measures import MEASURES
        from redclock.checks.student import MissingExtra, student_t
        from redclock.run import NoSuchSubject, load_subject, subjects_of
        from redclock.scenario.read import BadScenarios, read

        shared = self._shared()
        try:
            (scenario,) = read([self.path], measures=MEASURES)
            for name in subjects_of(scenario, ""):
                if name:
                    load_subject(name)
            if any(each.interval is not None for each in scenario.expect):
                student_t(1, 0.95)
        except (BadScenarios, NoSuchSubject, MissingExtra) as wrong:
            raise self.CollectError(str(wrong)) from None
        first = shared.files.setdefault(scenario.name, self.path)
        if first != self.path:
            raise self.CollectError(f"{self.path}: the name {scenario.name} is used by {first} too; names must differ")
        for tag in scenario.tags:
            self.config.addinivalue_line("markers", f"{tag}: scenarios tagged so")
        seeds = shared.seeds or range(scenario.seeds)
        for seed in seeds:
            item = SeedItem.from_parent(self, name=f"{scenario.name}[seed-{seed}]", scenario=scenario, seed=seed)
            yield _tagged(item)
        if len(seeds) >= scenario.seeds and any(each.over_seeds for each in scenario.expect):
            name = f"{scenario.name}[all-seeds]"
            yield _tagged(AllSeedsItem.from_parent(self, name=name, scenario=scenario, seeds=seeds))

    def _shared(self) -> _Session:
        """What the session has, made by its first file; what is wrong with that is said once, and ends it anyway."""
        from argparse import ArgumentTypeError

        from redclock.cli.words import numbers
        from redclock.run import REFERENCE, NoSuchSubject, load_subject

        stash = self.session.stash
        if _SESSION not in stash:
            if str(Path.cwd()) not in sys.path:
                sys.path.append(str(Path.cwd()))  # last, so that nothing of the session's is hidden
            stash[_SESSION] = shared = _Session(_chosen(self.config, "subject") or REFERENCE)
            seeds = _chosen(self.config, "seeds")
            try:
                load_subject(shared.subject)
                shared.seeds = numbers(seeds) if seeds else None
            except NoSuchSubject as wrong:
                raise self.CollectError(str(wrong)) from None
            except ArgumentTypeError as wrong:
                raise self.CollectError(f"redclock seeds: {wrong}") from None
        return stash[_SESSION]


def _tagged(item: ScenarioItem) -> ScenarioItem:
    for tag in item.scenario.tags:
        item.add_marker(tag)
    return item


def _chosen(config: pytest.Config, name: str) -> str:
    """An option: from the command line, else the environment, else the ini."""
    said = config.getoption(f"redclock_{name}") or os.environ.get(f"REDCLOCK_{name.upper()}")
    return str(said or config.getini(f"redclock_{name}"))


class ScenarioItem(pytest.Item):
    """Something that is asked of a scenario."""

    parent: ScenarioFile

    def __init__(self, *, name: str, parent: ScenarioFile, scenario: Scenario, **rest: Any) -> None:
        # As text, so that pytest tells the brackets from the name as it does when it reads an id again for --lf.
        super().__init__(name, parent, nodeid=f"{parent.nodeid}::{name}", **rest)
        self.scenario = scenario

    def trial(self, seed: int) -> Outcome:
        """What comes of a seed; kept if all seeds are judged together."""
        from redclock.run import NoSuchSubject
        from redclock.suite import one_trial

        shared = self.session.stash[_SESSION]
        key = (self.scenario.name, seed)
        if key in shared.outcomes:
            return shared.outcomes[key]
        try:
            outcome = one_trial(self.scenario, seed, subject=shared.subject, source=self._source())
        except NoSuchSubject as wrong:
            raise ScenarioFailed([("", str(wrong))]) from None
        except Exception:
            self.user_properties.append((EXIT_PROPERTY, _FAULT))
            raise
        if any(each.over_seeds for each in self.scenario.expect):
            shared.outcomes[key] = outcome
        return outcome

    def _source(self) -> str:
        return os.path.relpath(self.path)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, self.name

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str | TerminalRepr:
        """The problems, each with its line of the file, then the story; anything else is a fault of our own."""
        if not isinstance(excinfo.value, ScenarioFailed):
            return f"{super().repr_failure(excinfo)}\n\nthis is a fault of redclock itself; please report it"
        # The classes of which pytest's own messages are made: others lose the short message on their way to `-n`.
        from _pytest._code.code import ReprEntryNative, ReprExceptionInfo, ReprFileLocation, ReprTraceback

        from redclock.scenario.place import line_of

        failed, text, where = excinfo.value, self.path.read_text(encoding="utf-8"), self._source()
        lines = [(f"{where}:{line_of(text, key)}", what) for key, what in failed.problems]
        shown = [*(f"{place}: {what}" for place, what in lines), *failed.told]
        return ReprExceptionInfo(
            reprtraceback=ReprTraceback([ReprEntryNative([f"{line}\n" for line in shown])], None, "native"),
            reprcrash=ReprFileLocation(where, line_of(text, failed.problems[0][0]), failed.problems[0][1]),
        )


class SeedItem(ScenarioItem):
    """A scenario with one seed."""

    def __init__(self, *, seed: int, **rest: Any) -> None:
        super().__init__(**rest)
        self.seed = seed

    def runtest(self) -> None:
        """Runs the trial.

        Raises:
            ScenarioFailed: it didn't pass.
        """
        from redclock.report.story import failure_lines

        outcome = self.trial(self.seed)
        self.user_properties += [("seed", self.seed), ("subject", outcome.subject), ("digest", outcome.digest)]
        for number in outcome.never_struck:
            kind = self.scenario.faults[number].kind
            self.warn(UserWarning(f"fault {number} ({kind}) of {self.scenario.name} never struck (seed {self.seed})"))
        if outcome.limit:
            self.user_properties.append((EXIT_PROPERTY, _LIMIT))
        if not outcome.passed:
            raise ScenarioFailed(list(outcome.problems_by_key()), failure_lines(outcome))


class AllSeedsItem(ScenarioItem):
    """What only all seeds of a scenario together can tell; seeds that haven't run in this process are run for it."""

    def __init__(self, *, seeds: Sequence[int], **rest: Any) -> None:
        super().__init__(**rest)
        self.seeds = seeds

    def runtest(self) -> None:
        """Judges the seeds together.

        Raises:
            ScenarioFailed: they break what is expected of them.
        """
        from redclock.suite import verdict

        found = verdict([self.trial(seed) for seed in self.seeds])
        problems = [(self._key(each.expectation), each.problem()) for each in found.over_seeds if not each.holds]
        if problems:
            raise ScenarioFailed(problems)

    def _key(self, expectation: Expectation) -> str:
        kind = "interval" if expectation.sometimes is None else "sometimes"
        return f"expect[{self.scenario.expect.index(expectation)}].{kind}"
