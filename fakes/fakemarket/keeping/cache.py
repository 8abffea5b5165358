"""Worlds as they were at a midnight, kept from one process to the next: a market that is opened again needn't live
through its history again.

What is kept is what would be made, and is found only by what would make the same: the name of a file is a hash of how
the world began, of the midnight, and of all code that had a say in it. A file that is missing, damaged or can't be
written costs time and nothing else. Files are pickles: the folder must be the user's own.
"""

from __future__ import annotations

import os
import sys
import zoneinfo
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from pathlib import Path
from pickle import UnpicklingError

from fakemarket.keeping import pickles
from fakemarket.world.beginning import Beginning
from fakemarket.world.world import World

MOST_FILES = 10
"""Those used last are kept; one of a usual history has 2 MB."""
MOST_ORDERS = 20_000
"""A world of more is not kept: its file would have 40 MB."""
_DAY = 86_400


class Cache:
    """A folder of worlds.

    Args:
        folder: made if it isn't there and something is to be kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def world(self, beginning: Beginning, at: int) -> World:
        """A world as it was at the last midnight (UTC) up to `at`, in seconds since the epoch, kept for the next time.

        One that hadn't begun by then is new.
        """
        midnight = at - at % _DAY
        if midnight <= beginning.start_at:
            return beginning.world()
        file = self._folder / _name(beginning, midnight)
        world = _read(file)
        if world is None:
            world = beginning.world()
            world.advance_to(midnight)
            if len(world.orders) <= MOST_ORDERS:
                with suppress(OSError):
                    self._write(world, file)
        return world

    def _write(self, world: World, file: Path) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = file.with_suffix(f".world-{os.getpid()}")
        try:
            with open(draft, "wb", opener=pickles.for_its_owner) as drafted:
                pickles.write(world, drafted)
            draft.replace(file)
        finally:
            draft.unlink(missing_ok=True)
        by_use = sorted(self._folder.glob("*.world*"), key=lambda each: each.stat().st_mtime_ns)
        for old in by_use[:-MOST_FILES]:
            old.unlink(missing_ok=True)


def _read(file: Path) -> World | None:
    try:
        world = pickles.read(file)
    except (OSError, UnpicklingError):
        return None
    assert isinstance(world, World)
    with suppress(OSError):
        os.utime(file)
    return world


def _name(beginning: Beginning, midnight: int) -> str:
    made_by = repr((tuple(beginning), midnight, _makers()))
    return f"{blake2b(made_by.encode(), digest_size=16).hexdigest()}.world"


@cache
def _makers() -> tuple[object, ...]:
    """What has a say in a world besides how it began: this code, Python, its packages, the rules of time zones."""
    packages = sorted(each.name for folder in _folders(sys.path) for each in folder.glob("*.dist-info"))
    zones = [folder.stat().st_mtime_ns for folder in _folders(zoneinfo.TZPATH)]
    return (*_stamps(Path(__file__).parents[1]), sys.version, *packages, *zones)


def _folders(paths: Iterable[str]) -> Iterator[Path]:
    return (path for path in map(Path, paths) if path.is_dir())


def _stamps(folder: Path) -> Iterator[tuple[str, int, int]]:
    """Name, last change and size of each file of code."""
    for each in sorted(os.scandir(folder), key=lambda each: each.name):
        if each.name.endswith(".py"):
            yield each.name, each.stat().st_mtime_ns, each.stat().st_size
        elif each.is_dir() and each.name != "__pycache__":
            yield from _stamps(Path(each.path))
