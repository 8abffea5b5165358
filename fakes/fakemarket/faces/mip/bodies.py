"""Queries and bodies of the MIP API, checked with pydantic: all that is wrong is said at once.

Imported by the handlers when they need it, so that importing the face stays light.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    HttpUrl,
    TypeAdapter,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from fakemarket.faces.routes import instant
from fakemarket.rules.status import Status
from fakemarket.world.mip_journal import Happening
from fakemarket.world.mip_order import MipStatus

Instant = Annotated[int, BeforeValidator(instant), WithJsonSchema({"type": "string", "format": "date-time"})]
Word = Annotated[str, Field(min_length=1, max_length=64)]
Line = Annotated[str, Field(min_length=1, max_length=200)]
SupplierCarrier = Literal["correos", "seur", "gls", "dhl"]
MOST_ROWS = 200
MOST = 10**15


def _channel(channel: str, info: ValidationInfo) -> str:
    known: tuple[str, ...] = info.context["channels"] if info.context else ()
    if channel not in known:
        raise ValueError(f"no such channel; there is {', '.join(known)}")
    return channel


def _or_the_only_one(channel: str, info: ValidationInfo) -> str:
    known: tuple[str, ...] = info.context["channels"] if info.context else ()
    return known[0] if not channel and len(known) == 1 else _channel(channel, info)


ChannelName = Annotated[str, AfterValidator(_channel)]
KnownChannel = Annotated[str, AfterValidator(_or_the_only_one), Field(validate_default=True)]


def cursor_at(version: int) -> str:
    """The cursor of the page behind a change."""
    return urlsafe_b64encode(f"after {version}".encode()).decode().rstrip("=")


def _version(cursor: object) -> int:
    try:
        word, number = urlsafe_b64decode(f"{cursor}===").decode("ascii").split(" ")
        if word == "after" and len(number) <= 15:
            return int(number)
    except ValueError:
        pass
    raise ValueError("is no cursor of this list; pass `next_cursor` of the page before, unchanged")


class OrderQuery(BaseModel):
    """Which orders, and which page of them."""

    model_config = ConfigDict(extra="forbid")

    channel: ChannelName | None = None
    status: MipStatus | None = None
    marketplace_status: Status | None = None
    updated_since: Instant | None = None
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS)] = 50
    cursor: Annotated[int, BeforeValidator(_version), WithJsonSchema({"type": "string"})] | None = None


class Nothing(BaseModel):
    """The body of a call that takes none."""

    model_config = ConfigDict(extra="forbid")


class AddressFix(BaseModel):
    """What is right in the buyer's address; what isn't given stays."""

    model_config = ConfigDict(extra="forbid")

    name: Word | None = None
    street: Line | None = None
    city: Word | None = None
    province: Word | None = None
    postcode: Annotated[str, Field(min_length=1, max_length=16)] | None = None
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    phone: Annotated[str, Field(min_length=1, max_length=32)] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> AddressFix:
        if not self.model_dump(exclude_none=True):
            raise ValueError("puts nothing right; leave it out or give what has changed")
        return self


class Resending(BaseModel):
    """What to put right before the supplier hears of the order again."""

    model_config = ConfigDict(extra="forbid")

    carrier: SupplierCarrier | None = None
    address: AddressFix | None = None


class WalletQuery(BaseModel):
    """Whose wallet, and which of its movements."""

    model_config = ConfigDict(extra="forbid")

    channel: KnownChannel = ""
    after: Annotated[int, Field(ge=0, le=MOST)] = 0
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS)] = 50


class EventQuery(BaseModel):
    """Which events: those behind number `after`."""

    model_config = ConfigDict(extra="forbid")

    after: Annotated[int, Field(ge=0, le=MOST)] = 0
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS)] = 50


def _url(text: str) -> str:
    """The text itself, once it has been found to be an address."""
    TypeAdapter(HttpUrl).validate_python(text)
    return text


class NewWebhook(BaseModel):
    """Where to send events, and which; all of them unless some are named."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[str, Field(max_length=2000, pattern=r"^https?://[^\s/?#@]+([/?][^\s#]*)?$"), AfterValidator(_url)]
    events: Annotated[list[Happening], Field(min_length=1, max_length=len(Happening))] = list(Happening)

    @field_validator("events", mode="before")
    @classmethod
    def _by_name(cls, events: object) -> object:
        """A strict reading takes no string for a word of an enumeration, though JSON has nothing else."""
        names = {str(each): each for each in Happening}
        return [names.get(it, it) for it in events] if isinstance(events, list) else events


class TopUp(BaseModel):
    """Money for a channel's wallet; the only channel's unless named."""

    model_config = ConfigDict(extra="forbid")

    channel: KnownChannel = ""
    amount: Annotated[str, Field(pattern=r"^[0-9]{1,7}(\.[0-9]{1,2})?$")]

    @property
    def cents(self) -> int:
        whole, _, rest = self.amount.partition(".")
        return int(whole) * 100 + int(rest.ljust(2, "0"))

    @field_validator("amount")
    @classmethod
    def _is_money(cls, amount: str) -> str:
        if not amount.strip("0."):
            raise ValueError("must be more than nothing")
        return amount


class ShippedLine(BaseModel):
    """So many pieces of a line."""

    model_config = ConfigDict(extra="forbid")

    child_id: str
    quantity: Annotated[int, Field(ge=1)]

    @model_validator(mode="after")
    def _is_of_the_order(self, info: ValidationInfo) -> ShippedLine:
        if info.context:
            ordered = {str(line.child_id): line.quantity for line in info.context["order"].lines}
            if self.child_id not in ordered:
                raise ValueError(f"child_id {self.child_id} is not in the order; it has {', '.join(ordered)}")
            if self.quantity > ordered[self.child_id]:
                raise ValueError(f"quantity {self.quantity} is more than the {ordered[self.child_id]} ordered")
        return self


class NewShipment(BaseModel):
    """A parcel: what is in it, who carries it, under which number. `shipped_at` is now unless given."""

    model_config = ConfigDict(extra="forbid")

    lines: Annotated[list[ShippedLine], Field(min_length=1, max_length=100)]
    carrier: Word
    tracking_number: Word
    shipped_at: Instant | None = None

    @field_validator("lines")
    @classmethod
    def _each_once(cls, lines: list[ShippedLine]) -> list[ShippedLine]:
        if len({line.child_id for line in lines}) < len(lines):
            raise ValueError("a child_id is given twice; add its quantities up")
        return lines

    @field_validator("shipped_at")
    @classmethod
    def _is_past(cls, shipped_at: int | None, info: ValidationInfo) -> int | None:
        if info.context and shipped_at is not None and shipped_at > info.context["now"]:
            raise ValueError("lies in the future")
        return shipped_at


class ImportWindow(BaseModel):
    """From when to when, both ends in it; until now unless told otherwise."""

    model_config = ConfigDict(extra="forbid")

    from_at: Annotated[Instant, Field(alias="from")]
    to_at: Annotated[Instant | None, Field(alias="to")] = None

    @model_validator(mode="after")
    def _runs_forward(self, info: ValidationInfo) -> ImportWindow:
        now = info.context["now"] if info.context else self.from_at
        if self.from_at > (now if self.to_at is None else self.to_at):
            raise ValueError("`from` lies after the window's end")
        return self
