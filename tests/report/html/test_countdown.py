"""A countdown as it is drawn: it falls, rests while the order is frozen, and goes on later by as much."""

from __future__ import annotations

import pytest

from fakemarket.rules.status import Move
from fakemarket.world.ledger import Event, Ledger
from redclock.report.charts.scale import Scale
from redclock.report.charts.time_axis import DAY, HOUR, TimeAxis
from redclock.report.html.countdown import Stretch, draw_countdown, stretches


def events(*told: tuple[int, str, int | None]) -> list[Event]:
    ledger = Ledger()
    for at, what, ship_by_at in told:
        ledger.append(at, 1, what, {} if ship_by_at is None else {"ship_by_at": ship_by_at}, "test")
    return list(ledger)


def test_it_runs_from_its_start_to_the_orders_end() -> None:
    own = events((10, "countdown", 110), (60, Move.DECLARE_ALL, None))
    assert stretches(own, 60, pauses_in_cancel=False) == [Stretch(10, 60, 100, runs=True)]
    assert stretches(own, 60, pauses_in_cancel=False)[0].left_then == 50


def test_after_a_freeze_it_goes_on_with_what_was_left() -> None:
    own = events((10, "countdown", 110), (30, Move.FREEZE, None), (50, Move.UNFREEZE, None), (50, "countdown", 130))
    assert stretches(own, 130, pauses_in_cancel=False) == [
        Stretch(10, 30, 100, runs=True),
        Stretch(30, 50, 80, runs=False),
        Stretch(50, 130, 80, runs=True),
    ]


@pytest.mark.parametrize("pauses", [True, False])
def test_whether_a_cancellation_stops_it_is_the_markets_setting(pauses: bool) -> None:
    own = events((10, "countdown", 110), (30, Move.REQUEST_CANCEL, None))
    found = stretches(own, 90, pauses_in_cancel=pauses)
    rests = [Stretch(10, 30, 100, runs=True), Stretch(30, 90, 80, runs=False)]
    assert found == (rests if pauses else [Stretch(10, 90, 100, runs=True)])


def test_an_order_without_a_countdown_has_no_panel() -> None:
    assert stretches(events((1, Move.PLACE, None)), 9, pauses_in_cancel=False) == []
    assert draw_countdown([], TimeAxis(0, 9, "UTC"), Scale(0, 9, 0, 9), 34) == ("", 34)


@pytest.mark.parametrize(("left", "hues"), [(DAY + HOUR, ["ink", "red"]), (DAY, ["red"]), (DAY + 1, ["ink", "red"])])
def test_its_last_day_is_red(left: int, hues: list[str]) -> None:
    axis = TimeAxis(0, 3 * DAY, "UTC")
    body, _ = draw_countdown([Stretch(0, left, left, runs=True)], axis, Scale(0, 3 * DAY, 0, 900), 0)
    assert [hue for hue in body.split('class="') if hue.startswith(("ink thick", "red thick"))] != []
    assert [hue for hue in ("ink", "red") if f'class="{hue} thick"' in body] == hues
