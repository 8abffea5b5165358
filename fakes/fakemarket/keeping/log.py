"""The command log: a line for each record, written before the answer goes out.

A line is a JSON array in ASCII, so that any bytes a client may send can stand in it. Written without a buffer: what was
written outlives the process at once, though not a power cut. A last line that was cut off by a kill was never
answered, and is cut away.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fakemarket.call import Request
from fakemarket.worlds import Called, Due, Record, Settled


class BrokenLog(ValueError):
    """A log that nobody here has written."""


class Log:
    """One file of records, open for more.

    Args:
        path: made if it isn't there; a line that was cut off must be gone (see `read`).
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def append(self, record: Record) -> None:
        line = _line(record)
        written = os.write(self._file, line)
        if written != len(line):
            raise OSError(f"only {written} of {len(line)} bytes could be written")

    def close(self) -> None:
        os.close(self._file)


def read(path: Path) -> Iterator[Record]:
    """The records of a log, in order; cuts away a last line that isn't whole.

    Raises:
        BrokenLog: a line can't be read.
    """
    whole = 0
    with path.open("rb+") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.endswith(b"\n"):
                lines.truncate(whole)
                return
            whole += len(line)
            try:
                record = _record(json.loads(line))
            except (ValueError, TypeError, LookupError) as error:
                raise BrokenLog(f"{path.name}, line {number}, can't be read: {error}") from error
            yield record


def _line(record: Record) -> bytes:
    match record:
        case Called(world, at, real_at, face, it):
            body = it.body.decode("latin-1")
            said = ["called", world, at, real_at, face, it.method, it.path, it.query, dict(it.headers), body, it.url]
        case Due(world, at):
            said = ["due", world, at]
        case Settled(world, number, received):
            said = ["settled", world, number, received]
    return json.dumps(said, separators=(",", ":")).encode() + b"\n"


def _record(said: list[Any]) -> Record:
    match said:
        case ["called", str(world), int(at), int(real_at), str(face), method, path, query, dict(headers), body, url]:
            return Called(world, at, real_at, face, Request(method, path, query, headers, body.encode("latin-1"), url))
        case ["due", str(world), int(at)]:
            return Due(world, at)
        case ["settled", str(world), int(number), bool(received)]:
            return Settled(world, number, received)
    raise ValueError("it is no record")
