"""Order files: what is found in them, and that nothing broken is lost in silence."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redclock.planner.history import NAMES, History, read_orders
from redclock.planner.sheets import BadOrderFile

HEADER = "order_id,order_status,order_purchase_timestamp,order_approved_at,order_delivered_carrier_date,weight"
GOOD = "a1,delivered,2026-03-02 10:00:00,2026-03-02 10:05:00,2026-03-04 16:00:00,2"


def read(tmp_path: Path, *lines: str, zone: str = "UTC", columns: dict[str, str] | None = None) -> History:
    path = tmp_path / "orders.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_orders(path, zone, columns)


def utc(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def test_the_columns_of_olist_are_found(tmp_path: Path) -> None:
    found = read(tmp_path, f"{HEADER},shipping_limit_date", f"{GOOD},2026-03-06 10:05:00")
    assert found.columns == {
        "purchase": "order_purchase_timestamp",
        "approval": "order_approved_at",
        "handover": "order_delivered_carrier_date",
        "status": "order_status",
        "weight": "weight",
        "limit": "shipping_limit_date",
        "order": "order_id",
    }
    (order,) = found.orders
    assert (order.line, order.status, order.weight) == (2, "delivered", 2.0)
    assert order.purchased_at == utc("2026-03-02 10:00:00")
    assert order.approved_at == utc("2026-03-02 10:05:00")
    assert order.handed_over_at == utc("2026-03-04 16:00:00")
    assert order.limit_at == utc("2026-03-06 10:05:00")


def test_the_fields_of_the_platforms_own_calls_are_found(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "order_id;order_status;gmt_create;gmt_pay_success;gmt_send_goods_time",
        "1;FINISH;2026-03-01 23:30:00;2026-03-01 23:31:00;2026-03-04 10:00:00",
        zone="America/Los_Angeles",
    )
    assert found.orders[0].purchased_at == utc("2026-03-02 07:30:00")
    assert found.orders[0].weight == 1


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_cells_may_be_kept_apart_in_four_ways(tmp_path: Path, delimiter: str) -> None:
    assert read(tmp_path, HEADER.replace(",", delimiter), GOOD.replace(",", delimiter)).orders[0].weight == 2


def test_headers_may_have_capitals_spaces_and_a_byte_order_mark(tmp_path: Path) -> None:
    found = read(tmp_path, "\ufeffPurchased at, Handed-over At", "2026-03-02 10:00,2026-03-03 10:00")
    assert found.columns == {"purchase": "Purchased at", "handover": " Handed-over At"}
    assert len(found.orders) == 1


def test_columns_can_be_mapped_by_hand_and_win_over_what_is_found(tmp_path: Path) -> None:
    lines = ("bought on,sent,order_purchase_timestamp", "2026-03-02 10:00,2026-03-03 10:00,2020-01-01 00:00")
    found = read(tmp_path, *lines, columns={"purchase": "bought on", "handover": "sent"})
    assert found.orders[0].purchased_at == utc("2026-03-02 10:00")
    assert found.mapped == {"purchase": "bought on", "handover": "sent"}


def test_times_with_an_offset_keep_it_and_others_are_read_in_the_zone(tmp_path: Path) -> None:
    lines = ("placed_at,shipped_at", "2026-03-02T10:00:00Z,2026-03-02 18:00:00")
    (order,) = read(tmp_path, *lines, zone="Europe/Madrid").orders
    assert order.purchased_at == utc("2026-03-02 10:00:00")
    assert order.handed_over_at == utc("2026-03-02 17:00:00")


def test_a_date_alone_never_makes_a_handover_come_before_its_purchase(tmp_path: Path) -> None:
    lines = (
        "placed_at,shipped_at",
        "2026-03-02 21:00,2026-03-02",
        "2026-03-02,2026-03-02 09:00",
        "2026-03-02,20260302T090000",
    )
    first, second, third = read(tmp_path, *lines).orders
    assert first.handed_over_at == utc("2026-03-02 23:59:59")
    assert second.purchased_at == utc("2026-03-02 00:00:00")
    assert third.handed_over_at == utc("2026-03-02 09:00:00"), "compact, but with a time of day"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("b,delivered,,,2026-03-04 16:00:00,1", "no purchase time"),
        ("b,delivered,yesterday,,2026-03-04 16:00:00,1", "purchase time 'yesterday' is not like 2026-03-02 14:30:00"),
        ("b,delivered,2026-02-30 10:00:00,,2026-03-04 16:00:00,1", "purchase time '2026-02-30 10:00:00' is not like"),
        ("b,delivered,0001-01-01 00:00:00,,2026-03-04 16:00:00,1", "is not between 1990 and 2100"),
        ("b,delivered,2026-03-02 10:00:00,soon,2026-03-04 16:00:00,1", "approval time 'soon'"),
        ("b,delivered,2026-03-02 10:00:00,,04/03/2026,1", "handover time '04/03/2026'"),
        ("b,delivered,2026-03-02 10:00:00,,2026-03-02 09:59:59,1", "before the purchase at 2026-03-02 10:00:00"),
        ("b,shipped,2026-03-02 10:00:00,,,1", "shipped, but without a handover time"),
        ("b,delivered,2026-03-02 10:00:00,,2026-03-04 16:00:00,-1", "weight '-1' is not a number of 0 or more"),
        ("b,delivered,2026-03-02 10:00:00,,2026-03-04 16:00:00,nan", "weight 'nan'"),
        ("b,delivered,2026-03-02 10:00:00,,2026-03-04 16:00:00,", "weight ''"),
        ("b,delivered,2026-03-02 10:00:00", "3 cells where the header has 6"),
        (GOOD, "order a1 again, first seen on line 2"),
        ('b,"deli"vered,2026-03-02 10:00:00,,2026-03-04 16:00:00,1', "not CSV"),
    ],
)
def test_a_broken_row_is_kept_with_its_line_and_the_reason(tmp_path: Path, row: str, reason: str) -> None:
    found = read(tmp_path, HEADER, GOOD, row, GOOD.replace("a1", "a2"))
    assert [order.line for order in found.orders] == [2, 4], "the rows around it are read"
    (broken,) = found.broken
    assert broken.line == 3
    assert reason in broken.reason


@pytest.mark.parametrize(
    "row",
    [
        "b,delivered,2026-03-02 10:00:00,,2026-03-02 10:00:00,1",
        "b,delivered,2026-03-02 10:00:00,2026-03-05 10:00:00,2026-03-04 16:00:00,1",
        "b,canceled,2026-03-02 10:00:00,,,1",
        "b,delivered,2026-03-02 10:00:00,,2026-03-04 16:00:00,0",
        ",delivered,2026-03-02 10:00:00,,2026-03-04 16:00:00,1",
    ],
)
def test_a_strange_row_is_not_a_broken_one(tmp_path: Path, row: str) -> None:
    assert read(tmp_path, HEADER, GOOD, row).broken == ()


def test_a_quote_left_open_says_which_lines_it_swallowed(tmp_path: Path) -> None:
    found = read(tmp_path, HEADER, GOOD, 'b,"delivered,2026-03-02', GOOD.replace("a1", "a2"), GOOD.replace("a1", "a3"))
    (broken,) = found.broken
    assert broken.line == 3
    assert "lines 3 to 5 were read as one row" in broken.reason


def test_a_cell_may_go_on_over_several_lines(tmp_path: Path) -> None:
    found = read(tmp_path, HEADER + ",note", GOOD + ',"two\nlines"', GOOD.replace("a1", "a2") + ",one")
    assert [order.line for order in found.orders] == [2, 4]


def test_blank_lines_are_no_rows(tmp_path: Path) -> None:
    found = read(tmp_path, "", HEADER, "", GOOD, "", "")
    assert ([order.line for order in found.orders], found.broken) == ([4], ())


cells = st.text(st.characters(codec="utf-8", exclude_characters='\0,"\r\n'), max_size=12)


@given(st.lists(st.lists(cells, min_size=2, max_size=4).filter(any), max_size=15))
def test_every_row_is_either_an_order_or_broken(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    path = tmp_path_factory.mktemp("orders") / "orders.csv"
    lines = ["placed_at,shipped_at,weight", "2026-03-02 10:00,2026-03-03 10:00,1", *(",".join(row) for row in rows)]
    path.write_text("\n".join(lines), encoding="utf-8")
    found = read_orders(path, "UTC")
    assert sorted([it.line for it in found.orders] + [it.line for it in found.broken]) == list(range(2, 3 + len(rows)))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "orders.csv is empty"),
        (b" \n\n", "orders.csv is empty"),
        (HEADER.encode() + b"\n", "has a header but no orders"),
        (b"PK\x03\x04\x14\x00\x06\x00\xff", "is not a CSV file in UTF-8"),
        (HEADER.encode("utf-16"), "is not a CSV file in UTF-8"),
        (b'{"orders": []}', "no column for the purchase time"),
        (b"placed_at~shipped_at\n", "first line is one cell, 'placed_at~shipped_at': the names of the columns"),
        (
            b"placed_at,shipped_at,placed_at\n",
            "has two columns 'placed_at', and one only can be the purchase",
        ),
        (
            b"order_purchased_timestamp,shipped_at\n",
            "no column for the purchase time .*nearest are order_purchased_timestamp",
        ),
        (b"placed_at,price\n2026-03-02,3\n", "no column for the handover time .*map one with --column handover=NAME"),
        (b'"placed_at"x,shipped_at\n', "the first line is no CSV header"),
    ],
)
def test_a_file_of_no_use_is_refused_with_what_was_looked_for(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(content)
    with pytest.raises(BadOrderFile, match=message):
        read_orders(path, "UTC")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadOrderFile, match=r"nowhere\.csv cannot be read: No such file"):
        read_orders(tmp_path / "nowhere.csv", "UTC")
    with pytest.raises(BadOrderFile, match="cannot be read"):
        read_orders(tmp_path, "UTC")


def test_a_mapping_to_what_is_not_there_is_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(BadOrderFile, match=r"no column 'order_purchase'; the nearest are order_purchase_timestamp"):
        read(tmp_path, HEADER, GOOD, columns={"purchase": "order_purchase"})
    with pytest.raises(BadOrderFile, match=f"'purchased' is nothing to map a column to; there are: {', '.join(NAMES)}"):
        read(tmp_path, HEADER, GOOD, columns={"purchased": "weight"})
    with pytest.raises(BadOrderFile, match="no column 'grams'"):
        read(tmp_path, HEADER, GOOD, columns={"weight": "grams"})


def test_an_unknown_zone_is_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is no time zone 'Europe/Madird'; the nearest are Europe/Madrid"):
        read(tmp_path, HEADER, GOOD, zone="Europe/Madird")
