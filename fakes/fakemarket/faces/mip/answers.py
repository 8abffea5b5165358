"""The answers of the MIP API as pydantic models: what its description says of them, and what tests hold them to.

Nothing is rendered through them, which would cost a page of orders ten times its time. Imported when the description
is asked for.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from fakemarket.rules.status import Status
from fakemarket.world.mip_journal import Happening
from fakemarket.world.mip_order import MipStatus, PushStatus, ReviewReason
from fakemarket.world.mip_wallet import MovementKind

Money = Annotated[str, Field(pattern=r"^-?[0-9]+\.[0-9]{2}$")]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class OrderLine(_Answer):
    """One product of an order. `shipped_quantity` counts what is in shipments that weren't rejected."""

    child_id: str
    sku: str
    quantity: int
    shipped_quantity: int
    status: Literal["open", "partially_shipped", "shipped", "canceled"]


class Pieces(_Answer):
    """So many pieces of a line."""

    child_id: str
    quantity: int


class ShipmentShown(_Answer):
    """A tracking number; `push_status` is what is known of its push, the last one at `pushed_at`, and `push_error` why
    the marketplace refused it."""

    id: str
    order_id: str
    lines: list[Pieces]
    carrier: str
    tracking_number: str
    shipped_at: datetime
    push_status: PushStatus
    push_error: str | None
    pushed_at: datetime | None


class ReviewShown(_Answer):
    """Why an order waits for a person."""

    reason_code: ReviewReason
    message: str
    since: datetime


class SupplierShown(_Answer):
    """The supplier's orders for an order, and how far they are together."""

    order_ids: list[str]
    status: Literal["preparing", "shipped", "canceled"] | None


class OrderShown(_Answer):
    """An order as of the platform's last look at the marketplace."""

    id: str
    channel: str
    marketplace_order_id: str
    reference: str
    marketplace_status: Status
    status: MipStatus
    process_state: Literal["new", "acknowledged"]
    placed_at: datetime
    paid_at: datetime | None
    imported_at: datetime
    updated_at: datetime
    ship_by: datetime | None
    ship_by_source: Literal["api"] | None
    lines: list[OrderLine]
    shipments: list[ShipmentShown]
    review: ReviewShown | None
    supplier: SupplierShown


class OrderPage(_Answer):
    """A page of orders, and the cursor of the next if there is one."""

    data: list[OrderShown]
    next_cursor: str | None


class ShipmentList(_Answer):
    """An order's shipments, oldest first."""

    data: list[ShipmentShown]


class SupplierOrderShown(_Answer):
    """One order with the supplier; `address` is what was put right in the buyer's."""

    id: str
    order_id: str
    lines: list[Pieces]
    status: Literal["preparing", "shipped", "canceled"]
    cost: Money
    carrier: str | None
    address: dict[str, str] | None
    sent_at: datetime
    canceled_at: datetime | None


class SupplierOrderList(_Answer):
    """An order's supplier orders, oldest first."""

    data: list[SupplierOrderShown]


class ChannelShown(_Answer):
    """A seller account on the marketplace."""

    id: str
    marketplace: Literal["aliexpress"]
    seller: str


class ChannelList(_Answer):
    """Every channel."""

    data: list[ChannelShown]


class SyncStatusShown(_Answer):
    """A channel's health as of the last use of its token."""

    channel: str
    token_status: Literal["ok", "error"]
    token_expires_at: datetime
    last_import_at: datetime | None
    last_successful_import_at: datetime | None
    last_push_at: datetime | None
    consecutive_errors: int
    last_error: str | None


class Imported(_Answer):
    """What an import by hand looked at and how many orders were new."""

    model_config = ConfigDict(extra="forbid", validate_by_name=True)

    channel: str
    from_at: Annotated[datetime, Field(alias="from")]
    to_at: Annotated[datetime, Field(alias="to")]
    new_orders: int


class EventShown(_Answer):
    """One event of the journal; what is in `data` depends on its type."""

    id: int
    type: Happening
    at: datetime
    channel: str
    order_id: str | None
    shipment_id: str | None
    data: dict[str, str | None]


class EventPage(_Answer):
    """A page of events; `more` says that others lie behind it."""

    data: list[EventShown]
    more: bool


class WebhookShown(_Answer):
    """Where which events are sent."""

    id: str
    url: str
    events: list[Happening]
    created_at: datetime


class WebhookMade(WebhookShown):
    """A new webhook with the secret that signs what it gets."""

    secret: str


class WebhookList(_Answer):
    """Every webhook."""

    data: list[WebhookShown]


class MovementShown(_Answer):
    """One movement of a wallet; `balance` is what there was after it."""

    id: int
    at: datetime
    kind: MovementKind
    amount: Money
    supplier_order_id: str | None
    balance: Money | None


class WalletShown(_Answer):
    """A wallet and a page of its movements; no balance means no end of money."""

    channel: str
    currency: str
    balance: Money | None
    movements: list[MovementShown]
    more: bool
