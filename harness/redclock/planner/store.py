"""Finished replications in an SQLite file: written batch by batch as they come, so a kill loses what was in hand alone.

A replication is known by what decides its numbers (market, days, preparation time, habits of who looks after it,
version of the market's code) and by its seed, so none is kept twice and none is taken for another. Several plans may
write at once. Knows no processes, no intervals and no words but those of its errors.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson

from fakemarket.settings import Settings
from redclock.planner.engine.habits import NOBODY, Habits
from redclock.planner.model_version import model_version
from redclock.planner.replication import Horizon, Tally

_APPLICATION = 0x72636C70
"""What SQLite has in its header of whose file it is: `rclp`."""
_VERSION = 1
_BUSY_SECONDS = 30.0
"""How long to wait for another plan that is writing; a write takes milliseconds."""
_SCHEMA = """
CREATE TABLE questions (
    id INTEGER PRIMARY KEY, digest TEXT NOT NULL, model TEXT NOT NULL, UNIQUE (digest, model)
);
CREATE TABLE tallies (
    question INTEGER NOT NULL REFERENCES questions, seed INTEGER NOT NULL, tally TEXT NOT NULL,
    PRIMARY KEY (question, seed)
) WITHOUT ROWID;
"""


class NoStore(OSError):
    """The file can't be used; says why, and what to do."""


class Store:
    """One file of them.

    Attributes:
        outdated: whether something that was asked for is there only of another version of the market's code.
    """

    def __init__(self, connection: sqlite3.Connection, file: Path) -> None:
        self._connection = connection
        self._file = file
        self.outdated = False

    def tallies(
        self,
        settings: Settings,
        horizon: Horizon,
        preparation_days: int,
        seeds: Sequence[int],
        habits: Habits = NOBODY,
    ) -> dict[int, Tally]:
        """What is kept of one preparation time, by seed.

        Raises:
            NoStore: the file can't be read.
        """
        digest, model = question_digest(settings, horizon, preparation_days, habits), model_version()
        asked, found, outdated = set(seeds), {}, set[int]()
        try:
            rows = self._connection.execute(
                "SELECT seed, model, tally FROM tallies JOIN questions ON questions.id = question"
                " WHERE digest = ? AND seed BETWEEN ? AND ?",
                (digest, min(asked, default=0), max(asked, default=0)),
            )
            for seed, of_model, text in rows:
                if seed in asked and of_model == model:
                    found[seed] = _tally(text)
                elif seed in asked:
                    outdated.add(seed)
        except (sqlite3.Error, ValueError, TypeError, OverflowError) as wrong:
            raise NoStore(
                f"{self._file} can't be read: {wrong}; move it away or name another file with --store, and "
                "its runs are run anew"
            ) from wrong
        self.outdated = self.outdated or not outdated <= found.keys()
        return found

    def keep(
        self, settings: Settings, horizon: Horizon, done: Iterable[tuple[int, int, Tally]], habits: Habits = NOBODY
    ) -> None:
        """Keeps replications, all of them or, if that fails, none.

        Args:
            settings: what the market was like.
            horizon: which orders counted.
            done: (preparation days, seed, what was counted); what is kept already stays as it is.
            habits: of who looked after the orders.

        Raises:
            NoStore: the file can't be written; what it held it still holds.
        """
        ids: dict[int, int] = {}
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            with self._connection:
                for days, seed, tally in done:
                    if days not in ids:
                        ids[days] = self._question(question_digest(settings, horizon, days, habits))
                    self._connection.execute(
                        "INSERT OR IGNORE INTO tallies VALUES (?, ?, ?)", (ids[days], seed, json.dumps(asdict(tally)))
                    )
        except sqlite3.Error as wrong:
            raise NoStore(
                f"{self._file} can't be written: {wrong}; what it holds is safe: put that right and ask again, "
                "or leave --store out"
            ) from wrong

    def _question(self, digest: str) -> int:
        asked = digest, model_version()
        self._connection.execute("INSERT OR IGNORE INTO questions (digest, model) VALUES (?, ?)", asked)
        ((found,),) = self._connection.execute("SELECT id FROM questions WHERE digest = ? AND model = ?", asked)
        return int(found)


def question_digest(settings: Settings, horizon: Horizon, preparation_days: int, habits: Habits = NOBODY) -> str:
    """A short hash of all that decides a replication's numbers but its seed and the code."""
    market = replace(settings, countdown=replace(settings.countdown, preparation_days=preparation_days))
    asked = [market, horizon] if habits == NOBODY else [market, horizon, habits]
    return blake2b(orjson.dumps(asked, default=sorted), digest_size=16).hexdigest()


def _tally(text: str) -> Tally:
    """A tally by the names of its fields, so that one more of them is kept as the others are."""
    named: dict[str, Any] = {name: tuple(it) if isinstance(it, list) else it for name, it in json.loads(text).items()}
    return Tally(**named)


@contextmanager
def store_in(file: Path) -> Iterator[Store]:
    """The replications kept in a file, which is made if there is none.

    Raises:
        NoStore: the file is none of ours, or can't be opened.
    """
    try:
        connection = sqlite3.connect(file, timeout=_BUSY_SECONDS, isolation_level=None)
    except sqlite3.Error as refused:
        raise _refused(file, refused) from None
    with closing(connection):
        _prepare(connection, file)
        yield Store(connection, file)


def _prepare(connection: sqlite3.Connection, file: Path) -> None:
    try:
        connection.execute("BEGIN IMMEDIATE")
        with connection:
            (application,) = connection.execute("PRAGMA application_id").fetchone()
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            (tables,) = connection.execute("SELECT COUNT(*) FROM sqlite_schema").fetchone()
            if not (application or version or tables):
                for statement in _SCHEMA.split(";\n"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA application_id = {_APPLICATION}")
                connection.execute(f"PRAGMA user_version = {_VERSION}")
                application, version = _APPLICATION, _VERSION
        if application != _APPLICATION:
            raise NoStore(f"{file} holds something else than a plan's runs; name another file with --store")
        if version != _VERSION:
            raise NoStore(
                f"{file} was written by another version of redclock, whose runs this one can't read; name another file "
                "with --store, or go on with that version"
            )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
    except sqlite3.Error as wrong:
        raise _refused(file, wrong) from None


def _refused(file: Path, why: Exception) -> NoStore:
    return NoStore(f"{file}: {why}; name another file with --store, one that may be written, or leave --store out")
