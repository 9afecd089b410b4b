"""Readers who attack protected counts: they are as strong as can be, and the blocks hold."""

from __future__ import annotations

import numpy as np
import pytest

from attacks.amounts import attacked as attacked_by_sums
from attacks.editions import daily, followed
from attacks.exact import enumerated, nested
from attacks.knowledge import Insider, World, drawn_world, read, score
from attacks.noise import Noise, every_span, ladder
from attacks.pages import found_behind, published
from attacks.sampler import sampled

YEAR = (3, 4)
"""Months to a quarter, quarters to a year."""
PROVINCES, COUNTIES = 200, 8
NOISE = Noise()


def attacked(world: World, noise: Noise, rng: np.random.Generator, draws: int = 1):
    """What the strongest reader makes of the whole store of a world of years of months."""
    blocks = ladder(*YEAR)
    return score(world, blocks, nested(world, read(world, blocks, noise, rng, draws), YEAR), noise)


def test_three_ways_to_the_posterior_of_four_quarters_agree():
    """By sums exactly but for rounding (1e-12); by steps within the .01 that 40,000 draws allow."""
    rng, blocks = np.random.default_rng(1), ladder(4)
    world = drawn_world(rng, 8, 4)
    found = read(world, blocks, NOISE, rng)
    all_counts = enumerated(world, found, blocks)
    by_sums = nested(world, found, (4,))
    by_steps = sampled(world, found, blocks, rng, sweeps=4000, chains=40)
    assert by_sums.probability == pytest.approx(all_counts.probability, abs=1e-12)
    assert by_steps.probability == pytest.approx(all_counts.probability, abs=0.01)


@pytest.mark.parametrize("seed", range(3))
def test_the_store_of_200_provinces_holds_against_the_strongest_reader(seed):
    """At most .5 % known for certain, errors at least .6, right at most .2 more than before."""
    rng = np.random.default_rng(seed)
    found = attacked(drawn_world(rng, PROVINCES * COUNTIES, 12), NOISE, rng)
    assert found.cells > 10_000
    assert found.certain <= 0.005, found
    assert found.ratio >= 0.60, found
    assert found.right <= found.right_before + 0.20, found


@pytest.mark.parametrize("level", [3.0, 20.0])
@pytest.mark.parametrize("size", [1.0, np.inf])
def test_it_holds_where_counts_are_lower_higher_steadier_or_wilder(level, size):
    """The same limits for counties about 3 or 20, Poisson or with the square of the mean added."""
    rng = np.random.default_rng(4)
    found = attacked(drawn_world(rng, 1600, 12, level, size), NOISE, rng)
    assert found.certain <= 0.005, found
    assert found.ratio >= 0.60, found
    assert found.right <= found.right_before + 0.20, found


def test_one_correction_of_every_cell_leaves_half_of_the_error():
    """Two draws for each block: the ratio stays above .5, and none beyond .5 % is certain."""
    rng = np.random.default_rng(5)
    found = attacked(drawn_world(rng, PROVINCES * COUNTIES, 12), NOISE, rng, draws=2)
    assert found.certain <= 0.005, found
    assert found.ratio >= 0.50, found


def test_stronger_noise_takes_a_correction_of_every_cell():
    """Variance 16 keeps after one correction what variance 9 keeps before."""
    rng = np.random.default_rng(6)
    found = attacked(drawn_world(rng, 1600, 12), Noise(16, 14), rng, draws=2)
    assert found.certain <= 0.005, found
    assert found.ratio >= 0.60, found


@pytest.mark.parametrize(("periods", "most"), [(8, 0.50), (12, 0.45)])
def test_noise_drawn_for_every_span_is_averaged_away(periods, most):
    """The reader has teeth: spans with a draw each leave less than half of the error."""
    rng, blocks = np.random.default_rng(8), every_span(periods)
    world = drawn_world(rng, 150, periods)
    beliefs = sampled(world, read(world, blocks, NOISE, rng), blocks, rng, sweeps=600)
    found = score(world, blocks, beliefs, NOISE)
    assert found.ratio <= most, found


@pytest.mark.parametrize(("editions", "least", "most"), [(1, 0.60, 1.0), (30, 0.0, 0.55)])
def test_a_month_must_be_over_before_it_is_shown(editions, least, most):
    """Shown once, a month keeps most of the error; shown every night as it grows, about half."""
    rng = np.random.default_rng(12)
    world = drawn_world(rng, 300, editions, 9 / editions, np.inf)
    beliefs = followed(world, daily(world, NOISE, rng), NOISE)
    found = score(world, np.ones((1, editions), dtype=int), beliefs, NOISE)
    assert least <= found.ratio <= most, found


@pytest.mark.parametrize("own", [0.02, 0.1, 0.3, 0.5])
def test_who_is_among_the_records_learns_no_more_of_the_others(own):
    """A reader whose own records are this share of all, and known to him, is as uncertain."""
    rng, blocks = np.random.default_rng(11), ladder(*YEAR)
    world = drawn_world(rng, PROVINCES * COUNTIES, 12)
    insider = Insider(world.counts, world.mean, own=rng.binomial(world.counts, own), share=own)
    found = score(insider, blocks, nested(insider, read(insider, blocks, NOISE, rng), YEAR), NOISE)
    assert found.certain <= 0.005, found
    assert found.ratio >= 0.60, found
    assert found.right <= found.right_before + 0.20, found


@pytest.mark.parametrize("shares", [(0.95, 0.05), (0.5, 0.5), (0.5, 0.48, 0.02), (0.2, 0.5, 0.3)])
def test_amounts_that_records_lack_draw_none_of_the_others_again(shares):
    """As many draws as parts: the limits hold for all records, and more than half stays of parts.

    Parts are told apart by the amounts that they lack; the largest is not drawn.
    """
    parts = range(len(shares))
    drawn = [(part,) for part in parts if part != int(np.argmax(shares))]
    found = attacked_by_sums(np.random.default_rng(13), NOISE, shares, drawn)
    every = found[tuple(parts)]
    assert every.certain <= 0.005, every
    assert every.ratio >= 0.60, every
    assert every.right <= every.right_before + 0.20, every
    for part in parts:
        # Of a part of 2 % hardly any count is above one, which needs no page to be guessed.
        assert found[part,].ratio >= (0.50 if shares[part] < 0.04 else 0.55), (part, found[part,])


def test_a_draw_more_than_there_are_parts_gives_more_away():
    """The reader has teeth: .67 of the error becomes .58, and .60 of another .50.

    Those with an amount are drawn beside those without; and each of two amounts that nearly the
    same records lack draws these for itself.
    """
    for shares, drawn, more, of in (
        ((0.95, 0.05), [(1,)], [(0,), (1,)], (0, 1)),
        ((0.5, 0.48, 0.02), [(1,), (2,)], [(1, 2), (1,)], (1,)),
    ):
        few, many = (
            attacked_by_sums(np.random.default_rng(13), NOISE, shares, sets)[of]
            for sets in (drawn, more)
        )
        assert many.ratio < few.ratio - 0.05, (shares, few, many)


def small_provinces(count: int):
    """Events and sizes of nine regions, two or three of which have fewer than ten events."""
    rng = np.random.default_rng(9)
    while count:
        size = rng.lognormal(7, 0.6, 9).round()
        events = rng.poisson(size * 0.02 * rng.gamma(8, 1 / 8, 9))
        if NOISE.small(events).sum() in (2, 3):
            yield events, size, NOISE.small(events)
            count -= 1


def test_a_page_computed_from_true_counts_gives_all_withheld_ones_back():
    """Pooled rate, its interval and the shrunken rates of others: every hidden count is found."""
    for events, size, hidden in small_provinces(10):
        found = found_behind(published(events, size, hidden), NOISE.threshold - 1)
        assert found.tolist() == events[hidden].tolist()


def test_a_page_computed_from_protected_counts_gives_nothing_but_these():
    """The same attack finds each protected number, and with it few of the true ones.

    A draw leaves a small count where it was in 11 to 22 % of cases: of 20 or more, half would be
    left so in less than 1 of 100 runs.
    """
    rng, right, cells = np.random.default_rng(10), 0, 0
    for events, size, hidden in small_provinces(10):
        protected = NOISE.drawn(events, rng)
        highest = NOISE.threshold - 1 + NOISE.bound
        found = found_behind(published(protected, size, hidden), highest)
        assert found.tolist() == protected[hidden].tolist()
        right, cells = right + (found == events[hidden]).sum(), cells + hidden.sum()
    assert right < cells / 2
