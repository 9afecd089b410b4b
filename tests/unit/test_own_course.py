"""What a page says of a course of adopters' own, in worlds in which it would be untrue."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis.simulated.counties import PLAIN, draw
from analysis.stats.panels.own_course import own_course

STAGGERED = replace(PLAIN, cohorts={6: 4, 9: 4, 11: 4, 13: 4, 15: 5}, effect=-0.3)
"""Three of twenty-four never adopt: most that adopters are compared with drift as they do."""


@pytest.mark.parametrize("counted", [True, False])
def test_a_drift_of_the_size_that_would_explain_an_effect_takes_it_away(counted):
    """Put into the data, it moves the headline by as much, within 3 %."""
    drawn = draw(STAGGERED, np.random.default_rng(1)).known()
    column = drawn.ever[:, None] * (np.arange(1, PLAIN.periods + 1) - PLAIN.periods / 2)
    if not counted:
        drawn = replace(drawn, values=np.log(drawn.values + 1.0), counted=False)
    found = own_course(drawn)
    drift = -found.headline.value / found.per_drift * column
    moved = drawn.values * np.exp(drift) if counted else drawn.values + drift
    left = own_course(replace(drawn, values=moved)).headline.value
    assert abs(left) < 0.03 * abs(found.headline.value)
