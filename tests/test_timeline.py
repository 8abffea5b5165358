"""Market time is one straight line over real time and never goes back."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemarket.timeline import END_AT, NoSuchTime, Timeline, TimeRunsForward

START_AT = 1_772_409_600


class Watch:
    """A monotonic clock in the test's hand."""

    def __init__(self) -> None:
        self.seconds = 1234.5

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch() -> Watch:
    return Watch()


def test_time_stands_still_at_rate_zero(watch: Watch) -> None:
    timeline = Timeline(START_AT, monotonic=watch)
    watch.seconds += 1e6
    assert (timeline.now(), timeline.rate) == (START_AT, 0)


@pytest.mark.parametrize(("rate", "real_seconds", "passed"), [(1, 10, 10), (1, 0.999, 0), (60, 2.5, 150), (0.5, 7, 3)])
def test_market_time_passes_at_the_rate(watch: Watch, rate: float, real_seconds: float, passed: int) -> None:
    timeline = Timeline(START_AT, rate=rate, monotonic=watch)
    watch.seconds += real_seconds
    assert timeline.now() == START_AT + passed


def test_time_starts_at_its_start_and_not_at_the_real_clock(watch: Watch) -> None:
    assert Timeline(START_AT, rate=86_400, monotonic=watch).now() == START_AT


@pytest.mark.parametrize("rate", [0, 1, 60])
def test_a_jump_leads_there_and_time_goes_on_from_it_at_the_same_rate(watch: Watch, rate: float) -> None:
    timeline = Timeline(START_AT, rate=rate, monotonic=watch)
    watch.seconds += 5
    timeline.jump_to(START_AT + 10_000)
    assert timeline.now() == START_AT + 10_000
    watch.seconds += 3
    assert timeline.now() == START_AT + 10_000 + 3 * rate


@pytest.mark.parametrize("rate", [0, 1])
@pytest.mark.parametrize(("by_seconds", "allowed"), [(-1, False), (0, True), (1, True)])
def test_a_jump_may_stay_but_not_go_back(watch: Watch, rate: float, by_seconds: int, allowed: bool) -> None:
    timeline = Timeline(START_AT, rate=rate, monotonic=watch)
    watch.seconds += 100
    now = timeline.now()
    if allowed:
        timeline.jump_to(now + by_seconds)
        assert timeline.now() == now + by_seconds
    else:
        with pytest.raises(TimeRunsForward, match=f"market time is {now} and cannot go back to {now - 1}"):
            timeline.jump_to(now + by_seconds)
        assert timeline.now() == now


@pytest.mark.parametrize("rate", [0, 1e7])
def test_time_can_pass_by_an_amount_however_fast_it_runs(rate: float) -> None:
    class Running(Watch):
        """A clock that goes on while it is read."""

        def __call__(self) -> float:
            self.seconds += 1e-3
            return self.seconds

    timeline = Timeline(START_AT, rate=rate, monotonic=Running())
    timeline.jump_by(0)
    timeline.jump_by(60)
    assert timeline.now() >= START_AT + 60
    with pytest.raises(TimeRunsForward, match="cannot go back"):
        timeline.jump_by(-1)


def test_another_rate_holds_from_the_present_moment_on(watch: Watch) -> None:
    timeline = Timeline(START_AT, rate=10, monotonic=watch)
    watch.seconds += 6
    timeline.set_rate(0)
    watch.seconds += 1000
    assert timeline.now() == START_AT + 60
    timeline.set_rate(2)
    assert timeline.now() == START_AT + 60
    watch.seconds += 4
    assert (timeline.now(), timeline.rate) == (START_AT + 68, 2)


def test_no_rate_runs_backwards(watch: Watch) -> None:
    with pytest.raises(TimeRunsForward, match="a rate of -1 would run market time backwards"):
        Timeline(START_AT, rate=-1, monotonic=watch)
    timeline = Timeline(START_AT, rate=1, monotonic=watch)
    with pytest.raises(TimeRunsForward, match=r"a rate of -0\.5 would"):
        timeline.set_rate(-0.5)
    assert timeline.rate == 1


@given(
    steps=st.lists(
        st.one_of(
            st.tuples(st.just("wait"), st.floats(0, 1e6)),
            st.tuples(st.just("jump"), st.floats(0, 1e6)),
            st.tuples(st.just("rate"), st.floats(0, 1e5)),
        ),
        max_size=30,
    )
)
def test_market_time_never_goes_back_whatever_is_done(steps: list[tuple[str, float]]) -> None:
    watch = Watch()
    timeline = Timeline(START_AT, rate=1, monotonic=watch)
    last_at = START_AT
    for what, amount in steps:
        if what == "wait":
            watch.seconds += amount
        elif what == "jump":
            timeline.jump_to(min(timeline.now() + int(amount), END_AT))
        else:
            timeline.set_rate(amount)
        assert timeline.now() >= last_at
        last_at = timeline.now()


def test_a_held_clock_stands_still_and_makes_up_for_it(watch: Watch) -> None:
    timeline = Timeline(START_AT, rate=60, monotonic=watch)
    watch.seconds += 1
    with timeline.held():
        watch.seconds += 2
        assert timeline.now() == START_AT + 60
        with timeline.held():
            assert timeline.now() == START_AT + 60
        watch.seconds += 2
        assert timeline.now() == START_AT + 60
    assert timeline.now() == START_AT + 5 * 60


def test_a_held_clock_can_be_jumped_on(watch: Watch) -> None:
    timeline = Timeline(START_AT, rate=1, monotonic=watch)
    with timeline.held():
        timeline.jump_by(100)
        watch.seconds += 5
        assert timeline.now() == START_AT + 100
    assert timeline.now() == START_AT + 105


def test_holding_many_times_loses_no_part_of_a_second(watch: Watch) -> None:
    timeline = Timeline(START_AT, rate=1, monotonic=watch)
    for _ in range(8):
        with timeline.held():
            watch.seconds += 0.5
    assert timeline.now() == START_AT + 4


@pytest.mark.parametrize("rate", [0, 60])
def test_a_recorded_moment_can_be_held_again_even_an_earlier_one(watch: Watch, rate: float) -> None:
    timeline = Timeline(START_AT, rate=rate, monotonic=watch)
    watch.seconds += 10
    for at in (START_AT + 7, START_AT + 9):
        with timeline.held(at):
            assert timeline.now() == at
    assert timeline.now() == START_AT + 9
    watch.seconds += 1
    assert timeline.now() == START_AT + 9 + rate


@pytest.mark.parametrize("rate", [0, 3])
def test_a_kept_timeline_goes_on_from_the_moment_at_which_it_was_kept(watch: Watch, rate: float) -> None:
    timeline = Timeline(START_AT, rate=rate, monotonic=watch)
    watch.seconds += 10
    kept = pickle.loads(pickle.dumps(timeline))
    assert kept.rate == rate
    assert 0 <= kept.now() - timeline.now() < 10


@pytest.mark.parametrize(("at", "there"), [(-1, False), (0, True), (END_AT, True), (END_AT + 1, False)])
def test_time_is_from_1970_to_the_beginning_of_2100(at: int, there: bool) -> None:
    if there:
        assert Timeline(at).now() == at
        return
    with pytest.raises(NoSuchTime, match=str(END_AT)):
        Timeline(at)


@pytest.mark.parametrize(("seconds", "there"), [(-1, True), (0, True), (1, False)])
def test_no_jump_leads_beyond_the_end_of_time(seconds: int, there: bool) -> None:
    timeline = Timeline(START_AT)
    if there:
        timeline.jump_to(END_AT + seconds)
        assert timeline.now() == END_AT + seconds
        return
    with pytest.raises(NoSuchTime, match="beginning of 2100"):
        timeline.jump_to(END_AT + seconds)
    assert timeline.now() == START_AT


@pytest.mark.parametrize(("real_seconds", "now"), [(9, END_AT - 1), (10, END_AT), (11, END_AT)])
def test_a_running_clock_stops_at_the_end_of_time(watch: Watch, real_seconds: int, now: int) -> None:
    timeline = Timeline(END_AT - 10, rate=1, monotonic=watch)
    watch.seconds += real_seconds
    assert timeline.now() == now
