"""Words about a seller's own orders: how their file is read, and the profile that was learnt from one."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fakemarket.rules.calendars import WorkingCalendar
    from fakemarket.settings import Settings
    from redclock.planner.sweep import Plan


def own_order_words(parser: argparse.ArgumentParser, calendar: str) -> None:
    """How a file of real orders is read; `calendar` says what the country is for."""
    parser.add_argument("--country", default="ES", help=calendar)
    parser.add_argument("--zone", default="Europe/Madrid", help="zone in which the file's times are read")
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="PURCHASE=NAME",
        help="which column holds what, if not detected",
    )


def mapped(arguments: argparse.Namespace) -> tuple[dict[str, str], WorkingCalendar]:
    """The columns and the calendar that these words say.

    Raises:
        BadOrderFile: one of them, or the zone, can't be.
    """
    from fakemarket.rules.calendars import WorkingCalendar
    from fakemarket.rules.zones import zone_of
    from redclock.planner.sheets import BadOrderFile

    unclear = [text for text in arguments.column if "=" not in text]
    if unclear:
        raise BadOrderFile(f"--column {unclear[0]!r} is not of the form PURCHASE=NAME")
    calendar = WorkingCalendar(arguments.country)
    try:
        calendar.check()
        zone_of(arguments.zone)
    except ValueError as unknown:
        raise BadOrderFile(f"--country or --zone: {unknown}") from unknown
    return dict(text.split("=", 1) for text in arguments.column), calendar


def profile_words(group: argparse._MutuallyExclusiveGroup) -> None:
    """`--profile`, which names a market as `--market` does."""
    group.add_argument("--profile", type=Path, metavar="FILE.toml", help="the market that `redclock fit` learnt")


def with_fitted(plan: Plan, path: Path, settings: Settings) -> Plan:
    """The plan, saying which of its settings were learnt: those of a profile that nothing changed.

    Args:
        plan: what was found.
        path: the profile's file.
        settings: what was planned for: the profile's market, perhaps with other settings.
    """
    from redclock.planner.fit.profile import read_profile, still_fitted
    from redclock.planner.sweep import assumptions
    from redclock.scenario.read import read_market

    document, found = read_profile(path)
    fitted = still_fitted(found, read_market(document, str(path)), settings)
    return replace(plan, assumptions=assumptions(settings, fitted))
