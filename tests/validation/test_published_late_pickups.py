"""Ten day-care centres and a fine (Gneezy and Rustichini 2000): about twice as many came late."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
import yaml

from analysis.reports.intervention_effect.plates import InterventionEffect

METHOD = "counts"


def test_late_pick_ups_double_by_our_method_and_by_a_plain_poisson_model(root, monkeypatch):
    """Both predict fined weeks from all others; the study tells of about twice as many."""
    monkeypatch.chdir(root)
    params = yaml.safe_load((root / "params/intervention_effect/late_pickups.yml").read_text())
    report = InterventionEffect.read(params)
    found = np.exp(report.result.headline.value)
    assert found == pytest.approx(2.227, abs=5e-4)
    assert report.result.sample.treated == 6

    frame = report.frame.dropna(subset="count")
    fined = frame["first_treated"].between(1, frame["period"])
    model = smf.glm(
        "count ~ C(region) + C(period)", frame[~fined], family=sm.families.Poisson(),
        offset=np.log(frame.loc[~fined, "exposure"]),
    ).fit()  # fmt: skip
    expected = model.predict(frame[fined], offset=np.log(frame.loc[fined, "exposure"]))
    assert frame.loc[fined, "count"].sum() / expected.sum() == pytest.approx(found, rel=0.02)
    assert 1.8 < found < 2.5
