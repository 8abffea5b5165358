"""What `plan` may be asked besides the rates: read before any work, answered after the plan, in the same luck."""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from redclock.cli.markets import market_of

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
    said = []
    for value in found:
        nested = value
        for name in reversed(path):
            nested = {name: nested}
        said.append((_called(value), nested))
    names = [name for name, _ in said]
    if not said or len(set(names)) < len(names):
        raise argparse.ArgumentTypeError(f"{text!r} names {'a value twice' if said else 'no value'}")
    return Values(text, ".".join(path), tuple(said))


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


def questions(arguments: argparse.Namespace) -> list[Question] | None:
    """What is asked, ready to be answered once there is a plan; None if it can't be, which has been said.

    Raises:
        BadPlan: the questions don't go together.
    """
    found = [*_across(arguments)]
    return None if None in found else [it for it in found if it is not None]


def question_again(arguments: argparse.Namespace) -> list[str]:
    """The words that ask the same again."""
    return [word for each in arguments.across for word in ("--across", each.text)]


def _across(arguments: argparse.Namespace) -> Iterator[Question | None]:
    from redclock.planner.grid import Factor, over_days, over_settings
    from redclock.planner.question import same_as
    from redclock.planner.sweep import BadPlan
    from redclock.scenario.read import merged

    factors = [Factor(each.key, tuple(name for name, _ in each.said)) for each in arguments.across]
    if not factors:
        return
    if len(factors) > 2:
        raise BadPlan("--across can be given twice at most: a table has two sides")
    if len(factors) == 2 and factors[0].name == factors[1].name:
        raise BadPlan(f"--across {factors[0].name} is given twice; name another setting, or all values in one")
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


def _called(value: Any) -> str:
    """A value in a heading: words as they are, all else as in JSON."""
    import orjson

    return value if isinstance(value, str) else orjson.dumps(value).decode()
