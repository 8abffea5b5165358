"""Pages of order lists: what a query selects, cut to a page and counted."""

from __future__ import annotations

from typing import NamedTuple

from fakemarket.faces.aliexpress.envelope import Content, Listing, Result, encode
from fakemarket.faces.aliexpress.moments import pacific
from fakemarket.faces.aliexpress.order_query import OrderQuery, Page
from fakemarket.faces.aliexpress.order_row import OrderRows, RowStyle, brief_row
from fakemarket.world.lens import CLEAR, Drift
from fakemarket.world.order import Order
from fakemarket.world.world import World

_MOST_KEPT = 64
_MOST_PAGES_KEPT = 16
_STILL = Drift()


class _Asked(NamedTuple):
    """All that a page depends on beside the orders and the present."""

    seller: str
    query: OrderQuery
    page: Page
    row_wrapper: str
    style: RowStyle


class OrderLists:
    """Lists of one market's orders.

    The pages of one list are asked for one after another, so what a query selected is kept until an order changes.
    Many clients may ask for one page at once, so the page is kept until then or until the second is over, whichever is
    first.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._rows = OrderRows(world)
        self._kept: dict[tuple[str, OrderQuery], tuple[int, list[Order]]] = {}
        self._pages: dict[_Asked, tuple[tuple[int, int], Result]] = {}

    def page(self, seller: str, query: OrderQuery, page: Page, *, row_wrapper: str, style: RowStyle) -> Result:
        """One page and the counts of the whole list."""
        asked = _Asked(seller, query, page, row_wrapper, style)
        if self._world.lens is not CLEAR:
            return self._page(asked)
        stamp = (self._world.changes_of(seller), self._world.now)
        kept = self._pages.get(asked)
        if kept is not None and kept[0] == stamp:
            return kept[1]
        if len(self._pages) >= _MOST_PAGES_KEPT:
            self._pages.clear()
        made = self._page(asked)
        self._pages[asked] = (stamp, made)
        return made

    def _page(self, asked: _Asked) -> Result:
        seller, query, page, row_wrapper, style = asked
        shown, total = self._cut(seller, query, page)
        content: Content = {
            "success": True,
            "time_stamp": pacific(self._world.now + self._world.lens.clock_off_seconds),
            "total_count": total,
            "total_page": page.pages_of(total),
            "current_page": page.number,
            "page_size": page.size,
            "target_list": Listing(row_wrapper, self._rows.of(shown, style)),
        }
        return Result(encode(content, simplify=style.simplify))

    def brief_page(self, seller: str, query: OrderQuery, page: Page) -> Content:
        """One page of the short list; its page and sizes are not repeated."""
        shown, total = self._cut(seller, query, page)
        rows = [brief_row(self._world, order) for order in shown]
        return {"total_item": total, "order_list": Listing("simple_order_item_vo", rows)}

    def _cut(self, seller: str, query: OrderQuery, page: Page) -> tuple[list[Order], int]:
        """The orders of one page, and how many the list is said to have, as the call sees them."""
        orders = self._selected(seller, query)
        lens = self._world.lens
        if lens.hides is not None:
            orders = [order for order in orders if not lens.hides(order)]
        drift = lens.drift() if page.number > 1 else _STILL
        return page.of(orders, drift.rows), max(len(orders) + drift.count_off, 0)

    def _selected(self, seller: str, query: OrderQuery) -> list[Order]:
        if self._world.lens.past is not None:
            return query.select(self._world, seller)
        stamp = self._world.changes_of(seller)
        kept = self._kept.get((seller, query))
        if kept is not None and kept[0] == stamp:
            return kept[1]
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        orders = query.select(self._world, seller)
        self._kept[seller, query] = (stamp, orders)
        return orders
