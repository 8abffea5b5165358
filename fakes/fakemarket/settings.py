"""Everything about the market that somebody may want otherwise.

Each setting has a sentence, bounds and the mark of its evidence: `C` certain, `D` measured on real orders, `1` one
source only, `A` assumed. What is marked `1` or `A` is never a constant, and reports print its value. Units stand last
in the name. The numbers come from the domain reference; olist is a set of real orders of a Brazilian marketplace, good
for shape and not for level.
"""

from dataclasses import field
from datetime import date
from typing import Annotated

from fakemarket.bounds import Ge, Le, MaxLen, MinLen
from fakemarket.distributions import (
    Constant,
    Distribution,
    Exponential,
    Lognormal,
    QuickOrSlow,
    Triangular,
    Uniform,
)
from fakemarket.knobs import Amount, AtLeastOne, Checked, Count, Factor, MinuteOfDay, Share, Weekday, Zone, knob
from fakemarket.rules.calendars import WorkingCalendar
from fakemarket.rules.deadlines import Anchor, DeadlineClock, ExtensionWindow
from fakemarket.value import value


@value
class Peak(Checked):
    """A sale: demand on the first day and on the days after it, times the usual."""

    first_day: date
    factors: Annotated[tuple[Factor, ...], MinLen(1)] = knob(
        (6.0, 2.4, 2.4, 2.3, 1.8), "factor for the day and each day after it", "D"
    )


@value
class Demand(Checked):
    """How many orders come, and when."""

    orders_per_day: Annotated[float, Ge(0), Le(50_000)] = knob(
        40.0, "mean orders a day and seller before profiles and peaks", "A"
    )
    weekday_shares: Annotated[tuple[Amount, ...], MinLen(7), MaxLen(7)] = knob(
        (16.5, 15.7, 14.9, 15.3, 14.2, 11.2, 12.2), "weights of Monday to Sunday", "D"
    )
    hour_shares: Annotated[tuple[Amount, ...], MinLen(24), MaxLen(24)] = knob(
        (
            *(2.4, 1.2, 0.5, 0.3, 0.2, 0.2, 0.5, 1.2, 3.0, 4.8, 6.2, 6.6),
            *(6.0, 6.5, 6.6, 6.5, 6.7, 6.2, 5.8, 6.0, 6.2, 6.2, 5.9, 4.0),
        ),
        "weights of the hours of the day",
        "D",
    )
    day_cv: Share = knob(0.25, "coefficient of variation of the day's level (Gamma)", "A")
    peaks: tuple[Peak, ...] = knob((), "sales such as 11.11", "D")
    zone: Zone = knob("Europe/Madrid", "zone in which buyers live their days", "A")
    several_products_share: Share = knob(0.034, "orders with more than one product", "D")
    price_cents: Distribution = knob(Lognormal(2400, 0.7), "price of one piece", "A")
    currency: str = knob("EUR", "ISO code of the currency of all prices", "A")

    def __post_init__(self) -> None:
        Checked.__post_init__(self)
        for name in ("weekday_shares", "hour_shares"):
            if not sum(getattr(self, name)) > 0:
                raise ValueError(f"Demand.{name} is all zeros, but some order must come at some time")


@value
class Payments(Checked):
    """How buyers pay."""

    failure_share: Share = knob(0.11, "first attempts that fail", "1")
    retry_success_share: Share = knob(0.5, "retries that succeed", "A")
    retries: Count = knob(2, "retries before the buyer gives up", "A")
    never_share: Share = knob(0.05, "orders whose buyer never tries to pay", "A")
    offline_share: Share = knob(0.0, "payments that the seller must confirm", "A")
    delay_minutes: Distribution = knob(Lognormal(3, 1.0), "from order to first attempt", "A")
    retry_minutes: Distribution = knob(Lognormal(19, 1.6), "from a failure to the next attempt", "A")
    processing_minutes: Distribution = knob(Uniform(1, 10), "payment being accepted", "A")
    confirm_money_hours: Distribution = knob(Uniform(2, 30), "until the seller confirms an offline payment", "A")
    unpaid_close_hours: Factor = knob(480.0, "an unpaid order stays open (20 days; 0.5 h and 24 h are seen too)", "1")
    gives_up_share: Share = knob(0.5, "unpaid orders that the buyer cancels before the close", "A")


@value
class Review(Checked):
    """The platform's risk review of a payment."""

    hours: Distribution = knob(QuickOrSlow(0.79, 0.3, 0.5, 1, 24), "length of the review", "D")
    rejected_share: Share = knob(0.015, "payments refused by the review", "1")
    hold_share: Share = knob(0.003, "payments put on hold; the buyer must appeal", "A")
    appeal_passes_share: Share = knob(0.5, "holds that an appeal lifts", "A")
    appeal_hours: Distribution = knob(Constant(40), "from hold to the appeal's result", "A")


@value
class Calendar(Checked):
    """Working days of a country or one of its regions."""

    country: str = knob("ES", "ISO country code", "A")
    region: str = knob("", "ISO region code within the country; empty for national holidays only", "A")
    weekend: Annotated[tuple[Weekday, ...], MaxLen(6)] = knob(
        (5, 6), "days of the week that are off, Monday being 0", "A"
    )
    closed: tuple[date, ...] = knob((), "further days off", "A")

    def working(self) -> WorkingCalendar:
        """The days themselves."""
        return WorkingCalendar(self.country, self.region, frozenset(self.weekend), frozenset(self.closed))


@value
class Countdown(Checked):
    """The red clock: how long a seller has to declare a shipment."""

    preparation_days: AtLeastOne = knob(5, "preparation time of the default delivery template, in working days", "C")
    other_template_days: tuple[AtLeastOne, ...] = knob((3, 7), "preparation times of the other templates", "A")
    cap_days: AtLeastOne = knob(5, "cap said to hold for goods in local warehouses; a template over it is warned", "1")
    anchor: Anchor = knob(Anchor.REVIEW_PASSED, "what starts the countdown", "A")
    count_anchor_day: bool = knob(True, "the anchor's own day is preparation day 1", "1")
    deadline_clock: DeadlineClock = knob(DeadlineClock.END_OF_DAY, "when on the last day it ends", "A")
    zone: Zone = knob("America/Los_Angeles", "zone whose dates and midnights count", "A")
    calendar: Calendar = knob(Calendar(), "whose working days count", "A")
    grace_minutes: Count = knob(0, "a late batch job closes this long after the countdown's end", "A")
    pauses_in_cancel: bool = knob(True, "a cancellation request stops the countdown until it is answered", "A")
    extensions: tuple[ExtensionWindow, ...] = knob((), "days on which the platform gives everybody more time", "1")


@value
class Penalties(Checked):
    """What a missed countdown costs the seller."""

    points_per_violation: Annotated[tuple[Count, ...], MinLen(1)] = knob(
        (0,), "points of the first, second, ... violation; the last one goes on", "A"
    )
    seller_cancel_counts: bool = knob(True, "a cancellation by the seller is a violation", "C")
    penalty_cents: Count = knob(0, "what one violation is held to cost beside the lost sale", "A")
    goods_share: Share = knob(0.6, "cost of the goods, of the order's value", "A")
    label_cents: Count = knob(450, "cost of a carrier's label", "A")


@value
class Buyers(Checked):
    """What buyers do after paying."""

    locales: Annotated[tuple[str, ...], MinLen(1)] = knob(
        ("es_ES", "es_ES", "es_ES", "fr_FR", "it_IT", "pl_PL", "de_DE", "pt_PT"),
        "where buyers live, each entry alike",
        "A",
    )
    cancel_share: Share = knob(0.006, "paid orders whose buyer asks to cancel", "D")
    cancel_hours: Distribution = knob(Exponential(30), "from acceptance to the cancellation request", "A")
    cancel_answer_hours: Factor = knob(48.0, "unanswered, a request is granted after this (72 h is said too)", "1")
    frozen_share: Share = knob(0.002, "orders that the platform freezes for a while", "A")
    frozen_hours: Distribution = knob(Uniform(24, 72), "length of a freeze", "A")
    confirm_share: Share = knob(0.6, "buyers who confirm receipt themselves", "A")
    confirm_days: Distribution = knob(Exponential(4), "from delivery to the buyer's confirmation", "A")
    auto_confirm_days: Factor = knob(90.0, "after shipment receipt is taken as confirmed", "1")
    receipt_extension_days: Count = knob(60, "what a seller may add to the time for receipt, in all", "A")
    dispute_share: Share = knob(0.02, "shipped orders that end in a dispute", "A")
    dispute_days: Distribution = knob(Exponential(3), "from delivery to the dispute", "A")
    dispute_open_days: Distribution = knob(Uniform(2, 12), "a dispute lasts", "A")
    dispute_refund_share: Share = knob(0.5, "disputes that end in a refund", "A")
    fund_hours: Factor = knob(24.0, "money moves this long after receipt", "A")
    feedback_share: Share = knob(0.4, "buyers who leave feedback", "A")
    feedback_days: Factor = knob(30.0, "either side may rate for this long after the end", "A")
    archive_days: Factor = knob(180.0, "ended orders are archived after this", "A")


@value
class Period(Checked):
    """Some days on which a warehouse works otherwise."""

    first_day: date
    last_day: date
    slowdown: Factor = knob(1.0, "preparation and packing take this times as long", "A")
    cutoff_minute: MinuteOfDay | None = knob(None, "cut-off of these days, minute of the day", "A")

    def __post_init__(self) -> None:
        Checked.__post_init__(self)
        if self.last_day < self.first_day:
            raise ValueError(f"Period.last_day is {self.last_day}, but must not be before first_day {self.first_day}")


@value
class Warehouse(Checked):
    """The supplier's warehouse: preparation, packers, pickup."""

    calendar: Calendar = knob(Calendar(region="VC"), "working days of the warehouse", "A")
    zone: Zone = knob("Europe/Madrid", "zone of its working hours", "A")
    opens_minute: MinuteOfDay = knob(9 * 60, "opening, minute of the day", "A")
    closes_minute: MinuteOfDay = knob(18 * 60, "closing, minute of the day", "A")
    cutoff_minute: MinuteOfDay = knob(14 * 60, "later orders count from the next working day", "D")
    pickup_minute: MinuteOfDay = knob(17 * 60 + 30, "the carrier calls on working days at this minute", "A")
    packers: AtLeastOne = knob(4, "people packing side by side", "A")
    preparation_working_days: Distribution = knob(
        Triangular(0.5, 1.5, 4.0), "from the supplier's order to the packing table", "A"
    )
    packing_minutes: Distribution = knob(Lognormal(5, 0.6), "work on one parcel", "A")
    split_share: Share = knob(0.6, "orders of several products that leave in two parcels", "A")
    second_parcel_working_days: Distribution = knob(Uniform(0.2, 2), "the second parcel is ready later by", "A")
    out_of_stock_share: Share = knob(0.006, "orders that the supplier has no stock for", "D")
    bad_address_share: Share = knob(0.0, "orders whose address the supplier refuses", "A")
    bad_postcode_share: Share = knob(0.0, "orders whose postcode the supplier refuses", "A")
    no_carrier_share: Share = knob(0.0, "orders that the supplier's usual carrier doesn't reach", "A")
    supplier_error_share: Share = knob(0.0, "orders that the supplier fails on once", "A")
    unknown_sku_share: Share = knob(0.0, "orders of an article that the supplier doesn't know", "A")
    export_invoice_share: Share = knob(0.0, "orders that the supplier exports only with an invoice", "A")
    minimum_order_cents: Count = knob(0, "the least that an order with the supplier costs", "A")
    refuses_split: bool = knob(False, "goods that leave in two parcels must be ordered apart", "A")
    periods: tuple[Period, ...] = knob((), "days that are otherwise: slow weeks, another cut-off", "A")

    def __post_init__(self) -> None:
        Checked.__post_init__(self)
        if self.opens_minute >= self.closes_minute:
            raise ValueError(
                f"Warehouse.opens_minute is {self.opens_minute}, but must be before closes_minute {self.closes_minute}"
            )


@value
class Carriers(Checked):
    """What happens to a parcel after it left."""

    scan_hours: Distribution = knob(Lognormal(20, 0.78), "from handover or declaration to the first scan", "A")
    never_scanned_share: Share = knob(0.01, "parcels that no carrier ever scans", "A")
    online_limit_days: AtLeastOne = knob(5, "working days after which an unscanned number is a false shipment", "1")
    transit_days: Distribution = knob(Lognormal(6.6, 0.89), "from the first scan to the door", "D")
    edit_window_hours: Factor = knob(72.0, "a declared number may be corrected for this long", "1")


@value
class Tokens(Checked):
    """Access to a seller's data: how long it lasts and how it dies."""

    access_hours: Factor = knob(720.0, "an access token lives (30 days)", "1")
    refresh_hours: Factor = knob(4320.0, "a refresh token lives (180 days)", "1")
    refresh_rotates: bool = knob(True, "a refresh replaces the refresh token and kills the old pair", "A")
    refresh_extends: bool = knob(False, "a refresh also renews the refresh token's life", "1")
    revoked_every_days: Distribution = knob(Exponential(180), "a token dies early once in", "A")
    dies_early: bool = knob(False, "early deaths happen at all", "A")
    code_minutes: Factor = knob(30.0, "an authorization code lives", "1")


@value
class Mip(Checked):
    """The integration platform between marketplace and supplier."""

    import_every_minutes: AtLeastOne = knob(15, "orders are imported every", "A")
    push_every_minutes: AtLeastOne = knob(30, "tracking is pushed every", "A")
    import_window_hours: Factor = knob(24.0, "an import looks back at most", "A")
    overlap_minutes: Count = knob(120, "an import looks back before the last one by", "1")
    tracking_hours: Distribution = knob(Lognormal(6, 0.6), "from handover until the number is known", "A")
    push_timeout_seconds: AtLeastOne = knob(60, "it waits for the answer to a push", "A")
    push_lost_share: Share = knob(0.0, "pushes that never reach the marketplace", "A")
    push_answer_lost_share: Share = knob(0.0, "pushes that reach it and whose answer never comes", "A")
    refreshes_token: bool = knob(True, "it refreshes its access token while the refresh token lives", "A")
    refresh_early_hours: Amount = knob(24.0, "it refreshes so long before the access token ends", "A")
    token_age_days: Amount = knob(0.0, "age of its authorisation when the market opens", "A")
    token_warning_hours: Amount = knob(72.0, "it warns this long before its access ends for good", "A")
    stalled_after_minutes: Count = knob(60, "it says that imports stall when none worked for this long", "A")
    webhook_retry_minutes: Annotated[tuple[Factor, ...], MaxLen(20)] = knob(
        (1.0, 5.0, 30.0, 120.0, 720.0), "waits after a webhook's first, second, ... failed attempt", "A"
    )
    wallet_cents: Count | None = knob(None, "money with the supplier at the opening; none: it never runs out", "A")

    def __post_init__(self) -> None:
        Checked.__post_init__(self)
        if (unanswered := self.push_lost_share + self.push_answer_lost_share) > 1:
            raise ValueError(
                f"Mip.push_lost_share and Mip.push_answer_lost_share are {unanswered:g} together, but must be at most "
                "1: a push that is lost has no answer to lose"
            )


@value
class Wire(Checked):
    """How strictly calls are read."""

    strict_timestamp: bool = knob(False, "only market time makes a timestamp fresh; else real time does too", "A")
    skew_seconds: Count = knob(600, "how far a GMT+8 timestamp may be off", "C")
    rest_skew_seconds: Count = knob(7200, "how far an epoch timestamp may be off", "C")
    page_size_limit: AtLeastOne = knob(50, "largest page of the order list", "C")
    list_range_days: AtLeastOne = knob(180, "longest range of creation that an order list takes", "1")
    finished_range_days: AtLeastOne = knob(30, "the same where finished orders are asked for", "1")
    in_cancel_wrong_share: Share = knob(0.0, "orders that a list of IN_CANCEL misses, or still has", "1")
    refuses_unknown_parameters: bool = knob(True, "a parameter that a method doesn't have is an error", "A")
    masks_buyers: bool = knob(False, "names, streets and phones are masked until decrypted", "1")
    app_calls_per_day: AtLeastOne | None = knob(None, "calls of one app in a Beijing day; more block it", "1")
    method_calls_per_second: AtLeastOne | None = knob(None, "calls of one method in a second, of all apps", "1")
    app_method_calls_per_second: AtLeastOne | None = knob(None, "calls of one method in a second, of one app", "1")
    ban_seconds: AtLeastOne = knob(1, "a ban for calling too often in a second lasts", "1")


@value
class Settings(Checked):
    """A market's settings."""

    sellers: Annotated[tuple[str, ...], MinLen(1), MaxLen(100)] = knob(("shop-1",), "seller accounts", "A")
    demand: Demand = field(default=Demand())
    payments: Payments = field(default=Payments())
    review: Review = field(default=Review())
    countdown: Countdown = field(default=Countdown())
    penalties: Penalties = field(default=Penalties())
    buyers: Buyers = field(default=Buyers())
    warehouse: Warehouse = field(default=Warehouse())
    carriers: Carriers = field(default=Carriers())
    tokens: Tokens = field(default=Tokens())
    mip: Mip = field(default=Mip())
    wire: Wire = field(default=Wire())

    def __post_init__(self) -> None:
        Checked.__post_init__(self)
        if len(set(self.sellers)) < len(self.sellers):
            raise ValueError(f"Settings.sellers is {self.sellers!r}, but must name each seller once")
