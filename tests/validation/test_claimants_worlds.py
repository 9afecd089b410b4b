"""Claimants in simulated worlds: estimates against the truth of who really complains for a living.

Who is frequent is told from records alone, and missed by some: what is estimated is held against
what was done to those who are drawn as such.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from analysis.disclosure.effects import answered
from analysis.reports.claimants import question
from analysis.reports.claimants.params import ClaimantsParams
from analysis.studies.verdict import ALLOWED
from analysis.verdicts.robustness import estimate_headline
from claimant_worlds import SERVICE, made
from studies import ERRORS, WORLDS, assert_sound, monte_carlo_error, study

SMALL = {"counties": 60, "months": 36}
FEW = min(WORLDS, 60)
"""A province with its records takes a second: sixty tell .95 from .86."""
SLACK = 0.02
"""Log points by which classes are known to be mixed: who complains less falls below the line."""
CLASSES = {"frequent": (1, 0), "other": (0, 1), "ratio": (1, -1)}


def asked(seed: int, professional: float, ordinary: float):
    """The studies of a world, and the true effect of each class."""
    data, truth = made(professional, ordinary, seed=seed, **SMALL)
    params = ClaimantsParams(
        intervention=SERVICE, exclude_other_interventions=False, label_categories=["labels"]
    )
    both = truth["professional"], truth["ordinary"]
    truths = {name: float(np.dot(signs, both)) for name, signs in CLASSES.items()}
    return question.ask(data, params).studies, truths


def apart(estimate, truth: float):
    """An estimate less its truth, which differs from world to world."""
    ends = (estimate.value - truth, estimate.low - truth, estimate.high - truth)
    return SimpleNamespace(
        headline=SimpleNamespace(**dict(zip(("value", "low", "high"), ends, strict=True)))
    )


@pytest.mark.validate
@pytest.mark.parametrize(("professional", "ordinary"), [(-0.4, 0.0), (-0.2, -0.2)])
def test_each_class_and_their_difference_are_found_again(professional, ordinary, row):
    """Aimed at frequent claimants, or at all alike: within .02, and covered at their level.

    Where all fall alike, a direction of the ratio in at most one study in twenty.
    """
    kept, claimed, alike = {}, [], professional == ordinary

    def world(seed: int):
        if seed not in kept:
            studies, truths = asked(seed, professional, ordinary)
            if alike:
                claimed.append(answered(studies["ratio"]).verdict.claims)
            kept[seed] = {
                n: apart(estimate_headline(studies[n]).headline, truths[n]) for n in CLASSES
            }
        return kept[seed]

    for name in CLASSES:
        what = f"claimants, {name}, {professional:+.1f} and {ordinary:+.1f}"
        found = study(what, 0.0, range(80_000, 80_000 + FEW), lambda s, n=name: world(s)[n])
        row(found)
        assert_sound(found, bias=SLACK)
    if alike:
        share = float(np.mean(claimed))
        row(f"| claimants, direction where both fell alike | {FEW} | | {share:.3f} | | |")
        assert share <= ALLOWED + ERRORS * monte_carlo_error(ALLOWED, FEW)
