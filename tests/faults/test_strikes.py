"""Faults: each strikes in its window only, is counted and told, and moves nobody else's luck."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import sqrt
from statistics import correlation
from typing import Any

import pytest

from fakemarket.call import Call, Delivery, Response
from fakemarket.faults import (
    Aim,
    AnswerLost,
    CarrierRefused,
    Down,
    Fault,
    Faults,
    MissingFromImport,
    NumberMisprinted,
    TokenDies,
    WalletEmpty,
    Window,
)
from fakemarket.settings import Demand, Settings
from fakemarket.streams import Streams
from fakemarket.world.order import Order, OrderId
from fakemarket.world.tokens import MIP_APP, OWN_APP
from fakemarket.world.world import World

START_AT = 1_772_438_400
"""Monday 2 March 2026, 09:00 in Madrid."""
HOUR, DAY = 3600, 86_400
QUIET = Settings(sellers=("one", "two"), demand=Demand(orders_per_day=0))


def market(*faults: Fault, settings: Settings = QUIET, seed: int = 1) -> tuple[World, Faults]:
    world = World(settings, Streams(seed), START_AT)
    return world, Faults(faults, world, lambda _: None)


def accepted(world: World, seller: str = "one") -> Order:
    """An order that is the seller's work within ten seconds, and leaves by a carrier in a day or so."""

    def simple(fate: Any) -> Any:
        return fate._replace(
            attempts_seconds=(1,),
            pays=True,
            pays_offline=False,
            processing_seconds=1,
            review_seconds=1,
            review_rejects=False,
            review_holds=False,
            cancel_seconds=None,
            freeze_after_seconds=None,
            out_of_stock=False,
        )

    return world.place_by_hand(seller, simple, "test")


def strikes(world: World, cause: str = "fault:0") -> list[tuple[int, int | None, dict[str, Any]]]:
    """When a fault struck, after the start, and whom."""
    return [
        (event.at - START_AT, event.order, dict(event.facts))
        for event in world.ledger.named("fault")
        if event.cause == cause
    ]


@pytest.mark.parametrize(
    ("window", "holds"),
    [
        (Window(), [True, True, True, True]),
        (Window(from_at=10), [False, True, True, True]),
        (Window(until_at=20), [True, True, True, False]),
        (Window(10, 20), [False, True, True, False]),
    ],
)
def test_a_window_includes_its_beginning_and_not_its_end(window: Window, holds: list[bool]) -> None:
    assert [window.holds(at) for at in (9, 10, 19, 20)] == holds


# Tokens


@pytest.mark.parametrize(("later_seconds", "alive"), [(-1, True), (0, False)])
@pytest.mark.parametrize("app", [MIP_APP, OWN_APP])
def test_a_token_dies_on_the_second(app: Any, later_seconds: int, alive: bool) -> None:
    world, faults = market(TokenDies(START_AT + 900, app=app, seller="two"))
    world.advance_to(START_AT + 900 + later_seconds)
    assert world.tokens.alive(app, "two") == alive
    assert all(world.tokens.alive(*pair) for pair in ((app, "one"), ({MIP_APP: OWN_APP, OWN_APP: MIP_APP}[app], "two")))
    assert faults.struck == {"fault:0": 0 if alive else 1}


def test_a_token_that_dies_in_the_second_of_a_round_is_dead_for_it() -> None:
    world, _ = market(TokenDies(START_AT + 900))
    world.advance_to(START_AT + 900)
    assert [channel.consecutive_errors for channel in world.mip.channels.values()] == [1, 1]
    assert strikes(world) == [(900, None, {"kind": "token_dies"})]
    assert {event.cause for event in world.ledger.named("token_revoked")} == {"fault:0"}


def test_a_death_that_lies_before_the_market_happens_as_it_opens() -> None:
    world, _ = market(TokenDies(START_AT - DAY))
    world.advance_to(START_AT)
    assert not world.tokens.alive(MIP_APP, "one")


@pytest.mark.parametrize("fault", [TokenDies(START_AT, seller="three"), WalletEmpty(Aim(seller="three"))])
def test_a_fault_aimed_at_nobody_is_refused_at_once(fault: Fault) -> None:
    with pytest.raises(ValueError, match="aims at the seller 'three'; there is one, two"):
        market(fault)


# Wallets


@pytest.mark.parametrize(
    ("from_at", "until_at", "reviewed"),
    [
        (START_AT + 900, START_AT + 901, True),
        (START_AT + 901, None, False),
        (None, START_AT + 901, True),
        (None, START_AT + 900, False),
        (START_AT, START_AT + 900, False),
    ],
)
def test_a_wallet_is_empty_in_its_window_only(from_at: int | None, until_at: int | None, reviewed: bool) -> None:
    world, faults = market(WalletEmpty(Aim(window=Window(from_at, until_at), seller="one")))
    orders = [accepted(world, "one"), accepted(world, "two")]
    world.advance_to(START_AT + 900)
    assert [world.mip.orders[order.id].status for order in orders] == [
        "pending_review" if reviewed else "preparing",
        "preparing",
    ]
    world.advance_to(START_AT + DAY)
    assert faults.struck == {"fault:0": 1}


def test_overlapping_windows_empty_a_wallet_until_the_last_one_ends() -> None:
    world, faults = market(
        WalletEmpty(Aim(window=Window(START_AT, START_AT + 3000), seller="one")),
        WalletEmpty(Aim(window=Window(START_AT + 1000, START_AT + 5000))),
    )
    states = []
    for at in (999, 1000, 2999, 3000, 4999, 5000):
        world.advance_to(START_AT + at)
        states.append(sorted(world.mip.empty_wallets))
    assert states == [["one"], ["one", "two"], ["one", "two"], ["one", "two"], ["one", "two"], []]
    assert faults.struck == {"fault:0": 1, "fault:1": 1}


def test_a_window_that_was_over_before_the_market_opened_never_strikes() -> None:
    world, faults = market(WalletEmpty(Aim(window=Window(START_AT - DAY, START_AT))))
    world.advance_to(START_AT + DAY)
    assert (faults.struck, world.mip.empty_wallets) == ({"fault:0": 0}, set())


# Orders


def busy(*faults: Fault, seed: int = 1) -> tuple[World, Faults]:
    world, at_work = market(*faults, settings=replace(QUIET, demand=Demand(orders_per_day=60)), seed=seed)
    world.advance_to(START_AT + 6 * DAY)
    return world, at_work


def test_some_orders_are_missing_from_imports_each_told_once() -> None:
    world, faults = busy(MissingFromImport(Aim(share=0.3)))
    old = [order for order in world.orders.values() if order.placed_at < world.now - HOUR]
    missing = {order.id for order in old if order.id not in world.mip.orders}
    assert abs(len(missing) / len(old) - 0.3) < 4 * sqrt(0.3 * 0.7 / len(old))
    told = [order for _, order, _ in strikes(world)]
    assert len(told) == len(set(told)) == faults.struck["fault:0"]
    assert missing <= set(told)


def test_orders_are_missing_in_the_window_only() -> None:
    window = Window(START_AT + 2 * DAY, START_AT + 3 * DAY)
    world, _ = busy(MissingFromImport(Aim(share=1.0, window=window)))
    imported = [event.at for event in world.ledger.named("imported")]
    assert not any(window.holds(at) for at in imported)
    assert {(at - START_AT) // DAY for at in imported} == {0, 1, 3, 4, 5}
    assert all(2 * DAY <= at < 3 * DAY for at, _, _ in strikes(world))


def test_two_faults_of_one_kind_both_work() -> None:
    world, faults = busy(
        MissingFromImport(Aim(share=1.0, window=Window(START_AT + DAY, START_AT + 2 * DAY))),
        MissingFromImport(Aim(share=1.0, window=Window(START_AT + 4 * DAY, START_AT + 5 * DAY))),
    )
    imported = {(event.at - START_AT) // DAY for event in world.ledger.named("imported")}
    assert imported == {0, 2, 3, 5}
    assert all(count > 0 for count in faults.struck.values())


def test_a_carrier_is_refused_for_some_orders_in_the_window() -> None:
    window = Window(START_AT + 3 * DAY, START_AT + 4 * DAY)
    world, faults = busy(CarrierRefused(Aim(share=0.5, window=window)))
    refused = [it for it in world.ledger.named("declare_refused") if it.facts["why"] == "CARRIER_NOT_AUTHORISED"]
    taken = [event for event in world.ledger.named("declare_all") if window.holds(event.at)]
    assert refused
    assert all(window.holds(event.at) for event in refused)
    assert abs(len(refused) / (len(refused) + len(taken)) - 0.5) < 0.2
    assert faults.struck["fault:0"] == len({event.order for event in refused})


def test_a_struck_orders_fallback_carrier_is_taken() -> None:
    world, _ = market(CarrierRefused(Aim(share=1.0)))
    order = accepted(world)
    world.advance_to(START_AT + 100)
    assert world.declare(order, carrier="CORREOS_ES", number="PQ123456789ES", whole=True, cause="test")
    website = "https://track.example/1"
    assert not world.declare(
        order, carrier="OTHER_ES_LOCAL", number="ABC123", website=website, whole=True, cause="test"
    )
    assert strikes(world) == [(100, order.id, {"kind": "carrier_refused"})]


def test_a_misprinted_number_lacks_its_last_character_and_is_refused_for_it() -> None:
    world, faults = busy(NumberMisprinted(Aim(share=0.5)))
    told = {event.order: event.facts["number"] for event in world.ledger.named("tracking_known")}
    printed = {event.order: event.facts["number"] for event in world.ledger.named("handed_over")}
    struck = {order for _, order, _ in strikes(world)}
    one_parcel = [order for order in told if len(world.orders[OrderId(order or 0)].lines) == 1]
    for order in one_parcel:
        assert told[order] == (printed[order][:-1] if order in struck else printed[order])
    refused = {it.order for it in world.ledger.named("declare_refused") if it.facts["why"] == "NUMBER_FORMAT"}
    assert refused
    assert refused <= struck
    assert faults.struck["fault:0"] == len(struck)


def test_a_faults_choice_of_orders_does_not_depend_on_other_faults() -> None:
    def chosen(*faults: Fault) -> set[int | None]:
        world, _ = busy(*faults)
        return {order for _, order, _ in strikes(world)}

    alone = chosen(MissingFromImport(Aim(share=0.3)))
    assert len(alone) > 20
    assert (
        chosen(
            MissingFromImport(Aim(share=0.3)),
            CarrierRefused(Aim(share=0.5)),
            WalletEmpty(Aim(window=Window(START_AT + DAY))),
        )
        == alone
    )


def test_a_fault_strikes_the_sellers_orders_independently() -> None:
    world, _ = market(MissingFromImport(Aim(share=0.5)), settings=replace(QUIET, demand=Demand(orders_per_day=300)))
    world.advance_to(START_AT + 5 * DAY)
    # The n-th orders of a day are keyed alike for every seller.
    missing = {
        seller: {it.fate.key: float(it.id not in world.mip.orders) for it in world.orders_of(seller)}
        for seller in QUIET.sellers
    }
    both = sorted(missing["one"].keys() & missing["two"].keys())
    assert len(both) > 1000
    choices = [[missing[seller][key] for key in both] for seller in QUIET.sellers]
    assert abs(correlation(*choices)) < 4 / sqrt(len(both))


def test_a_fault_leaves_the_luck_of_every_order_alone() -> None:
    def fates(*faults: Fault) -> list[Any]:
        return [order.fate for order in busy(*faults)[0].orders.values()]

    assert fates() == fates(
        MissingFromImport(Aim(share=0.5)), WalletEmpty(Aim(window=Window(START_AT + DAY))), TokenDies(START_AT + DAY)
    )


# The wire


class Handler:
    """A call that counts how often it is carried out."""

    def __init__(self, operation: str = "GET /v1/orders") -> None:
        self.times = 0
        self.call = Call(operation, self.act, order=7)

    def act(self) -> Response:
        self.times += 1
        return Response(200, b"done")


@pytest.mark.parametrize("faults", [(), (Down(aim=Aim("POST")),)], ids=["none", "one for other calls"])
def test_a_call_that_no_fault_strikes_is_carried_out_once_and_answered(faults: tuple[Fault, ...]) -> None:
    handler = Handler()
    response = market(*faults)[1].carry_out(handler.call).response
    assert (handler.times, response) == (1, Response(200, b"done"))


def test_a_lost_answer_is_of_a_call_carried_out_exactly_once() -> None:
    world, faults = market(AnswerLost(Aim("GET /v1/orders", share=1)))
    handler = Handler()
    response = faults.carry_out(handler.call).response
    assert (handler.times, response) == (1, Response(200, b"done", delivery=Delivery.LOST))
    assert strikes(world) == [(0, 7, {"kind": "answer_lost"})]


def test_a_call_to_what_is_down_is_not_carried_out() -> None:
    world, faults = market(Down(Aim("GET /v1")))
    handler = Handler()
    response = faults.carry_out(handler.call).response
    assert (handler.times, response.status, response.delivery) == (0, 503, Delivery.WHOLE)
    assert response.headers["content-type"] == "text/html"
    assert strikes(world) == [(0, 7, {"kind": "down"})]


@pytest.mark.parametrize(
    "make",
    [lambda window: AnswerLost(Aim("GET", share=1, window=window)), lambda window: Down(Aim("GET", window=window))],
)
def test_the_wire_misbehaves_in_the_window_only(make: Callable[[Window], Fault]) -> None:
    world, faults = market(make(Window(START_AT + 100, START_AT + 200)))
    fine = []
    for at in (99, 100, 199, 200):
        world.advance_to(START_AT + at)
        fine.append(faults.carry_out(Handler().call).response == Response(200, b"done"))
    assert fine == [True, False, False, True]
    assert faults.struck == {"fault:0": 2}


def test_the_wire_misbehaves_for_the_operations_it_is_aimed_at() -> None:
    _, faults = market(Down(Aim("aliexpress.solution.order")))
    statuses = {
        operation: faults.carry_out(Handler(operation).call).response.status
        for operation in ("aliexpress.solution.order.get", "aliexpress.solution.order.fulfill", "GET /v1/orders", "")
    }
    assert statuses == {
        "aliexpress.solution.order.get": 503,
        "aliexpress.solution.order.fulfill": 503,
        "GET /v1/orders": 200,
        "": 200,
    }


def test_a_share_of_the_calls_is_struck() -> None:
    _, faults = market(AnswerLost(Aim("GET", share=0.2)))
    lost = sum(faults.carry_out(Handler().call).response.delivery is Delivery.LOST for _ in range(4000))
    assert abs(lost / 4000 - 0.2) < 4 * sqrt(0.2 * 0.8 / 4000)
    assert faults.struck["fault:0"] == lost


def test_calls_that_a_fault_is_not_aimed_at_do_not_move_its_luck() -> None:
    def lost(between: int) -> list[bool]:
        _, faults = market(AnswerLost(Aim("GET /v1", share=0.5)), Down(Aim("POST", share=0.5)))
        found = []
        for _ in range(50):
            for _ in range(between):
                faults.carry_out(Handler("POST /v1/orders").call)
            found.append(faults.carry_out(Handler().call).response.delivery is Delivery.LOST)
        return found

    assert lost(0) == lost(3)
    assert len(set(lost(0))) == 2


def test_the_first_fault_of_a_call_has_its_way() -> None:
    _, faults = market(Down(Aim("GET")), AnswerLost(Aim("GET", share=1)))
    handler = Handler()
    assert faults.carry_out(handler.call).response.status == 503
    assert faults.struck == {"fault:0": 1, "fault:1": 0}
