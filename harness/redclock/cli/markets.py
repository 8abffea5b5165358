"""Which market a plan is asked of, and who looks after it: the usual one, one of a scenario or a profile, or others."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from redclock.cli.words import scenarios_read, the_only

if TYPE_CHECKING:
    from fakemarket.settings import Settings
    from redclock.planner.care import Care
    from redclock.scenario.model import Scenario

_OF_A_PLAN = ("market",)
_OF_ITS_PEOPLE = ("people", "subjects", "zone")
"""What a plan takes of a scenario besides, if somebody looks after the orders."""


def care_words(parser: argparse.ArgumentParser) -> None:
    """`--subject` of `plan`."""
    parser.add_argument(
        "--subject",
        metavar="MODULE:ATTR",
        help="who looks after the orders: your own logic, reference or daily_manual_check, and with it the people of "
        "the --market; default: nobody. For others than daily_manual_check and people who renew tokens unasked the "
        "world itself has to be asked, which takes a hundred times as long",
    )


def market_of(arguments: argparse.Namespace, otherwise: Mapping[str, Any], source: str) -> Settings | None:
    """The market of `--market` or `--profile` and `--with`, with other keys besides.

    None if there can't be one, which is said.

    Args:
        source: what a complaint calls the other keys.

    Raises:
        BadOrderFile: the profile can't be read.
    """
    if not (arguments.market or arguments.profile or arguments.settings or otherwise):
        from fakemarket.settings import Settings

        return Settings()  # reading scenarios is a fifth of a plan's second
    from redclock.scenario.read import BadScenarios, read_market

    if arguments.market:
        scenario = _scenario(arguments, otherwise)
        return None if scenario is None else scenario.market
    said = _said(arguments, otherwise)
    try:
        return read_market(said, f"{arguments.profile}, {source}" if arguments.profile else source)
    except BadScenarios as wrong:
        print(wrong, file=sys.stderr)
        return None


def care_of(arguments: argparse.Namespace, otherwise: Mapping[str, Any]) -> Care | None:
    """Who looks after the orders of that market; None if nobody does.

    Raises:
        BadPlan: there is nobody of that name.
    """
    if arguments.subject is None:
        return None
    from redclock.planner.care import Care
    from redclock.planner.sweep import BadPlan
    from redclock.run import NoSuchSubject, load_subject, subjects_of

    cast = _scenario(arguments, otherwise) if arguments.market else None
    sys.path.insert(0, str(Path.cwd()))
    try:
        for name in [arguments.subject] if cast is None else subjects_of(cast, arguments.subject):
            load_subject(name)
    except NoSuchSubject as wrong:
        raise BadPlan(f"--subject: {wrong}") from wrong
    return Care(arguments.subject, cast)


def _scenario(arguments: argparse.Namespace, otherwise: Mapping[str, Any]) -> Scenario | None:
    """The one of `--market`, with what is wanted otherwise; None if there can't be one, which is said."""
    said = _said(arguments, otherwise)
    known = _OF_A_PLAN if arguments.subject is None else _OF_A_PLAN + _OF_ITS_PEOPLE
    if strange := sorted(said.keys() - set(known)):
        print(
            f"{strange[0]}: a plan takes {', '.join(known)} of a scenario"
            + ("" if arguments.subject else f", and with --subject {', '.join(_OF_ITS_PEOPLE)}"),
            file=sys.stderr,
        )
        return None
    scenarios = scenarios_read([arguments.market], said)
    return None if scenarios is None else the_only(arguments.market, scenarios)


def _said(arguments: argparse.Namespace, otherwise: Mapping[str, Any]) -> dict[str, Any]:
    """What the profile and all `--with` say together, and other keys besides."""
    from redclock.planner.fit.profile import read_profile
    from redclock.scenario.read import merged

    said: dict[str, Any] = read_profile(arguments.profile)[0] if arguments.profile else {}
    for _, each in arguments.settings:
        said = merged(said, each)
    return merged(said, otherwise)
