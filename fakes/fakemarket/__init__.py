"""The fake marketplace: one seeded world of orders, its time, its faults and the APIs that show them.

It must not know who drives or judges it: nothing here imports `redclock` or pytest. Importing it stays
light, because a foreign test suite pays for it on every start: faker, pydantic and the HTTP libraries are
imported by the modules that use them.
"""

from typing import TYPE_CHECKING

__version__: str

# Read on demand: importlib.metadata costs more than the rest of this package's import.
# Hidden from type checkers: to them a module `__getattr__` makes every misspelt import a valid one.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> str:
        if name != "__version__":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib.metadata import version

        return version("redclock")
