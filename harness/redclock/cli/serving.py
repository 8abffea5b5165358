"""The commands that keep a market open: `serve`, and `demo`, which lets one go by."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from redclock.cli.exits import Exit
from redclock.cli.words import none_or_more, port, speed


def serve_words(parser: argparse.ArgumentParser) -> None:
    """Of `serve`."""
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on; beyond loopback a token is asked for"
    )
    parser.add_argument("--port", type=port, default=8080, help="0 picks a free one")
    parser.add_argument(
        "--control-token",
        metavar="TOKEN",
        default=os.environ.get("REDCLOCK_CONTROL_TOKEN") or None,
        help="what the control plane and the panel ask for; default: $REDCLOCK_CONTROL_TOKEN, else nothing on loopback "
        "and one made up for any other host",
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", metavar="2026-03-02T09:00", help="market time at opening (UTC); default: now")
    parser.add_argument("--speed", type=speed, default=1.0, help="market seconds in a real second; 0 stands still")
    parser.add_argument("--history-days", type=none_or_more, default=28, help="days that have passed when it opens")
    parser.add_argument("--state", type=Path, metavar="DIR", help="keep the market here, so that it outlives a kill")
    parser.add_argument("--ready-json", action="store_true", help="one JSON line with addresses and keys once ready")
    parser.set_defaults(command=_serve)


def demo_words(parser: argparse.ArgumentParser) -> None:
    """Of `demo`."""
    parser.set_defaults(command=_demo)


def _serve(arguments: argparse.Namespace) -> int:
    from datetime import UTC, datetime
    from secrets import token_urlsafe

    try:
        from fakemarket.doors.server import serve
        from fakemarket.timeline import NoSuchTime
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
    try:
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
    except NoSuchTime as wrong:
        print(f"--start and --history-days: {wrong}", file=sys.stderr)
        return Exit.USAGE


def _demo(_: argparse.Namespace) -> int:
    from redclock.report.demo import demo

    return Exit.HOLDS if demo() else Exit.FAILED
