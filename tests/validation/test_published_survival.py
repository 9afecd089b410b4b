"""Durations against R's survival, lifelines, statsmodels and hazards with known truth."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy
import yaml
from statsmodels.duration.hazard_regression import PHReg

import analysis as an
from analysis.errors import DesignError, EstimationError
from analysis.methods import survival
from analysis.stats.resampling.jackknife import jackknife_covariance
from analysis.stats.survival.accelerated import estimate_accelerated, fit_accelerated
from analysis.stats.survival.cases import Cases
from analysis.stats.survival.curves import kaplan_meier, log_rank
from analysis.stats.survival.hazards import estimate_hazards, fit_hazards, hazard_trend
from kinds import durations_world

METHOD = "survival"

HERE = Path(__file__).parent
R = "R survival 3.5-3"
LIFELINES = "lifelines 0.30.3"
ROSSI = ("fin", "age", "race", "wexp", "mar", "paro", "prio")


def lung() -> pd.DataFrame:
    """228 patients with lung cancer; one has no ECOG score, one no institution."""
    return pd.read_csv(HERE / "lung.csv", comment="#")


def rossi() -> pd.DataFrame:
    """432 released prisoners followed for a year; most never arrested."""
    return pd.read_csv(HERE / "rossi.csv", comment="#")


def run(frame: pd.DataFrame, **options):
    """The result with these options."""
    return survival.estimate(frame, survival.Options(**options), np.random.default_rng(1))


def durations(frame: pd.DataFrame, duration: str, ended: str, treated: str) -> pd.DataFrame:
    """Columns as the method names them."""
    names = {duration: "duration", ended: "ended", treated: "treated"}
    return frame.rename(columns=names).assign(case=np.arange(len(frame)))


def test_patients_with_lung_cancer(published):
    """Age, sex and ECOG score as R's manual prints them; all printed digits."""
    frame = lung().dropna(subset=["ph.ecog"]).assign(female=lambda f: f["sex"] - 1)
    given = durations(frame, "time", "status", "female")
    found = {e.name: e for e in run(given, covariates=["age", "ph.ecog"]).estimates}
    published("lung, sex", found["overall"].value, -0.552612, 5e-7, R)
    published("lung, sex, error", found["overall"].standard_error, 0.167739, 5e-7, R)
    published("lung, age", found["age"].value, 0.011067, 5e-7, R)
    published("lung, ECOG", found["ph.ecog"].value, 0.463728, 5e-7, R)


def test_patients_by_stratum_and_by_institution(published):
    """Strata as R; R's cluster errors are the sandwich's, which ours exceed by under a tenth."""
    frame = lung().dropna(subset=["ph.ecog"]).assign(female=lambda f: f["sex"] - 1)
    given = durations(frame, "time", "status", "female").rename(columns={"ph.ecog": "stratum"})
    found = run(given, covariates=["age"]).headline
    published("lung by ECOG, sex", found.value, -0.553517, 5e-7, R)
    published("lung by ECOG, sex, error", found.standard_error, 0.170873, 5e-7, R)
    frame = lung().dropna(subset=["inst"]).assign(female=lambda f: f["sex"] - 1)
    given = durations(frame, "time", "status", "female").rename(columns={"inst": "region"})
    found = run(given, covariates=["age"]).headline
    published("lung by institution, sex", found.value, -0.511668, 5e-7, R)
    assert 1 < found.standard_error / 0.128231 < 1.1


def test_half_of_the_patients_die_within_310_days(published):
    """Median and log–log limits, and shares at a year; all printed digits."""
    frame = lung()
    time, status = (frame[name].to_numpy(float) for name in ("time", "status"))
    found = kaplan_meier(time, status, 0.95).median
    for name, obtained, printed in zip(("median", "low", "high"), found, (310, 284, 361),
                                       strict=True):  # fmt: skip
        published(f"lung, {name} survival", obtained, printed, 1e-9, R)
    men = frame["sex"] == 1
    curve = kaplan_meier(time[men], status[men], 0.95)
    at = np.searchsorted(curve.time, 365, side="right") - 1
    published("lung, men at a year", curve.share[at], 0.33609, 5e-6, R)
    published("lung, men at a year, low", curve.low[at], 0.25273, 5e-6, R)
    published("lung, men at a year, high", curve.high[at], 0.4213, 5e-5, R)


def test_men_die_sooner_than_women_by_the_log_rank_test(published):
    """Chi-square 10.3 on one degree, p .001, as R's manual prints them."""
    frame = lung()
    time, status, sex = (frame[name].to_numpy(float) for name in ("time", "status", "sex"))
    chance = log_rank(time, status, sex, np.zeros(228, dtype=int))
    published("lung, log-rank chi-square", scipy.stats.chi2.isf(chance, 1), 10.3, 0.05, R)


@pytest.mark.parametrize("cases", [4, 10, 12, 18])
def test_the_median_is_where_exactly_half_have_ended(cases):
    """Whatever rounding makes of that share: statsmodels' own is one day later for 4 and 10."""
    days = np.arange(1.0, cases + 1)
    assert kaplan_meier(days, np.ones(cases), 0.95).median[0] == cases / 2


def test_released_prisoners(published):
    """Financial aid and further terms, with their errors, as lifelines prints them."""
    given = durations(rossi(), "week", "arrest", "fin")
    found = run(given, covariates=list(ROSSI[1:]))
    by_name = {e.name: e for e in found.estimates}
    published("rossi, fin", found.headline.value, -0.379422, 5e-7, LIFELINES)
    published("rossi, fin, error", found.headline.standard_error, 0.191379, 5e-7, LIFELINES)
    published("rossi, prio", by_name["prio"].value, 0.091497, 5e-7, LIFELINES)
    published("rossi, mar", by_name["mar"].value, -0.433704, 5e-7, LIFELINES)


@pytest.mark.parametrize(
    ("model", "sex", "error", "log_likelihood"),
    [("weibull", 0.382085, 0.127477, -1147.0544), ("lognormal", 0.519254, 0.155152, -1158.7501),
     ("loglogistic", 0.477509, 0.140355, -1152.8972)],
)  # fmt: skip
def test_accelerated_lifetimes(published, model, sex, error, log_likelihood):
    """R's survreg on sex and age; all typed digits."""
    frame = lung()
    design = frame[["sex", "age"]].assign(one=1.0).to_numpy(float)
    time, status = (frame[name].to_numpy(float) for name in ("time", "status"))
    fit = fit_accelerated(Cases(time, status, design, np.zeros(228, dtype=int)), model)
    published(f"lung, {model}", fit.value[0], sex, 2e-6, R)
    published(f"lung, {model}, error", np.sqrt(fit.covariance[0, 0]), error, 2e-6, R)
    published(f"lung, {model}, fit", fit.log_likelihood, log_likelihood, 1e-4, R)
    given = durations(rossi(), "week", "arrest", "fin")
    found = run(given, covariates=list(ROSSI[1:]), model=model).headline
    printed = {"weibull": 0.272172, "lognormal": 0.342826, "loglogistic": 0.289433}[model]
    # lifelines stops its search some 1e-4 of an error early: hence .001.
    published(f"rossi, {model}", found.value, printed, 1e-3, LIFELINES)


def tied_cases(seed: int = 3) -> Cases:
    """Durations in whole days with ties, censored, in three strata."""
    rng = np.random.default_rng(seed)
    design = rng.normal(size=(400, 2))
    strata = rng.integers(0, 3, 400)
    duration = np.ceil(10 * (1 + strata) * rng.exponential(np.exp(design @ [0.5, -0.3])))
    return Cases(duration, (rng.random(400) < 0.7).astype(float), design, strata)


def test_tied_and_stratified_hazards_equal_statsmodels():
    """Values and covariance with ties and strata, to 1e-6; its residuals give our trend."""
    cases = tied_cases()
    ended, design = cases.ended, cases.design
    ours = fit_hazards(cases)
    theirs = PHReg(cases.duration, design, status=ended, strata=cases.strata, ties="efron").fit()
    assert np.allclose(ours.value, theirs.params, rtol=1e-6)
    assert np.allclose(ours.covariance, theirs.cov_params(), rtol=1e-6)
    apart = np.arange(1, 401) * 0.5
    cases = Cases(apart, ended, design, np.zeros(400, dtype=int))
    ours = fit_hazards(cases)
    theirs = PHReg(apart, design, status=ended, ties="efron").fit()
    residual = theirs.schoenfeld_residuals[ended == 1]
    rank = np.arange(1, len(residual) + 1) / len(residual)
    centred = rank - rank.mean()
    expected = centred @ residual @ theirs.cov_params() * len(residual) / (centred**2).sum()
    slope, _ = hazard_trend(cases, ours)
    assert np.allclose(slope, expected, rtol=1e-6)


@pytest.mark.parametrize("model", ["cox", "weibull"])
def test_errors_are_those_of_fits_to_the_other_regions(model):
    """Ties, open cases and strata: each region left out by hand, to 1e-6 of the error."""
    cases = replace(tied_cases(), group=np.arange(400) % 7)
    if model == "weibull":
        cases = replace(cases, design=np.column_stack([cases.design, np.ones(400)]))
    fits = []
    for group in (-1, *range(7)):
        others = cases.group != group
        kept = (cases.duration, cases.ended, cases.design, cases.strata)
        rest = Cases(*(values[others] for values in kept))
        fit = fit_hazards(rest) if model == "cox" else fit_accelerated(rest, model)
        fits.append(fit.value[:2])
    by_hand = jackknife_covariance(np.array(fits[1:]), fits[0])
    found = estimate_hazards(cases) if model == "cox" else estimate_accelerated(cases, model)
    assert np.allclose(found[0], fits[0], rtol=1e-8)
    assert np.allclose(found[1], by_hand, rtol=1e-6)


def test_weeks_off_work_have_the_published_difference(in_root, published):
    """The difference in differences of log weeks, and its error up to degrees of freedom."""
    with open("params/complaint_handling/injury_weeks.yml", encoding="utf-8") as file:
        report = an.ComplaintHandling.read(yaml.safe_load(file))
    found = report.result.headline
    source = "Wooldridge, Introductory Econometrics, example 13.4 (recalled)"
    published("injury, log weeks", found.value, 0.191, 5e-4, source)
    published("injury, its error", found.standard_error, 0.069, 6e-4, source)
    columns = report.frame[["treated", "group", "after"]].astype(float)
    ended = report.frame["ended"]
    plain = PHReg(report.frame["duration"], columns, status=ended, ties="efron").fit()
    assert report.hazard.headline.value == pytest.approx(plain.params[0], rel=1e-7)
    assert report.verdict.key == "cannot_tell"
    assert "depends on how times are compared" in report.summary().points[1]


def test_the_proportionality_check_agrees_with_lifelines(published):
    """Chi-square of sex and age on ranks of time; ranks of ties differ: hence 5 per cent."""
    frame = lung()
    time, status = (frame[name].to_numpy(float) for name in ("time", "status"))
    cases = Cases(time, status, frame[["sex", "age"]].to_numpy(float), np.zeros(228, dtype=int))
    slope, error = hazard_trend(cases, fit_hazards(cases))
    published("lung, trend of sex", (slope[0] / error[0]) ** 2, 2.313925, 0.116, LIFELINES)
    published("lung, trend of age", (slope[1] / error[1]) ** 2, 0.292582, 0.0146, LIFELINES)


def test_hazards_that_cross_fail_the_check_and_parallel_ones_pass():
    """A Weibull arm of another shape is seen; the same shape is not."""
    rng = np.random.default_rng(4)
    treated = np.repeat([0, 1], 1000)
    frame = pd.DataFrame({"case": np.arange(2000), "ended": 1, "treated": treated})
    for shape, passed in ((1.0, True), (2.0, False)):
        power = np.where(treated == 1, 1 / shape, 1.0)
        given = frame.assign(duration=rng.exponential(size=2000) ** power + 1e-6)
        assert run(given).checks[0].passed is passed


def test_a_rush_before_the_deadline_is_seen():
    """Four days' cases closed on the day the first are due."""
    rng = np.random.default_rng(5)
    days = np.ceil(rng.uniform(0, 30, 1500))
    frame = pd.DataFrame(
        {"case": np.arange(1500), "duration": days, "ended": 1, "treated": np.arange(1500) % 2}
    )
    check = run(frame, deadline=15.0).checks[1]
    assert check.value == pytest.approx(1, abs=0.4)
    rushed = frame.assign(duration=np.where((days > 14) & (days < 19), 15, days))
    assert run(rushed, deadline=15.0).checks[1].value > 4


@pytest.mark.parametrize("model", ["weibull", "lognormal", "loglogistic"])
def test_accelerated_failure_recovers_a_known_ratio(model):
    """Twenty-four worlds of 30 regions by each distribution: within 4 Monte-Carlo errors of .3."""
    values = []
    for seed in range(24):
        rng = np.random.default_rng(seed)
        region = np.repeat(np.arange(30), 20)
        treated = (rng.permutation(30) < 15)[region].astype(int)
        draw = {
            "weibull": lambda size, rng=rng: np.log(rng.exponential(size=size)),
            "lognormal": lambda size, rng=rng: rng.normal(size=size),
            "loglogistic": lambda size, rng=rng: rng.logistic(size=size),
        }[model]
        taken = np.exp(2 + 0.3 * treated + rng.normal(0, 0.05, 30)[region] + 0.7 * draw(600))
        seen = rng.uniform(5, 80, 600)
        frame = pd.DataFrame(
            {"case": np.arange(600), "duration": np.minimum(taken, seen),
             "ended": (taken <= seen).astype(int), "treated": treated, "region": region}
        )  # fmt: skip
        values.append(run(frame, model=model).headline.value)
    assert abs(np.mean(values) - 0.3) < 4 * np.std(values) / np.sqrt(24)


def test_few_ends_single_regions_and_unknown_columns_are_refused_together():
    """With what is needed, and no value of a cell."""
    frame = durations_world(1, 0.0)
    first = frame.loc[frame["treated"] == 1, "region"].iloc[0]
    one = frame[(frame["treated"] == 0) | (frame["region"] == first)]
    one = one.assign(ended=one["ended"].where(one["treated"] == 0, 0))
    with pytest.raises(DesignError) as refused:
        run(one, covariates=["age"])
    assert [p.where for p in refused.value.problems] == [
        "ends of treated cases", "regions with treated cases", "column age",
    ]  # fmt: skip
    parents = frame.assign(parent=np.where(frame["treated"] == 1, "a", frame["region"]))
    with pytest.raises(DesignError, match="groups of parent with treated cases: are 1"):
        run(parents, cluster="parent")
    with pytest.raises(DesignError, match="baseline: of model weibull cannot differ"):
        run(frame.assign(stratum="a"), model="weibull")
    with pytest.raises(DesignError, match="column duration, row 3: must hold a number above 0"):
        run(frame.assign(duration=frame["duration"].where(frame.index != 2, 0.0)))


def test_a_covariate_that_decides_which_cases_end_has_no_estimate():
    """All long cases have it, no short one does: the likelihood rises for ever."""
    rng = np.random.default_rng(6)
    duration = np.concatenate([rng.uniform(1, 2, 50), rng.uniform(3, 4, 50)])
    frame = pd.DataFrame(
        {"case": np.arange(100), "duration": duration, "ended": np.repeat([1, 0], 50),
         "treated": np.arange(100) % 2, "open": np.repeat([0.0, 1.0], 50)}
    )  # fmt: skip
    with pytest.raises(EstimationError, match="survival: has no finite solution"):
        run(frame, covariates=["open"])
