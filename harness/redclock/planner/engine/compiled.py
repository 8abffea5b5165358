"""Compiles a function with numba where that is wanted and numba is installed, and leaves it as it is where not.

What is marked is written once for both. `each` is said of one order, and numpy reads it as said of whole arrays;
compiled it becomes a loop over them, which makes no array for every step on the way. `compiled` is a loop over plain
numbers, and is handed lists when it is not compiled, because numpy's own elements are ten times as slow there. Either
way the same operations are done in the same order, so the numbers are the same to the last bit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, MutableSequence, Sequence
from functools import cache, wraps
from hashlib import blake2b
from importlib.util import find_spec
from inspect import unwrap
from pathlib import Path
from types import FunctionType
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
    """From now on what is marked runs compiled, if numba is installed, which takes a second; whether it does."""
    _switch.on = find_spec("numba") is not None
    return _switch.on


def use_numpy_alone() -> None:
    """From now on what is marked runs as it is."""
    _switch.on = False


def compiled(function: _Function) -> _Function:
    """The function: as it is until `compile_if_possible`, then compiled at its next call and kept on disk."""
    return _switched(function, _alone)


def each(function: _Function) -> _Function:
    """The function of arrays: as it is until `compile_if_possible`, then a loop that takes their elements one by one.

    Arrays that stand alone have an element an order; numbers, and what is in a tuple, are the same for all orders. It
    may call what is marked so in its own module, `where` and `whole`. What it returns is told by its annotation.
    """
    return _switched(function, _loop)


def _switched(function: _Function, faster: Callable[[_Function, Sequence[Any]], Callable[..., Any]]) -> _Function:
    """The function, or what is made of it for the arguments of the first call that wants it fast."""
    fast: list[Callable[..., Any]] = []

    @wraps(function)
    def call(*arguments: Any) -> Any:
        if not _switch.on:
            return function(*arguments)
        if not fast:
            fast.append(faster(function, arguments))
        return fast[0](*arguments)

    return cast(_Function, call)


def where(condition: Flags, one: Any, other: Any) -> Any:
    """One or the other, in what is marked `each`."""
    return np.where(condition, one, other)


def whole(numbers: Floats) -> Ints:
    """Cut to whole numbers, in what is marked `each`."""
    return numbers.astype(np.int64)


def _where(condition: bool, one: Any, other: Any) -> Any:
    return one if condition else other


def _whole(number: float) -> int:
    return int(number)


_DTYPES = {"Ints": "int64", "Floats": "float64", "Flags": "bool_"}


def _alone(function: Callable[..., Any], _: Sequence[Any]) -> Callable[..., Any]:
    """A function compiled by itself."""
    import numba

    return cast(Callable[..., Any], numba.njit(cache=True, nogil=True)(function))


def _loop(function: Callable[..., Any], arguments: Sequence[Any]) -> Callable[..., Any]:
    """A compiled loop over arrays that calls a function for each of their elements."""
    import numba

    by_order = [isinstance(it, np.ndarray) for it in arguments]
    dtypes = [_DTYPES[it] for it in re.findall("|".join(_DTYPES), function.__annotations__["return"])]
    taken = [f"a{n}" for n in range(len(by_order))]
    made = [f"made{n}" for n in range(len(dtypes))]
    elements = ", ".join(f"{it}[n]" if single else it for it, single in zip(taken, by_order, strict=True))
    name = f"{function.__name__}_of_{_version()}"
    lines = [
        *[""] * (function.__code__.co_firstlineno - 1),
        f"def {name}({', '.join(taken)}):",
        f"    count = len({taken[by_order.index(True)]})",
        *(f"    {it} = np.empty(count, np.{dtype})" for it, dtype in zip(made, dtypes, strict=True)),
        "    for n in range(count):",
        f"        {', '.join(f'{it}[n]' for it in made)} = one({elements})",
        f"    return {', '.join(made)}",
    ]
    names: dict[str, Any] = {"np": np, "one": _of_one(function), "__name__": function.__module__}
    # numba keeps what it compiled beside the file that this says it is from.
    exec(compile("\n".join(lines), function.__code__.co_filename, "exec"), names)
    return cast(Callable[..., Any], numba.njit(cache=True, nogil=True, error_model="numpy")(names[name]))


@cache
def _version() -> str:
    """Another one for another text of the engine.

    numba would look for changes only in the file that a loop is from, and not into what it calls; and what it kept it
    can't read any more when the class of an argument is gone.
    """
    state = blake2b(digest_size=4)
    for file in sorted(Path(__file__).parent.glob("*.py")):
        state.update(file.read_bytes())
    return state.hexdigest()


def _of_one(function: Callable[..., Any]) -> Any:
    """The function compiled for single elements, and what it calls with it."""
    import numba

    assert isinstance(function, FunctionType)
    names = dict(function.__globals__)
    for name in function.__code__.co_names:
        called = names.get(name)
        if called is where or called is whole:
            names[name] = numba.njit(_where if called is where else _whole)
        elif isinstance(called, FunctionType) and called.__module__ == function.__module__:
            names[name] = _of_one(unwrap(called))
    alone = FunctionType(function.__code__, names, function.__name__, function.__defaults__)
    return numba.njit(error_model="numpy", forceinline=True)(alone)


def looped(numbers: npt.NDArray[Any]) -> MutableSequence[Any]:
    """Numbers for a loop to read or write, in the form that it is fast with now."""
    return cast(MutableSequence[Any], numbers if _switch.on else numbers.tolist())
