"""A page of a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

PAGE_SIZE = 50
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[_Item]):
    """One page, and where it lies in the list; numbers are from 1."""

    items: Sequence[_Item]
    number: int
    last: int
    total: int

    @property
    def words(self) -> str:
        """Which items these are: `51 to 100 of 120`."""
        first = (self.number - 1) * PAGE_SIZE
        return f"{first + 1} to {first + len(self.items)} of {self.total}"


def page_of(found: Sequence[_Item], number: int) -> Page[_Item]:
    """The page with a number, or the one nearest to it."""
    last = max(1, -(-len(found) // PAGE_SIZE))
    number = min(max(number, 1), last)
    return Page(found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE], number, last, len(found))


def page_number(word: str) -> int:
    """A page's number as an address has it; what is no number is the first."""
    return int(word) if word.isascii() and word.isdigit() and len(word) < 8 else 1
