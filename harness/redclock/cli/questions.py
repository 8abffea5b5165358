"""What `plan` may be asked besides the rates: read before any work, answered after the plan, in the same luck."""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from redclock.cli.markets import market_of
from redclock.cli.words import numbers

if TYPE_CHECKING:
    from redclock.planner.sweep import Plan
    from redclock.report.answers.answer import Answer

    Question = Callable[[Plan], Answer]


@dataclass(frozen=True, slots=True)
class Values:
    """`KEY=V1,V2,V3`: as it was written, and each value as it is called and as the keys of TOML that it is."""

    text: str
    key: str
    said: tuple[tuple[str, dict[str, Any]], ...]


def values(text: str) -> Values:
    """`market.warehouse.packers = 1,2,3`, the values as in TOML."""
    key, equals, listed = text.partition("=")
    try:
        found: Any = tomllib.loads(f"said = {{ {key} {equals} [{listed}] }}")["said"]
    except tomllib.TOMLDecodeError:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form KEY=VALUE,VALUE, as in TOML") from None
    path = []
    while isinstance(found, dict):
        ((name, found),) = found.items()
        path.append(name)
    said = tuple((_called(value), _within(path, value)) for value in found)
    names = [name for name, _ in said]
    if not said or len(set(names)) < len(names):
        raise argparse.ArgumentTypeError(f"{text!r} names {'a value twice' if said else 'no value'}")
    return Values(text, ".".join(path), said)


def whole_numbers(text: str) -> tuple[str, Values]:
    """`market.warehouse.packers=1..8` as it was written and as each number from the first to the last."""
    key, _, ends = text.partition("=")
    return text, values(f"{key}={','.join(map(str, numbers(ends)))}")


def question_words(parser: argparse.ArgumentParser) -> None:
    """Of `plan`."""
    group = parser.add_argument_group("more questions, answered in the same luck as the plan")
    group.add_argument(
        "--across",
        action="append",
        type=values,
        default=[],
        metavar="KEY=V1,V2",
        help="rates by preparation time and by the values of a setting, such as market.warehouse.packers=1,2,3; "
        "twice: by two settings, under the time that is recommended",
    )
    group.add_argument(
        "--find",
        type=whole_numbers,
        metavar="KEY=LOW..HIGH",
        help="the smallest number that meets the target, of a setting that helps as it grows, such as "
        "market.warehouse.packers=1..8, with one --preparation-days",
    )


def questions(arguments: argparse.Namespace) -> list[Question] | None:
    """What is asked, ready to be answered once there is a plan; None if it can't be, which has been said.

    Raises:
        BadPlan: the questions don't go together.
    """
    found = [*_across(arguments), *_find(arguments)]
    return None if None in found else [it for it in found if it is not None]


def question_again(arguments: argparse.Namespace) -> list[str]:
    """The words that ask the same again."""
    words = [word for each in arguments.across for word in ("--across", each.text)]
    return words + (["--find", arguments.find[0]] if arguments.find else [])


def _across(arguments: argparse.Namespace) -> Iterator[Question | None]:
    if not arguments.across:
        return
    from redclock.planner.grid import Factor, over_days, over_settings
    from redclock.planner.question import same_as
    from redclock.planner.sweep import BadPlan

    factors = [Factor(each.key, tuple(name for name, _ in each.said)) for each in arguments.across]
    if len(factors) > 2:
        raise BadPlan("--across can be given twice at most: a table has two sides")
    if len(factors) == 2 and factors[0].name == factors[1].name:
        raise BadPlan(f"--across {factors[0].name} is given twice; name another setting, or all values in one")
    from redclock.scenario.read import merged  # not before it is needed: a fifth of a plan's second

    markets = []
    for chosen in product(*(each.said for each in arguments.across)):
        otherwise: dict[str, Any] = {}
        for _, said in chosen:
            otherwise = merged(otherwise, said)
        market = market_of(arguments, otherwise, "--across")
        if market is None:
            yield None
            return
        markets.append(market)
    if len(factors) == 1:
        yield lambda plan: over_days(plan, factors[0], markets, same_as(plan))
    else:
        yield lambda plan: over_settings(plan, factors[0], factors[1], markets, same_as(plan))


def _find(arguments: argparse.Namespace) -> Iterator[Question | None]:
    from redclock.planner.question import same_as
    from redclock.planner.search import smallest
    from redclock.planner.sweep import BadPlan

    if arguments.find is None:
        return
    text, each = arguments.find
    if len(arguments.preparation_days) > 1:
        raise BadPlan(f"--find {text} needs one preparation time, such as --preparation-days 5")
    markets = {}
    for name, said in each.said:
        market = market_of(arguments, said, "--find")
        if market is None:
            yield None
            return
        markets[int(name)] = market
    tried = range(min(markets), max(markets) + 1)
    yield lambda plan: smallest(plan, each.key, tried, markets.__getitem__, same_as(plan))


def _within(path: Sequence[str], value: Any) -> dict[str, Any]:
    """A value at a place in tables within tables."""
    for name in reversed(path):
        value = {name: value}
    found: dict[str, Any] = value
    return found


def _called(value: Any) -> str:
    """A value in a heading: words as they are, all else as in JSON."""
    import orjson

    return value if isinstance(value, str) else orjson.dumps(value).decode()
