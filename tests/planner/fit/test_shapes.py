"""Distributions made from samples."""

import numpy as np
import pytest

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
from redclock.planner.fit.shapes import Sample, distance, drawn, nearest, observed

KINDS: list[Distribution] = [
    Exponential(3),
    Lognormal(2, 0.6),
    Uniform(1, 4),
    Triangular(0.5, 1, 6),
    QuickOrSlow(0.7, 0.3, 0.5, 4, 24),
]


def sample(*values: float, weights: tuple[float, ...] = ()) -> Sample:
    return Sample.of(np.array(values), np.array(weights or [1.0] * len(values)))


def test_quantiles_are_the_least_values_with_so_much_at_or_below() -> None:
    ten = sample(*range(10, 0, -1))
    assert ten.quantiles((0.0, 0.1, 0.11, 0.5, 1.0)) == [1, 1, 2, 5, 10]
    assert sample(1, 2, weights=(9, 1)).quantiles((0.9, 0.91)) == [1, 2]


def test_the_distance_is_the_widest_gap_between_shares() -> None:
    assert distance(sample(1, 2, 3, 4), sample(1, 2, 3, 4)) == 0
    assert distance(sample(1, 2, 3, 4), sample(1, 2, 9, 9)) == 0.5
    assert distance(sample(1, 2), sample(3, 4)) == 1
    assert distance(sample(1, 2, weights=(3, 1)), sample(1, 2)) == 0.25


def test_what_was_observed_is_drawn_again() -> None:
    luck = np.random.default_rng(4).lognormal(1, 0.8, 5000)
    seen = Sample.of(luck, np.ones(5000))
    assert isinstance(observed(seen), Empirical)
    assert distance(seen, drawn(observed(seen))) < 0.03


def test_values_all_alike_are_a_constant() -> None:
    assert observed(sample(3, 3, 3)) == Constant(3)
    assert observed(sample(0)) == Constant(0)


@pytest.mark.parametrize("known", KINDS, ids=str)
def test_a_formula_is_found_again(known: Distribution) -> None:
    found = nearest(drawn(known))
    assert type(found) is type(known)
    assert distance(drawn(found), drawn(known)) < 0.05


def test_a_formula_never_goes_far_beyond_what_was_seen() -> None:
    wild = Sample.of(np.random.default_rng(1).lognormal(0, 2.5, 500), np.ones(500))
    assert nearest(wild).quantile(1 - 1e-6) < 40 * wild.values[-1]


def test_a_formula_of_nothing_but_zeros_is_next_to_zero() -> None:
    assert nearest(sample(*[0.0] * 50)).quantile(0.99) < 0.01
