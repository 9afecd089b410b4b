"""The real sets of ratings: known numbers, and the same by plain statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.formula.api as smf
from statsmodels.stats.anova import anova_lm

from analysis.reports.service_assessment.plates import ServiceAssessment


def test_lawyers_say_one_thing_of_judges_in_ten_items(root, published):
    """Alpha and ICC(3,1) of the ten items, and both from a table of variance."""
    found = ServiceAssessment.read({"dataset": str(root / "data/judges")})
    alpha, single = found.worth.halo
    source = "USJudgeRatings, all but CONT and RTEN"
    published("alpha of ten items", alpha, 0.988, 5e-4, source)
    published("ICC(3,1) of ten items", single, 0.894, 5e-4, source)
    table = anova_lm(smf.ols("score ~ C(rated) + C(item)", found.frame).fit())
    rated, rest = table.loc["C(rated)", "mean_sq"], table.loc["Residual", "mean_sq"]
    assert alpha == pytest.approx(1 - rest / rated, rel=1e-9)
    assert single == pytest.approx((rated - rest) / (rated + 9 * rest), rel=1e-9)


def test_a_hygiene_score_is_half_the_business(root, published):
    """Share of best scores, and what one score holds of the business."""
    found = ServiceAssessment.read({"dataset": str(root / "data/restaurant_inspections")})
    source = "causaldata 0.1.5, restaurant_inspections"
    top = float(found.ceilings().to_frame()["top"].iloc[0])
    published("share with a score of 100", top, 0.276, 5e-4, source)
    published("ICC of a business", found.worth.single, 0.51, 5e-3, source)
    size = found.ratings.frame.groupby("rated").size()
    middle = (size.sum() - (size**2).sum() / size.sum()) / (len(size) - 1)
    several = found.worth.single * middle / (1 + (middle - 1) * found.worth.single)
    assert 0 < several < 1
    assert np.isclose(found.worth.raters, 1 / (1 / size).mean())
