"""How much time is left when orders are declared, on the page of a plan: a row a preparation time, and quantiles."""

from __future__ import annotations

from redclock.planner.inside import BIN_SECONDS, SHARES, Inside, Slack
from redclock.report.charts.chart import TITLE_HEIGHT, Chart
from redclock.report.charts.marks import bars, x_axis
from redclock.report.charts.scale import Scale, round_ends
from redclock.report.charts.svg import hit, label, tag
from redclock.report.charts.time_axis import DAY, length
from redclock.report.plan_words import count, percent

WIDTH = 1000
HEADS = tuple("median" if share == 0.5 else f"{100 * share:g} %" for share in SHARES)
_LEFT, _RIGHT, _HEIGHT, _ROW = 190, WIDTH - 24, 56, 92


def slack_lines(inside: Inside) -> list[tuple[Slack, str, str, tuple[str, ...]]]:
    """Of each preparation time the share missed, the share never pushed, and the quantiles in words."""
    return [
        (it, percent(it.missed / it.orders), percent(it.never / it.orders), tuple(map(left_words, it.quantiles)))
        for it in inside.slacks
    ]


def left_words(seconds: int | None) -> str:
    """`2 d 3 h`, `5 h late` or `never`."""
    if seconds is None:
        return "never"
    return length(seconds) if seconds > 0 else f"{length(-seconds)} late"


def slack_chart(name: str, inside: Inside) -> Chart:
    """The chart; all rows have one axis."""
    edges = [0, *(at + more for it in inside.slacks for at, _ in it.bins for more in (0, BIN_SECONDS))]
    x = Scale(*round_ends(min(edges) / DAY, max(edges) / DAY, 10), _LEFT, _RIGHT)
    body = [_row(it, x, TITLE_HEIGHT + n * _ROW) for n, it in enumerate(inside.slacks)]
    says = (
        "A bar is as high as there are orders with so many days left; each row has a height of its own. Red ones were "
        "missed: there it is how late their number came. The thick line is the median, the dashed one has a twentieth "
        "of the orders to its left."
    )
    height = TITLE_HEIGHT + len(inside.slacks) * _ROW
    return Chart(name, "Days left in the countdown when declared", says, WIDTH, height, "".join(body))


def _row(it: Slack, x: Scale, top: float) -> str:
    bottom = top + _HEIGHT
    y = Scale(0, max((orders for _, orders in it.bins), default=1), bottom, top + 4)
    spans = [(at / DAY, (at + BIN_SECONDS) / DAY, float(orders)) for at, orders in it.bins]
    found = [
        label(count(it.preparation_days, "working day"), 0, top + 16, "strong"),
        label(f"missed {percent(it.missed / it.orders)}", 0, top + 33, "quiet"),
        label(f"never ready {percent(it.never / it.orders)}", 0, top + 50, "quiet") if it.never else "",
        x_axis(x, top, bottom, most=10, unit=" d"),
        bars([span for span in spans if span[0] < 0], x, y, "red"),
        bars([span for span in spans if span[0] >= 0], x, y, "soft"),
        tag("line", x1=x(0), x2=x(0), y1=top, y2=bottom, class_="ink"),
    ]
    for share, style in ((0.05, "blue dashed thick"), (0.5, "blue thick")):
        value = it.quantiles[SHARES.index(share)]
        if value is not None:
            found.append(tag("line", x1=x(value / DAY), x2=x(value / DAY), y1=top, y2=bottom, class_=style))
    return "".join([*found, *(_told(it, at, orders, x, top) for at, orders in it.bins if orders)])


def _told(it: Slack, at: int, orders: int, x: Scale, top: float) -> str:
    until = at + BIN_SECONDS
    span = f"{length(at)} to {length(until)} left" if at >= 0 else f"{length(-until)} to {length(-at)} late"
    tip = (
        f"{count(it.preparation_days, 'working day')}: {span}\n{count(orders, 'order')}, {percent(orders / it.orders)}"
    )
    left, right = x(at / DAY), x(until / DAY)
    return hit(tip, tag("rect", x=left, y=top, width=right - left, height=_HEIGHT, class_="nothing"))
