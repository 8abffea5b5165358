"""Orders that really happened, read from a CSV file.

Columns are found by the names that marketplaces give them, or mapped by hand. A row that can't be judged is never
dropped in silence: it is kept with its line and the reason. Knows no deadlines and no calendars.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from difflib import get_close_matches
from math import isfinite
from pathlib import Path
from typing import Any

from fakemarket.rules.zones import zone_of

NAMES: Mapping[str, tuple[str, ...]] = {
    "purchase": (
        "order_purchase_timestamp",
        "purchased_at",
        "gmt_create",
        "order_created_at",
        "placed_at",
        "order_date",
    ),
    "approval": ("order_approved_at", "approved_at", "gmt_pay_success", "gmt_pay_time", "paid_at", "date_of_payment"),
    "handover": ("order_delivered_carrier_date", "handed_over_at", "gmt_send_goods_time", "gmt_send", "shipped_at"),
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


class BadOrderFile(ValueError):
    """The file as a whole is of no use; single broken rows never raise this."""


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
        columns: what was found, and in which column.
        mapped: the part of `columns` that was given by hand.
    """

    source: str
    zone: str
    columns: Mapping[str, str]
    mapped: Mapping[str, str]
    orders: tuple[HistoricOrder, ...]
    broken: tuple[BrokenRow, ...]


def read_orders(path: Path, zone: str, columns: Mapping[str, str] | None = None) -> History:
    """Reads a CSV file with a header line; comma, semicolon, tab or bar between cells.

    Args:
        path: the file, in UTF-8.
        zone: IANA name of the zone of times without an offset.
        columns: names of columns that aren't found by themselves: `{"purchase": "bought on"}`.

    Raises:
        BadOrderFile: unreadable, not a CSV, empty, or without a column for purchase or handover.
        ValueError: no such zone.
    """
    zone_of(zone)
    text = _text(path)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        header = next(row for row in reader if row)
    except csv.Error as wrong:
        raise BadOrderFile(f"{path}: the first line is no CSV header ({wrong})") from None
    found = _columns(path, header, columns or {})
    orders: list[HistoricOrder] = []
    broken: list[BrokenRow] = []
    seen: dict[str, int] = {}
    for line, last_line, cells in _rows(reader):
        try:
            orders.append(_order(line, _row(cells, header, found), zone, seen))
        except _Unusable as why:
            several = f" (lines {line} to {last_line} were read as one row: is a quote left open?)"
            broken.append(BrokenRow(line, f"{why}{several if last_line > line else ''}"))
    if not orders and not broken:
        raise BadOrderFile(f"{path} has a header but no orders")
    return History(str(path), zone, found, dict(columns or {}), tuple(orders), tuple(broken))


class _Unusable(Exception):
    """Why a row is broken."""


def _text(path: Path) -> str:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as wrong:
        raise BadOrderFile(f"{path} cannot be read: {wrong.strerror}") from None
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise BadOrderFile(f"{path} is not a CSV file in UTF-8; a spreadsheet has to be saved as one first")
    if not text.strip():
        raise BadOrderFile(f"{path} is empty; a header line and at least one order are needed")
    return text


def _delimiter(text: str) -> str:
    header = text.lstrip().partition("\n")[0]
    return max(",;\t|", key=header.count)


def _columns(path: Path, header: list[str], mapped: Mapping[str, str]) -> dict[str, str]:
    unknown = mapped.keys() - NAMES.keys()
    if unknown:
        raise BadOrderFile(f"{min(unknown)!r} is nothing to map a column to; there are: {', '.join(NAMES)}")
    plain = {re.sub(r"\W+", "_", name.strip().lower()).strip("_"): name for name in header}
    found = {}
    for what, names in NAMES.items():
        name = mapped.get(what) or next((plain[each] for each in names if each in plain), None)
        if name in header:
            found[what] = name
        elif what in mapped or what in {"purchase", "handover"}:
            near = get_close_matches(name or names[0], header, n=3, cutoff=0.4)
            hint = (
                f"the nearest are {', '.join(near)}"
                if near
                else f"it has {', '.join(name[:40] for name in header[:10])}"
            )
            wanted = repr(name) if name else f"for the {what} time (looked for {', '.join(names)})"
            raise BadOrderFile(f"{path} has no column {wanted}; {hint}; map one with {what}=NAME")
    return found


def _rows(reader: Any) -> Iterator[tuple[int, int, list[str] | csv.Error]]:
    """First and last line of each row and its cells, or what is wrong with it. Blank lines are no rows.

    A reader goes on with the next line after an error. (Its type has no public name.)
    """
    while True:
        line = reader.line_num + 1
        cells: list[str] | csv.Error
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as wrong:
            cells = wrong
        if cells:
            yield line, reader.line_num, cells


def _row(cells: list[str] | csv.Error, header: list[str], found: Mapping[str, str]) -> dict[str, str]:
    if isinstance(cells, csv.Error):
        raise _Unusable(f"not CSV: {cells}")
    if len(cells) != len(header):
        raise _Unusable(f"{len(cells)} cells where the header has {len(header)}")
    return {what: cells[header.index(name)].strip() for what, name in found.items()}


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
