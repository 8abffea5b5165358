"""The command line: parses words, calls the library, turns outcomes into exit codes.

Heavy imports wait for the command that needs them.

Exit codes: 0 all hold, 1 a check failed, 2 bad usage or file, 3 a fault of redclock itself, 4 a limit was reached.
"""

from __future__ import annotations

import argparse
import gc
import sys
import traceback
from collections.abc import Callable, Sequence
from enum import IntEnum
from pathlib import Path
from typing import Any

_GC_THRESHOLD = 100_000
"""A market makes many objects and drops few while it lives: the collector's usual 700 costs a third of the time."""


class Exit(IntEnum):
    """What the process tells its caller."""

    HOLDS = 0
    FAILED = 1
    USAGE = 2
    FAULT = 3
    LIMIT = 4


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


def numbers(text: str) -> range:
    """`3..8` or `4` as a range of whole numbers, both ends included."""
    first, _, last = text.partition("..")
    try:
        low, high = int(first), int(last or first)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number or a range like 0..9") from None
    if low < 0 or high < low:
        raise argparse.ArgumentTypeError(f"{text!r} is empty or negative; write it like 0..9")
    return range(low, high + 1)


def _at_least_one(text: str) -> int:
    """A whole number from 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


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
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Intermixed)
    _run_words(commands.add_parser("run", help="run scenarios against the logic that looks after orders"))
    _hunt_words(commands.add_parser("hunt", help="look for the scenario nobody thought of"))
    _replay_words(commands.add_parser("replay", help="one run again, bit for bit"))
    _explain_words(commands.add_parser("explain", help="one order's story, where its time went, and why it was missed"))
    _plan_words(commands.add_parser("plan", help="the miss rate for each preparation time"))
    _serve_words(commands.add_parser("serve", help="a market over HTTP, for programs in any language"))
    demo = commands.add_parser("demo", help="watch a fortnight of orders, then every bundled scenario")
    demo.set_defaults(command=_demo)
    return parser


class _Intermixed(argparse.ArgumentParser):
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


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from importlib.metadata import version

        print(version("redclock"))
        parser.exit()


def _run_words(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scenarios", nargs="*", metavar="NAME|PATH", help="bundled name, file or folder; all if none")
    parser.add_argument("--seeds", type=numbers, metavar="0..9", help="seeds to run; default: what each scenario says")
    parser.add_argument("--subject", metavar="MODULE:ATTR", help="your own logic; default: the reference subject")
    parser.add_argument("--transport", choices=("http", "direct"), default="http", help="how it reaches the market")
    parser.set_defaults(command=_run)


def _hunt_words(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--subject", metavar="MODULE:ATTR", help="your own logic; default: the reference subject")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--runs", type=_at_least_one, metavar="N", help="worlds to draw; default: 1000")
    length.add_argument("--minutes", type=float, metavar="M", help="how long to look for, instead")
    parser.add_argument("--seed", type=int, default=0, help="of the drawing")
    parser.add_argument("--known", action="append", default=[], metavar="WAY", help="a way of failing not to look for")
    parser.add_argument("--out", type=Path, default=Path("found"), metavar="DIR", help="where scenarios are written")
    parser.set_defaults(command=_hunt)


def _one_run_words(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scenario", metavar="NAME|PATH", help="bundled name or file")
    parser.add_argument("--seed", type=int, default=0, help="of the market")
    parser.add_argument("--subject", metavar="MODULE:ATTR", help="your own logic; default: the reference subject")
    parser.add_argument("--transport", choices=("http", "direct"), default="http", help="how it reaches the market")


def _replay_words(parser: argparse.ArgumentParser) -> None:
    _one_run_words(parser)
    parser.add_argument("--expect", metavar="DIGEST", help="exit with 1 if the run has another digest")
    parser.set_defaults(command=_replay)


def _explain_words(parser: _Intermixed) -> None:
    _one_run_words(parser)
    parser.intermixed = True
    parser.add_argument("order", nargs="?", type=int, metavar="ORDER", help="default: the first that was missed")
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.set_defaults(command=_explain)


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
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080, help="0 picks a free one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", metavar="2026-03-02T09:00", help="market time at opening (UTC); default: now")
    parser.add_argument("--speed", type=float, default=1.0, help="market seconds in a real second; 0 stands still")
    parser.add_argument("--history-days", type=int, default=28, help="days that have passed when it opens")
    parser.add_argument("--state", type=Path, metavar="DIR", help="keep the market here, so that it outlives a kill")
    parser.add_argument("--ready-json", action="store_true", help="one JSON line with addresses and keys once ready")
    parser.set_defaults(command=_serve)


def _run(arguments: argparse.Namespace) -> int:
    from rich.console import Console

    from redclock.checks.measures import MEASURES
    from redclock.report.terminal import render_suite
    from redclock.run import REFERENCE, NoSuchSubject, Transport, load_subject, run
    from redclock.scenario.library import NoSuchScenario, find
    from redclock.scenario.read import BadScenarios, read

    subject = arguments.subject or REFERENCE
    sys.path.insert(0, str(Path.cwd()))
    try:
        scenarios = read(find(arguments.scenarios), measures=MEASURES)
        load_subject(subject)
    except (NoSuchScenario, NoSuchSubject, BadScenarios) as wrong:
        print(wrong, file=sys.stderr)
        return Exit.USAGE
    console = Console()
    outcomes = []
    with console.status("") as status:
        for scenario in scenarios:
            for seed in arguments.seeds or range(scenario.seeds):
                status.update(f"{scenario.name}, seed {seed}")
                outcomes.append(run(scenario, seed, subject=subject, transport=Transport(arguments.transport)))
    render_suite(outcomes, console)
    if any(outcome.limit for outcome in outcomes):
        return Exit.LIMIT
    return Exit.HOLDS if all(outcome.passed for outcome in outcomes) else Exit.FAILED


def _hunt(arguments: argparse.Namespace) -> int:
    from rich.console import Console

    from redclock.run import REFERENCE, NoSuchSubject, load_subject

    try:
        from redclock.hunt.hunt import NO_END, Hunt
        from redclock.report.hunt_terminal import show_hunt
    except ModuleNotFoundError as missing:
        print(f"hunting needs {missing.name}; install it with: pip install 'redclock[hunt]'", file=sys.stderr)
        return Exit.USAGE
    subject = arguments.subject or REFERENCE
    sys.path.insert(0, str(Path.cwd()))
    try:
        load_subject(subject)
    except NoSuchSubject as wrong:
        print(wrong, file=sys.stderr)
        return Exit.USAGE
    minutes = arguments.minutes
    if minutes is not None and not 0 < minutes < NO_END:
        print(f"--minutes {minutes:g} is no time to look in; say more than 0", file=sys.stderr)
        return Exit.USAGE
    hunt = Hunt(
        subject,
        seed=arguments.seed,
        runs=arguments.runs or (1000 if minutes is None else NO_END),
        seconds=None if minutes is None else minutes * 60,
        known=frozenset(arguments.known),
    )
    return Exit.FAILED if show_hunt(hunt, arguments.out, Console()) else Exit.HOLDS


def _replay(arguments: argparse.Namespace) -> int:
    from redclock.report.one_run import one_run
    from redclock.report.whereabouts import BadQuestion

    try:
        outcome = one_run(arguments.scenario, arguments.seed, arguments.subject, arguments.transport)
    except BadQuestion as wrong:
        print(wrong, file=sys.stderr)
        return Exit.USAGE
    digest = outcome.ledger.digest()
    print(digest)
    return Exit.HOLDS if arguments.expect in (None, digest) else Exit.FAILED


def _explain(arguments: argparse.Namespace) -> int:
    from rich.console import Console

    from redclock.report.explain_terminal import explanation, render_explanation
    from redclock.report.one_run import inquest_of
    from redclock.report.whereabouts import BadQuestion

    try:
        inquest = inquest_of(arguments.scenario, arguments.seed, arguments.subject, arguments.transport)
        told = explanation(inquest, inquest.first_missed() if arguments.order is None else arguments.order)
    except BadQuestion as wrong:
        print(wrong, file=sys.stderr)
        return Exit.USAGE
    if arguments.json:
        _print_json(told)
    else:
        render_explanation(told, Console())
    return Exit.HOLDS


def _serve(arguments: argparse.Namespace) -> int:
    from datetime import UTC, datetime

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
    from redclock.planner.estimate import MissingExtra
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
        _print_json(plan_json(found))
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
        _print_json(backtest_json(found))
    else:
        render_backtest(found, Console())
    return Exit.HOLDS


def _print_json(answer: dict[str, Any]) -> None:
    import orjson

    sys.stdout.buffer.write(orjson.dumps(answer, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
