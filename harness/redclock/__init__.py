"""What drives the fake marketplace and judges the logic that looks after its orders.

It may import `fakemarket`; the reverse never holds. Importing it stays light, because the pytest plugin
does it in every test session of whoever installed redclock: planner, server and reports are imported by
the modules that use them.
"""

TYPE_CHECKING = False  # `typing` costs more than the rest of this package's import

__version__: str

# Read on demand: importlib.metadata costs more than the rest of this package's import.
# Hidden from type checkers: to them a module `__getattr__` makes every misspelt import a valid one.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> str:
        if name != "__version__":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib.metadata import version

        return version("redclock")
