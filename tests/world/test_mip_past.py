"""The platform's orders as they were, against what its API showed at the time."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from fakemarket.faces.mip.rendering import order_json
from fakemarket.rules.status import Move, Status
from fakemarket.settings import Buyers, Demand, Mip, Settings, Warehouse
from fakemarket.streams import Streams
from fakemarket.world.mip_order import MipOrder, MipStatus, PushStatus
from fakemarket.world.mip_past import mirrors_at
from fakemarket.world.order import Order
from fakemarket.world.past import Past
from fakemarket.world.refund import line_to_spare
from fakemarket.world.world import World

START_AT = 1_772_409_600
HOUR, DAY = 3600, 86_400


def refuse_some(order: Order) -> bool:
    return order.fate.key % 3 == 0


def busy(seed: int) -> World:
    """A platform with all the troubles that it can have; a third of the carriers are refused."""
    settings = Settings(
        sellers=("one", "two"),
        demand=Demand(orders_per_day=8, several_products_share=0.2),
        buyers=replace(Buyers(), cancel_share=0.2, dispute_share=0.1, frozen_share=0.2),
        warehouse=replace(Warehouse(), bad_address_share=0.2, out_of_stock_share=0.1, split_share=1.0),
        mip=Mip(
            wallet_cents=40_000,
            push_every_minutes=600,
            push_timeout_seconds=3 * HOUR,
            push_lost_share=0.2,
            push_answer_lost_share=0.2,
        ),
    )
    world = World(settings, Streams(seed), START_AT)
    world.refuses_carrier = refuse_some
    return world


def meddle(world: World, dice: Random) -> None:
    """Does one of a caller's things to a few orders."""
    mip = world.mip
    for mirror in dice.sample(list(mip.orders.values()), min(6, len(mip.orders))):
        if dice.random() < 0.3:
            mip.acknowledge(mirror, cause="test")
        waits = mirror.order.status is Status.WAIT_SELLER_SEND_GOODS
        if waits and line_to_spare(mirror.order):
            world.force(mirror.order, Move.PARTIAL_REFUND, "test")
        if mirror.status is MipStatus.PENDING_REVIEW:
            mip.send(mirror, cause="test")
        elif mirror.marketplace_status is Status.IN_CANCEL:
            mip.answer_cancellation(mirror, accept=dice.random() < 0.5, cause="test")
        elif mirror.status in (MipStatus.IMPORTED, MipStatus.PREPARING) and dice.random() < 0.1:
            mip.cancel(mirror, cause="test")
        elif mirror.status is MipStatus.CANCELED and mirror.may_be_sent:
            mip.send(mirror, cause="test")
        for shipment in mirror.shipments:
            if shipment.push_status is not PushStatus.ACCEPTED and dice.random() < 0.5:
                world.refuses_carrier = refuse_some if dice.random() < 0.7 else lambda _: False
                mip.push(mirror, shipment, cause="test")
    world.refuses_carrier = refuse_some


def shown(world: World, mirrors: list[MipOrder]) -> list[tuple[int, Any]]:
    return [(it.version, order_json(it, world.mip.channels[it.order.seller])) for it in mirrors]


@pytest.mark.parametrize("seed", range(3))
def test_every_order_of_the_platform_is_as_it_was_at_every_instant_that_is_asked_for(seed: int) -> None:
    world, dice = busy(seed), Random(seed)
    then: dict[int, list[tuple[int, Any]]] = {}
    for _ in range(120):
        world.advance_to(world.now + dice.choice((1, 60, 7 * HOUR, 29 * HOUR)))
        meddle(world, dice)
        then[world.now] = shown(world, list(world.mip.changes()))
    world.advance_to(world.now + 20 * DAY)
    for at, orders in then.items():
        past = Past(at, world.ledger, lambda: None)
        assert shown(world, mirrors_at(world.mip, past, world.mip.orders.values())) == orders
    told = [order for orders in then.values() for _, order in orders]
    assert {order["status"] for order in told} == set(MipStatus)
    assert {order["supplier"]["status"] for order in told} >= {None, "preparing", "shipped"}
    kept = {line["child_id"]: line["quantity"] for _, order in list(then.values())[-1] for line in order["lines"]}
    assert any(line["quantity"] > kept[line["child_id"]] for order in told for line in order["lines"])
    assert {order["process_state"] for order in told} == {"new", "acknowledged"}
    pushes = {it["push_status"] for order in told for it in order["shipments"]}
    assert pushes == set(PushStatus)


@pytest.mark.parametrize(("offset", "there"), [(-1, False), (0, True), (1, True)])
def test_an_order_is_there_from_the_second_it_was_imported_in(offset: int, there: bool) -> None:
    world = busy(1)
    world.advance_to(START_AT + DAY)
    mirror = next(iter(world.mip.orders.values()))
    past = Past(mirror.imported_at + offset, world.ledger, lambda: None)
    assert [it.id for it in mirrors_at(world.mip, past, [mirror])] == ([mirror.id] if there else [])


def test_only_what_differs_is_told_and_nothing_changes() -> None:
    world = busy(2)
    world.advance_to(START_AT + 5 * DAY)
    present, told = list(world.mip.changes()), list[str]()
    before = world.ledger.digest(), shown(world, present)
    assert mirrors_at(world.mip, Past(world.now, world.ledger, lambda: told.append("now")), present) == present
    mirrors_at(world.mip, Past(world.now - DAY, world.ledger, lambda: told.append("yesterday")), present)
    assert told == ["yesterday"]
    assert (world.ledger.digest(), shown(world, list(world.mip.changes()))) == before
