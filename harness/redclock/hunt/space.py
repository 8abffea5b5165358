"""What a hunt may turn: settings of the market with other values than usual, people, and how strong each fault can be.

Tables only; nothing is drawn here. In each row the mildest value stands first, because shrinking goes there. The values
are invented: wide enough to hurt, short enough that a run of a few days feels them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from fakemarket.distributions import Constant, Distribution, Uniform
from fakemarket.faults.kinds import KINDS, OfOrders, Postal, TokenDies, WalletEmpty
from fakemarket.rules.deadlines import Anchor, DeadlineClock
from redclock.scenario.actors import PersonTable, Task
from redclock.subject.ports import AlertKind

HOUR = 3600
DAY = 86_400

STARTS = ("2026-03-02", "2026-03-06", "2026-03-28", "2026-04-01", "2026-10-23", "2026-12-04", "2026-12-31")
"""A Monday; a Friday; summer time begins; Easter; summer time ends; a bridge of two holidays; a year ends."""

_QUICK: Distribution = Uniform(0.2, 1.2)
SETTINGS: Mapping[str, tuple[Any, ...]] = MappingProxyType(
    {
        "demand.several_products_share": (0.3, 1.0),
        "demand.day_cv": (0.0, 0.8),
        "payments.failure_share": (0.5, 0.9),
        "payments.retry_minutes": (Uniform(1, 360),),
        "payments.never_share": (0.5,),
        "payments.offline_share": (0.5,),
        "payments.unpaid_close_hours": (24.0, 1.0),
        "review.hours": (Constant(0.1), Constant(24)),
        "review.rejected_share": (0.3,),
        "review.hold_share": (0.3,),
        "countdown.preparation_days": (3, 2, 7),
        "countdown.anchor": (Anchor.PAID, Anchor.ORDER_CREATED),
        "countdown.count_anchor_day": (False,),
        "countdown.deadline_clock": (DeadlineClock.SAME_CLOCK_TIME,),
        "countdown.pauses_in_cancel": (False,),
        "countdown.zone": ("UTC", "Asia/Shanghai"),
        "buyers.cancel_share": (0.1, 0.5),
        "buyers.cancel_hours": (Constant(1), Constant(30)),
        "buyers.cancel_answer_hours": (24.0, 2.0),
        "buyers.frozen_share": (0.2,),
        "warehouse.preparation_working_days": (_QUICK, Constant(4), Constant(8)),
        "warehouse.packers": (1,),
        "warehouse.packing_minutes": (Constant(60),),
        "warehouse.split_share": (1.0,),
        "warehouse.second_parcel_working_days": (Constant(4),),
        "warehouse.out_of_stock_share": (0.0, 0.2),
        "warehouse.bad_address_share": (0.2,),
        "warehouse.no_carrier_share": (0.2,),
        "warehouse.supplier_error_share": (0.3,),
        "warehouse.unknown_sku_share": (0.2,),
        "warehouse.export_invoice_share": (0.2,),
        "warehouse.minimum_order_cents": (2_000,),
        "warehouse.refuses_split": (True,),
        "carriers.never_scanned_share": (0.3,),
        "carriers.online_limit_days": (3,),
        "tokens.access_hours": (24.0, 3.0),
        "tokens.refresh_hours": (48.0,),
        "mip.token_age_days": (29.9, 179.0),
        "mip.refreshes_token": (False,),
        "mip.overlap_minutes": (15, 0),
        "mip.import_every_minutes": (60, 5),
        "mip.push_every_minutes": (240,),
        "mip.push_lost_share": (0.5,),
        "mip.push_answer_lost_share": (0.5,),
        "mip.push_timeout_seconds": (600, 4 * HOUR),
        "mip.tracking_hours": (Constant(0), Constant(48)),
        "mip.wallet_cents": (20_000, 0),
        "wire.app_calls_per_day": (1_000, 300),
    }
)
"""Other values of a setting, by its dotted name."""

STRENGTHS: Mapping[str, Mapping[str, tuple[Any, ...]]] = MappingProxyType(
    {
        "latency": {"seconds": (30, 600, HOUR)},
        "down": {"status": (503, 500)},
        "rate_limited": {"ban_seconds": (1, 27, 900)},
        "expiry_lies": {"seconds": (DAY, -DAY, 30 * DAY)},
        "clock_skew": {"seconds": (300, -300, DAY)},
        "page_drift": {"rows": (1, -1, 5), "count_off": (0, 3)},
        "stale_read": {"seconds": (600, 2 * HOUR, DAY)},
        "late_visibility": {"least_minutes": (5,), "most_minutes": (90, 1440)},
        "late_import": {"least_minutes": (5,), "most_minutes": (90, 1440)},
        "partial_refund": {"least_minutes": (60, 0), "most_minutes": (720, 4320)},
        "token_dies": {"app": ("mip", "own")},
        "webhook_duplicated": {"seconds": (30, HOUR)},
        "webhook_reordered": {"seconds": (1800, 6 * HOUR)},
    }
)
"""Other values of a fault's own fields, by its kind; a kind that is not here has none."""

APIS = ("", "aliexpress.", "GET /v1/")
"""What faults of calls are aimed at when a whole API has them: how its calls begin; empty: every call."""
OPERATIONS = (
    "aliexpress.solution.order.fulfill",
    "aliexpress.solution.order.get",
    "aliexpress.solution.order.info.get",
    "aliexpress.trade.seller.order.",
    "/auth/token/",
    "GET /v1/orders",
    "GET /v1/channels",
    "POST /v1/orders/{id}/resend",
    "POST /v1/orders/{id}/cancel",
    "POST /v1/channels/{id}/import",
    "POST /v1/channels/{id}/reset-credentials",
)
"""The same where a single call has them."""
STRIKES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "refresh_race": ("", "/auth/token/"),
        "expiry_lies": ("", "/auth/token/", "GET /v1/channels"),
        "page_drift": ("", "aliexpress."),
        "late_visibility": ("", "aliexpress."),
        "missing_from_list": ("", "aliexpress."),
        "stale_read": ("", "aliexpress.", "aliexpress.solution.order.get", "GET /v1/orders"),
    }
)
"""What a fault that can't strike every call is aimed at, by its kind: aimed at random it would seldom do anything."""
LIMITS = (None, "share", "share", "share", "window", "window", "nth", "after", "during")
"""What keeps a fault from striking all the time, some of it oftener than the rest."""
SHARES = (0.5, 0.1, 0.02)
HOURS_ON = (6, 24, 72, 240)
"""How long a fault is on."""
EVENTS = ("place", "pass_review", "imported", "sent_to_supplier", "packed", "tracking_known", "declare_all")
"""What a fault may come after."""

_ENTERS = PersonTable(does=Task.ENTER_NUMBERS, reads=AlertKind.MANUAL_ENTRY, takes=1800, slips=0.5)
_RENEWS = PersonTable(does=Task.RENEW_TOKEN, reads=AlertKind.TOKEN_DEAD, takes=4 * HOUR)
_TOPS_UP = PersonTable(does=Task.TOP_UP_WALLET, reads=AlertKind.PENDING_REVIEW, takes=20 * HOUR, cents=20_000)
PEOPLE = (_ENTERS, _RENEWS, _TOPS_UP)
"""Who may help in the shop.

Nobody takes a part for the whole order: no call puts that right, so both sides could not agree again. Money takes long
enough to come for several orders to wait for it, and is not enough for all.
"""
_RENEWAL = "POST /v1/channels/{id}/reset-credentials"
_DECLARATION = "aliexpress.solution.order.fulfill"


@dataclass(frozen=True, slots=True)
class Spot:
    """A tight spot: what makes trouble together, and would hardly ever meet by chance.

    Attributes:
        strain: settings that are not the usual ones: a shop that is short of one thing.
        blow: faults, and what is said of them, that begin at one instant: what would help against the one is what the
            other takes away.
        people: who is there.
        days: orders arrive for so long at least, where it takes that long to hurt.
    """

    strain: tuple[str, ...] = ()
    blow: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    people: tuple[PersonTable, ...] = ()
    days: int = 1


SPOTS = (
    # Short of money, calls, hands, days, parcels, patience, scans, imports, numbers, answers, the platform's access,
    # one's own.
    Spot(("mip.wallet_cents",), people=(_TOPS_UP,)),
    Spot(("wire.app_calls_per_day",)),
    Spot(("warehouse.packers", "warehouse.packing_minutes")),
    Spot(("warehouse.preparation_working_days", "countdown.preparation_days")),
    Spot(("warehouse.split_share", "warehouse.second_parcel_working_days", "demand.several_products_share")),
    Spot(("buyers.cancel_share", "buyers.cancel_hours")),
    Spot(("carriers.never_scanned_share", "carriers.online_limit_days"), days=5),
    Spot(("mip.overlap_minutes", "mip.import_every_minutes")),
    Spot(("mip.push_every_minutes", "mip.tracking_hours", "countdown.preparation_days")),
    Spot(("mip.push_lost_share", "mip.push_answer_lost_share", "mip.push_timeout_seconds")),
    Spot(("mip.token_age_days", "mip.refreshes_token")),
    Spot(("tokens.access_hours", "tokens.refresh_hours")),
    # Numbers that the platform may not declare, so that people have to enter them.
    Spot(blow=(("token_dies", {"app": "own"}), ("carrier_refused", {})), people=(_ENTERS,)),
    # Imports that stop while they lag.
    Spot(blow=(("token_dies", {"app": "mip"}), ("late_import", {"most_minutes": 1440}))),
    # Orders that the one side never sees, and the other late.
    Spot(blow=(("missing_from_import", {}), ("late_visibility", {"least_minutes": 720, "most_minutes": 1440}))),
    # Parcels with a piece in them that was paid back.
    Spot(blow=(("partial_refund", {}),)),
    # A platform that nothing wakes, alone or with one's own access dead.
    Spot(blow=(("token_dies", {"app": "mip"}), ("down", {"operation": _RENEWAL}))),
    Spot(blow=(("token_dies", {"app": "own"}), ("token_dies", {"app": "mip"}), ("down", {"operation": _RENEWAL}))),
    # Declarations that only the subject can make, and whose answers can't be trusted.
    *(
        Spot(blow=(("carrier_refused", {}), (word, {"operation": _DECLARATION, "share": 0.5})))
        for word in ("answer_lost", "fails_inside", "timeout")
    ),
)
"""Worlds are in one of these after the other, so that none of them waits for luck."""

EDIT_WINDOW_HOURS = 480.0
"""For so long numbers may be corrected where somebody makes slips: longer than access is dead in any world."""

DIES_EVERY_HOURS = (31, 7)
"""How often the process of a subject may die."""

FELT = tuple(word for word, kind in KINDS.items() if not issubclass(kind, Postal))
"""The kinds but those that strike webhooks only: a subject that has none can't feel them."""
OF_THE_WORLD = tuple(word for word, kind in KINDS.items() if issubclass(kind, OfOrders | TokenDies | WalletEmpty))
"""The kinds that strike no calls: a subject feels them without HTTP too."""
