"""What a person at a terminal reads: verdicts, the first failing order's story, the line that repeats it."""

import re
from io import StringIO

import pytest
from rich.console import Console

from fakemarket.market import Market
from fakemarket.settings import Demand, Settings, Warehouse
from redclock.checks.measures import MEASURES
from redclock.report.story import first_failing_order, replay_line, story
from redclock.report.terminal import render_suite
from redclock.run import REFERENCE, Outcome, run
from redclock.scenario.library import find
from redclock.scenario.read import read
from redclock.suite import verdict

BROKEN = "redclock.subject.broken:sends_whatever_it_sees"


@pytest.fixture(scope="module")
def failed() -> Outcome:
    (scenario,) = read(find(["a1-pending-payment-is-not-work"]), measures=MEASURES)
    return run(scenario, 2, subject=BROKEN)


def printed(*outcomes: Outcome) -> str:
    console = Console(file=StringIO(), width=100)
    render_suite([verdict([outcome]) for outcome in outcomes], console)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_the_first_failing_order_is_one_that_broke_a_check(failed: Outcome) -> None:
    number = first_failing_order(failed)
    assert number == failed.violations[0].order
    assert number in {event.order for event in failed.ledger.named("sent_to_supplier")}


def test_a_story_has_a_line_for_each_event_with_local_time_and_time_left(failed: Outcome) -> None:
    order = next(event.order for event in failed.ledger.named("declare_all"))
    assert order is not None
    lines = list(story(failed.ledger, order, "Europe/Madrid"))
    assert len(lines) == len(failed.ledger.of(order))
    assert "ordered" in lines[0]
    declared = next(line for line in lines if "tracking declared" in line)
    assert re.search(r"  \dd\d\dh\d\d  ", declared), "time left stands beside it"


@pytest.mark.parametrize(("share", "packed"), [(0.0, {"packed"}), (1.0, {"packed", "packed (parcel 2)"})])
def test_a_story_says_which_parcel_where_an_order_goes_in_two(share: float, packed: set[str]) -> None:
    demand, warehouse = Demand(orders_per_day=5.0, several_products_share=1.0), Warehouse(split_share=share)
    market = Market(seed=1, settings=Settings(demand=demand, warehouse=warehouse))
    market.advance(days=9)
    told = [line for order in market.orders() for line in story(market.ledger, order.id, "Europe/Madrid")]
    assert {line[line.index("packed") : line.index("  [")] for line in told if "  packed" in line} == packed


def test_the_table_says_what_was_expected_and_seen_and_how_to_see_it_again(failed: Outcome) -> None:
    text = printed(failed)
    assert "FAIL  a1-pending-payment-is-not-work  0/1 seeds" in text
    assert f"unpaid_sent {failed.measured[0].value:g} (at most 0)" in text
    assert "BROKEN no_supplier_order_for_an_unpaid_order" in text
    assert replay_line(failed) in text.replace("\n", " ")
    assert "0 passed, 1 failed" in text


def test_the_reference_needs_no_subject_in_its_replay_line(failed: Outcome) -> None:
    (scenario,) = read(find(["c3-wallet-empty"]), measures=MEASURES)
    assert replay_line(run(scenario, 0, subject=REFERENCE)) == "redclock run c3-wallet-empty --seeds 0"


def test_a_fault_that_never_struck_is_a_warning(failed: Outcome) -> None:
    (scenario,) = read(find(["d4-answer-lost"]), measures=MEASURES)
    idle = run(scenario, 0, subject="redclock.subject.broken:Idle")
    assert idle.never_struck == (1, 2)
    assert "fault 2 (answer_lost) never struck" in printed(idle)
