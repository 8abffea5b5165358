"""How many orders went which way, as a picture and as a table."""

from __future__ import annotations

from collections.abc import Iterable

from fakemarket.rules.status import Move, Status
from redclock.figures import Ways
from redclock.report.charts.chart import Chart
from redclock.report.charts.flow import Station, draw_flow, links, visits

STATIONS: dict[str, Station] = {
    Status.WAIT_GROUP_SUCCESS: Station("wait for a group", "soft"),
    Status.IN_PRESELL_PROMOTION: Station("in presale", "soft"),
    Status.PLACE_ORDER_SUCCESS: Station("ordered"),
    Status.PAYMENT_PROCESSING: Station("paid"),
    Status.WAIT_SELLER_EXAMINE_MONEY: Station("paid offline"),
    Status.RISK_CONTROL: Station("in review"),
    Status.WAIT_SELLER_SEND_GOODS: Station("to be shipped", "blue"),
    Status.WAIT_BUYER_ACCEPT_GOODS: Station("shipped", "teal"),
    Status.SELLER_PART_SEND_GOODS: Station("part shipped", "blue"),
    Status.FUND_PROCESSING: Station("received", "teal"),
    Move.RELEASE_FUNDS: Station("paid out", "teal", ends=True),
    Status.RISK_CONTROL_HOLD: Station("on hold", "amber"),
    Status.IN_CANCEL: Station("cancel asked", "amber"),
    Status.IN_FROZEN: Station("frozen", "amber"),
    Status.IN_ISSUE: Station("in dispute", "amber"),
    Move.COUNTDOWN_ENDS: Station("MISSED", "red", ends=True),
    Move.SELLER_CANCELS: Station("seller cancels", "red", ends=True),
    Move.ACCEPT_CANCEL: Station("cancelled", "soft", ends=True),
    Move.CANCEL_TIMEOUT: Station("cancelled unanswered", "amber", ends=True),
    Move.REFUND_DISPUTE: Station("refunded", "amber", ends=True),
    Move.DISPUTE_TIMEOUT: Station("dispute lost", "amber", ends=True),
    Move.REJECT_REVIEW: Station("rejected", "soft", ends=True),
    Move.BUYER_CANCELS_IN_REVIEW: Station("cancelled", "soft", ends=True),
    Move.BUYER_CANCELS_UNPAID: Station("cancelled", "soft", ends=True),
    Move.UNPAID_TIMEOUT: Station("never paid", "soft", ends=True),
    Move.GROUP_FAILS: Station("no group", "soft", ends=True),
}
"""Every status and every move that ends an order, those first that shall stand above the others."""


def together(ways: Iterable[Ways]) -> Ways:
    """The ways of several runs."""
    found: dict[tuple[str, ...], int] = {}
    for each in ways:
        for way, count in each.items():
            found[way] = found.get(way, 0) + count
    return found


def flow_chart(name: str, title: str, ways: Ways) -> Chart:
    """Ribbons from status to status, as thick as many orders went so."""
    says = (
        f"{sum(ways.values())} orders from left to right. A detour that led back, as a freeze does, is left out; an "
        "order that had not ended stays where it stood."
    )
    return draw_flow(name, title, says, ways, STATIONS)


def flow_rows(ways: Ways) -> list[tuple[str, int, int, str]]:
    """(station, orders that came to it, orders that stayed there, where the others went) for a table."""
    came, on = visits(ways), links(ways)
    rows = []
    for name, station in STATIONS.items():
        if name in came:
            gone = {end: count for (start, end), count in on.items() if start == name}
            said = ", ".join(
                f"{count} {STATIONS[end].words}" for end, count in sorted(gone.items(), key=lambda it: -it[1])
            )
            rows.append((station.words, came[name], came[name] - sum(gone.values()), said))
    return rows
