"""Words that several commands take, and how they are read."""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from redclock.scenario.model import Scenario


def numbers(text: str) -> range:
    """`3..8` or `4` as a range of whole numbers, both ends included."""
    first, dots, last = text.partition("..")
    try:
        low, high = int(first), int(last if dots else first)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number or a range like 0..9") from None
    if low < 0 or high < low:
        raise argparse.ArgumentTypeError(f"{text!r} is empty or negative; write it like 0..9")
    return range(low, high + 1)


def day_counts(text: str) -> tuple[int, ...]:
    """`3..8`, `4`, or `3,5..7` as whole numbers, rising and each once."""
    return tuple(sorted({number for part in text.split(",") for number in numbers(part)}))


def share(text: str) -> float:
    """`2%` or `0.02` as a share."""
    try:
        value = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share; write it like 2% or 0.02") from None
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not between 0 and 100 %")
    return value


def change(text: str) -> tuple[str, dict[str, Any]]:
    """`market.warehouse.packers = 3, days = 5` as it is written, and as the keys of TOML that it is."""
    try:
        return text, tomllib.loads(f"said = {{ {text} }}")["said"]
    except tomllib.TOMLDecodeError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not of the form KEY=VALUE, as in TOML; a value that is a word stands in quotes"
        ) from None


def at_least_one(text: str) -> int:
    """`2` as a number of at least 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of at least 1")
    return int(text)


def subject_words(parser: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    parser.add_argument(
        "--subject",
        metavar="MODULE:ATTR",
        help="your own logic, or script:path.py; default: the reference subject",
    )
    parser.add_argument("--transport", choices=("http", "direct"), default="http", help="how it reaches the market")


def tag_words(parser: argparse.ArgumentParser) -> None:
    """`--tag`."""
    parser.add_argument(
        "--tag",
        action="append",
        default=[],
        metavar="P1",
        help="only scenarios with this tag; P1,P2 takes either, --tag again asks for both",
    )


def having(tags: list[str], scenarios: Iterable[Scenario]) -> list[Scenario] | None:
    """The scenarios that `--tag` asks for; None if there are none, which has been said."""
    everything = list(scenarios)
    chosen = [it for it in everything if all(set(words.split(",")).intersection(it.tags) for words in tags)]
    if chosen:
        return chosen
    known = ", ".join(sorted({tag for it in everything for tag in it.tags})) or "none"
    print(f"--tag {' --tag '.join(tags)}: no scenario here is tagged so; tags: {known}", file=sys.stderr)
    return None


def scenarios_named(
    words: list[str], subject: str, otherwise: Mapping[str, Any] | None = None
) -> dict[str, Scenario] | None:
    """What some words mean, with every subject there, by how a command line calls each: a name or a path.

    None if one can't be run, which has been said.

    Args:
        otherwise: keys that are to be other than the files say.
    """
    from redclock.run import NoSuchSubject, load_subject, subjects_of

    scenarios = scenarios_read(words, otherwise)
    if scenarios is None:
        return None
    sys.path.insert(0, str(Path.cwd()))
    try:
        for name in dict.fromkeys(name for it in scenarios.values() for name in subjects_of(it, subject)):
            load_subject(name)
    except NoSuchSubject as wrong:
        print(wrong, file=sys.stderr)
        return None
    return scenarios


def scenarios_read(words: list[str], otherwise: Mapping[str, Any] | None = None) -> dict[str, Scenario] | None:
    """The same, whether or not anybody is there to run them."""
    from redclock.checks.measures import MEASURES
    from redclock.scenario.library import NoSuchScenario, bundled, find
    from redclock.scenario.read import BadScenarios, read

    try:
        paths = find(words)
        scenarios = read(paths, measures=MEASURES, otherwise=otherwise or {})
    except (NoSuchScenario, BadScenarios) as wrong:
        print(wrong, file=sys.stderr)
        return None
    ours = set(bundled().values())
    return {path.stem if path in ours else str(path): it for path, it in zip(paths, scenarios, strict=True)}


def the_only(word: str, scenarios: Mapping[str, Scenario]) -> Scenario | None:
    """The scenario that a word means; None if it means several, which is said."""
    if len(scenarios) > 1:
        print(f"{word} holds {len(scenarios)} scenarios; name one file of them", file=sys.stderr)
        return None
    return next(iter(scenarios.values()))
