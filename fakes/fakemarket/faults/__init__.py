"""Named misbehaviours, as small values, and what makes them happen.

A fault says what goes wrong (its kind), to whom, when and how often (its `Aim`). `kinds` lists all there are; `faults`
makes them happen; `tables` reads them from outside, and is imported where that is done, because it needs pydantic.
"""

from fakemarket.faults.aim import Aim, BadFault, Window
from fakemarket.faults.faults import Faults, UnknownFault
from fakemarket.faults.kinds import (
    KINDS,
    AnswerLost,
    CarrierRefused,
    ClockSkew,
    Down,
    ExpiryLies,
    FailsInside,
    Fault,
    Garbage,
    LateImport,
    Latency,
    LateVisibility,
    MissingFromImport,
    MissingFromList,
    PageDrift,
    QuotaGone,
    RateLimited,
    RefreshRace,
    Reset,
    Timeout,
    TokenDies,
    WalletEmpty,
    WebhookDropped,
    WebhookDuplicated,
    WebhookReordered,
)

__all__ = [
    "KINDS",
    "Aim",
    "AnswerLost",
    "BadFault",
    "CarrierRefused",
    "ClockSkew",
    "Down",
    "ExpiryLies",
    "FailsInside",
    "Fault",
    "Faults",
    "Garbage",
    "LateImport",
    "LateVisibility",
    "Latency",
    "MissingFromImport",
    "MissingFromList",
    "PageDrift",
    "QuotaGone",
    "RateLimited",
    "RefreshRace",
    "Reset",
    "Timeout",
    "TokenDies",
    "UnknownFault",
    "WalletEmpty",
    "WebhookDropped",
    "WebhookDuplicated",
    "WebhookReordered",
    "Window",
]
