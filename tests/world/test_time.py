"""The world is told the time; every second has all that happens in it done before anybody looks."""

from collections.abc import Callable
from typing import Any

import pytest

from fakemarket.rules.status import Status

Open = Callable[..., Any]
Place = Callable[..., Any]


@pytest.mark.parametrize(
    ("later_seconds", "status"),
    [(-1, Status.PLACE_ORDER_SUCCESS), (0, Status.PAYMENT_PROCESSING), (1, Status.PAYMENT_PROCESSING)],
)
def test_advancing_to_a_second_includes_what_happens_in_it(
    open_world: Open, place: Place, later_seconds: int, status: Status
) -> None:
    world = open_world()
    order = place(world, attempts_seconds=(3600,))
    world.advance_to(world.start_at + 3600 + later_seconds)
    assert order.status is status
    assert world.now == world.start_at + 3600 + later_seconds


def test_what_one_event_sets_off_in_the_same_second_is_included(open_world: Open, place: Place) -> None:
    world = open_world()
    order = place(world, attempts_seconds=(3600,), processing_seconds=0, review_seconds=0)
    world.advance_to(world.start_at + 3600)
    assert order.status is Status.WAIT_SELLER_SEND_GOODS


@pytest.mark.parametrize(("by_seconds", "allowed"), [(-1, False), (0, True), (1, True)])
def test_the_world_stays_or_goes_on_but_never_back(open_world: Open, by_seconds: int, allowed: bool) -> None:
    world = open_world()
    world.advance_to(world.start_at + 5000)
    told, now = len(world.ledger), world.now
    if allowed:
        world.advance_to(now + by_seconds)
        assert world.now == now + by_seconds
    else:
        with pytest.raises(ValueError, match=f"the world is at {now} and cannot go back to {now - 1}"):
            world.advance_to(now + by_seconds)
        assert (world.now, len(world.ledger)) == (now, told)


def test_looking_twice_at_one_second_changes_nothing(open_world: Open, place: Place) -> None:
    world = open_world()
    place(world, attempts_seconds=(3600,))
    world.advance_to(world.start_at + 3600)
    digest = world.ledger.digest()
    world.advance_to(world.start_at + 3600)
    assert world.ledger.digest() == digest


def test_a_call_made_in_a_second_has_its_consequences_in_that_second(open_world: Open, place: Place) -> None:
    world = open_world()
    world.advance_to(world.start_at + 100)
    order = place(world, attempts_seconds=(0,), processing_seconds=0, review_seconds=0)
    assert order.status is Status.PLACE_ORDER_SUCCESS
    world.advance_to(world.now)
    assert (order.status, order.accepted_at) == (Status.WAIT_SELLER_SEND_GOODS, world.start_at + 100)


def test_the_next_event_is_when_something_changes_by_itself(open_world: Open, place: Place) -> None:
    world = open_world()
    world.advance_to(world.start_at + 10)
    place(world, attempts_seconds=(3,))
    assert world.next_event_at() == world.start_at + 13


def test_what_waits_for_everything_else_comes_last_in_its_second(open_world: Open, place: Place) -> None:
    world = open_world()
    order = place(world)
    done: list[str] = []
    world.after_all(world.now, done.append, "last")
    world.at(world.now, lambda _: done.append("first"), order)
    world.at(world.now, lambda _: world.at(world.now, lambda _: done.append("set off by it"), order), order)
    world.advance_to(world.now)
    assert done == ["first", "set off by it", "last"]


def test_a_second_is_not_over_before_what_waits_for_everything_else_in_it(open_world: Open, place: Place) -> None:
    world = open_world()
    done: list[str] = []
    world.at(world.start_at + 100, lambda _: world.after_all(world.now, done.append, "last"), place(world))
    world.advance_to(world.start_at + 100)
    assert done == ["last"]


def test_what_goes_before_everything_else_comes_first_in_its_second(open_world: Open, place: Place) -> None:
    world = open_world()
    done: list[str] = []
    world.at(world.start_at + 100, lambda _: done.append("usual"), place(world))
    world.before_all(world.start_at + 100, done.append, "first")
    world.advance_to(world.start_at + 100)
    assert done == ["first", "usual"]


def test_what_looks_at_others_comes_after_them_and_before_what_waits_for_all(open_world: Open) -> None:
    world = open_world()
    done: list[str] = []
    at = world.start_at + 100
    world.after_all(at, done.append, "last")
    world.after_others(at, done.append, "looks")
    world.at(at, lambda _: world.at(at, lambda _: done.append("set off"), None), None)
    world.advance_to(at)
    assert done == ["set off", "looks", "last"]


@pytest.mark.parametrize(("by_seconds", "allowed"), [(-1, False), (0, True), (1, True)])
def test_nothing_can_be_arranged_for_a_moment_that_is_past(open_world: Open, by_seconds: int, allowed: bool) -> None:
    world = open_world()
    done: list[str] = []
    world.advance_to(world.start_at + 5000)
    now = world.now
    if not allowed:
        with pytest.raises(ValueError, match=f"it is {now}; nothing can be done at {now - 1} any more"):
            world.at(now + by_seconds, done.append, "too late")
    else:
        world.at(now + by_seconds, done.append, "in time")
    world.advance_to(now + 1)
    assert done == ["in time"] * allowed
