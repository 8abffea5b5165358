"""Every kind of fault there is, as a value: the one list that scenarios, the control plane and documents go by.

A kind's `takes` says which fields of its aim mean something to it: a call has an operation, a wallet has not. How a
refusal is spelt is the face's affair, and what a fault does is written in `faults`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, get_args

from fakemarket.bounds import Ge, Le
from fakemarket.faults.aim import EVERYTHING, Aim
from fakemarket.faults.when import After, BadFault
from fakemarket.world.mip_journal import Happening

OF_CALLS = ("operation", "order", "seller", "nth", "share", "window", "after", "during")
OF_ORDERS = ("order", "seller", "nth", "share", "window", "after", "during")
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Latency:
    """A call waits on its way in: market time passes, everything due in it happens, then the call is carried out.

    The time is market time and really passes, for everybody, also where the clock otherwise stands still; a real
    client waits for nothing. So a declaration sent in time can come too late.
    """

    aim: Aim = EVERYTHING
    seconds: Annotated[int, Ge(1), Le(_DAY)] = 30
    takes: ClassVar[tuple[str, ...]] = OF_CALLS
    kind: Literal["latency"] = "latency"


@dataclass(frozen=True, slots=True)
class Timeout:
    """A call never arrives and is never answered; the caller can't tell that from a lost answer."""

    aim: Aim = EVERYTHING
    takes: ClassVar[tuple[str, ...]] = OF_CALLS
    kind: Literal["timeout"] = "timeout"


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection breaks before a call is carried out."""

    aim: Aim = EVERYTHING
    takes: ClassVar[tuple[str, ...]] = OF_CALLS
    kind: Literal["reset"] = "reset"


@dataclass(frozen=True, slots=True)
class Down:
    """Calls are not carried out and answered with a page and a status of the 500s."""

    aim: Aim = EVERYTHING
    status: Annotated[int, Ge(500), Le(599)] = 503
    takes: ClassVar[tuple[str, ...]] = OF_CALLS
    kind: Literal["down"] = "down"


@dataclass(frozen=True, slots=True)
class Garbage:
    """Calls are not carried out, and answered with status 200, the API's content type and neither JSON nor XML."""

    aim: Aim = EVERYTHING
    takes: ClassVar[tuple[str, ...]] = OF_CALLS
    kind: Literal["garbage"] = "garbage"


@dataclass(frozen=True, slots=True)
class RateLimited:
    """Too many calls: the API's own refusal, and a ban on every call aimed at until it is over."""

    aim: Aim = EVERYTHING
    ban_seconds: Annotated[int, Ge(1), Le(_DAY)] = 1
    """1 or 2 is what has been seen, 27 once [1]."""
    takes: ClassVar[tuple[str, ...]] = OF_CALLS
    kind: Literal["rate_limited"] = "rate_limited"


@dataclass(frozen=True, slots=True)
class QuotaGone:
    """The day's calls are used up: the API's own refusal of every call aimed at until 24:00 in Beijing [1]."""

    aim: Aim = EVERYTHING
    takes: ClassVar[tuple[str, ...]] = OF_CALLS
    kind: Literal["quota_gone"] = "quota_gone"


@dataclass(frozen=True, slots=True)
class FailsInside:
    """Calls are not carried out, and the answer looks like a success until one reads what is in it."""

    aim: Aim = EVERYTHING
    takes: ClassVar[tuple[str, ...]] = OF_CALLS
    kind: Literal["fails_inside"] = "fails_inside"


@dataclass(frozen=True, slots=True)
class AnswerLost:
    """A call is carried out, but the caller never gets the answer."""

    aim: Aim = EVERYTHING
    takes: ClassVar[tuple[str, ...]] = OF_CALLS
    kind: Literal["answer_lost"] = "answer_lost"


@dataclass(frozen=True, slots=True)
class RefreshRace:
    """Another worker of the same app refreshes right behind a call that got a token pair, whose pair is dead by then.

    Strikes only calls that are granted a pair. The market knows the winner's pair, the caller has the loser's.
    """

    aim: Aim = EVERYTHING
    takes: ClassVar[tuple[str, ...]] = OF_CALLS
    kind: Literal["refresh_race"] = "refresh_race"


@dataclass(frozen=True, slots=True)
class ExpiryLies:
    """Answers tell a later (or earlier, if negative) end of a token's life than the one it has."""

    aim: Aim = EVERYTHING
    seconds: Annotated[int, Ge(-400 * _DAY), Le(400 * _DAY)] = _DAY
    takes: ClassVar[tuple[str, ...]] = OF_CALLS
    kind: Literal["expiry_lies"] = "expiry_lies"


@dataclass(frozen=True, slots=True)
class ClockSkew:
    """The API's clock goes wrong in what it tells, the `Date` header and `time_stamp`; it acts by the right time."""

    aim: Aim = EVERYTHING
    seconds: Annotated[int, Ge(-7 * _DAY), Le(7 * _DAY)] = 300
    takes: ClassVar[tuple[str, ...]] = OF_CALLS
    kind: Literal["clock_skew"] = "clock_skew"


@dataclass(frozen=True, slots=True)
class PageDrift:
    """Order lists have moved by the time that a page after the first is read."""

    aim: Aim = EVERYTHING
    rows: Annotated[int, Ge(-50), Le(50)] = 1
    """Up by so many, whose loss nobody notices; if negative down, and so many are repeated."""
    count_off: Annotated[int, Ge(-1000), Le(1000)] = 0
    """What the told total is off by, on the same pages."""
    takes: ClassVar[tuple[str, ...]] = OF_CALLS
    kind: Literal["page_drift"] = "page_drift"


@dataclass(frozen=True, slots=True)
class StaleRead:
    """Reads of orders show them as they were a while ago, though changes have been acknowledged since.

    Order lists, details and declared shipments of AliExpress, and the orders of the integration platform. An order that
    was not there yet is not found. Strikes only reads of what has changed.
    """

    aim: Aim = EVERYTHING
    seconds: Annotated[int, Ge(1), Le(7 * _DAY)] = 600
    takes: ClassVar[tuple[str, ...]] = OF_CALLS
    kind: Literal["stale_read"] = "stale_read"


@dataclass(frozen=True, slots=True)
class LateVisibility:
    """Some orders come into the AliExpress order lists only a while after they were created.

    The panel, details and the integration platform's own rounds are not struck.
    """

    aim: Aim = EVERYTHING
    least_minutes: Annotated[int, Ge(0), Le(14 * 1440)] = 5
    most_minutes: Annotated[int, Ge(0), Le(14 * 1440)] = 90
    """Each order's own delay is drawn evenly between the two."""
    takes: ClassVar[tuple[str, ...]] = OF_CALLS
    kind: Literal["late_visibility"] = "late_visibility"

    def __post_init__(self) -> None:
        _check_delays(self)


@dataclass(frozen=True, slots=True)
class MissingFromList:
    """Some orders are left out of the AliExpress order lists, though their details are told."""

    aim: Aim = EVERYTHING
    takes: ClassVar[tuple[str, ...]] = OF_CALLS
    kind: Literal["missing_from_list"] = "missing_from_list"


@dataclass(frozen=True, slots=True)
class MissingFromImport:
    """Some orders are never listed to the integration platform's rounds, though the panel shows them."""

    aim: Aim = EVERYTHING
    takes: ClassVar[tuple[str, ...]] = OF_ORDERS
    kind: Literal["missing_from_import"] = "missing_from_import"


@dataclass(frozen=True, slots=True)
class LateImport:
    """Some orders are listed to the integration platform's rounds only a while after they were created.

    A round asks for what has changed since a little before the last one. So an order that stays as it is for longer
    than that overlap, `mip.overlap_minutes`, is missed until it changes again. The AliExpress lists are not struck.
    """

    aim: Aim = EVERYTHING
    least_minutes: Annotated[int, Ge(0), Le(14 * 1440)] = 5
    most_minutes: Annotated[int, Ge(0), Le(14 * 1440)] = 90
    """Each order's own delay is drawn evenly between the two."""
    takes: ClassVar[tuple[str, ...]] = OF_ORDERS
    kind: Literal["late_import"] = "late_import"

    def __post_init__(self) -> None:
        _check_delays(self)


@dataclass(frozen=True, slots=True)
class CarrierRefused:
    """The marketplace doesn't take the carrier of some orders."""

    aim: Aim = EVERYTHING
    takes: ClassVar[tuple[str, ...]] = OF_ORDERS
    kind: Literal["carrier_refused"] = "carrier_refused"


@dataclass(frozen=True, slots=True)
class NumberMisprinted:
    """The supplier reports a tracking number without its last character, which no carrier's format allows."""

    aim: Aim = EVERYTHING
    takes: ClassVar[tuple[str, ...]] = OF_ORDERS
    kind: Literal["number_misprinted"] = "number_misprinted"


@dataclass(frozen=True, slots=True)
class PartialRefund:
    """Some buyers are paid one piece of a line of two or more back, a while after their order was accepted.

    The marketplace shows the smaller quantity and total from then on; the integration platform keeps what it imported
    once the supplier has the order. An order that doesn't wait to be sent by then, or has one piece of each line, is
    not struck, nor is one that was accepted before the fault was put to work.
    """

    aim: Aim = EVERYTHING
    least_minutes: Annotated[int, Ge(0), Le(14 * 1440)] = 60
    most_minutes: Annotated[int, Ge(0), Le(14 * 1440)] = 720
    """Each order's own delay is drawn evenly between the two."""
    takes: ClassVar[tuple[str, ...]] = OF_ORDERS
    kind: Literal["partial_refund"] = "partial_refund"

    def __post_init__(self) -> None:
        _check_delays(self)


@dataclass(frozen=True, slots=True)
class WalletEmpty:
    """The supplier refuses orders for want of money."""

    aim: Aim = EVERYTHING
    takes: ClassVar[tuple[str, ...]] = ("seller", "window", "after")
    kind: Literal["wallet_empty"] = "wallet_empty"


@dataclass(frozen=True, slots=True)
class TokenDies:
    """Both tokens of an app and seller die early, whatever their dates say, at an instant or after something."""

    at: int | None = None
    app: Literal["mip", "own"] = "mip"
    seller: str | None = None
    """None: every seller."""
    after: After | None = None
    """It takes no `for_seconds`: what is dead stays so."""
    kind: Literal["token_dies"] = "token_dies"

    def __post_init__(self) -> None:
        if (self.at is None) == (self.after is None):
            raise BadFault("token_dies takes either `at` or `after`")
        if self.after is not None and self.after.for_seconds is not None:
            raise BadFault("token_dies takes no `for_seconds`; what is dead stays so until it is authorised again")


@dataclass(frozen=True, slots=True)
class WebhookDuplicated:
    """Events of the integration platform are sent to its webhooks once more, received or not."""

    aim: Aim = EVERYTHING
    event: Happening | None = None
    """None: of every type."""
    seconds: Annotated[int, Ge(0), Le(_DAY)] = 30
    """How long after the first copy."""
    takes: ClassVar[tuple[str, ...]] = OF_ORDERS
    kind: Literal["webhook_duplicated"] = "webhook_duplicated"


@dataclass(frozen=True, slots=True)
class WebhookReordered:
    """Events leave for the integration platform's webhooks late, so that later ones arrive before them."""

    aim: Aim = EVERYTHING
    event: Happening | None = None
    """None: of every type."""
    seconds: Annotated[int, Ge(1), Le(_DAY)] = 1800
    """How late. What happens meanwhile goes first; if nothing does, the order stays right."""
    takes: ClassVar[tuple[str, ...]] = OF_ORDERS
    kind: Literal["webhook_reordered"] = "webhook_reordered"


@dataclass(frozen=True, slots=True)
class WebhookDropped:
    """Events never leave for the integration platform's webhooks, though its journal has them."""

    aim: Aim = EVERYTHING
    event: Happening | None = None
    """None: of every type."""
    takes: ClassVar[tuple[str, ...]] = OF_ORDERS
    kind: Literal["webhook_dropped"] = "webhook_dropped"


Banning = RateLimited | QuotaGone
Refusing = Timeout | Reset | Down | Garbage | FailsInside | AnswerLost | RefreshRace | Banning
"""One of these has a call to itself: the one with the lowest number."""
Bending = Latency | ExpiryLies | ClockSkew | PageDrift | StaleRead
"""These strike a call beside others."""
Hiding = LateVisibility | MissingFromList
Late = LateVisibility | LateImport
"""These strike each order for a while after it was created."""
OfOrders = MissingFromImport | LateImport | CarrierRefused | NumberMisprinted | PartialRefund
Postal = WebhookDuplicated | WebhookReordered | WebhookDropped
Fault = Refusing | Bending | Hiding | OfOrders | Postal | WalletEmpty | TokenDies

KINDS: Mapping[str, type[Fault]] = {kind.__dataclass_fields__["kind"].default: kind for kind in get_args(Fault)}
"""Every kind by its word."""


def aim_of(fault: Fault) -> Aim:
    """Whom a fault strikes and when; a token's death is no matter of aim beyond its seller and what it comes after."""
    return Aim(seller=fault.seller, after=fault.after) if isinstance(fault, TokenDies) else fault.aim


def _check_delays(fault: Late | PartialRefund) -> None:
    if fault.least_minutes > fault.most_minutes:
        raise BadFault(f"least_minutes is {fault.least_minutes}, over most_minutes, {fault.most_minutes}")
