"""The command that learns a market from a seller's own orders: `fit`."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from redclock.cli.exits import Exit, print_json
from redclock.cli.own_orders import mapped, own_order_words
from redclock.cli.words import day_counts, share

if TYPE_CHECKING:
    from redclock.planner.fit.held_back import HeldBack
    from redclock.planner.history import History

_SHARE, _DAYS = 0.25, range(3, 9)


def fit_words(parser: argparse.ArgumentParser) -> None:
    """Of `fit`."""
    parser.add_argument("orders", type=Path, metavar="ORDERS", help="CSV, .xlsx or .parquet")
    parser.add_argument("--out", type=Path, metavar="FILE.toml", help="where the profile goes; default: printed")
    parser.add_argument("--parametric", action="store_true", help="durations as formulas, not as the file's quantiles")
    parser.add_argument(
        "--hold-back", type=share, default=_SHARE, metavar="25%", help="share of the orders, the latest, to predict"
    )
    parser.add_argument("--preparation-days", type=day_counts, default=_DAYS, metavar="3..8", help="to predict")
    own_order_words(parser, "calendar of the warehouse and of the countdown")
    parser.add_argument("--json", action="store_true", help="for machines")
    parser.set_defaults(command=_fit)


def _fit(arguments: argparse.Namespace) -> int:
    from redclock.checks.student import MissingExtra
    from redclock.planner.sheets import BadOrderFile
    from redclock.planner.sweep import BadPlan

    try:
        return _learn(arguments)
    except ModuleNotFoundError as missing:
        print(f"fitting needs {missing.name}; install it with: pip install 'redclock[fit]'", file=sys.stderr)
    except (BadOrderFile, BadPlan, MissingExtra) as wrong:
        print(wrong, file=sys.stderr)
    return Exit.USAGE


def _learn(arguments: argparse.Namespace) -> int:
    from rich.console import Console

    from redclock.planner.fit.learning import learn
    from redclock.planner.fit.profile import written
    from redclock.planner.history import read_orders
    from redclock.report.fit_terminal import fit_json, render_fit

    columns, calendar = mapped(arguments)
    history = read_orders(arguments.orders, arguments.zone, columns)
    profile = learn(history, calendar.country, parametric=arguments.parametric)
    held = _held(arguments, history)
    command = _command(arguments)
    text = written(profile, command)
    if arguments.out is not None:
        try:
            arguments.out.write_text(text, encoding="utf-8")
        except OSError as refused:
            print(f"--out {arguments.out}: can't be written: {refused.strerror}", file=sys.stderr)
            return Exit.USAGE
    if arguments.json:
        print_json(fit_json(profile, history, held, command=command, text=text))
        return Exit.HOLDS
    if arguments.out is None:
        sys.stdout.write(text)
    console = Console(stderr=arguments.out is None)
    written_to = shlex.quote(str(arguments.out)) if arguments.out else ""
    render_fit(profile, history, held, console, command=command, written=written_to)
    return Exit.HOLDS


def _held(arguments: argparse.Namespace, history: History) -> HeldBack | str:
    from redclock.planner.fit.held_back import held_back
    from redclock.planner.sheets import BadOrderFile

    asked = arguments.country, arguments.hold_back, arguments.preparation_days
    try:
        return held_back(history, *asked, parametric=arguments.parametric)
    except BadOrderFile as few:
        return str(few)


def _command(arguments: argparse.Namespace) -> str:
    from redclock.report.plan_words import days_word

    words = ["redclock", "fit", str(arguments.orders), "--country", arguments.country, "--zone", arguments.zone]
    words += [word for text in arguments.column for word in ("--column", text)]
    words += ["--parametric"] if arguments.parametric else []
    words += ["--hold-back", f"{100 * arguments.hold_back:g}%"] if arguments.hold_back != _SHARE else []
    days = tuple(arguments.preparation_days)
    words += ["--preparation-days", days_word(days)] if days != tuple(_DAYS) else []
    return shlex.join(words + (["--out", str(arguments.out)] if arguments.out else []))
