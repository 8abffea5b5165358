"""Faults of what the integration platform hears late and tells its webhooks badly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from fakemarket.faces.mip.webhooks import Posting
from fakemarket.faults import (
    Aim,
    BadFault,
    LateImport,
    MissingFromImport,
    WebhookDropped,
    WebhookDuplicated,
    WebhookReordered,
    Window,
)
from fakemarket.faults.copies import copies
from fakemarket.market import MONDAY, Market
from fakemarket.settings import Mip
from fakemarket.world.mip_journal import Happening
from fakemarket.world.order import Order

Work = Callable[..., Order]
Open = Callable[..., Any]


class Receiver:
    """A webhook of every event that answers 200 and keeps what arrived, and when."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.got: list[tuple[int, int]] = []
        market.world.mip.webhooks.register("https://shop.example/hooks", tuple(Happening), cause="test")

    def __call__(self, posting: Posting) -> int:
        self.got.append((int(posting.headers["webhook-id"]), self.market.now() - MONDAY))
        return 200

    def listen(self, minutes: int) -> list[int]:
        """The numbers of the events that arrive from now on, minute by minute."""
        self.got.clear()
        for _ in range(minutes):
            self.market.advance(minutes=1)
            self.market.deliver(self)
        return [number for number, _ in self.got]


def written(market: Market) -> list[int]:
    return [event.id for event in market.world.mip.journal.page(0, 1000)[0]]


def test_without_faults_every_event_arrives_once_in_order(opened: Open, work: Work) -> None:
    market = opened().market
    receiver = Receiver(market)
    work(market)
    assert receiver.listen(60) == written(market) != []


def test_a_dropped_event_never_arrives_and_the_journal_has_it(opened: Open, work: Work) -> None:
    market = opened(WebhookDropped(Aim(nth=1))).market
    receiver = Receiver(market)
    order = work(market)
    assert receiver.listen(24 * 60) == written(market)[1:]
    assert market.faults.struck == {"fault:0": 1}
    (struck,) = market.ledger.named("fault")
    assert (struck.order, struck.cause, struck.facts) == (order.id, "fault:0", {"kind": "webhook_dropped"})


@pytest.mark.parametrize("seconds", [0, 59, 60, 61])
def test_a_duplicate_arrives_so_many_seconds_after_the_first_copy(seconds: int, opened: Open, work: Work) -> None:
    market = opened(WebhookDuplicated(Aim(nth=1), seconds=seconds)).market
    receiver = Receiver(market)
    work(market)
    numbers = receiver.listen(60)
    assert sorted(numbers) == sorted([1, *written(market)])
    first, second = (at for number, at in receiver.got if number == 1)
    assert second - first == -(-seconds // 60) * 60, "the postman comes once a minute"


def test_a_reordered_event_arrives_after_a_later_one(opened: Open, work: Work) -> None:
    market = opened(WebhookReordered(Aim(nth=1), seconds=1200)).market
    receiver = Receiver(market)
    work(market)
    numbers = receiver.listen(60)
    assert sorted(numbers) == written(market)
    assert numbers[0] == 2
    first, second = (next(at for number, at in receiver.got if number == each) for each in (1, 2))
    assert first - second == 1200


def test_waits_and_duplicates_go_together_and_a_drop_beats_both(opened: Open, work: Work) -> None:
    late, twice = WebhookReordered(Aim(nth=1), seconds=600), WebhookDuplicated(Aim(nth=1), seconds=300)
    market = opened(twice, late).market
    receiver = Receiver(market)
    work(market)
    numbers = receiver.listen(60)
    assert numbers.count(1) == 2
    assert numbers.index(2) < numbers.index(1)
    gone = opened(twice, late, WebhookDropped(Aim(nth=1))).market
    receiver = Receiver(gone)
    work(gone)
    assert 1 not in receiver.listen(60)
    assert gone.faults.struck == {"fault:0": 1, "fault:1": 1, "fault:2": 1}


def test_a_duplicate_follows_the_first_copy_however_late_that_is() -> None:
    assert copies([]) == (0,)
    assert copies([WebhookDuplicated(seconds=5), WebhookReordered(seconds=60)]) == (60, 65)
    assert copies([WebhookReordered(seconds=60), WebhookReordered(seconds=7)]) == (67,)


def test_webhook_faults_are_aimed_by_order_seller_and_type_of_event(opened: Open, work: Work) -> None:
    def struck(fault: Any) -> tuple[set[int], set[str]]:
        """Which orders were struck, and the types of the events that never arrived."""
        market = opened(sellers=("one", "two")).market
        receiver = Receiver(market)
        orders = [work(market, seller=seller) for seller in ("one", "two", "one")]
        market.faults.add(fault(orders))
        arrived = receiver.listen(60)
        assert {event.order for event in market.ledger.named("fault")} <= {order.id for order in orders}
        index = {order.id: place for place, order in enumerate(orders)}
        told = {index[event.order] for event in market.ledger.named("fault") if event.order}
        return told, {str(each.type) for each in market.world.mip.journal.page(0, 999)[0] if each.id not in arrived}

    assert struck(lambda orders: WebhookDropped(Aim(order=orders[2].id)))[0] == {2}
    assert struck(lambda _: WebhookDropped(Aim(seller="two")))[0] == {1}
    both = struck(lambda _: WebhookDropped(event=Happening.ORDER_PENDING_REVIEW))
    assert both == ({0, 1, 2}, {"order.pending_review"})


@pytest.mark.parametrize(("offset", "dropped"), [(-1, False), (0, True), (1, False)])
def test_an_event_is_dropped_in_the_window_and_not_a_second_beside_it(
    offset: int, dropped: bool, opened: Open, work: Work
) -> None:
    at = MONDAY + 900 + offset
    market = opened(WebhookDropped(Aim(window=Window(at, at + 1)))).market
    receiver = Receiver(market)
    work(market)
    assert (1 not in receiver.listen(30)) is dropped, "the first round of imports is at 900 s"


def test_the_same_events_are_struck_for_every_webhook_and_by_luck(opened: Open, work: Work) -> None:
    market = opened(WebhookDropped(Aim(share=0.5))).market
    receivers = [Receiver(market), Receiver(market)]
    for _ in range(30):
        work(market)
    numbers = receivers[0].listen(180)
    assert [number for number in sorted(numbers) if numbers.count(number) != 2] == []
    everything = len(written(market))
    assert 0.3 * everything < len(set(numbers)) < 0.7 * everything


# Imports


@pytest.mark.parametrize(("offset", "imported"), [(-1, False), (0, True), (1, True)])
def test_a_late_order_comes_to_the_rounds_on_the_second(offset: int, imported: bool, opened: Open) -> None:
    """The first round that could see it stands at 900 s."""
    market = opened(LateImport(least_minutes=10, most_minutes=10)).market
    market.advance(seconds=300 - offset)
    order = market.place(pays=False)
    market.advance_to(MONDAY + 900)
    assert (order.id in market.world.mip.orders) is imported
    assert market.faults.struck == {"fault:0": 0 if imported else 1}


@pytest.mark.parametrize(("overlap_minutes", "found"), [(0, False), (44, False), (45, True), (46, True)])
def test_rounds_miss_a_late_order_unless_their_overlap_is_long_enough(
    overlap_minutes: int, found: bool, opened: Open
) -> None:
    """It is to be seen from minute 50 on: the round at minute 60 looks back from the one before, at 45."""
    late = LateImport(least_minutes=50, most_minutes=50)
    market = opened(late, mip=Mip(overlap_minutes=overlap_minutes)).market
    order = market.place(pays=False, attempts_seconds=(), gives_up_seconds=None)
    market.advance(days=2)
    assert (order.id in market.world.mip.orders) is found
    assert market.world.mip.import_window("shop-1", MONDAY, market.now(), cause="test") == (not found)


def test_a_late_order_that_changes_is_found_by_the_next_round(opened: Open) -> None:
    market = opened(LateImport(least_minutes=50, most_minutes=50), mip=Mip(overlap_minutes=0)).market
    order = market.place(pays=False, attempts_seconds=(), gives_up_seconds=3000)
    market.advance(hours=1)
    assert [event.what for event in market.ledger.of(order.id)][-2:] == ["buyer_cancels_unpaid", "imported"]


def test_each_late_order_has_its_own_delay_and_a_missing_one_has_none(opened: Open) -> None:
    late = LateImport(Aim(share=0.5), least_minutes=60, most_minutes=600)
    market = opened(late, MissingFromImport(Aim(nth=1)), mip=Mip(overlap_minutes=720)).market
    placed = [market.place(pays=False, attempts_seconds=(), gives_up_seconds=None) for _ in range(40)]
    market.advance(days=2)
    mirrors = market.world.mip.orders
    delays = [mirrors[it.id].imported_at - it.placed_at for it in placed if it.id in mirrors]
    assert len(delays) == 39
    assert 8 < sum(delay > 900 for delay in delays) < 32
    assert len(set(delays)) > 5
    assert all(delay == 900 or 3600 <= delay <= 37_800 for delay in delays)


def test_an_import_that_is_late_for_less_than_no_time_is_refused() -> None:
    with pytest.raises(BadFault, match="least_minutes is 9, over most_minutes, 8"):
        LateImport(least_minutes=9, most_minutes=8)
