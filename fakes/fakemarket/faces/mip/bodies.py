"""Queries and bodies of the MIP API, checked with pydantic: all that is wrong is said at once.

Imported by the handlers when they need it, so that importing the face stays light.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from fakemarket.faces.routes import instant
from fakemarket.rules.status import Status
from fakemarket.world.mip_order import MipStatus

Instant = Annotated[int, BeforeValidator(instant)]
Word = Annotated[str, Field(min_length=1, max_length=64)]
MOST_ORDERS = 200


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

    channel: str | None = None
    status: MipStatus | None = None
    marketplace_status: Status | None = None
    updated_since: Instant | None = None
    limit: Annotated[int, Field(ge=1, le=MOST_ORDERS)] = 50
    cursor: Annotated[int, BeforeValidator(_version)] = -1

    @field_validator("channel")
    @classmethod
    def _is_known(cls, channel: str, info: ValidationInfo) -> str:
        known = info.context["channels"] if info.context else ()
        if channel not in known:
            raise ValueError(f"no such channel; there is {', '.join(known)}")
        return channel


class Nothing(BaseModel):
    """The body of a call that takes none."""

    model_config = ConfigDict(extra="forbid")


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
