"""Every endpoint of the MIP API: the one table behind its routes and its description.

Models go by their names in `bodies` and `answers`, which are imported when somebody asks: pydantic is heavy.
"""

from __future__ import annotations

from typing import Final

from fakemarket.faces.endpoint import Endpoint
from fakemarket.faces.mip import channels, description, events, orders, shipments, wallet, webhooks
from fakemarket.world.world import World

OPEN: Final = "GET /v1/openapi.json"
"""The only endpoint that asks for no API key."""

ENDPOINTS: Final[dict[str, Endpoint[World]]] = {
    "GET /v1/orders": Endpoint(
        orders.listing, "Orders by their last change, oldest first", "OrderPage", query="OrderQuery"
    ),
    "GET /v1/orders/{id}": Endpoint(orders.one, "One order", "OrderShown"),
    "GET /v1/orders/by-marketplace/{channel}/{marketplace_order_id}": Endpoint(
        orders.by_marketplace, "One order by its id on the marketplace", "OrderShown"
    ),
    "POST /v1/orders/{id}/acknowledge": Endpoint(
        orders.acknowledge, "Say that the order has arrived", "OrderShown", body="Nothing"
    ),
    "POST /v1/orders/{id}/resend": Endpoint(
        orders.resend,
        "Send the order to the supplier, with what the body puts right",
        "OrderShown",
        body="Resending",
        refuses=(409,),
    ),
    "POST /v1/orders/{id}/cancel": Endpoint(
        orders.cancel,
        "Cancel the order with the supplier; the marketplace hears nothing",
        "OrderShown",
        body="Nothing",
        refuses=(409,),
    ),
    "POST /v1/orders/{id}/cancellation/accept": Endpoint(
        orders.accept_cancellation,
        "Grant the buyer's request on the marketplace; the supplier hears nothing",
        "OrderShown",
        body="Nothing",
        refuses=(409,),
    ),
    "POST /v1/orders/{id}/cancellation/refuse": Endpoint(
        orders.refuse_cancellation,
        "Refuse the buyer's request on the marketplace",
        "OrderShown",
        body="Nothing",
        refuses=(409,),
    ),
    "GET /v1/orders/{id}/supplier-orders": Endpoint(
        orders.supplier_orders, "The order's supplier orders", "SupplierOrderList"
    ),
    "GET /v1/orders/{id}/shipments": Endpoint(shipments.of_order, "The order's shipments", "ShipmentList"),
    "POST /v1/orders/{id}/shipments": Endpoint(
        shipments.add,
        "Enter a tracking number; the next round pushes it",
        "ShipmentShown",
        status=201,
        body="NewShipment",
        refuses=(409,),
        keyed=True,
    ),
    "POST /v1/shipments/{id}/push": Endpoint(
        shipments.push, "Push a number to the marketplace now", "ShipmentShown", refuses=(409,)
    ),
    "GET /v1/channels": Endpoint(channels.listing, "Every channel", "ChannelList"),
    "GET /v1/channels/{id}/sync-status": Endpoint(channels.sync_status, "A channel's health", "SyncStatusShown"),
    "POST /v1/channels/{id}/import": Endpoint(
        channels.import_window,
        "Import by hand what changed in a window",
        "Imported",
        query="ImportWindow",
        refuses=(409,),
    ),
    "POST /v1/channels/{id}/reset-credentials": Endpoint(
        channels.reset_credentials, "Renew the channel's tokens, as a person who logs in", "SyncStatusShown"
    ),
    "GET /v1/events": Endpoint(
        events.listing, "The journal behind an event's number, oldest first", "EventPage", query="EventQuery"
    ),
    "GET /v1/webhooks": Endpoint(webhooks.listing, "Every webhook", "WebhookList"),
    "POST /v1/webhooks": Endpoint(
        webhooks.register,
        "Have events sent to an address, each at least once",
        "WebhookMade",
        status=201,
        body="NewWebhook",
        refuses=(409,),
    ),
    "DELETE /v1/webhooks/{id}": Endpoint(webhooks.remove, "End a webhook", "WebhookShown"),
    "GET /v1/wallet": Endpoint(
        wallet.shown, "A channel's money with the supplier, and its movements", "WalletShown", query="WalletQuery"
    ),
    "POST /v1/wallet/top-up": Endpoint(
        wallet.top_up,
        "Pay money in",
        "MovementShown",
        status=201,
        body="TopUp",
        refuses=(409,),
        keyed=True,
    ),
    OPEN: Endpoint(description.served, "This description", ""),
}
