"""A folder that keeps the worlds of one server: a checkpoint, and the log of what was done since.

Repeating the log on the checkpoint gives the same worlds again, since a world is a function of its seed and of the
calls it got, each at its market time. Files are numbered: log 7 goes on from checkpoint 7. A new checkpoint is written
beside the old one and takes its place in one step, so a kill at any moment leaves one of them whole. Checkpoints are
pickles: open no folder that you don't trust.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from pickle import UnpicklingError
from time import process_time
from typing import Any

from fakemarket.keeping import pickles
from fakemarket.keeping.log import BrokenLog, Log
from fakemarket.market import Market
from fakemarket.worlds import NotKept, Record, Worlds

WORK_SECONDS = 0.25
"""So much processor time at least is used between two checkpoints, since it takes no longer to repeat it."""
_SHARE = 10
"""Nor is there a new one before this many times as much has been used as by the last one."""


class BadFolder(ValueError):
    """A folder that can't keep these worlds; says what to do."""


class Folder:
    """The folder of one running server.

    Args:
        path: made if it isn't there.
        making: what the first market is made of, as JSON values; the folder's own market must be made alike.

    Raises:
        BadFolder: another server has it, it isn't ours, or its market is another one.
    """

    def __init__(self, path: Path, making: Mapping[str, Any]) -> None:
        self._path = path
        self._number = 0
        self._log: Log | None = None
        self._took_seconds = 0.0
        self._kept_at = process_time()
        """By the processor time of this process."""
        self.failure = ""
        """Why the worlds could not be kept any longer; the call that met it was not answered."""
        try:
            path.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise BadFolder(f"{path} can't be used: {error.strerror}; name another folder") from None
        try:
            self._claim()
            self._check(dict(making))
        except BadFolder:
            os.close(self._lock)
            raise

    def open(self, make: Callable[[], Market]) -> Worlds:
        """The worlds as they were at the last answer; at first just the market that `make` makes.

        Raises:
            BadFolder: what it holds can't be read.
        """
        numbers = sorted(int(it.stem) for it in self._path.glob("*.checkpoint") if it.stem.isdigit())
        if not numbers:
            self._worlds = Worlds(make())
        else:
            self._number = numbers[-1]
            with pickles.without_collector():
                self._worlds = self._checkpoint()
                self._kept_at = process_time()
                self._repeat()
            for left in {*self._path.glob("*.checkpoint"), *self._path.glob("*.log"), self._path / "draft"}:
                if left.stem != f"{self._number:06d}":
                    left.unlink(missing_ok=True)  # a kill came before it could be taken away
        if not numbers or self._is_due():
            self._keep()
        self._worlds.record = self._record
        return self._worlds

    def close(self) -> None:
        """Lets the folder go."""
        if self._log is not None:
            self._log.close()
        os.close(self._lock)

    def _checkpoint(self) -> Worlds:
        file = self._file("checkpoint")
        try:
            worlds = pickles.read(file)
        except (OSError, UnpicklingError, AttributeError, ImportError) as error:
            raise BadFolder(f"{file} can't be read ({error}); put a copy back, or name another folder") from None
        assert isinstance(worlds, Worlds)
        return worlds

    def _repeat(self) -> None:
        self._log = Log(self._file("log"))
        try:
            for record in self._log.read():
                self._worlds.repeat(record)
        except BrokenLog as broken:
            raise BadFolder(f"{self._path}: {broken}; put a copy of the folder back, or name another one") from None

    def _record(self, record: Record) -> None:
        try:
            assert self._log is not None  # worlds tell of nothing before they are open
            self._log.append(record)
            if self._is_due():
                self._keep()
        except OSError as error:
            self.failure = f"{self._path} can't be written: {error.strerror or error}"
            raise NotKept(self.failure) from error

    def _is_due(self) -> bool:
        """Whether to repeat what was done since the last checkpoint would take longer than it should."""
        return process_time() - self._kept_at > max(WORK_SECONDS, _SHARE * self._took_seconds)

    def _keep(self) -> None:
        """Writes a new checkpoint and begins a new log; the old ones go when both are there."""
        began = process_time()
        old = [self._file("checkpoint"), self._file("log")]
        self._number += 1
        draft = self._path / "draft"
        draft.unlink(missing_ok=True)
        with open(draft, "xb", opener=pickles.for_its_owner) as file:
            pickles.write(self._worlds, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._file("checkpoint"))
        if self._log is not None:
            self._log.close()
        self._log = Log(self._file("log"))
        for each in old:
            each.unlink(missing_ok=True)
        self._kept_at = process_time()
        self._took_seconds = self._kept_at - began

    def _file(self, kind: str) -> Path:
        return self._path / f"{self._number:06d}.{kind}"

    def _claim(self) -> None:
        try:
            import fcntl
        except ImportError:  # there is none for Windows, where nobody looks out for two servers
            return
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BadFolder(f"another server keeps its worlds in {self._path}; stop it or name another one") from None

    def _check(self, making: dict[str, Any]) -> None:
        python = f"{sys.version_info.major}.{sys.version_info.minor}"
        ours = {"redclock": version("redclock"), "python": python, "making": making}
        file = self._path / "market.json"
        if not file.exists():
            if any(it.name != "lock" for it in self._path.iterdir()):
                raise BadFolder(f"{self._path} holds other things than a market; name an empty folder or a new one")
            file.write_text(json.dumps(ours, indent=2) + "\n", encoding="utf-8")
            return
        try:
            theirs = json.loads(file.read_text(encoding="utf-8"))
            differing = [name for name in ours if name != "making" and ours[name] != theirs[name]]
            made = theirs["making"]
            told = [f"{name} {made[name]}" for name in making if making[name] != made[name]]
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise BadFolder(f"{file} can't be read ({error}); name another folder") from None
        if differing:
            was = ", ".join(f"{name} {theirs[name]}" for name in differing)
            raise BadFolder(f"{self._path} was written by {was}, whose worlds others can't read; name another folder")
        if told:
            raise BadFolder(f"{self._path} keeps a market of {', '.join(told)}; ask for that or name another folder")
