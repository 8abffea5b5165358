"""Which way orders went."""

from fakemarket.rules.status import Move, Status
from fakemarket.world.ledger import Ledger
from redclock.figures.ways import ways_of


def told(*moves: tuple[int, str, str]) -> Ledger:
    ledger = Ledger()
    for at, (order, what, to) in enumerate(moves):
        ledger.append(at, order, what, {"to": to}, "test")
    return ledger


def test_a_way_ends_with_the_move_that_ended_the_order() -> None:
    ledger = told(
        (1, Move.PLACE, Status.PLACE_ORDER_SUCCESS),
        (2, Move.PLACE, Status.PLACE_ORDER_SUCCESS),
        (1, Move.UNPAID_TIMEOUT, Status.FINISH),
        (1, Move.ARCHIVE, Status.ARCHIVE),
    )
    assert ways_of(ledger) == {
        (Status.PLACE_ORDER_SUCCESS,): 1,
        (Status.PLACE_ORDER_SUCCESS, Move.UNPAID_TIMEOUT): 1,
    }


def test_a_detour_that_led_back_is_no_part_of_the_way() -> None:
    ledger = told(
        (1, Move.PLACE, Status.PLACE_ORDER_SUCCESS),
        (1, Move.PAYMENT_FAILS, Status.PLACE_ORDER_SUCCESS),
        (1, Move.PASS_REVIEW, Status.WAIT_SELLER_SEND_GOODS),
        (1, Move.REQUEST_CANCEL, Status.IN_CANCEL),
        (1, Move.REFUSE_CANCEL, Status.WAIT_SELLER_SEND_GOODS),
        (1, Move.DECLARE_ALL, Status.WAIT_BUYER_ACCEPT_GOODS),
    )
    way = (Status.PLACE_ORDER_SUCCESS, Status.WAIT_SELLER_SEND_GOODS, Status.WAIT_BUYER_ACCEPT_GOODS)
    assert ways_of(ledger) == {way: 1}


def test_the_most_trodden_way_comes_first() -> None:
    ledger = told(*((order, Move.PLACE, "A" if order == 1 else "B") for order in (1, 2, 3)))
    assert list(ways_of(ledger).items()) == [(("B",), 2), (("A",), 1)]
