"""A seller's orders by status: the same to somebody who asks once and to somebody who asks after each change."""

from hypothesis import given
from hypothesis import strategies as st

from fakemarket.rules.status import Status
from fakemarket.settings import Demand, Settings
from fakemarket.streams import Streams
from fakemarket.world.order import Order
from fakemarket.world.shelves import Shelves
from fakemarket.world.world import World

STATUSES = list(Status)[:4]
_WORLD = World(Settings(demand=Demand(orders_per_day=0)), Streams(1), 1_772_409_600)
ORDERS = [_WORLD.place_by_hand("shop-1", lambda drawn: drawn, "test") for _ in range(4)]
moves = st.lists(st.tuples(st.sampled_from(ORDERS), st.sampled_from(STATUSES), st.booleans()), max_size=40)


@given(moves=moves)
def test_orders_stand_by_how_long_they_have_been_in_their_status(moves: list[tuple[Order, Status, bool]]) -> None:
    shelves = Shelves()
    stand: dict[Status, list[Order]] = {status: [] for status in STATUSES}
    for number, (order, status, asks) in enumerate(moves):
        moved = order not in stand[status]
        if moved:
            for others in stand.values():
                if order in others:
                    others.remove(order)
            stand[status].append(order)
        order.status = status
        write_down = shelves.move if moved else shelves.stay
        write_down(order, number)
        if asks:
            assert [list(shelves.of(each).values()) for each in STATUSES] == list(stand.values())
    assert [list(shelves.of(each).values()) for each in STATUSES] == list(stand.values())
    assert shelves.changes == len(moves)
