"""Replications that are kept: what is there isn't run again, and the numbers are those of a straight run."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakemarket.distributions import Constant, Exponential
from fakemarket.settings import Countdown, Demand, Settings, Tokens
from redclock.planner import store as stores
from redclock.planner.care import Care
from redclock.planner.causes import CAUSES
from redclock.planner.replication import Horizon, Tally
from redclock.planner.replications import Replications, Told
from redclock.planner.store import NoStore, Store, question_digest, store_in
from redclock.planner.sweep import START_AT, BadPlan, plan

SMALL = Settings(demand=Demand(orders_per_day=25))
HORIZON = Horizon(START_AT, warm_up_days=2, days=3)
DAYS = (3, 4)
SEEDS = range(10, 16)


def counted(orders: int, misses: int) -> Tally:
    """A tally whose misses all have the first cause."""
    return Tally(orders, misses, (misses,) + (0,) * (len(CAUSES) - 1))


@pytest.fixture(scope="module")
def straight() -> dict[tuple[int, int], Tally]:
    """By preparation time and seed."""
    found = Replications(SMALL, HORIZON, DAYS, 1).tallies(SEEDS)
    return {
        (days, seed): it for days, row in zip(DAYS, found, strict=True) for seed, it in zip(SEEDS, row, strict=True)
    }


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with store_in(tmp_path / "plan.sqlite") as store:
        yield store


def asked(store: Store, seeds: range = SEEDS, market: Settings = SMALL) -> dict[tuple[int, int], Tally]:
    found = Replications(market, HORIZON, DAYS, 1, store=store).tallies(seeds)
    return {
        (days, seed): it for days, row in zip(DAYS, found, strict=True) for seed, it in zip(seeds, row, strict=True)
    }


def kept(store: Store, market: Settings = SMALL, seeds: range = SEEDS) -> dict[tuple[int, int], Tally]:
    return {(days, seed): it for days in DAYS for seed, it in store.tallies(market, HORIZON, days, seeds).items()}


@given(st.sets(st.tuples(st.sampled_from(DAYS), st.sampled_from(SEEDS))))
@settings(max_examples=25)
def test_what_is_kept_is_taken_as_it_is_and_the_rest_is_run_once(
    straight: dict[tuple[int, int], Tally], there: set[tuple[int, int]]
) -> None:
    with store_in(Path(":memory:")) as store:
        planted = {(days, seed): counted(1_000_000 + seed, days) for days, seed in there}
        store.keep(SMALL, HORIZON, [(days, seed, tally) for (days, seed), tally in planted.items()])
        assert asked(store) == {**straight, **planted}
        assert kept(store) == {**straight, **planted}


def test_a_longer_plan_and_another_preparation_time_run_only_what_is_new(store: Store) -> None:
    told: list[tuple[int, int]] = []

    def short(runs: int, days: range) -> object:
        return plan(SMALL, days, runs=runs, days=3, warm_up_days=2, store=store, told=lambda *it: told.append(it))

    assert short(3, range(3, 5)) == plan(SMALL, range(3, 5), runs=3, days=3, warm_up_days=2)
    assert told == [(0, 6), (6, 6)]
    told.clear()
    assert short(5, range(3, 6)) == plan(SMALL, range(3, 6), runs=5, days=3, warm_up_days=2)
    assert told[0] == (6, 15)
    assert told[-1] == (15, 15)
    told.clear()
    assert short(5, range(3, 6)) == plan(SMALL, range(3, 6), runs=5, days=3, warm_up_days=2)
    assert told == [(15, 15)]


def test_runs_that_a_half_width_asks_for_are_kept_too(store: Store) -> None:
    def sure(**more: Store) -> object:
        return plan(SMALL, (3, 4), runs=4, half_width=0.05, days=3, warm_up_days=2, **more)  # type: ignore[arg-type]

    assert sure(store=store) == sure() == sure(store=store)
    assert len(kept(store, seeds=range(1000))) > 2 * 4


@pytest.mark.parametrize(
    "other",
    [
        replace(SMALL, demand=Demand(orders_per_day=26)),
        replace(SMALL, warehouse=replace(SMALL.warehouse, packing_minutes=Constant(4))),
        replace(SMALL, warehouse=replace(SMALL.warehouse, packing_minutes=Exponential(4))),
    ],
)
def test_another_market_is_another_question(store: Store, other: Settings) -> None:
    asked(store)
    digests = {question_digest(market, HORIZON, 3) for market in (SMALL, other)}
    assert len(digests) == 2
    assert not kept(store, other)


def test_other_days_are_another_question_and_the_market_s_own_preparation_time_is_none(store: Store) -> None:
    asked(store)
    assert not store.tallies(SMALL, replace(HORIZON, days=4), 3, SEEDS)
    assert not store.tallies(SMALL, HORIZON, 5, SEEDS)
    assert kept(store, replace(SMALL, countdown=Countdown(preparation_days=9))) == kept(store)


def test_what_another_version_of_the_market_counted_is_not_counted_with_this_one_s(
    store: Store, straight: dict[tuple[int, int], Tally], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(stores, "model_version", lambda: "earlier")
        store.keep(SMALL, HORIZON, [(3, 10, counted(7, 7))])
    assert (store.outdated, asked(store), store.outdated) == (False, straight, True)
    with monkeypatch.context() as patch:
        patch.setattr(stores, "model_version", lambda: "earlier")
        assert kept(store) == {(3, 10): counted(7, 7)}


def test_fields_of_a_tally_are_kept_by_their_names(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    @dataclass(frozen=True, slots=True)
    class Longer:
        orders: int
        misses: int
        by_cause: tuple[int, ...]

    monkeypatch.setattr(stores, "Tally", Longer)
    longer: Any = Longer(9, 3, (1, 2, 0))
    store.keep(SMALL, HORIZON, [(3, 10, longer)])
    assert kept(store) == {(3, 10): longer}


def test_two_plans_at_once_keep_in_one_file_and_nothing_is_there_twice(
    tmp_path: Path, straight: dict[tuple[int, int], Tally]
) -> None:
    file = tmp_path / "plan.sqlite"

    def one(seeds: range) -> dict[tuple[int, int], Tally]:
        with store_in(file) as store:
            return asked(store, seeds)

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(one, (range(10, 14), range(12, 16)))
    assert {**first, **second} == straight
    with closing(sqlite3.connect(file)) as connection, connection:
        assert connection.execute("SELECT COUNT(*) FROM tallies").fetchone() == (len(straight),)


def test_a_full_disk_is_said_and_what_was_kept_stays(store: Store) -> None:
    store.keep(SMALL, HORIZON, [(3, 10, counted(5, 1))])
    store._connection.execute("PRAGMA max_page_count = 1")  # as many as there are: SQLite says it is full
    with pytest.raises(NoStore, match=r"plan\.sqlite can't be written: .*full; what it holds is safe"):
        store.keep(SMALL, HORIZON, [(3, seed, counted(5, 1)) for seed in range(11, 9_000)])
    assert kept(store, seeds=range(10_000)) == {(3, 10): counted(5, 1)}
    store._connection.execute("PRAGMA max_page_count = 10000")
    store.keep(SMALL, HORIZON, [(3, 11, counted(6, 1))])
    assert len(kept(store)) == 2


def test_a_damaged_file_is_said_and_so_is_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "plan.sqlite"
    with store_in(file) as store:
        store.keep(SMALL, HORIZON, [(3, seed, counted(5, 1)) for seed in range(3000)])
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2] + bytes(len(whole) - len(whole) // 2))
    with (
        pytest.raises(NoStore, match=r"plan\.sqlite.*(malformed|can't be read).*name another file"),
        store_in(file) as it,
    ):
        it.tallies(SMALL, HORIZON, 3, range(3000))
    with store_in(tmp_path / "b.sqlite") as store:
        store.keep(SMALL, HORIZON, [(3, 10, counted(5, 1))])
        store._connection.execute("UPDATE tallies SET tally = '{\"orders\": 5}'")
        with pytest.raises(NoStore, match=r"b\.sqlite can't be read: .*its runs are run anew"):
            kept(store)


def test_what_is_no_store_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    text, other, newer = (tmp_path / name for name in ("plan.csv", "other.sqlite", "newer.sqlite"))
    text.write_text("preparation_days\n" * 100)
    with closing(sqlite3.connect(other)) as connection, connection:
        connection.execute("CREATE TABLE sales (cents INTEGER)")
    with store_in(newer):
        pass
    with closing(sqlite3.connect(newer)) as connection, connection:
        connection.execute("PRAGMA user_version = 99")
    before = [it.read_bytes() for it in (text, other, newer)]
    with pytest.raises(NoStore, match=r"plan\.csv: file is not a database; name another file"), store_in(text):
        pass
    with pytest.raises(NoStore, match="holds something else than a plan's runs"), store_in(other):
        pass
    with pytest.raises(NoStore, match="written by another version of redclock"), store_in(newer):
        pass
    with pytest.raises(NoStore, match="unable to open database file; name another"), store_in(tmp_path):
        pass
    assert [it.read_bytes() for it in (text, other, newer)] == before


def test_runs_with_somebody_who_checks_are_kept_apart_from_those_with_nobody_or_another(store: Store) -> None:
    market = replace(SMALL, tokens=Tokens(dies_early=True, revoked_every_days=Constant(1.4)))

    def of(care: Care | None, store: Store | None, told: Told | None = None) -> list[list[Tally]]:
        return Replications(market, HORIZON, DAYS, 1, store=store, told=told, care=care).tallies(SEEDS)

    everybody = [None, *map(Care, ("idle", "daily_manual_check", "daily_manual_check@16"))]
    alone = [of(it, None) for it in everybody]
    assert [of(it, store) for it in everybody] == alone
    nobody, idle, *checked = alone
    assert nobody == idle != checked[0] != checked[1]
    for care, tallies in zip(everybody, alone, strict=True):
        there: list[int] = []
        assert of(care, store, lambda done, _wanted, there=there: there.append(done)) == tallies  # type: ignore[misc]
        assert there == [len(DAYS) * len(SEEDS)], "nothing is run again"


def test_a_plan_with_somebody_who_checks_goes_on_from_what_is_kept(store: Store) -> None:
    care = Care("daily_manual_check")
    asked: dict[str, Any] = {"preparation_days": DAYS, "days": 3, "warm_up_days": 2, "processes": 1}
    plan(SMALL, runs=3, store=store, care=care, **asked)
    assert plan(SMALL, runs=6, store=store, care=care, **asked) == plan(SMALL, runs=6, care=care, **asked)
    with pytest.raises(BadPlan, match="not when that of reference changes"):
        plan(SMALL, runs=3, store=store, care=Care("reference"), **asked)
