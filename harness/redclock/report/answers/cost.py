"""A cost curve in words, at a terminal and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from redclock.planner.estimate import Estimate
from redclock.planner.questions.cost import ORDERS, CostCurve, Step
from redclock.report.plan_words import between, count, given, percent


def render_cost(curve: CostCurve, console: Console) -> None:
    """The costs, what each step saves and must save, and a sentence."""
    console.print(f"\n[bold]{escape(title(curve))}[/]", highlight=False, soft_wrap=True)
    table = Table(box=None, padding=(0, 2, 0, 0))
    sure = f"{given(curve.confidence)} sure\nit is"
    for heading in ("working\ndays", "\ncost", sure, "of it for\nmissed", "for lost\norders", "one step\nmore saves"):
        table.add_column(heading, justify="right", no_wrap=True)
    for it, step in zip(curve.costs, (*curve.steps, None), strict=True):
        saves = percent(step.saved.mean) if step else ""
        row = (
            str(it.preparation_days),
            money(it.whole.mean),
            money_between(it.whole),
            money(it.missed),
            money(it.lost),
        )
        table.add_row(*row, saves, style="bold" if it is curve.cheapest else "")
    console.print(table)
    console.print(meaning(curve), markup=False, highlight=False, soft_wrap=True)
    console.print(sentence(curve), style="bold", markup=False, highlight=False)
    console.print(check(curve), markup=False, highlight=False, soft_wrap=True)


def cost_json(curve: CostCurve) -> dict[str, Any]:
    """All of it as JSON values, with the sentences."""
    told: dict[str, Any] = orjson.loads(orjson.dumps(asdict(curve)))
    return {
        **told,
        "orders": ORDERS,
        "ratio": curve.prices.ratio,
        "cheapest": curve.cheapest.preparation_days,
        "by_ratio": curve.by_ratio,
        "sure": curve.sure,
        "sentence": sentence(curve),
        "check": check(curve),
    }


def title(curve: CostCurve) -> str:
    return f"What {ORDERS:,} orders cost by preparation time, in {curve.currency}"


def meaning(curve: CostCurve) -> str:
    """Whose prices they are."""
    prices = curve.prices
    return (
        f"Of {ORDERS:,} orders that come with {count(curve.costs[0].preparation_days, 'working day')}. As given: a "
        f"miss costs {price(prices.miss_cents)}, each day more loses {given(prices.lost_share_a_day)} of the orders, "
        f"and an order brings {price(prices.margin_cents)}."
    )


def sentence(curve: CostCurve) -> str:
    """The cheapest time, and how sure it is."""
    best, last = curve.cheapest, curve.costs[-1]
    sure = (
        f"({money_between(best.whole)}, {given(curve.confidence)} sure)" if best.whole.low is not None else "(one run)"
    )
    hedge = "" if curve.sure else " Its neighbours may be as cheap: more runs may settle it."
    days = f"{count(best.preparation_days, 'working day')} {'is' if best.preparation_days == 1 else 'are'}"
    longer = " It is the longest tried: try longer ones." if best is last else ""
    return (
        f"{days} cheapest: {money(best.whole.mean)} {curve.currency} {sure}, of it "
        f"{money(best.missed)} for missed orders and {money(best.lost)} for lost ones.{hedge}{longer}"
    )


def check(curve: CostCurve) -> str:
    """What the newsvendor's ratio says."""
    same = curve.by_ratio == curve.cheapest.preparation_days
    days = curve.by_ratio
    steps = [step_said(it) for it in curve.steps if days in (it.longer_days, it.shorter_days)]
    ends = "the same" if same else f"{days}, which differs: the steps don't save less and less, so go by the costs"
    return (
        f"By the newsvendor's ratio a day more pays while it saves over {fine(curve.prices.ratio)} of orders: "
        f"{'; '.join(steps)}. It finds {ends}."
    )


def step_said(step: Step) -> str:
    return f"the step to {step.longer_days} saves {fine(step.saved.mean)} and {'pays' if step.pays else 'does not'}"


def money(cents: float) -> str:
    """Whole units of the currency."""
    return f"{cents / 100:,.0f}"


def money_between(whole: Estimate) -> str:
    if whole.low is None or whole.high is None:
        return "not known"
    return f"{money(whole.low)} to {money(whole.high)}"


def price(cents: int) -> str:
    return f"{cents / 100:,.2f}".removesuffix(".00")


def fine(share: float) -> str:
    """A share with the digits that a comparison needs."""
    return f"{100 * share:.3g} %"


def saving(step: Step) -> str:
    return f"{percent(step.saved.mean)} ({between(step.saved)})"
