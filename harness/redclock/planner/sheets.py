"""The cells of an order file as text, whatever program wrote it: CSV, an Excel workbook or Parquet.

The name's ending says which it is. What reads workbooks and Parquet is heavy and comes with an extra. Knows no orders
and no column: what cells mean is the reader's business.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from importlib.util import find_spec
from math import isnan
from pathlib import Path
from typing import Any
from warnings import catch_warnings, simplefilter
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from redclock.checks.student import MissingExtra

_DELIMITERS = ",;\t|"


class BadOrderFile(ValueError):
    """The file as a whole is of no use; single broken rows never raise this."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: the lines it starts and ends on, counted from 1, and its cells, or what is wrong with it."""

    line: int
    last_line: int
    cells: Sequence[str]
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The names of the columns, and the rows below them that are not blank."""

    header: list[str]
    rows: Iterator[SheetRow]


def sheet_of(path: Path) -> Sheet:
    """Reads `.xlsx` (its first sheet) and `.parquet` as such, and every other file as CSV in UTF-8.

    Between the cells of a CSV may be comma, semicolon, tab or bar.

    Raises:
        BadOrderFile: unreadable, not what its name says, empty, or without a header.
        MissingExtra: what reads such files is not installed.
    """
    match path.suffix.casefold():
        case ".xlsx":
            return _workbook(path)
        case ".parquet":
            return _parquet(path)
        case _:
            return _csv(path)


def is_table(path: Path) -> bool:
    """Whether the file keeps its cells apart by itself, as a CSV does not."""
    return path.suffix.casefold() in {".xlsx", ".parquet"}


def _csv(path: Path) -> Sheet:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as wrong:
        raise _unreadable(path, wrong) from None
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise BadOrderFile(f"{path} is not a CSV file in UTF-8; save it as .xlsx, or as CSV UTF-8")
    if not text.strip():
        raise BadOrderFile(f"{path} is empty; a header line and at least one order are needed")
    first_line = text.lstrip().partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(_DELIMITERS, key=first_line.count), strict=True)
    try:
        header = next(row for row in reader if row)
    except csv.Error as wrong:
        raise BadOrderFile(f"{path}: the first line is no CSV header ({wrong})") from None
    return Sheet(header, _csv_rows(reader))


def _csv_rows(reader: Any) -> Iterator[SheetRow]:
    """A reader goes on with the next line after an error. (Its type has no public name.)"""
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as wrong:
            yield SheetRow(line, reader.line_num, (), f"not CSV: {wrong}")
            continue
        if cells:
            yield SheetRow(line, reader.line_num, cells)


def _workbook(path: Path) -> Sheet:
    _check(path, "openpyxl")
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with catch_warnings():
            simplefilter("ignore")  # of styles that it doesn't know
            book = load_workbook(path, read_only=True, data_only=True)
            try:
                rows = [[_cell(it.value, it.number_format) for it in row] for row in book.worksheets[0].iter_rows()]
            finally:
                book.close()
    except OSError as wrong:
        raise _unreadable(path, wrong) from None
    except (BadZipFile, InvalidFileException, IndexError, KeyError, ValueError, ParseError) as wrong:
        raise BadOrderFile(f"{path} is named .xlsx, but is no Excel workbook: {wrong}; save it as CSV") from None
    width = max((len(cells) for cells in rows), default=0)
    filled = [SheetRow(n, n, [*cells, *[""] * (width - len(cells))]) for n, cells in enumerate(rows, 1) if any(cells)]
    if not filled:
        raise BadOrderFile(f"{path} is empty: nothing is in its first sheet; a header row and an order are needed")
    return Sheet(list(filled[0].cells), iter(filled[1:]))


def _parquet(path: Path) -> Sheet:
    _check(path, "pyarrow")
    import pyarrow as pa
    from pyarrow import parquet

    try:
        table = parquet.read_table(path)
        fields = [
            pa.field(it.name, pa.timestamp("us", it.type.tz)) if pa.types.is_timestamp(it.type) else it
            for it in table.schema
        ]
        columns = [column.to_pylist() for column in table.cast(pa.schema(fields), safe=False).columns]
    except OSError as wrong:
        raise _unreadable(path, wrong) from None
    except pa.ArrowException as wrong:
        raise BadOrderFile(f"{path} is named .parquet, but is no Parquet file: {wrong}; save it as CSV") from None
    rows = ([_cell(it) for it in cells] for cells in zip(*columns, strict=True))
    return Sheet(list(table.schema.names), (SheetRow(n, n, cells) for n, cells in enumerate(rows, 2)))


def _check(path: Path, package: str) -> None:
    if find_spec(package) is None:
        raise MissingExtra(
            f"{path} needs {package}, which the extra `fit` brings: pip install 'redclock[fit]'; or save it as CSV"
        )


def _unreadable(path: Path, wrong: OSError) -> BadOrderFile:
    return BadOrderFile(f"{path} cannot be read: {wrong.strerror or wrong}")


def _cell(value: Any, number_format: str = "h") -> str:
    """A value as a CSV would have it: whole numbers without a point, midnights without a time where none is shown."""
    match value:
        case None:
            return ""
        case datetime():
            dated = value.time() == time() and "h" not in number_format.casefold()
            return str(value.date()) if dated else str(value)
        case float():
            return "" if isnan(value) else str(int(value)) if value.is_integer() else str(value)
        case _:
            return str(value)
