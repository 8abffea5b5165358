"""Which market a plan is asked of: the usual one or a scenario's, with what the command line wants otherwise."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from redclock.cli.words import scenarios_read, the_only

if TYPE_CHECKING:
    from fakemarket.settings import Settings


def market_of(arguments: argparse.Namespace, otherwise: Mapping[str, Any], source: str) -> Settings | None:
    """The market of `--market` and `--with`, with other keys besides; None if there can't be one, which is said.

    Args:
        source: what a complaint calls the other keys.
    """
    if not (arguments.market or arguments.settings or otherwise):
        from fakemarket.settings import Settings

        return Settings()  # reading scenarios is a fifth of a plan's second
    from redclock.scenario.read import BadScenarios, merged, read_market

    said: dict[str, Any] = {}
    for _, each in arguments.settings:
        said = merged(said, each)
    said = merged(said, otherwise)
    if arguments.market:
        scenarios = scenarios_read([arguments.market], said)
        scenario = None if scenarios is None else the_only(arguments.market, scenarios)
        return None if scenario is None else scenario.market
    try:
        return read_market(said, source)
    except BadScenarios as wrong:
        print(wrong, file=sys.stderr)
        return None
