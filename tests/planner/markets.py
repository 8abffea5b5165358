"""Random markets for comparing the planner's engine with the world: small, and odd wherever a setting may be odd."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from fakemarket.distributions import (
    Constant,
    Distribution,
    Empirical,
    Exponential,
    Lognormal,
    QuickOrSlow,
    Triangular,
    Uniform,
)
from fakemarket.rules.deadlines import Anchor, DeadlineClock, ExtensionWindow
from fakemarket.settings import (
    Buyers,
    Calendar,
    Countdown,
    Demand,
    Mip,
    Payments,
    Peak,
    Period,
    Review,
    Settings,
    Tokens,
    Warehouse,
)
from redclock.planner.replication import Horizon

ZONES = ("Europe/Madrid", "America/Los_Angeles", "UTC", "Asia/Shanghai", "Australia/Lord_Howe", "America/Sao_Paulo")
CALENDARS = (
    *(Calendar(), Calendar("ES", "VC"), Calendar("US"), Calendar("DE", "BY"), Calendar("CN")),
    Calendar(weekend=(6,), closed=tuple(date(2026, month, 2) for month in range(1, 13))),
)

share = st.sampled_from([0.0, 0.0, 0.05, 0.3, 1.0])
rare = st.sampled_from([0.0, 0.0, 0.05, 0.3])
seldom = st.sampled_from([0.0, 0.0, 0.0, 0.05])
minute = st.one_of(st.integers(0, 1440), st.sampled_from([0, 540, 840, 1050, 1080, 1440]))


def spans(most: float) -> st.SearchStrategy[Distribution]:
    """Distributions of up to about `most`, among them those that bring ties and those that bring nothing."""
    positive = st.floats(0.01 * most, most)
    return st.one_of(
        st.sampled_from([0.0, most / 8, most / 4, most / 2]).map(Constant),
        st.tuples(positive, positive).map(lambda ends: Uniform(min(ends), max(ends))),
        st.tuples(positive, positive, positive).map(lambda it: Triangular(min(it), sorted(it)[1], max(it))),
        positive.map(lambda mean: Exponential(mean / 3)),
        st.builds(Lognormal, positive.map(lambda it: it / 3), st.sampled_from([0.0, 0.4, 0.9])),
        st.lists(positive, min_size=3, max_size=3).map(lambda it: Empirical((0, 0.3, 0.9, 1), (0, *sorted(it)))),
        st.builds(QuickOrSlow, st.just(0.7), positive.map(lambda it: it / 9), st.just(0.5), st.just(0.0), positive),
    )


@st.composite
def questions(draw: Any) -> tuple[Settings, Horizon, tuple[int, ...]]:
    """A market, the days that count, and some preparation times."""
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(
        days=draw(st.integers(0, 720)), minutes=draw(st.sampled_from([0, 0, 0, 431, 1439]))
    )
    day = start.date()
    horizon = Horizon(int(start.timestamp()), draw(st.integers(0, 3)), draw(st.integers(1, 5)))

    def days(kind: Any, **more: Any) -> Any:
        first = day + timedelta(draw(st.integers(-1, 8)))
        return kind(first_day=first, last_day=first + timedelta(draw(st.integers(0, 9))), **more)

    peaks = tuple(Peak(_soon(draw, day), (3.0, 2.0)) for _ in range(draw(st.integers(0, 1))))
    extensions = tuple(days(ExtensionWindow, name="sale", extra_days=3) for _ in range(draw(st.integers(0, 2))))
    cutoffs = st.one_of(st.none(), minute)
    periods = tuple(
        days(Period, slowdown=draw(st.sampled_from([0.01, 0.7, 1.0, 1.9, 3.0])), cutoff_minute=draw(cutoffs))
        for _ in range(draw(st.integers(0, 2)))
    )
    hours = st.lists(minute, min_size=2, max_size=2, unique=True).map(sorted)
    opens, closes = draw(st.one_of(st.just([540, 1080]), st.just([0, 1440]), hours))
    settings = Settings(
        sellers=draw(st.sampled_from([("a",), ("a",), ("b", "a"), ("z", "m", "a")])),
        demand=draw(
            st.builds(
                Demand,
                orders_per_day=st.sampled_from([1.0, 6.0, 15.0, 40.0]),
                day_cv=st.sampled_from([0.0, 0.25, 1.0]),
                peaks=st.just(peaks),
                zone=st.sampled_from(ZONES),
                several_products_share=share,
                weekday_shares=st.sampled_from([(1.0,) * 7, (1.0, 0.0, 3.0, 1.0, 0.0, 2.0, 1.0)]),
                hour_shares=st.sampled_from([(1.0,) * 24, (0.0,) * 9 + (2.0, 0.0, 1.0) + (0.0,) * 12]),
            )
        ),
        payments=draw(
            st.builds(
                Payments,
                failure_share=share,
                retry_success_share=share,
                retries=st.integers(0, 3),
                never_share=rare,
                offline_share=share,
                delay_minutes=spans(60),
                retry_minutes=spans(600),
                processing_minutes=spans(30),
                confirm_money_hours=spans(30),
                unpaid_close_hours=st.sampled_from([0.001, 0.5, 24, 480]),
            )
        ),
        review=draw(
            st.builds(
                Review,
                hours=spans(24),
                rejected_share=rare,
                hold_share=rare,
                appeal_passes_share=share,
                appeal_hours=spans(60),
            )
        ),
        countdown=draw(
            st.builds(
                Countdown,
                anchor=st.sampled_from(Anchor),
                count_anchor_day=st.booleans(),
                deadline_clock=st.sampled_from(DeadlineClock),
                zone=st.sampled_from(ZONES),
                calendar=st.sampled_from(CALENDARS),
                grace_minutes=st.sampled_from([0, 0, 5, 60]),
                pauses_in_cancel=st.booleans(),
                extensions=st.just(extensions),
            )
        ),
        buyers=draw(
            st.builds(
                Buyers,
                cancel_share=rare,
                cancel_hours=spans(60),
                cancel_answer_hours=st.sampled_from([0.001, 12, 48, 72]),
                frozen_share=rare,
                frozen_hours=spans(72),
            )
        ),
        warehouse=draw(
            st.builds(
                Warehouse,
                calendar=st.sampled_from(CALENDARS),
                zone=st.sampled_from(ZONES),
                opens_minute=st.just(opens),
                closes_minute=st.just(closes),
                cutoff_minute=minute,
                pickup_minute=minute,
                packers=st.integers(1, 6),
                preparation_working_days=st.one_of(spans(0.5), spans(3)),
                packing_minutes=st.one_of(spans(8), spans(40)),
                split_share=share,
                second_parcel_working_days=spans(2),
                out_of_stock_share=seldom,
                bad_address_share=seldom,
                bad_postcode_share=seldom,
                no_carrier_share=seldom,
                supplier_error_share=seldom,
                unknown_sku_share=seldom,
                export_invoice_share=seldom,
                refuses_split=st.booleans(),
                periods=st.just(periods),
            )
        ),
        tokens=draw(
            st.builds(
                Tokens,
                access_hours=st.sampled_from([0.5, 100, 720, 720]),
                refresh_hours=st.sampled_from([10, 200, 4320, 4320]),
                refresh_rotates=st.booleans(),
                refresh_extends=st.booleans(),
                revoked_every_days=st.sampled_from([Exponential(5), Exponential(60), Uniform(1, 4)]),
                dies_early=st.sampled_from([False, False, True]),
            )
        ),
        mip=draw(
            st.builds(
                Mip,
                import_every_minutes=st.sampled_from([1, 15, 60, 720]),
                push_every_minutes=st.sampled_from([1, 7, 30, 60, 360]),
                import_window_hours=st.sampled_from([0.1, 24, 24]),
                overlap_minutes=st.sampled_from([0, 120]),
                tracking_hours=spans(12),
                refreshes_token=st.sampled_from([True, True, False]),
                refresh_early_hours=st.sampled_from([0, 24]),
                token_age_days=st.sampled_from([0, 0, 0, 3, 29]),
            )
        ),
    )
    preparation_days = tuple(sorted(draw(st.sets(st.integers(1, 9), min_size=1, max_size=3))))
    return settings, horizon, preparation_days


def _soon(draw: Any, day: date) -> date:
    return day + timedelta(int(draw(st.integers(0, 6))))


@st.composite
def busy_questions(draw: Any) -> tuple[Settings, Horizon, tuple[int, ...]]:
    """A market that is usual but for its packers, who have about as much to do as they can: the queue decides."""
    orders, packers = draw(st.sampled_from([(40.0, 1), (60.0, 2), (80.0, 2)])), draw(st.floats(0.7, 1.3))
    minutes = 540 * 5 / 7 * orders[1] / orders[0] / packers
    start = datetime(2026, 2, 2, tzinfo=UTC) + timedelta(days=draw(st.integers(0, 60)))
    settings = Settings(
        sellers=draw(st.sampled_from([("a",), ("b", "a")])),
        demand=Demand(orders_per_day=orders[0], several_products_share=0.2),
        warehouse=Warehouse(
            packers=orders[1],
            packing_minutes=Lognormal(minutes * 0.8, 0.6),
            preparation_working_days=draw(st.sampled_from([Constant(1), Triangular(0.5, 1.0, 2.5)])),
        ),
        buyers=Buyers(cancel_share=0.02, frozen_share=0.05),
        mip=Mip(tracking_hours=draw(st.sampled_from([Constant(6), Lognormal(6, 0.6)]))),
    )
    return settings, Horizon(int(start.timestamp()), 2, 4), (3, 4, 6)
