"""Joiners in worlds where what joining does is known: ranges hold it; choice makes no claim."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.data.frames.cases.joiners import build_joined
from analysis.verdicts.joiners import ExaminedJoiners
from joiner_worlds import ASKED, QUESTION, joined_world
from studies import WORLDS

KINDS = {
    "nothing": {},
    "better ones join": {"merit": 0.8},
    "fewer": {"effect": -0.3, "merit": 0.8},
}


@pytest.fixture(scope="module")
def found() -> dict[str, list[tuple]]:
    """Headline, second look, verdict and the made-up date of every world."""
    made: dict[str, list[tuple]] = {}
    for name, given in KINDS.items():
        ones = [
            ExaminedJoiners(build_joined(joined_world(seed, **given), QUESTION, seed), ASKED)
            for seed in range(WORLDS)
        ]
        made[name] = [(one.ratio, one.second, one.verdict.key, one.passed) for one in ones]
    return made


@pytest.mark.validate
def test_ranges_hold_what_joining_does(found):
    """Within three Monte-Carlo errors of 95 %; the bias within three of its own."""
    for name, given in KINDS.items():
        truth = given.get("effect", 0.0)
        ranges = np.array([one[0] for one in found[name]])
        covered = np.mean((ranges[:, 1] <= truth) & (truth <= ranges[:, 2]))
        bias, error = ranges[:, 0].mean() - truth, ranges[:, 0].std() / np.sqrt(WORLDS)
        print(name, covered, bias, error)
        assert covered >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / WORLDS)
        assert abs(bias) <= 3 * error


@pytest.mark.validate
def test_no_direction_comes_from_choice(found):
    """At most one in twenty without an effect; most effects of a quarter are found."""
    claimed = {
        name: np.mean([key in ("fewer", "more") for *_, key, _ in ones])
        for name, ones in found.items()
    }
    print(claimed, {n: np.mean([p is False for *_, p in ones]) for n, ones in found.items()})
    error = 3 * np.sqrt(0.05 * 0.95 / WORLDS)
    assert claimed["nothing"] <= 0.05 + error
    assert claimed["better ones join"] <= 0.05 + error
    assert claimed["fewer"] >= 0.6
