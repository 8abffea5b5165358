"""The report: each number on it is counted again here, from the ledgers of the outcomes that it was made of."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from html import unescape
from pathlib import Path
from statistics import fmean, stdev

import pytest
from scipy.stats import t as student
from tests.report.html.conftest import SENDS_ALL, Page, tried

from fakemarket.faces.panel.moments import Local
from fakemarket.rules.status import Move, Status
from redclock.checks.student import MissingExtra
from redclock.figures import Hours
from redclock.report.charts.time_axis import DAY, length
from redclock.report.html.failure import anchor
from redclock.report.html.page import report_html
from redclock.report.story import first_failing_order, replay_line, story
from redclock.report.whereabouts import whereabouts
from redclock.run import Outcome
from redclock.suite import Verdict, verdict

ZONE = "Europe/Madrid"


def trials(suite: list[Verdict]) -> list[Outcome]:
    return [trial for each in suite for trial in each.trials]


def counted(them: list[Outcome], *what: str) -> int:
    return sum(len(trial.ledger.named(*what)) for trial in them)


def hours(outcome: Outcome) -> Hours:
    assert outcome.figures is not None
    return outcome.figures.hours


# The summary


def test_the_tiles_are_the_suites_sums(suite: list[Verdict], page: Page) -> None:
    them = trials(suite)
    placed, accepted, missed = (counted(them, it) for it in (Move.PLACE, Move.PASS_REVIEW, Move.COUNTDOWN_ENDS))
    assert "2 of 3 scenarios fail" in page.words
    assert " 1 of 3 scenarios hold 5 of 7 trials fail " in page.words
    assert f" {placed} orders, {accepted} accepted {missed} missed ({missed / accepted:.2%}) " in page.words


def test_tags_and_scenarios_are_added_up(suite: list[Verdict], page: Page) -> None:
    def sums(them: list[Outcome]) -> list[str]:
        placed, accepted, missed = (counted(them, it) for it in (Move.PLACE, Move.PASS_REVIEW, Move.COUNTDOWN_ENDS))
        passed = sum(it.passed for it in them)
        return [f"{passed} of {len(them)}", str(placed), str(missed), f"{missed / accepted:.2%}"]

    tags = page.table("By tag")
    assert tags.row("tokens") == ["0 of 1", *sums(list(suite[0].trials))]
    assert tags.row("P1") == ["1 of 3", *sums(trials(suite))]
    scenarios = page.table("By scenario")
    assert len(scenarios.rows) == 4
    for each, word in zip(suite, ("FAIL", "FAIL", "pass"), strict=True):
        assert scenarios.row(each.scenario.name) == [word, *sums(list(each.trials))]
        header = next(row[0] for row in scenarios.rows if row[0].startswith(each.scenario.name))
        assert each.scenario.title in header
    assert suite[0].trials[0].problems()[0] in scenarios.rows[1][0]


def test_expectations_have_values_means_and_intervals_over_the_seeds(suite: list[Verdict], page: Page) -> None:
    seen = 0
    for each in suite:
        table = page.table(f"What {each.scenario.name} expects")
        assert table.rows[0][2] == f"By seed ({', '.join(str(it.seed) for it in each.trials)})"
        for place, expectation in enumerate(each.scenario.expect):
            header, word, values, mean, interval = table.rows[place + 1]
            measured = [trial.measured[place] for trial in each.trials]
            assert header == f"{expectation.name} {expectation.bounds()}"
            assert word == ("pass" if all(it.holds for it in measured) else "FAIL")
            said = ["none" if it.value is None else f"{it.value:,.6g}" for it in measured]
            assert values == ", ".join(said)
            known = [it.value for it in measured if it.value is not None]
            assert mean == (f"{fmean(known):,.6g}" if known else "")
            if len(known) < len(measured):
                assert interval == ""
                continue
            half = student.ppf(0.975, len(known) - 1) * stdev(known) / len(known) ** 0.5
            assert interval == f"{fmean(known) - half:.4g} to {fmean(known) + half:.4g} (95%)"
            seen += half > 0
    assert seen > 2


def test_values_are_drawn_too(suite: list[Verdict], page: Page) -> None:
    for each in suite:
        tips = page.tips[f"values-{each.scenario.name}"]
        for place, expectation in enumerate(each.scenario.expect):
            for trial in each.trials:
                value = trial.measured[place].value
                tip = f"{expectation.name}\nseed {trial.seed}: {value or 0:,.6g}"
                assert (tip in tips) is (value is not None)


def test_an_expectation_of_all_seeds_is_judged_once_or_not_at_all(suite: list[Verdict]) -> None:
    scenario = suite[2].scenario
    sure = scenario.expect[0].model_copy(update={"at_most": -1.0, "at_least": None, "sometimes": True})
    few = tried("c3-wallet-empty", "reference", 1, expect=(sure,), seeds=2)
    assert Page(report_html([few])).table("What c3-wallet-empty expects").rows[1][1] == "not judged"
    both = tried("c3-wallet-empty", "reference", 2, expect=(sure,), seeds=2)
    page = Page(report_html([both]))
    assert page.table("What c3-wallet-empty expects").rows[1][1] == "FAIL"
    assert both.over_seeds[0].problem() in page.words
    assert "failures" not in page.ids, "no single trial failed"


# Failures


def test_each_failure_tells_its_problems_and_how_to_see_it_again(suite: list[Verdict], page: Page) -> None:
    failed = [trial for trial in trials(suite) if not trial.passed]
    assert len(failed) == 5
    for trial in failed:
        assert anchor(trial) in page.ids
        assert f"Again: {replay_line(trial)}" in page.words
        for problem in trial.problems():
            assert " ".join(problem.split()) in page.words


def test_where_an_orders_time_went_is_what_the_ledger_says(suite: list[Verdict], page: Page) -> None:
    tables = [it for it in page.tables if it.name == "Where its time went"]
    first = [suite[0].trials[0], suite[1].trials[0]]
    failed = [*first, *suite[0].trials[1:], suite[1].trials[1]]
    assert len(tables) == len(failed)
    for trial, table in zip(failed, tables, strict=True):
        order = first_failing_order(trial)
        assert order is not None
        where = whereabouts(trial.ledger, order)
        total = where.ended_at - where.placed_at
        expected = [[str(part), length(it), f"{it / total:.0%}"] for part, it in where.parts.items()]
        assert table.rows[1:] == [*expected, ["in all", length(total), ""]]


def test_an_orders_story_is_the_ledgers(suite: list[Verdict], page: Page) -> None:
    for trial in (it for it in trials(suite) if not it.passed):
        order = first_failing_order(trial)
        assert order is not None
        name = f"What happened to order {order}, seed {trial.seed} of {trial.scenario.name}"
        rows = page.table(name).rows[1:]
        told = list(story(trial.ledger, order, trial.scenario.zone))
        events = trial.ledger.of(order)
        assert len(rows) == len(told) == len(events)
        for (when, left, what, cause), line, event in zip(rows, told, events, strict=True):
            assert when == Local(trial.scenario.zone, trial.scenario.start_at).short(event.at)
            assert left == line[21:31].strip()
            assert what in " ".join(line.split())
            assert cause == event.cause


def test_the_timeline_says_the_countdowns_own_times(suite: list[Verdict], page: Page) -> None:
    trial = suite[0].trials[0]
    order = first_failing_order(trial)
    assert order is not None
    events = {event.what: event for event in trial.ledger.of(order)}
    local = Local(ZONE, trial.scenario.start_at)
    due, started = events["countdown"].facts["ship_by_at"], events["countdown"].at
    tips = page.tips[f"timeline-b1-silent-expiry-{trial.seed}"]
    assert f"The first instant too late: {local.short(due)}" in tips
    whole = (
        f"{local.short(started)}: {length(due - started)} left\n{local.short(due - DAY)}: 1 d left\nthe countdown runs"
    )
    assert whole in tips
    assert f"{local.short(due - DAY)}: 1 d left\n{local.short(due)}: 0 s left\nthe countdown runs" in tips
    assert f"{local.short(events[Move.COUNTDOWN_ENDS].at)}\nCOUNTDOWN ENDS" in tips
    dead = next(it for it in trial.ledger.named("token_revoked") if it.facts["app"] == "mip")
    assert f"dead: revoked on {local.short(dead.at)}" in tips
    assert f"{local.short(dead.at)}\ntoken_dies strikes" in tips


def test_the_timelines_calls_are_those_of_the_case(suite: list[Verdict], page: Page) -> None:
    trial = suite[0].trials[1]
    assert trial.figures is not None
    case = trial.figures.case
    assert case is not None
    tips = page.tips[f"timeline-b1-silent-expiry-{trial.seed}"]
    calls = sum(int(found[1]) for tip in tips if (found := re.search(r"\n(\d+) calls?\b", tip)))
    failed = sum(int(found[1]) for tip in tips if (found := re.search(r"\n\d+ calls?, (\d+) failed", tip)))
    lanes = [it for it in case.slices if it.lane in ("aliexpress", "mip")]
    assert (calls, failed) == (sum(it.count for it in lanes), sum(it.wrong for it in lanes))
    assert calls > 100


def test_requests_are_shown_without_secrets(suite: list[Verdict], page: Page) -> None:
    for trial in (it for it in trials(suite) if not it.passed):
        assert trial.figures is not None
        case = trial.figures.case
        assert case is not None
        for asked in case.requests:
            assert f"Request {asked.number}, answered with status {asked.status}." in page.words
            assert " ".join(asked.body.split()) in page.words
            assert asked.why in page.words
    assert '"session":"***"' in page.words
    assert not re.search(r"5000[0-9a-f]{20}", page.source), "an access token"


# Charts


def test_the_flow_is_counted_from_the_ledgers(suite: list[Verdict], page: Page) -> None:
    for name, them in (("all runs", trials(suite)), ("b1-silent-expiry", list(suite[0].trials))):
        table = page.table(f"Which way the orders of {name} went, as a table")
        placed, paid, missed = (counted(them, it) for it in (Move.PLACE, Move.PAY, Move.COUNTDOWN_ENDS))
        ready, shipped = counted(them, Move.PASS_REVIEW), counted(them, Move.DECLARE_ALL)
        assert table.row("ordered")[0] == str(placed)
        assert table.row("paid")[0] == str(paid)
        assert table.row("to be shipped")[0] == str(ready)
        assert table.row("shipped")[0] == str(shipped)
        assert table.row("MISSED")[:2] == [str(missed), str(missed)]
        chart = "flow-of-all" if name == "all runs" else f"flow-{name}"
        assert f"{missed} orders: to be shipped to MISSED" in page.tips[chart]
        assert f"{placed} orders from left to right." in page.words
        stays = sum(status(trial, order) == Status.WAIT_SELLER_SEND_GOODS for trial in them for order in orders(trial))
        assert table.row("to be shipped")[1] == str(stays)


def orders(trial: Outcome) -> list[int]:
    return [event.order for event in trial.ledger.named(Move.PLACE) if event.order is not None]


def status(trial: Outcome, order: int) -> str:
    return [str(event.facts["to"]) for event in trial.ledger.of(order) if "to" in event.facts][-1]


def test_the_days_are_counted_from_the_ledgers(suite: list[Verdict], page: Page) -> None:
    for each in suite:
        rows = page.table(f"{each.scenario.name} by day").rows
        assert rows[0][1:4] == ["orders placed", "countdowns missed", "at most waiting to be shipped"]
        start_at = each.scenario.start_at
        for number, row in enumerate(rows[1:]):
            from_at = start_at + number * DAY
            assert row[0] == Local(each.scenario.zone, start_at).short(from_at)
            there = [it for it in each.trials if it.ledger[len(it.ledger) - 1].at >= from_at]
            for column, what in ((1, Move.PLACE), (2, Move.COUNTDOWN_ENDS), (7, "fault")):
                seeds = [sum(from_at <= it.at < from_at + DAY for it in trial.ledger.named(what)) for trial in there]
                assert row[column] == told(seeds), (row, what)
            calls = [
                sum(sum(it[number * 24 : number * 24 + 24]) for it in hours(trial).calls.values()) for trial in there
            ]
            assert row[5] == told(calls)
        assert sum(int(row[1].split()[0].split(".")[0]) for row in rows[1:]) > 0


def told(seeds: list[int]) -> str:
    if min(seeds) == max(seeds):
        return f"{seeds[0]:,}"
    return f"{fmean(seeds):.1f} ({min(seeds)} to {max(seeds)})"


def test_the_chart_over_time_says_what_the_table_says(suite: list[Verdict], page: Page) -> None:
    trial = suite[2].trials[0]
    alone = Page(report_html([verdict([trial])]))
    placed = [
        int(found[1]) for tip in alone.tips["health-c3-wallet-empty"] if (found := re.search(r"placed: (\d+)", tip))
    ]
    assert sum(placed) == counted([trial], Move.PLACE)
    waiting = [
        int(found[1]) for tip in alone.tips["health-c3-wallet-empty"] if (found := re.search(r"shipped: (\d+)", tip))
    ]
    assert max(waiting) == max(hours(trial).waiting)


def test_dead_tokens_are_drawn_from_their_death_to_their_renewal(suite: list[Verdict], page: Page) -> None:
    tips = page.tips["health-b1-silent-expiry"]
    local = Local(ZONE, suite[0].scenario.start_at)
    for number, trial in enumerate(suite[0].trials, start=1):
        (outage,) = hours(trial).outages
        assert outage.from_at == trial.ledger.named("token_revoked")[0].at
        during = f"{local.short(outage.from_at)} to {local.short(outage.until_at)}\nin run {number} of 3"
        assert f"app mip, shop-1: dead\n{during}" in tips


# The page as a file


def test_the_same_outcomes_make_the_same_bytes(suite: list[Verdict], text: str) -> None:
    assert report_html(suite) == text
    again = [tried("b1-silent-expiry", suite[0].trials[0].subject, 3), *suite[1:]]
    assert report_html(again) == text
    slower = [replace(each, trials=tuple(replace(it, seconds=9.9) for it in each.trials)) for each in suite]
    assert report_html(slower) == text


def test_the_time_of_writing_is_there_only_if_it_is_handed_in(suite: list[Verdict], text: str) -> None:
    assert "Written on" not in text
    assert "Written on Mon 23 Nov 2026, 06:45:00 UTC" in report_html(suite[2:], written_at=1_795_416_300)


def test_it_asks_nobody_for_anything(text: str) -> None:
    assert not re.findall(
        r"(?:src|href)=\"(?!#|data:,)[^\"]*\"|@import|url\(|(?:https?:)//(?!www\.w3\.org/2000/svg)", text
    )
    assert "default-src 'none'" in unescape(text)


def test_links_lead_somewhere_and_every_id_is_there_once(page: Page) -> None:
    assert not [link for link in page.links if link.removeprefix("#") not in page.ids]
    assert len(page.ids) == len(set(page.ids))


def test_words_from_outside_are_only_words() -> None:
    evil = '<script>alert("x")</script>&amp;{{ 7 * 7 }}'
    found = tried("a1-pending-payment-is-not-work", SENDS_ALL, 1, title=evil, proves=evil, tags=(evil,))
    text = report_html([replace(found, trials=(replace(found.trials[0], error=evil),))])
    assert "<script>alert" not in text
    assert evil in Page(text).words


def test_a_subject_that_raises_at_once_has_a_page_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "class Raises:\n    def __init__(self, ports): ...\n    def wake(self, now): raise KeyError('<b>\\ud800')\n"
    (tmp_path / "raising.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    page = Page(report_html([tried("a1-pending-payment-is-not-work", "raising:Raises", 1)]))
    assert "KeyError" in page.words
    assert "The run of a1-pending-payment-is-not-work, seed 0" in page.source


def test_what_is_left_out_is_said(suite: list[Verdict]) -> None:
    page = Page(report_html(suite, most_failures=2, most_scenarios=2))
    told = [it for it in page.ids if it.startswith("failure-") and not it.endswith("-title")]
    assert told == ["failure-b1-silent-expiry-0", "failure-a1-pending-payment-is-not-work-0"], "one of each first"
    rows = page.table("Failures without pictures").rows[1:]
    others = [suite[0].trials[1], suite[0].trials[2], suite[1].trials[1]]
    assert [row[2] for row in rows] == [replay_line(it) for it in others]
    assert "Trials that failed, too: 3." in page.words
    assert "scenario-c3-wallet-empty" not in page.ids
    assert "scenarios are left out below: 1, those that hold first" in page.words
    assert page.table("By scenario").row("c3-wallet-empty")[0] == "pass"


def test_without_figures_it_has_its_tables_and_says_why_it_has_no_charts(suite: list[Verdict]) -> None:
    bare = [replace(each, trials=tuple(replace(it, figures=None) for it in each.trials)) for each in suite]
    page = Page(report_html(bare))
    assert "No picture: this trial" in page.words
    assert "No charts over time" in page.words
    assert page.table("By scenario").row("c3-wallet-empty")[0] == "pass"
    assert {it.partition("-")[0] for it in page.tips} == {"values"}


def test_without_scipy_it_has_no_intervals(suite: list[Verdict], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy.special", None)
    rows = Page(report_html(suite)).table("What c3-wallet-empty expects").rows[1:]
    assert {row[4] for row in rows} == {""}


def test_without_jinja2_it_says_what_to_install(suite: list[Verdict], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    monkeypatch.delitem(sys.modules, "redclock.report.html.dress")
    with pytest.raises(MissingExtra, match=r"jinja2.*redclock\[html\]"):
        report_html(suite)


def test_a_run_that_was_broken_off_says_so(suite: list[Verdict], page: Page) -> None:
    assert "broken off" not in page.words
    assert "broken off" not in Page(report_html(suite, asked=7)).words
    assert "The run was broken off: 7 of 9 trials were finished." in Page(report_html(suite, asked=9)).words
    nothing = Page(report_html([], asked=9)).words
    assert "Nothing was finished" in nothing
    assert "0 of 9 trials were finished" in nothing


def test_it_stays_small(text: str) -> None:
    assert len(text.encode()) < 800_000
