"""Words that several commands take, and how they are read."""

from __future__ import annotations

import argparse
from typing import Any


class Intermixed(argparse.ArgumentParser):
    """Takes options between a command's words, if it is to: `explain SCENARIO --seed 3 ORDER`.

    Not always: argparse can't do it where the usage has a per cent sign.
    """

    intermixed = False

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        if not self.intermixed:
            return super().parse_known_args(args, namespace)
        self.intermixed = False  # what follows asks this method again
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self.intermixed = True


def at_least_one(text: str) -> int:
    """`2` as a number of at least 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of at least 1")
    return int(text)


def subject_words(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--subject",
        metavar="MODULE:ATTR",
        help="your own logic, or script:path.py; default: the reference subject",
    )
    parser.add_argument("--transport", choices=("http", "direct"), default="http", help="how it reaches the market")
