"""A market that is put away and opened again goes on as if nothing had been."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakemarket.call import Request, Response
from fakemarket.faults import Aim, CarrierRefused, Down, Latency, LateVisibility, MissingFromImport, TokenDies
from fakemarket.market import MONDAY, Market
from fakemarket.rules.status import Status
from fakemarket.settings import Demand, Settings, Tokens, Wire
from fakemarket.showcase import show_every_status

DAY = 86_400
FAULTS = (
    Down(Aim("GET /v1/orders", share=0.3)),
    Latency(Aim("GET /v1/shipments", nth=2), seconds=90),
    LateVisibility(),
    MissingFromImport(Aim(share=0.2)),
    CarrierRefused(Aim(share=0.2)),
    TokenDies(at=MONDAY + 3 * DAY),
)


def ask(market: Market, path: str, method: str = "GET", body: bytes = b"", *, face: str = "mip") -> Response:
    headers = {"authorization": f"Bearer {market.world.mip.api_key}", "content-type": "application/json"}
    return market.answer(face, Request(method, path, "", headers, body, f"http://mip.example{path}"), real_at=0)


def use(market: Market, hours: int) -> list[Response]:
    """What a client does in one go; faults, limits and request ids have their say in it."""
    answers = [ask(market, path) for path in ("/v1/orders", "/v1/orders", "/v1/shipments", "/v1/nothing")]
    market.place(pays=True)
    market.advance(hours=hours)
    return [*answers, ask(market, "/v1/events")]


@given(
    seed=st.integers(0, 1000),
    before=st.lists(st.integers(0, 30), max_size=3),
    after=st.lists(st.integers(0, 60), min_size=1, max_size=4),
)
@settings(max_examples=25)
def test_a_fork_answers_and_goes_on_like_its_origin(seed: int, before: list[int], after: list[int]) -> None:
    shop = Settings(sellers=("shop-1", "shop-2"), demand=Demand(orders_per_day=12), tokens=Tokens(dies_early=True))
    origin = Market(seed=seed, settings=shop, history_days=2, faults=FAULTS)
    for hours in before:
        use(origin, hours)
    fork = origin.fork()
    assert fork.ledger.digest() == origin.ledger.digest()
    for hours in after:
        assert use(origin, hours) == use(fork, hours)
    assert fork.ledger.digest() == origin.ledger.digest()
    assert fork.faults.struck == origin.faults.struck
    assert [fork.journal.shown(it) for it in fork.journal] == [origin.journal.shown(it) for it in origin.journal]


def test_orders_in_every_status_can_be_put_away() -> None:
    market = Market(seed=3, history_days=3, opening=show_every_status)
    fork = market.fork()
    for status in Status:
        assert [order.id for order in fork.orders(status)] == [order.id for order in market.orders(status)] != []
    market.advance(days=40)
    fork.advance(days=40)
    assert fork.ledger.digest() == market.ledger.digest()


def test_a_fork_and_its_origin_share_nothing_but_the_past() -> None:
    origin = Market(seed=3, history_days=1)
    order = origin.place(pays=True)
    fork = origin.fork()
    before = fork.ledger.digest()
    origin.world.tokens.revoke("mip", "shop-1", cause="test")
    origin.faults.add(Down())
    origin.advance(hours=2)
    assert fork.ledger.digest() == before
    assert fork.now() == origin.now() - 7200
    assert not fork.faults.installed
    assert fork.order(order.id) is not order
    assert ask(fork, "/v1/channels").status == 200


def test_a_snapshot_can_be_opened_more_than_once() -> None:
    market = Market(seed=3, history_days=1)
    morning = market.snapshot()
    market.advance(days=5)
    first, second = Market.from_snapshot(morning), Market.from_snapshot(morning)
    first.advance(days=5)
    assert first.ledger.digest() == market.ledger.digest()
    assert second.now() == MONDAY + DAY


def test_a_fork_that_is_reset_begins_like_its_origin() -> None:
    origin = Market(seed=3, history_days=1, opening=show_every_status)
    begun = origin.ledger.digest()
    origin.advance(days=2)
    fork = origin.fork()
    fork.reset()
    assert (fork.ledger.digest(), fork.now()) == (begun, MONDAY + DAY)


def test_a_running_clock_runs_on_in_the_fork() -> None:
    origin = Market(rate=1e9)
    fork = origin.fork()
    assert fork.timeline.rate == 1e9
    first = fork.now()
    assert first >= MONDAY
    assert any(fork.now() > first for _ in range(10**6))


@pytest.mark.parametrize(("spent", "is_gone"), [(2, False), (3, True)])
def test_what_is_left_of_a_quota_is_put_away_too(spent: int, is_gone: bool) -> None:
    market = Market(settings=Settings(wire=Wire(app_calls_per_day=3)))
    for _ in range(spent):
        assert market.world.limits.take("app", "method", market.now()) is None
    refused = market.fork().world.limits.take("app", "method", market.now()) is not None
    assert refused == is_gone
