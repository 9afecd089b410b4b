"""A monitor in worlds whose truth is known: ranges that hold, flags that are false, jumps found."""

from __future__ import annotations

import numpy as np
import pytest
import scipy

import studies
from analysis.stats.forecasts.edition import edition
from worlds_by_month import jumped, watched_world

WORLDS = 2 * studies.WORLDS
LEVEL, SHARE = 0.95, 0.05
KINDS = {
    "as the province": {},
    "small counts": {"mean": 6.0},
    "two years": {"months": 25},
    "printed counts": {"protected": False},
    "uneven counties": {"uneven": 0.5},
    "six counties": {"counties": 6},
    "growing by 1 % a month": {"growth": 0.01},
}


@pytest.mark.validate
@pytest.mark.parametrize("kind", KINDS)
def test_ranges_hold_and_flags_are_no_more_often_false_than_promised(kind, row):
    """Worlds without anything new: 95 % of ranges hold; at most 5 % of worlds have a flag.

    Counts are whole, so that ranges may hold more; three Monte-Carlo errors are allowed, counties
    of one world moving together.
    """
    held, flags, total, step = [], [], [], []
    for seed in range(WORLDS):
        world = watched_world(np.random.default_rng([7, seed]), **KINDS[kind])
        one = edition(world, world.counts.shape[1] - 1, LEVEL, SHARE)
        held.append(np.mean((one.low <= one.count) & (one.count <= one.high)))
        flags.append(one.flagged.any())
        total.append(one.total.low <= one.total_count <= one.total.high)
        value, error = one.course.steps[0]
        step.append(abs(value - 0.06) < scipy.stats.t.ppf(0.975, one.course.degrees) * error)
    found = [np.mean(each) for each in (held, flags, total, step)]
    row(f"| monitor, {kind}: held {found[0]:.3f}, worlds with a flag {found[1]:.3f}, "
        f"total held {found[2]:.3f}, step held {found[3]:.3f} | {WORLDS} | 0 |")  # fmt: skip
    assert found[0] > 0.95 - 3 * np.std(held, ddof=1) / np.sqrt(WORLDS)
    assert found[0] < 0.985
    assert found[1] <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / WORLDS)
    # The variances of a total are estimated from few months: a little short of the level.
    assert min(found[2:]) > 0.95 - 3 * np.sqrt(0.05 * 0.95 / WORLDS) - 0.02


@pytest.mark.validate
@pytest.mark.parametrize(("factor", "least"), [(2.5, 0.5), (3.0, 0.8)])
def test_a_planted_jump_is_found_and_few_flags_beside_it_are_false(factor, least, row):
    """200 worlds in which ten of 120 counties record so many times as much."""
    found, false = [], []
    for seed in range(WORLDS):
        world = watched_world(np.random.default_rng([8, seed]))
        one = edition(jumped(world, 10, factor), 48, LEVEL, SHARE)
        found.append(one.flagged[:10].mean())
        false.append(one.flagged[10:].sum() / max(one.flagged.sum(), 1))
    row(f"| monitor, {factor} times as much: found {np.mean(found):.3f}, false flags "
        f"{np.mean(false):.3f} | {WORLDS} | 0 |")  # fmt: skip
    assert np.mean(found) >= least
    assert np.mean(false) <= SHARE + 3 * np.std(false, ddof=1) / np.sqrt(WORLDS)
