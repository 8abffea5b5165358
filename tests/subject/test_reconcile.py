"""Comparing two sides: nine classes, one an order, the same from run to run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.subject.pictures import HOUR, NOW, POLICY, detail, grown_old, listed, mirrored, picture, shipment

from redclock.subject.actions import Import, Tell
from redclock.subject.picture import WAITING, DifferenceKind, Picture
from redclock.subject.ports import ListedOrder, MipOrder
from redclock.subject.reconcile import ACTIONS, HOLD, classify, compare, refresh_stale, tell_of_differences

K = DifferenceKind
SENT = "WAIT_BUYER_ACCEPT_GOODS"
LATER = NOW + HOUR


def kinds(seen: Picture) -> dict[int, DifferenceKind]:
    return {it.order_id: it.kind for it in seen.differences}


@pytest.mark.parametrize(
    ("order", "copy", "kind"),
    [
        (listed(1, HOUR), mirrored(1, ship_by_at=LATER), None),
        (listed(1, HOUR), None, K.MISSING_IN_MIP),
        (listed(1, HOUR, status="IN_CANCEL"), None, K.MISSING_IN_MIP),
        (listed(1, status=SENT), None, None),
        (listed(1, status=SENT), mirrored(1), K.STALE_STATUS),
        (listed(1, status=SENT, modified_at=NOW - 60), mirrored(1), None),
        (listed(1, HOUR), mirrored(1, shipment(), ship_by_at=LATER), K.TRACKING_MISSING_ON_MARKETPLACE),
        (listed(1, HOUR), mirrored(1, ship_by_at=NOW + HOUR + 120), None),
        (listed(1, HOUR), mirrored(1, ship_by_at=NOW + HOUR + 121), K.DEADLINE_MISMATCH),
        (listed(1, HOUR), mirrored(1, ship_by_at=NOW + HOUR - 121), K.DEADLINE_MISMATCH),
        (listed(1, HOUR, lines={1: 1}), mirrored(1, lines={1: 2}, ship_by_at=LATER), K.PARTIAL_MISMATCH),
        (
            listed(1, status=SENT),
            mirrored(1, shipment("accepted"), shipment(number="N2"), marketplace_status=SENT),
            None,  # not among the candidates: the platform counts it as pushed
        ),
        (
            listed(1, status=SENT),
            mirrored(
                1, shipment("accepted"), shipment(number="N2"), status="tracking_pending", marketplace_status=SENT
            ),
            K.PARTIAL_MISMATCH,
        ),
        (
            listed(1, status="FINISH", end_reason="seller_send_goods_timeout"),
            mirrored(1),
            K.CANCELED_ON_MARKETPLACE_OPEN_IN_MIP,
        ),
        (
            listed(1, status="FINISH", end_reason="buyer_accept_goods"),
            mirrored(1, status="tracking_pushed"),
            K.STALE_STATUS,
        ),
        (
            listed(1, status="FINISH", end_reason="cancel_order_close_trade"),
            mirrored(1, status="canceled", marketplace_status="FINISH"),
            None,
        ),
    ],
)
def test_an_order_is_in_its_class(order: ListedOrder, copy: MipOrder | None, kind: DifferenceKind | None) -> None:
    assert kinds(picture([order], [copy] if copy else [])) == ({1: kind} if kind else {})


@pytest.mark.parametrize(
    ("status", "goes_on"),
    [
        *((status, True) for status in ("imported", "pending_review", "sent_to_supplier", "preparing", "shipped")),
        ("partially_shipped", True),
        *((status, False) for status in ("canceled", "closed", "tracking_pending", "never heard of")),
    ],
)
def test_an_order_that_ended_goes_on_there_in_whatever_status_no_number_is_known(status: str, goes_on: bool) -> None:
    ended = listed(1, status="FINISH", end_reason="seller_send_goods_timeout")
    found = kinds(picture([ended], [mirrored(1, status=status)]))
    assert (found == {1: K.CANCELED_ON_MARKETPLACE_OPEN_IN_MIP}) is goes_on
    numbered = mirrored(1, shipment("accepted"), status=status)
    assert kinds(picture([ended], [numbered])) != {1: K.CANCELED_ON_MARKETPLACE_OPEN_IN_MIP}


def test_an_order_that_the_marketplace_says_it_does_not_have_is_missing_there_and_one_only_unlisted_is_not() -> None:
    seen = picture([], [mirrored(1)])
    assert not seen.differences
    seen.read_back(1, None)
    assert kinds(grown_old(seen, 0)) == {1: K.MISSING_IN_MARKETPLACE}


def test_a_number_that_the_supplier_does_not_know_is_a_mismatch_and_a_second_copy_a_duplicate() -> None:
    seen = picture([listed(1, status=SENT)], [mirrored(1, shipment())])
    seen.read_back(1, detail(1, "N9"))
    assert kinds(grown_old(seen, 0)) == {1: K.TRACKING_MISMATCH}
    seen.mirror([mirrored(1, mip_id="M1-again")])
    assert kinds(grown_old(seen, 0)) == {1: K.DUPLICATE_IN_MIP}


def test_a_wrong_number_comes_before_pieces_that_left_without_being_ordered() -> None:
    seen = picture([listed(1, status=SENT)], [mirrored(1, shipment(), lines={1: 2})])
    for number, kind in (("N9", K.TRACKING_MISMATCH), ("N1", K.PARTIAL_MISMATCH)):
        seen.read_back(1, detail(1, number))
        assert kinds(grown_old(seen, 0)) == {1: kind}


@pytest.mark.parametrize(("more", "acted"), [(-1, False), (0, True), (1, True)])
def test_a_difference_may_be_late_for_a_while_before_anything_is_done(more: int, acted: bool) -> None:
    age = POLICY.missing_grace_minutes * 60 + more
    seen = grown_old(picture([listed(1, HOUR)], [mirrored(1, ship_by_at=NOW)]), age)
    assert [it.alert.facts["class"] for it in tell_of_differences(seen, POLICY) if isinstance(it, Tell)] == (
        ["deadline_mismatch"] if acted else []
    )
    assert [it.orders for it in refresh_stale(seen, POLICY) if isinstance(it, Import)] == ([(1,)] if acted else [])


STATUSES = ("WAIT_SELLER_SEND_GOODS", "SELLER_PART_SEND_GOODS", "IN_CANCEL", SENT, "IN_FROZEN", "FINISH")
COPIES = (
    *("imported", "sent_to_supplier", "preparing", "partially_shipped", "shipped", "tracking_pending"),
    *("tracking_pushed", "tracking_rejected", "canceled", "never heard of"),
)


@st.composite
def both_sides(draw: st.DrawFn) -> Picture:
    numbers = range(1, 7)
    orders = [
        listed(
            number,
            draw(st.integers(-HOUR, 90 * HOUR)),
            status=draw(st.sampled_from(STATUSES)),
            end_reason=draw(st.sampled_from(("", "buyer_accept_goods", "seller_send_goods_timeout"))),
            modified_at=NOW - draw(st.integers(0, 9000)),
        )
        for number in numbers
        if draw(st.booleans())
    ]
    copies = [
        mirrored(
            number,
            *(
                shipment(draw(st.sampled_from(("queued", "accepted", "rejected", "never heard of"))))
                for _ in range(draw(st.integers(0, 2)))
            ),
            status=draw(st.sampled_from(COPIES)),
            marketplace_status=draw(st.sampled_from(STATUSES)),
            lines=draw(st.sampled_from(({1: 1}, {1: 2}))),
            mip_id=f"M{number}{draw(st.sampled_from(('', 'b')))}",
        )
        for number in (*numbers, *numbers)
        if draw(st.booleans())
    ]
    return picture(orders, copies)


@given(both_sides())
def test_every_order_is_in_one_class_at_most_and_what_was_seen_before_keeps_its_age(seen: Picture) -> None:
    first = seen.differences
    assert len({it.order_id for it in first}) == len(first)
    for it in first:
        assert classify(seen, POLICY, it.order_id) is it.kind
        held = it.kind is K.PARTIAL_MISMATCH and seen.listed[it.order_id].status in WAITING
        assert it.action == (HOLD if held else ACTIONS[it.kind])
        seen.store.seen.put(it.order_id, [it.kind, it.first_seen_at])
    seen.now += HOUR
    again = {it.order_id: it for it in compare(seen, POLICY)}
    for it in first:
        assert again[it.order_id] == it, "same input, same difference, same first sight"
        assert again[it.order_id].age_seconds(seen.now) == HOUR
    assert compare(seen, POLICY) == compare(seen, POLICY)
