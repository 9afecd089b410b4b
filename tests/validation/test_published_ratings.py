"""The real sets of ratings: known numbers, and the same by plain statsmodels."""

from __future__ import annotations

import causaldata
import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from statsmodels.stats.anova import anova_lm
from statsmodels.stats.oneway import anova_oneway

from analysis import methods
from analysis.reports.service_assessment.plates import ServiceAssessment

METHOD = "reliability"


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
    source = "causaldata 0.1.5, restaurant_inspections, every row"
    rows = causaldata.restaurant_inspections.load_pandas().data
    every = pd.DataFrame({"rated": rows["business_name"], "score": rows["inspection_score"]})
    every["rater"] = range(len(every))
    one = methods.estimate("reliability", every, form="nested").headline.value
    published("share with a score of 100", (every["score"] == 100).mean(), 0.276, 5e-4, source)
    published("ICC of a business", one, 0.51, 5e-3, source)
    found = ServiceAssessment.read({"dataset": str(root / "data/restaurant_inspections")})
    mean = methods.estimate("reliability", every, form="nestedk").headline
    published("reliability of a mean score, every row", mean.value, 0.84, 5e-3, source)
    assert mean.low > found.params.target > found.worth.mean.high
    said = " ".join(found.summary().points)
    assert "27.6% score 100 and a single score is 51%" in said
    once = rows.drop_duplicates()
    assert len(found.ratings.frame) == len(once) == 27_178 - 13_616
    table = anova_oneway(found.frame["score"], found.frame["rated"], use_var="equal")
    assert found.worth.ratio == pytest.approx(table.statistic, rel=1e-9)
    size = found.ratings.frame.groupby("rated").size()
    assert np.isclose(found.worth.raters, 1 / (1 / size).mean())
    assert found.verdict_key == "unreliable"
    assert found.worth.single == pytest.approx(0.328, abs=5e-4)
