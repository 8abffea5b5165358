"""What holds in every market: random seeds and settings, small worlds."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from fakemarket.distributions import Constant, Exponential, Uniform
from fakemarket.faults import Aim, CarrierRefused, Faults, MissingFromImport, TokenDies, WalletEmpty, Window
from fakemarket.rules.deadlines import Anchor, DeadlineClock
from fakemarket.rules.status import BACK, END_REASONS, MOVES, Move, Status
from fakemarket.settings import (
    Buyers,
    Carriers,
    Countdown,
    Demand,
    Mip,
    Payments,
    Penalties,
    Review,
    Settings,
    Tokens,
    Warehouse,
)
from fakemarket.streams import Streams
from fakemarket.world.mip_order import MipStatus, PushStatus
from fakemarket.world.world import World

DAY = 86_400
DAYS = 25
share = st.sampled_from([0.0, 0.1, 0.5, 1.0])
some = st.sampled_from([0.1, 0.5])

markets = st.builds(
    Settings,
    sellers=st.sampled_from([("one",), ("one", "two")]),
    demand=st.builds(Demand, orders_per_day=st.sampled_from([0.5, 3, 8]), several_products_share=share),
    payments=st.builds(
        Payments,
        failure_share=share,
        retries=st.integers(0, 3),
        never_share=some,
        offline_share=share,
        unpaid_close_hours=st.sampled_from([0.5, 24, 480]),
        gives_up_share=share,
    ),
    review=st.builds(
        Review,
        hours=st.sampled_from([Constant(0), Uniform(0, 72)]),
        rejected_share=some,
        hold_share=some,
        appeal_passes_share=share,
    ),
    countdown=st.builds(
        Countdown,
        preparation_days=st.integers(1, 7),
        anchor=st.sampled_from(Anchor),
        deadline_clock=st.sampled_from(DeadlineClock),
        grace_minutes=st.sampled_from([0, 5, 60]),
        pauses_in_cancel=st.booleans(),
    ),
    penalties=st.builds(Penalties, points_per_violation=st.sampled_from([(0,), (1, 2, 3)])),
    buyers=st.builds(
        Buyers,
        cancel_share=some,
        cancel_hours=st.sampled_from([Exponential(30), Constant(0)]),
        frozen_share=some,
        confirm_share=share,
        auto_confirm_days=st.sampled_from([5.0, 90.0]),
        dispute_share=share,
        dispute_refund_share=share,
        fund_hours=st.just(1.0),
        archive_days=st.sampled_from([1.0, 180.0]),
    ),
    warehouse=st.builds(
        Warehouse,
        packers=st.integers(1, 3),
        preparation_working_days=st.sampled_from([Constant(0), Uniform(0, 3), Constant(6)]),
        split_share=share,
        out_of_stock_share=some,
        bad_address_share=share,
    ),
    carriers=st.builds(Carriers, never_scanned_share=some, transit_days=st.just(Exponential(3))),
    tokens=st.builds(
        Tokens,
        access_hours=st.sampled_from([10.0, 100.0, 720.0]),
        refresh_hours=st.sampled_from([200.0, 4320.0]),
        refresh_rotates=st.booleans(),
        refresh_extends=st.booleans(),
        dies_early=st.booleans(),
        revoked_every_days=st.just(Exponential(10)),
    ),
    mip=st.builds(
        Mip,
        import_every_minutes=st.sampled_from([1, 15, 240]),
        push_every_minutes=st.sampled_from([30, 240]),
        overlap_minutes=st.sampled_from([0, 120]),
        refreshes_token=st.booleans(),
        token_age_days=st.sampled_from([0.0, 25.0, 40.0]),
    ),
)


def lived_through(market: Settings, seed: int, faulty: bool, steps: Iterable[int] = ()) -> World:
    world = World(market, Streams(seed), 1_773_000_000)
    if faulty:
        window = Window(world.start_at + 3 * DAY, world.start_at + 9 * DAY)
        trouble = (
            MissingFromImport(Aim(share=0.5)),
            CarrierRefused(Aim(share=0.5, window=window)),
            WalletEmpty(Aim(window=window)),
            TokenDies(window.from_at or 0),
        )
        Faults(trouble, world, lambda _: None)
    for step in steps:
        world.advance_to(world.start_at + step)
    world.advance_to(world.start_at + DAYS * DAY)
    return world


@settings(max_examples=40)
@given(market=markets, seed=st.integers(0, 2**32), faulty=st.booleans())
def test_every_world_keeps_its_laws(market: Settings, seed: int, faulty: bool) -> None:
    world = lived_through(market, seed, faulty)
    time_goes_on(world)
    moves_are_legal_and_orders_are_what_their_events_say(world)
    countdowns_are_kept(world)
    indices_agree_with_a_recount(world)
    supplier_and_platform_agree(world)


@settings(max_examples=10)
@given(market=markets, seed=st.integers(0, 2**32), cuts=st.lists(st.integers(0, DAYS * DAY), max_size=30))
def test_every_world_is_the_same_in_any_steps(market: Settings, seed: int, cuts: list[int]) -> None:
    whole, pieces = (lived_through(market, seed, True, steps) for steps in ((), sorted(cuts)))
    assert whole.ledger.digest() == pieces.ledger.digest()


def time_goes_on(world: World) -> None:
    last = (world.start_at, -1)
    for event in world.ledger:
        assert event.at >= last[0]
        assert event.seq == last[1] + 1
        assert event.at <= world.now
        last = (event.at, event.seq)


def moves_are_legal_and_orders_are_what_their_events_say(world: World) -> None:
    status: dict[int, Status] = {}
    before: dict[int, Status | None] = {}
    changed_at: dict[int, int] = {}
    reason: dict[int, str] = {}
    for event in world.ledger:
        if "to" not in event.facts:
            continue
        assert event.order is not None
        left, to, move = status.get(event.order), Status(event.facts["to"]), Move(event.what)
        assert event.facts.get("from") == left
        target = MOVES[left, move]
        assert to is (before[event.order] if target is BACK else target)
        if to is not left:
            status[event.order], before[event.order] = to, left
        changed_at[event.order] = event.at
        if move in END_REASONS:
            reason[event.order] = END_REASONS[move]
    assert status.keys() == world.orders.keys()
    for order in world.orders.values():
        assert order.status is status[order.id]
        assert order.came_from is before[order.id]
        assert order.modified_at == changed_at[order.id]
        assert order.end_reason == reason.get(order.id)
        assert (order.ended_at is not None) == (order.status in (Status.FINISH, Status.ARCHIVE))


def countdowns_are_kept(world: World) -> None:
    grace = world.settings.countdown.grace_minutes * 60
    ends: dict[int | None, int] = {}
    declared: Counter[int | None] = Counter()
    blamed: Counter[int | None] = Counter()
    for event in world.ledger:
        match event.what:
            case "countdown":
                ends[event.order] = event.facts["ship_by_at"]
            case Move.DECLARE_PART | Move.DECLARE_ALL:
                assert event.at < ends[event.order] + grace
                declared[event.order] += event.what == Move.DECLARE_ALL
            case Move.COUNTDOWN_ENDS:
                # On the second, unless it was over when it began.
                began_at = max(it.at for it in world.ledger.of(event.order or 0) if it.what == "countdown")
                assert event.at == max(ends[event.order] + grace, began_at)
                assert not declared[event.order]
            case "violation":
                blamed[event.order] += 1
            case _:
                pass
    assert all(count == 1 for count in (declared + blamed).values())
    for order in world.orders.values():
        ended = order.end_reason == "seller_send_goods_timeout"
        assert ended == bool(blamed[order.id])
        if order.status in (Status.WAIT_SELLER_SEND_GOODS, Status.SELLER_PART_SEND_GOODS):
            assert order.ship_by_at is not None
            assert order.ship_by_at + grace > world.now, "an order was left behind by its countdown"


def indices_agree_with_a_recount(world: World) -> None:
    for seller in world.settings.sellers:
        own = [order for order in world.orders.values() if order.seller == seller]
        assert list(world.orders_of(seller)) == own
        for status in Status:
            expected = {order.id for order in own if order.status is status}
            assert {order.id for order in world.orders_of(seller, [status])} == expected
        changed = world.changed_between(seller, world.start_at, world.now)
        assert {order.id for order in changed} == {order.id for order in own}
        assert [order.modified_at for order in changed] == sorted(order.modified_at for order in own)
    for stage in MipStatus:
        expected = {it.order.id for it in world.mip.orders.values() if it.status is stage}
        assert {it.order.id for it in world.mip.changes(status=stage)} == expected


def supplier_and_platform_agree(world: World) -> None:
    parcels: dict[int | None, dict[int, list[str]]] = {}
    for event in world.ledger.named("packed", "handed_over"):
        parcels.setdefault(event.order, {}).setdefault(event.facts["parcel"], []).append(str(event.what))
    for number, told in parcels.items():
        order = world.order(number or 0)
        assert len(world.mip.orders[order.id].supplier_orders) == 1
        assert all(steps in (["packed"], ["packed", "handed_over"]) for steps in told.values())
        assert len(told) <= min(len(order.fate.parcels), len(order.lines))
    for event in world.ledger.named("sent_to_supplier"):
        assert event.facts["status"] == Status.WAIT_SELLER_SEND_GOODS
    for mirror in world.mip.orders.values():
        for shipment in mirror.shipments:
            assert shipment.lines
        taken = {it.number for it in mirror.shipments if it.push_status is PushStatus.ACCEPTED}
        assert {declaration.number for declaration in mirror.order.declarations} == taken


def test_disputes_and_freezes_of_everybody_end() -> None:
    buyers = Buyers(dispute_share=1, frozen_share=1, cancel_share=0)
    market = replace(Settings(), demand=Demand(orders_per_day=5), buyers=buyers)
    world = World(market, Streams(1), 1_773_000_000, orders_until_at=1_773_000_000 + 10 * DAY)
    world.advance_to(world.start_at + 200 * DAY)
    assert {order.status for order in world.orders.values()} <= {Status.FINISH, Status.ARCHIVE}
    disputes = Counter(event.order for event in world.ledger.named(Move.OPEN_DISPUTE))
    assert set(disputes.values()) == {1}
