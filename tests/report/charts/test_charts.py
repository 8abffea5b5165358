"""Charts as text: whole XML, words kept clear of each other, flows that add up, files that stand alone."""

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redclock.report.charts.chart import DARK, HUES, LIGHT, Chart, chart_css
from redclock.report.charts.flow import Station, columns, draw_flow, links, visits
from redclock.report.charts.lanes import Lane, Note, Pip, Span, draw_lanes, draw_notes, rows_of
from redclock.report.charts.marks import TEXT, band, bars, line, steps, time_axis, x_axis, y_axis
from redclock.report.charts.scale import Scale
from redclock.report.charts.svg import label, number, path, tag, text_width
from redclock.report.charts.time_axis import TimeAxis

X = Scale(0, 100, 150, 850)
SVG = "{http://www.w3.org/2000/svg}"


def drawn(body: str) -> ET.Element:
    return ET.fromstring(Chart("c", "A <chart>", 'says "it"', 900, 300, body).svg())


def test_what_is_shown_is_escaped() -> None:
    root = drawn(label("a < b & c", 1, 2, 'x" onload="y'))
    text = root.findall(f"{SVG}text")[-1]
    assert (text.text, text.get("class")) == ("a < b & c", 'x" onload="y')
    assert root.findtext(f"{SVG}title") == "A <chart>"


def test_numbers_are_short_and_zero_has_no_sign() -> None:
    assert [number(it) for it in (1.0, 1.25, -0.01, 100)] == ["1", "1.2", "0", "100"]
    assert path([(0, 1), (2.5, 3)], closed=True) == "M0 1L2.5 3Z"


def test_attributes_that_are_none_are_left_out() -> None:
    assert tag("line", x1=0.5, class_=None, text_anchor="end") == '<line x1="0.5" text-anchor="end"/>'


def test_a_file_has_its_colours_written_out_and_asks_for_nothing() -> None:
    text = Chart("c", "t", "s", 10, 10, "").svg()
    assert "var(" not in text
    assert LIGHT["red"] in text
    assert re.findall(r"(?:https?:)?//[^\s\"']+", text) == ["http://www.w3.org/2000/svg"]
    assert set(re.findall(r"var\(--(\w+)\)", chart_css())) <= LIGHT.keys() == DARK.keys()
    assert set(HUES) <= LIGHT.keys()


def test_a_step_holds_until_the_next_and_the_last_until_the_end() -> None:
    y = Scale(0, 10, 100, 0)
    assert 'd="M150 100L500 100L500 50L850 50"' in steps([(0, 0), (50, 5)], 100, X, y, "blue")
    assert 'd="M150 100L500 50"' in line([(0, 0), (50, 5)], X, y, "blue")


def test_a_bar_stands_on_zero_and_nothing_is_drawn_for_none() -> None:
    y = Scale(0, 10, 100, 0)
    root = drawn(bars([(0, 10, 5), (10, 20, 0)], X, y, "blue"))
    (bar,) = [it for it in root.findall(f"{SVG}rect") if it.get("x")]
    assert (bar.get("y"), bar.get("height"), bar.get("width")) == ("50", "50", "69")


def test_a_band_lies_between_its_lines() -> None:
    y = Scale(0, 10, 100, 0)
    assert 'd="M150 50L850 0L850 80L150 100Z"' in band([(0, 0, 5), (100, 2, 10)], X, y, "blue")


def test_an_axis_of_values_has_them_under_it() -> None:
    said = [it.text for it in drawn(x_axis(Scale(3, 8, 100, 800), 0, 50, whole=True, unit=" d")).iter(f"{SVG}text")]
    assert said[1:] == ["3 d", "4 d", "5 d", "6 d", "7 d", "8 d"]


def test_axes_say_values_and_the_zone() -> None:
    body = y_axis(Scale(0, 4, 100, 0), 10, 90, whole=True, unit=" h") + time_axis(
        TimeAxis(0, 86_400, "Europe/Madrid"), Scale(0, 86_400, 10, 890), 0, 100
    )
    said = [it.text for it in drawn(body).iter(f"{SVG}text")]
    assert {"0 h", "4 h", "market time, Europe/Madrid"} <= set(said)


NOTES = st.lists(st.tuples(st.floats(-5, 100), st.text("abc", min_size=1, max_size=30)), max_size=15).map(
    lambda them: [Note(at, words, words) for at, words in sorted(them)]
)


@given(NOTES)
def test_no_words_of_notes_meet_each_other_or_another_ones_line(notes: list[Note]) -> None:
    rows = rows_of(notes, X)
    for one, (note, row) in enumerate(zip(notes, rows, strict=True)):
        left, right = X.held(note.at), X.held(note.at) + text_width(note.words, TEXT)
        for two, (other, other_row) in enumerate(zip(notes, rows, strict=True)):
            if one == two:
                continue
            theirs = X.held(other.at)
            if row == other_row:
                assert theirs >= right or theirs + text_width(other.words, TEXT) <= left
            if other_row > row:  # its line passes this row
                assert not left < theirs < right


def test_notes_that_are_far_apart_share_a_row() -> None:
    assert rows_of([Note(0, "one", ""), Note(1, "two", ""), Note(90, "three", "")], X) == (1, 0, 0)
    _, height = draw_notes([Note(0, "one", ""), Note(1, "two", "")], X, 0)
    assert height == 40


def test_a_lane_holds_what_lies_beyond_the_axis_at_its_end() -> None:
    lane = Lane("token", (Span(-50, 50, "fill-red", "dead", "dead"), Span(99, 99, "fill-red", "short", "short")))
    root = drawn(draw_lanes([lane, Lane("calls", pips=(Pip(200, "red", "late", tall=True),))], X, 0))
    first, second = [it for it in root.iter(f"{SVG}rect") if "fill-red" in it.get("class", "")]
    assert (first.get("x"), first.get("width"), second.get("width")) == ("150", "350", "2")
    assert [it.text for it in root.iter(f"{SVG}text")][1:] == ["token", "dead", "calls"], (
        "no words where there is no room"
    )
    assert {it.get("x1") for it in root.iter(f"{SVG}line")} >= {"850"}


WAYS = {("placed", "paid", "sent"): 6, ("placed", "paid", "missed"): 2, ("placed", "paid"): 1, ("placed", "sent"): 3}
STATIONS = {
    "placed": Station("ordered"),
    "paid": Station("paid"),
    "sent": Station("sent", "blue", ends=True),
    "missed": Station("missed", "red", ends=True),
}


def test_a_flow_adds_up() -> None:
    assert visits(WAYS) == {"placed": 12, "paid": 9, "sent": 9, "missed": 2}
    assert links(WAYS) == {
        ("placed", "paid"): 9,
        ("paid", "sent"): 6,
        ("paid", "missed"): 2,
        ("placed", "sent"): 3,
    }
    assert columns(WAYS) == {"placed": 0, "paid": 1, "sent": 2, "missed": 2}


def test_a_flow_says_each_number_once_pointed_at() -> None:
    chart = draw_flow("flow", "Flow", "", WAYS, STATIONS)
    root = ET.fromstring(chart.svg())
    tips = [it.text for it in root.iter(f"{SVG}title")][1:]
    assert tips == [
        "9 orders: ordered to paid",
        "3 orders: ordered to sent",
        "6 orders: paid to sent",
        "2 orders: paid to missed",
        "12 orders: ordered",
        "9 orders: paid\n1 of them had gone no further at the end",
        "9 orders: sent",
        "2 orders: missed",
    ]
    heights = {it.get("class"): float(it.get("height", "0")) for it in root.iter(f"{SVG}rect") if it.get("x")}
    assert heights["fill-blue"] == pytest.approx(heights["fill-red"] * 4.5, abs=0.3)


def test_ways_that_lead_in_a_circle_are_refused() -> None:
    with pytest.raises(ValueError, match="a, b"):
        columns({("a", "b"): 1, ("b", "a"): 1})


def test_a_flow_of_nobody_is_a_chart_too() -> None:
    assert draw_flow("flow", "Flow", "", {}, {}).svg()


def test_a_station_stands_no_higher_than_where_its_orders_come_from() -> None:
    ways = {("placed", "sent"): 8, ("placed", "paid", "missed"): 2}
    order = {name: STATIONS[name] for name in ("placed", "sent", "paid", "missed")}
    root = ET.fromstring(draw_flow("flow", "Flow", "", ways, order).svg())
    placed, sent, paid, missed = [float(it.get("y", "0")) for it in root.iter(f"{SVG}rect") if it.get("x")]
    assert placed == sent < paid == missed
