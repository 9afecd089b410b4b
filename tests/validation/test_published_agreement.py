"""Agreement against Krippendorff's and Gwet's example, Fleiss, psych and statsmodels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats import inter_rater

from analysis.errors import DesignError
from analysis.methods import agreement
from analysis.result import Result
from analysis.stats.ratings.agreement import Judged, coefficient, coefficients
from studies import WORLDS, plausible, study

METHOD = "agreement"

HOLE = np.nan
OBSERVERS = np.array(
    [[1, 2, 3, 3, 2, 1, 4, 1, 2, HOLE, HOLE, HOLE], [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, HOLE, 3],
     [HOLE, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, HOLE], [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, HOLE]]
).T  # fmt: skip
"""Twelve units by four observers (Krippendorff 2011, example C; Gwet's raw ratings)."""
FIRST = [1, 2, 3, 3, 2, 1, 4, 1, 2, 3, 2, 1, 4, 4, 3]
SECOND = [1, 2, 3, 2, 2, 1, 4, 1, 3, 3, 2, 2, 4, 3, 3]
ALPHA = "Krippendorff 2011"
GWET = "irrCAC 1.0, cac.raw4raters"


def frame(scores: np.ndarray) -> pd.DataFrame:
    """Scores as rows, without the holes."""
    rated, rater = np.indices(scores.shape).reshape(2, -1)
    return pd.DataFrame({"rated": rated, "rater": rater, "score": scores.ravel()}).dropna()


def judged(scores: np.ndarray) -> Judged:
    """Scores of a table, without its holes."""
    rated, rater = np.nonzero(np.isfinite(scores))
    return Judged(rated, rater, scores[rated, rater])


def run(given: pd.DataFrame, **options):
    """The result with these options."""
    return agreement.estimate(given, agreement.Options(**options), np.random.default_rng(1))


def test_twelve_units_by_four_observers_with_holes(published):
    """Every coefficient that its author prints for these data; all printed digits."""
    for scale, printed in (("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)):
        found = run(frame(OBSERVERS), scale=scale).headline.value
        published(f"alpha, {scale}", found, printed, 5e-4, ALPHA)
    for form, printed in (("gwet", 0.77544), ("fleiss", 0.76117), ("percent", 0.81818)):
        found = run(frame(OBSERVERS), form=form, scale="nominal").headline.value
        published(f"{form}, nominal", found, printed, 5e-6, GWET)
    found = run(frame(OBSERVERS), form="gwet").headline.value
    published("AC2, squared distances", found, 0.914, 5e-4, GWET)


def test_weighted_kappa_of_two_raters(published):
    """Plain and with squared weights as the R package psych gives them; to 1e-8."""
    given = frame(np.array([FIRST, SECOND], dtype=float).T)
    source = "psych 2.2.9, cohen.kappa"
    for scale, printed in (("nominal", 0.640718563), ("interval", 0.871794872)):
        found = run(given, form="cohen", scale=scale).headline.value
        published(f"kappa, {scale}", found, printed, 1e-8, source)


def test_kappas_equal_statsmodels():
    """Cohen's for two and Fleiss's for six raters of 40 rated, to rounding."""
    scores = np.random.default_rng(1).integers(1, 5, (40, 6)).astype(float)
    table, _ = inter_rater.to_table(scores[:, :2].astype(int))
    ours = coefficient(judged(scores[:, :2]), "cohen", "nominal")
    assert ours == pytest.approx(inter_rater.cohens_kappa(table).kappa, rel=1e-10)
    counts, _ = inter_rater.aggregate_raters(scores.astype(int))
    ours = coefficient(judged(scores), "fleiss", "nominal")
    assert ours == pytest.approx(inter_rater.fleiss_kappa(counts), rel=1e-10)


def test_alpha_from_sums_of_squares_equals_alpha_from_pairs():
    """Interval distances counted pair by pair, holes left out."""
    units = [unit[np.isfinite(unit)] for unit in OBSERVERS[:11]]
    pooled = np.concatenate(units)

    def pairs(scores: np.ndarray) -> float:
        return float(((scores[:, None] - scores) ** 2).sum())

    observed = sum(pairs(unit) / (len(unit) - 1) for unit in units) / len(pooled)
    expected = pairs(pooled) / len(pooled) / (len(pooled) - 1)
    ours = coefficient(judged(OBSERVERS), "krippendorff", "interval")
    assert ours == pytest.approx(1 - observed / expected)


@pytest.mark.parametrize("form", ["krippendorff", "fleiss", "gwet", "percent", "cohen"])
@pytest.mark.parametrize("scale", ["nominal", "ordinal", "interval"])
def test_what_is_left_without_one_is_the_coefficient_of_the_others(form, scale):
    """Also where a rated had the only score of its kind, or one score; to rounding."""
    rng = np.random.default_rng(3)
    scores = rng.integers(1, 5, (9, 3)).astype(float)
    scores[4, 1] = 9
    if form != "cohen":
        scores[rng.random((9, 3)) < 0.2] = HOLE
        scores[2] = [2, HOLE, HOLE]
    _, without = coefficients(judged(scores), form, scale)
    for rated in range(9):
        alone = coefficient(judged(np.delete(scores, rated, axis=0)), form, scale)
        assert without[rated] == pytest.approx(alone, rel=1e-10), rated


def test_high_agreement_with_low_kappa_is_shown_beside_its_cause():
    """Nearly all scores alike: kappa low, AC1 high, and the commonest score named as the reason."""
    scores = np.ones((100, 2))
    scores[:3, 0], scores[3:6, 1] = 2, 2
    found = run(frame(scores), form="cohen", scale="nominal")
    by_name = {e.name: e.value for e in found.estimates}
    assert found.headline.value < 0
    assert by_name["gwet"] > 0.9
    assert next(c for c in found.checks if c.name == "commonest_score").value > 0.95


@pytest.mark.validate
@pytest.mark.parametrize("form", ["krippendorff", "fleiss", "gwet"])
def test_the_interval_of_a_nominal_coefficient_covers(form, row):
    """Many worlds of 60 rated by 3 raters; the truth is that of 300,000 rated."""

    def world(rng: np.random.Generator, rated: int) -> np.ndarray:
        true = rng.choice(3, rated, p=[0.5, 0.3, 0.2])
        guess = rng.choice(3, (rated, 3), p=[0.5, 0.3, 0.2])
        return np.where(rng.random((rated, 3)) < 0.7, true[:, None], guess).astype(float)

    def tried(seed: int) -> Result:
        given = frame(world(np.random.default_rng(seed), 60))
        return run(given, form=form, scale="nominal")

    truth = coefficient(judged(world(np.random.default_rng(9), 300_000)), form, "nominal")
    found = study(f"agreement, {form}, nominal", truth, range(80_000, 80_000 + WORLDS), tried)
    row(found)
    assert plausible(found.covered, WORLDS)


def test_designs_without_pairs_facets_or_differences_are_refused():
    """Each with what would do."""
    with pytest.raises(DesignError, match="rated with two scores or more: are 3; at least 5"):
        run(frame(OBSERVERS[:3]))
    with pytest.raises(DesignError, match="ratings: lack 7 of 48 cells"):
        run(frame(OBSERVERS), form="cohen")
    with pytest.raises(DesignError, match="column score: is the same in every row"):
        run(frame(np.ones((8, 3))))
    with pytest.raises(DesignError, match="columns period: split the scores"):
        run(frame(OBSERVERS).assign(period=1))
    with pytest.raises(DesignError, match="raters: agree on every rated"):
        run(frame(np.arange(8.0)[:, None] + np.zeros(3)))
    many = np.random.default_rng(1).random((60, 3))
    with pytest.raises(DesignError, match="column score: holds 180 different values"):
        run(frame(many), form="fleiss")
