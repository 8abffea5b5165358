"""The order list and an order's page."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fakemarket.call import Response
from fakemarket.faces.panel.beside import beside
from fakemarket.faces.panel.countdown import Countdown, countdown
from fakemarket.faces.panel.order_query import Shelf, Sort, read_query
from fakemarket.faces.panel.paging import page_of
from fakemarket.faces.panel.story import told
from fakemarket.faces.panel.visit import Visit
from fakemarket.faces.routes import Asked, Rejected
from fakemarket.rules.panel import PanelLabel, panel_label
from fakemarket.rules.status import EndReason, Status
from fakemarket.world.carriers import CARRIERS, OF_SUPPLIER, number_for
from fakemarket.world.goods import Product, product
from fakemarket.world.order import Order
from fakemarket.world.people import Person
from fakemarket.world.world import UnknownOrder, World

_NUMBER = re.compile(r"[0-9]{1,18}")
_SHIPPABLE = (Status.WAIT_SELLER_SEND_GOODS, Status.SELLER_PART_SEND_GOODS)
_EXAMPLES = {carrier.key: number_for(carrier, 123_456_789_012) for carrier in OF_SUPPLIER}


@dataclass(frozen=True, slots=True)
class Shown:
    """An order with what is looked up to show it."""

    order: Order
    label: PanelLabel
    countdown: Countdown | None
    buyer: Person
    articles: tuple[Product, ...]
    """One for each line."""


def shown(world: World, order: Order) -> Shown:
    """What a page needs of an order."""
    return Shown(
        order,
        panel_label(order.status, order.end_reason),
        countdown(world, order),
        world.people.buyer(order),
        tuple(product(line.product) for line in order.lines),
    )


def listing(visit: Visit, _asked: Asked) -> Response:
    """The order list under its buckets."""
    world = visit.world
    query = read_query(visit.request.query, world.settings)
    shelf = Shelf(world)
    page = page_of(shelf.find(query), query.page)
    return visit.page(
        "orders.html",
        query=query,
        counts=shelf.counts(query.seller),
        rows=[shown(world, order) for order in page.items],
        page=page,
        statuses=_statuses(),
        sorts=tuple(Sort),
    )


def one(visit: Visit, asked: Asked) -> Response:
    return order_page(visit, required(visit, asked))


def order_page(visit: Visit, order: Order, *, refused: str = "") -> Response:
    """An order's page; with what was refused it also shows the form as it was sent."""
    world = visit.world
    currency = world.settings.demand.currency
    return visit.page(
        "order.html",
        422 if refused else 200,
        it=shown(world, order),
        sides=beside(world, order),
        story=[told(event, visit.local, currency) for event in world.ledger.of(order.id)],
        missed=order.end_reason is EndReason.SELLER_SEND_GOODS_TIMEOUT,
        shippable=order.status in _SHIPPABLE,
        cancelling=order.status is Status.IN_CANCEL,
        carriers=CARRIERS,
        examples=_EXAMPLES,
        refused=refused,
        entered=visit.form,
    )


def required(visit: Visit, asked: Asked) -> Order:
    """The order that a path names.

    Raises:
        Rejected: 404, there is none.
    """
    number = asked.params["id"]
    try:
        return visit.world.order(int(number) if _NUMBER.fullmatch(number) else 0)
    except UnknownOrder:
        raise Rejected(404, "not_found", f"There is no order {number} in this market.") from None


def _statuses() -> list[tuple[Status, str]]:
    """Every status with the panel's word for it; of an ended order that word depends on how it ended."""
    ended = (Status.FINISH, Status.ARCHIVE)
    return [(status, PanelLabel.ORDER_COMPLETE if status in ended else panel_label(status, None)) for status in Status]
