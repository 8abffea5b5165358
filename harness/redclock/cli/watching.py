"""`run --watch`: a run, and another one each time that a file of it changes.

Each is a process of its own, so that changed Python is read anew and a subject that hangs ends with Ctrl-C.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NoReturn

LOOK_EVERY_SECONDS = 0.5
_NOT_OURS = {"node_modules", "__pycache__"}

Stamps = Mapping[Path, tuple[int, int]]
"""When each file was changed, in nanoseconds, and its size."""


def watch(run: Callable[[], object], look: Callable[[], Stamps], wait: Callable[[], object]) -> NoReturn:
    """Runs, waits until what is looked at has changed, and runs again, until somebody raises something.

    What changes during a run counts: it may have been read before.
    """
    while True:
        before = look()
        run()
        while look() == before:
            wait()


def stamps(files: Iterable[Path]) -> Stamps:
    """Of those files that are there."""
    found: dict[Path, tuple[int, int]] = {}
    for file in files:
        try:
            status = file.stat()
        except OSError:
            continue  # gone between being listed and looked at, or never there: that is a state too
        found[file] = (status.st_mtime_ns, status.st_size)
    return found


def watched(words: Iterable[str], folder: Path) -> Iterator[Path]:
    """The files that a run hangs on: the scenarios that its words name, and Python below a folder.

    Hidden folders and virtual environments are left out.
    """
    for word in words:
        path = Path(word)
        yield from sorted(path.glob("*.toml")) if path.is_dir() else [path]
    for here, folders, files in os.walk(folder):
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".") and name not in _NOT_OURS and not Path(here, name, "pyvenv.cfg").exists()
        ]
        yield from (Path(here, name) for name in files if name.endswith(".py"))
