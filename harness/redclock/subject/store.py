"""What must survive a restart, and nothing else: what was done and told, which no API gives back.

Books are plain dictionaries that know what changed in them; `save` writes that, all or nothing, at the end of a round.
A round that is killed half-way has saved nothing: what it did shows on the marketplace, where it is read back.
"""

from __future__ import annotations

import sqlite3
from collections.abc import ItemsView, Iterator
from contextlib import closing, contextmanager
from typing import Any, Generic, TypeVar

import orjson

K = TypeVar("K", bound=int | str)
V = TypeVar("V")
IN_MEMORY = ":memory:"


class Book(Generic[K, V]):
    """Entries of one kind; their values are replaced, never changed in place."""

    __slots__ = ("changed", "entries")

    def __init__(self, entries: dict[K, V]) -> None:
        self.entries = entries
        self.changed: set[K] = set()

    def put(self, key: K, value: V) -> None:
        self.entries[key] = value
        self.changed.add(key)

    def drop(self, key: K) -> None:
        if self.entries.pop(key, None) is not None:
            self.changed.add(key)

    def get(self, key: K) -> V | None:
        return self.entries.get(key)

    def __getitem__(self, key: K) -> V:
        return self.entries[key]

    def __contains__(self, key: object) -> bool:
        return key in self.entries

    def __iter__(self) -> Iterator[K]:
        return iter(self.entries)

    def items(self) -> ItemsView[K, V]:
        return self.entries.items()


class Store:
    """The books, in one SQLite file.

    Args:
        path: the file. Unless given, the books live as long as the object: there is nobody to write for.
    """

    def __init__(self, path: str = IN_MEMORY) -> None:
        self._path = path
        self._kept: dict[str, dict[Any, Any]] = {} if path == IN_MEMORY else _read(path)
        self.told: Book[str, int] = self._book("told")
        """When a cause was last seen, by its name."""
        self.declared: Book[int, dict[str, str]] = self._book("declared")
        """Numbers that the marketplace is known to have for an order, and the carrier's key."""
        self.refused: Book[str, list[str]] = self._book("refused")
        """By number: what the marketplace didn't take of it, keys of carriers or the number itself."""
        self.seen: Book[int, list[str | int]] = self._book("seen")
        """By order: its difference, and since when."""
        self.handed: Book[str, int] = self._book("handed")
        """Numbers that people were asked to enter."""
        self.stops: Book[int, bool] = self._book("stops")
        """Whether the warehouse could still stop an order."""
        self.tried: Book[str, int] = self._book("tried")
        """When something was last tried that isn't to be tried again at once."""
        self.unscanned: Book[int, int] = self._book("unscanned")
        """Shipped orders whose first scan nobody has looked for yet, and when they were shipped."""
        self.clock: Book[str, int] = self._book("clock")
        """When was what: looks, the day's calls."""
        self._books = {name: book for name, book in vars(self).items() if isinstance(book, Book)}

    def save(self) -> None:
        """Writes what changed since the last time, if it is to be read by another."""
        if self._path == IN_MEMORY or not any(book.changed for book in self._books.values()):
            return
        with _database(self._path) as database:
            database.execute("BEGIN")
            for name, book in self._books.items():
                for key in book.changed:
                    if key in book:
                        row = name, key, orjson.dumps(book[key]).decode()
                        database.execute("INSERT OR REPLACE INTO entries VALUES (?, ?, ?)", row)
                    else:
                        database.execute("DELETE FROM entries WHERE book = ? AND key = ?", (name, key))
            database.execute("COMMIT")
        for book in self._books.values():
            book.changed.clear()

    def _book(self, name: str) -> Book[Any, Any]:
        return Book(self._kept.get(name, {}))


@contextmanager
def _database(path: str) -> Iterator[sqlite3.Connection]:
    """The file, open for as long as it is read or written: nobody tells the logic that it is no longer needed."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        # A killed process loses nothing so; a machine that loses power loses the last rounds, which are read back.
        database.execute("PRAGMA synchronous = OFF")
        database.execute("CREATE TABLE IF NOT EXISTS entries (book TEXT, key, value TEXT, PRIMARY KEY (book, key))")
        yield database


def _read(path: str) -> dict[str, dict[Any, Any]]:
    """What is kept, by book."""
    kept: dict[str, dict[Any, Any]] = {}
    with _database(path) as database:
        for book, key, value in database.execute("SELECT book, key, value FROM entries"):
            kept.setdefault(book, {})[key] = orjson.loads(value)
    return kept
