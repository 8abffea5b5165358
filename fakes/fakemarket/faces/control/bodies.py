"""Queries and bodies of the control plane, checked with pydantic: all that is wrong is said at once.

Imported by the handlers when they need it, so that importing the face stays light.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    FiniteFloat,
    RootModel,
    ValidationInfo,
    model_validator,
)

from fakemarket.faces.control.lobby import MAIN
from fakemarket.faces.routes import instant
from fakemarket.faults.tables import FaultTable, any_fault, fault_tables
from fakemarket.rules.status import Move, Status
from fakemarket.settings import Settings
from fakemarket.timeline import END_AT

LONGEST_ADVANCE_DAYS = 366
"""A longer jump is asked for in pieces, so that no single call can hold the market for good."""
MOST_ORDERS_BEFORE = 500_000
"""Of a new world's history, for the same reason: they take a minute or two."""
_LONGEST_SECONDS = 10 * 366 * 86_400


def _known(seller: str | None, info: ValidationInfo) -> str | None:
    sellers = info.context["sellers"] if info.context else ()
    if seller is not None and seller not in sellers:
        raise ValueError(f"no such seller; there is {', '.join(sellers)}")
    return seller


def _number(text: object) -> object:
    """Ids are digits in a text, or a number."""
    return int(text) if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) <= 18 else text


def _instant(said: object) -> object:
    """Seconds since the epoch, or an ISO-8601 time with a zone."""
    read = _number(said)
    return instant(read) if isinstance(read, str) else read


OrderNumber = Annotated[int, BeforeValidator(_number)]
Instant = Annotated[int, BeforeValidator(_instant), Field(ge=0, le=END_AT)]
Seller = Annotated[str | None, AfterValidator(_known)]
Seconds = Annotated[int, Field(ge=0, le=_LONGEST_SECONDS)]


class Advance(BaseModel):
    """How much market time passes: the sum of what is given."""

    model_config = ConfigDict(extra="forbid")

    days: FiniteFloat = 0
    hours: FiniteFloat = 0
    minutes: FiniteFloat = 0
    seconds: FiniteFloat = 0

    @property
    def in_seconds(self) -> int:
        return round(self.days * 86_400 + self.hours * 3600 + self.minutes * 60 + self.seconds)

    @model_validator(mode="after")
    def _says_how_far(self) -> Advance:
        if not self.model_fields_set:
            raise ValueError("say how far: days, hours, minutes or seconds")
        limit = LONGEST_ADVANCE_DAYS * 86_400
        parts = (self.days * 86_400, self.hours * 3600, self.minutes * 60, self.seconds)
        if any(abs(part) > limit for part in parts) or abs(self.in_seconds) > limit:
            raise ValueError(f"{LONGEST_ADVANCE_DAYS} days at a time are allowed")
        return self


class RunUntil(BaseModel):
    """An instant; or a status that an order, or so many orders, are to be in, and a limit."""

    model_config = ConfigDict(extra="forbid")

    at: Instant | None = None
    order: OrderNumber | None = None
    status: Status | None = None
    at_least: Annotated[int, Field(ge=1)] | None = None
    seller: Seller = None
    limit: Advance | None = None

    @model_validator(mode="after")
    def _says_until_when(self) -> RunUntil:
        if (self.at is None) == (self.status is None):
            raise ValueError("say either `at`, or `status` with `order` or `at_least`")
        if self.status is not None and (self.order is None) == (self.at_least is None):
            raise ValueError("with `status` goes either `order` or `at_least`, how many orders")
        if self.at is not None and (self.order or self.at_least or self.seller):
            raise ValueError("`at` goes with nothing but itself")
        if self.status is not None and (self.limit is None or self.limit.in_seconds <= 0):
            raise ValueError('a condition needs a `limit`, e.g. {"days": 30}')
        return self


class ToNextEvent(BaseModel):
    """How long to wait for something to happen at the most."""

    model_config = ConfigDict(extra="forbid")

    limit: Advance

    @model_validator(mode="after")
    def _forward(self) -> ToNextEvent:
        if self.limit.in_seconds <= 0:
            raise ValueError("`limit` must be longer than nothing")
        return self


class ToCountdown(BaseModel):
    """Whose countdown, and how long before its end."""

    model_config = ConfigDict(extra="forbid")

    order: OrderNumber
    before_seconds: Annotated[int, Field(ge=0, le=_LONGEST_SECONDS)] = 0


class Speed(BaseModel):
    """Market seconds in a real second."""

    model_config = ConfigDict(extra="forbid")

    rate: Annotated[FiniteFloat, Field(ge=0, le=1_000_000)]


Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]


class NewWorld(BaseModel):
    """A world's name, and where it comes from: another world, a snapshot, or a seed and settings.

    `fork_of` and `snapshot` bring everything along but webhooks: nobody is to hear of two worlds at one address. The
    speed may be another one.
    """

    model_config = ConfigDict(extra="forbid")

    name: Name
    fork_of: str | None = None
    snapshot: str | None = None
    seed: Annotated[int, Field(ge=0, lt=1 << 63)] | None = None
    start: Instant | None = None
    history_days: Annotated[int, Field(ge=0, le=LONGEST_ADVANCE_DAYS)] | None = None
    settings: Settings | None = None
    rate: Annotated[FiniteFloat, Field(ge=0, le=1_000_000)] | None = None

    @property
    def making(self) -> dict[str, Any]:
        """What a market is made of, as its constructor names it."""
        told = {"seed": self.seed, "start_at": self.start, "history_days": self.history_days, "settings": self.settings}
        return {name: value for name, value in told.items() if value is not None}

    @model_validator(mode="after")
    def _has_one_origin(self) -> NewWorld:
        if (self.fork_of is not None) + (self.snapshot is not None) + bool(self.making) > 1:
            raise ValueError("a world comes from `fork_of`, from `snapshot`, or from a seed and settings: say one")
        return self

    @model_validator(mode="after")
    def _opens_soon(self) -> NewWorld:
        settings = self.settings or Settings()
        orders = len(settings.sellers) * settings.demand.orders_per_day * (self.history_days or 0)
        if orders > MOST_ORDERS_BEFORE:
            raise ValueError(
                f"about {orders:,.0f} orders would be placed before it opens, and {MOST_ORDERS_BEFORE:,} are allowed; "
                "take fewer `history_days`, sellers or orders a day"
            )
        return self


class NewSnapshot(BaseModel):
    """What a snapshot is to be called, and whose it is."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    world: str = MAIN


class ForcedMove(BaseModel):
    """What is to happen to an order."""

    model_config = ConfigDict(extra="forbid")

    move: Move


FAULT_TABLES = fault_tables(Instant)
if TYPE_CHECKING:
    AnyFault = FaultTable
else:
    AnyFault = any_fault(FAULT_TABLES)


def _known_kind(kind: str) -> str:
    if kind not in FAULT_TABLES:
        raise ValueError(f"no such kind; there is {', '.join(FAULT_TABLES)}")
    return kind


class FaultKind(BaseModel):
    """Which kind of fault; the rest is read with that kind's own table, which then says what it knows."""

    kind: Annotated[str, AfterValidator(_known_kind)]


class NewFault(RootModel[AnyFault]):
    """A fault as one flat table, told apart by its `kind`."""


class JournalQuery(BaseModel):
    """Which calls, and how many of the newest."""

    model_config = ConfigDict(extra="forbid")

    operation: str | None = None
    face: str | None = None
    order: OrderNumber | None = None
    seller: str | None = None
    status: int | None = None
    outcome: str | None = None
    fault: str | None = None
    request_id: str | None = None
    since_at: Instant | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 100


class Expected(BaseModel):
    """A call that should have been made: at least once, or `times` times."""

    model_config = ConfigDict(extra="forbid")

    operation: Annotated[str, Field(min_length=1)]
    order: OrderNumber | None = None
    seller: str | None = None
    status: int | None = None
    outcome: str | None = None
    since_at: Instant | None = None
    times: Annotated[int, Field(ge=0)] | None = None
    parameters: dict[str, Any] = {}


class OrderQuery(BaseModel):
    """Which orders, and how many."""

    model_config = ConfigDict(extra="forbid")

    status: Status | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 100


class LedgerQuery(BaseModel):
    """From which position on, and how many."""

    model_config = ConfigDict(extra="forbid")

    since: Annotated[int, Field(ge=0, le=10**12)] = 0
    limit: Annotated[int, Field(ge=1, le=10_000)] = 1000


class SellerQuery(BaseModel):
    """Whose."""

    model_config = ConfigDict(extra="forbid")

    seller: Seller = None


class FateChange(BaseModel):
    """Parts of an order's fate that the caller decides, by the names they have in the world."""

    model_config = ConfigDict(extra="forbid")

    pays: bool = True
    pays_offline: bool = False
    attempts_seconds: Annotated[tuple[Seconds, ...], Field(max_length=10)] = ()
    gives_up_seconds: Seconds | None = None
    processing_seconds: Seconds = 0
    confirm_money_seconds: Seconds = 0
    review_seconds: Seconds = 0
    review_rejects: bool = False
    review_holds: bool = False
    appeal_passes: bool = False
    appeal_seconds: Seconds = 0
    cancel_seconds: Seconds | None = None
    freeze_after_seconds: Seconds | None = None
    freeze_seconds: Seconds = 0
    out_of_stock: bool = False
    bad_address: bool = False
    bad_postcode: bool = False
    no_carrier: bool = False
    supplier_fails: bool = False
    unknown_sku: bool = False
    needs_invoice: bool = False
    confirm_seconds: Seconds | None = None
    dispute_seconds: Seconds | None = None
    dispute_open_seconds: Seconds = 0
    dispute_refunds: bool = False
    feedback_seconds: Seconds | None = None


class NewOrder(BaseModel):
    """Who sells, and what of the order's fate is decided; the rest is drawn."""

    model_config = ConfigDict(extra="forbid")

    seller: Seller = None
    fate: FateChange = FateChange()
