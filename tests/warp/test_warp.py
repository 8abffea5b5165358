"""Market time for code that knows nothing of markets: what its clocks, sleeps and loops do, and what is refused."""

from __future__ import annotations

import asyncio
import copy
import pickle
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import ModuleType

import freezegun
import pydantic
import pytest
import time_machine

from fakemarket.market import MONDAY, Market
from redclock.warp import Clock, LoopRefused, RivalClock, SleepsInThread, SleptTooLong, WaitedInVain, Warp, loops, warp

HOUR, DAY = 3600, 86_400
HELD = (Clock.FREEZEGUN, Clock.TIME_MACHINE)


@pytest.fixture
def market() -> Market:
    return Market(seed=7)


@pytest.fixture(params=HELD)
def held(request: pytest.FixtureRequest, market: Market) -> Iterator[Warp]:
    """With each library that can hold the clocks."""
    with warp(market, clock=request.param) as opened:
        yield opened


def since_monday() -> int:
    return int(time.time()) - MONDAY


# Clocks and sleeps


def test_every_clock_tells_market_time_in_utc(held: Warp) -> None:
    time.sleep(90_061)
    assert datetime.now() == datetime(2026, 3, 3, 1, 1, 1)  # noqa: DTZ001, DTZ005
    assert datetime.now(UTC) == held.moment()
    assert date.today() == date(2026, 3, 3)  # noqa: DTZ011
    assert (time.time(), time.time_ns()) == (held.now(), held.now() * 10**9)
    assert time.localtime()[:6] == time.gmtime()[:6] == (2026, 3, 3, 1, 1, 1)
    assert uuid.uuid1().time == uuid.uuid1().time - 1


def test_clocks_move_with_the_market_whoever_moves_it(held: Warp) -> None:
    held.market.advance(hours=1)
    assert since_monday() == HOUR
    held.advance(hours=1)
    held.market.run_until(lambda: len(held.market.orders()) > 3, DAY)
    assert since_monday() == held.now() - MONDAY > 2 * HOUR


def test_a_sleep_is_as_long_as_it_says_and_a_part_of_a_second_is_a_whole_one(held: Warp) -> None:
    for seconds, slept in ((0, 0), (0.2, 1), (59, 60), (59.5, 120)):
        time.sleep(seconds)
        assert (since_monday(), held.slept_seconds) == (slept, slept)
    with pytest.raises(ValueError, match="non-negative"):
        time.sleep(-1)


def test_a_module_loaded_meanwhile_has_its_own_names_back_afterwards(
    market: Market, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "loaded_late.py").write_text("from datetime import datetime\nfrom time import sleep, time\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with warp(market):
        import loaded_late  # type: ignore[import-not-found]

        loaded_late.sleep(60)
        assert loaded_late.datetime.now(UTC) == market.moment()
    assert loaded_late.sleep is time.sleep
    assert (loaded_late.datetime, loaded_late.time) == (datetime, time.time)
    with warp(market):
        loaded_late.sleep(60)
        assert loaded_late.time() == MONDAY + 120
    del sys.modules["loaded_late"]


def test_a_name_that_somebody_else_replaced_is_left_alone(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("of_somebody")
    module.sleep = time.sleep  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "of_somebody", module)
    with warp(market):
        assert module.sleep is time.sleep
        module.sleep = len  # type: ignore[attr-defined]
    assert module.sleep is len
    with warp(market):
        assert module.sleep is len


def test_values_survive_pickling_and_copying_while_frozen(held: Warp) -> None:
    moment = datetime.now(UTC)
    assert pickle.loads(pickle.dumps(moment)) == copy.deepcopy(moment) == moment


def test_the_first_costs_a_walk_through_all_modules_and_the_others_none(market: Market) -> None:
    with warp(market):
        pass
    began = time.process_time()
    for _ in range(100):
        with warp(market):
            pass
    assert (time.process_time() - began) / 100 < 0.002, "ten times what it takes; a walk is more than that"


# pydantic


@dataclass
class Before:
    at: datetime
    day: date


def test_pydantic_models_may_be_defined_while_frozen_and_used_afterwards(held: Warp) -> None:
    def defined() -> type[pydantic.BaseModel]:
        return pydantic.create_model("Meanwhile", at=(datetime, ...), day=(date | None, None))

    meanwhile = defined()
    assert meanwhile(at=datetime.now(UTC)).model_dump()["at"] == held.moment()
    assert pydantic.TypeAdapter(Before).validate_python({"at": held.moment(), "day": "2026-03-02"}).day.month == 3


def test_pydantic_knows_both_datetimes_after_a_warp(market: Market) -> None:
    with warp(market):
        kept = datetime
    fields: dict[str, object] = {"real": (datetime, ...), "kept": (kept, ...)}
    model = pydantic.create_model("Afterwards", **fields)  # type: ignore[call-overload]
    assert model(real="2026-03-02T00:00:00Z", kept="2026-03-02T00:00:00Z").real.year == 2026


# asyncio


def test_tasks_sleep_side_by_side_in_market_time(held: Warp) -> None:
    woke: list[tuple[str, int]] = []

    async def wake(name: str, every: float) -> None:
        for _ in range(2):
            await asyncio.sleep(every)
            woke.append((name, since_monday()))

    async def both() -> None:
        await asyncio.gather(wake("slow", 90), wake("quick", 60))

    asyncio.run(both())
    assert woke == [("quick", 60), ("slow", 90), ("quick", 120), ("slow", 180)]


def test_a_timeout_is_a_timeout_in_market_time(held: Warp) -> None:
    async def polls() -> None:
        async with asyncio.timeout(600):
            while True:  # noqa: ASYNC110
                await asyncio.sleep(70)

    with pytest.raises(TimeoutError):
        asyncio.run(polls())
    assert since_monday() == 600


def test_time_waits_for_a_job_in_an_executor(held: Warp) -> None:
    async def main() -> list[int]:
        seen: list[int] = []
        done = threading.Event()

        def job() -> int:
            done.wait(0.05)
            return since_monday()

        async def work() -> None:
            seen.append(await asyncio.to_thread(job))

        await asyncio.gather(work(), asyncio.sleep(HOUR))
        return seen

    assert asyncio.run(main()) == [0]
    assert since_monday() == HOUR


def test_no_time_passes_while_a_loop_ends_its_executor(held: Warp, monkeypatch: pytest.MonkeyPatch) -> None:
    end = ThreadPoolExecutor.shutdown

    def slowly(executor: ThreadPoolExecutor, *, wait: bool) -> None:
        threading.Event().wait(0.05)
        end(executor, wait=wait)

    monkeypatch.setattr(ThreadPoolExecutor, "shutdown", slowly)
    monkeypatch.setattr(loops, "_STUCK_SECONDS", 0)
    asyncio.run(asyncio.to_thread(since_monday))
    assert since_monday() == 0


def test_a_loop_that_was_there_before_goes_by_market_time_meanwhile_only(market: Market) -> None:
    with asyncio.Runner() as runner:
        runner.run(asyncio.sleep(0))
        with warp(market):
            runner.run(asyncio.sleep(HOUR))
            assert since_monday() == HOUR
        began = time.monotonic()
        runner.run(asyncio.sleep(0.01))
        assert 0.009 < time.monotonic() - began < 5


def test_a_timer_is_due_to_the_second_after_a_year_of_uptime_too(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loops, "real_monotonic", lambda: 3.2e7 + 0.3)
    with warp(market):
        asyncio.run(asyncio.sleep(60))
        assert since_monday() == 60


def test_a_loop_of_another_thread_keeps_real_time(held: Warp) -> None:
    slept: list[float] = []

    def other() -> None:
        asyncio.run(asyncio.sleep(0.01))
        slept.append(held.slept_seconds)

    thread = threading.Thread(target=other)
    thread.start()
    thread.join(30)
    assert slept == [0]


def test_uvloop_is_refused_by_name(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    uvloop = ModuleType("uvloop")
    uvloop.new_event_loop = asyncio.new_event_loop  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "uvloop", uvloop)
    with warp(market), pytest.raises(LoopRefused, match="uvloop waits in C"):
        uvloop.new_event_loop()
    uvloop.new_event_loop().close()


# Limits


def test_a_loop_runs_for_as_long_as_it_is_given(held: Warp) -> None:
    polls: list[int] = []

    def loop() -> None:
        while True:
            polls.append(since_monday())
            with suppress(Exception):
                time.sleep(900)

    assert held.run(loop, hours=1) is None
    assert polls == [0, 900, 1800, 2700]
    assert since_monday() == HOUR
    assert held.run(lambda: "done", hours=1) == "done"


def test_an_async_loop_is_cancelled_when_its_time_is_over(held: Warp) -> None:
    told: list[object] = []

    async def loop() -> None:
        try:
            while True:
                await asyncio.sleep(900)
                told.append(since_monday())
        finally:
            await asyncio.sleep(5)
            told.append("closed")

    assert held.run(loop, hours=1) is None
    assert told == [900, 1800, 2700, "closed"]


def test_sleeping_beyond_the_limit_says_when_something_would_have_happened(market: Market) -> None:
    with warp(market, limit_seconds=HOUR):
        time.sleep(HOUR)
        with pytest.raises(
            SleptTooLong,
            match=r"slept 1:00:00 .* 0:00:01 more on .* UTC; no more than 1:00:00 is allowed; .*next event is at",
        ):
            time.sleep(0.1)


def test_no_except_clause_for_exceptions_keeps_a_loop_from_its_limit(market: Market) -> None:
    async def loop() -> None:
        while True:
            with suppress(Exception):
                await asyncio.sleep(60)

    with warp(market, limit_seconds=HOUR), pytest.raises(SleptTooLong):
        asyncio.run(loop())
    assert market.now() == MONDAY + HOUR


def test_waiting_until_something_holds_stops_in_that_second(held: Warp) -> None:
    order = held.market.place(pays=True, review_rejects=False)
    held.run_until(lambda: order.status == "WAIT_SELLER_SEND_GOODS", days=3)
    assert order.accepted_at == held.now()


def test_waiting_in_vain_says_for_what_and_what_would_have_come_next(held: Warp) -> None:
    with pytest.raises(WaitedInVain) as raised:
        held.run_until(lambda: held.market.orders("FINISH"), hours=3)
    said = str(raised.value)
    assert "waited 3:00:00 of market time" in said
    assert 'held.market.orders("FINISH")' in said
    assert "the market's next event is at Mon 2026-03-02" in said
    assert since_monday() == 3 * HOUR
    with pytest.raises(WaitedInVain, match="for the end of the world"):
        held.run_until(lambda: False, waiting_for="the end of the world", minutes=1)


def test_a_wait_that_nothing_can_end_says_who_waits(held: Warp) -> None:
    async def never() -> None:
        await asyncio.Event().wait()

    with pytest.raises(WaitedInVain, match=r"nothing can end this wait: .*never at test_warp\.py.*next event is at"):
        asyncio.run(never())


# Traps


def test_a_sleep_in_a_thread_of_the_code_under_test_is_refused_by_name(market: Market) -> None:
    said: list[BaseException] = []

    def work() -> None:
        try:
            time.sleep(900)
        except SleepsInThread as refused:
            said.append(refused)

    def use(_: Warp) -> None:
        thread = threading.Thread(target=work, name="worker-1")
        thread.start()
        thread.join(30)

    with pytest.raises(SleepsInThread, match=r"time\.sleep\(900\) in the thread 'worker-1'"), warp(market) as opened:
        use(opened)
    assert said


def test_a_thread_that_was_there_before_sleeps_for_real(market: Market) -> None:
    go, done = threading.Event(), threading.Event()

    def work() -> None:
        go.wait(30)
        time.sleep(0.01)
        done.set()

    thread = threading.Thread(target=work)
    thread.start()
    with warp(market) as opened:
        go.set()
        assert done.wait(30)
        assert opened.slept_seconds == 0
    thread.join()


@pytest.mark.parametrize("clock", HELD)
def test_two_warps_at_once_are_refused(market: Market, clock: Clock) -> None:
    with warp(market, clock=clock), pytest.raises(RivalClock, match="a warp that is open"):
        warp(market).__enter__()
    with warp(market):
        assert since_monday() == 0


@pytest.mark.parametrize("clock", HELD)
def test_a_freezer_of_the_consumers_own_around_a_warp_is_refused_by_name(market: Market, clock: Clock) -> None:
    with freezegun.freeze_time("2031-01-01"), pytest.raises(RivalClock, match="freezegun holds the clocks already"):
        warp(market, clock=clock).__enter__()
    with time_machine.travel(0), pytest.raises(RivalClock, match="time-machine holds the clocks already"):
        warp(market, clock=clock).__enter__()


def test_a_freezer_of_the_consumers_own_within_a_warp_is_refused_by_name(market: Market) -> None:
    with (
        warp(market),
        freezegun.freeze_time("2031-01-01"),
        pytest.raises(RivalClock, match="of your own inside of warp"),
    ):
        time.sleep(1)
    with warp(market, clock=Clock.TIME_MACHINE), time_machine.travel(0), pytest.raises(RivalClock):
        time.sleep(1)
    with warp(market), pytest.raises(RuntimeError, match="freezegun is active"):
        time_machine.travel(0).start()


def test_a_freezer_of_the_consumers_own_goes_with_clocks_that_are_left_alone(market: Market) -> None:
    with freezegun.freeze_time("2031-01-01"), warp(market, clock=Clock.NONE):
        time.sleep(HOUR)
        assert datetime.now(UTC).year == 2031
    assert market.now() == MONDAY + HOUR


def test_a_consumers_freezer_works_after_a_warp(market: Market) -> None:
    with warp(market):
        pass
    with freezegun.freeze_time("2031-01-01") as frozen:
        frozen.tick(timedelta(days=1))
        assert datetime.now(UTC) == datetime(2031, 1, 2, tzinfo=UTC)
    assert datetime.now(UTC).year < 2031
