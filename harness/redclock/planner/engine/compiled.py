"""Compiles a function with numba where that is wanted and numba is installed, and leaves it as it is where not.

What is marked is written once for both: whole-array numpy, which either way does the same operations in the same order,
or a loop over plain numbers. A loop is handed lists when it is not compiled, because numpy's own elements are ten times
as slow there.
"""

from __future__ import annotations

from collections.abc import Callable, MutableSequence
from functools import wraps
from importlib.util import find_spec
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_Function = TypeVar("_Function", bound=Callable[..., Any])


class _Switch:
    """Whether what is marked runs compiled. Numbers don't depend on it, so it may be turned at any time."""

    __slots__ = ("on",)

    def __init__(self) -> None:
        self.on = False


_switch = _Switch()


def compile_if_possible() -> bool:
    """From now on what is marked runs compiled, if numba is installed, which takes half a second; whether it does."""
    _switch.on = find_spec("numba") is not None
    return _switch.on


def use_numpy_alone() -> None:
    """From now on what is marked runs as it is."""
    _switch.on = False


def compiled(function: _Function) -> _Function:
    """The function: as it is until `compile_if_possible`, then compiled at its next call and kept on disk."""
    fast: list[Callable[..., Any]] = []

    @wraps(function)
    def call(*arguments: Any) -> Any:
        if not _switch.on:
            return function(*arguments)
        if not fast:
            import numba

            fast.append(numba.njit(cache=True, nogil=True)(function))
        return fast[0](*arguments)

    return cast(_Function, call)


def looped(numbers: npt.NDArray[Any]) -> MutableSequence[Any]:
    """Numbers for a loop to read or write, in the form that it is fast with now."""
    return cast(MutableSequence[Any], numbers if _switch.on else numbers.tolist())
