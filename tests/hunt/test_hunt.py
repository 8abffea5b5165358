"""A hunt finds what is wrong with a subject, makes it small, and writes a file that fails in the same way."""

import shlex
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from rich.console import Console

from fakemarket.settings import Settings
from redclock.checks.measures import MEASURES
from redclock.cli import main
from redclock.hunt.hunt import Hunt, Progress, fastest, verdict
from redclock.hunt.promises import PROMISES, Promise, looked_at, suspicious
from redclock.hunt.smaller import STEPS, World, size
from redclock.hunt.space import OF_THE_WORLD
from redclock.hunt.strategies import changed
from redclock.report.hunt_terminal import show_hunt
from redclock.run import REFERENCE, Transport, run
from redclock.scenario.model import Scenario
from redclock.scenario.read import read
from redclock.settling import LIVENESS

WRONG_DAYS = "redclock.subject.broken:counts_days_in_madrid"
TRUSTING = "redclock.subject.broken:trusts_the_platform"


def world(**other: object) -> Scenario:
    document = {
        "name": "world",
        "title": "A world",
        "proves": "Nothing.",
        "start": "2026-03-02",
        "days": 1,
        "market": {"demand": {"orders_per_day": 20.0}},
        "expect": [each.model_dump() for each in looked_at()],
    }
    return Scenario.model_validate({**document, **other}, strict=False)


def smaller(start: World) -> list[World]:
    return [step for kind in STEPS for step in kind(start)]


def test_every_promise_is_a_measure_that_scenarios_know() -> None:
    assert {promise.measure for promise in PROMISES} <= set(MEASURES)
    assert len({promise.name for promise in PROMISES}) == len(PROMISES)


@pytest.mark.parametrize(
    ("promise", "of_reference", "bound"),
    [
        (Promise("", "missed"), None, None),
        (Promise("", "missed"), 2.0, 2.0),
        (Promise("", "missed", at_most=1), 2.0, 1.0),
        (Promise("", "missed", at_most=1), 0.0, 0.0),
        (Promise("", "missed", slack=3, times=2), 2.0, 7.0),
        (Promise("", "missed", free=5), 2.0, 5.0),
        (Promise("", "missed", free=5), 6.0, 6.0),
        (Promise("", "lead_hours_p05", slack=6, enough=6), 24.0, 6.0),
        (Promise("", "lead_hours_p05", slack=6, enough=6), 8.0, 2.0),
        (Promise("", "lead_hours_p05", slack=6, enough=6), None, None),
    ],
)
def test_a_promise_is_bounded_by_itself_and_by_the_reference(
    promise: Promise, of_reference: float | None, bound: float | None
) -> None:
    assert promise.bound(of_reference) == bound


def test_the_reference_is_not_held_against_itself() -> None:
    slow = world(market={"demand": {"orders_per_day": 20.0}, "countdown": {"preparation_days": 2}})
    assert run(slow, 0, transport=Transport.DIRECT).measures["missed"]
    assert not list(verdict(slow, 0, REFERENCE))


def test_a_subject_that_misses_what_the_reference_saves_breaks_a_promise() -> None:
    lost = world(faults=[{"kind": "missing_from_import"}])
    assert {each.way for each in verdict(lost, 0, TRUSTING)} == {"missed", "never_imported"}


def test_the_reference_is_asked_only_where_it_can_matter() -> None:
    quiet = run(world(market={"demand": {"orders_per_day": 0.0}}), 0, transport=Transport.DIRECT)
    slow = world(market={"demand": {"orders_per_day": 20.0}, "countdown": {"preparation_days": 2}})
    missing = run(slow, 0, transport=Transport.DIRECT)
    assert not suspicious(quiet)
    assert suspicious(missing)
    assert suspicious(missing, "missed")
    assert not suspicious(missing, "duplicates")
    dead = run(world(faults=[{"kind": "token_dies", "at": "2026-03-03T10:00:00"}]), 0, subject="idle")
    assert suspicious(dead, "minutes_to_alert-token_dead"), "nobody told of it"


def test_whoever_leaves_numbers_to_the_last_hours_breaks_a_promise_though_none_is_missed() -> None:
    alone = world(
        faults=[
            {"kind": "token_dies", "at": "2026-03-04T10:00:00"},
            {"kind": "down", "operation": "POST /v1/channels/{id}/reset-credentials", "from": "2026-03-04T10:00:00"},
        ]
    )
    found = {each.way: each for each in verdict(alone, 0, "redclock.subject.broken:cuts_it_fine")}
    expect = found["lead_hours_p05"].expect
    assert expect is not None
    assert (expect.at_least, expect.at_most) == (6.0, None)
    assert "missed" not in found


def test_only_faults_of_calls_need_http() -> None:
    assert fastest(world(faults=[{"kind": "missing_from_import"}, {"kind": "wallet_empty"}])) is Transport.DIRECT
    assert fastest(world(faults=[{"kind": "missing_from_import"}, {"kind": "timeout"}])) is Transport.HTTP


def test_every_smaller_world_is_smaller_or_has_another_day_to_begin_with() -> None:
    market = changed(changed(Settings(), "warehouse.packers", 1), "mip.overlap_minutes", 0)
    whole = world(days=3, faults=[{"kind": "timeout", "share": 0.5, "nth": 2}, {"kind": "wallet_empty"}])
    start = (whole.model_copy(update={"market": market}), 7)
    steps = smaller(start)
    assert all(size(step) < size(start) for step in steps)
    left = {tuple(fault.kind for fault in scenario.faults) for scenario, _ in steps}
    assert {(), ("timeout",), ("wallet_empty",)} < left
    assert any(seed == 0 for _, seed in steps)
    assert not smaller((world(market={"demand": {"orders_per_day": 5.0}}), 0))


@pytest.mark.parametrize(("faults", "first_days"), [([], {2, 6}), ([{"kind": "timeout", "share": 0.5}], {6})])
def test_a_world_begins_on_another_day_only_where_no_fault_has_its_time(faults: object, first_days: set[int]) -> None:
    later = world(start="2026-03-06", days=2, faults=faults)
    kept = [each for each, _ in smaller((later, 0)) if len(each.faults) == len(later.faults)]
    assert {each.start.day for each in kept} == first_days


def test_people_go_one_by_one_and_a_process_that_dies_may_live() -> None:
    people = [{"does": "enter_numbers"}, {"does": "renew_token"}, {"does": "top_up_wallet"}]
    start = (world(people=people, subjects=[{"killed_every": "7 h"}]), 0)
    steps = [each for each, _ in smaller(start)]
    assert all(size((each, 0)) < size(start) for each in steps)
    assert {len(each.people) for each in steps} == {0, 1, 2, 3}
    assert any(each.subjects[0].killed_every is None for each in steps)


@pytest.mark.parametrize(("seller", "shops"), [("shop-1", {1, 2}), ("shop-2", {2})])
def test_no_seller_is_left_out_whom_a_fault_strikes(seller: str, shops: set[int]) -> None:
    two = world(market={"sellers": ["shop-1", "shop-2"]}, faults=[{"kind": "wallet_empty", "seller": seller}])
    left = {len(each.market.sellers) for each, _ in smaller((two, 0)) if each.faults == two.faults}
    assert left == shops


def test_what_is_found_is_a_file_that_fails_in_the_same_way_and_one_line_says_how(tmp_path: Path) -> None:
    others = frozenset({*(promise.name for promise in PROMISES), LIVENESS}) - {"never_imported"}
    hunt = Hunt(TRUSTING, seed=4, runs=12, known=others, kinds=("missing_from_import",))
    console = Console(record=True, width=200)
    folder = tmp_path / "what was found"
    assert show_hunt(hunt, folder, console) == 1
    (path,) = folder.glob("*.toml")
    (scenario,) = read([path], measures=MEASURES)
    assert [each.measure for each in scenario.expect] == ["never_imported"]
    assert len(scenario.faults) <= 1
    assert scenario.days == 1
    told = console.export_text()
    line = next(line for line in told.splitlines() if "again:" in line).partition("again: ")[2].strip()
    assert line in path.read_text()
    assert main(shlex.split(line)[1:]) == 1
    assert main(["run", str(path), "--seeds", "0"]) == 0, "the reference passes what it was compared with"


def test_a_hunt_that_finds_nothing_says_so_and_ends_after_its_runs(tmp_path: Path) -> None:
    told: list[Progress] = []
    hunt = Hunt(REFERENCE, seed=1, runs=4, kinds=OF_THE_WORLD, tell=told.append)
    assert list(hunt.finds()) == []
    assert {each.runs for each in told} == {0, 1, 2, 3}
    assert hunt.done == 4


@pytest.mark.parametrize(("subject", "deaths"), [(REFERENCE, True), ("script:idle.py", False)])
def test_a_hunt_goes_from_spot_to_spot_and_lets_no_script_die(
    subject: str, deaths: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, Any]] = []

    def quiet(kinds: Collection[str], **said: Any) -> st.SearchStrategy[World]:
        asked.append(said)
        return st.just((world(market={"demand": {"orders_per_day": 0.0}}), 0))

    monkeypatch.setattr("redclock.hunt.hunt.worlds", quiet)
    monkeypatch.chdir(tmp_path)
    Path("idle.py").touch()
    assert list(Hunt(subject, seed=5, runs=3).finds()) == []
    assert asked == [{"deaths": deaths, "turn": turn} for turn in (5, 6, 7)]


def test_a_find_is_made_small_for_as_long_as_there_is_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("redclock.hunt.hunt.SHRINK_SECONDS", 0.0)
    found = next(Hunt(WRONG_DAYS, seed=3, runs=2, kinds=OF_THE_WORLD).finds())
    assert found.shrink_runs <= 2, "the drawn ones: the simplest, and the one that breaks it"


def test_one_seed_is_one_hunt() -> None:
    def ways() -> list[tuple[str, int, int]]:
        hunt = Hunt(WRONG_DAYS, seed=3, runs=2, kinds=OF_THE_WORLD)
        return [(find.broken.way, find.seed, find.after_runs) for find in hunt.finds()]

    assert ways() == ways() != []


def test_ctrl_c_keeps_what_was_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = Hunt.finds

    def finds_one_and_is_stopped(hunt: Hunt) -> object:
        yield next(iter(found(hunt)))
        raise KeyboardInterrupt

    monkeypatch.setattr(Hunt, "finds", finds_one_and_is_stopped)
    assert show_hunt(Hunt(WRONG_DAYS, runs=3, kinds=OF_THE_WORLD), tmp_path, Console(quiet=True)) == 1
    assert len(list(tmp_path.glob("*.toml"))) == 1


def hunted(*words: str) -> Callable[[], int]:
    return lambda: main(["hunt", *words])


@pytest.mark.parametrize(
    "words", [("--subject", "nothing"), ("--minutes", "0"), ("--minutes", "-1"), ("--minutes", "nan")]
)
def test_bad_usage_is_told_before_anything_is_drawn(words: tuple[str, ...]) -> None:
    assert hunted(*words)() == 2


@pytest.mark.parametrize("words", [("--runs", "0"), ("--runs", "x"), ("--runs", "3", "--minutes", "1")])
def test_words_that_argparse_refuses_are_bad_usage_too(words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        hunted(*words)()
    assert ended.value.code == 2
