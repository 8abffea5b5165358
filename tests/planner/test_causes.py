"""Why orders of a market that nobody looks after are missed, in worlds that can be missed in one way only."""

from dataclasses import replace
from typing import Any

import pytest

from fakemarket.distributions import Constant
from fakemarket.rules.deadlines import Anchor
from fakemarket.settings import Buyers, Countdown, Demand, Mip, Review, Settings, Tokens, Warehouse
from redclock.planner.causes import CAUSES, Cause
from redclock.planner.engine.engine import Engine
from redclock.planner.replication import Horizon, replicate
from redclock.planner.sweep import START_AT
from redclock.report.whereabouts import Part

HORIZON = Horizon(START_AT, 9, 3)
CALM = Settings(
    demand=Demand(orders_per_day=20, several_products_share=0),
    review=Review(rejected_share=0, hold_share=0),
    countdown=Countdown(preparation_days=4),
    buyers=Buyers(cancel_share=0, frozen_share=0),
    warehouse=Warehouse(
        out_of_stock_share=0,
        bad_address_share=0,
        bad_postcode_share=0,
        no_carrier_share=0,
        supplier_error_share=0,
        preparation_working_days=Constant(0.5),
        packing_minutes=Constant(5),
    ),
    mip=Mip(tracking_hours=Constant(2)),
)
FOREVER = Constant(10_000)


def house(**words: Any) -> Settings:
    return replace(CALM, warehouse=replace(CALM.warehouse, **words))


def mip(**words: Any) -> Settings:
    return replace(CALM, mip=replace(CALM.mip, **words))


@pytest.mark.parametrize(
    ("cause", "market"),
    [
        (
            Cause.ACCEPTED,
            replace(
                CALM,
                review=replace(CALM.review, hours=Constant(24 * 8)),
                countdown=replace(CALM.countdown, anchor=Anchor.ORDER_CREATED),
            ),
        ),
        (
            Cause.CANCELLING,
            replace(
                CALM,
                buyers=replace(CALM.buyers, cancel_share=1, cancel_hours=Constant(1), cancel_answer_hours=24 * 30),
                countdown=replace(CALM.countdown, pauses_in_cancel=False),
            ),
        ),
        (Cause.IMPORT, mip(import_every_minutes=60 * 24 * 60)),
        (
            Cause.IMPORT_LOCKED,
            replace(mip(refreshes_token=False, token_age_days=29.9), tokens=Tokens(access_hours=24 * 29.9 + 0.1)),
        ),
        (Cause.SUPPLIER, house(out_of_stock_share=1)),
        (Cause.CUT_OFF, house(cutoff_minute=0, preparation_working_days=Constant(2.7))),
        (Cause.PREPARATION, house(preparation_working_days=Constant(20))),
        (Cause.QUEUE, house(packers=1, packing_minutes=Constant(500))),
        (Cause.PACKING, house(packers=50, packing_minutes=FOREVER)),
        (Cause.NUMBER, mip(tracking_hours=Constant(24 * 8))),
        (Cause.PUSH, mip(push_every_minutes=60 * 24 * 60)),
        (
            Cause.REFUSED,
            replace(
                CALM,
                buyers=replace(CALM.buyers, frozen_share=1, frozen_hours=Constant(24 * 14)),
            ),
        ),
    ],
    ids=lambda it: it.name if isinstance(it, Cause) else "",
)
def test_what_alone_can_make_orders_late_is_their_cause(cause: Cause, market: Settings) -> None:
    found = replicate(market, 1, HORIZON)
    assert Engine(market, HORIZON, (4,)).replicate([1]) == [[found]], (
        "what random markets seldom have, the engine knows too"
    )
    causes = dict(zip(CAUSES, found.causes, strict=True))
    assert causes[cause] > 5
    assert causes[cause] > 0.6 * found.misses, causes


def test_a_number_whose_push_nobody_answers_waits_to_be_pushed() -> None:
    found = replicate(mip(push_lost_share=1), 1, HORIZON)
    assert found.causes[CAUSES.index(Cause.PUSH)] == found.misses > 5


def test_the_causes_add_up_to_the_misses() -> None:
    found = replicate(replace(Settings(), countdown=Countdown(preparation_days=2)), 3, Horizon(START_AT, 2, 5))
    assert sum(found.causes) == found.misses > 50
    assert sum(count > 0 for count in found.causes) > 4


def test_without_the_misses_of_the_queue_there_are_those_of_a_house_with_packers_for_everybody() -> None:
    """The rule's own promise: what the queue is the cause of is in time without a queue."""
    busy = house(packers=1, packing_minutes=Constant(40), preparation_working_days=Constant(1.5))
    queue = replicate(busy, 2, HORIZON)
    free = replicate(replace(busy, warehouse=replace(busy.warehouse, packers=1000)), 2, HORIZON)
    waited = queue.causes[CAUSES.index(Cause.QUEUE)]
    assert waited > 5
    assert queue.misses - waited == free.misses
    assert free.causes[CAUSES.index(Cause.QUEUE)] == 0


def test_the_inquest_of_a_scenario_says_the_same_things_in_the_same_words() -> None:
    assert set(Cause) - {str(part) for part in Part} == {Cause.ACCEPTED, Cause.CUT_OFF}
