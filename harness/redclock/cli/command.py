"""A command of the command line, whose words are looked up when it is the one that is meant.

Whoever asks for help, or for another command, doesn't wait for what this one needs.
"""

from __future__ import annotations

import argparse

TYPE_CHECKING = False  # `typing` takes longer to import than the rest of the help
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


class Command(argparse.ArgumentParser):
    """One of them.

    Args:
        where: `module:function` below `redclock.cli`; the function adds the command's words to this parser.
        examples: command lines, shown below the help.

    Attributes:
        intermixed: whether options may stand between the words, as in `explain SCENARIO --seed 3 ORDER`. Not always:
            argparse can't do it where the usage has a per cent sign.
    """

    def __init__(self, *, where: str, examples: Sequence[str], **rest: Any) -> None:
        shown = "\n".join(f"  redclock {example}" for example in examples)
        rest |= {"epilog": f"for example:\n{shown}", "formatter_class": argparse.RawDescriptionHelpFormatter}
        super().__init__(**rest)
        self.intermixed = False
        self._where = where

    def fill(self) -> None:
        """Adds the words, unless they are there."""
        if not self._where:
            return
        from importlib import import_module

        module, _, function = self._where.partition(":")
        self._where = ""
        getattr(import_module(f"redclock.cli.{module}"), function)(self)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        self.fill()
        if not self.intermixed:
            return super().parse_known_args(args, namespace)
        self.intermixed = False  # what follows asks this method again
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self.intermixed = True
