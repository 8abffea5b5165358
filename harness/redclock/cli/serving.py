"""The commands that keep a market open: `serve`, and `demo`, which lets one go by."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from redclock.cli.exits import Exit
from redclock.folders import cache_folder


def serve_words(parser: argparse.ArgumentParser) -> None:
    """Of `serve`."""
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on; beyond loopback a token is asked for"
    )
    parser.add_argument("--port", type=_within(int, 0, 65_535), default=8080, help="0 picks a free one")
    parser.add_argument(
        "--control-token",
        metavar="TOKEN",
        default=os.environ.get("REDCLOCK_CONTROL_TOKEN") or None,
        help="what the control plane and the panel ask for; default: $REDCLOCK_CONTROL_TOKEN, else nothing on loopback "
        "and one made up for any other host",
    )
    parser.add_argument("--seed", type=_within(int, 0, 2**63 - 1), default=1)
    parser.add_argument("--start", metavar="2026-03-02T09:00", help="market time at opening (UTC); default: now")
    speed = _within(float, 0, 1_000_000)
    parser.add_argument("--speed", type=speed, default=1.0, help="market seconds in a real second; 0 stands still")
    days = _within(int, 0, 100_000)
    parser.add_argument(
        "--history-days", type=days, default=28, help="days that have passed before the day (UTC) on which it opens"
    )
    parser.add_argument("--state", type=Path, metavar="DIR", help="keep the market here, so that it outlives a kill")
    parser.add_argument("--no-cache", action="store_true", help="make history anew, though it was made before")
    parser.add_argument("--ready-json", action="store_true", help="one JSON line with addresses and keys once ready")
    parser.set_defaults(command=_serve)


def demo_words(parser: argparse.ArgumentParser) -> None:
    """Of `demo`."""
    parser.set_defaults(command=_demo)


def _within(kind: type[int | float], least: int, most: int) -> Callable[[str], float]:
    """Reads a number of a kind, from `least` to `most`."""

    def read(text: str) -> float:
        try:
            value = kind(text)
        except ValueError:
            value = kind(least - 1)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number from {least} to {most}")
        return value

    return read


def _serve(arguments: argparse.Namespace) -> int:
    from datetime import UTC, datetime
    from secrets import token_urlsafe

    from fakemarket.timeline import NoSuchTime, check_time, real_now

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
    opens_at = real_now() if start_at is None else start_at
    try:
        for at in (opens_at - arguments.history_days * 86_400, opens_at):
            check_time(at)
    except NoSuchTime as beyond:
        print(f"redclock serve: {beyond}; name another --start or fewer --history-days", file=sys.stderr)
        return Exit.USAGE
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
        cache=None if arguments.no_cache else cache_folder() / "worlds",
    )


def _demo(_: argparse.Namespace) -> int:
    from redclock.report.demo import demo

    return Exit.HOLDS if demo() else Exit.FAILED
