"""The command that chooses a preparation time: `plan`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from redclock.cli.exits import Exit, print_json
from redclock.cli.markets import care_of, care_words, market_of
from redclock.cli.own_orders import mapped, own_order_words, profile_words, with_fitted
from redclock.cli.plan_work import plan_work, work_words
from redclock.cli.questions import question_again, question_words, questions
from redclock.cli.report_files import PAGE, Kinds, asked_for, file_words, unwritable, write_files
from redclock.cli.what_if import considered, considered_json, what_if_words
from redclock.cli.words import change, day_counts, share

if TYPE_CHECKING:
    from fakemarket.settings import Settings
    from redclock.planner.care import Care
    from redclock.planner.questions.what_if import WhatIf
    from redclock.planner.sweep import Plan
    from redclock.report.answers.answer import Answer

_FILES: Kinds = (
    PAGE,
    ("csv", "a line for each preparation time"),
    ("parquet", "the same for pandas and other programs"),
)


def plan_words(parser: argparse.ArgumentParser) -> None:
    """Of `plan`."""
    parser.add_argument("--preparation-days", type=day_counts, default=range(3, 9), metavar="3..8")
    parser.add_argument("--target", type=share, default=0.02, metavar="2%", help="miss rate not to be exceeded")
    markets = parser.add_mutually_exclusive_group()
    markets.add_argument("--market", metavar="NAME|PATH", help="the market of a scenario; default: the usual one")
    profile_words(markets)
    parser.add_argument(
        "--with",
        dest="settings",
        action="append",
        type=change,
        default=[],
        metavar="KEY=VALUE",
        help="with another setting, such as market.warehouse.packers=3; may be repeated",
    )
    care_words(parser)
    parser.add_argument(
        "--compare",
        action="append",
        type=change,
        default=[],
        metavar="KEY=VALUE",
        help="what another setting would save, run by run in the same luck; may be repeated",
    )
    what_if_words(parser)
    parser.add_argument("--seed", type=int, default=0, help="seed of the first replication")
    parser.add_argument("--runs", type=int, help="independent replications")
    parser.add_argument("--half-width", type=share, metavar="0.2%", help="run until each rate is as sure as this")
    work_words(parser)
    parser.add_argument("--json", action="store_true", help="for machines")
    file_words(parser, _FILES)
    question_words(parser)
    parser.add_argument("--orders", type=Path, metavar="FILE.csv", help="backtest real orders instead")
    own_order_words(parser, "calendar of the backtest")
    parser.set_defaults(command=_plan)


def _plan(arguments: argparse.Namespace) -> int:
    from redclock.checks.student import MissingExtra
    from redclock.planner.executors import NoWorkers
    from redclock.planner.replication import CareFailed, Undecided
    from redclock.planner.sheets import BadOrderFile
    from redclock.planner.store import NoStore
    from redclock.planner.sweep import BadPlan

    try:
        return _backtest(arguments) if arguments.orders else _sweep(arguments)
    except (BadPlan, BadOrderFile, MissingExtra, NoStore, NoWorkers) as wrong:
        print(wrong, file=sys.stderr)
        return Exit.USAGE
    except CareFailed as wrong:
        print(wrong, file=sys.stderr)
        return Exit.FAILED
    except Undecided as endless:
        print(endless, file=sys.stderr)
        return Exit.LIMIT


def _sweep(arguments: argparse.Namespace) -> int:
    from rich.console import Console

    from redclock.planner.questions.what_if import WhatIf
    from redclock.planner.sweep import paired, plan
    from redclock.report.answers.answer import answers_json, render_answer
    from redclock.report.plan_terminal import compared_json, plan_json, render_compared, render_plan
    from redclock.report.plan_words import plan_command

    if unwritable(arguments, _FILES):
        return Exit.USAGE
    markets = _markets(arguments)
    besides = None if markets is None else questions(arguments)
    if markets is None or besides is None:
        return Exit.USAGE
    (_, settings, care), *others = markets
    asked = {"preparation_days": arguments.preparation_days, "target": arguments.target, "seed": arguments.seed}
    more = _more(arguments)
    compared = []
    with plan_work(arguments) as work:
        found = plan(settings, **asked, runs=arguments.runs, half_width=arguments.half_width, care=care, **work)
        if arguments.profile:
            found = with_fitted(found, arguments.profile, settings)
        command = plan_command(found, *more) if more else ""
        if not arguments.json:
            render_plan(found, Console(), command=command)
        for text, market, other_care in others:
            other = plan(market, **asked, runs=found.runs, care=other_care, **work)
            compared.append(WhatIf(text, other, paired(found, other)))
            if not arguments.json:
                render_compared(found, text, other, compared[-1].saved, Console())
        three = considered(arguments, settings, found, work)
        answers = []
        for answer in (each for question in besides for each in question(found, work)):
            answers.append(answer)
            if not arguments.json:
                render_answer(answer, Console())
    if arguments.json:
        others_json = {"compared": [compared_json(it.text, it.plan, it.saved) for it in compared]}
        others_json |= {**answers_json(answers), **considered_json(arguments, three)}
        print_json({**plan_json(found, command=command), **others_json})
    files = asked_for(arguments, _FILES)
    written = write_files(files, lambda kind: _made(kind, settings, found, more, (*compared, *three), answers))
    return Exit.HOLDS if written else Exit.USAGE


def _markets(arguments: argparse.Namespace) -> list[tuple[str, Settings, Care | None]] | None:
    """The market that is asked about, and those it is compared with, and who looks after each.

    None if one can't be, which has been said. Where somebody looks after the market, it is compared with nobody too.
    """
    markets = []
    for text, otherwise in [("", {}), *arguments.compare]:
        market = market_of(arguments, otherwise, text or "--with")
        if market is None:
            return None
        markets.append((text, market, care_of(arguments, otherwise)))
    if arguments.subject:
        markets.append(("nobody looking after the orders", markets[0][1], None))
    return markets


def _more(arguments: argparse.Namespace) -> list[str]:
    """The words of a plan for another market than the usual one."""
    words = ["--market", arguments.market] if arguments.market else []
    words += ["--profile", str(arguments.profile)] if arguments.profile else []
    words += ["--subject", arguments.subject] if arguments.subject else []
    words += [word for text, _ in arguments.settings for word in ("--with", text)]
    words += [word for text, _ in arguments.compare for word in ("--compare", text)]
    return words + ["--what-if"] * arguments.what_if + question_again(arguments)


def _made(
    kind: str, settings: Settings, plan: Plan, more: list[str], what_ifs: tuple[WhatIf, ...], answers: list[Answer]
) -> bytes:
    if kind == "html":
        from redclock.planner.inside import inside
        from redclock.report.html.plan_page import plan_html
        from redclock.report.plan_words import plan_command

        command = plan_command(plan, *more, "--html", "plan.html") if more else ""
        shown = inside(settings, plan)
        return plan_html(plan, command=command, inside=shown, what_ifs=what_ifs, answers=answers).encode()
    if kind == "parquet":
        from redclock.report.plan_frames import plan_parquet

        return plan_parquet(plan)
    from redclock.report.plan_csv import plan_csv

    return plan_csv(plan).encode()


def _backtest(arguments: argparse.Namespace) -> int:
    from rich.console import Console

    from fakemarket.rules.deadlines import Anchor, CountdownRules, DeadlineClock
    from redclock.planner.backtest import backtest
    from redclock.planner.history import read_orders
    from redclock.planner.sheets import BadOrderFile
    from redclock.report.plan_terminal import backtest_json, render_backtest

    if asked_for(arguments, _FILES):
        raise BadOrderFile("--html, --csv and --parquet are of a plan; a backtest of --orders has --json")
    if besides := question_again(arguments):
        raise BadOrderFile(f"{besides[0]} is a question of a plan; a backtest of --orders answers none")
    columns, calendar = mapped(arguments)
    rules = CountdownRules(1, Anchor.ORDER_CREATED, True, DeadlineClock.END_OF_DAY, arguments.zone, calendar)
    found = backtest(read_orders(arguments.orders, arguments.zone, columns), rules, arguments.preparation_days)
    if arguments.json:
        print_json(backtest_json(found))
    else:
        render_backtest(found, Console())
    return Exit.HOLDS
