"""What is said of a plan, in words and in shares of a hundred, wherever it is shown.

Nothing is worked out here: every number is the planner's. Knows neither a terminal nor a page.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence

from fakemarket.rules.templates import DeliveryTemplate, TemplateId, warning_over_cap
from fakemarket.settings import Settings
from redclock.planner.estimate import CONFIDENCE, Estimate
from redclock.planner.replication import Horizon
from redclock.planner.sweep import DAYS, START_AT, WARM_UP_DAYS, Plan, Row, assumptions

COUNTDOWN = "countdown."


def recommendation(plan: Plan) -> str:
    """What to do, in a sentence that holds on the safe bound."""
    target, sure = given(plan.target), f"{given(plan.confidence)} sure"
    safe, nearest = plan.recommended, plan.nearest
    if safe is not None:
        shorter = plan.rows[plan.rows.index(safe) - 1] if safe is not plan.rows[0] else None
        besides = f"; {shorter.preparation_days} may miss up to {at_most(shorter.rate)}" if shorter else ""
        return (
            f"Put {count(safe.preparation_days, 'working day')} in the delivery template: the shortest time tried that "
            f"stays within {target}, missing at most {at_most(safe.rate)} ({sure}){besides}.{_over_cap(plan, safe)}"
        )
    if nearest.rate.high is None:
        return (
            "Nothing can be recommended from one run, which gives no interval: ask for more, such as --runs 20; in this"
            f" run {count(nearest.preparation_days, 'working day')} missed {percent(nearest.rate.mean)}."
        )
    way = "more runs may settle it" if nearest.rate.mean <= plan.target else "try longer times"
    days = nearest.preparation_days
    if len(plan.rows) == 1:
        none = f"A preparation time of {count(days, 'working day')} is not sure to stay within {target}: it"
    else:
        tried = f"from {plan.rows[0].preparation_days} to {plan.rows[-1].preparation_days} working days"
        none = f"No preparation time {tried} is sure to stay within {target}: the nearest, {days},"
    return f"{none} missed {percent(nearest.rate.mean)} and may miss up to {at_most(nearest.rate)} ({sure}); {way}."


def _over_cap(plan: Plan, row: Row) -> str:
    """A warning if the platform may not take so long a preparation time; empty if it does."""
    cap_days = next(it.value for it in plan.assumptions if it.name == f"{COUNTDOWN}cap_days")
    template = DeliveryTemplate(TemplateId(0), "recommended", row.preparation_days, is_default=True)
    warning = warning_over_cap(template, cap_days)
    return f" But mind: {warning}." if warning else ""


def basis(plan: Plan) -> str:
    """What the figures were counted from."""
    horizon = plan.horizon
    return (
        f"{count(plan.runs, 'run')} of {horizon.days} days after {horizon.warm_up_days} to warm up, {seeds(plan)}, "
        f"{plan.rows[0].orders:,} orders. {_care(plan)}"
    )


def _care(plan: Plan) -> str:
    if plan.care is None:
        return "Nobody looks after them: the platforms work by themselves."
    return f"They are looked after by {plan.care}."


def causes_words(row: Row) -> str:
    """Why orders are missed under a preparation time, the shares of all causes; empty if none is."""
    shares = ", ".join(f"{cause} {percent(count / row.misses)}" for cause, count in row.by_cause.items())
    days = count(row.preparation_days, "working day")
    return f"Why orders are missed with {days}: {shares}." if shares else ""


def seeds(plan: Plan) -> str:
    return f"seeds {plan.seed} to {plan.seed + plan.runs - 1}" if plan.runs > 1 else f"seed {plan.seed}"


def has_words(plan: Plan) -> bool:
    """Whether the command line can ask for it: nothing in it shows other settings or days than the defaults."""
    usual = (Horizon(START_AT, WARM_UP_DAYS, DAYS), CONFIDENCE, assumptions(Settings()))
    return (plan.horizon, plan.confidence, plan.assumptions) == usual


def plan_command(plan: Plan, *more: str) -> str:
    """The command line of a plan that took the defaults for what has no option of its own.

    Args:
        more: words after it.
    """
    days = [row.preparation_days for row in plan.rows]
    words = ("--preparation-days", days_word(days), "--target", f"{100 * plan.target:g}%")
    return shlex.join(("redclock", "plan", *words, "--seed", str(plan.seed), "--runs", str(plan.runs), *more))


def days_word(days: Sequence[int]) -> str:
    """Preparation times as the command line takes them.

    >>> days_word([3, 4, 5, 8, 10, 11])
    '3..5,8,10..11'
    """
    starts = [day for day in days if day - 1 not in days]
    ends = [day for day in days if day + 1 not in days]
    stretches = zip(starts, ends, strict=True)
    return ",".join(f"{first}..{last}" if first < last else str(first) for first, last in stretches)


def percent(share: float) -> str:
    """A rate for people: `4.8 %`, with a second digit where the first would hide it.

    >>> percent(0.04), percent(0.0482), percent(0.0007), percent(-0.000001), percent(0)
    ('4.0 %', '4.8 %', '0.07 %', '0.00 %', '0 %')
    """
    if not share:
        return "0 %"
    return f"{100 * share:z.{1 if abs(share) >= 0.00995 else 2}f} %"


def given(share: float) -> str:
    """A share that somebody typed, as it was typed."""
    return f"{100 * share:g} %"


def at_most(rate: Estimate) -> str:
    """The upper bound, or the mean where there is none."""
    return percent(rate.mean if rate.high is None else rate.high)


def between(estimate: Estimate) -> str:
    if estimate.low is None or estimate.high is None:
        return "not known"
    return f"{percent(estimate.low).removesuffix(' %')} to {percent(estimate.high)}"


def otherwise(saved: Estimate) -> str:
    """What is missed otherwise, as a share of all orders, where people would have to think about a minus sign.

    >>> otherwise(Estimate(0.0047, None, None)), otherwise(Estimate(-0.0006, None, None))
    ('0.47 % fewer', '0.06 % more')
    """
    return _otherwise(saved.mean)


def otherwise_between(saved: Estimate) -> str:
    """Between what that lies.

    >>> otherwise_between(Estimate(0.004, 0.003, 0.005)), otherwise_between(Estimate(-0.004, -0.005, 0.0))
    ('0.30 to 0.50 % fewer', '0 to 0.50 % more')
    >>> otherwise_between(Estimate(0.0, -0.001, 0.002))
    '0.10 % more to 0.20 % fewer'
    """
    if saved.low is None or saved.high is None:
        return between(saved)
    if saved.low < 0 < saved.high:
        return f"{_otherwise(saved.low)} to {_otherwise(saved.high)}"
    least, most = sorted((saved.low, saved.high), key=abs)
    return f"{percent(abs(least)).removesuffix(' %')} to {_otherwise(most)}"


def _otherwise(saved: float) -> str:
    way = " more" if saved < 0 else " fewer" if saved > 0 else ""
    return f"{percent(abs(saved))}{way}"


def within(rate: Estimate, target: float) -> str:
    """Whether a rate meets a target: `yes`, `no`, `not sure` or `not known`."""
    if rate.low is None or rate.high is None:
        return "not known"
    if rate.high <= target:
        return "yes"
    return "no" if rate.low > target else "not sure"


def notes(estimates: Iterable[tuple[int, Estimate]]) -> Iterable[str]:
    """Each note once, with the preparation times it is about."""
    about: dict[str, list[str]] = {}
    for days, estimate in estimates:
        if estimate.note:
            about.setdefault(estimate.note, []).append(str(days))
    for note, times in about.items():
        several = list(dict.fromkeys(times))
        yield f"{', '.join(several)} working day{'' if several == ['1'] else 's'}: {note}."


def count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
