"""Instants on the wire: three zones, none of them a fixed offset."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemarket.faces.aliexpress.moments import Stamp, beijing, pacific, pacific_instant, timestamp

YEARS = st.integers(0, 4_102_444_800)  # 1970 to 2100


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("utc", "shown"),
    [
        ("2026-03-08 09:59:59", "2026-03-08 01:59:59"),
        ("2026-03-08 10:00:00", "2026-03-08 03:00:00"),
        ("2026-11-01 08:59:59", "2026-11-01 01:59:59"),
        ("2026-11-01 09:00:00", "2026-11-01 01:00:00"),
    ],
)
def test_order_times_are_pacific_and_jump_with_summer_time(utc: str, shown: str) -> None:
    assert pacific(at(utc)) == shown


@given(YEARS)
def test_a_time_shown_is_read_back_as_the_same_instant(instant: int) -> None:
    shown = pacific(instant)
    read = pacific_instant(shown)
    assert read is not None
    assert pacific(read) == shown
    # An hour that comes twice in autumn is read the first time.
    assert read == instant or (instant - read == 3600 and pacific(instant - 3600) == shown)


def test_a_date_alone_is_no_bound_and_garbage_is_refused() -> None:
    assert pacific_instant("2026-03-02") is None
    for garbage in (
        "yesterday",
        "2026-03-02T00:00:00",
        "2026-02-30 00:00:00",
        "03/02/2026 00:00:00",
        "\uff12026-03-02",
    ):
        with pytest.raises(ValueError, match=r"2026-01-05 09:30:00|out of range"):
            pacific_instant(garbage)


@given(YEARS)
def test_a_timestamp_means_the_same_in_each_of_its_forms(instant: int) -> None:
    utc = datetime.fromtimestamp(instant, UTC).replace(tzinfo=None).isoformat()
    assert timestamp(str(instant * 1000)) == Stamp(instant * 1000, is_local=False)
    assert timestamp(f"{utc}Z") == Stamp(instant * 1000, is_local=False)
    assert timestamp(beijing(instant)) == Stamp(instant * 1000, is_local=True)


def test_beijing_is_eight_hours_ahead() -> None:
    assert beijing(at("2026-01-01 00:00:00")) == "2026-01-01 08:00:00"


@pytest.mark.parametrize(
    "text", ["", "now", "-1", "1e12", "2026-13-01 00:00:00", "2026-01-01T00:00:00", "2026-01-01", "9" * 17]
)
def test_anything_else_is_no_timestamp(text: str) -> None:
    assert timestamp(text) is None


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading(text: str) -> None:
    timestamp(text)


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_the_first_and_the_last_year_can_be_read(year: str) -> None:
    assert timestamp(f"{year}-01-01 00:00:00") is not None
    assert pacific_instant(f"{year}-12-31 23:59:59") is not None
