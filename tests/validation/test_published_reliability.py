"""Reliability against Shrout and Fleiss, second implementations and known variances."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.errors import DesignError
from analysis.methods import reliability
from analysis.stats.ratings.reliability import generalisability, mean_squares, variance_components

METHOD = "reliability"

JUDGES = np.array(
    [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
)
"""Six targets by four judges (Shrout and Fleiss 1979, table 2)."""


def frame(scores: np.ndarray, names=("rated", "rater")) -> pd.DataFrame:
    """Scores as rows."""
    columns = dict(zip(names, np.indices(scores.shape).reshape(scores.ndim, -1), strict=True))
    return pd.DataFrame({**columns, "score": scores.ravel().astype(float)})


def run(given: pd.DataFrame, form: str):
    """The headline of one form."""
    options = reliability.Options(form=form)
    return reliability.estimate(given, options, np.random.default_rng(1)).headline


@pytest.mark.parametrize(
    ("form", "printed"),
    [("icc1", 0.17), ("icc2", 0.29), ("icc3", 0.71), ("icc1k", 0.44), ("icc2k", 0.62),
     ("icc3k", 0.91)],
)  # fmt: skip
def test_six_targets_by_four_judges(published, form, printed):
    """All printed digits."""
    found = run(frame(JUDGES), form).value
    published(f"{form} of four judges", found, printed, 0.005, "Shrout and Fleiss 1979")


@pytest.mark.parametrize(
    ("form", "low", "high"),
    [("icc1", -0.132932325, 0.72256006), ("icc2", 0.018786513, 0.76108437),
     ("icc3", 0.342464765, 0.94585826), ("icc1k", -0.884442155, 0.91241542),
     ("icc2k", 0.071136815, 0.92723204), ("icc3k", 0.675674714, 0.98589168),
     ("alpha", 0.67567471, 0.98589168)],
)  # fmt: skip
def test_limits_of_the_six_forms_and_of_alpha(published, form, low, high):
    """As the R package psych gives them for the same table, alpha's by Feldt; all typed digits."""
    found = run(frame(JUDGES), form)
    source = "psych 2.2.9, ICC(lmer = FALSE), alpha"
    published(f"{form} low", found.low, low, 1e-8, source)
    published(f"{form} high", found.high, high, 1e-8, source)


BFI = {
    "agreeableness": (
        0.70, 0.70375589, (0.68574464, 0.72103596), 2709,
        [1.972832, 0.564487, 0.491584, 0.309817, 0.323710, 1.383952, 0.747014, 0.586230, 0.575542,
         1.701860, 0.702303, 0.831434, 2.209508, 0.575155, 1.591643],
    ),
    "conscientiousness": (
        0.73, 0.72927720, (0.71281140, 0.74507431), 2707,
        [1.533817, 0.701117, 0.501434, 0.586711, 0.509743, 1.745967, 0.605554, 0.700728, 0.645541,
         1.661207, 0.606645, 0.714539, 1.888660, 1.065781, 2.649459],
    ),
    "extraversion": (
        0.76, 0.76093264, (0.74640860, 0.77486748), 2713,
        [2.664755, 1.227554, 0.705383, 0.999848, 0.651101, 2.583097, 0.820428, 1.207230, 0.810102,
         1.828909, 0.825590, 0.692478, 2.135432, 0.616975, 1.786934],
    ),
    "neuroticism": (
        0.81, 0.81330314, (0.80191999, 0.82422292), 2694,
        [2.474674, 1.694422, 1.399593, 0.986294, 0.961402, 2.329485, 1.332348, 0.936924, 0.872118,
         2.561233, 1.304206, 1.110883, 2.474591, 1.014355, 2.630552],
    ),
    "openness": (
        0.60, 0.60254643, (0.57845882, 0.62565916), 2726,
        [1.272102, 0.386509, 0.538986, 0.237659, 0.355587, 2.439097, 0.509766, 0.150980, 0.667448,
         1.489640, 0.283658, 0.507044, 1.480238, 0.288252, 1.755886],
    ),
}  # fmt: skip
"""Scales of the personality inventory bfi of R's psychTools 2.2.9, items turned to one direction:
alpha as printed in psych's manual and to eight digits, Feldt's limits, people who answered all
five items, and the upper triangle of the items' covariance by rows."""


@pytest.mark.parametrize("scale", list(BFI))
def test_scales_of_a_personality_inventory(published, scale):
    """Scores made to have exactly the published covariance; its six decimals bound the error."""
    printed, value, limits, people, triangle = BFI[scale]
    covariance = np.zeros((5, 5))
    covariance[np.triu_indices(5)] = triangle
    covariance = covariance + np.triu(covariance, 1).T
    drawn = np.random.default_rng(1).normal(size=(people, 5))
    white = np.linalg.qr(drawn - drawn.mean(axis=0))[0] * np.sqrt(people - 1)
    found = run(frame(white @ np.linalg.cholesky(covariance).T), "alpha")
    published(f"alpha of {scale}", found.value, printed, 0.005, "psych manual, bfi")
    published(f"alpha of {scale}, digits", found.value, value, 1e-6, "psych 2.2.9, alpha")
    published(f"alpha of {scale}, low", found.low, limits[0], 1e-6, "psych 2.2.9, alpha")
    published(f"alpha of {scale}, high", found.high, limits[1], 1e-6, "psych 2.2.9, alpha")


def test_alpha_equals_its_definition_by_item_variances():
    """k/(k − 1) · (1 − Σ variances of items / variance of the sum), to rounding."""
    items, total = JUDGES.var(axis=0, ddof=1).sum(), JUDGES.sum(axis=1).var(ddof=1)
    assert run(frame(JUDGES), "alpha").value == pytest.approx(4 / 3 * (1 - items / total))


def test_mean_squares_of_the_published_table():
    """Between 11.24, judges 32.49, rest 1.02, within 6.26."""
    found = mean_squares(JUDGES.astype(float))
    squares = (found.rated, found.raters, found.rest, found.within)
    assert squares == pytest.approx((11.24, 32.49, 1.02, 6.26), abs=0.005)


def test_variances_of_three_facets_are_recovered():
    """400 rated × 30 raters × 20 dimensions with known variances; a fifth either way."""
    rng = np.random.default_rng(5)
    shape = (400, 30, 20)
    true = {(0,): 1.0, (1,): 0.5, (2,): 0.3, (0, 1): 0.4, (0, 2): 0.2, (1, 2): 0.1, (0, 1, 2): 2.0}
    scores = np.zeros(shape)
    for effect, variance in true.items():
        own = [shape[a] if a in effect else 1 for a in range(3)]
        scores = scores + rng.normal(0, np.sqrt(variance), own)
    found = variance_components(scores)
    for effect in [(0,), (0, 1), (0, 2), (1, 2), (0, 1, 2)]:
        assert found[effect] == pytest.approx(true[effect], rel=0.2), effect
    expected = 1 / (1 + 0.4 / 30 + 0.2 / 20 + 2 / 600)
    assert generalisability(scores) == pytest.approx(expected, abs=0.01)


def test_variances_of_three_facets_are_those_of_restricted_likelihood(published):
    """30 rated × 6 raters × 4 dimensions, balanced and all positive: lme4 ends at the same."""
    rng, shape = np.random.default_rng(12), (30, 6, 4)
    true = {(0,): 1, (1,): 0.5, (2,): 0.3, (0, 1): 0.4, (0, 2): 0.2, (1, 2): 0.1, (0, 1, 2): 1}
    scores = np.zeros(shape)
    for effect, variance in true.items():
        own = [shape[a] if a in effect else 1 for a in range(3)]
        scores = scores + rng.normal(0, np.sqrt(variance), own)
    found = variance_components(scores.round(2))
    printed = {(0,): 0.60907, (1,): 0.22116, (2,): 0.52607, (0, 1): 0.25758, (0, 2): 0.22479,
               (1, 2): 0.16063, (0, 1, 2): 0.98252}  # fmt: skip
    for effect, variance in printed.items():
        # lme4 stops within 1e-4 of a variance of its optimum.
        published(f"variance of axes {effect}", found[effect], variance, 1e-4, "R lme4 1.1-31")


def test_generalisability_over_raters_alone_is_alpha():
    """One facet: the same number, to rounding."""
    assert generalisability(JUDGES.astype(float)) == pytest.approx(
        run(frame(JUDGES), "alpha").value
    )


def test_the_interval_of_generalisability_covers():
    """200 worlds of 40 rated × 4 raters × 3 dimensions: within 3 Monte-Carlo errors and 1 point."""
    inside = 0
    truth = 1 / (1 + 0.5 / 4 + 0.3 / 3 + 1 / 12)
    for seed in range(200):
        rng = np.random.default_rng(seed)
        scores = rng.normal(0, 1, (40, 1, 1)) + rng.normal(0, np.sqrt(0.5), (40, 4, 1))
        scores = scores + rng.normal(0, np.sqrt(0.3), (40, 1, 3)) + rng.normal(0, 1, (40, 4, 3))
        found = run(frame(scores, ("rated", "rater", "dimension")), "generalisability")
        inside += found.low <= truth <= found.high
    assert inside / 200 == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / 200) + 0.01)


def test_holes_and_single_raters_are_refused_together():
    """How many cells, of how many rated, and what would do."""
    with pytest.raises(DesignError, match=r"lack 1 of 24 cells, in 1 of the 6 rated"):
        run(frame(JUDGES).drop(index=5), "icc2")
    with pytest.raises(DesignError, match="rater: are 1; at least 2"):
        run(frame(JUDGES[:, :1]), "icc2")
    with pytest.raises(DesignError, match="form icc2: is for one facet"):
        run(frame(np.random.default_rng(1).random((6, 3, 2)), ("rated", "rater", "period")), "icc2")
    with pytest.raises(DesignError, match="agree perfectly"):
        run(frame(np.arange(8.0)[:, None] + np.arange(3)), "icc3")
