"""Compiles a function with numba where numba is installed, and leaves it as it is where not.

What is marked is written once for both: whole-array numpy, which either way does the same operations in the same order,
or a loop over plain numbers. A loop is handed lists when it is not compiled, because numpy's own elements are ten times
as slow there.
"""

from __future__ import annotations

from collections.abc import Callable, MutableSequence
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

try:
    import numba
except ModuleNotFoundError:
    COMPILES = False
else:
    COMPILES = True
"""Whether numba is here."""

_Function = TypeVar("_Function", bound=Callable[..., Any])


def compiled(function: _Function) -> _Function:
    """The function, compiled at its first call and kept on disk; without numba the function itself."""
    return cast(_Function, numba.njit(cache=True, nogil=True)(function)) if COMPILES else function


def looped(numbers: npt.NDArray[Any]) -> MutableSequence[Any]:
    """Numbers for a loop to read or write, in the form that it is fast with."""
    return cast(MutableSequence[Any], numbers if COMPILES else numbers.tolist())
