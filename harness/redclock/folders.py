"""The user's own folders, where things lie unless somebody says otherwise."""

from __future__ import annotations

import os
from pathlib import Path


def state_folder() -> Path:
    """For what is to stay."""
    return _own("XDG_STATE_HOME", ".local/state")


def cache_folder() -> Path:
    """For what can be made again."""
    return _own("XDG_CACHE_HOME", ".cache")


def _own(variable: str, usual: str) -> Path:
    if os.name == "nt":
        folder = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    else:
        folder = os.environ.get(variable) or str(Path.home() / usual)
    return Path(folder) / "redclock"
