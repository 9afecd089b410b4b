"""Reliability against Shrout and Fleiss, second implementations and known variances."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.errors import DesignError
from analysis.methods import reliability
from analysis.stats.reliability import generalisability, mean_squares, variance_components

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
    [("icc1", -0.133, 0.723), ("icc2", 0.019, 0.761), ("icc3", 0.342, 0.946),
     ("icc1k", -0.884, 0.912), ("icc2k", 0.071, 0.927), ("icc3k", 0.676, 0.986)],
)  # fmt: skip
def test_limits_of_the_six_forms(published, form, low, high):
    """As the R package psych prints them for the same table, to a hundredth."""
    found = run(frame(JUDGES), form)
    published(f"{form} low", found.low, low, 0.01, "psych, ICC(sf)")
    published(f"{form} high", found.high, high, 0.01, "psych, ICC(sf)")


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
