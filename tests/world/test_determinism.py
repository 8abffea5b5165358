"""One seed is one history: whatever the process, the zone of the machine and the steps it is run in."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakemarket.settings import Buyers, Demand, Settings, Tokens, Warehouse
from fakemarket.streams import Streams
from fakemarket.world.world import World

START_AT = 1_772_409_600
"""Monday 2 March 2026, 00:00 UTC."""
DAYS = 12
SPAN = DAYS * 86_400
EVENTFUL = Settings(
    sellers=("one", "two"),
    demand=Demand(orders_per_day=12, several_products_share=0.3),
    buyers=Buyers(cancel_share=0.1, frozen_share=0.1, dispute_share=0.3),
    warehouse=Warehouse(packers=1),
    tokens=replace(Tokens(), access_hours=40),
)


def history(seed: int, steps: list[int]) -> str:
    """The digest of a world that is told these instants, as seconds after its start, and then its end."""
    world = World(EVENTFUL, Streams(seed), START_AT)
    for step in steps:
        world.advance_to(START_AT + step)
    world.advance_to(START_AT + SPAN)
    return world.ledger.digest()


IN_ONE_GO = history(7, [])


def test_the_history_that_is_compared_is_eventful() -> None:
    world = World(EVENTFUL, Streams(7), START_AT)
    world.advance_to(START_AT + SPAN)
    told = {event.what for event in world.ledger}
    assert told >= {"payment_fails", "request_cancel", "freeze", "declare_part", "first_scan", "delivered"}
    assert told >= {"token_refreshed", "open_dispute", "confirm_receipt", "packed", "countdown"}
    assert len(world.ledger) > 2000


def test_hourly_steps_make_the_same_history_as_one_go() -> None:
    assert history(7, list(range(0, SPAN, 3600))) == IN_ONE_GO


@settings(max_examples=8)
@given(cuts=st.lists(st.integers(0, SPAN), max_size=60))
def test_any_steps_make_the_same_history_as_one_go(cuts: list[int]) -> None:
    assert history(7, sorted(cuts)) == IN_ONE_GO


def test_stopping_at_every_event_makes_the_same_history() -> None:
    world = World(EVENTFUL, Streams(7), START_AT)
    while True:
        next_at = world.next_event_at()
        if next_at is None or next_at > START_AT + SPAN:
            break
        world.advance_to(next_at)
    assert world.ledger.digest() == IN_ONE_GO


@pytest.mark.parametrize(("hash_seed", "zone"), [("0", "UTC"), ("4242", "Pacific/Apia")])
def test_another_process_makes_the_same_history(hash_seed: str, zone: str) -> None:
    program = f"import runpy; print(runpy.run_path({__file__!r}, run_name='other')['IN_ONE_GO'])"
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": zone, "PYTHONPATH": os.pathsep.join(sys.path)}
    found = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == IN_ONE_GO


def test_another_seed_makes_another_history() -> None:
    assert len({history(seed, []) for seed in range(2)} | {IN_ONE_GO}) == 3
