"""Which version of the market decides a replication's numbers: a digest of the text of all code that has a say in them.

A number that somebody has to remember to raise would sometimes stay. This errs the other way: a comment changes it too,
which costs a replication that is run again. Knows no settings.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path

import fakemarket
import redclock
from redclock.planner import replication

_OF_THE_MARKET = (
    *("rules/**/*.py", "world/**/*.py"),
    *("bounds.py", "distributions.py", "knobs.py", "settings.py", "streams.py", "value.py"),
)
_OF_THE_PLANNER = ("causes.py", "replication.py", "care.py", "engine/*.py")
_OF_WHO_LOOKS = ("actors/people.py", "subject/manual.py")
"""Those whose runs a store keeps: a run that the engine doesn't cover after all is the world's, with them in it."""
_LIBRARIES = ("holidays", "simpy", "tzdata")
"""Calendars, ties and zones are theirs."""


@cache
def model_version() -> str:
    """The same wherever the same numbers come out for the same settings and seed."""
    state = blake2b(digest_size=8)
    for name, file in model_files():
        state.update(f"{name}\n".encode())
        state.update(file.read_bytes())
    for name in _LIBRARIES:
        state.update(f"{name} {version(name)}\n".encode())
    return state.hexdigest()


def model_files() -> Iterator[tuple[str, Path]]:
    """All code that has a say: its name below its package, and where it lies."""
    for beside, patterns in (
        (fakemarket.__file__, _OF_THE_MARKET),
        (redclock.__file__, _OF_WHO_LOOKS),
        (replication.__file__, _OF_THE_PLANNER),
    ):
        root = Path(beside).parent
        for file in sorted(it for pattern in patterns for it in root.glob(pattern)):
            yield file.relative_to(root).as_posix(), file
