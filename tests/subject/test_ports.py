"""One contract, three ways in: without HTTP, as HTTP messages in this process, over a real socket."""

from collections.abc import Iterator

import httpx
import pytest

from fakemarket.doors.server import running_server
from fakemarket.faults import Aim, AnswerLost, RefreshRace, TokenDies
from fakemarket.market import MONDAY, Market
from fakemarket.rules.status import Move
from fakemarket.settings import Demand, Settings, Warehouse
from redclock.run import Transport, aliexpress_client, ports_to
from redclock.subject.http import over_httpx
from redclock.subject.mip_http import MipHttp
from redclock.subject.ports import CallFailed, Correction, Declaration, OutcomeUnknown, Ports, TokenDead, Why

CHANNEL = "aliexpress-shop-1"
WAITING = ("WAIT_SELLER_SEND_GOODS",)
WEDNESDAY = MONDAY + 2 * 86_400
SETTINGS = Settings(demand=Demand(orders_per_day=80.0), warehouse=Warehouse(out_of_stock_share=0.2))


@pytest.fixture
def market() -> Market:
    opened = Market(seed=3, settings=SETTINGS, faults=[TokenDies(WEDNESDAY)])
    opened.advance(days=1, hours=20)
    return opened


@pytest.fixture(params=["direct", "http", "socket"])
def ports(request: pytest.FixtureRequest, market: Market) -> Iterator[Ports]:
    if request.param != "socket":
        yield ports_to(market, Transport(request.param))
        return
    with running_server(market) as url, httpx.Client(trust_env=False) as client:
        send = over_httpx(client)
        alerts = ports_to(market, Transport.DIRECT).alerts
        shop = aliexpress_client(market, send, "shop-1", url)
        yield Ports({CHANNEL: shop}, MipHttp(send, f"{url}/mip", market.world.mip.api_key), alerts)


def declared(ports: Ports, order_id: int) -> tuple[str, ...]:
    detail = ports.aliexpress.order(order_id)
    assert detail is not None
    return detail.declared_numbers


def test_the_list_holds_every_waiting_order_with_the_markets_own_deadline(market: Market, ports: Ports) -> None:
    listed = {order.order_id: order for order in ports.aliexpress.orders(WAITING)}
    truth = {order.id: order for order in market.orders(*WAITING)}
    assert len(truth) > 50, "more than one page"
    assert set(listed) == set(truth)
    for number, order in truth.items():
        assert listed[number].ship_by_at == order.ship_by_at
        assert listed[number].modified_at == order.modified_at
        assert listed[number].lines == {line.child_id: line.quantity for line in order.lines}


def test_a_filter_by_change_leaves_out_what_changed_before(market: Market, ports: Ports) -> None:
    since_at = market.now() - 6 * 3600
    listed = {order.order_id for order in ports.aliexpress.orders(WAITING, modified_since_at=since_at)}
    assert listed == {order.id for order in market.orders(*WAITING) if order.modified_at >= since_at}
    assert 0 < len(listed) < len(market.orders(*WAITING))


def test_a_declaration_is_taken_once_and_can_be_read_back(market: Market, ports: Ports) -> None:
    order = market.orders(*WAITING)[0]
    declaration = Declaration(order.id, "CORREOS_ES", "PQ123456789ES", whole=True)
    assert ports.aliexpress.declare(declaration) is None
    assert market.order(order.id).status == "WAIT_BUYER_ACCEPT_GOODS"
    assert declared(ports, order.id) == ("PQ123456789ES",)
    assert ports.aliexpress.declare(declaration) is not None


@pytest.mark.parametrize(("carrier", "number"), [("correos", "PQ123456789ES"), ("CORREOS_ES", "short")])
def test_a_bad_carrier_or_number_is_refused_and_nothing_moves(
    market: Market, ports: Ports, carrier: str, number: str
) -> None:
    order = market.orders(*WAITING)[0]
    assert ports.aliexpress.declare(Declaration(order.id, carrier, number, whole=True)) is not None
    assert market.order(order.id).status == "WAIT_SELLER_SEND_GOODS"


def test_the_platform_shows_its_copies_and_its_health(market: Market, ports: Ports) -> None:
    mirrored = {order.order_id: order for order in ports.mip.orders(updated_since_at=0)}
    assert set(mirrored) == set(market.world.mip.orders)
    refused = [order for order in mirrored.values() if order.review_reason]
    assert {order.review_reason for order in refused} == {"out_of_stock"}
    assert ports.mip.resend(refused[0].id) == "out_of_stock"
    (channel,) = ports.mip.channels()
    assert channel.consecutive_errors == 0
    assert channel.last_successful_import_at == market.now()


def test_a_dead_token_shows_in_the_health_until_it_is_renewed(market: Market, ports: Ports) -> None:
    market.advance_to(WEDNESDAY + 3600)
    (channel,) = ports.mip.channels()
    assert channel.consecutive_errors > 0
    assert "AccessToken" in channel.last_error
    with pytest.raises(CallFailed):
        ports.mip.import_window(channel.channel, WEDNESDAY, market.now())
    before = len(market.world.mip.orders)
    ports.mip.reset_credentials(channel.channel)
    ports.mip.import_window(channel.channel, WEDNESDAY - 3600, market.now())
    assert len(market.world.mip.orders) > before
    assert ports.mip.channels()[0].consecutive_errors == 0


def test_the_channel_of_a_shop_of_any_name_is_asked_for() -> None:
    market = Market(settings=Settings(demand=Demand(orders_per_day=0), sellers=("Plaza/Mayor 1", "50% off?#1", "%41")))
    mip = ports_to(market).mip
    assert [it.channel for it in mip.channels()] == [f"aliexpress-{seller}" for seller in market.settings.sellers]
    for each in mip.channels():
        mip.reset_credentials(each.channel)
        mip.import_window(each.channel, MONDAY, MONDAY)
    assert [entry.status for entry in market.journal] == [200] * 13


def test_the_clients_own_token_is_refreshed_and_when_it_cannot_be_says_so(market: Market, ports: Ports) -> None:
    market.advance(days=31)
    assert ports.aliexpress.orders(WAITING)
    market.advance(days=200)
    with pytest.raises(TokenDead):
        ports.aliexpress.orders(WAITING)


def test_a_lost_answer_is_an_unknown_outcome_and_the_order_has_moved() -> None:
    losing = Market(seed=3, settings=SETTINGS, faults=[AnswerLost(Aim("aliexpress.solution.order.fulfill"))])
    losing.advance(days=1)
    order = losing.orders(*WAITING)[0]
    ports = ports_to(losing)
    with pytest.raises(OutcomeUnknown):
        ports.aliexpress.declare(Declaration(order.id, "CORREOS_ES", "PQ123456789ES", whole=True))
    assert declared(ports, order.id) == ("PQ123456789ES",)


def test_a_declared_number_is_replaced_and_an_unknown_one_is_refused(market: Market, ports: Ports) -> None:
    order = market.orders(*WAITING)[0]
    assert ports.aliexpress.declare(Declaration(order.id, "CORREOS_ES", "PQ123456789ES", whole=True)) is None
    right = Correction(order.id, "CORREOS_ES", "PQ123456789ES", "GLS_ES", "12345678901", whole=True)
    assert ports.aliexpress.correct(right) is None
    assert declared(ports, order.id) == ("12345678901",)
    refusal = ports.aliexpress.correct(right)
    assert refusal is not None
    assert refusal.why is Why.OTHER


@pytest.mark.parametrize(
    ("carrier", "number", "why"),
    [
        ("correos", "PQ123456789ES", Why.CARRIER),
        ("CORREOS_ES", "short", Why.NUMBER),
    ],
)
def test_a_refusal_says_what_to_do_otherwise(market: Market, ports: Ports, carrier: str, number: str, why: Why) -> None:
    order = market.orders(*WAITING)[0]
    refusal = ports.aliexpress.declare(Declaration(order.id, carrier, number, whole=True, website="w.example"))
    assert refusal is not None
    assert refusal.why is why


@pytest.mark.parametrize("accept", [True, False])
def test_a_request_to_cancel_is_answered_once_and_shows_until_when(market: Market, ports: Ports, accept: bool) -> None:
    order = market.orders(*WAITING)[0]
    market.world.move(order, Move.REQUEST_CANCEL, "test")
    (asked,) = (it for it in ports.aliexpress.orders(("IN_CANCEL",)) if it.order_id == order.id)
    assert asked.ship_by_at is None
    assert asked.answer_by_at == market.now() + 48 * 3600
    assert ports.aliexpress.answer_cancellation(order.id, accept=accept) is None
    detail = ports.aliexpress.order(order.id)
    assert detail is not None
    assert detail.status == ("FINISH" if accept else "WAIT_SELLER_SEND_GOODS")
    again = ports.aliexpress.answer_cancellation(order.id, accept=accept)
    assert again is not None
    assert again.why is Why.STATUS


def test_an_order_that_there_is_not_reads_back_as_none(ports: Ports) -> None:
    assert ports.aliexpress.order(9100000000000000) is None


def test_the_platform_stops_what_has_not_left(market: Market, ports: Ports) -> None:
    copies = {it.order_id: it for it in ports.mip.orders(updated_since_at=0)}
    inside = next(it for it in copies.values() if it.status == "sent_to_supplier")
    assert ports.mip.cancel(inside.id)
    assert ports.mip.cancel(inside.id), "twice is the same"
    market.advance(days=3)
    gone = next(it for it in ports.mip.orders(updated_since_at=0) if it.shipments)
    assert not ports.mip.cancel(gone.id)


def test_the_platforms_copy_and_its_wallet_are_told(market: Market, ports: Ports) -> None:
    wallet = ports.mip.wallet(CHANNEL)
    assert wallet.balance_cents is None
    assert wallet.mean_order_cents is not None
    (health,) = ports.mip.channels()
    assert health.token_expires_at == market.world.tokens.current("mip", "shop-1").expires_at
    for copy in ports.mip.orders(updated_since_at=0):
        mirror = market.world.mip.orders[copy.order_id]  # type: ignore[index]
        assert copy.lines == {line.child_id: line.quantity for line in mirror.order.lines}
        assert (copy.imported_at, copy.ship_by_at, copy.channel) == (mirror.imported_at, mirror.ship_by_at, CHANNEL)


def test_who_loses_a_refresh_race_goes_on_with_the_winner_s_pair(market: Market, ports: Ports) -> None:
    market.faults.add(RefreshRace(Aim("/auth/token/refresh")))
    market.advance(days=29)
    assert ports.aliexpress.orders(WAITING)
    own = [it for it in market.ledger.named("token_refreshed") if it.facts["app"] == "own"]
    assert len(own) in (1, 2), "the loser's and the winner's; without HTTP nobody can be in between"


def test_a_pair_that_another_worker_refreshed_is_taken_over(market: Market, ports: Ports) -> None:
    grant = market.world.tokens.current("own", "shop-1")
    market.world.tokens.refresh(grant.refresh_token, app="own", cause="another worker")
    assert ports.aliexpress.orders(WAITING)
    assert len([it for it in market.ledger.named("token_refreshed") if it.facts["app"] == "own"]) == 1


def test_a_dead_pair_is_asked_with_once_and_a_new_one_is_taken_up(market: Market, ports: Ports) -> None:
    market.world.tokens.revoke("own", "shop-1", cause="test")
    for _ in range(3):
        with pytest.raises(TokenDead):
            ports.aliexpress.orders(WAITING)
    market.world.tokens.authorise("own", "shop-1", cause="somebody")
    assert ports.aliexpress.orders(WAITING)
