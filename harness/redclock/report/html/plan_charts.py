"""A plan in three pictures: the rates against the target, what one step more saves, and each run's own rate.

Every number is the planner's; only the runs are counted here, into the bars of their picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, sqrt

from redclock.planner.estimate import Estimate
from redclock.planner.sweep import Difference, Plan, Row
from redclock.report.charts.chart import TITLE_HEIGHT, Chart
from redclock.report.charts.marks import TEXT, band, bars, line, x_axis, y_axis
from redclock.report.charts.scale import Scale, round_ends
from redclock.report.charts.svg import hit, label, tag, text_width
from redclock.report.plan_words import between, count, given, percent, within

WIDTH = 1000
_LEFT, _RIGHT = 76, WIDTH - 24
_TALL, _NEAR, _GAP = 240, 160, 50
_OUT_OF_PROPORTION = 4
"""Where the highest bound is so many times the target, the neighbourhood of the target is drawn by itself."""
_SAVED_LEFT, _SAVED_RIGHT = 150, WIDTH - 320
ROW = 30
_RUNS_LEFT, _RUNS_HEIGHT, _RUNS_ROW = 170, 52, 88
_SEEDS_TOLD = 8


def rates_chart(name: str, plan: Plan) -> Chart:
    """The miss rate for each preparation time, its interval as a band and the target as a line."""
    first, last = plan.rows[0].preparation_days, plan.rows[-1].preparation_days
    x = Scale(first - 0.5, last + 0.5, _LEFT, _RIGHT)
    most = max(plan.target, *(_upper(row.rate) for row in plan.rows))
    top = TITLE_HEIGHT + 8.0
    y = Scale(*round_ends(0, 100 * most), top + _TALL, top)
    body = [_advised(plan, x, y), y_axis(y, _LEFT, _RIGHT, most=5, unit=" %"), _curve(plan, x, y), _target(plan, y)]
    if most > _OUT_OF_PROPORTION * plan.target:
        top += _TALL + _GAP
        body.append(label("The same near the target", 0, top - 16, "strong"))
        y = Scale(*round_ends(0, 200 * plan.target), top + _NEAR, top)
        body += [_advised(plan, x, y), y_axis(y, _LEFT, _RIGHT, most=5, unit=" %"), _near(plan, x, y), _target(plan, y)]
    body += [_days(plan, x, y.start), *(_column(plan, row, x, y.start) for row in plan.rows)]
    says = (
        f"{sure('The band, or box, is where the rate lies', plan)}The dashed red line is the target"
        f"{', the tinted column the time that is recommended' if plan.recommended else ''}."
    )
    return Chart(name, "Orders that miss their deadline, by preparation time", says, WIDTH, y.start + 46, "".join(body))


def savings_chart(name: str, plan: Plan) -> Chart:
    """What each longer time saves over the one before it, a row a pair."""
    x = savings_scale([it.saved for it in plan.differences])
    top = TITLE_HEIGHT + 4.0
    bottom = top + len(plan.differences) * ROW
    rows = [_pair(it, plan, x, top + (n + 0.5) * ROW) for n, it in enumerate(plan.differences)]
    zero = tag("line", x1=x(0), x2=x(0), y1=top, y2=bottom, class_="ink")
    says = (
        f"{sure('A bar is where the saving lies', plan)}It is a share of all orders, and known better than the rates: "
        "run by run both times had the same worlds."
    )
    body = [x_axis(x, top, bottom, unit=" %"), zero, *rows]
    return Chart(name, "What one more step saves", says, WIDTH, bottom + 24, "".join(body))


def savings_scale(saved: Iterable[Estimate]) -> Scale:
    """Percent, as wide as savings and their intervals, and 0 on it."""
    reach = [0.0, *(end for it in saved for end in (it.mean, it.low, it.high) if end)]
    return Scale(*round_ends(100 * min(reach), 100 * max(reach), 8), _SAVED_LEFT, _SAVED_RIGHT)


def runs_chart(name: str, plan: Plan) -> Chart:
    """How the rates of single runs are spread, a row a preparation time."""
    body = [_spread(row, plan, TITLE_HEIGHT + number * _RUNS_ROW) for number, row in enumerate(plan.rows)]
    says = (
        "A bar is as high as there are runs with such a rate; each preparation time has a scale of its own. The blue "
        "line is their mean, the dashed red one the target, where it lies in sight."
    )
    height = TITLE_HEIGHT + len(plan.rows) * _RUNS_ROW
    return Chart(name, "The miss rate of each run", says, WIDTH, height, "".join(body))


def sure(words: str, plan: Plan) -> str:
    """A sentence about intervals, if there are any."""
    return f"{words}, {given(plan.confidence)} sure. " if plan.runs > 1 else ""


# The rates


def _advised(plan: Plan, x: Scale, y: Scale) -> str:
    safe = plan.recommended
    if safe is None:
        return ""
    left, right = x(safe.preparation_days - 0.5), x(safe.preparation_days + 0.5)
    return tag("rect", x=left, y=y.end, width=right - left, height=y.start - y.end, class_="tint-teal")


def _curve(plan: Plan, x: Scale, y: Scale) -> str:
    known = [
        (float(row.preparation_days), 100 * row.rate.low, 100 * row.rate.high)
        for row in plan.rows
        if row.rate.low is not None and row.rate.high is not None
    ]
    means = [(float(row.preparation_days), 100 * row.rate.mean) for row in plan.rows]
    lines = (band(known, x, y, "blue") if known else "") + line(means, x, y, "blue")
    return lines + "".join(_point(row, x, y, boxed=len(plan.rows) == 1) for row in plan.rows)


def _near(plan: Plan, x: Scale, y: Scale) -> str:
    """What lies in sight; of the others the mean as a word at the edge."""
    roomy = (x.end - x.start) / (x.high - x.low) > text_width("100.0 %", TEXT) + 14
    found = [_point(row, x, y) for row in plan.rows]
    for row in plan.rows:
        if roomy and 100 * row.rate.mean > y.high:
            words, at = f"{percent(row.rate.mean)} \N{UPWARDS ARROW}", x(row.preparation_days)
            found.append(label(words, at, y.end + 14, "quiet halo", text_anchor="middle"))
    return "".join(found)


def _point(row: Row, x: Scale, y: Scale, *, boxed: bool = True) -> str:
    """A mean and, if no band has it, its interval, as far as they are in sight."""
    at, rate, found = x(row.preparation_days), row.rate, ""
    if boxed and rate.low is not None and rate.high is not None and 100 * rate.low < y.high:
        found = _bar((at - 9, y(100 * rate.low)), (at + 9, y.held(100 * rate.high)))
    if 100 * rate.mean <= y.high:
        found += tag("circle", cx=at, cy=y(100 * rate.mean), r=3, class_="fill-blue")
    return found


def _bar(one: tuple[float, float], other: tuple[float, float]) -> str:
    """An interval as a tinted bar between two corners, of which none is seen as less than a line."""
    (left, right), (top, bottom) = (sorted(pair) for pair in zip(one, other, strict=True))
    return tag(
        "rect", x=left, y=top, width=max(right - left, 1.5), height=max(bottom - top, 1.5), class_="tint-blue blue"
    )


def _target(plan: Plan, y: Scale) -> str:
    at = y(100 * plan.target)
    return tag("line", x1=_LEFT, x2=_RIGHT, y1=at, y2=at, class_="red dashed") + label(
        f"target {given(plan.target)}", _LEFT + 6, at - 6, "alarm halo"
    )


def _days(plan: Plan, x: Scale, bottom: float) -> str:
    """The preparation times below, as many as there is room for, and what they are."""
    pitch = (x.end - x.start) / (x.high - x.low)
    every = ceil(text_width("100", TEXT) / pitch)
    found = [tag("line", x1=x.start, x2=x.end, y1=bottom, y2=bottom, class_="soft")]
    for row in plan.rows:
        if row is plan.recommended or (row.preparation_days - plan.rows[0].preparation_days) % every == 0:
            at, style = x(row.preparation_days), "strong" if row is plan.recommended else ""
            found.append(label(str(row.preparation_days), at, bottom + 17, style, text_anchor="middle"))
    found.append(label("working days to prepare", x.end, bottom + 36, "quiet", text_anchor="end"))
    return "".join(found)


def _column(plan: Plan, row: Row, x: Scale, bottom: float) -> str:
    """What can be pointed at: a preparation time from top to bottom."""
    left, right = x(row.preparation_days - 0.5), x(row.preparation_days + 0.5)
    lines = [
        f"{count(row.preparation_days, 'working day')}{': recommended' if row is plan.recommended else ''}",
        f"missed {percent(row.rate.mean)}: {row.misses:,} of {row.orders:,} orders",
        f"{given(plan.confidence)} sure: {between(row.rate)}",
        f"within {given(plan.target)}: {within(row.rate, plan.target)}",
    ]
    lines += [row.rate.note] if row.rate.note else []
    area = tag("rect", x=left, y=TITLE_HEIGHT, width=right - left, height=bottom - TITLE_HEIGHT, class_="nothing")
    return hit("\n".join(lines), area)


def _upper(rate: Estimate) -> float:
    return rate.mean if rate.high is None else rate.high


# The savings


def _pair(it: Difference, plan: Plan, x: Scale, middle: float) -> str:
    pair = f"{it.longer_days} instead of {it.shorter_days}"
    lines = [
        f"{pair} working days",
        f"saves {percent(it.saved.mean)}",
        f"{given(plan.confidence)} sure: {between(it.saved)}",
        *([it.saved.note] if it.saved.note else []),
    ]
    return saving_row(pair, "\n".join(lines), it.saved, (percent(it.saved.mean), between(it.saved)), x, middle)


def saving_row(name: str, tip: str, saved: Estimate, words: tuple[str, str], x: Scale, middle: float) -> str:
    """A saving with its interval, `ROW` high, on a `savings_scale`; said in words beside it."""
    mean, bounds = words
    bar = ""
    if saved.low is not None and saved.high is not None:
        bar = _bar((x(100 * saved.low), middle - 5), (x(100 * saved.high), middle + 5))
    return hit(
        tip,
        label(name, _SAVED_LEFT - 12, middle + 4, text_anchor="end"),
        tag("line", x1=x.start, x2=x.end, y1=middle, y2=middle, class_="grid"),
        bar,
        tag("circle", cx=x(100 * saved.mean), cy=middle, r=3.5, class_="fill-blue"),
        label(mean, _SAVED_RIGHT + 20, middle + 4, "strong"),
        label(f"({bounds})", _SAVED_RIGHT + 116, middle + 4, "quiet"),
        tag("rect", x=0, y=middle - ROW / 2, width=WIDTH, height=ROW, class_="nothing"),
    )


# The runs


@dataclass(frozen=True, slots=True)
class Bin:
    """Runs whose rates, in percent, lie from `low` to `high`, by their seeds."""

    low: float
    high: float
    seeds: tuple[int, ...]


def bins(rates: Sequence[float], seed: int, low: float, high: float) -> list[Bin]:
    """The runs by their rates, in stretches of one width; the last one has its upper end too.

    Args:
        rates: from 0 to 1, in the order of the seeds.
        seed: of the first one.
        low: percent, not above any rate.
        high: percent, not below any rate.
    """
    many = min(max(2 * ceil(sqrt(len(rates))), 10), 60)
    width = (high - low) / many
    found: list[list[int]] = [[] for _ in range(many)]
    for number, rate in enumerate(rates):
        found[min(int((100 * rate - low) / width), many - 1)].append(seed + number)
    return [Bin(low + n * width, low + (n + 1) * width, tuple(seeds)) for n, seeds in enumerate(found)]


def _spread(row: Row, plan: Plan, top: float) -> str:
    x = Scale(*round_ends(100 * min(row.rates), 100 * max(row.rates), 8), _RUNS_LEFT, _RIGHT)
    bottom = top + _RUNS_HEIGHT
    seen = bins(row.rates, plan.seed, x.low, x.high)
    y = Scale(0, max(len(it.seeds) for it in seen), bottom, top + 4)
    found = [
        label(count(row.preparation_days, "working day"), 0, top + 20, "strong"),
        label(f"mean {percent(row.rate.mean)}", 0, top + 38, "quiet"),
        x_axis(x, top, bottom, unit=" %"),
        bars([(it.low, it.high, float(len(it.seeds))) for it in seen], x, y, "soft"),
        _upright(x(100 * row.rate.mean), top, bottom, "blue thick"),
    ]
    if x.low <= 100 * plan.target <= x.high:
        found.append(_upright(x(100 * plan.target), top, bottom, "red dashed thick"))
    return "".join([*found, *(_told(it, row, x, top) for it in seen if it.seeds)])


def _upright(at: float, top: float, bottom: float, style: str) -> str:
    return tag("line", x1=at, x2=at, y1=top, y2=bottom, class_=style)


def _told(it: Bin, row: Row, x: Scale, top: float) -> str:
    seeds = ", ".join(str(seed) for seed in it.seeds[:_SEEDS_TOLD])
    more = f" and {len(it.seeds) - _SEEDS_TOLD:,} more" if len(it.seeds) > _SEEDS_TOLD else ""
    tip = (
        f"{count(row.preparation_days, 'working day')}, {it.low:.4g} to {it.high:.4g} % missed\n"
        f"{count(len(it.seeds), 'run')}: seed{'' if len(it.seeds) == 1 else 's'} {seeds}{more}"
    )
    left, right = x(it.low), x(it.high)
    return hit(tip, tag("rect", x=left, y=top, width=right - left, height=_RUNS_HEIGHT, class_="nothing"))
