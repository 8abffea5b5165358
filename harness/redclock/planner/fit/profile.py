"""What was learnt from a file of orders, as a market's settings with what each rests on; and as a file to plan by.

The file is TOML with the `[market]` of a scenario and `[fitted]`, which says what of it was learnt and from what. Knows
no orders.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby
from json import dumps
from pathlib import Path
from textwrap import wrap
from typing import Any

from fakemarket.knobs import described
from fakemarket.settings import Settings
from redclock.planner.sheets import BadOrderFile

_WIDTH = 110


class Evidence(StrEnum):
    """Why a setting of a profile is what it is."""

    LEARNT = "learnt"
    WITHIN = "within"
    """Its effect is within another setting that was learnt, so it has none of its own."""
    TOLD = "told"


@dataclass(frozen=True, slots=True)
class Finding:
    """One setting of the market.

    Attributes:
        name: dotted, as in `[market]`.
        value: what it was set to.
        says: what it rests on, for a reader.
        evidence: where it comes from.
    """

    name: str
    value: Any
    says: str
    evidence: Evidence = Evidence.LEARNT


@dataclass(frozen=True, slots=True)
class Match:
    """How well the market gives what the file has.

    Attributes:
        what: a duration.
        unit: of the quantiles.
        orders: how many it was seen in.
        shares: of which the quantiles are.
        observed: quantiles of the file.
        fitted: quantiles of the market.
        distance: the widest gap between the two shares below any value (Kolmogorov and Smirnov), from 0 to 1.
    """

    what: str
    unit: str
    orders: int
    shares: tuple[float, ...]
    observed: tuple[float, ...]
    fitted: tuple[float, ...]
    distance: float


@dataclass(frozen=True, slots=True)
class Profile:
    """A market learnt from orders.

    Attributes:
        source: the file.
        first_day: of purchases.
        last_day: the same.
        orders: that were handed over and so say something of handovers.
        settings: the market.
        findings: the settings that are otherwise than usual, in the order of the settings.
        matches: how well it fits.
        remarks: what is odd in the file, and what it can't tell.
    """

    source: str
    first_day: date
    last_day: date
    orders: int
    settings: Settings
    findings: tuple[Finding, ...]
    matches: tuple[Match, ...]
    remarks: tuple[str, ...]


def market_of(findings: tuple[Finding, ...]) -> dict[str, Any]:
    """Findings as the tables that `[market]` is made of."""
    tables: dict[str, Any] = {}
    for each in findings:
        *path, key = each.name.split(".")
        table = tables
        for part in path:
            table = table.setdefault(part, {})
        table[key] = _said(each.value)
    return tables


def written(profile: Profile, command: str) -> str:
    """The profile as a file.

    Args:
        profile: what was learnt.
        command: what makes it again.
    """
    lines = [
        f"# A market learnt from {profile.orders:,} orders of {profile.source},",
        f"# bought {profile.first_day} to {profile.last_day}.",
        f"# Made by: {command}",
        "# Used by: redclock plan --profile THIS-FILE",
    ]
    for match in profile.matches:
        lines += ["#", *_comment(_told(match))]
    for remark in profile.remarks:
        lines += ["#", *_comment(remark)]
    lines += [
        "",
        "[fitted]",
        f"source = {_toml(profile.source)}",
        f"orders = {profile.orders}",
        f"first_day = {profile.first_day}",
        f"last_day = {profile.last_day}",
        *(
            f"{kind} = {_toml([it.name for it in profile.findings if it.evidence is kind])}"
            for kind in (Evidence.LEARNT, Evidence.WITHIN)
        ),
    ]
    for table, findings in groupby(profile.findings, lambda it: it.name.rpartition(".")[0]):
        lines += ["", f"[market.{table}]"]
        for each in findings:
            lines += [*_comment(each.says), f"{each.name.rpartition('.')[2]} = {_toml(_said(each.value))}"]
    return "\n".join(lines) + "\n"


def read_profile(path: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """The tables of a profile's file, `market` alone; and where settings come from that come from orders, by name.

    Values are not checked here: that is for whoever reads a market's tables.

    Raises:
        BadOrderFile: it can't be read, or is no profile.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as wrong:
        raise BadOrderFile(f"{path} cannot be read: {wrong.strerror}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise BadOrderFile(f"{path} is not TOML ({wrong}); a profile is what `redclock fit` writes") from None
    about = document.pop("fitted", {})
    if not isinstance(document.get("market"), dict):
        raise BadOrderFile(f"{path} has no [market]; a profile is what `redclock fit` writes")
    said = {"learnt": "learnt from", "within": "its effect is within what was learnt from"}
    found: dict[str, str] = {}
    for kind, words in said.items():
        names = about.get(kind, []) if isinstance(about, dict) else None
        if not isinstance(names, list) or not all(isinstance(it, str) for it in names):
            raise BadOrderFile(f"{path}: [fitted] {kind} must be a list of names such as demand.orders_per_day")
        found |= dict.fromkeys(names, f"{words} {about.get('source', path)}")
    return document, found


def still_fitted(found: Mapping[str, str], profile: Settings, settings: Settings) -> dict[str, str]:
    """Of what comes from orders, the settings that still have the profile's value."""
    before, now = ({name: value for name, value, _ in described(it)} for it in (profile, settings))
    return {name: words for name, words in found.items() if name in now and now[name] == before[name]}


def _told(match: Match) -> str:
    rows = "; ".join(
        f"{100 * share:g} % {observed:.4g} and {fitted:.4g}"
        for share, observed, fitted in zip(match.shares, match.observed, match.fitted, strict=True)
    )
    return (
        f"{match.what}, quantiles in {match.unit} of {match.orders:,} orders and of this market: {rows}. "
        f"Kolmogorov-Smirnov distance {match.distance:.3f}."
    )


def _comment(text: str) -> Iterator[str]:
    return (f"# {line}" for line in wrap(text, _WIDTH))


def _said(value: Any) -> Any:
    """A value as TOML has it: tables for what has fields, without what is empty."""
    if is_dataclass(value):
        parts = {each.name: _said(getattr(value, each.name)) for each in fields(value)}
        kind = {"kind": parts.pop("kind")} if "kind" in parts else {}
        return kind | {name: part for name, part in parts.items() if part not in ("", [])}
    return [_said(it) for it in value] if isinstance(value, tuple | list) else value


def _toml(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return dumps(value, ensure_ascii=False)  # JSON's way to write text is one of TOML's
        case dict():
            return "{ " + ", ".join(f"{key} = {_toml(it)}" for key, it in value.items()) + " }"
        case list():
            whole = ", ".join(map(_toml, value))
            # Inside brackets TOML lets a line end anywhere between values.
            lines = wrap(whole, _WIDTH, break_long_words=False, break_on_hyphens=False)
            return f"[{whole}]" if len(lines) < 2 or "{" in whole else "[\n  " + "\n  ".join(lines) + "\n]"
        case _:
            return str(value)
