"""Repeats in worlds where what the list does is known: ranges hold it; nothing makes no claim."""

from __future__ import annotations

import numpy as np
import pytest

from repeat_worlds import examined, repeated_world
from studies import WORLDS

KINDS = {
    "nothing": {},
    "all more often": {"drift": 0.3},
    "listed with a slope": {"trend": 0.1},
    "more": {"effect": 0.5},
}


@pytest.fixture(scope="module")
def found() -> dict[str, list[tuple]]:
    """Headline, verdict and whether the made-up day passed, of every world."""
    made: dict[str, list[tuple]] = {}
    for name, given in KINDS.items():
        ones = [examined(repeated_world(seed, **given)) for seed in range(WORLDS)]
        made[name] = [(one.repeats, one.verdict.key, one.passed) for one in ones]
    return made


@pytest.mark.validate
def test_ranges_hold_what_the_list_does(found):
    """Within three Monte-Carlo errors of 95 %; the bias within three of its own."""
    for name, truth in (("nothing", 0.0), ("all more often", 0.0), ("more", 0.5)):
        ranges = np.array([one[0] for one in found[name]])
        covered = np.mean((ranges[:, 1] <= truth) & (truth <= ranges[:, 2]))
        bias, error = ranges[:, 0].mean() - truth, ranges[:, 0].std() / np.sqrt(WORLDS)
        print(name, covered, bias, error)
        assert covered >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / WORLDS)
        assert abs(bias) <= 3 * error


@pytest.mark.validate
def test_no_direction_comes_from_nothing_or_from_a_slope(found):
    """At most 5 % in worlds without an effect, 6 % where listed kinds drift; most effects found."""
    directions = {
        name: np.mean([key in ("fewer", "more") for _, key, _ in ones])
        for name, ones in found.items()
    }
    print(directions, {n: np.mean([p is False for *_, p in ones]) for n, ones in found.items()})
    error = 3 * np.sqrt(0.05 * 0.95 / WORLDS)
    for name, most in (("nothing", 0.05), ("all more often", 0.05), ("listed with a slope", 0.06)):
        assert directions[name] <= most + error
    assert directions["more"] >= 0.5
