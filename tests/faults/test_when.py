"""When faults are on by what has happened and by what is so."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import pytest

from fakemarket.faults import (
    After,
    Aim,
    BadFault,
    CarrierRefused,
    Down,
    During,
    Fault,
    Faults,
    LateImport,
    MissingFromImport,
    QuotaGone,
    StaleRead,
    TokenDies,
    WalletEmpty,
    WebhookDropped,
    WebhookDuplicated,
    Window,
)
from fakemarket.faults.when import HAPPENINGS
from fakemarket.market import MONDAY, Market
from fakemarket.rules.status import Move, Status
from fakemarket.settings import Buyers, Demand, Payments, Settings, Tokens
from fakemarket.streams import Streams
from fakemarket.world.mip_journal import Happening
from fakemarket.world.order import Order
from fakemarket.world.world import World

Work = Callable[..., Order]
Open = Callable[..., Any]

DAY = 86_400
CHANNELS = "GET /v1/channels"


def is_down(caller: Any) -> bool:
    status: int = caller.mip(CHANNELS).status
    return status == 503


@pytest.mark.parametrize("offset", [-1, 0, 1, 59, 60, 61])
def test_after_something_a_fault_is_on_from_the_second_for_its_seconds(offset: int, opened: Open) -> None:
    caller = opened(Down(Aim(CHANNELS, after=After("place", wait_seconds=30, for_seconds=60))))
    assert not is_down(caller)
    caller.market.advance(hours=1)
    caller.market.place(pays=False)
    caller.market.advance(seconds=30 + offset)
    assert is_down(caller) is (0 <= offset < 60)


def test_without_a_wait_it_is_on_at_once_and_for_good(opened: Open) -> None:
    caller = opened(Down(Aim(CHANNELS, after=After("place"))))
    assert not is_down(caller)
    caller.market.place(pays=False)
    assert is_down(caller)
    caller.market.advance(days=300)
    assert is_down(caller)


def test_the_call_that_makes_it_happen_is_not_struck_yet(opened: Open, work: Work) -> None:
    fulfill = "aliexpress.solution.order.fulfill"
    caller = opened(Down(Aim(fulfill, after=After("declare_all"))))
    order = work(caller.market)
    words = {"out_ref": str(order.id), "service_name": "CORREOS_ES", "logistics_no": "PQ123456789ES"}
    assert [caller.ae(fulfill, send_type="all", **words).status for _ in range(2)] == [200, 503]
    assert order.sent_at is not None


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_what_happens_is_counted_from_when_the_fault_is_put_to_work(nth: int, opened: Open) -> None:
    caller = opened()
    caller.market.place(pays=False)
    caller.market.faults.add(Down(Aim(CHANNELS, after=After("place", nth=nth))))
    states = []
    for _ in range(3):
        caller.market.place(pays=False)
        states.append(is_down(caller))
    assert states == [number >= nth for number in (1, 2, 3)]


def test_it_comes_on_once_and_not_again(opened: Open) -> None:
    caller = opened(Down(Aim(CHANNELS, after=After("place", for_seconds=60))))
    states = []
    for _ in range(3):
        caller.market.place(pays=False)
        states.append(is_down(caller))
        caller.market.advance(seconds=60)
    assert states == [True, False, False]


def test_it_waits_for_one_order_or_one_seller(opened: Open, work: Work) -> None:
    caller = opened(sellers=("one", "two"))
    market = caller.market
    one, two = work(market, seller="one"), work(market, seller="two")
    market.faults.add(Down(Aim(CHANNELS, after=After("request_cancel", order=two.id))))
    market.world.force(one, Move.REQUEST_CANCEL, "test")
    assert not is_down(caller)
    market.world.force(two, Move.REQUEST_CANCEL, "test")
    assert is_down(caller)
    market.faults.remove(0)
    market.faults.add(Down(Aim(CHANNELS, after=After("accept_cancel", seller="two"))))
    market.world.force(one, Move.ACCEPT_CANCEL, "test")
    assert not is_down(caller)
    market.world.force(two, Move.ACCEPT_CANCEL, "test")
    assert is_down(caller)


@pytest.mark.parametrize("what", ["token_revoked", "mip_failing"])
def test_what_happens_to_a_seller_s_token_or_channel_is_his(what: str, opened: Open) -> None:
    for seller, struck in (("one", False), ("two", True)):
        caller = opened(Down(Aim(CHANNELS, after=After(what, seller="two"))), sellers=("one", "two"))
        caller.market.world.tokens.revoke("mip", seller, cause="test")
        caller.market.advance(hours=1)
        assert is_down(caller) is struck


def test_a_window_and_what_it_waits_for_must_both_hold(opened: Open) -> None:
    window = Window(MONDAY + 100, MONDAY + 200)
    caller = opened(Down(Aim(CHANNELS, window=window, after=After("place", for_seconds=150))))
    caller.market.place(pays=False)
    states = []
    for offset in (99, 100, 149, 150, 199):
        caller.market.advance_to(MONDAY + offset)
        states.append(is_down(caller))
    assert states == [False, True, True, False, False]


# What is so


def test_during_a_status_of_an_order_and_no_longer(opened: Open) -> None:
    caller = opened()
    market = caller.market
    order = market.place(pays=True, pays_offline=False, attempts_seconds=(60,), processing_seconds=60)
    market.faults.add(Down(Aim(CHANNELS, during=During(Status.PAYMENT_PROCESSING, order=order.id))))
    states = []
    for offset in (59, 60, 119, 120):
        market.advance_to(MONDAY + offset)
        states.append(is_down(caller))
    assert states == [False, True, True, False]


def test_an_order_that_is_not_there_is_in_no_status(opened: Open) -> None:
    assert not is_down(opened(Down(Aim(CHANNELS, during=During(Status.PLACE_ORDER_SUCCESS, order=7)))))


@pytest.mark.parametrize(("seller", "at_least"), [(None, 4), ("two", 2)])
def test_while_so_many_orders_are_in_a_status_and_not_one_fewer(
    seller: str | None, at_least: int, opened: Open, work: Work
) -> None:
    during = During(Status.WAIT_SELLER_SEND_GOODS, at_least=at_least, seller=seller)
    caller = opened(Down(Aim(CHANNELS, during=during)), sellers=("one", "two"))
    states, orders = [is_down(caller)], []
    for name in ("one", "two", "one", "two"):
        orders.append(work(caller.market, seller=name))
        states.append(is_down(caller))
    assert states == [False, False, False, False, True]
    caller.market.world.force(orders[-1], Move.REQUEST_CANCEL, "test")
    assert not is_down(caller)


# Every kind


@pytest.mark.parametrize("kind", [MissingFromImport, LateImport, CarrierRefused])
def test_faults_of_orders_wait_too(kind: Any, opened: Open, work: Work) -> None:
    caller = opened(kind(Aim(after=After("place", nth=2))))
    first = work(caller.market)
    asked = caller.market.world.refuses_carrier if kind is CarrierRefused else caller.market.world.mip.skips
    assert not asked(first)
    second = caller.market.place()
    assert asked(second)
    assert asked(first) is (kind is not LateImport or caller.market.now() < first.placed_at + 90 * 60)


def test_webhooks_are_dropped_during_a_status(opened: Open, work: Work) -> None:
    market = opened(WebhookDropped(Aim(during=During(Status.WAIT_SELLER_SEND_GOODS, at_least=2)))).market
    market.world.mip.webhooks.register("http://127.0.0.1:9/", ("order.imported",), cause="test")
    work(market)
    market.advance(minutes=15)
    assert market.deliver(lambda _: 200) == 1
    work(market)
    market.advance(minutes=15)
    assert market.deliver(lambda _: 200) == 0
    assert market.faults.struck == {"fault:0": 1}


@pytest.mark.parametrize(("later_seconds", "alive"), [(-1, True), (0, False), (1, False)])
def test_a_token_dies_so_long_after_something(later_seconds: int, alive: bool, opened: Open) -> None:
    market = opened(TokenDies(app="own", after=After("place", wait_seconds=100))).market
    market.advance(seconds=50)
    market.place(pays=False)
    market.advance(seconds=100 + later_seconds)
    assert market.world.tokens.alive("own", "shop-1") is alive
    assert market.faults.struck == {"fault:0": int(not alive)}
    market.place(pays=False)
    market.advance(days=1)
    assert market.faults.struck == {"fault:0": 1}


@pytest.mark.parametrize(("offset", "empty"), [(-1, False), (0, True), (59, True), (60, False)])
def test_a_wallet_is_empty_so_long_after_something(offset: int, empty: bool, opened: Open) -> None:
    market = opened(WalletEmpty(Aim(after=After("place", wait_seconds=10, for_seconds=60)))).market
    market.advance(days=1)
    assert market.world.mip.empty_wallets == set()
    market.place(pays=False)
    market.advance(seconds=10 + offset)
    assert market.world.mip.empty_wallets == ({"shop-1"} if empty else set())


def test_a_wallet_s_window_cuts_what_it_waits_for(opened: Open) -> None:
    aim = Aim(window=Window(MONDAY + 100, MONDAY + 200), after=After("place", for_seconds=1000))
    market = opened(WalletEmpty(aim)).market
    market.place(pays=False)
    states = []
    for offset in (99, 100, 199, 200):
        market.advance_to(MONDAY + offset)
        states.append(bool(market.world.mip.empty_wallets))
    assert states == [False, True, True, False]
    late = opened(WalletEmpty(aim)).market
    late.advance(seconds=200)
    late.place(pays=False)
    assert (late.world.mip.empty_wallets, late.faults.struck) == (set(), {"fault:0": 0})


def test_a_fault_that_is_taken_away_waits_no_more(opened: Open) -> None:
    wallet = WalletEmpty(Aim(after=After("place", nth=2)))
    market = opened(wallet, TokenDies(after=After("place"), app="own")).market
    market.place(pays=False)
    market.faults.remove(0)
    market.place(pays=False)
    market.advance(seconds=1)
    assert market.world.mip.empty_wallets == set()
    assert market.world.hears is None, "nobody waits, so nobody listens"
    assert market.faults.struck == {"fault:0": 0, "fault:1": 1}


def test_a_phase_can_follow_a_phase(opened: Open) -> None:
    """The first order brings an outage of a minute, and the token that dies with it brings one of two."""
    first = Down(Aim(CHANNELS, after=After("place", for_seconds=60)), status=500)
    dies = TokenDies(after=After("place", wait_seconds=300))
    second = Down(Aim(CHANNELS, after=After("token_revoked", wait_seconds=60, for_seconds=120)), status=502)
    caller = opened(first, dies, second)
    caller.market.place(pays=False)
    told = []
    for offset in (0, 59, 60, 359, 360, 479, 480):
        caller.market.advance_to(MONDAY + offset)
        told.append(caller.mip(CHANNELS).status)
    assert told == [500, 500, 200, 200, 502, 502, 200]


# What can be said


def test_a_busy_market_knows_no_other_happenings() -> None:
    buyers = Buyers(cancel_share=0.2, dispute_share=0.2, frozen_share=0.2)
    payments, tokens = Payments(failure_share=0.4), Tokens(access_hours=480)
    settings = Settings(demand=Demand(orders_per_day=20), buyers=buyers, payments=payments, tokens=tokens)
    market = Market(seed=3, settings=settings, faults=[CarrierRefused(Aim(share=0.2)), QuotaGone(), StaleRead()])
    market.advance(days=60)
    market.world.tokens.revoke("mip", "shop-1", cause="test")
    market.advance(hours=1)
    words = {str(event.what) for event in market.ledger}
    assert len(words) > 25
    assert words <= {*HAPPENINGS, "fault"}
    assert len(HAPPENINGS) == len(set(HAPPENINGS))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: After("declare_al"), r"nothing that happens is called 'declare_al'; allowed: place, .* declare_all\?"),
        (lambda: After("place", nth=0), "nth is 0; what happens is counted from 1"),
        (lambda: After("place", wait_seconds=-1), "can't wait -1 s"),
        (lambda: After("place", for_seconds=0), "be on for 0 s"),
        (lambda: During(Status.IN_CANCEL), "either `order` or `at_least`"),
        (lambda: During(Status.IN_CANCEL, order=1, at_least=1), "either `order` or `at_least`"),
        (lambda: During(Status.IN_CANCEL, at_least=0), "at_least is 0"),
        (lambda: During(Status.IN_CANCEL, order=1, seller="one"), "only with `at_least`"),
        (TokenDies, "either `at` or `after`"),
        (lambda: TokenDies(5, after=After("place")), "either `at` or `after`"),
        (lambda: TokenDies(after=After("place", for_seconds=5)), "takes no `for_seconds`"),
        (lambda: Market(faults=[Down(Aim(after=After("place", seller="x")))]), "aims at the seller 'x'"),
        (lambda: Market(faults=[TokenDies(after=After("place", seller="x"))]), "aims at the seller 'x'"),
        (
            lambda: Market(faults=[WalletEmpty(Aim(during=During(Status.IN_CANCEL, order=1)))]),
            "can't be aimed by during; it takes seller, window, after",
        ),
    ],
)
def test_a_condition_that_can_t_be_says_why(make: Callable[[], object], said: str) -> None:
    with pytest.raises(BadFault, match=said):
        make()


def _no_time(seconds: int) -> None:
    """Nobody waits in these tests."""


def test_what_faults_remember_is_kept_with_their_world() -> None:
    """Pickled in the middle, both go on as one history."""
    world = World(Settings(demand=Demand(orders_per_day=40)), Streams(4), MONDAY)
    waiting: list[Fault] = [
        CarrierRefused(Aim(share=0.5, after=After("declare_all", nth=20))),
        MissingFromImport(Aim(nth=70)),
        LateImport(Aim(share=0.3)),
        WebhookDropped(Aim(nth=90)),
        WebhookDuplicated(Aim(share=0.3, during=During(Status.WAIT_SELLER_SEND_GOODS, at_least=5))),
        TokenDies(app="own", after=After("imported", nth=60, wait_seconds=3600)),
        WalletEmpty(Aim(after=After("packed", nth=10, for_seconds=9000))),
    ]
    faults = Faults(waiting, world, _no_time)
    world.mip.webhooks.register("http://127.0.0.1:9/", tuple(Happening), cause="test")
    world.advance_to(MONDAY + DAY)
    kept = pickle.dumps((world, faults))
    world.advance_to(MONDAY + 5 * DAY)
    again, its_faults = pickle.loads(kept)
    again.advance_to(MONDAY + 5 * DAY)
    assert (again.ledger.digest(), its_faults.struck) == (world.ledger.digest(), faults.struck)
    assert all(faults.struck.values()), faults.struck
    assert any(event.at > MONDAY + DAY for event in world.ledger.named("fault"))
