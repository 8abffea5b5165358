"""Whether a run is the same in another process: two of them, with other hash seeds and in other time zones.

Started by itself as a program it runs one trial and writes its ledger, an event a line.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory

_CIRCUMSTANCES = (
    {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo"},
    {"PYTHONHASHSEED": "2", "TZ": "America/Los_Angeles"},
)
_NEVER = "(nothing: the run is over)"


class TrialFailed(RuntimeError):
    """A process that was to run a trial did not get through it."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs of one trial.

    Attributes:
        events: how many were the same, from the first one on.
        first: the event of each run in which they differ, and its place; None if they don't.
    """

    events: int
    first: tuple[str, str] | None = None


def compare(scenario: str, seed: int, *, subject: str, transport: str) -> Comparison:
    """Runs one trial in two processes and compares their ledgers, event by event.

    Raises:
        TrialFailed: one of them could not be run; says what it said.
    """
    with TemporaryDirectory() as folder:
        files = [Path(folder) / str(number) for number in range(len(_CIRCUMSTANCES))]
        for file, circumstances in zip(files, _CIRCUMSTANCES, strict=True):
            command = [sys.executable, "-m", "redclock.determinism", scenario, str(seed), subject, transport, str(file)]
            ended = subprocess.run(
                command, env={**os.environ, **circumstances}, stderr=subprocess.PIPE, text=True, check=False
            )
            if ended.returncode:
                raise TrialFailed(f"{scenario}, seed {seed} could not be run: {ended.stderr.strip()[-2000:]}")
        return _compared(*files)


def _compared(one: Path, other: Path) -> Comparison:
    same = 0
    with one.open() as left, other.open() as right:
        for first, second in zip_longest(left, right, fillvalue=_NEVER):
            if first != second:
                return Comparison(same, (first.strip(), second.strip()))
            same += 1
    return Comparison(same)


def _main(words: Sequence[str]) -> None:
    import orjson

    from redclock.checks.measures import MEASURES
    from redclock.run import Transport, run
    from redclock.scenario.library import find
    from redclock.scenario.read import read

    scenario, seed, subject, transport, file = words
    sys.path.insert(0, str(Path.cwd()))
    (read_one,) = read(find([scenario]), measures=MEASURES)
    outcome = run(read_one, int(seed), subject=subject, transport=Transport(transport))
    option = orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
    with Path(file).open("wb") as lines:
        lines.writelines(orjson.dumps(tuple(event), option=option) for event in outcome.ledger)
        lines.write(orjson.dumps([outcome.error, outcome.limit]))


if __name__ == "__main__":
    _main(sys.argv[1:])
