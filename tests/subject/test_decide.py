"""What the reference subject decides, from pictures made by hand: pure functions, no market."""

from dataclasses import replace

from redclock.subject.decide import (
    Declare,
    Import,
    Policy,
    Renew,
    Resend,
    Tell,
    declare_late_numbers,
    import_missing,
    renew_dead_tokens,
    resend_refused,
    warn_of_time,
)
from redclock.subject.picture import Picture
from redclock.subject.ports import AlertKind, ListedOrder, MipOrder, MipShipment, SyncStatus

NOW = 1_772_500_000
HOUR = 3600
POLICY = Policy()
WELL = SyncStatus("c1", 0, "", NOW - 300)
FAILING = SyncStatus("c1", 2, "IllegalAccessToken", NOW - 5000)


def listed(number: int, hours_left: float, *, lines: tuple[int, ...] = (1,), status: str = "") -> ListedOrder:
    ship_by_at = NOW + int(hours_left * HOUR)
    return ListedOrder(number, status or "WAIT_SELLER_SEND_GOODS", ship_by_at, lines, NOW - 9000)


def mirrored(number: int, *shipments: MipShipment, review: str | None = None) -> MipOrder:
    return MipOrder(f"M{number}", number, "imported", "WAIT_SELLER_SEND_GOODS", review, shipments)


def shipment(push_status: str = "queued", *, number: str = "N1", lines: tuple[int, ...] = (1,)) -> MipShipment:
    return MipShipment("correos", number, lines, push_status)


def picture(orders: list[ListedOrder], mirrors: list[MipOrder], channel: SyncStatus = WELL) -> Picture:
    made = Picture(now=NOW, mip={it.order_id: it for it in mirrors}, channels=[channel])
    made.see(orders)
    made.compare()
    return made


def test_a_failing_channel_is_renewed_and_imports_from_its_last_success() -> None:
    told, renewed = renew_dead_tokens(picture([listed(2, 9), listed(1, 5)], [], FAILING), POLICY)
    assert isinstance(told, Tell)
    assert told.alert.kind is AlertKind.TOKEN_DEAD
    assert told.alert.orders == (1, 2), "by time left"
    assert renewed == Renew("c1", FAILING.last_successful_import_at - 600)  # type: ignore[operator]
    assert not list(renew_dead_tokens(picture([], []), POLICY))
    assert not list(renew_dead_tokens(picture([], [], replace(FAILING, last_error="Timeout")), POLICY))


def test_a_missing_order_is_imported_once_it_cannot_just_be_late() -> None:
    seen = picture([listed(1, 50), listed(2, 50)], [mirrored(2)])
    grace = POLICY.missing_grace_minutes * 60
    for waited, expected in ((grace - 1, 0), (grace, 2), (grace + 1, 2)):
        seen.missing_since = {1: NOW - waited}
        assert len(list(import_missing(seen, POLICY))) == expected
    assert Import("c1", NOW - 9000, NOW - 9000) in list(import_missing(seen, POLICY))


def test_with_a_dead_token_nothing_counts_as_lost() -> None:
    seen = picture([listed(1, 50)], [], FAILING)
    seen.missing_since = {1: NOW - 86_400}
    assert not list(import_missing(seen, POLICY))


def test_a_number_is_declared_by_hand_at_the_margin_and_not_before() -> None:
    for channel, margin in ((WELL, POLICY.last_moment_hours), (FAILING, POLICY.safety_margin_hours)):
        for more, declared in ((1 / HOUR, False), (0.0, True), (-1 / HOUR, True)):
            seen = picture([listed(1, margin + more)], [mirrored(1, shipment())], channel)
            found = [it for it in declare_late_numbers(seen, POLICY) if isinstance(it, Declare)]
            assert bool(found) is declared, (channel, more)


def test_a_refused_carrier_is_replaced_by_the_fallback_with_a_website() -> None:
    seen = picture([listed(1, 90)], [mirrored(1, shipment("rejected"))])
    (declared,) = (it for it in declare_late_numbers(seen, POLICY) if isinstance(it, Declare))
    assert declared.declaration.carrier == "OTHER_ES_LOCAL"
    assert declared.declaration.website


def test_a_part_is_declared_as_a_part_until_every_line_went() -> None:
    first, second = shipment(number="N1", lines=(1,)), shipment(number="N2", lines=(2,))
    seen = picture([listed(1, 1, lines=(1, 2))], [mirrored(1, first, second)])
    both = [it.declaration for it in declare_late_numbers(seen, POLICY) if isinstance(it, Declare)]
    assert [(it.number, it.whole) for it in both] == [("N1", False), ("N2", False)]
    seen.declared = {1: {"N1"}}
    rest = [it.declaration for it in declare_late_numbers(seen, POLICY) if isinstance(it, Declare)]
    assert [(it.number, it.whole) for it in rest] == [("N2", True)]


def test_refused_orders_make_one_message_a_cause_and_go_out_by_time_left() -> None:
    orders = [listed(1, 30), listed(2, 10), listed(3, 20)]
    mirrors = [mirrored(1, review="wallet_empty"), mirrored(2, review="wallet_empty"), mirrored(3, review="no_carrier")]
    actions = list(resend_refused(picture(orders, mirrors), POLICY))
    assert [it.alert.facts["reason"] for it in actions if isinstance(it, Tell)] == ["wallet_empty", "no_carrier"]
    assert [it for it in actions if isinstance(it, Resend)] == [Resend(("M2", "M1"))]


def test_only_orders_without_a_number_and_within_the_margin_are_warned_of() -> None:
    orders = [listed(1, 23), listed(2, 23), listed(3, 25)]
    seen = picture(orders, [mirrored(1), mirrored(2, shipment()), mirrored(3)])
    assert [it.alert.orders for it in warn_of_time(seen, POLICY) if isinstance(it, Tell)] == [(1,)]
