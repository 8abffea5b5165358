"""The engine is a SimPy environment: SimPy's own events take their turn among the world's calls."""

import pickle
from collections.abc import Generator
from functools import partial
from random import Random
from typing import Any

import pytest
import simpy

from fakemarket.world.engine import Engine


def test_a_process_of_simpys_takes_its_turn_among_calls() -> None:
    engine, done = Engine(100), list[str]()

    def process(env: simpy.Environment) -> Generator[simpy.Event, Any, None]:
        done.append("begins")
        with simpy.Resource(env).request() as turn:
            yield turn | env.timeout(50)
        yield env.timeout(10)
        done.append("asked first")

    engine.process(process(engine))
    engine.at(100, done.append, "call")
    engine.at(110, lambda what: engine.at(110, done.append, what), "asked last")
    engine.advance_to(109)
    assert done == ["begins", "call"]
    engine.advance_to(110)
    assert done[2:] == ["asked first", "asked last"]


def test_simpys_own_run_makes_the_calls_too() -> None:
    engine, done = Engine(0), list[int]()
    for at in (5, 6):
        engine.at(at, done.append, at)
    engine.run(until=6)
    assert (done, engine.now) == ([5], 6)
    engine.run()
    assert done == [5, 6]


def test_an_event_that_fails_and_is_not_caught_ends_the_run() -> None:
    engine = Engine(0)
    engine.event().fail(KeyError("lost"))
    with pytest.raises(KeyError, match="lost"):
        engine.advance_to(1)


@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_nothing_can_be_done_some_seconds_ago(seconds: int) -> None:
    engine, done = Engine(50), list[int]()
    act = partial(engine.later, seconds, done.append, seconds)
    if seconds < 0:
        with pytest.raises(ValueError, match="it is 50; nothing can be done 1 s before any more"):
            act()
    else:
        act()
        engine.advance_to(51)
        assert done == [seconds]


@pytest.mark.parametrize("seed", range(40))
def test_calls_come_in_order_whenever_they_were_asked_for(seed: int) -> None:
    """Each is asked for at one moment and due some quarters of an hour later, many together and some on the hour."""
    dice, engine, done = Random(seed), Engine(3_600_000), list[tuple[int, int]]()
    asked_at = sorted(engine.now + dice.randrange(41) * 450 for _ in range(30))
    due: list[tuple[int, int]] = []
    for number, at in enumerate(asked_at):
        engine.advance_to(at)
        if seed % 2:
            assert engine.peek() == min((it for it in due if it not in done), default=(float("inf"),))[0]
        seconds = dice.randrange(41) * 450
        due.append((at + seconds, number))
        engine.later(seconds, lambda told: done.append((engine.now, told)), number)
    engine.advance_to(4_000_000)
    assert done == sorted(due)


@pytest.mark.parametrize("seed", range(20))
def test_an_engine_that_was_kept_goes_on_as_the_other_one(seed: int) -> None:
    """At every place in a second, many calls together, now, soon and much later; more are asked of both afterwards."""
    dice, engine, done = Random(seed), Engine(3_600_000), list[int]()

    def ask(engine: Engine, done: list[int], numbers: range) -> None:
        dice = Random(f"{seed} {numbers}")
        for number in numbers:
            put = dice.choice((engine.at, engine.before_all, engine.after_others, engine.after_all))
            put(engine.now + dice.randrange(12) * 600, done.append, number)

    ask(engine, done, range(40))
    engine.advance_to(engine.now + dice.randrange(6000))
    ask(engine, done, range(40, 60))
    kept, there = pickle.loads(pickle.dumps((engine, done)))
    for each, told in ((engine, done), (kept, there)):
        ask(each, told, range(60, 80))
        each.advance_to(engine.now + 90_000)
    assert sorted(done) == list(range(80))
    assert there == done
