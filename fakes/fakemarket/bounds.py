"""The bounds that a value keeps, said in its type: `Annotated[float, Ge(0), Le(1)]`.

They have the names of the package annotated-types and are the package's own for pydantic, the only one who imports it:
to import it takes as long as all the rules of the market together.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final


class Bound:
    """One bound: a number for the value itself, or for how many entries it has."""

    __slots__ = ("limit",)
    __match_args__ = ("limit",)
    __is_annotated_types_grouped_metadata__: Final = True

    def __init__(self, limit: float) -> None:
        self.limit = limit

    def __iter__(self) -> Iterator[object]:
        """What it is for pydantic."""
        import annotated_types

        yield getattr(annotated_types, type(self).__name__)(self.limit)


class Ge(Bound):
    """At least."""


class Gt(Bound):
    """More than."""


class Le(Bound):
    """At most."""


class Lt(Bound):
    """Less than."""


class MinLen(Bound):
    """At least so many entries."""


class MaxLen(Bound):
    """At most so many entries."""
