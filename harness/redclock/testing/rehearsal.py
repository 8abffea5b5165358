"""A scenario within a test: whole, with a verdict, for logic of one's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from redclock.checks.measures import MEASURES
from redclock.report.story import first_failing_order, replay_line, story
from redclock.run import REFERENCE, Outcome, Transport, run
from redclock.scenario.library import find
from redclock.scenario.model import Scenario
from redclock.scenario.read import read


class ScenarioFailed(AssertionError):
    """A scenario's expectations don't hold."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One scenario with one seed."""

    scenario: Scenario
    seed: int

    def run(
        self, subject: str | Callable[..., object] = REFERENCE, *, transport: Transport = Transport.HTTP
    ) -> Outcome:
        """Runs it in a market of its own; what came of it.

        Args:
            subject: `module:attribute`, or that attribute itself: called with the ports, it gives an object with
                `wake(now) -> next wake`; or `script:path.py`.
        """
        name = subject if isinstance(subject, str) else f"{subject.__module__}:{subject.__qualname__}"
        return run(self.scenario, self.seed, subject=name, transport=transport)

    def assert_passes(
        self, subject: str | Callable[..., object] = REFERENCE, *, transport: Transport = Transport.HTTP
    ) -> Outcome:
        """The same, where everything must hold.

        Raises:
            ScenarioFailed: says all that doesn't, and the story of the first order concerned.
        """
        outcome = self.run(subject, transport=transport)
        if outcome.passed:
            return outcome
        lines = [f"{self.scenario.name} with seed {self.seed} fails:", *outcome.problems()]
        order = first_failing_order(outcome)
        if order is not None:
            lines += [f"order {order}:", *story(outcome.ledger, order, self.scenario.zone)]
        raise ScenarioFailed("\n".join([*lines, f"again: {replay_line(outcome)}"]))


def scenario_of(named: Scenario | str) -> Scenario:
    """A bundled scenario by its name, or the one in a file.

    Raises:
        NoSuchScenario: there is none.
        BadScenarios: the file can't be run.
        ValueError: a folder with several.
    """
    if isinstance(named, Scenario):
        return named
    found = read(find([str(Path(named)) if Path(named).suffix else named]), measures=MEASURES)
    if len(found) != 1:
        raise ValueError(f"{named} holds {len(found)} scenarios; name one of them")
    return found[0]


def rehearsal(scenario: Scenario | str, seed: int = 0) -> Rehearsal:
    """A scenario to run logic of one's own in."""
    return Rehearsal(scenario_of(scenario), seed)
