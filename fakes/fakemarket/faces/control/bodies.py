"""Queries and bodies of the control plane, checked with pydantic: all that is wrong is said at once.

Imported by the handlers when they need it, so that importing the face stays light.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    ValidationInfo,
    model_validator,
)

from fakemarket.rules.status import Status

LONGEST_ADVANCE_DAYS = 366
"""A longer jump is asked for in pieces, so that no single call can hold the market for good."""
_LONGEST_SECONDS = 10 * 366 * 86_400


def _known(seller: str | None, info: ValidationInfo) -> str | None:
    sellers = info.context["sellers"] if info.context else ()
    if seller is not None and seller not in sellers:
        raise ValueError(f"no such seller; there is {', '.join(sellers)}")
    return seller


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
