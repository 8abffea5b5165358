"""A world that was kept is the one that would be made, whenever it is opened and whatever became of its file."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakemarket.faults import Down
from fakemarket.keeping import cache as keeping
from fakemarket.keeping import pickles
from fakemarket.keeping.cache import MOST_FILES, Cache
from fakemarket.market import MONDAY, Market
from fakemarket.settings import Calendar, Demand, Mip, Settings, Tokens, Warehouse
from fakemarket.showcase import show_every_status
from fakemarket.world.beginning import Beginning, Source, anew
from fakemarket.world.world import World

DAY = 86_400
SMALL = Settings(demand=Demand(orders_per_day=8))
BEGINNING = Beginning(5, SMALL, MONDAY)


def made(beginning: Beginning, at: int) -> World:
    world = beginning.world()
    world.advance_to(at)
    return world


@pytest.fixture
def no_world_is_made(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From the call on, a world that is made is an error."""

    def from_now_on() -> None:
        def refuse(_: Beginning) -> World:
            raise AssertionError("a world was made that had been kept")

        monkeypatch.setattr(Beginning, "world", refuse)

    return from_now_on


@given(
    seed=st.integers(0, 2**63 - 1),
    several=st.booleans(),
    begins=st.integers(-DAY, DAY),
    days=st.integers(1, 5),
    second=st.sampled_from([0, 1, 40_000, DAY - 1]),
    goes_on=st.integers(0, 20 * DAY),
)
@settings(max_examples=20)
def test_a_market_from_the_cache_goes_on_like_one_that_was_made(
    tmp_path_factory: pytest.TempPathFactory,
    seed: int,
    several: bool,
    begins: int,
    days: int,
    second: int,
    goes_on: int,
) -> None:
    shops = ("shop-1", "shop-2") if several else ("shop-1",)
    shop = replace(SMALL, sellers=shops, tokens=Tokens(dies_early=several), warehouse=Warehouse(out_of_stock_share=0.2))
    source = Cache(tmp_path_factory.mktemp("cache")).world

    def opened(source: Source) -> Market:
        start_at = MONDAY + begins
        history_seconds = MONDAY + days * DAY + second - start_at
        return Market(
            seed=seed,
            settings=shop,
            start_at=start_at,
            history_days=history_seconds / DAY,
            opening=show_every_status,
            source=source,
        )

    plain, first, second_time = opened(anew), opened(source), opened(source)
    assert plain.now() == MONDAY + days * DAY + second
    for market in (plain, first, second_time):
        market.advance(seconds=goes_on)
    assert first.ledger.digest() == second_time.ledger.digest() == plain.ledger.digest()
    for market in (plain, second_time):
        market.reset()
        market.advance(days=1)
    assert second_time.ledger.digest() == plain.ledger.digest()


def test_what_was_made_once_is_not_made_again(tmp_path: Path, no_world_is_made: Callable[[], None]) -> None:
    first = Cache(tmp_path).world(BEGINNING, MONDAY + 3 * DAY)
    no_world_is_made()
    again = Cache(tmp_path).world(BEGINNING, MONDAY + 3 * DAY)
    assert again is not first
    assert again.ledger.digest() == first.ledger.digest()


@pytest.mark.parametrize(("second", "midnight"), [(-1, 2), (0, 3), (1, 3)])
def test_a_world_is_kept_as_it_was_at_the_last_midnight(tmp_path: Path, second: int, midnight: int) -> None:
    world = Cache(tmp_path).world(BEGINNING, MONDAY + 3 * DAY + second)
    assert world.now == MONDAY + midnight * DAY


def test_each_midnight_is_kept_for_itself(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    for days in (3, 2, 4, 3):
        world = cache.world(BEGINNING, MONDAY + days * DAY)
        assert world.ledger.digest() == made(BEGINNING, MONDAY + days * DAY).ledger.digest()


@pytest.mark.parametrize(("begins", "files"), [(-1, 1), (0, 0), (1, 0)])
def test_one_that_had_not_begun_at_midnight_is_not_kept(tmp_path: Path, begins: int, files: int) -> None:
    world = Cache(tmp_path).world(BEGINNING._replace(start_at=MONDAY + begins), MONDAY + 40_000)
    assert world.now == (MONDAY if files else MONDAY + begins)
    assert len(list(tmp_path.iterdir())) == files


@pytest.mark.parametrize(
    "other",
    [
        BEGINNING._replace(seed=6),
        BEGINNING._replace(start_at=MONDAY + 1),
        BEGINNING._replace(orders_until_at=MONDAY + DAY),
        BEGINNING._replace(settings=replace(SMALL, sellers=("shop-2",))),
        BEGINNING._replace(settings=replace(SMALL, mip=Mip(import_every_minutes=16))),
        BEGINNING._replace(settings=replace(SMALL, warehouse=Warehouse(calendar=Calendar(region="MD")))),
    ],
)
def test_another_beginning_is_another_world(tmp_path: Path, other: Beginning) -> None:
    cache = Cache(tmp_path)
    cache.world(BEGINNING, MONDAY + 3 * DAY)
    found = cache.world(other, MONDAY + 3 * DAY)
    assert found.ledger.digest() == made(other, MONDAY + 3 * DAY).ledger.digest()
    assert len(list(tmp_path.iterdir())) == 2


def test_other_code_makes_another_world(tmp_path: Path) -> None:
    code = tmp_path / "code"
    (code / "world").mkdir(parents=True)
    (code / "world" / "rules.py").write_text("DAYS = 5\n")
    (code / "notes.txt").write_text("none of its business\n")
    stamps = [list(keeping._stamps(code))]
    (code / "notes.txt").write_text("nor this\n")
    assert list(keeping._stamps(code)) == stamps[0]
    for change in (
        lambda: (code / "world" / "rules.py").write_text("DAYS = 10\n"),
        lambda: os.utime(code / "world" / "rules.py", ns=(0, 0)),
        (code / "world" / "more.py").touch,
        lambda: (code / "world" / "more.py").rename(code / "world" / "less.py"),
    ):
        change()
        stamps.append(list(keeping._stamps(code)))
    assert len({tuple(each) for each in stamps}) == len(stamps)


def test_what_the_packages_and_the_code_are_is_part_of_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = Cache(tmp_path)
    cache.world(BEGINNING, MONDAY + DAY)
    makers = keeping._makers()
    assert any("holidays-" in str(each) for each in makers)
    assert any("simpy-" in str(each) for each in makers)
    assert any("world.py" in str(each) for each in makers)
    monkeypatch.setattr(keeping, "_makers", lambda: (*makers, "another"))
    cache.world(BEGINNING, MONDAY + DAY)
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize(
    "damaged", [lambda whole: whole[:-1], lambda whole: whole[:0], lambda whole: whole[:99] + b"x" + whole[100:]]
)
def test_a_damaged_file_is_made_anew(
    tmp_path: Path, damaged: Callable[[bytes], bytes], no_world_is_made: Callable[[], None]
) -> None:
    cache = Cache(tmp_path)
    digest = cache.world(BEGINNING, MONDAY + DAY).ledger.digest()
    (file,) = tmp_path.iterdir()
    file.write_bytes(damaged(file.read_bytes()))
    assert cache.world(BEGINNING, MONDAY + DAY).ledger.digest() == digest
    no_world_is_made()
    assert cache.world(BEGINNING, MONDAY + DAY).ledger.digest() == digest


def test_a_folder_that_cannot_be_had_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    world = Cache(tmp_path / "file" / "below").world(BEGINNING, MONDAY + DAY)
    assert world.ledger.digest() == made(BEGINNING, MONDAY + DAY).ledger.digest()


def test_a_disk_that_is_full_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: object, file: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pickles, "write", full)
    world = Cache(tmp_path).world(BEGINNING, MONDAY + DAY)
    assert world.now == MONDAY + DAY
    assert list(tmp_path.iterdir()) == []


def test_only_its_owner_can_read_what_is_kept(tmp_path: Path) -> None:
    folder = tmp_path / "below" / "worlds"
    Cache(folder).world(BEGINNING, MONDAY + DAY)
    (file,) = folder.iterdir()
    assert (folder.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)


def test_those_used_last_stay(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.world(BEGINNING, MONDAY + DAY)
    (first,) = tmp_path.iterdir()
    os.utime(first, ns=(1, 1))
    cache.world(BEGINNING._replace(seed=100), MONDAY + DAY)
    (second,) = set(tmp_path.iterdir()) - {first}
    os.utime(second, ns=(2, 2))
    (tmp_path / "notes.txt").touch()
    os.utime(tmp_path / "notes.txt", ns=(0, 0))
    cache.world(BEGINNING, MONDAY + DAY)
    for seed in range(MOST_FILES - 1):
        cache.world(BEGINNING._replace(seed=seed + 200), MONDAY + DAY)
    left = set(tmp_path.iterdir())
    assert len(left) == MOST_FILES + 1
    assert first in left
    assert second not in left
    assert tmp_path / "notes.txt" in left


def test_a_world_of_very_many_orders_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    orders = len(made(BEGINNING, MONDAY + 2 * DAY).orders)
    for most, files in ((orders - 1, 0), (orders, 1)):
        monkeypatch.setattr(keeping, "MOST_ORDERS", most)
        Cache(tmp_path).world(BEGINNING, MONDAY + 2 * DAY)
        assert len(list(tmp_path.iterdir())) == files


def test_a_market_in_which_things_go_wrong_from_the_first_is_made(
    tmp_path: Path, no_world_is_made: Callable[[], None]
) -> None:
    source = Cache(tmp_path).world
    Market(seed=5, settings=SMALL, history_days=2, source=source)
    no_world_is_made()
    with pytest.raises(AssertionError, match="was made"):
        Market(seed=5, settings=SMALL, history_days=2, source=source, faults=[Down()])
