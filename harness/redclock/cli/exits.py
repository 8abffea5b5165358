"""How a command ends: its exit code, and its answer to a program."""

from __future__ import annotations

import sys
from enum import IntEnum
from typing import Any


class Exit(IntEnum):
    """What the process tells its caller; the last two as shells say what a signal ended."""

    HOLDS = 0
    FAILED = 1
    USAGE = 2
    FAULT = 3
    LIMIT = 4
    INTERRUPTED = 130
    UNREAD = 141


def print_json(answer: dict[str, Any]) -> None:
    import orjson

    sys.stdout.buffer.write(orjson.dumps(answer, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
