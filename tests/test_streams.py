"""Named streams: every number can be drawn alone, in a block, again, and has nothing to do with any other."""

from math import sqrt
from statistics import correlation, fmean, pvariance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakemarket.streams import Stream, Streams

DRAWS = 20_000
NOISE = 4 / sqrt(DRAWS)
"""Four standard deviations of a correlation of independent numbers."""


def test_the_bits_are_those_of_the_published_generator() -> None:
    # SplitMix64 with the seed 1234567, as its reference implementation prints it.
    assert [Stream(1234567).bits(index) for index in range(5)] == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


@given(seed=st.integers(), first=st.integers(-(2**70), 2**70), count=st.integers(0, 40), purpose=st.text(max_size=5))
def test_a_block_is_the_single_draws(seed: int, first: int, count: int, purpose: str) -> None:
    stream = Streams(seed).stream(purpose)
    assert stream.uniforms(first, count) == [stream.uniform(index) for index in range(first, first + count)]
    assert stream.block(first, count) == [stream.bits(index) for index in range(first, first + count)]


@pytest.mark.parametrize("count", [255, 256, 257, 512, 513])
def test_a_block_of_any_length_is_the_single_draws(count: int) -> None:
    stream = Streams(3).stream("pay")
    assert stream.uniforms(-7, count) == [stream.uniform(index) for index in range(-7, count - 7)]
    assert stream.block(-7, count) == [stream.bits(index) for index in range(-7, count - 7)]


@given(key=st.integers(0, 2**64 - 1), index=st.integers(-(2**70), 2**70))
def test_every_number_lies_in_the_unit_interval(key: int, index: int) -> None:
    assert 0 <= Stream(key).uniform(index) < 1


def test_all_ones_is_still_below_one() -> None:
    class Ones(Stream):
        def bits(self, index: int) -> int:
            return 2**64 - 1

    assert Ones(0).uniform(0) < 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Streams(1).stream("pay"), Streams(2).stream("pay")),
        (Streams(1).stream("pay"), Streams(1).stream("review")),
        (Streams(1).child("a").stream("pay"), Streams(1).child("b").stream("pay")),
        (Streams(1).child("a").stream("pay"), Streams(1).stream("pay")),
        (Streams(1).child("a").child("b").stream("c"), Streams(1).child("b").child("a").stream("c")),
        (Streams(1).child("ab").stream("c"), Streams(1).child("a").stream("bc")),
        (Streams(1).child("1").stream("c"), Streams(11).stream("c")),
    ],
    ids=["seeds", "purposes", "children", "parent", "order of names", "cut between names", "seed and name"],
)
def test_streams_have_nothing_to_do_with_each_other(one: Stream, other: Stream) -> None:
    assert abs(correlation(one.uniforms(0, DRAWS), other.uniforms(0, DRAWS))) < NOISE


@pytest.mark.parametrize("lag", [1, 2, 7, 256, 1 << 20])
def test_the_numbers_of_a_stream_have_nothing_to_do_with_each_other(lag: int) -> None:
    stream = Streams(3).stream("pay")
    assert abs(correlation(stream.uniforms(0, DRAWS), stream.uniforms(lag, DRAWS))) < NOISE


def test_the_numbers_are_spread_evenly() -> None:
    numbers = Streams(5).child("shop-1").stream("arrival").uniforms(773 << 20, DRAWS)
    assert abs(fmean(numbers) - 0.5) < 4 * sqrt(1 / 12 / DRAWS)
    assert abs(pvariance(numbers) - 1 / 12) < 4 * sqrt(1 / 180 / DRAWS)
    cells = 100
    counts = [0] * cells
    for number in numbers:
        counts[int(number * cells)] += 1
    expected = DRAWS / cells
    chi_square = sum((count - expected) ** 2 / expected for count in counts)
    assert abs(chi_square - (cells - 1)) < 4 * sqrt(2 * (cells - 1))


def test_tokens_are_hexadecimal_and_differ_by_everything_they_are_made_from() -> None:
    tokens = [
        Streams(1).token("key", 0),
        Streams(1).token("key", 1),
        Streams(1).token("secret", 0),
        Streams(1).child("apps").token("key", 0),
        Streams(2).token("key", 0),
    ]
    assert len(set(tokens)) == len(tokens)
    assert all(len(bytes.fromhex(token)) == 16 for token in tokens)
    assert len(Streams(1).token("key", 0, digits=8)) == 8
