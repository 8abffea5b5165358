"""What the reference subject decides of orders and parcels, from pictures made by hand: pure functions, no market."""

from collections.abc import Iterable
from dataclasses import replace

import pytest
from tests.subject.pictures import (
    FAILING,
    HOUR,
    NOW,
    POLICY,
    WELL,
    detail,
    grown_old,
    listed,
    mirrored,
    picture,
    shipment,
)

from redclock.subject.actions import Action, Answer, Check, Correct, Declare, Import, Resend, Stop, Tell
from redclock.subject.cancellations import answer_cancellations, stop_closed
from redclock.subject.forecast import Pace, forecast_misses, warn_of_time
from redclock.subject.picture import Picture
from redclock.subject.ports import AlertKind, Wallet, Why
from redclock.subject.reconcile import import_missing
from redclock.subject.supplier import resend_refused
from redclock.subject.tracking import (
    correct_wrong_numbers,
    declare_numbers,
    hand_over_to_people,
    look_for_scans,
    tell_of_refused_numbers,
    warn_of_false_shipments,
)


def told(actions: Iterable[Action]) -> list[AlertKind]:
    return [it.alert.kind for it in actions if isinstance(it, Tell)]


def declared(seen: Picture) -> list[Declare]:
    return [it for it in declare_numbers(seen, POLICY) if isinstance(it, Declare)]


@pytest.mark.parametrize(("more", "due"), [(-1, False), (0, True), (1, True)])
def test_a_missing_order_is_imported_once_it_cannot_just_be_late(more: int, due: bool) -> None:
    seen = grown_old(picture([listed(1, 50 * HOUR)], []), POLICY.missing_grace_minutes * 60 + more)
    actions = list(import_missing(seen, POLICY))
    assert [type(it) for it in actions] == ([Tell, Import] if due else [])
    if due:
        assert actions[1] == Import("c1", NOW - 9000, NOW, (1,))
        seen.store.tried.put("import:1", NOW - HOUR + 1)
        assert [type(it) for it in import_missing(seen, POLICY)] == [Tell], "asked for within the hour"
        seen.health = FAILING
        assert not list(import_missing(seen, POLICY))


@pytest.mark.parametrize(("health", "hours"), [(WELL, POLICY.last_moment_hours), (FAILING, POLICY.safety_margin_hours)])
@pytest.mark.parametrize(("more", "due"), [(1, False), (0, True), (-1, True)])
def test_a_number_is_declared_by_hand_at_the_margin_and_not_before(
    health: object, hours: int, more: int, due: bool
) -> None:
    seen = picture([listed(1, hours * HOUR + more)], [mirrored(1, shipment())], health)  # type: ignore[arg-type]
    assert bool(declared(seen)) is due


def test_the_most_urgent_number_is_declared_first() -> None:
    orders = [listed(1, 2 * HOUR), listed(2, HOUR), listed(3, 1.5 * HOUR)]
    seen = picture(orders, [mirrored(it, shipment(number=f"N{it}")) for it in (1, 2, 3)])
    assert [it.declaration.order_id for it in declared(seen)] == [2, 3, 1]


def test_a_refused_carrier_is_replaced_by_the_fallback_with_a_website_and_then_by_a_person() -> None:
    seen = picture([listed(1, 90 * HOUR)], [mirrored(1, shipment("rejected"))])
    (fallback,) = (it.declaration for it in declared(seen))
    assert (fallback.carrier, fallback.website) == ("OTHER_ES_LOCAL", "https://track.example/N1")
    assert not list(tell_of_refused_numbers(seen, POLICY))
    seen.store.refused.put("N1", ["OTHER_ES_LOCAL"])
    assert not declared(seen)
    assert told(tell_of_refused_numbers(seen, POLICY)) == [AlertKind.TRACKING_REJECTED]


def test_a_number_refused_for_its_format_is_for_people_and_one_refused_for_the_orders_state_is_not() -> None:
    wrong = picture([listed(1, HOUR)], [mirrored(1, shipment("rejected", why=Why.NUMBER))])
    assert not declared(wrong)
    assert told(tell_of_refused_numbers(wrong, POLICY)) == [AlertKind.TRACKING_REJECTED]
    frozen = picture([listed(1, 90 * HOUR)], [mirrored(1, shipment("rejected", why=Why.STATUS))])
    assert [it.declaration.carrier for it in declared(frozen)] == ["CORREOS_ES"]


def test_a_part_is_declared_as_a_part_until_every_piece_of_every_line_went() -> None:
    lines = {1: 1, 2: 2}
    parcels = [shipment(number="N1"), shipment(number="N2", lines={2: 1}), shipment(number="N3", lines={2: 1})]
    seen = picture([listed(1, HOUR, lines=lines)], [mirrored(1, *parcels, lines=lines)])
    assert [(it.declaration.number, it.declaration.whole) for it in declared(seen)] == [
        ("N1", False),
        ("N2", False),
        ("N3", False),
    ]
    seen.store.declared.put(1, {"N1": "CORREOS_ES", "N2": "CORREOS_ES"})
    assert [(it.declaration.number, it.declaration.whole) for it in declared(seen)] == [("N3", True)]


def test_what_others_may_have_declared_is_read_back_before_it_is_declared() -> None:
    seen = picture([listed(1, HOUR)], [mirrored(1, shipment())])
    assert declared(seen)[0].read_back_first, "the platform pushes, and may have since the last look"
    seen.health = FAILING
    assert not declared(seen)[0].read_back_first
    seen.store.handed.put("N1", NOW - HOUR)
    assert declared(seen)[0].read_back_first
    part = picture([listed(1, HOUR, status="SELLER_PART_SEND_GOODS")], [mirrored(1, shipment())])
    assert declared(part)[0].read_back_first


def test_people_get_one_list_by_time_left_and_only_while_no_call_gets_through() -> None:
    orders = [listed(2, 50 * HOUR), listed(1, 20 * HOUR)]
    seen = picture(orders, [mirrored(it, shipment(number=f"N{it}")) for it in (1, 2)], FAILING)
    assert not list(hand_over_to_people(seen, POLICY))
    seen.own_access_dead = True
    (tell,) = hand_over_to_people(seen, POLICY)
    assert isinstance(tell, Tell)
    assert tell.alert.facts["entries"][0] == {
        "order": 1,
        "number": "N1",
        "carrier": "CORREOS_ES",
        "website": "",
        "send_type": "all",
        "ship_by_at": NOW + 20 * HOUR,
    }
    assert tell.alert.orders == (1, 2), "one sitting is enough, though only the first is due"
    for number in ("N1", "N2"):
        seen.store.handed.put(number, NOW)
    assert not list(hand_over_to_people(seen, POLICY))
    assert not declared(seen), "nobody can"


def test_an_outage_of_a_moment_is_nobodys_business() -> None:
    for seconds, cut_off in ((POLICY.down_minutes * 60 - 1, False), (POLICY.down_minutes * 60, True)):
        seen = picture([listed(1, HOUR)], [mirrored(1, shipment())])
        seen.marketplace_down_since = NOW - seconds
        assert bool(list(hand_over_to_people(seen, POLICY))) is cut_off


def test_refused_orders_make_one_message_a_cause_and_go_out_by_time_left() -> None:
    orders = [listed(1, 30 * HOUR), listed(2, 10 * HOUR), listed(3, 20 * HOUR)]
    reviews = {1: "wallet_empty", 2: "wallet_empty", 3: "invalid_address"}
    seen = picture(orders, [mirrored(it, review=why, status="pending_review") for it, why in reviews.items()])
    actions = list(resend_refused(seen, POLICY))
    assert [it.alert.facts["reason"] for it in actions if isinstance(it, Tell)] == ["wallet_empty", "invalid_address"]
    assert [it for it in actions if isinstance(it, Resend)] == [Resend(("M2", "M1"), "wallet_empty")]


@pytest.mark.parametrize("reason", ["invalid_address", "unknown_sku", "below_minimum", "export_invoice", "never heard"])
def test_an_order_that_only_a_person_can_put_right_is_told_of_and_not_sent_again(reason: str) -> None:
    seen = picture([listed(1, 30 * HOUR)], [mirrored(1, review=reason, status="pending_review")])
    (tell,) = resend_refused(seen, POLICY)
    assert isinstance(tell, Tell)
    assert (tell.alert.kind, tell.alert.orders, tell.alert.facts["reason"]) == ("pending_review", (1,), reason)


@pytest.mark.parametrize(("balance", "sent"), [(0, False), (1, True), (None, True)])
def test_nothing_is_sent_again_to_a_supplier_who_is_not_paid_and_the_amount_is_named(
    balance: int | None, sent: bool
) -> None:
    orders = [listed(1, 30 * HOUR), listed(2, 10 * HOUR)]
    seen = picture(orders, [mirrored(it, review="wallet_empty", status="pending_review") for it in (1, 2)])
    seen.wallet = Wallet(balance, 1500)
    tell, *rest = resend_refused(seen, POLICY)
    assert isinstance(tell, Tell)
    assert tell.alert.facts["needed_cents"] == 3000 - (balance or 0)
    assert bool(rest) is sent


def test_what_a_second_try_may_mend_is_tried_once() -> None:
    seen = picture([listed(1, 30 * HOUR)], [mirrored(1, review="no_carrier", status="pending_review")])
    assert list(resend_refused(seen, POLICY)) == [Resend(("M1",), "no_carrier", "dhl")]
    seen.store.tried.put("resend:M1:no_carrier", NOW)
    assert told(resend_refused(seen, POLICY)) == [AlertKind.PENDING_REVIEW]


@pytest.mark.parametrize(("more", "warned"), [(1, False), (0, True), (-1, True)])
def test_an_order_whose_numbers_are_not_all_known_is_warned_of_within_the_margin(more: int, warned: bool) -> None:
    left = POLICY.safety_margin_hours * HOUR + more
    bare = picture([listed(1, left)], [mirrored(1)])
    assert bool(told(warn_of_time(bare, POLICY))) is warned
    lines = {1: 1, 2: 1}
    half = picture([listed(1, left, lines=lines)], [mirrored(1, shipment(), lines=lines)])
    assert bool(told(warn_of_time(half, POLICY))) is warned
    known = picture([listed(1, left)], [mirrored(1, shipment())])
    assert not told(warn_of_time(known, POLICY))


def test_a_cancellation_stops_the_parcel_first_and_is_answered_by_what_came_of_it() -> None:
    asked = [listed(1, 40 * HOUR, status="IN_CANCEL")]
    seen = picture(asked, [mirrored(1)])
    assert [it for it in answer_cancellations(seen, POLICY) if not isinstance(it, Tell)] == [Stop(1, "M1")]
    for stopped in (True, False):
        seen.store.stops.put(1, stopped)
        assert Answer(1, accept=stopped) in list(answer_cancellations(seen, POLICY))
    gone = picture(asked, [mirrored(1, shipment())])
    assert Answer(1, accept=False) in list(answer_cancellations(gone, POLICY))
    never_imported = picture(asked, [])
    assert Answer(1, accept=True) in list(answer_cancellations(never_imported, POLICY))


def test_a_closed_order_is_stopped_in_the_warehouse_and_a_received_one_is_not() -> None:
    closed = picture([listed(1, status="FINISH", end_reason="seller_send_goods_timeout")], [mirrored(1)])
    assert list(stop_closed(closed, POLICY)) == [Stop(1, "M1")]
    closed.store.stops.put(1, False)
    assert told(stop_closed(closed, POLICY)) == [AlertKind.CLOSED_AFTER_HANDOVER]
    received = picture([listed(1, status="FINISH", end_reason="buyer_accept_goods")], [mirrored(1)])
    assert not list(stop_closed(received, POLICY))


def test_what_a_warning_says_of_time_left_names_the_moment_it_was_read_unless_that_is_now() -> None:
    seen = picture([listed(1, HOUR)], [])
    seen.looked_at = NOW
    (now,) = warn_of_time(seen, POLICY)
    seen.looked_at = NOW - 90
    (then,) = warn_of_time(seen, POLICY)
    assert isinstance(now, Tell)
    assert isinstance(then, Tell)
    assert now.alert.facts == {"ship_by_at": NOW + HOUR}
    assert then.alert.facts == {"ship_by_at": NOW + HOUR, "as_of_at": NOW - 90}
    assert then.alert.message.endswith("has 1 h left, as last read 1 min ago")


@pytest.mark.parametrize(("status", "named"), [("IN_FROZEN", True), ("WAIT_BUYER_ACCEPT_GOODS", False), (None, True)])
def test_while_the_marketplace_cannot_be_read_orders_that_the_platform_alone_sees_waiting_are_warned_of(
    status: str | None, named: bool
) -> None:
    mirror = mirrored(1, ship_by_at=NOW + HOUR)
    seen = picture([] if status is None else [listed(1, status=status)], [mirror])
    assert not told(warn_of_time(seen, POLICY)), "what can be read is read"
    seen.own_access_dead, seen.now = True, NOW + 60
    seen.mirror([mirror])
    seen.rank()
    assert bool(told(warn_of_time(seen, POLICY))) is named
    for action in warn_of_time(seen, POLICY):
        assert isinstance(action, Tell)
        assert action.alert.facts == {"ship_by_at": NOW + HOUR, "as_of_at": NOW}


@pytest.mark.parametrize(("later", "named"), [(-1, False), (0, False), (1, True)])
def test_a_frozen_order_has_thawed_only_if_the_platform_heard_of_it_after_the_marketplace_was_read(
    later: int, named: bool
) -> None:
    seen = picture([listed(1, status="IN_FROZEN")], [])
    seen.looked_at, seen.own_access_dead = NOW, True
    seen.now = NOW + later
    seen.mirror([mirrored(1, ship_by_at=NOW + HOUR)])
    seen.now = NOW + 2
    seen.mirror([mirrored(1, ship_by_at=NOW + HOUR, status="preparing")])
    seen.rank()
    assert bool(told(warn_of_time(seen, POLICY))) is named
    seen.mirror([mirrored(1, ship_by_at=NOW + 2 * HOUR)])
    seen.rank()
    assert told(warn_of_time(seen, POLICY)), "its deadline has moved"


@pytest.mark.parametrize(("more", "checked"), [(-1, False), (0, True), (1, True)])
def test_a_shipped_order_is_looked_into_when_its_scan_is_overdue(more: int, checked: bool) -> None:
    sent = listed(1, status="WAIT_BUYER_ACCEPT_GOODS", modified_at=NOW - POLICY.scan_hours * HOUR - more)
    copy = mirrored(1, shipment("accepted"), status="tracking_pushed", marketplace_status="WAIT_BUYER_ACCEPT_GOODS")
    seen = picture([sent], [copy])
    assert list(look_for_scans(seen, POLICY)) == ([Check(1)] if checked else [])
    seen.short_of_calls = True
    assert not list(look_for_scans(seen, POLICY))


def test_an_unscanned_number_is_told_of_and_a_scanned_one_is_not() -> None:
    for scanned in (False, True):
        seen = picture([listed(1, status="WAIT_BUYER_ACCEPT_GOODS")], [mirrored(1, shipment("accepted"))])
        seen.read_back(1, detail(1, "N1", scanned=scanned))
        assert bool(told(warn_of_false_shipments(seen, POLICY))) is not scanned


def test_two_swapped_numbers_are_put_right_from_the_suppliers() -> None:
    orders = [listed(it, status="WAIT_BUYER_ACCEPT_GOODS") for it in (1, 2)]
    seen = picture(orders, [mirrored(1, shipment(number="N1")), mirrored(2, shipment(number="N2"))])
    assert list(look_for_scans(seen, POLICY)) == [Check(1), Check(2)], "declared by somebody else"
    seen.read_back(1, detail(1, "N2"))
    seen.read_back(2, detail(2, "N1"))
    seen = grown_old(seen, 0)
    corrections = [it.correction for it in correct_wrong_numbers(seen, POLICY) if isinstance(it, Correct)]
    assert [(it.order_id, it.old_number, it.number, it.whole) for it in corrections] == [
        (1, "N2", "N1", True),
        (2, "N1", "N2", True),
    ]
    seen.store.tried.put("correct:N1", NOW)
    assert len([it for it in correct_wrong_numbers(seen, POLICY) if isinstance(it, Correct)]) == 1


@pytest.mark.parametrize(
    ("age", "left", "ahead", "misses"),
    [
        (0, 300, 0, False),  # half of those that took longer than 0 took longer than 300
        (0, 299, 0, False),
        (0, 199, 0, True),
        (250, 100, 0, False),  # one of two
        (250, 49, 0, True),
        (400, 1, 0, False),  # nobody ever took so long: nothing is known
        (0, 400, 4, False),
        (0, 400, 5, True),
    ],
)
def test_the_forecast_goes_by_the_parcels_that_took_longer_than_the_order_is_old(
    age: int, left: int, ahead: int, misses: bool
) -> None:
    assert Pace((100, 200, 300, 400), 0.01).will_miss(age, left, ahead) is misses


def test_an_order_that_will_miss_is_told_of_once_however_the_forecast_comes_and_goes() -> None:
    orders = [listed(it, 30 * HOUR) for it in (1, 2)]
    seen = picture(orders, [mirrored(1), mirrored(2)])
    took = (NOW - 4 * 24 * HOUR, NOW - HOUR)
    seen.parcels = dict.fromkeys(range(100, 100 + POLICY.forecast_samples), took)
    (tell,) = forecast_misses(seen, POLICY)
    assert isinstance(tell, Tell)
    assert tell.alert.orders == (1, 2)
    seen.store.told.put(f"{tell.key}:1", NOW - 30 * 24 * HOUR)
    (tell,) = forecast_misses(seen, POLICY)
    assert isinstance(tell, Tell)
    assert tell.alert.orders == (2,)


def test_a_pace_without_numbers_says_nothing_of_the_queue() -> None:
    assert not replace(Pace((100,), 0.0)).will_miss(0, 100, 1000)
