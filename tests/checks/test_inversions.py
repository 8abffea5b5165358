"""Whether what was most urgent went first."""

from fakemarket.rules.status import Move
from fakemarket.world.ledger import Ledger
from redclock.checks.evidence import ALL, About, Evidence
from redclock.checks.measures import MEASURES

LEFT = {1: 300, 2: 200, 3: 100}
"""By order: when its countdown ends."""


def declared(*calls: tuple[int, int], cause: str = "call", sellers: tuple[str, ...] = ("a", "a", "a")) -> Evidence:
    """A run in which numbers were declared: (market time, order)."""
    ledger = Ledger()
    for (order, ship_by_at), seller in zip(LEFT.items(), sellers, strict=True):
        ledger.append(0, order, Move.PLACE, {"seller": seller}, "buyer")
        ledger.append(0, order, "countdown", {"ship_by_at": ship_by_at}, "platform")
    for at, order in calls:
        ledger.append(at, order, Move.DECLARE_ALL, {"number": str(order)}, cause)
    return Evidence(ledger)


def inversions(evidence: Evidence, about: About = ALL) -> float | None:
    return MEASURES["declaration_inversions"].of(evidence, about)


def test_a_number_declared_behind_one_with_more_time_left_is_one_inversion() -> None:
    assert inversions(declared((5, 3), (5, 2), (5, 1))) == 0
    assert inversions(declared((5, 3), (5, 1), (5, 2))) == 1
    assert inversions(declared((5, 1), (5, 2), (5, 3))) == 2


def test_what_came_a_second_later_may_not_have_been_known_before() -> None:
    assert inversions(declared((5, 1), (6, 2))) == 0


def test_shops_and_whoever_else_declares_go_their_own_ways() -> None:
    assert inversions(declared((5, 1), (5, 2), cause="mip")) == 0
    assert inversions(declared((5, 1), (5, 2), cause="call:own")) == 1
    two = declared((5, 1), (5, 2), (5, 3), sellers=("a", "b", "a"))
    assert inversions(two) == 1
    assert inversions(two, About(seller="b")) == 0
