"""Names that stand for something else for a while: looked for once, then put on and taken off in no time.

A module that did `from time import sleep` holds the function under a name of its own, and so may hundreds. Walking
through all modules takes milliseconds, so what was found is remembered, and later only modules loaded since are
walked. Knows no clock and no market.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from types import ModuleType
from typing import Any, NamedTuple


class _Name(NamedTuple):
    """One name of one module."""

    namespace: dict[str, Any]
    name: str
    real: object
    stand_in: object


class Names:
    """The names of some objects in all modules.

    Args:
        pairs: each object and what stands in for it.
        left_alone: beginnings of the names of modules that are not touched.
    """

    def __init__(self, pairs: Iterable[tuple[object, object]], left_alone: Iterable[str]) -> None:
        pairs = list(pairs)
        self._stand_ins = {id(real): (real, stand_in) for real, stand_in in pairs}
        self._reals = {id(stand_in): (real, stand_in) for real, stand_in in pairs}
        self._left_alone = tuple(left_alone)
        self._found: list[_Name] = []
        self._walked: set[str] = set()
        self._last: str | None = None

    def put_on(self) -> None:
        """From here on the stand-ins are seen, but where somebody else has replaced the real one."""
        for name in self._new_modules():
            namespace = self._namespace(name)
            for key, value in list(namespace.items()):
                pair = self._stand_ins.get(id(value))
                if pair is not None and pair[0] is value:
                    self._found.append(_Name(namespace, key, *pair))
        for namespace, key, real, stand_in in self._found:
            if namespace.get(key) is real:
                namespace[key] = stand_in

    def take_off(self) -> None:
        """The real ones again, in modules that were loaded meanwhile too."""
        for name in self._new_modules():
            namespace = self._namespace(name)
            for key, value in list(namespace.items()):
                pair = self._reals.get(id(value)) or self._stand_ins.get(id(value))
                if pair is not None:
                    self._found.append(_Name(namespace, key, *pair))
        for namespace, key, real, stand_in in self._found:
            if namespace.get(key) is stand_in:
                namespace[key] = real

    def _new_modules(self) -> list[str]:
        """Modules that were never walked. Whether there are any is told by how many there are, and the last one."""
        last = next(reversed(sys.modules), None)
        if last == self._last and len(sys.modules) == len(self._walked):
            return []
        there = list(sys.modules)
        new = [name for name in there if name not in self._walked]
        self._walked, self._last = set(there), last
        return [name for name in new if not name.startswith(self._left_alone)]

    @staticmethod
    def _namespace(name: str) -> dict[str, Any]:
        module = sys.modules.get(name)
        return vars(module) if isinstance(module, ModuleType) else {}
