"""The moves table: what it allows, what it refuses, and that a refusal changes nothing."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemarket.rules.status import (
    BACK,
    END_REASONS,
    MOVES,
    RECEIVED,
    EndReason,
    IllegalMove,
    Move,
    Status,
    after,
    moves_from,
    statuses_with,
    ways_into,
)

PLACING = (Move.PLACE, Move.PLACE_IN_GROUP, Move.PLACE_PRESALE)
EVERY_ILLEGAL = [(status, move) for status in (None, *Status) for move in Move if move not in moves_from(status)]
Situation = tuple[Status | None, Status | None]


def made(situation: Situation, move: Move) -> Situation:
    """The status after a move, and the status held before it."""
    status, came_from = situation
    return after(status, move, came_from), status


def everywhere() -> set[Situation]:
    """Every (status, status held before) that an order can get into."""
    found: set[Situation] = {(None, None)}
    to_look_at = list(found)
    while to_look_at:
        situation = to_look_at.pop()
        for move in moves_from(situation[0]):
            new = made(situation, move)
            if new not in found:
                found.add(new)
                to_look_at.append(new)
    return found


def test_every_status_can_be_reached_from_placing_an_order() -> None:
    assert {status for status, _ in everywhere()} == {None, *Status}


def test_every_move_can_be_made_somewhere() -> None:
    assert {move for _, move in MOVES} == set(Move)


def test_nothing_moves_an_order_out_of_the_archive() -> None:
    assert moves_from(Status.ARCHIVE) == ()
    assert all(moves_from(status) for status in Status if status is not Status.ARCHIVE)


def test_from_every_situation_an_order_can_still_end() -> None:
    ends: set[Situation] = {each for each in everywhere() if each[0] is Status.ARCHIVE}
    while grown := {
        each for each in everywhere() - ends if any(made(each, move) in ends for move in moves_from(each[0]))
    }:
        ends |= grown
    assert ends == everywhere()


def test_only_placing_makes_an_order() -> None:
    assert moves_from(None) == PLACING
    assert all(statuses_with(move) == (None,) for move in PLACING)


@pytest.mark.parametrize(
    ("move", "homes"),
    [
        (Move.DECLARE_PART, {Status.WAIT_SELLER_SEND_GOODS, Status.SELLER_PART_SEND_GOODS}),
        (Move.DECLARE_ALL, {Status.WAIT_SELLER_SEND_GOODS, Status.SELLER_PART_SEND_GOODS}),
        (
            Move.COUNTDOWN_ENDS,
            {Status.WAIT_SELLER_SEND_GOODS, Status.SELLER_PART_SEND_GOODS, Status.IN_CANCEL},
        ),
        (
            Move.FREEZE,
            {
                Status.RISK_CONTROL,
                Status.WAIT_SELLER_SEND_GOODS,
                Status.SELLER_PART_SEND_GOODS,
                Status.WAIT_BUYER_ACCEPT_GOODS,
            },
        ),
        (Move.OPEN_DISPUTE, {Status.SELLER_PART_SEND_GOODS, Status.WAIT_BUYER_ACCEPT_GOODS}),
        (Move.SELLER_CANCELS, {Status.WAIT_SELLER_SEND_GOODS}),
        (Move.REQUEST_CANCEL, {Status.WAIT_SELLER_SEND_GOODS}),
    ],
)
def test_the_move_is_legal_in_these_statuses_only(move: Move, homes: set[Status]) -> None:
    assert set(statuses_with(move)) == homes


@pytest.mark.parametrize(
    ("status", "moves", "ends_in"),
    [
        (None, "place pay start_review pass_review declare_all", Status.WAIT_BUYER_ACCEPT_GOODS),
        (None, "place payment_fails pay start_review reject_review", Status.FINISH),
        (None, "place pay_offline confirm_money", Status.WAIT_SELLER_SEND_GOODS),
        (None, "place unpaid_timeout archive", Status.ARCHIVE),
        (None, "place pay start_review hold_review pass_review", Status.WAIT_SELLER_SEND_GOODS),
        (None, "place_in_group group_succeeds pay", Status.PAYMENT_PROCESSING),
        (None, "place_in_group group_fails", Status.FINISH),
        (None, "place_presale presale_opens pay", Status.PAYMENT_PROCESSING),
        (Status.WAIT_SELLER_SEND_GOODS, "declare_part declare_part", Status.SELLER_PART_SEND_GOODS),
        (Status.WAIT_SELLER_SEND_GOODS, "declare_part declare_all", Status.WAIT_BUYER_ACCEPT_GOODS),
        (Status.WAIT_SELLER_SEND_GOODS, "request_cancel refuse_cancel", Status.WAIT_SELLER_SEND_GOODS),
        (Status.WAIT_SELLER_SEND_GOODS, "request_cancel cancel_timeout", Status.FINISH),
        (Status.SELLER_PART_SEND_GOODS, "countdown_ends", Status.FINISH),
        (Status.SELLER_PART_SEND_GOODS, "freeze unfreeze", Status.SELLER_PART_SEND_GOODS),
        (Status.RISK_CONTROL, "freeze unfreeze", Status.RISK_CONTROL),
        (Status.SELLER_PART_SEND_GOODS, "open_dispute settle_dispute", Status.SELLER_PART_SEND_GOODS),
        (Status.WAIT_BUYER_ACCEPT_GOODS, "open_dispute settle_dispute", Status.WAIT_BUYER_ACCEPT_GOODS),
        (Status.WAIT_BUYER_ACCEPT_GOODS, "open_dispute dispute_timeout", Status.FINISH),
        (Status.WAIT_BUYER_ACCEPT_GOODS, "auto_confirm release_funds", Status.FINISH),
        (Status.WAIT_BUYER_ACCEPT_GOODS, "confirm_receipt", Status.FUND_PROCESSING),
    ],
)
def test_a_walk_of_legal_moves_ends_here(status: Status | None, moves: str, ends_in: Status) -> None:
    situation: Situation = (status, None)
    for word in moves.split():
        situation = made(situation, Move(word))
    assert situation[0] is ends_in


def test_every_other_move_is_refused_by_name() -> None:
    assert len(EVERY_ILLEGAL) + len(MOVES) == (1 + len(Status)) * len(Move)
    for status, move in EVERY_ILLEGAL:
        with pytest.raises(IllegalMove) as refusal:
            after(status, move, Status.WAIT_SELLER_SEND_GOODS)
        assert (refusal.value.status, refusal.value.move) == (status, move)
        assert refusal.value.allowed == moves_from(status)


def test_shipping_while_the_buyer_asks_to_cancel_is_refused_and_the_message_says_what_to_do() -> None:
    with pytest.raises(IllegalMove) as refusal:
        after(Status.IN_CANCEL, Move.DECLARE_ALL, Status.WAIT_SELLER_SEND_GOODS)
    assert str(refusal.value) == (
        "an order in IN_CANCEL cannot make the move declare_all; its moves are: accept_cancel, "
        "cancel_timeout, refuse_cancel, countdown_ends; declare_all is legal from: WAIT_SELLER_SEND_GOODS, "
        "SELLER_PART_SEND_GOODS"
    )


def test_the_message_about_an_archived_order_says_that_nothing_is_left() -> None:
    with pytest.raises(IllegalMove, match="its moves are: none, it has ended for good"):
        after(Status.ARCHIVE, Move.ARCHIVE)


def test_the_message_about_an_order_not_yet_placed_offers_placing() -> None:
    with pytest.raises(IllegalMove, match=r"an order not yet placed cannot .* its moves are: place, place_in_group"):
        after(None, Move.PAY)
    with pytest.raises(IllegalMove, match=r"place is legal from: \(not yet placed\)"):
        after(Status.FINISH, Move.PLACE)


def test_an_illegal_move_comes_home_from_another_process_whole() -> None:
    error = pickle.loads(pickle.dumps(IllegalMove(Status.FINISH, Move.PAY)))
    assert (error.status, error.move, str(error)) == (
        Status.FINISH,
        Move.PAY,
        str(IllegalMove(Status.FINISH, Move.PAY)),
    )


@pytest.mark.parametrize("came_from", [None, Status.FINISH, Status.IN_CANCEL])
def test_going_back_to_a_status_that_does_not_lead_here_is_refused(came_from: Status | None) -> None:
    with pytest.raises(ValueError, match=f"given as {came_from}; an order comes into IN_CANCEL from: WAIT_SELLER"):
        after(Status.IN_CANCEL, Move.REFUSE_CANCEL, came_from)


def test_a_status_with_a_way_back_is_never_entered_from_another_such_status() -> None:
    """One remembered status is enough only as long as this holds."""
    with_way_back = {status for (status, _), target in MOVES.items() if target is BACK}
    for status in with_way_back:
        assert not with_way_back & set(ways_into(status))


def test_every_move_that_ends_an_order_says_why() -> None:
    ending = {move for (_, move), target in MOVES.items() if target is Status.FINISH}
    # The reason for releasing the money was given when receipt was confirmed.
    assert ending - {Move.RELEASE_FUNDS} | {Move.CONFIRM_RECEIPT, Move.AUTO_CONFIRM} == set(END_REASONS)
    assert set(END_REASONS.values()) == set(EndReason)


def test_finish_alone_does_not_mean_success() -> None:
    ends_of_finish = {
        END_REASONS[move] for (_, move), target in MOVES.items() if target is Status.FINISH and move in END_REASONS
    }
    assert ends_of_finish
    assert not ends_of_finish & RECEIVED


def test_payment_processing_comes_before_shipment_and_fund_processing_after_it() -> None:
    """One public SDK comments the first name as the second; names decide, not their order of appearance."""
    without_declaring: set[Status | None] = {None}
    while grown := {
        target
        for (home, move), target in MOVES.items()
        if home in without_declaring and move not in (Move.DECLARE_PART, Move.DECLARE_ALL)
        if target is not BACK and target not in without_declaring
    }:
        without_declaring |= grown
    assert Status.PAYMENT_PROCESSING in without_declaring
    assert Status.FUND_PROCESSING not in without_declaring


def test_a_cancellation_request_can_be_granted_or_refused() -> None:
    """One source calls IN_CANCEL a request, another an agreement; the seller has both answers either way."""
    assert {Move.ACCEPT_CANCEL, Move.REFUSE_CANCEL} <= set(moves_from(Status.IN_CANCEL))


@given(st.lists(st.tuples(st.sampled_from(Move), st.integers(0, 99)), max_size=60))
def test_illegal_moves_never_change_anything(choices: list[tuple[Move, int]]) -> None:
    rows = dict(MOVES)
    disturbed: Situation = (None, None)
    undisturbed: Situation = (None, None)
    for attempt, pick in choices:
        if attempt not in moves_from(disturbed[0]):
            with pytest.raises(IllegalMove):
                made(disturbed, attempt)
        legal = moves_from(disturbed[0])
        if legal:
            disturbed = made(disturbed, legal[pick % len(legal)])
            undisturbed = made(undisturbed, moves_from(undisturbed[0])[pick % len(legal)])
    assert disturbed == undisturbed
    assert rows == MOVES
