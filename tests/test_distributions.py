"""Distributions and the tables that draw from them."""

from dataclasses import replace
from math import inf, isfinite
from statistics import fmean

import pytest
from hypothesis import example, given
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
    table,
)
from fakemarket.streams import Streams

amounts = st.floats(0, 1e4)
positives = st.floats(1e-3, 1e4)
sigmas = st.floats(0, 3)
shares = st.floats(0, 1, exclude_max=True)
rising_pairs = st.tuples(amounts, amounts).map(lambda pair: (min(pair), max(pair)))
distributions: st.SearchStrategy[Distribution] = st.one_of(
    amounts.map(Constant),
    rising_pairs.map(lambda pair: Uniform(*pair)),
    st.tuples(amounts, amounts, amounts).map(sorted).map(lambda three: Triangular(three[0], three[1], three[2])),
    amounts.map(Exponential),
    st.builds(Lognormal, positives, sigmas),
    st.builds(
        lambda share, median, sigma, pair: QuickOrSlow(share, median, sigma, *pair),
        st.floats(0.01, 0.99),
        positives,
        sigmas,
        rising_pairs,
    ),
)
observed: st.SearchStrategy[Distribution] = st.builds(
    lambda shares, values: Empirical((0, *sorted(shares), 1), tuple(sorted(values))),
    st.sets(st.floats(0.001, 0.999), min_size=3, max_size=3),
    st.lists(amounts, min_size=5, max_size=5),
)
distributions |= observed
SAMPLES = (
    Constant(3),
    Uniform(1, 10),
    Triangular(0.5, 1.5, 4),
    Exponential(180),
    Lognormal(2400, 0.7),
    Lognormal(19, 1.6),
    QuickOrSlow(0.79, 0.3, 0.5, 1, 24),
    Empirical((0, 0.5, 0.9, 1), (1, 2, 4, 9)),
)


@given(distribution=distributions, one=shares, other=shares)
def test_a_table_never_falls_and_stays_finite(distribution: Distribution, one: float, other: float) -> None:
    low, high = (table(distribution).at(u) for u in sorted((one, other)))
    # The last bit may go either way where a table is flat.
    assert 0 <= low <= high * (1 + 1e-12)
    assert isfinite(high)


@given(pair=rising_pairs, u=shares)
def test_a_table_keeps_within_the_bounds_of_its_distribution(pair: tuple[float, float], u: float) -> None:
    low, high = pair
    assert low <= table(Uniform(low, high)).at(u) <= high
    assert low <= table(Triangular(low, high, high)).at(u) <= high


@pytest.mark.parametrize("distribution", SAMPLES, ids=str)
def test_a_table_follows_the_formula(distribution: Distribution) -> None:
    draw = table(distribution).at
    for place in range(1, 10_000):
        p = place / 10_000
        tolerance = 0.02 if 0.01 < p < 0.99 else 0.1
        assert draw(p) == pytest.approx(distribution.quantile(p), rel=tolerance)


@pytest.mark.parametrize("distribution", SAMPLES, ids=str)
def test_drawing_keeps_the_mean(distribution: Distribution) -> None:
    draw = table(distribution).at
    exact = fmean(distribution.quantile((n + 0.5) / 20_000) for n in range(20_000))
    assert fmean(draw((n + 0.5) / 20_000) for n in range(20_000)) == pytest.approx(exact, rel=0.01)


@pytest.mark.parametrize(
    ("distribution", "p", "value"),
    [
        (Constant(40), 0.3, 40),
        (Uniform(2, 12), 0.25, 4.5),
        (Triangular(0, 1, 2), 0.5, 1),
        (Triangular(0, 2, 2), 0.25, 1),
        (Triangular(0, 0, 2), 0.75, 1),
        (Triangular(3, 3, 3), 0.75, 3),
        (Exponential(10), 0.632121, 10),
        (Lognormal(6.6, 0.89), 0.5, 6.6),
        (Lognormal(42, 1.06), 0.9, 163.4),
        (Lognormal(42, 0), 0.9, 42),
        (QuickOrSlow(0.8, 1, 0, 10, 20), 0.5, 1),
        (QuickOrSlow(0.8, 1, 0, 10, 20), 0.9, 15),
        (QuickOrSlow(0.5, 5, 0, 5, 5), 0.9, 5),
        (Empirical((0, 0.5, 1), (1, 3, 3)), 0, 1),
        (Empirical((0, 0.5, 1), (1, 3, 3)), 0.25, 2),
        (Empirical((0, 0.5, 1), (1, 3, 3)), 0.5, 3),
        (Empirical((0, 0.5, 1), (1, 3, 4)), 1, 4),
    ],
)
def test_quantiles_known_from_elsewhere(distribution: Distribution, p: float, value: float) -> None:
    assert distribution.quantile(p) == pytest.approx(value, rel=1e-3)


def test_a_quick_or_slow_duration_is_a_mixture_of_its_parts() -> None:
    mixed, quick, slow = QuickOrSlow(0.7, 2, 0.8, 1, 24), Lognormal(2, 0.8), Uniform(1, 24)
    draws = 4_000
    for limit in (0.5, 1.5, 3, 12, 20):
        below = [
            sum(distribution.quantile((n + 0.5) / draws) < limit for n in range(draws)) / draws
            for distribution in (mixed, quick, slow)
        ]
        assert below[0] == pytest.approx(0.7 * below[1] + 0.3 * below[2], abs=1e-3)


def magnitudes(least: int, most: int) -> st.SearchStrategy[float]:
    return st.floats(least, most).map(lambda exponent: 10**exponent)


@example(quick_share=1 - 7.6e-6, median=1, sigma=160, slow=[1, 2], p=1 - 2**-17)
@given(
    quick_share=st.one_of(st.floats(0.01, 0.99), magnitudes(-9, -1), magnitudes(-9, -1).map(lambda part: 1 - part)),
    median=magnitudes(-6, 6),
    sigma=st.one_of(sigmas, magnitudes(-9, 1)),
    slow=st.tuples(st.one_of(st.just(0.0), magnitudes(-6, 6)), magnitudes(-6, 6)).map(sorted),
    p=st.one_of(st.integers(1, 255).map(lambda cell: cell / 256), st.floats(2**-17, 1 - 2**-17)),
)
def test_a_quick_or_slow_duration_is_that_of_plain_bisection_to_the_last_bit(
    quick_share: float, median: float, sigma: float, slow: list[float], p: float
) -> None:
    mixed = QuickOrSlow(quick_share, median, sigma, slow[0], slow[1])
    quick = Lognormal(median, sigma).quantile(p)
    low, high = min(quick, slow[0]), max(quick, slow[1])
    for _ in range(32):
        middle = (low + high) / 2
        if mixed._share_below(middle) < p:
            low = middle
        else:
            high = middle
    assert mixed.quantile(p) == high


def test_few_shares_are_worked_out_for_the_default_review(monkeypatch: pytest.MonkeyPatch) -> None:
    share_below = QuickOrSlow._share_below
    worked_out = []

    def noted(mixed: QuickOrSlow, value: float) -> float:
        worked_out.append(value)
        return share_below(mixed, value)

    monkeypatch.setattr(QuickOrSlow, "_share_below", noted)
    review = QuickOrSlow(0.79, 0.3, 0.5, 1, 24)
    for cell in range(1, 256):
        review.quantile(cell / 256)
    assert len(worked_out) / 255 < 6


def test_the_default_review_is_within_the_hour_for_the_share_measured_on_real_orders() -> None:
    # 79 % of card payments were approved within an hour, and the platform takes a day at most [D, C].
    review = table(QuickOrSlow(0.79, 0.3, 0.5, 1, 24))
    hours = [review.at(u) for u in Streams(1).stream("review").uniforms(0, 10_000)]
    assert sum(each <= 1 for each in hours) / len(hours) == pytest.approx(0.79, abs=0.02)
    assert max(hours) <= 24


def test_the_ends_of_an_unbounded_distribution_are_cut_where_the_module_says() -> None:
    edge = 2**-17
    assert table(Lognormal(1, 1)).at(0) == Lognormal(1, 1).quantile(edge)
    assert table(Lognormal(1, 1)).at(1 - 2**-53) == pytest.approx(Lognormal(1, 1).quantile(1 - edge))


def test_equal_distributions_share_one_table() -> None:
    assert table(Lognormal(6, 0.6)) is table(replace(Lognormal(5, 0.6), median=6))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Uniform(2, 1), r"Uniform\.low is 2, but must not be above high, which is 1"),
        (lambda: Triangular(2, 1, 3), r"Triangular\.low is 2, but must not be above mode, which is 1"),
        (lambda: Triangular(1, 4, 3), r"Triangular\.mode is 4, but must not be above high, which is 3"),
        (lambda: QuickOrSlow(0.5, 1, 1, 9, 8), r"QuickOrSlow\.slow_low is 9, but must not be above slow_high"),
        (lambda: Uniform(0, -inf), r"must not be above high"),
        (lambda: Empirical((0, 1), (1, 2, 3)), r"Empirical has 2 shares for 3 values"),
        (lambda: Empirical((0, 0.5), (1, 2)), r"Empirical\.shares go from 0 to 0\.5, but must go from 0 to 1"),
        (lambda: Empirical((0.5, 1), (1, 2)), r"Empirical\.shares go from 0\.5 to 1, but must go from 0 to 1"),
        (lambda: Empirical((0, 0.5, 0.5, 1), (1, 2, 3, 4)), r"Empirical\.shares must rise"),
        (lambda: Empirical((0, 0.5, 1), (1, 3, 2)), r"Empirical\.values must never fall"),
        (lambda: Empirical((), ()), r"Empirical has no shares"),
    ],
)
def test_what_cannot_be_is_refused(make: object, message: str) -> None:
    assert callable(make)
    with pytest.raises(ValueError, match=message):
        make()
