"""The market: one clock for timeline and world, calls that catch up first, views and hands."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Thread

import pytest

from fakemarket.call import Call, Request, Response
from fakemarket.faults import Aim, Down
from fakemarket.market import MONDAY, Market
from fakemarket.rules.status import Status
from fakemarket.settings import Demand, Settings
from fakemarket.timeline import END_AT, NoSuchTime, TimeRunsForward
from fakemarket.world.tokens import MIP_APP
from fakemarket.world.world import UnknownOrder

DAY = 86_400
QUIET = Settings(sellers=("one", "two"), demand=Demand(orders_per_day=0))
REQUEST = Request("GET", "/anything")


@dataclass
class Probe:
    """A face that says when it was read and carried out, and what the world looked like."""

    market: Market
    moments: list[tuple[str, int, int, int]] = field(default_factory=list)

    def read(self, request: Request, real_at: int, request_id: str) -> Call:
        self._note("read", real_at)
        return Call("PROBE", self._act)

    def _act(self) -> Response:
        self._note("act", 0)
        return Response(200, b"seen", {"x-own": "1"})

    def _note(self, what: str, real_at: int) -> None:
        self.moments.append((what, real_at, self.market.world.now, len(self.market.world.orders)))


@pytest.fixture
def market() -> Market:
    return Market(seed=3, settings=QUIET)


def test_a_market_opens_at_its_start_and_stands_still(market: Market) -> None:
    assert market.now() == market.world.now == MONDAY
    assert market.moment() == datetime(2026, 3, 2, tzinfo=UTC)


def test_a_market_may_open_with_history_behind_it() -> None:
    market = Market(seed=3, history_days=3)
    assert market.now() == market.world.now == MONDAY + 3 * DAY
    assert min(order.placed_at for order in market.orders()) < MONDAY + DAY
    younger = Market(seed=3)
    younger.advance(days=3)
    assert younger.ledger.digest() == market.ledger.digest()


def test_time_passes_by_the_sum_of_what_is_asked_for(market: Market) -> None:
    market.advance(days=1, hours=2, minutes=3, seconds=4)
    assert market.now() == market.world.now == MONDAY + DAY + 2 * 3600 + 3 * 60 + 4
    market.advance(hours=-1, minutes=60)
    market.advance_to(market.now())
    assert market.now() == MONDAY + DAY + 2 * 3600 + 3 * 60 + 4


def test_time_does_not_go_back_and_nothing_happens_when_it_is_asked_to(market: Market) -> None:
    market.advance(hours=1)
    with pytest.raises(TimeRunsForward, match="cannot go back"):
        market.advance(seconds=-1)
    with pytest.raises(TimeRunsForward, match="cannot go back"):
        market.advance_to(MONDAY)
    assert market.now() == market.world.now == MONDAY + 3600


def test_a_market_goes_up_to_the_end_of_time_and_no_further() -> None:
    market = Market(settings=Settings(demand=Demand(orders_per_day=3)), start_at=END_AT - DAY)
    with pytest.raises(NoSuchTime):
        market.advance(days=1, seconds=1)
    assert market.now() == market.world.now == END_AT - DAY
    assert not market.run_until(lambda: False, 10 * DAY)
    assert market.now() == END_AT


@pytest.mark.parametrize(("start_at", "history_days"), [(-1, 0), (-DAY, 1), (END_AT, 1), (END_AT + 1, 0), (10**12, 0)])
def test_a_market_before_or_after_all_time_is_refused(start_at: int, history_days: int) -> None:
    with pytest.raises(NoSuchTime, match="from 1970 to the beginning of 2100"):
        Market(settings=QUIET, start_at=start_at, history_days=history_days)


def test_everything_up_to_and_including_the_second_has_happened(market: Market) -> None:
    order = market.place(pays=True, attempts_seconds=(100,))
    market.advance(seconds=99)
    assert order.status is Status.PLACE_ORDER_SUCCESS
    market.advance(seconds=1)
    assert order.status is not Status.PLACE_ORDER_SUCCESS


def test_a_call_first_lets_the_world_catch_up_then_is_read_then_carried_out() -> None:
    market = Market(seed=3)
    probe = Probe(market)
    market._faces["probe"] = probe
    market.timeline.jump_to(MONDAY + DAY)
    response = market.answer("probe", REQUEST, real_at=77)
    placed = sum(order.placed_at <= MONDAY + DAY for order in market.orders())
    assert placed > 5
    assert probe.moments == [("read", 77, MONDAY + DAY, placed), ("act", 0, MONDAY + DAY, placed)]
    assert (response.status, response.body) == (200, b"seen")
    assert response.headers == {"x-own": "1", "date": "Tue, 03 Mar 2026 00:00:00 GMT"}


def test_faults_have_their_say_between_reading_and_carrying_out() -> None:
    market = Market(seed=3, settings=QUIET, faults=[Down(Aim("PROBE"))])
    probe = Probe(market)
    market._faces["probe"] = probe
    assert market.answer("probe", REQUEST, real_at=0).status == 503
    assert [what for what, *_ in probe.moments] == ["read"]


def test_no_fault_strikes_whoever_holds_the_clock() -> None:
    market = Market(seed=3, settings=QUIET, faults=[Down(Aim(""))])
    assert market.answer("control", Request("GET", "/clock"), real_at=0).status == 200
    assert market.faults.struck == {"fault:0": 0}


def test_a_market_that_runs_by_itself_takes_the_world_with_it_at_every_call() -> None:
    market = Market(seed=3, settings=QUIET, rate=1e6)
    market._faces["probe"] = Probe(market)
    instants = []
    for _ in range(20):
        market.answer("probe", REQUEST, real_at=0)
        instants.append(market.world.now)
    assert instants == sorted(instants)
    assert instants[-1] > MONDAY
    assert market.world.now <= market.now()
    for _ in range(50):
        market.advance(seconds=0)


def test_calls_from_many_threads_find_a_world_that_is_whole() -> None:
    market = Market(seed=3, rate=200_000)
    errors: list[BaseException] = []

    def call() -> None:
        try:
            for _ in range(25):
                market.answer("control", Request("GET", "/orders", query="limit=3"), real_at=0)
                market.place()
        except BaseException as error:  # noqa: BLE001  (whatever it is, the test reports it)
            errors.append(error)

    threads = [Thread(target=call) for _ in range(6)]
    switches_every = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(switches_every)
    assert not errors
    by_hand = {event.order for event in market.ledger.named("place") if event.cause == "call"}
    assert len(by_hand) == 6 * 25
    assert [event.at for event in market.ledger] == sorted(event.at for event in market.ledger)


# Views and hands


def test_credentials_are_those_of_the_app_and_seller_asked_for(market: Market) -> None:
    own, mips, other = market.credentials(), market.credentials(app=MIP_APP), market.credentials(seller="two")
    assert len({own.access_token, mips.access_token, other.access_token}) == 3
    assert own.app_key == other.app_key != mips.app_key
    assert own == market.credentials(seller="one")
    market.world.tokens.refresh(own.refresh_token, app="own", cause="test")
    assert market.credentials().access_token != own.access_token


def test_orders_are_listed_by_status_and_seller_oldest_first(market: Market) -> None:
    first = market.place(seller="two", pays=True, attempts_seconds=(10,), processing_seconds=3600)
    market.advance(seconds=5)
    second = market.place(pays=False, attempts_seconds=())
    market.advance(minutes=1)
    assert market.orders() == [first, second]
    assert market.orders(seller="one") == [second]
    assert market.orders("PAYMENT_PROCESSING") == market.orders(Status.PAYMENT_PROCESSING) == [first]
    assert market.orders(Status.PAYMENT_PROCESSING, Status.PLACE_ORDER_SUCCESS) == [first, second]
    with pytest.raises(ValueError, match="SHIPPED"):
        market.orders("SHIPPED")


def test_an_order_placed_by_hand_has_the_fate_that_was_decided_and_else_luck(market: Market) -> None:
    order = market.place(seller="two", pays=True, review_seconds=60, goods=((5, 2, 1250),))
    assert (order.seller, order.total_cents, order.fate.review_seconds) == ("two", 2500, 60)
    assert order.fate.attempts_seconds
    assert market.order(order.id) is order
    market.advance(days=30)
    assert order.accepted_at is not None
    again = Market(seed=3, settings=QUIET).place(seller="two", pays=True, review_seconds=60, goods=((5, 2, 1250),))
    assert again.fate == order.fate


@pytest.mark.parametrize("goods", [((5, 2, 1250),), ((5, 1, 100), (6, 1, 200), (7, 1, 300))])
def test_the_goods_of_an_order_placed_by_hand_need_not_match_the_parcels_it_was_fated(
    goods: tuple[tuple[int, int, int], ...],
) -> None:
    market = Market(seed=3, settings=Settings(demand=Demand(orders_per_day=0, several_products_share=1)))
    orders = [market.place(pays=True, goods=goods, out_of_stock=False) for _ in range(20)]
    assert {len(order.fate.parcels) for order in orders} == {1, 2}
    market.advance(days=20)
    assert sum(order.sent_at is not None for order in orders) > 10


def test_an_unknown_order_is_said_to_be(market: Market) -> None:
    with pytest.raises(UnknownOrder, match="no order 12 in this market"):
        market.order(12)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda market: market.orders("WAITING"), "there is no status 'WAITING'; there are PLACE_ORDER_SUCCESS, "),
        (lambda market: market.orders(seller="shop"), "there is no seller 'shop' in this market; there is one, two"),
        (lambda market: market.place(seller="shop"), "there is no seller 'shop' in this market"),
        (lambda market: market.credentials(seller=""), "there is no seller '' in this market"),
        (lambda market: market.place(products=2), "an order's fate has no 'products'; it has .*goods"),
    ],
)
def test_what_a_market_does_not_have_is_named_beside_what_it_has(
    market: Market, ask: Callable[[Market], object], said: str
) -> None:
    before = market.ledger.digest()
    with pytest.raises(ValueError, match=said):
        ask(market)
    assert market.ledger.digest() == before


def test_a_market_says_what_it_is() -> None:
    market = Market(seed=3, settings=QUIET)
    market.place(seller="two")
    market.advance(hours=1)
    assert repr(market) == "<Market seed 3 at 2026-03-02 01:00:00Z: 1 orders>"


def test_no_order_comes_by_itself_after_the_last_instant() -> None:
    market = Market(seed=3, orders_until_at=MONDAY + DAY)
    market.advance(days=5)
    assert max(order.placed_at for order in market.orders()) < MONDAY + DAY


def test_markets_share_nothing() -> None:
    alone = Market(seed=3)
    alone.advance(days=2)
    one, other = Market(seed=3), Market(seed=3)
    one.place()
    one.world.mip.empty_wallets.add("shop-1")
    one.advance(days=2)
    other.advance(days=2)
    assert other.ledger.digest() == alone.ledger.digest() != one.ledger.digest()


def test_importing_the_market_imports_nothing_heavy() -> None:
    program = (
        "import sys, fakemarket.market;"
        "heavy = {'pydantic', 'faker', 'numpy', 'httpx', 'requests', 'httptools', 'holidays'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
