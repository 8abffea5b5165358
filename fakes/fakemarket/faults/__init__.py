"""Named misbehaviours, as small values, and what makes them happen.

A fault says what goes wrong (its kind), to whom, when and how often (its `Aim`). `kinds` lists all there are; `faults`
makes them happen; `tables` reads them from outside, and is imported where that is done, because it needs pydantic.
"""

from fakemarket.faults.aim import Aim
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
    StaleRead,
    Timeout,
    TokenDies,
    WalletEmpty,
    WebhookDropped,
    WebhookDuplicated,
    WebhookReordered,
)
from fakemarket.faults.when import After, BadFault, During, Window

__all__ = [
    "KINDS",
    "After",
    "Aim",
    "AnswerLost",
    "BadFault",
    "CarrierRefused",
    "ClockSkew",
    "Down",
    "During",
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
    "StaleRead",
    "Timeout",
    "TokenDies",
    "UnknownFault",
    "WalletEmpty",
    "WebhookDropped",
    "WebhookDuplicated",
    "WebhookReordered",
    "Window",
]
