"""One run that somebody asks about by the words of a command line."""

from __future__ import annotations

import sys
from pathlib import Path

from redclock.checks.measures import MEASURES
from redclock.report.blame import Inquest
from redclock.report.whereabouts import BadQuestion
from redclock.run import REFERENCE, NoSuchSubject, Outcome, Transport, run
from redclock.scenario.library import NoSuchScenario, find
from redclock.scenario.read import BadScenarios, read


def one_run(scenario: str, seed: int, subject: str | None, transport: str) -> Outcome:
    """Runs what is asked for: a bundled scenario by its name, or a file.

    Raises:
        BadQuestion: there is no such scenario or subject, or more than one.
    """
    sys.path.insert(0, str(Path.cwd()))
    try:
        found = read(find([scenario]), measures=MEASURES)
        if len(found) == 1:
            return run(found[0], seed, subject=subject or REFERENCE, transport=Transport(transport))
    except (NoSuchScenario, NoSuchSubject, BadScenarios) as wrong:
        raise BadQuestion(str(wrong)) from wrong
    raise BadQuestion(f"{scenario} holds {len(found)} scenarios; name one file of them")


def inquest_of(scenario: str, seed: int, subject: str | None, transport: str) -> Inquest:
    """The same, to be asked why orders were missed."""
    return Inquest(one_run(scenario, seed, subject, transport), Transport(transport))
