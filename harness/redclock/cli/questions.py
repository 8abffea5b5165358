"""What `plan` may be asked besides the rates: read before any work, answered after the plan, in the same luck."""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any

from redclock.cli.markets import care_of, market_of
from redclock.cli.words import at_least_one, numbers, share

if TYPE_CHECKING:
    from fakemarket.settings import Settings
    from redclock.planner.care import Care
    from redclock.planner.sweep import Plan
    from redclock.report.answers.answer import Answer

    Question = Callable[[Plan, Mapping[str, Any]], Iterable[Answer]]


_PRICES = ("--miss-costs", "--lost-per-day", "--margin")


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


def money(text: str) -> tuple[str, int]:
    """`25` or `25.50` as it was written and in cents."""
    try:
        cents = 100 * Decimal(text)
    except InvalidOperation:
        cents = Decimal(-1)
    if not cents.is_finite() or cents < 0 or cents != int(cents):
        raise argparse.ArgumentTypeError(f"{text!r} is no sum of money; write it like 25 or 25.50")
    return text, int(cents)


def share_said(text: str) -> tuple[str, float]:
    """`1%` or `0.01` as it was written and as a share."""
    return text, share(text)


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
    group.add_argument(
        "--sensitivity",
        action="store_true",
        help="what each setting that nobody confirms changes by itself (ten seconds on two cores)",
    )
    group.add_argument(
        "--sobol",
        type=at_least_one,
        metavar="64",
        help="the same, and how much the five that change most bring together, by so many samples: a power of 2 (64: "
        "ten seconds more)",
    )
    group.add_argument("--miss-costs", type=money, metavar="25", help="what a missed order costs you")
    group.add_argument("--lost-per-day", type=share_said, metavar="1%", help="orders lost by a day more to prepare")
    group.add_argument(
        "--margin",
        type=money,
        metavar="6",
        help="what an order brings; with these three: what each preparation time costs, and the cheapest",
    )


def questions(arguments: argparse.Namespace) -> list[Question] | None:
    """What is asked, ready to be answered once there is a plan; None if it can't be, which has been said.

    Raises:
        BadPlan: the questions don't go together.
        MissingExtra: an answer needs what isn't installed.
    """
    found: list[Question] = []
    for asked in (_across, _find, _sensitivity, _costs):
        some = asked(arguments)
        if some is None:
            return None
        found += some
    return found


def question_again(arguments: argparse.Namespace) -> list[str]:
    """The words that ask the same again."""
    words = [word for each in arguments.across for word in ("--across", each.text)]
    words += ["--find", arguments.find[0]] if arguments.find else []
    words += ["--sensitivity"] if arguments.sensitivity else []
    words += ["--sobol", str(arguments.sobol)] if arguments.sobol else []
    return words + [word for option, (text, _) in _prices(arguments).items() for word in (option, text)]


def _across(arguments: argparse.Namespace) -> list[Question] | None:
    if not arguments.across:
        return []
    from redclock.planner.questions.grid import Factor, over_days, over_settings
    from redclock.planner.questions.question import same_as
    from redclock.planner.sweep import BadPlan

    factors = [Factor(each.key, tuple(name for name, _ in each.said)) for each in arguments.across]
    if len(factors) > 2:
        raise BadPlan("--across can be given twice at most: a table has two sides")
    if len(factors) == 2 and factors[0].name == factors[1].name:
        raise BadPlan(f"--across {factors[0].name} is given twice; name another setting, or all values in one")
    from redclock.scenario.read import merged  # not before it is needed: a fifth of a plan's second

    markets: list[tuple[Settings, Care | None]] = []
    for chosen in product(*(each.said for each in arguments.across)):
        otherwise: dict[str, Any] = {}
        for _, said in chosen:
            otherwise = merged(otherwise, said)
        market = market_of(arguments, otherwise, "--across")
        if market is None:
            return None
        markets.append((market, care_of(arguments, otherwise)))

    def answer(plan: Plan, work: Mapping[str, Any]) -> Iterator[Answer]:
        asked = [partial(same_as(plan, care=care, **work), market) for market, care in markets]
        if len(factors) == 1:
            yield over_days(plan, factors[0], asked)
        else:
            yield over_settings(plan, factors[0], factors[1], asked)

    return [answer]


def _find(arguments: argparse.Namespace) -> list[Question] | None:
    from redclock.planner.questions.question import same_as
    from redclock.planner.questions.search import smallest
    from redclock.planner.sweep import BadPlan

    if arguments.find is None:
        return []
    text, each = arguments.find
    if len(arguments.preparation_days) > 1:
        raise BadPlan(f"--find {text} needs one preparation time, such as --preparation-days 5")
    markets = {}
    for name, said in each.said:
        market = market_of(arguments, said, "--find")
        if market is None:
            return None
        markets[int(name)] = market
    tried = range(min(markets), max(markets) + 1)
    return [lambda plan, work: [smallest(plan, each.key, tried, markets.__getitem__, same_as(plan, **work))]]


def _sensitivity(arguments: argparse.Namespace) -> list[Question] | None:
    from redclock.planner.questions.sobol import ready, sobol
    from redclock.planner.questions.tornado import tornado
    from redclock.planner.sweep import BadPlan

    samples: int | None = arguments.sobol
    if not arguments.sensitivity and samples is None:
        return []
    if samples is not None:
        ready(samples)
    settings = market_of(arguments, {}, "--with")
    if settings is None:
        return None
    if arguments.subject and not _known(care_of(arguments, {}), settings):
        raise BadPlan(
            "--sensitivity and --sobol are of markets that nobody looks after, or daily_manual_check and people who "
            "renew tokens unasked alone: leave out --subject or them"
        )

    def answers(plan: Plan, work: Mapping[str, Any]) -> Iterator[Answer]:
        found = tornado(plan, settings, told=work["told"])
        yield found
        if samples is not None:
            yield sobol(plan, settings, found, samples, told=work["told"])

    return [answers]


def _known(care: Care | None, settings: Settings) -> bool:
    from redclock.planner.care import habits_of

    return care is None or habits_of(care, settings) is not None


def _costs(arguments: argparse.Namespace) -> list[Question] | None:
    from redclock.planner.questions.cost import Prices, cost_curve
    from redclock.planner.sweep import BadPlan

    said = _prices(arguments)
    if not said:
        return []
    if len(said) < len(_PRICES):
        absent = [option for option in _PRICES if option not in said]
        makes = "makes" if len(said) == 1 else "make"
        raise BadPlan(f"{' and '.join(said)} alone {makes} no cost curve: it takes {' and '.join(absent)} too")
    if len(arguments.preparation_days) == 1:
        raise BadPlan("a cost curve needs two preparation times or more, such as --preparation-days 3..8")
    miss_cents, lost_share_a_day, margin_cents = (said[option][1] for option in _PRICES)
    prices = Prices(miss_cents, lost_share_a_day, margin_cents)
    return [lambda plan, _: [cost_curve(plan, prices)]]


def _prices(arguments: argparse.Namespace) -> dict[str, tuple[str, Any]]:
    """Those that were given, by their options: as they were written, and what they are."""
    given = ((it, getattr(arguments, it.removeprefix("--").replace("-", "_"))) for it in _PRICES)
    return {option: value for option, value in given if value is not None}


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
