"""The command log: a line for each record, written before the answer goes out.

A line is a JSON array in ASCII, so that any bytes a client may send can stand in it, and the sum of all lines so far,
so that none is missing, there twice, or another one unnoticed. Written without a buffer: what was written outlives the
process at once, though not a power cut. A last line that was cut off by a kill was never answered, and is cut away.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

from fakemarket.call import Request
from fakemarket.worlds import Called, Due, Record, Settled


class BrokenLog(ValueError):
    """A log that nobody here has written."""


class Log:
    """One file of records: read once, then open for more.

    Args:
        path: made if it isn't there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._sum = 0

    def read(self) -> Iterator[Record]:
        """The records that are there, in order; cuts away a last line that isn't whole.

        Raises:
            BrokenLog: a line can't be read, or isn't what was written there.
        """
        whole = 0
        with self._path.open("rb+") as lines:
            for number, line in enumerate(lines, start=1):
                if not line.endswith(b"\n"):
                    lines.truncate(whole)
                    return
                whole += len(line)
                said, _, told = line[:-1].rpartition(b" ")
                self._sum = crc32(said, self._sum)
                where = f"{self._path.name}, line {number}, can't be read"
                if told != _written(self._sum):
                    raise BrokenLog(f"{where}: it, or one before it, is not what was written there")
                try:
                    record = _record(json.loads(said))
                except (ValueError, TypeError, LookupError) as error:
                    raise BrokenLog(f"{where}: {error}") from error
                yield record

    def append(self, record: Record) -> None:
        said = _line(record)
        self._sum = crc32(said, self._sum)
        line = b"%b %b\n" % (said, _written(self._sum))
        written = os.write(self._file, line)
        if written != len(line):
            raise OSError(f"only {written} of {len(line)} bytes could be written")

    def close(self) -> None:
        os.close(self._file)


def _written(total: int) -> bytes:
    return b"%08x" % total


def _line(record: Record) -> bytes:
    match record:
        case Called(world, at, real_at, face, it):
            body = it.body.decode("latin-1")
            said = ["called", world, at, real_at, face, it.method, it.path, it.query, dict(it.headers), body, it.url]
        case Due(world, at):
            said = ["due", world, at]
        case Settled(world, number, received):
            said = ["settled", world, number, received]
    return json.dumps(said, separators=(",", ":")).encode()


def _record(said: list[Any]) -> Record:
    match said:
        case ["called", str(world), int(at), int(real_at), str(face), method, path, query, dict(headers), body, url]:
            return Called(world, at, real_at, face, Request(method, path, query, headers, body.encode("latin-1"), url))
        case ["due", str(world), int(at)]:
            return Due(world, at)
        case ["settled", str(world), int(number), bool(received)]:
            return Settled(world, number, received)
    raise ValueError("it is no record")
