"""The ledger: append-only, in order, with a digest of the whole history."""

import pytest

from fakemarket.rules.status import Status
from fakemarket.world.ledger import Event, Ledger


def told() -> Ledger:
    ledger = Ledger()
    ledger.append(10, 1, "place", {"to": Status.PLACE_ORDER_SUCCESS}, "buyer")
    ledger.append(10, None, "token_expired", {"app": "mip"}, "platform")
    ledger.append(20, 2, "place", {"to": Status.PLACE_ORDER_SUCCESS}, "buyer")
    ledger.append(30, 1, "pay", {"b": 1, "a": None}, "buyer")
    return ledger


def test_events_are_numbered_in_the_order_in_which_they_were_told() -> None:
    ledger = told()
    assert [event.seq for event in ledger] == [0, 1, 2, 3] == list(range(len(ledger)))
    assert ledger[3] == Event(30, 3, 1, "pay", {"b": 1, "a": None}, "buyer")


def test_it_is_the_same_to_who_reads_once_and_to_who_reads_after_each_event() -> None:
    ledger = Ledger()
    for number, event in enumerate(told()):
        ledger.append(event.at, event.order, event.what, event.facts, event.cause)
        assert (len(ledger), ledger[-1], ledger.since(number)) == (number + 1, event, [event])
    assert list(ledger) == list(told())


def test_an_order_has_its_story_and_kinds_can_be_picked_out() -> None:
    ledger = told()
    assert [event.what for event in ledger.of(1)] == ["place", "pay"]
    assert [event.seq for event in ledger.named("pay", "token_expired")] == [1, 3]
    assert [event.seq for event in ledger.since(2)] == [2, 3]
    assert ledger.since(4) == []


def test_a_digest_is_of_what_was_told_and_not_of_how_it_was_written() -> None:
    other = Ledger()
    for event in told():
        other.append(event.at, event.order, event.what, dict(reversed(list(event.facts.items()))), event.cause)
    assert other.digest() == told().digest()
    assert Ledger().digest() != told().digest()


@pytest.mark.parametrize(
    "change",
    [{"at": 31}, {"order": 2}, {"order": None}, {"what": "pays"}, {"facts": {"a": None, "b": 2}}, {"cause": "seller"}],
    ids=str,
)
def test_every_part_of_every_event_counts_for_the_digest(change: dict[str, object]) -> None:
    ledger, events = Ledger(), list(told())
    for event in [*events[:-1], events[-1]._replace(**change)]:  # type: ignore[arg-type]
        ledger.append(event.at, event.order, event.what, event.facts, event.cause)
    assert ledger.digest() != told().digest()


def test_the_order_of_events_counts_for_the_digest() -> None:
    ledger = Ledger()
    for event in sorted(told(), key=lambda it: (it.at, it.what), reverse=True):
        ledger.append(event.at, event.order, event.what, event.facts, event.cause)
    assert ledger.digest() != told().digest()
