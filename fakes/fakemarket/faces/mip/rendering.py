"""How the MIP API shows orders, shipments and channels.

All of it is the platform's copy as of its last look: what the marketplace has done since is not in here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from fakemarket.faces.routes import moment
from fakemarket.world.mip_journal import Noticed
from fakemarket.world.mip_order import (
    NOT_REJECTED,
    Channel,
    MipOrder,
    MipStatus,
    ReviewReason,
    Shipment,
    SupplierOrder,
)
from fakemarket.world.mip_wallet import Movement
from fakemarket.world.order import Line

_REVIEW_MESSAGES = {
    ReviewReason.WALLET_EMPTY: "the supplier's wallet is empty; top it up, then resend",
    ReviewReason.INVALID_ADDRESS: "the supplier can't use the address; resend with what is right in `address`",
    ReviewReason.INVALID_POSTCODE: "the supplier doesn't know the postcode; resend with the right `address.postcode`",
    ReviewReason.UNKNOWN_SKU: "the supplier doesn't know an article; link it to the supplier's catalogue, then resend",
    ReviewReason.OUT_OF_STOCK: "the supplier has no stock; cancel, or resend once there is some",
    ReviewReason.NO_CARRIER: "no usual carrier goes there; resend with another `carrier`",
    ReviewReason.BELOW_MINIMUM: "the order costs less than the supplier takes; resend to pay its minimum, or cancel",
    ReviewReason.EXPORT_INVOICE: "the supplier needs an export invoice; hand it in, then resend",
    ReviewReason.WAREHOUSE_SPLIT: "the goods lie in two warehouses; resend, and each gets an order of its own",
    ReviewReason.SUPPLIER_ERROR: "the supplier failed; resend",
}


def order_json(mirror: MipOrder, channel: Channel) -> dict[str, Any]:
    """One order. `updated_at` is the platform's last change of it, not the marketplace's."""
    order = mirror.order
    shipped = _pieces_shipped(mirror)
    return {
        "id": mirror.id,
        "channel": channel.id,
        "marketplace_order_id": str(order.id),
        "reference": _reference(mirror),
        "marketplace_status": mirror.marketplace_status,
        "status": mirror.status,
        "process_state": "acknowledged" if mirror.acknowledged else "new",
        "placed_at": moment(order.placed_at),
        "paid_at": moment(mirror.paid_at),
        "imported_at": moment(mirror.imported_at),
        "updated_at": moment(mirror.updated_at),
        "ship_by": moment(mirror.ship_by_at),
        "ship_by_source": None if mirror.ship_by_at is None else "api",
        "lines": [_line_json(line, shipped.get(line.child_id, 0), mirror.status) for line in mirror.lines],
        "shipments": [shipment_json(mirror, shipment) for shipment in mirror.shipments],
        "review": _review_json(mirror),
        "supplier": _supplier_json(mirror, shipped),
    }


def shipment_json(mirror: MipOrder, shipment: Shipment) -> dict[str, Any]:
    """One shipment; `push_status` is what the marketplace said to its number."""
    return {
        "id": shipment.id,
        "order_id": mirror.id,
        "lines": [{"child_id": str(line.child_id), "quantity": line.quantity} for line in shipment.lines],
        "carrier": shipment.carrier,
        "tracking_number": shipment.number,
        "shipped_at": moment(shipment.shipped_at),
        "push_status": shipment.push_status,
        "push_error": shipment.push_error or None,
        "pushed_at": moment(shipment.pushed_at),
    }


def supplier_orders_json(mirror: MipOrder) -> list[dict[str, Any]]:
    """An order's supplier orders, oldest first; `address` is what was put right in the buyer's."""
    shipped, left = _pieces_shipped(mirror), _left(mirror)
    return [
        {
            "id": ordered.id,
            "order_id": mirror.id,
            "lines": [{"child_id": str(line.child_id), "quantity": line.quantity} for line in ordered.lines],
            "status": _supplier_status(ordered, shipped, left),
            "cost": money(ordered.cost_cents),
            "carrier": ordered.carrier.supplier_name if ordered.carrier else None,
            "address": mirror.address or None,
            "sent_at": moment(ordered.sent_at),
            "canceled_at": moment(ordered.canceled_at),
        }
        for ordered in mirror.supplier_orders
    ]


def movement_json(movement: Movement) -> dict[str, Any]:
    """One movement of a wallet; money that goes out is negative."""
    return {
        "id": movement.number,
        "at": moment(movement.at),
        "kind": movement.kind,
        "amount": money(movement.cents),
        "supplier_order_id": movement.about or None,
        "balance": money(movement.balance_cents),
    }


def event_json(event: Noticed) -> dict[str, Any]:
    """One event of the journal."""
    return {
        "id": event.id,
        "type": event.type,
        "at": moment(event.at),
        "channel": event.channel,
        "order_id": event.order,
        "shipment_id": event.shipment,
        "data": {name: _shown(name, fact) for name, fact in event.facts.items()},
    }


def _shown(name: str, fact: str | int | None) -> Any:
    return moment(fact) if isinstance(fact, int) and name.endswith("_at") else fact


def money(cents: int | None) -> str | None:
    """An amount as an answer shows it: a decimal string."""
    if cents is None:
        return None
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{rest:02d}"


def channel_json(channel: Channel) -> dict[str, Any]:
    return {"id": channel.id, "marketplace": "aliexpress", "seller": channel.seller}


def sync_json(channel: Channel, token_expires_at: int) -> dict[str, Any]:
    """A channel's health as the platform knows it: the last use of its token, the date it was once told.

    A token that died a minute ago is `ok` until the next round finds out.
    """
    return {
        "channel": channel.id,
        "token_status": "error" if channel.consecutive_errors else "ok",
        "token_expires_at": moment(token_expires_at),
        "last_import_at": moment(channel.last_import_at),
        "last_successful_import_at": moment(channel.last_successful_import_at),
        "last_push_at": moment(channel.last_push_at),
        "consecutive_errors": channel.consecutive_errors,
        "last_error": channel.last_error or None,
    }


def _pieces_shipped(mirror: MipOrder) -> Mapping[int, int]:
    return mirror.shipped(*NOT_REJECTED) if mirror.shipments else {}


def _reference(mirror: MipOrder) -> str:
    """The name under which the supplier knows the order."""
    return f"AE-{mirror.order.id}"


def _line_json(line: Line, shipped: int, status: MipStatus) -> dict[str, Any]:
    if shipped >= line.quantity:
        state = "shipped"
    elif status is MipStatus.CANCELED:
        state = "canceled"
    else:
        state = "partially_shipped" if shipped else "open"
    return {
        "child_id": str(line.child_id),
        "sku": line.sku,
        "quantity": line.quantity,
        "shipped_quantity": shipped,
        "status": state,
    }


def _review_json(mirror: MipOrder) -> dict[str, Any] | None:
    if mirror.review is None:
        return None
    return {
        "reason_code": mirror.review,
        "message": _REVIEW_MESSAGES[mirror.review],
        "since": moment(mirror.review_since),
    }


def _supplier_json(mirror: MipOrder, shipped: Mapping[int, int]) -> dict[str, Any]:
    """The supplier's orders and how far they are together, as the platform knows."""
    # Those that are not canceled are shipped together once each is: in the alphabet the earlier word wins.
    ordered = [it for it in mirror.supplier_orders if it.canceled_at is None] or mirror.supplier_orders
    status = min([_supplier_status(it, shipped, _left(mirror)) for it in ordered], default=None)
    return {"order_ids": [ordered.id for ordered in mirror.supplier_orders], "status": status}


def _left(mirror: MipOrder) -> set[int]:
    """The lines of the parcels that are with the carrier."""
    return {line.child_id for it in mirror.parcels if it.handed_over_at is not None for line in it.lines}


def _supplier_status(ordered: SupplierOrder, shipped: Mapping[int, int], left: Collection[int]) -> str:
    if ordered.canceled_at is not None:
        return "canceled"
    for line in ordered.lines:
        if line.child_id not in left and shipped.get(line.child_id, 0) < line.quantity:
            return "preparing"
    return "shipped"
