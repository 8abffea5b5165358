"""Orders that really happened, read from a file.

Columns are found by the names that marketplaces give them, or mapped by hand. A row that can't be judged is never
dropped in silence: it is kept with its line and the reason. Knows no deadlines and no calendars.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from difflib import get_close_matches
from math import isfinite
from pathlib import Path

from fakemarket.rules.zones import zone_of
from redclock.planner.sheets import BadOrderFile, SheetRow, is_table, sheet_of

NAMES: Mapping[str, tuple[str, ...]] = {
    "purchase": (
        "order_purchase_timestamp",
        "purchased_at",
        "gmt_create",
        "order_created_at",
        "placed_at",
        "order_date",
    ),
    "approval": (
        "order_approved_at",
        "approved_at",
        "gmt_pay_success",
        "gmt_pay_time",
        "paid_at",
        "date_of_payment",
        "payment_time",
    ),
    "handover": (
        "order_delivered_carrier_date",
        "handed_over_at",
        "gmt_send_goods_time",
        "gmt_send",
        "shipped_at",
        "shipping_time",
    ),
    "status": ("order_status", "status"),
    "weight": ("weight", "sampling_weight"),
    "limit": ("shipping_limit_date", "over_time_left", "ship_by"),
    "order": ("order_id", "order_no", "id"),
}
"""What is looked for, under which names, the likeliest first. Those of the platform's calls and of olist are [C], the
others are guesses [A]; capitals, spaces and dots in a header don't matter. `weight` is how many real orders a row
stands for, not what the parcel weighs."""

HAS_LEFT = frozenset({"shipped", "delivered", "wait_buyer_accept_goods", "fund_processing"})
"""Statuses that mean: with the carrier. Without a handover time such a row contradicts itself."""


FIRST_YEAR, LAST_YEAR = 1990, 2100
"""Times outside these years are some program's way to write that there is none."""


@dataclass(frozen=True, slots=True)
class HistoricOrder:
    """One order of the file. Instants are seconds since the epoch; None means that the file has none."""

    line: int
    status: str
    purchased_at: int
    approved_at: int | None
    handed_over_at: int | None
    limit_at: int | None
    """The file's own limit for the handover."""
    weight: float


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row that can't be used: the line it starts on, counted from 1, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class History:
    """All rows of a file: each is either an order or broken.

    Attributes:
        source: the file, as it was named.
        zone: in which times without an offset were read.
        columns: what was found, and in which column; without an approval in any order, none of it.
        mapped: the part of `columns` that was given by hand.
    """

    source: str
    zone: str
    columns: Mapping[str, str]
    mapped: Mapping[str, str]
    orders: tuple[HistoricOrder, ...]
    broken: tuple[BrokenRow, ...]


def read_orders(path: Path, zone: str, columns: Mapping[str, str] | None = None) -> History:
    """Reads a file with a header.

    Args:
        path: CSV in UTF-8, `.xlsx` or `.parquet`.
        zone: IANA name of the zone of times without an offset.
        columns: names of columns that aren't found by themselves: `{"purchase": "bought on"}`.

    Raises:
        BadOrderFile: unreadable, not what its name says, empty, or without a column for purchase or handover.
        MissingExtra: what reads such files is not installed.
        ValueError: no such zone.
    """
    zone_of(zone)
    sheet = sheet_of(path)
    found = _columns(path, sheet.header, columns or {})
    orders: list[HistoricOrder] = []
    broken: list[BrokenRow] = []
    seen: dict[str, int] = {}
    for row in sheet.rows:
        try:
            orders.append(_order(row.line, _named(row, sheet.header, found), zone, seen))
        except _Unusable as why:
            several = f" (lines {row.line} to {row.last_line} were read as one row: is a quote left open?)"
            broken.append(BrokenRow(row.line, f"{why}{several if row.last_line > row.line else ''}"))
    if not orders and not broken:
        raise BadOrderFile(f"{path} has a header but no orders")
    if all(it.approved_at is None for it in orders):
        found.pop("approval", None)  # a program that knows no approvals may write the column all the same
    return History(str(path), zone, found, dict(columns or {}), tuple(orders), tuple(broken))


class _Unusable(Exception):
    """Why a row is broken."""


def _columns(path: Path, header: list[str], mapped: Mapping[str, str]) -> dict[str, str]:
    unknown = mapped.keys() - NAMES.keys()
    if unknown:
        raise BadOrderFile(f"{min(unknown)!r} is nothing to map a column to; there are: {', '.join(NAMES)}")
    plain = {re.sub(r"\W+", "_", name.strip().lower()).strip("_"): name for name in header}
    found = {}
    for what, names in NAMES.items():
        name = mapped.get(what) or next((plain[each] for each in names if each in plain), None)
        if name in header:
            if header.count(name) > 1:
                raise BadOrderFile(f"{path} has two columns {name!r}, and one only can be the {what}; rename the other")
            found[what] = name
        elif what in mapped or what in {"purchase", "handover"}:
            near = get_close_matches(name or names[0], header, n=3, cutoff=0.4)
            hint = (
                f"the nearest are {', '.join(near)}"
                if near
                else f"it has {', '.join(name[:40] for name in header[:10])}"
            )
            if len(header) == 1 and not is_table(path):
                hint = (
                    f"its first line is one cell, {header[0][:40]!r}: the names of the columns come first, with comma, "
                    "semicolon, tab or bar between them"
                )
            wanted = repr(name) if name else f"for the {what} time (looked for {', '.join(names)})"
            raise BadOrderFile(f"{path} has no column {wanted}; {hint}; map one with --column {what}=NAME")
    return found


def _named(row: SheetRow, header: list[str], found: Mapping[str, str]) -> dict[str, str]:
    if row.wrong:
        raise _Unusable(row.wrong)
    if len(row.cells) != len(header):
        raise _Unusable(f"{len(row.cells)} cells where the header has {len(header)}")
    return {what: row.cells[header.index(name)].strip() for what, name in found.items()}


def _order(line: int, row: Mapping[str, str], zone: str, seen: dict[str, int]) -> HistoricOrder:
    purchased_at = _instant(row, "purchase", zone)
    if purchased_at is None:
        raise _Unusable("no purchase time")
    approved_at = _instant(row, "approval", zone)
    handed_over_at = _instant(row, "handover", zone)
    limit_at = _instant(row, "limit", zone)
    status = row.get("status", "")
    if handed_over_at is None and status.casefold() in HAS_LEFT:
        raise _Unusable(f"{status}, but without a handover time")
    if handed_over_at is not None and handed_over_at < purchased_at:
        raise _Unusable(f"handed over at {row['handover']}, before the purchase at {row['purchase']}")
    weight = _weight(row)
    number = row.get("order", "")
    if number and seen.setdefault(number, line) != line:
        raise _Unusable(f"order {number} again, first seen on line {seen[number]}")
    return HistoricOrder(line, status, purchased_at, approved_at, handed_over_at, limit_at, weight)


def _instant(row: Mapping[str, str], what: str, zone: str) -> int | None:
    """The instant in a cell. A date alone means the start of the day for what starts a countdown, else its end."""
    text = row.get(what, "")
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _Unusable(f"{what} time {text!r} is not like 2026-03-02 14:30:00") from None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise _Unusable(f"{what} time {text!r} is not between {FIRST_YEAR} and {LAST_YEAR}")
    if len(text) <= len("2026-03-02") and what in {"handover", "limit"}:
        moment = datetime.combine(moment, time(23, 59, 59))
    return int((moment if moment.tzinfo else moment.replace(tzinfo=zone_of(zone))).timestamp())


def _weight(row: Mapping[str, str]) -> float:
    text = row.get("weight")
    if text is None:
        return 1.0
    try:
        weight = float(text)
    except ValueError:
        weight = -1.0
    if not (isfinite(weight) and weight >= 0):
        raise _Unusable(f"weight {text!r} is not a number of 0 or more")
    return weight
