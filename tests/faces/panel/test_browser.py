"""The panel in a real Chromium: by keyboard alone, on a phone, without JavaScript, and talking to nobody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from tests.chromium import DESK, FAINT, PHONE, chromium

from fakemarket.doors.guard import Guard
from fakemarket.doors.server import running_server
from fakemarket.faces.panel.moments import Local, duration
from fakemarket.market import Market
from fakemarket.rules.status import Move, Status
from fakemarket.settings import Demand, Settings
from fakemarket.showcase import show_every_status

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page
    from tests.faces.panel.conftest import Place

SEPTEMBER = 1_788_343_200  # Wednesday 2 September 2026, 12:00 in Madrid

FLAWS = """() => {
    const all = (selector) => [...document.querySelectorAll(selector)];
    return [
        ...all("input:not([type=hidden]), select").filter(it => !it.labels.length),
        ...all("button, a").filter(it => !it.textContent.trim()),
        ...all("table").filter(it => !it.querySelector("thead th[scope=col]")),
        ...all("tbody tr").filter(it => !it.querySelector("th[scope=row]")),
        ...all("[id]").filter(it => all("#" + it.id).length > 1),
        ...all("[onclick], [style], style, div[tabindex], img:not([alt])"),
    ].map(it => it.outerHTML.slice(0, 200));
}"""
"""What somebody who can't see the page, or has no mouse, would stumble over."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


Look = Callable[..., Any]


@pytest.fixture
def look(browser: Browser) -> Look:
    """`with look(market) as (page, url)`: a browser at a served market, which must keep to it and not complain."""

    @contextmanager
    def looked(
        market: Market,
        *,
        guard: Guard | None = None,
        strays: bool = False,
        complains: bool = False,
        **context: Any,
    ) -> Iterator[tuple[Page, str]]:
        asked: list[str] = []
        complaints: list[str] = []
        with (
            running_server(market, guard) as url,
            browser.new_context(**{"viewport": DESK, **context}) as session,
        ):
            session.set_default_timeout(10_000)
            page = session.new_page()
            page.on("request", lambda request: asked.append(request.url))
            page.on("console", lambda message: complaints.append(message.text))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            yield page, f"{url}/panel"
            assert asked
            assert any(not each.startswith(f"{url}/panel") for each in asked) is strays, asked
            assert bool(complaints) is complains, complaints

    return looked


@pytest.fixture(scope="module")
def full_market() -> Market:
    """Three weeks of two sellers, an order in every status, one dead token, and names that hardly fit."""
    sellers = ("shop-1", "another-shop-with-a-name-as-long-as-names-of-shops-can-be-and-then" * 2)
    market = Market(seed=8, settings=Settings(sellers=sellers, demand=Demand(orders_per_day=8)), history_days=21)
    market.world.tokens.revoke("mip", sellers[1], cause="call")
    market.advance(hours=6)
    show_every_status(market.world)
    order = market.orders("WAIT_SELLER_SEND_GOODS", seller=sellers[0])[-1]
    mirror = market.world.mip.mirror(order.id)
    assert mirror is not None
    market.world.mip.add_shipment(mirror, (order.lines[0]._replace(quantity=1),), "x" * 150, "9" * 200, cause="call")
    return market


def paths(market: Market) -> list[str]:
    """Every kind of page, and an order's page in every status."""
    tracked = next(
        mirror.order for mirror, shipment in market.world.mip.shipments.values() if len(shipment.number) > 99
    )
    orders = [market.orders(status)[0] for status in Status]
    lists = ["/", "/?bucket=new_orders&q=blue&status=FINISH&sort=newest", "/?q=nothing&seller=nobody"]
    return [*lists, "/mip", "/templates", "/tokens", *(f"/orders/{order.id}" for order in (tracked, *orders))]


def tab_to(page: Page, target: Locator) -> None:
    """Presses Tab until the element has the focus, which every stop on the way shows."""
    for _ in range(200):
        page.keyboard.press("Tab")
        outline, there = target.evaluate(
            "it => [getComputedStyle(document.activeElement).outlineStyle, it === document.activeElement]"
        )
        assert outline == "solid", page.evaluate("document.activeElement.outerHTML")
        if there:
            return
    raise AssertionError(f"{target} can't be reached by keyboard")


def press(page: Page, target: Locator) -> None:
    """Goes to a link or button by keyboard, and uses it."""
    tab_to(page, target)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def ship_and_miss(page: Page, url: str, market: Market, place: Place) -> None:
    """A person ships one order by keyboard alone, lets time pass, and misses the other."""
    shipped, missed = place(market), place(market)
    page.goto(url)
    press(page, page.get_by_role("link", name=str(shipped.id)))
    tab_to(page, page.get_by_label("Carrier", exact=True))
    page.keyboard.type("GLS")
    tab_to(page, page.get_by_label("Tracking number"))
    page.keyboard.type("12345678901")
    press(page, button(page, "Declare shipment"))
    assert "Declared GLS_ES 12345678901." in page.get_by_role("status").inner_text()
    assert shipped.status is Status.WAIT_BUYER_ACCEPT_GOODS

    press(page, page.get_by_role("link", name="Orders", exact=True).first)
    row = page.get_by_role("row").filter(has_text=str(missed.id))
    clock = row.locator(".clock")
    left = [clock.inner_text()]
    for name in ("+15 min", "+1 h", "+1 day"):
        press(page, button(page, name))
        left.append(clock.inner_text())
    assert missed.ship_by_at is not None
    until = missed.ship_by_at - market.now()
    assert left == [duration(until + passed) for passed in (90_900, 90_000, 86_400, 0)]

    red = "rgb(192, 20, 42)"
    for days_left in (4, 3, 2, 1):
        assert clock.evaluate("it => getComputedStyle(it).backgroundColor") != red
        assert clock.inner_text().startswith(f"{days_left} d")
        press(page, button(page, "+1 day"))
    assert clock.evaluate("it => getComputedStyle(it).backgroundColor") == red
    press(page, button(page, "+1 day"))
    assert "Meanwhile: 1 missed." in page.get_by_role("status").inner_text()
    assert clock.inner_text() == "ENDED"
    assert "Order complete" in row.inner_text()
    assert [event.order for event in market.ledger.named(Move.COUNTDOWN_ENDS)] == [missed.id]


def test_a_person_ships_and_misses_by_keyboard_alone(look: Look, market: Market, place: Place) -> None:
    with look(market) as (page, url):
        ship_and_miss(page, url, market, place)


def test_it_all_works_without_javascript(look: Look, market: Market, place: Place) -> None:
    with look(market, java_script_enabled=False) as (page, url):
        order = place(market)
        page.goto(f"{url}/orders/{order.id}")
        page.get_by_label("Carrier", exact=True).select_option("GLS_ES")
        page.get_by_label("Tracking number").fill("12345678901")
        page.get_by_label("A part").check()
        button(page, "Declare shipment").click()
        assert "The countdown goes on." in page.get_by_role("status").inner_text()
        button(page, "+1 h").click()
        assert page.url.endswith(f"/orders/{order.id}")
        assert page.locator(".head .clock").inner_text() == duration((order.ship_by_at or 0) - market.now())
        button(page, "60\N{MULTIPLICATION SIGN}").click()
        assert market.timeline.rate == 60


def test_a_refusal_leads_back_to_the_field_it_is_about(look: Look, market: Market, place: Place) -> None:
    order = place(market)
    with look(market, complains=True) as (page, url):  # Chromium complains of every status from 400 on
        page.goto(f"{url}/orders/{order.id}")
        page.get_by_label("Tracking number").fill("not a number")
        page.keyboard.press("Enter")
        page.wait_for_selector("[role=alert]")
        assert "AliExpress refuses" in page.get_by_role("alert").inner_text()
        focused = page.evaluate("document.activeElement.value")
        assert focused == "not a number"
        page.get_by_label("Carrier", exact=True).select_option("SEUR_ES")
        page.get_by_label("Tracking number").fill("12345678901234")
        page.keyboard.press("Enter")
        page.wait_for_selector("[role=status]")
    assert [each.carrier for each in order.declarations] == ["SEUR_ES"]


def test_a_cancellation_is_answered_by_keyboard(look: Look, market: Market, place: Place) -> None:
    order = place(market)
    market.world.move(order, Move.REQUEST_CANCEL, "buyer")
    with look(market) as (page, url):
        page.goto(url)
        press(page, page.get_by_role("link", name="1 Cancellation requests"))
        press(page, page.get_by_role("link", name=str(order.id)))
        press(page, button(page, "Accept the cancellation"))
        assert "accepted" in page.get_by_role("status").inner_text()
    assert order.status is Status.FINISH


def test_a_dead_token_is_authorised_again_by_keyboard(look: Look, market: Market) -> None:
    market.world.tokens.revoke("mip", "shop-1", cause="call")
    with look(market) as (page, url):
        page.goto(url)
        press(page, page.get_by_role("link", name="Tokens"))
        press(page, button(page, "Authorise again mip for shop-1"))
    assert market.world.tokens.alive("mip", "shop-1")


def test_the_list_is_filtered_and_sorted(look: Look, full_market: Market) -> None:
    with look(full_market) as (page, url):
        page.goto(url)
        page.get_by_role("link", name="Pending shipments").click()
        page.get_by_label("Seller").select_option("shop-1")
        page.get_by_label("Sort by").select_option("Newest")
        button(page, "Show").click()
        ids = page.locator("tbody a.number").all_inner_texts()
        expected = sorted(
            full_market.orders("WAIT_SELLER_SEND_GOODS", "SELLER_PART_SEND_GOODS", seller="shop-1"),
            key=lambda order: (-order.placed_at, -order.id),
        )
        assert ids == [str(order.id) for order in expected[:50]]
        page.get_by_label("Order, buyer, product or tracking number").fill(ids[3])
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.locator("tbody a.number").all_inner_texts() == [ids[3]]
        page.get_by_role("link", name="Show all", exact=True).click()
        assert page.locator("tbody a.number").count() == 50


def test_the_skip_link_leads_past_the_bar(look: Look, market: Market) -> None:
    with look(market) as (page, url):
        page.goto(url)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_clocks_tick_as_the_market_would_tell_them(
    look: Look, open_market: Callable[..., Market], place: Place
) -> None:
    market = open_market(start_at=SEPTEMBER)
    order = place(market)
    market.timeline.set_rate(60)
    with look(market) as (page, url):
        page.clock.install()
        page.goto(url)
        moment = page.locator("#market-time")
        begun = int(moment.get_attribute("data-now") or 0)
        zone = market.settings.warehouse.zone
        page.clock.run_for(60_000)
        assert moment.inner_text() == Local(zone, begun).full(begun + 3600)
        assert "Sep 2026" in moment.inner_text()
        assert order.ship_by_at is not None
        clock = page.locator(".clock.sellers")
        assert clock.inner_text() == duration(order.ship_by_at - begun - 3600)
        seconds_left = (order.ship_by_at - begun - 3600) // 60
        page.clock.fast_forward((seconds_left - 86_400 // 60 + 2) * 1000)
        assert "urgent" in (clock.get_attribute("class") or "")
        page.clock.fast_forward((86_400 // 60 + 2) * 1000)
        assert clock.inner_text() == "ENDED"


@pytest.mark.parametrize("view", [PHONE, {"width": 800, "height": 600}, DESK], ids=["phone", "tablet", "desk"])
def test_no_page_scrolls_sideways(look: Look, full_market: Market, view: dict[str, int]) -> None:
    with look(full_market, viewport=view) as (page, url):
        for path in paths(full_market):
            page.goto(url + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= view["width"], path


def test_everything_has_a_name_and_every_table_its_headers(look: Look, full_market: Market) -> None:
    with look(full_market) as (page, url):
        for path in paths(full_market):
            page.goto(url + path)
            flaws = page.evaluate(FLAWS)
            assert flaws == [], path
            assert page.locator("h1").count() == 1
            assert page.evaluate("document.documentElement.lang") == "en"


def test_words_stand_out_from_what_is_behind_them_by_day_and_by_night(look: Look, full_market: Market) -> None:
    with look(full_market) as (page, url):
        for path in paths(full_market):
            page.goto(url + path)
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                assert page.evaluate(FAINT) == [], (path, scheme)


def test_a_form_sent_from_another_site_does_nothing(look: Look, market: Market) -> None:
    now = market.now()
    other = Market(seed=6)
    with look(market, complains=True, strays=True) as (page, url), running_server(other) as elsewhere:
        page.goto(url)
        token = page.locator("input[name=token]").first.get_attribute("value")
        # Same host, another port: to a browser that is the same site, and the cookie goes along.
        page.route(
            f"{elsewhere}/**",
            lambda route: route.fulfill(
                content_type="text/html",
                body=f"""
            <form method="post" action="{url}/clock"><input name="token" value="{token}"><button name="go" value="900">
            +</button></form>""",
            ),
        )
        page.goto(f"{elsewhere}/trap")
        page.locator("button").click()
        page.wait_for_url(f"{url}/clock")
        assert "nothing was done" in page.get_by_role("alert").inner_text()
        assert market.now() == now


@pytest.mark.parametrize("javascript", [True, False])
def test_with_a_control_token_one_signs_in_by_keyboard_and_then_works(
    look: Look, market: Market, javascript: bool
) -> None:
    now = market.now()
    with look(market, guard=Guard("open-sesame"), complains=True, java_script_enabled=javascript) as (page, url):
        page.goto(f"{url}/tokens")
        if javascript:
            assert page.evaluate(FLAWS) == page.evaluate(FAINT) == []
        page.keyboard.type("open-barley")
        page.keyboard.press("Enter")
        assert "not this market" in page.get_by_role("alert").inner_text()
        page.keyboard.type("open-sesame")
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Tokens").wait_for()
        page.get_by_role("button", name="+1 h").click()
        page.get_by_role("status").wait_for()
        assert market.now() == now + 3600
        page.reload()
        assert page.get_by_role("heading", name="Tokens").is_visible()
