"""Order files of other programs: a workbook and a Parquet file say what the CSV with the same orders says."""

import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest
from pyarrow import parquet

from redclock.checks.student import MissingExtra
from redclock.planner.history import History, read_orders
from redclock.planner.sheets import BadOrderFile

HEADER = ("order_id", "order_status", "placed_at", "paid_at", "shipped_at", "weight")
BOUGHT, PAID, SENT = map(datetime.fromisoformat, ("2026-03-02 10:00", "2026-03-02 10:05:07", "2026-03-04 16:30"))
ROWS: list[tuple[object, ...]] = [
    ("a1", "delivered", BOUGHT, PAID, SENT, 2.5),
    ("a2", "delivered", BOUGHT, None, None, 1.0),
    ("a3", "", BOUGHT, PAID, datetime.fromisoformat("2026-03-01 09:00"), 1.0),
    ("a4", "", BOUGHT, PAID, None, 3.0),
]


def as_csv(path: Path) -> Path:
    lines = [HEADER, *(["" if it is None else str(it) for it in row] for row in ROWS)]
    path.write_text("\n".join(map(",".join, lines)) + "\n")
    return path


def as_workbook(path: Path) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (HEADER, *ROWS):
        book.active.append(row)
    book.create_sheet("notes").append(["not an order"])
    book.save(path)
    return path


def as_parquet(path: Path) -> Path:
    columns = [pa.array([row[n] for row in ROWS], pa.timestamp("ns") if n in {2, 3, 4} else None) for n in range(6)]
    parquet.write_table(pa.table(columns, names=list(HEADER)), path)
    return path


def told(history: History) -> tuple[object, ...]:
    return history.orders, history.broken, history.columns


@pytest.mark.parametrize(("write", "name"), [(as_workbook, "orders.xlsx"), (as_parquet, "Orders.PARQUET")])
def test_the_same_orders_are_read_from_every_kind_of_file(
    tmp_path: Path, write: Callable[[Path], Path], name: str
) -> None:
    found = read_orders(write(tmp_path / name), "Europe/Madrid")
    assert told(found) == told(read_orders(as_csv(tmp_path / "orders.csv"), "Europe/Madrid"))
    assert [order.line for order in found.orders] == [2, 5]
    assert [(row.line, row.reason.split(" at ")[0]) for row in found.broken] == [
        (3, "delivered, but without a handover time"),
        (4, "handed over"),
    ]


def test_a_day_without_a_time_is_its_end_in_a_workbook_too(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["placed_at", "shipped_at"])
    sheet.append([])
    sheet.append([BOUGHT, date(2026, 3, 4)])
    sheet.append([BOUGHT, datetime.fromisoformat("2026-03-04 00:00")])
    book.save(tmp_path / "days.xlsx")
    first, second = read_orders(tmp_path / "days.xlsx", "UTC").orders
    assert (first.line, second.line) == (3, 4), "a blank row is no order, but a row"
    assert first.handed_over_at == int(datetime(2026, 3, 4, 23, 59, 59, tzinfo=UTC).timestamp())
    assert second.handed_over_at == int(datetime(2026, 3, 4, tzinfo=UTC).timestamp())


def test_numbers_of_orders_are_not_fractions_in_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["order_id", "placed_at", "shipped_at"], [801234567890.0, BOUGHT, SENT], [801234567890, BOUGHT, SENT]):
        book.active.append(row)
    book.save(tmp_path / "ids.xlsx")
    (twice,) = read_orders(tmp_path / "ids.xlsx", "UTC").broken
    assert twice.reason == "order 801234567890 again, first seen on line 2"


def test_instants_with_a_zone_keep_it_in_parquet(tmp_path: Path) -> None:
    times = pa.array([datetime(2026, 3, 2, 10, tzinfo=UTC)], pa.timestamp("ms", "America/Sao_Paulo"))
    parquet.write_table(pa.table([times, times], names=["placed_at", "shipped_at"]), tmp_path / "z.parquet")
    (order,) = read_orders(tmp_path / "z.parquet", "Europe/Madrid").orders
    assert order.purchased_at == int(datetime(2026, 3, 2, 10, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "orders.xlsx",
            b"order_id,placed_at\n",
            r"orders\.xlsx is named \.xlsx, but is no Excel workbook: .* save it as CSV",
        ),
        ("orders.xlsx", b"PK\x05\x06" + b"\0" * 18, r"named \.xlsx, but is no Excel workbook"),
        ("orders.parquet", b"order_id,placed_at\n", r"named \.parquet, but is no Parquet file: .* save it as CSV"),
        (
            "orders.xls",
            b"\xd0\xcf\x11\xe0",
            r"not a CSV file in UTF-8; save it as \.xlsx, or as CSV UTF-8",
        ),
        ("orders.csv", b"PK\x03\x04\0", r"not a CSV file in UTF-8; save it as \.xlsx, or as CSV UTF-8"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadOrderFile, match=message):
        read_orders(tmp_path / name, "UTC")


@pytest.mark.parametrize("name", ["orders.csv", "orders.xlsx", "orders.parquet"])
def test_a_file_that_is_not_there_cannot_be_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadOrderFile, match=r"orders\.\w+ cannot be read"):
        read_orders(tmp_path / name, "UTC")


def test_an_empty_workbook_is_refused(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "empty.xlsx")
    with pytest.raises(BadOrderFile, match=r"empty\.xlsx is empty: nothing is in its first sheet"):
        read_orders(tmp_path / "empty.xlsx", "UTC")


def test_without_the_extra_a_workbook_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = as_workbook(tmp_path / "orders.xlsx")
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(MissingExtra, match=r"needs openpyxl, .*redclock\[fit\].* or save it as CSV"):
        read_orders(path, "UTC")
