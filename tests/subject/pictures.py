"""Pictures made by hand, for decisions that are looked at without a market."""

from redclock.subject.picture import Picture
from redclock.subject.policy import Policy
from redclock.subject.ports import DeclaredParcel, ListedOrder, MipOrder, MipShipment, OrderDetail, SyncStatus, Why
from redclock.subject.reconcile import compare

NOW = 1_772_500_000
"""Tuesday 3 March 2026, 02:06 in Madrid."""
HOUR = 3600
POLICY = Policy()
WELL = SyncStatus("c1", 0, "", NOW - 300, NOW + 25 * 24 * HOUR)
FAILING = SyncStatus("c1", 2, "IllegalAccessToken", NOW - 5000, NOW + 25 * 24 * HOUR)
ONE_LINE = {1: 1}


def listed(
    number: int,
    seconds_left: float = 0,
    *,
    lines: dict[int, int] | None = None,
    status: str = "WAIT_SELLER_SEND_GOODS",
    end_reason: str = "",
    modified_at: int = NOW - 9000,
) -> ListedOrder:
    runs = status in ("WAIT_SELLER_SEND_GOODS", "SELLER_PART_SEND_GOODS")
    ends_at = NOW + int(seconds_left)
    asked = ends_at if status == "IN_CANCEL" else None
    return ListedOrder(number, status, ends_at if runs else None, lines or ONE_LINE, modified_at, asked, end_reason)


def mirrored(
    number: int,
    *shipments: MipShipment,
    review: str | None = None,
    status: str = "sent_to_supplier",
    marketplace_status: str = "WAIT_SELLER_SEND_GOODS",
    lines: dict[int, int] | None = None,
    imported_at: int = NOW - 9000,
    ship_by_at: int | None = None,
    mip_id: str = "",
) -> MipOrder:
    return MipOrder(
        mip_id or f"M{number}",
        "c1",
        number,
        status,
        marketplace_status,
        review,
        shipments,
        lines or ONE_LINE,
        imported_at,
        ship_by_at,
    )


def shipment(
    push_status: str = "queued",
    *,
    number: str = "N1",
    lines: dict[int, int] | None = None,
    why: Why | None = None,
    carrier: str = "correos",
) -> MipShipment:
    if push_status == "rejected" and why is None:
        why = Why.CARRIER
    return MipShipment(carrier, number, lines or ONE_LINE, push_status, NOW - 600, why)


def detail(number: int, *numbers: str, status: str = "WAIT_BUYER_ACCEPT_GOODS", scanned: bool = False) -> OrderDetail:
    parcels = tuple(DeclaredParcel("CORREOS_ES", each, NOW - 70 * HOUR, scanned) for each in numbers)
    return OrderDetail(number, status, parcels, NOW - 9000)


def picture(orders: list[ListedOrder], mirrors: list[MipOrder], health: SyncStatus = WELL) -> Picture:
    """Both sides as they were seen at `NOW`, compared."""
    made = Picture("c1", NOW, health=health, compared_at=NOW)
    made.see(orders)
    made.mirror(mirrors)
    made.rank()
    made.differences = compare(made, POLICY)
    return made


def grown_old(seen: Picture, seconds: int) -> Picture:
    """The picture with all its differences as old as that."""
    for it in seen.differences:
        seen.store.seen.put(it.order_id, [it.kind, NOW - seconds])
    seen.differences = compare(seen, POLICY)
    return seen
