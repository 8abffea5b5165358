"""The answers of the control plane as pydantic models: what its description says of them, and what tests hold them to.

Nothing is rendered through them. Imported when the description is asked for.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from fakemarket.rules.status import EndReason, Status

Money = Annotated[str, Field(pattern=r"^-?[0-9]+\.[0-9]{2}$")]


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Reading(_Answer):
    """What the clock says; `rate` is market seconds in a real second."""

    now: int
    now_iso: datetime
    rate: float


class EventShown(_Answer):
    """One thing that happened; `seq` is its position in the ledger."""

    seq: int
    at: int
    at_iso: datetime
    order: str | None
    what: str
    facts: dict[str, Any]
    cause: str


class Happened(Reading):
    """What happened meanwhile: how often what, and the first events in full; `next` is where the ledger goes on."""

    events: int
    counts: dict[str, int]
    first: list[EventShown]
    next: int


class Reached(Happened):
    """Likewise, and whether the condition came to hold; an instant, which always comes, says nothing of that."""

    reached: bool = True


class LineShown(_Answer):
    """One product of an order."""

    child_id: str
    sku: str
    quantity: int


class DeclarationShown(_Answer):
    """A tracking number that the marketplace was told; `whole` if for all of the order."""

    at: datetime
    carrier: str
    number: str
    whole: bool


class OrderShown(_Answer):
    """An order as the marketplace keeps it."""

    id: str
    seller: str
    status: Status
    came_from: Status | None
    end_reason: EndReason | None
    total: Money
    placed_at: datetime
    paid_at: datetime | None
    accepted_at: datetime | None
    ship_by_at: datetime | None
    sent_at: datetime | None
    ended_at: datetime | None
    lines: list[LineShown]
    declarations: list[DeclarationShown]


class OrderTold(OrderShown):
    """An order and its story."""

    story: list[EventShown]


class OrderPage(_Answer):
    """Some orders; `total` is how many there are."""

    data: list[OrderShown]
    total: int


class FaultShown(BaseModel):
    """A fault as it was put in, its number, and how often it struck."""

    model_config = ConfigDict(extra="allow")

    number: int
    kind: str
    struck: int


class FaultList(_Answer):
    """Every fault; `never_struck` has the numbers of those that have done nothing yet."""

    data: list[FaultShown]
    never_struck: list[int]


class JournalPage(_Answer):
    """The newest calls that fit; `total` fit, the journal holds `kept` and has let `dropped` go."""

    data: list[dict[str, Any]]
    total: int
    kept: int
    dropped: int
    calls_limit: int


class Verdict(_Answer):
    """Whether a call was made as expected: `calls` are the numbers of those that were, `message` says why not."""

    holds: bool
    message: str
    calls: list[int] = []


class Begun(_Answer):
    """A market that has begun again."""

    now: int
    seed: int
    events: int


class LedgerPage(_Answer):
    """Some events; `next` is the position to go on from."""

    data: list[EventShown]
    next: int
    total: int


class Digest(_Answer):
    """A digest of so many events."""

    digest: str
    events: int


class Credentials(_Answer):
    """What a client of the APIs needs, of one seller and the seller's own app."""

    seed: int
    seller: str
    app_key: str
    app_secret: str
    access_token: str
    refresh_token: str
    mip_api_key: str


class TokenState(_Answer):
    """Whether the tokens of an app for a seller are any good."""

    app: str
    seller: str
    alive: bool


class WorldShown(_Answer):
    """A world; `path` goes before every path of its APIs."""

    name: str
    path: str
    seed: int
    now: int
    now_iso: datetime
    rate: float
    sellers: list[str]
    orders: int
    events: int


class WorldList(_Answer):
    """Every world."""

    data: list[WorldShown]


class SnapshotShown(_Answer):
    """A world put away, and how many bytes it takes."""

    name: str
    world: str
    at: int
    at_iso: datetime
    bytes: int


class SnapshotList(_Answer):
    """Every snapshot."""

    data: list[SnapshotShown]


class Dropped(_Answer):
    """A snapshot that is no more."""

    name: str
