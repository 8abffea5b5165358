"""One contract, three ways in: without HTTP, as HTTP messages in this process, over a real socket."""

from collections.abc import Iterator

import httpx
import pytest

from fakemarket.doors.server import running_server
from fakemarket.faults import Aim, AnswerLost, TokenDies
from fakemarket.market import MONDAY, Market
from fakemarket.settings import Demand, Settings, Warehouse
from redclock.run import Transport, aliexpress_client, ports_to
from redclock.subject.http import over_httpx
from redclock.subject.mip_http import MipHttp
from redclock.subject.ports import CallFailed, Declaration, OutcomeUnknown, Ports, TokenDead

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
    assert not ports.mip.resend(refused[0].id)
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
