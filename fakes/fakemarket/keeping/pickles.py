"""Pickles in files, each with its digest at the end. Open none that you don't trust."""

from __future__ import annotations

import gc
import os
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any

_DIGEST_BYTES = 16


def write(kept: object, file: IO[bytes]) -> None:
    """Writes something, and the digest of what was written."""
    summed = _Summed(file)
    with without_collector():
        pickle.dump(kept, summed, pickle.HIGHEST_PROTOCOL)
    file.write(summed.sum.digest())


def read(file: Path) -> Any:
    """What was written to a file.

    Raises:
        OSError: it can't be read.
        UnpicklingError: it is not what was written there.
    """
    whole = memoryview(file.read_bytes())
    told = whole[:-_DIGEST_BYTES]
    if blake2b(told, digest_size=_DIGEST_BYTES).digest() != whole[-_DIGEST_BYTES:]:
        raise pickle.UnpicklingError("it is not what was written there")
    with without_collector():
        return pickle.loads(told)


def for_its_owner(path: str, flags: int) -> int:
    """Opens what nobody else may read: a market has secrets."""
    return os.open(path, flags, 0o600)


@contextmanager
def without_collector() -> Iterator[None]:
    """A pickle makes or walks many objects and no garbage."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


class _Summed:
    """A file that is written, and the digest of what was."""

    def __init__(self, file: IO[bytes]) -> None:
        self.sum = blake2b(digest_size=_DIGEST_BYTES)
        self._file = file

    def write(self, part: bytes) -> int:
        self.sum.update(part)
        return self._file.write(part)
