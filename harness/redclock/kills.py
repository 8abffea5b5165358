"""The kill matrix: which scenarios notice which broken subjects.

A suite that none of them fails proves nothing. Runs trials and reads verdicts; knows nothing of who is broken how.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from redclock.run import Transport
from redclock.scenario.model import Scenario
from redclock.suite import each_seed, trials, verdicts


@dataclass(frozen=True, slots=True)
class Row:
    """How one subject fares.

    Attributes:
        subject: `module:attribute`.
        noticed: by the name of each scenario that it fails: the expectations and checks that it breaks there.
    """

    subject: str
    noticed: Mapping[str, frozenset[str]]


def kills(
    scenarios: Sequence[Scenario],
    subjects: Iterable[str],
    seeds: Sequence[int] = (0,),
    *,
    transport: Transport = Transport.HTTP,
    jobs: int | None = None,
) -> Iterator[Row]:
    """Each subject in each scenario, a row as soon as it is known.

    What a scenario expects of all its seeds together is judged only if there are as many seeds.

    Args:
        jobs: how many processes; one for each core that this one may use unless given.
    """
    asked = each_seed(scenarios, seeds)
    for subject in subjects:
        found = verdicts(asked, trials(asked, subject=subject, transport=transport, jobs=jobs))
        yield Row(subject, {it.scenario.name: it.broken for it in found if it.broken})
