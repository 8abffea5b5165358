"""The platform's rounds: what they import and what they miss, with a live token and a dead one."""

from collections.abc import Callable
from typing import Any

import pytest

from fakemarket.rules.status import EndReason, Move, Status
from fakemarket.settings import Demand, Mip, Settings, Tokens
from fakemarket.streams import Streams
from fakemarket.world.mip_order import MipStatus
from fakemarket.world.order import Order
from fakemarket.world.tokens import MIP_APP, Refused
from fakemarket.world.world import World

Open = Callable[..., World]
Place = Callable[..., Order]
Events = Callable[..., list[Any]]
MINUTE, HOUR, DAY = 60, 3600, 86_400
SELLER = "shop-1"


def imported_at(world: World, order: Order) -> int | None:
    mirror = world.mip.orders.get(order.id)
    return mirror.imported_at - world.start_at if mirror else None


# Rounds


@pytest.mark.parametrize(("placed", "found"), [(0, 900), (899, 900), (900, 1800), (901, 1800)])
def test_an_order_is_imported_with_the_next_round(open_world: Open, place: Place, placed: int, found: int) -> None:
    world = open_world()
    world.advance_to(world.start_at + placed)
    order = place(world)
    world.advance_to(world.start_at + DAY)
    assert imported_at(world, order) == found


def test_an_arrival_in_the_second_of_a_round_is_not_lost_without_any_overlap() -> None:
    market = Settings(demand=Demand(orders_per_day=400), mip=Mip(import_every_minutes=1, overlap_minutes=0))
    world = World(market, Streams(1), 1_772_409_600)
    world.advance_to(world.start_at + 3 * DAY + 60)
    assert any(order.placed_at % 60 == 0 for order in world.orders.values())
    for order in world.orders.values():
        if order.placed_at < world.now - 60:
            assert 0 <= world.mip.orders[order.id].imported_at - order.placed_at <= 60


@pytest.mark.parametrize("review_minutes", [10, 15, 20])
def test_a_round_sees_what_happens_in_its_own_second_however_long_ago_it_was_certain(
    open_world: Open, place: Place, events: Events, review_minutes: int
) -> None:
    """Whether an order accepted at 9:45 or a number known then waits for a round hangs on no other length of time."""
    world = open_world()
    review = {"attempts_seconds": (0,), "processing_seconds": 0, "review_seconds": review_minutes * MINUTE}
    world.advance_to(world.start_at + (45 - review_minutes) * MINUTE)
    order = place(world, **review)
    frozen = place(world, **review, freeze_after_seconds=0, freeze_seconds=60 * MINUTE)
    world.advance_to(world.start_at + 45 * MINUTE)
    assert order.accepted_at == frozen.accepted_at == world.now
    assert [event.at for event in events(world, order, "sent_to_supplier")] == [world.now]
    assert frozen.status is Status.IN_FROZEN
    assert events(world, frozen, "sent_to_supplier") == []


def test_rounds_keep_to_their_grid_and_the_channel_knows_the_last_one(open_world: Open, place: Place) -> None:
    world = open_world(mip=Mip(import_every_minutes=20, push_every_minutes=50))
    channel = world.mip.channels[SELLER]
    assert (channel.last_import_at, channel.last_push_at) == (None, None)
    world.advance_to(world.start_at + 59 * MINUTE + 59)
    assert channel.last_import_at == channel.last_successful_import_at == world.start_at + 40 * MINUTE
    world.advance_to(world.start_at + 60 * MINUTE)
    assert channel.last_import_at == world.start_at + 60 * MINUTE
    place(world)
    world.advance_to(world.start_at + 10 * DAY)
    assert channel.last_push_at is not None
    assert (channel.last_push_at - world.start_at) % (50 * MINUTE) == 0


def test_an_order_of_any_status_is_mirrored_and_sent_once_it_is_accepted(
    open_world: Open, place: Place, events: Events
) -> None:
    world = open_world()
    order = place(world, attempts_seconds=(2 * HOUR,), review_seconds=3 * HOUR)
    world.advance_to(world.start_at + 4 * HOUR)
    mirror = world.mip.orders[order.id]
    assert (mirror.status, mirror.marketplace_status, mirror.ship_by_at) == (
        MipStatus.IMPORTED,
        Status.RISK_CONTROL,
        None,
    )
    world.advance_to(world.start_at + 6 * HOUR)
    assert (mirror.status, mirror.marketplace_status) == (MipStatus.SENT_TO_SUPPLIER, Status.WAIT_SELLER_SEND_GOODS)
    assert (mirror.paid_at, mirror.ship_by_at) == (order.paid_at, order.ship_by_at)
    assert len(events(world, order, "imported")) == len(events(world, order, "sent_to_supplier")) == 1


def test_an_order_that_ends_before_it_was_sent_is_closed(open_world: Open, place: Place) -> None:
    world = open_world()
    order = place(world, pays=False, gives_up_seconds=HOUR)
    world.advance_to(world.start_at + 2 * HOUR)
    assert world.mip.orders[order.id].status is MipStatus.CLOSED


def test_a_new_end_of_the_countdown_reaches_the_mirror(open_world: Open, place: Place) -> None:
    world = open_world()
    # Frozen and released between two rounds, so that the status looks as it did.
    order = place(world, out_of_stock=True, freeze_after_seconds=HOUR, freeze_seconds=60)
    world.advance_to(world.start_at + HOUR)
    mirror = world.mip.orders[order.id]
    first = mirror.ship_by_at
    assert first is not None
    world.advance_to(world.start_at + 3 * HOUR)
    assert mirror.ship_by_at == order.ship_by_at == first + 60


# What rounds miss


def without_token(world: World, from_at: int, until_at: int) -> None:
    """The platform's token is dead from one instant to another."""
    world.advance_to(from_at)
    world.tokens.revoke(MIP_APP, SELLER, cause="test")
    world.advance_to(until_at)
    world.mip.reset_credentials(SELLER, cause="test")


@pytest.mark.parametrize(("later_seconds", "found"), [(-1, False), (0, True), (1, True)])
def test_after_a_long_outage_a_round_looks_back_its_window_and_no_further(
    open_world: Open, place: Place, later_seconds: int, found: bool
) -> None:
    world = open_world()
    back_at = world.start_at + 5 * DAY
    without_token(world, world.start_at + HOUR, back_at - DAY + later_seconds)
    world.tokens.revoke(MIP_APP, SELLER, cause="test")
    # Placed and never touched again, a day before the first round that works.
    order = place(world, pays=False, attempts_seconds=())
    world.advance_to(back_at - 60)
    world.mip.reset_credentials(SELLER, cause="test")
    world.advance_to(back_at + DAY)
    assert world.mip.channels[SELLER].consecutive_errors == 0
    assert imported_at(world, order) == (5 * DAY if found else None)


def test_after_a_short_outage_nothing_is_lost(open_world: Open, place: Place) -> None:
    world = open_world()
    world.advance_to(world.start_at + DAY)
    world.tokens.revoke(MIP_APP, SELLER, cause="test")
    order = place(world)
    without_token(world, world.now, world.now + 20 * HOUR)
    world.advance_to(world.now + HOUR)
    assert imported_at(world, order) is not None


@pytest.mark.parametrize(("later_seconds", "found"), [(-1, False), (0, True), (1, True)])
def test_each_round_looks_back_before_the_last_one_by_the_overlap(
    open_world: Open, place: Place, later_seconds: int, found: bool
) -> None:
    world = open_world(mip=Mip(overlap_minutes=120))
    last_round_at = world.start_at + 10 * HOUR
    world.advance_to(last_round_at - 2 * HOUR + later_seconds)
    order = place(world, pays=False, attempts_seconds=())
    world.mip.skips = lambda _: True
    world.advance_to(last_round_at)
    world.mip.skips = lambda _: False
    world.advance_to(world.start_at + 20 * HOUR)
    assert imported_at(world, order) == (10 * HOUR + 900 if found else None)


def test_a_skipped_order_is_never_imported_by_rounds_but_by_hand(open_world: Open, place: Place) -> None:
    world = open_world()
    skipped, other = place(world), place(world)
    world.mip.skips = lambda order: order is skipped
    world.advance_to(world.start_at + 10 * HOUR)
    assert (imported_at(world, skipped), imported_at(world, other)) == (None, 900)
    assert world.mip.import_window(SELLER, world.start_at, world.now, cause="test") == 1
    assert imported_at(world, skipped) == 10 * HOUR
    assert world.mip.orders[skipped.id].status is MipStatus.SENT_TO_SUPPLIER


@pytest.mark.parametrize(("from_late", "until_late", "found"), [(0, 0, 1), (1, 0, 0), (0, -1, 0), (-1, 1, 1)])
def test_an_import_by_hand_takes_both_ends_of_its_window(
    open_world: Open, place: Place, from_late: int, until_late: int, found: int
) -> None:
    world = open_world()
    world.mip.skips = lambda _: True
    world.advance_to(world.start_at + HOUR)
    changed_at = place(world, pays=False, attempts_seconds=()).modified_at
    world.advance_to(world.start_at + DAY)
    window = (changed_at + from_late, changed_at + until_late)
    assert world.mip.import_window(SELLER, *window, cause="test") == found


# The token


def test_a_dead_token_makes_rounds_fail_and_nobody_but_the_ledger_hears_of_it_once(
    open_world: Open, place: Place
) -> None:
    world = open_world()
    channel = world.mip.channels[SELLER]
    without_token(world, world.start_at + HOUR, world.start_at + 5 * HOUR)
    order = place(world)
    assert (channel.consecutive_errors, channel.last_error) == (16, "IllegalAccessToken")
    assert channel.last_import_at == world.start_at + 5 * HOUR
    assert channel.last_successful_import_at == world.start_at + HOUR
    assert not world.mip.orders
    world.advance_to(world.start_at + 10 * HOUR)
    assert (channel.consecutive_errors, channel.last_error) == (0, "")
    assert imported_at(world, order) == 5 * HOUR + 900
    health = [(str(event.what), event.at - world.start_at) for event in world.ledger if str(event.what)[:4] == "mip_"]
    assert health == [("mip_failing", HOUR + 900), ("mip_recovered", 5 * HOUR + 900)]


def test_parcels_of_imported_orders_leave_while_the_token_is_dead_and_their_numbers_wait(
    open_world: Open, place: Place, events: Events
) -> None:
    world = open_world()
    order = place(world)
    world.advance_to(world.start_at + HOUR)
    world.tokens.revoke(MIP_APP, SELLER, cause="test")
    world.advance_to(world.start_at + 3 * DAY)
    assert events(world, order, "handed_over")
    assert world.mip.orders[order.id].status is MipStatus.TRACKING_PENDING
    assert order.status is Status.WAIT_SELLER_SEND_GOODS
    world.mip.reset_credentials(SELLER, cause="test")
    world.advance_to(world.start_at + 3 * DAY + 30 * MINUTE)
    assert (order.sent_at, world.mip.orders[order.id].status) == (world.now, MipStatus.TRACKING_PUSHED)


def refreshes(world: World) -> list[float]:
    """Hours after the start at which the platform refreshed its token."""
    return [(event.at - world.start_at) / HOUR for event in world.ledger.named("token_refreshed")]


def test_it_refreshes_its_token_a_day_before_it_ends_and_never_fails(open_world: Open) -> None:
    world = open_world()
    world.advance_to(world.start_at + 100 * DAY)
    assert refreshes(world) == [29 * 24, 58 * 24, 87 * 24]
    assert not world.ledger.named("mip_failing")


def test_how_early_it_refreshes_is_a_setting(open_world: Open) -> None:
    world = open_world(mip=Mip(refresh_early_hours=72))
    world.advance_to(world.start_at + 30 * DAY)
    assert refreshes(world) == [27 * 24]


def test_it_refreshes_its_token_before_it_would_warn_of_its_end_too(open_world: Open) -> None:
    world = open_world(mip=Mip(refresh_early_hours=72, token_warning_hours=0))
    world.advance_to(world.start_at + 30 * DAY)
    assert refreshes(world) == [27 * 24]


def test_a_token_that_lives_for_hours_is_kept_for_half_its_life(open_world: Open) -> None:
    world = open_world(tokens=Tokens(access_hours=10))
    world.advance_to(world.start_at + 21 * HOUR)
    assert refreshes(world) == [5, 10, 15, 20]


def test_when_the_refresh_token_is_over_too_the_platform_stops(open_world: Open) -> None:
    world = open_world(tokens=Tokens(access_hours=48, refresh_hours=100))
    world.advance_to(world.start_at + 300 * HOUR)
    channel = world.mip.channels[SELLER]
    assert refreshes(world) == [24, 48, 72, 96]
    assert channel.consecutive_errors > 0
    (failing,) = world.ledger.named("mip_failing")
    assert failing.at == world.start_at + 144 * HOUR
    assert world.mip.import_window(SELLER, 0, world.now, cause="test") is Refused.EXPIRED


def test_a_platform_that_does_not_refresh_stops_when_the_token_ends(open_world: Open, place: Place) -> None:
    world = open_world(mip=Mip(refreshes_token=False, token_age_days=29))
    world.advance_to(world.start_at + DAY - 1)
    assert world.mip.channels[SELLER].consecutive_errors == 0
    order = place(world)
    world.advance_to(world.start_at + 10 * DAY)
    assert not refreshes(world)
    assert imported_at(world, order) is None
    assert order.end_reason is EndReason.SELLER_SEND_GOODS_TIMEOUT


def test_a_round_finds_what_it_would_find_if_it_looked_at_all_of_the_overlap_again() -> None:
    """Half of the orders are seen late, some are paid back in part, some canceled: all that rounds look back for."""

    def history(*, looks_back: bool) -> tuple[str, list[object]]:
        settings = Settings(sellers=("one", "two"), demand=Demand(orders_per_day=60), mip=Mip(overlap_minutes=90))
        world = World(settings, Streams(3), 1_772_409_600)
        world.mip.skips = lambda order: order.id // 10 % 2 == 0 and world.now < order.modified_at + 50 * MINUTE
        for step in range(4 * 24 * 5):
            world.advance_to(world.start_at + step * 15 * MINUTE + 14 * MINUTE)
            if looks_back:
                for channel in world.mip.channels.values():
                    channel.looks_back = True
            sent = [it for it in world.mip.changes(status=MipStatus.SENT_TO_SUPPLIER) if it.lines[0].quantity == 2]
            if (
                sent
                and sent[-1].order.status is Status.WAIT_SELLER_SEND_GOODS
                and sent[-1].lines is sent[-1].order.lines
            ):
                world.force(sent[-1].order, Move.PARTIAL_REFUND, "test")
            if step % 10 == 0 and sent:
                world.mip.cancel(sent[-1], cause="test")
        assert world.ledger.named("lines_changed")
        return world.ledger.digest(), [*world.mip.journal.page(0, 10**6)[0]]

    assert history(looks_back=False) == history(looks_back=True)


# Queries


def test_every_order_is_found_by_its_last_change_and_by_its_status() -> None:
    world = World(Settings(demand=Demand(orders_per_day=30)), Streams(1), 1_772_409_600)
    for _ in range(8):
        world.advance_to(world.now + DAY)
        changes = list(world.mip.changes())
        assert [mirror.order.id for mirror in changes] == [
            mirror.order.id for mirror in sorted(world.mip.orders.values(), key=lambda it: it.version)
        ]
        assert [mirror.updated_at for mirror in changes] == sorted(mirror.updated_at for mirror in changes)
        for status in MipStatus:
            assert list(world.mip.changes(status=status)) == [it for it in changes if it.status is status]
        cut = changes[len(changes) // 2]
        assert list(world.mip.changes(after=cut.version)) == [it for it in changes if it.version > cut.version]
        since = [it for it in changes if it.updated_at >= cut.updated_at]
        assert list(world.mip.changes(since_at=cut.updated_at)) == since


def test_who_asks_once_is_told_the_same_as_who_asks_all_the_time() -> None:
    world, asked = (World(Settings(demand=Demand(orders_per_day=30)), Streams(1), 1_772_409_600) for _ in range(2))
    world.advance_to(world.now + 8 * DAY)
    while asked.now < world.now:
        asked.advance_to(asked.now + 20 * MINUTE)
        for status in MipStatus:
            list(asked.mip.changes(status=status))
    for status in MipStatus:
        told = [it.id for it in world.mip.changes(status=status)]
        assert told == [it.id for it in asked.mip.changes(status=status)]
