"""The command line: parses words, calls the library, turns outcomes into exit codes.

Heavy imports wait for the command that needs them.

Exit codes: 0 all hold, 1 a check failed, 2 bad usage or file, 3 a fault of redclock itself, 4 a limit was reached.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from redclock.cli.comparing import compare_words
from redclock.cli.exits import Exit, print_json
from redclock.cli.inquiry import explain_words, hunt_words, replay_words
from redclock.cli.killing import kills_words
from redclock.cli.words import Intermixed, at_least_one, numbers, scenarios_named, subject_words

_GC_THRESHOLD = 100_000
"""A market makes many objects and drops few while it lives: the collector's usual 700 costs a third of the time."""


def main(words: Sequence[str] | None = None) -> int:
    """Runs a command; its exit code."""
    arguments = _parser().parse_args(words)
    gc.set_threshold(_GC_THRESHOLD)
    command: Callable[[argparse.Namespace], int] = arguments.command
    try:
        return command(arguments)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    except Exception:  # noqa: BLE001  (the one place where a fault of our own becomes an exit code)
        traceback.print_exc()
        print(
            "redclock: this is a fault of redclock itself; please report it with the lines above",
            file=sys.stderr,
        )
        return Exit.FAULT


def share(text: str) -> float:
    """`2%` or `0.02` as a share."""
    try:
        value = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share; write it like 2% or 0.02") from None
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not between 0 and 100 %")
    return value


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="redclock",
        description="A marketplace in a box whose clock you hold.",
        epilog="exit codes: 0 all hold, 1 a check failed, 2 bad usage or file, 3 our own fault, 4 a limit reached",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=Intermixed)
    _run_words(commands.add_parser("run", help="run scenarios against the logic that looks after orders"))
    compare_words(commands.add_parser("compare", help="subjects side by side in the same worlds, with intervals"))
    kills_words(commands.add_parser("kills", help="which scenarios notice which broken subjects"))
    hunt_words(commands.add_parser("hunt", help="look for the scenario nobody thought of"))
    replay_words(commands.add_parser("replay", help="one run again, bit for bit"))
    explain_words(commands.add_parser("explain", help="one order's story, where its time went, and why it was missed"))
    _plan_words(commands.add_parser("plan", help="the miss rate for each preparation time"))
    _serve_words(commands.add_parser("serve", help="a market over HTTP, for programs in any language"))
    _verify_words(commands.add_parser("verify-determinism", help="one run in two processes: every event alike?"))
    schema = commands.add_parser("schema", help="the JSON Schema of scenario files, for editors")
    schema.set_defaults(command=_schema)
    demo = commands.add_parser("demo", help="watch a fortnight of orders, then every bundled scenario")
    demo.set_defaults(command=_demo)
    return parser


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from importlib.metadata import version

        print(version("redclock"))
        parser.exit()


def _run_words(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scenarios", nargs="*", metavar="NAME|PATH", help="bundled name, file or folder; all if none")
    parser.add_argument("--seeds", type=numbers, metavar="0..9", help="seeds to run; default: what each scenario says")
    parser.add_argument("-j", "--jobs", type=at_least_one, metavar="N", help="trials at a time; default: one a core")
    subject_words(parser)
    parser.set_defaults(command=_run)


def _verify_words(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scenario", metavar="NAME|PATH", help="bundled name or file")
    parser.add_argument("--seed", type=int, default=0)
    subject_words(parser)
    parser.set_defaults(command=_verify)


def _plan_words(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--preparation-days", type=numbers, default=range(3, 9), metavar="3..8")
    parser.add_argument("--target", type=share, default=0.02, metavar="2%", help="miss rate not to be exceeded")
    parser.add_argument("--seed", type=int, default=0, help="seed of the first replication")
    parser.add_argument("--runs", type=int, help="independent replications")
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.add_argument("--orders", type=Path, metavar="FILE.csv", help="backtest real orders instead")
    parser.add_argument("--country", default="ES", help="calendar of the backtest")
    parser.add_argument("--zone", default="Europe/Madrid", help="zone in which the file's times are read")
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="PURCHASE=NAME",
        help="which column holds what, if not detected",
    )
    parser.set_defaults(command=_plan)


def _serve_words(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on; beyond loopback a token is asked for"
    )
    parser.add_argument("--port", type=int, default=8080, help="0 picks a free one")
    parser.add_argument(
        "--control-token",
        metavar="TOKEN",
        default=os.environ.get("REDCLOCK_CONTROL_TOKEN") or None,
        help="what the control plane and the panel ask for; default: $REDCLOCK_CONTROL_TOKEN, else nothing on loopback "
        "and one made up for any other host",
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", metavar="2026-03-02T09:00", help="market time at opening (UTC); default: now")
    parser.add_argument("--speed", type=float, default=1.0, help="market seconds in a real second; 0 stands still")
    parser.add_argument("--history-days", type=int, default=28, help="days that have passed when it opens")
    parser.add_argument("--state", type=Path, metavar="DIR", help="keep the market here, so that it outlives a kill")
    parser.add_argument("--ready-json", action="store_true", help="one JSON line with addresses and keys once ready")
    parser.set_defaults(command=_serve)


def _run(arguments: argparse.Namespace) -> int:
    from itertools import groupby

    from rich.console import Console

    from redclock.checks.student import MissingExtra
    from redclock.report.terminal import render_suite
    from redclock.run import REFERENCE, Transport
    from redclock.suite import trials, verdict

    subject = arguments.subject or REFERENCE
    scenarios = scenarios_named(arguments.scenarios, subject)
    if scenarios is None:
        return Exit.USAGE
    console = Console()
    outcomes = []
    asked = trials(
        scenarios, arguments.seeds, subject=subject, transport=Transport(arguments.transport), jobs=arguments.jobs
    )
    with console.status("") as status:
        for outcome in asked:
            status.update(f"{outcome.scenario.name}, seed {outcome.seed}")
            outcomes.append(outcome)
    try:
        verdicts = [verdict(list(group)) for _, group in groupby(outcomes, key=lambda it: it.scenario.name)]
    except MissingExtra as missing:
        print(missing, file=sys.stderr)
        return Exit.USAGE
    render_suite(verdicts, console)
    if any(outcome.limit for outcome in outcomes):
        return Exit.LIMIT
    return Exit.HOLDS if all(each.passed for each in verdicts) else Exit.FAILED


def _schema(_: argparse.Namespace) -> int:
    from redclock.checks.measures import MEASURES
    from redclock.scenario.schema import json_schema

    print_json(json_schema((name, measure.says) for name, measure in MEASURES.items()))
    return Exit.HOLDS


def _verify(arguments: argparse.Namespace) -> int:
    from redclock.determinism import TrialFailed, compare
    from redclock.run import REFERENCE

    subject = arguments.subject or REFERENCE
    if scenarios_named([arguments.scenario], subject) is None:
        return Exit.USAGE
    try:
        found = compare(arguments.scenario, arguments.seed, subject=subject, transport=arguments.transport)
    except TrialFailed as failed:
        print(failed, file=sys.stderr)
        return Exit.FAULT
    said = f"{arguments.scenario}, seed {arguments.seed}"
    if found.first is None:
        print(f"{said}: {found.events} events, the same in two processes with other hash seeds and time zones")
        return Exit.HOLDS
    print(f"{said}: the same up to event {found.events}, then one process has\n  {found.first[0]}")
    print(f"and the other, with another hash seed and time zone,\n  {found.first[1]}")
    return Exit.FAILED


def _serve(arguments: argparse.Namespace) -> int:
    from datetime import UTC, datetime
    from secrets import token_urlsafe

    try:
        from fakemarket.doors.server import serve
    except ModuleNotFoundError as missing:
        print(f"serving needs {missing.name}; install it with: pip install 'redclock[serve]'", file=sys.stderr)
        return Exit.USAGE

    start_at = None
    if arguments.start:
        try:
            start = datetime.fromisoformat(arguments.start)
        except ValueError:
            print(f"--start {arguments.start!r} is not a date and time like 2026-03-02T09:00", file=sys.stderr)
            return Exit.USAGE
        start_at = int((start if start.tzinfo else start.replace(tzinfo=UTC)).timestamp())
    return serve(
        host=arguments.host,
        port=arguments.port,
        control_token=arguments.control_token,
        spare_token=token_urlsafe(),
        ready_json=arguments.ready_json,
        seed=arguments.seed,
        start_at=start_at,
        speed=arguments.speed,
        history_days=arguments.history_days,
        state=arguments.state,
    )


def _demo(_: argparse.Namespace) -> int:
    from redclock.report.demo import demo

    return Exit.HOLDS if demo() else Exit.FAILED


def _plan(arguments: argparse.Namespace) -> int:
    from redclock.checks.student import MissingExtra
    from redclock.planner.history import BadOrderFile
    from redclock.planner.replication import Undecided
    from redclock.planner.sweep import BadPlan

    try:
        return _backtest(arguments) if arguments.orders else _sweep(arguments)
    except (BadPlan, BadOrderFile, MissingExtra) as wrong:
        print(wrong, file=sys.stderr)
        return Exit.USAGE
    except Undecided as endless:
        print(endless, file=sys.stderr)
        return Exit.LIMIT


def _sweep(arguments: argparse.Namespace) -> int:
    from rich.console import Console

    from redclock.planner.sweep import RUNS, plan
    from redclock.report.plan_terminal import plan_json, render_plan

    found = plan(
        preparation_days=arguments.preparation_days,
        target=arguments.target,
        seed=arguments.seed,
        runs=RUNS if arguments.runs is None else arguments.runs,
    )
    if arguments.json:
        print_json(plan_json(found))
    else:
        render_plan(found, Console())
    return Exit.HOLDS


def _backtest(arguments: argparse.Namespace) -> int:
    from rich.console import Console

    from fakemarket.rules.calendars import WorkingCalendar
    from fakemarket.rules.deadlines import Anchor, CountdownRules, DeadlineClock
    from redclock.planner.backtest import backtest
    from redclock.planner.history import BadOrderFile, read_orders
    from redclock.report.plan_terminal import backtest_json, render_backtest

    unclear = [text for text in arguments.column if "=" not in text]
    if unclear:
        raise BadOrderFile(f"--column {unclear[0]!r} is not of the form PURCHASE=NAME")
    columns = dict(text.split("=", 1) for text in arguments.column)
    calendar = WorkingCalendar(arguments.country)
    try:
        calendar.check()
        rules = CountdownRules(1, Anchor.ORDER_CREATED, True, DeadlineClock.END_OF_DAY, arguments.zone, calendar)
    except ValueError as unknown:
        raise BadOrderFile(f"--country or --zone: {unknown}") from unknown
    found = backtest(read_orders(arguments.orders, arguments.zone, columns), rules, arguments.preparation_days)
    if arguments.json:
        print_json(backtest_json(found))
    else:
        render_backtest(found, Console())
    return Exit.HOLDS
