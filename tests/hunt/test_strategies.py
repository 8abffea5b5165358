"""What is drawn can be run, said in a file and read again; and it shrinks towards the usual."""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, find, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from fakemarket.faults import KINDS, Fault
from fakemarket.market import MONDAY
from fakemarket.operations import OPERATIONS as KNOWN_OPERATIONS
from fakemarket.settings import Settings
from redclock.checks.measures import MEASURES
from redclock.hunt.hunt import fastest, worlds
from redclock.hunt.space import (
    APIS,
    EDIT_WINDOW_HOURS,
    OF_THE_WORLD,
    OPERATIONS,
    SETTINGS,
    SPOTS,
    STRENGTHS,
    STRIKES,
    Spot,
)
from redclock.hunt.strategies import MOST_FAULTS, blows, changed, faults, scenarios, setting, settings, table_of
from redclock.run import Transport
from redclock.scenario.expect import Expectation
from redclock.scenario.model import Scenario
from redclock.scenario.read import read
from redclock.scenario.write import written

MISSED = (Expectation(measure="missed", at_most=0.0),)
QUIET = hypothesis_settings(max_examples=2000, database=None, suppress_health_check=list(HealthCheck))


def drawn_scenarios() -> st.SearchStrategy[Scenario]:
    return scenarios(expect=MISSED, world=settings(sellers=3))


@hypothesis_settings(max_examples=40)
@given(drawn_scenarios())
def test_a_scenario_written_and_read_again_is_the_same(scenario: Scenario) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{scenario.name}.toml"
        path.write_text(written(scenario, "Why\n\nand how"))
        assert read([path], measures=MEASURES) == [scenario]


def test_only_what_differs_from_the_defaults_is_written() -> None:
    scenario = find(drawn_scenarios(), lambda _: True, settings=QUIET)
    assert written(scenario).splitlines() == [
        'title = "Drawn by chance"',
        'proves = "Whatever is drawn, what is promised holds."',
        "start = 2026-03-02",
        "days = 1",
        "expect = [",
        '    { measure = "missed", at_most = 0.0 },',
        "]",
        "",
        "[market.demand]",
        "orders_per_day = 5.0",
    ]


def test_where_somebody_makes_slips_they_can_be_put_right_for_longer_than_access_is_dead() -> None:
    slipping = find(drawn_scenarios(), lambda it: any(person.slips for person in it.people), settings=QUIET)
    assert slipping.market.carriers.edit_window_hours == EDIT_WINDOW_HOURS > (slipping.days + slipping.drain_days) * 24
    careful = find(drawn_scenarios(), lambda it: not it.people, settings=QUIET)
    assert careful.market.carriers.edit_window_hours == Settings().carriers.edit_window_hours


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_fault_is_drawn_and_said_in_a_file_as_it_is(kind: str) -> None:
    @hypothesis_settings(max_examples=15)
    @given(faults(start_at=MONDAY, days=3, kinds=[kind], sellers=["shop-1"]))
    def holds(fault: Fault) -> None:
        assert fault.kind == kind
        assert table_of(fault, "Europe/Madrid").fault(lambda at: at and int(at.timestamp())) == fault

    holds()


@pytest.mark.parametrize("row", [spot.blow for spot in SPOTS if spot.blow])
def test_faults_that_come_together_begin_together_and_are_said_in_a_file(row: Any) -> None:
    wanted = [word for word, _ in row]
    struck = find(
        blows(start_at=MONDAY, days=1, kinds=wanted), lambda it: [fault.kind for fault in it] == wanted, settings=QUIET
    )
    tables = [table_of(fault, "Europe/Madrid") for fault in struck]
    assert [table.fault(lambda at: at and int(at.timestamp())) for table in tables] == list(struck)
    assert len({getattr(table, "at", None) or getattr(table, "start", None) for table in tables}) == 1


def test_a_blow_that_needs_no_calls_is_left_to_worlds_without_them() -> None:
    light = blows(start_at=MONDAY, days=1, kinds=OF_THE_WORLD)
    both = ["token_dies", "carrier_refused"]
    find(light, lambda it: [fault.kind for fault in it] == both, settings=QUIET)
    with pytest.raises(NoSuchExample):
        find(blows(start_at=MONDAY, days=1), lambda it: [fault.kind for fault in it] == both, settings=QUIET)
    assert find(blows(start_at=MONDAY, days=1, kinds=["timeout"]), lambda _: True, settings=QUIET) == ()


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in SETTINGS.items() for value in values])
def test_every_row_of_the_space_is_a_setting_with_another_value_than_usual(name: str, value: Any) -> None:
    assert changed(Settings(), name, value) != Settings()


def test_every_strength_and_operation_belongs_to_something() -> None:
    for kind, fields in STRENGTHS.items():
        assert fields.keys() <= set(KINDS[kind].__dataclass_fields__), kind
    aims = {*APIS, *OPERATIONS, *(aim for row in STRIKES.values() for aim in row)}
    assert all(any(known.startswith(it) for known in KNOWN_OPERATIONS) for it in aims)
    assert STRIKES.keys() <= set(KINDS)


def test_every_strain_is_made_of_settings_that_are_drawn() -> None:
    assert {name for spot in SPOTS for name in spot.strain} <= set(SETTINGS)


@pytest.mark.parametrize("spot", SPOTS)
def test_worlds_are_in_one_spot_after_the_other(spot: Spot) -> None:
    @hypothesis_settings(max_examples=5, database=None)
    @given(worlds(turn=SPOTS.index(spot) + len(SPOTS)))
    def holds(world: tuple[Scenario, int]) -> None:
        scenario, _ = world
        turned = [name for name in SETTINGS if setting(scenario.market, name) != setting(Settings(), name)]
        assert set(spot.strain) <= set(turned)
        assert [fault.kind for fault in scenario.faults][: len(spot.blow)] == [word for word, _ in spot.blow]
        assert set(spot.people) <= set(scenario.people)
        assert len({person.does for person in scenario.people}) == len(scenario.people)
        assert len(scenario.faults) <= MOST_FAULTS
        limited = scenario.market.wire != Settings().wire
        assert not limited or fastest(scenario) is Transport.HTTP

    holds()


@hypothesis_settings(max_examples=25)
@given(st.integers(0, len(SPOTS) - 1).flatmap(lambda turn: worlds(["timeout"], turn=turn)))
def test_a_spot_is_passed_over_where_its_faults_are_not_drawn(world: tuple[Scenario, int]) -> None:
    assert {fault.kind for fault in world[0].faults} <= {"timeout"}
