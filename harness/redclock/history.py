"""What came of earlier runs, in an SQLite file: each trial is written as soon as it is over, so a kill loses no other.

Several runs may write at once. Knows nothing of terminals; real time is told to it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from redclock.folders import state_folder
from redclock.run import Outcome, Transport
from redclock.scenario.model import Scenario
from redclock.suite import Verdict

_VERSION = 1
_BUSY_SECONDS = 30.0
"""How long to wait for another run that is writing; a write takes milliseconds."""
_OTHERWISE = "; choose another with --store FILE, or none with --no-store"
_SCHEMA = """
CREATE TABLE runs (
    id INTEGER PRIMARY KEY, began_at INTEGER NOT NULL, subject TEXT NOT NULL, transport TEXT NOT NULL,
    version TEXT NOT NULL, ended INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE trials (
    run INTEGER NOT NULL REFERENCES runs, scenario TEXT NOT NULL, seed INTEGER NOT NULL, passed INTEGER NOT NULL,
    definition TEXT NOT NULL, digest TEXT NOT NULL, seconds REAL NOT NULL, missed REAL, least_lead_seconds INTEGER,
    problems TEXT NOT NULL, PRIMARY KEY (run, scenario, seed)
) WITHOUT ROWID;
CREATE INDEX trials_by_scenario ON trials (scenario, run);
CREATE TABLE broken_over_seeds (
    run INTEGER NOT NULL REFERENCES runs, scenario TEXT NOT NULL, problems TEXT NOT NULL, PRIMARY KEY (run, scenario)
) WITHOUT ROWID;
"""


class NoHistory(OSError):
    """The file can't be used; says why."""


@dataclass(frozen=True, slots=True)
class Past:
    """What one run made of one scenario.

    Attributes:
        began_at: real time, seconds since the epoch.
        ended: whether the run came to its end, rather than being stopped or killed.
        definition: changes when the scenario does.
        digests: the ledger's digest of each seed.
        missed: orders missed, over all seeds.
        over_seeds: what all seeds together broke.
    """

    run: int
    began_at: int
    subject: str
    transport: str
    version: str
    ended: bool
    scenario: str
    definition: str
    digests: dict[int, str]
    passed_seeds: frozenset[int]
    missed: float
    least_lead_seconds: int | None
    seconds: float
    problems: tuple[str, ...]
    over_seeds: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return len(self.passed_seeds) == len(self.digests) and not self.over_seeds


def usual_file() -> Path:
    """Where the history lies unless somebody says otherwise: in the user's own state folder."""
    return state_folder() / "history.sqlite"


def definition_of(scenario: Scenario) -> str:
    """A short hash of all that a scenario says."""
    return blake2b(scenario.model_dump_json(by_alias=True).encode(), digest_size=8).hexdigest()


class History:
    """One file of them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def begin(self, *, began_at: int, subject: str, transport: Transport, version: str) -> int:
        """Notes that a run begins; its number."""
        cursor = self._connection.execute(
            "INSERT INTO runs (began_at, subject, transport, version) VALUES (?, ?, ?, ?)",
            (began_at, subject, str(transport), version),
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid

    def keep(self, run: int, outcome: Outcome) -> None:
        """Keeps one trial."""
        leads = [row.lead_seconds for row in outcome.orders if row.lead_seconds is not None]
        self._connection.execute(
            "INSERT INTO trials VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                run,
                outcome.scenario.name,
                outcome.seed,
                outcome.passed,
                definition_of(outcome.scenario),
                outcome.digest,
                outcome.seconds,
                outcome.measures.get("missed"),
                min(leads, default=None),
                json.dumps(outcome.problems()),
            ),
        )

    def end(self, run: int, verdicts: Iterable[Verdict]) -> None:
        """Notes that a run came to its end, and what only all seeds could tell."""
        for verdict in verdicts:
            broken = [each.problem() for each in verdict.over_seeds if not each.holds]
            if broken:
                row = (run, verdict.scenario.name, json.dumps(broken))
                self._connection.execute("INSERT INTO broken_over_seeds VALUES (?, ?, ?)", row)
        self._connection.execute("UPDATE runs SET ended = 1 WHERE id = ?", (run,))

    def of(self, scenario: str) -> list[Past]:
        """What each run made of a scenario, the oldest first."""
        return list(self._pasts("WHERE trials.scenario = ?", (scenario,)))

    def all(self) -> dict[str, list[Past]]:
        """The same of every scenario, by name."""
        found: dict[str, list[Past]] = {}
        for past in self._pasts("", ()):
            found.setdefault(past.scenario, []).append(past)
        return dict(sorted(found.items()))

    def failed(self, subject: str) -> set[tuple[str, int]]:
        """The scenarios and seeds that a subject failed when it last met them, alone or all seeds together."""
        latest = """
            SELECT scenario, seed, passed, MAX(run) AS run FROM trials JOIN runs ON runs.id = trials.run
            WHERE subject = ? GROUP BY scenario, seed
        """
        alone = f"SELECT scenario, seed FROM ({latest}) WHERE NOT passed"
        together = f"SELECT scenario, seed FROM ({latest}) JOIN broken_over_seeds USING (run, scenario)"
        rows = self._connection.execute(f"{alone} UNION {together}", (subject, subject))
        return {(scenario, seed) for scenario, seed in rows}

    def _pasts(self, where: str, values: tuple[str, ...]) -> Iterator[Past]:
        rows = self._connection.execute(
            "SELECT run, began_at, subject, transport, version, ended, trials.scenario, definition,"
            " seed, digest, passed, missed, least_lead_seconds, seconds, trials.problems, broken_over_seeds.problems"
            " FROM trials JOIN runs ON runs.id = trials.run"
            f" LEFT JOIN broken_over_seeds USING (run, scenario) {where} ORDER BY run, trials.scenario, seed",
            values,
        )
        together: dict[tuple[int, str], list[tuple[object, ...]]] = {}
        for row in rows:
            together.setdefault((row[0], row[6]), []).append(row)
        for seeds in together.values():
            yield _past(seeds)


def _past(rows: list[tuple[object, ...]]) -> Past:
    columns = list(zip(*rows, strict=True))
    run, began_at, subject, transport, version, ended, scenario, definition = (column[0] for column in columns[:8])
    seeds, digests, passed, missed, leads, seconds, problems, over_seeds = columns[8:]
    return Past(
        run=run,
        began_at=began_at,
        subject=subject,
        transport=transport,
        version=version,
        ended=bool(ended),
        scenario=scenario,
        definition=definition,
        digests=dict(zip(seeds, digests, strict=True)),
        passed_seeds=frozenset(seed for seed, good in zip(seeds, passed, strict=True) if good),
        missed=sum(each or 0 for each in missed),
        least_lead_seconds=min((lead for lead in leads if lead is not None), default=None),
        seconds=sum(seconds),
        problems=tuple(problem for each in problems for problem in json.loads(each)),
        over_seeds=tuple(json.loads(over_seeds[0])) if over_seeds[0] else (),
    )


@contextmanager
def history_in(file: Path, *, make: bool = True) -> Iterator[History]:
    """The history in a file.

    Args:
        make: whether to begin one where there is none.

    Raises:
        NoHistory: there is none, or the file is none or can't be opened.
    """
    try:
        if make:
            file.parent.mkdir(parents=True, exist_ok=True)
        elif not file.is_file():
            raise NoHistory(f"there is no history in {file} yet; `redclock run` begins it")
        connection = sqlite3.connect(file, timeout=_BUSY_SECONDS, isolation_level=None)
    except (OSError, sqlite3.Error) as refused:
        raise refused if isinstance(refused, NoHistory) else NoHistory(f"{file}: {refused}") from None
    try:
        _prepare(connection, file)
        yield History(connection)
    finally:
        connection.close()


def _prepare(connection: sqlite3.Connection, file: Path) -> None:
    try:
        connection.execute("BEGIN IMMEDIATE")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (tables,) = connection.execute("SELECT COUNT(*) FROM sqlite_schema").fetchone()
        if not tables:
            for statement in _SCHEMA.split(";\n"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {_VERSION}")
            version = _VERSION
        connection.execute("COMMIT")
        if version != _VERSION:
            written = "by a newer redclock" if version > _VERSION else "by something else"
            raise NoHistory(f"{file} was written {written}{_OTHERWISE}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
    except sqlite3.Error as wrong:
        raise NoHistory(f"{file}: {wrong}{_OTHERWISE}") from None
