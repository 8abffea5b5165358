"""Whom faults strike, when and how often; what is counted; and that none moves another one's luck."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fakemarket.call import Call, Request, Response
from fakemarket.faults import (
    Aim,
    AnswerLost,
    BadFault,
    CarrierRefused,
    ClockSkew,
    Down,
    ExpiryLies,
    FailsInside,
    Fault,
    Garbage,
    Latency,
    MissingFromImport,
    MissingFromList,
    PageDrift,
    QuotaGone,
    RateLimited,
    Reset,
    Timeout,
    TokenDies,
    UnknownFault,
    WalletEmpty,
    Window,
)
from fakemarket.market import MONDAY, Market
from fakemarket.settings import Demand, Settings
from fakemarket.world.lens import CLEAR, Lens
from fakemarket.world.order import Order

Work = Callable[..., Order]
Open = Callable[..., Any]

CHANNELS = "GET /v1/channels"
OF_ANY_CALL = (Latency, Timeout, Reset, Down, Garbage, RateLimited, QuotaGone, FailsInside, AnswerLost, ClockSkew)


@pytest.mark.parametrize("kind", OF_ANY_CALL)
def test_a_fault_of_calls_strikes_in_its_window_and_not_a_second_beside_it(kind: Any, opened: Open) -> None:
    window = Window(MONDAY + 100, MONDAY + 200)
    caller = opened(kind(Aim(CHANNELS, window=window)))
    struck = caller.market.faults.struck
    for offset, expected in ((99, 0), (100, 1), (101, 2), (199, 3), (200, 3), (201, 3)):
        caller.market.advance_to(max(MONDAY + offset, caller.market.now()))
        if kind is Latency and offset == 101:
            continue  # the call at 100 took until 130
        caller.mip("GET /v1/channels")
        assert struck["fault:0"] == expected - (kind is Latency and offset > 101)


@pytest.mark.parametrize("kind", [MissingFromList, CarrierRefused, MissingFromImport])
def test_a_fault_of_orders_strikes_in_its_window_and_not_a_second_beside_it(
    kind: Any, opened: Open, work: Work
) -> None:
    caller = opened(kind(Aim(window=Window(MONDAY + 1000, MONDAY + 2000))))
    order = work(caller.market)
    world = caller.market.world

    def strikes() -> bool:
        if kind is MissingFromList:
            return order.id not in caller.ids()
        return bool((world.refuses_carrier if kind is CarrierRefused else world.mip.skips)(order))

    for offset, expected in ((999, False), (1000, True), (1001, True), (1999, True), (2000, False), (2001, False)):
        caller.market.advance_to(MONDAY + offset)
        assert strikes() is expected
    assert caller.market.faults.struck == {"fault:0": 1}


def test_the_nth_is_counted_over_the_calls_that_all_the_rest_aims_at(opened: Open) -> None:
    caller = opened(Down(Aim(CHANNELS, nth=3, window=Window(from_at=MONDAY + 10))))
    seen = []
    for second in range(8, 16):
        caller.market.advance_to(MONDAY + second)
        assert caller.mip("GET /v1/orders").status == 200
        seen.append(caller.mip("GET /v1/channels").status)
    assert seen == [200, 200, 200, 200, 503, 200, 200, 200]


def test_one_order_s_calls_are_struck_and_no_other_s(opened: Open, work: Work) -> None:
    caller = opened()
    mine, other = work(caller.market), work(caller.market)
    caller.market.faults.add(Down(Aim(order=mine.id)))
    info = "aliexpress.solution.order.info.get"
    assert caller.ae(info, param1={"order_id": mine.id}).status == 503
    assert caller.ae(info, param1={"order_id": other.id}).status == 200
    assert caller.mip("GET /v1/channels").status == 200
    assert [event.order for event in caller.market.ledger.named("fault")] == [mine.id]


def test_one_seller_s_calls_and_orders_are_struck_and_no_other_s(opened: Open, work: Work) -> None:
    caller = opened(Down(Aim(seller="b")), CarrierRefused(Aim(seller="b")), sellers=("a", "b"))
    market = caller.market
    assert caller.ae("aliexpress.solution.order.get", param0={"current_page": 1, "page_size": 1}).status == 200
    assert type(caller)(market, "b").ae("aliexpress.logistics.redefining.listlogisticsservice").status == 503
    assert not market.world.refuses_carrier(work(market, seller="a"))
    assert market.world.refuses_carrier(work(market, seller="b"))


def test_each_strike_is_in_the_ledger_with_the_number_of_its_fault(opened: Open) -> None:
    caller = opened(Down(Aim("GET /v1/orders")), Garbage(Aim(CHANNELS)))
    caller.mip("GET /v1/channels")
    caller.mip("GET /v1/channels")
    caller.mip("GET /v1/orders")
    told = [(event.cause, event.facts["kind"]) for event in caller.market.ledger.named("fault")]
    assert told == [("fault:1", "garbage"), ("fault:1", "garbage"), ("fault:0", "down")]
    assert caller.market.faults.struck == {"fault:0": 1, "fault:1": 2}


def test_a_fault_that_never_struck_is_listed_until_it_does(opened: Open) -> None:
    caller = opened(Down(Aim("GET /v1/orders")), Down(Aim(CHANNELS)))
    assert caller.market.faults.never_struck() == (0, 1)
    caller.mip("GET /v1/channels")
    assert caller.market.faults.never_struck() == (0,)


def pattern(faults: list[Fault], *, looks_between: int = 0) -> list[int]:
    """The statuses of 60 calls to one operation."""
    market = Market(seed=9, settings=Settings(demand=Demand(orders_per_day=0)), faults=faults)
    key = f"Bearer {market.world.mip.api_key}"

    def ask(path: str) -> int:
        return market.answer("mip", Request("GET", path, headers={"authorization": key}), real_at=0).status

    told = []
    for _ in range(60):
        told.append(ask("/v1/channels"))
        for _ in range(looks_between):
            ask("/v1/orders")
    return told


def test_luck_is_each_call_s_own() -> None:
    half = Down(Aim(CHANNELS, share=0.5))
    alone = pattern([half])
    assert 15 < alone.count(503) < 45
    assert pattern([half], looks_between=2) == alone, "calls that it doesn't aim at moved its luck"
    assert pattern([half, Down(Aim("GET /v1/orders"))], looks_between=1) == alone, "another fault moved its luck"
    behind = pattern([Down(Aim(CHANNELS, share=0.5), status=500), half])
    assert [status == 500 for status in behind] == [status == 503 for status in alone]
    assert {503, 200} < set(behind), "two faults shared their luck"


def test_luck_is_each_order_s_own(opened: Open, work: Work) -> None:
    def refused(*faults: Fault) -> list[bool]:
        market = opened(*faults).market
        return [market.world.refuses_carrier(work(market)) for _ in range(40)]

    half = CarrierRefused(Aim(share=0.5))
    alone = refused(half)
    assert 8 < sum(alone) < 32
    assert refused(half, MissingFromList(Aim(share=0.5)), Latency()) == alone
    both = refused(half, half)
    assert all(two for one, two in zip(alone, both, strict=True) if one)
    assert sum(both) > sum(alone), "two faults of one kind shared their luck, or one hid the other"


def test_of_those_that_want_a_call_for_themselves_the_first_has_it(opened: Open) -> None:
    caller = opened(Garbage(Aim(CHANNELS, nth=2)), Down(Aim(CHANNELS)))
    assert [caller.mip("GET /v1/channels").status for _ in range(3)] == [503, 200, 503]
    assert caller.market.faults.struck == {"fault:0": 1, "fault:1": 2}


def test_faults_come_and_go_while_the_market_runs(opened: Open) -> None:
    caller = opened()
    faults = caller.market.faults
    number = faults.add(Down(Aim(CHANNELS)))
    assert faults.installed == {number: Down(Aim(CHANNELS))}
    assert caller.mip("GET /v1/channels").status == 503
    assert faults.remove(number) == Down(Aim(CHANNELS))
    assert caller.mip("GET /v1/channels").status == 200
    assert faults.struck == {"fault:0": 1}
    assert faults.add(Reset()) == 1
    with pytest.raises(UnknownFault, match=r"no fault 0 at market time .*; there is 1"):
        faults.remove(0)


def test_what_is_taken_away_no_longer_comes_due(opened: Open, work: Work) -> None:
    caller = opened(TokenDies(MONDAY + 100), WalletEmpty(Aim(window=Window(MONDAY + 100, MONDAY + 900))))
    market = caller.market
    market.faults.remove(0)
    market.advance(seconds=100)
    assert market.world.tokens.alive("mip", "shop-1")
    assert market.world.mip.empty_wallets == {"shop-1"}
    market.faults.remove(1)
    assert market.world.mip.empty_wallets == set()


def test_a_wallet_is_filled_when_the_last_of_its_faults_is_over(opened: Open) -> None:
    early, late = Window(MONDAY + 10, MONDAY + 30), Window(MONDAY + 20, MONDAY + 40)
    market = opened(WalletEmpty(Aim(window=early)), WalletEmpty(Aim(window=late))).market
    for offset, empty in ((9, False), (10, True), (29, True), (30, True), (39, True), (40, False)):
        market.advance_to(MONDAY + offset)
        assert bool(market.world.mip.empty_wallets) is empty, offset


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Aim(nth=0), "nth is 0; calls are counted from 1"),
        (lambda: Aim(share=1.5), "share is 1.5; 0 to 1 is allowed"),
        (lambda: Window(5, 5), "`until` must be later than `from`"),
        (lambda: Market(faults=[Down(Aim(seller="x"))]), "down aims at the seller 'x'; there is shop-1"),
        (lambda: Market(faults=[TokenDies(0, seller="x")]), "token_dies aims at the seller 'x'"),
        (lambda: Market(faults=[CarrierRefused(Aim("GET /v1"))]), "carrier_refused can't be aimed by operation"),
        (lambda: Market(faults=[WalletEmpty(Aim(nth=2))]), "can't be aimed by nth; it takes seller, window"),
    ],
)
def test_a_fault_that_can_t_be_says_why(make: Callable[[], object], said: str) -> None:
    with pytest.raises(BadFault, match=said.replace("(", r"\(")):
        make()


def test_a_call_that_no_fault_bends_is_seen_through_the_clear_lens_itself(opened: Open) -> None:
    """Pages that are kept are shown through no other."""
    market = opened(Down(Aim("POST")), PageDrift(Aim("POST"))).market
    seen: list[Lens] = []

    def act() -> Response:
        seen.append(market.world.lens)
        return Response(200, b"")

    market.faults.carry_out(Call("GET /v1/orders", act))
    market.faults.carry_out(Call("POST /v1/webhooks", act))
    assert seen == [CLEAR]
    assert seen[0] is CLEAR


def test_one_that_strikes_only_where_something_is_told_counts_nothing_else(opened: Open) -> None:
    caller = opened(ExpiryLies())
    caller.mip("GET /v1/channels")
    assert caller.market.faults.struck == {"fault:0": 0}
