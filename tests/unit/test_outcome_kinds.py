"""Outcomes that are no counts: shares of a base, scores, rates and amounts."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import statsmodels.formula.api as smf
import yaml
from test_verdict import study_of

from analysis import methods
from analysis.data.dataset import read_dataset
from analysis.data.frames.outcomes import counts_of, kind_of
from analysis.data.frames.panels.panel_loader import panel
from analysis.data.frames.study import build_study
from analysis.errors import ContractError, DesignError
from analysis.page.numbers import period, period_span, period_tick
from analysis.power import power
from analysis.reports.intervention_effect.params import InterventionEffectParams
from analysis.reports.intervention_effect.plates import InterventionEffect
from analysis.reports.intervention_effect.question import ask
from analysis.verdicts.effect import found
from analysis.verdicts.robustness import estimate_headline, examine
from worlds import make_panel

ABOUT = {
    "title": {"en": "Fiction", "zh": "虚构"},
    "status": "simulated",
    "licence": "CC0",
    "origin": "made in a test",
    "words": {
        "late": {"en": "late case", "zh": "逾期件", "base": {"en": "closed case", "zh": "办结件"}},
        "score": {
            "en": "satisfaction score",
            "zh": "满意度得分",
            "unit": {"en": "point", "zh": "分"},
        },
        "recovered": {
            "en": "recovered loss",
            "en_plural": "recovered losses",
            "zh": "挽回损失",
            "adds_up": True,
            "unit": {"en": "yuan", "en_plural": "yuan", "zh": "元"},
        },
    },
}
REGIONS, MONTHS = 16, 36
EFFECTS = {"late": 0.7, "score": -4.0, "recovered": 300.0, "rating": 2.0}


def write_fiction(folder, seed=1):
    """Monthly shares, scores and amounts of sixteen regions, half of which adopt."""
    rng = np.random.default_rng(seed)
    codes = [f"R{i:02d}" for i in range(REGIONS)]
    starts = {code: 13 + 3 * (i % 3) for i, code in enumerate(codes[:8])}
    regions = {"region_code": codes, "name_en": codes, "name_zh": codes, "level": "county"}
    rows = []
    for place, code in enumerate(codes):
        for month in range(MONTHS):
            on = starts.get(code, 99) <= month
            period = f"{2020 + month // 12}-{month % 12 + 1:02d}"
            closed = int(rng.poisson(200))
            late = rng.binomial(closed, 0.2 * (EFFECTS["late"] if on else 1))
            score = 70 + place + 0.1 * month + (EFFECTS["score"] * on) + rng.normal(0, 1)
            amount = 2000 + 100 * place + (EFFECTS["recovered"] * on) + rng.normal(0, 50)
            rows += [
                {"outcome": "late", "count": late, "base": closed},
                {"outcome": "score", "value": round(score, 3), "base": int(rng.integers(10, 90))},
                {"outcome": "recovered", "value": round(amount, 2)},
                {"outcome": "rating", "value": round(score - 80, 3)},
                {"outcome": "visits", "count": int(rng.poisson(40))},
            ]
            for row in rows[-5:]:
                row.update(region_code=code, period=period)
    folder.mkdir(exist_ok=True)
    text = yaml.safe_dump(ABOUT, allow_unicode=True)
    (folder / "dataset.yml").write_text(text, encoding="utf-8")
    pd.DataFrame(regions).to_csv(folder / "regions.csv", index=False)
    table = pd.DataFrame(rows).astype({"count": "Int64", "base": "Int64"})
    table.to_csv(folder / "outcomes.csv", index=False)
    begun = [f"{2020 + month // 12}-{month % 12 + 1:02d}-01" for month in starts.values()]
    adopted = {"region_code": list(starts), "intervention": "scheme", "started_on": begun}
    pd.DataFrame(adopted).to_csv(folder / "interventions.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def fiction(tmp_path_factory):
    """The folder of a fictional dataset."""
    return write_fiction(tmp_path_factory.mktemp("fiction") / "data")


@pytest.fixture(scope="module")
def data(fiction):
    """The dataset read."""
    return read_dataset(fiction)


def rows_of(data, outcome):
    """The rows of an outcome with their quarter."""
    rows = data.tables["outcomes"].query("outcome == @outcome")
    quarter = pd.PeriodIndex(rows["period"], freq="M").asfreq("Q").astype(str)
    return rows.assign(quarter=quarter)


def test_the_kind_follows_from_the_columns(data):
    """A count alone, a count out of a base, a value."""
    kinds = {name: kind_of(data, name) for name in ("visits", "late", "score", "recovered")}
    assert kinds == {"visits": "count", "late": "share", "score": "level", "recovered": "level"}


def test_shares_add_numerator_and_base(data):
    """A quarter is out of all that was closed in it."""
    found = panel(data, outcome="late", intervention="scheme", period="quarter")
    wanted = rows_of(data, "late").groupby(["region_code", "quarter"])[["count", "base"]].sum()
    assert found.kind == "share"
    assert found.has_exposure
    assert not found.yearly
    assert np.array_equal(found.frame["count"], wanted["count"])
    assert np.array_equal(found.frame["exposure"], wanted["base"])


def test_scores_average_by_their_base_and_amounts_add(data):
    """What a score is a mean of weighs it; without a base all periods weigh alike."""
    by = ["region_code", "quarter"]
    rows = rows_of(data, "score").assign(product=lambda r: r["value"] * r["base"])
    wanted = rows.groupby(by)[["product", "base"]].sum().eval("product / base")
    found = panel(data, outcome="score", intervention="scheme", period="quarter")
    assert found.kind == "level"
    assert np.allclose(found.frame["value"], wanted)
    amounts = panel(data, outcome="recovered", intervention="scheme", period="quarter")
    assert amounts.yearly
    assert np.allclose(
        amounts.frame["value"], rows_of(data, "recovered").groupby(by)["value"].sum()
    )
    plain = panel(data, outcome="rating", intervention="scheme", period="quarter")
    assert np.allclose(plain.frame["value"], rows_of(data, "rating").groupby(by)["value"].mean())


def test_all_that_is_wrong_with_an_outcome_is_said_at_once(tmp_path):
    """Neither filled, both filled, mixed within an outcome, a share above one."""
    folder = write_fiction(tmp_path / "data")
    file = folder / "outcomes.csv"
    rows = pd.read_csv(file, dtype=str)
    rows.loc[0, "count"] = ""
    rows.loc[1, "count"] = "5"
    rows.loc[5, "base"] = "1"
    rows.loc[7, "base"] = "9"
    rows.to_csv(file, index=False)
    with pytest.raises(ContractError) as caught:
        read_dataset(folder)
    message = str(caught.value)
    for said in (
        "column count, row 2: is empty",
        "column value, row 3: is filled beside count",
        "column count, row 7: is above its base",
        "column base, row 9: is filled in some rows of its outcome only",
    ):
        assert said in message


def test_counts_may_be_left_out_where_values_stand_for_them(tmp_path):
    """A file without a column of counts; without either, one is asked for."""
    folder = write_fiction(tmp_path / "data")
    file = folder / "outcomes.csv"
    rows = pd.read_csv(file, dtype=str).query("outcome == 'score'").drop(columns="count")
    rows.to_csv(file, index=False)
    assert kind_of(read_dataset(folder), "score") == "level"
    rows.drop(columns="value").to_csv(file, index=False)
    with pytest.raises(ContractError, match="column count: is missing"):
        read_dataset(folder)


def test_a_share_has_no_other_exposure(tmp_path):
    """It is out of its own base."""
    folder = write_fiction(tmp_path / "data")
    rows = [f"R{i:02d},2020,people,1000" for i in range(REGIONS)]
    text = "\n".join(["region_code,period,exposure,value", *rows])
    (folder / "exposures.csv").write_text(text + "\n")
    with pytest.raises(DesignError, match="out of its own base"):
        panel(
            read_dataset(folder),
            outcome="late", intervention="scheme", exposure="people", period="quarter",
        )  # fmt: skip


def test_regions_are_compared_by_counts_only(data):
    """A level is no rate."""
    with pytest.raises(DesignError, match="outcome score: is a level"):
        counts_of(data, "score", "year")


def asked(fiction, outcome, **changes):
    """Parameters of a question on the fictional dataset."""
    given = {"dataset": str(fiction), "intervention": "scheme", "outcome": outcome}
    return InterventionEffectParams(**{**given, "period": "quarter", **changes})


def quarters(data, outcome):
    """The panel by quarter."""
    return panel(data, outcome=outcome, intervention="scheme", period="quarter")


def imputed_by_dummies(frame, weights=None):
    """Mean gap of treated cells to a least squares fit of untreated ones, and what was expected."""
    frame = frame.assign(on=frame["first_treated"].between(1, frame["period"]))
    if weights is None:
        frame, weights = frame.assign(w=1.0), "w"
    untreated = frame[~frame["on"]]
    fit = smf.wls("value ~ C(region) + C(period)", untreated, weights=untreated[weights]).fit()
    treated = frame[frame["on"]]
    expected = np.average(fit.predict(treated), weights=treated[weights])
    return np.average(treated["value"], weights=treated[weights]) - expected, expected


@pytest.mark.parametrize("outcome", ["score", "rating", "recovered"])
def test_levels_are_imputed_as_least_squares_with_dummies_does(data, outcome):
    """Also of values below zero; the effect is in the unit of the outcome."""
    used = quarters(data, outcome)
    result = methods.estimate("imputation", used)
    value, expected = imputed_by_dummies(used.frame)
    assert result.unit == "units of the outcome"
    assert result.headline.value == pytest.approx(value, abs=1e-8)
    assert result.expected == pytest.approx(expected, abs=1e-8)
    wanted = EFFECTS.get(outcome if outcome != "rating" else "score") * (
        1 if outcome != "recovered" else 3
    )
    assert abs(result.headline.value - wanted) < 4 * result.headline.standard_error


def test_a_share_is_counted_out_of_its_base_as_a_poisson_model_with_offset(data):
    """The ratio of what was counted to what a fit of untreated cells expects."""
    used = quarters(data, "late")
    frame = used.frame.assign(on=used.frame["first_treated"].between(1, used.frame["period"]))
    untreated, treated = frame[~frame["on"]], frame[frame["on"]]
    fit = smf.glm(
        "count ~ C(region) + C(period)", untreated,
        family=sm.families.Poisson(), offset=np.log(untreated["exposure"]),
    ).fit()  # fmt: skip
    expected = fit.predict(treated, offset=np.log(treated["exposure"])).sum()
    result = methods.estimate("counts", used, weights="exposure")
    assert result.headline.value == pytest.approx(np.log(treated["count"].sum() / expected))


def test_did_and_the_event_study_take_levels(data):
    """One cohort: both are means of differences; two-way effects are least squares with dummies."""
    used = quarters(data, "score")
    cohort = used.keep([c for c in used.regions if used.adoption[c] in (0, 5)])
    values, starts = cohort.matrix("value"), cohort.adoption.to_numpy()
    gap = values - values[:, [3]]
    by_time = gap[starts == 5].mean(axis=0) - gap[starts == 0].mean(axis=0)
    did = methods.estimate("did", cohort)
    assert did.headline.value == pytest.approx(by_time[4:].mean())
    assert did.unit == "units of the outcome"
    assert did.expected == pytest.approx(values[starts == 5][:, 4:].mean() - by_time[4:].mean())
    everyone = methods.estimate("event_study", used)
    assert everyone.headline.value == pytest.approx(EFFECTS["score"], abs=1)
    frame = used.frame.assign(on=used.frame["first_treated"].between(1, used.frame["period"]) * 1.0)
    fit = smf.ols("value ~ on + C(region) + C(period)", frame).fit()
    assert methods.estimate("two_way", used).headline.value == pytest.approx(fit.params["on"])


def test_a_logarithm_of_zero_or_less_is_refused_in_a_sentence(data):
    """And it says what would do."""
    with pytest.raises(DesignError, match="levels: of zero or less"):
        methods.estimate("imputation", quarters(data, "rating"), scale="log")
    found = methods.estimate("imputation", quarters(data, "score"), scale="log")
    assert found.unit == "log points"


def test_counts_refuse_a_level_before_a_kernel_starts(fiction, data):
    """In one sentence that names the method to use."""
    with pytest.raises(DesignError, match=r"is a level.*Use method: imputation") as caught:
        ask(data, asked(fiction, "score", method="counts"))
    assert len(caught.value.problems) == 1
    with pytest.raises(DesignError, match="is a level"):
        methods.estimate("counts", quarters(data, "score"))


def test_the_method_follows_from_the_outcome_where_none_is_asked_for(fiction, data):
    """Counts and shares by the count model, levels by linear imputation."""
    found = {n: ask(data, asked(fiction, n)).params.method for n in ("visits", "late", "score")}
    assert found == {"visits": "counts", "late": "counts", "score": "imputation"}


def test_second_looks_at_levels_are_least_squares_in_the_unit_of_the_outcome(fiction, data):
    """With the slope of adopters, and a break beside it."""
    study = build_study(data, asked(fiction, "score", placebo_outcome="visits"))
    found = examine(study, estimate_headline(study))
    frame = study.panel.frame.assign(
        on=lambda f: f["first_treated"].between(1, f["period"]) * 1.0,
        z=lambda f: (f["first_treated"] > 0) * f["period"],
    )
    fit = smf.ols("value ~ on + z + C(region) + C(period)", frame).fit()
    looks = found.own_course.looks
    assert looks["trend_break"].value == pytest.approx(fit.params["on"], abs=1e-8)
    assert found.own_course.headline.value == pytest.approx(
        estimate_headline(study).headline.value, abs=1e-8
    )
    assert found.count_model.method == "imputation"
    assert found.placebo_outcome.expected is None
    assert all(a.estimate is not None for a in found.specifications)
    assert not any(a.method == "counts" for a in found.specifications)


def test_power_puts_levels_in_and_takes_them_out_by_adding(data):
    """An effect in the unit of the outcome."""
    found = power(quarters(data, "score"), "imputation", {}, np.random.default_rng(1), draws=20)
    assert found.removed == pytest.approx(EFFECTS["score"], abs=1)
    assert 0 < found.formula < 4


PLATES = (
    *("summary", "picture", "sample", "adoption", "cohorts", "paths", "event_time", "effects"),
    *("specifications", "specification_table", "leave_one_out", "certainty", "reporting"),
)


def page_of(fiction, data, outcome, language, **changes):
    """The object of the notebook, and all that its plates say."""
    params = asked(fiction, outcome, language=language, **changes)
    report = InterventionEffect(params, data, ask(data, params))
    return report, " ".join(str(getattr(report, name)()) for name in PLATES)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("outcome", ["late", "score", "recovered"])
def test_a_page_speaks_of_an_outcome_in_its_own_unit(fiction, data, outcome, language):
    """No score is fewer, no share is a year's, and both languages hold the same numbers."""
    report, text = page_of(fiction, data, outcome, language)
    summary = report.summary()
    first = " ".join((summary.verdict_words, *summary.points, summary.number_words))
    said = {
        "late": ("late cases for every 1,000 closed cases", "每1000办结件中逾期件约少"),
        "score": ("points lower", "低"),
        "recovered": ("yuan higher per region a year", "每个地区每年高"),
    }[outcome][language == "zh"]
    assert said in first
    if outcome != "late":
        assert not re.search("fewer|Fewer|more recorded|counted|登记减少|登记增多|件，", first)
        assert not re.search("rate ratio|Counted over|counts only|Log points", text)
        expected = report.headline.expected * (4 if outcome == "recovered" else 1)
        assert report.effect.base == pytest.approx(expected)
        assert report.effect.change == pytest.approx(report.effect.relative * expected)
    assert report.facts() == page_of(fiction, data, outcome, "en")[0].facts()


def test_a_level_is_judged_by_the_rule_and_called_lower_or_higher(fiction, data):
    """Not fewer or more; improves only where recording cannot move it."""
    for outcome, key in (("score", "lower"), ("recovered", "higher"), ("late", "fewer")):
        assert page_of(fiction, data, outcome, "en")[0].verdict.key == key


def test_what_matters_of_a_level_is_a_share_of_what_was_expected(fiction, data):
    """Six per cent lower: too small to matter where ten would."""
    wide = page_of(fiction, data, "score", "en", smallest_effect=0.2)[0].verdict
    assert wide.key == "too_small_to_matter"


@pytest.mark.parametrize(("share", "little"), [(0.3, True), (0.97, False)])
def test_a_share_near_one_matters_by_what_is_left_of_it_too(share, little):
    """Half a per cent less of 97 % is a sixth more of the rest; of 30 % it is little either way."""
    rng = np.random.default_rng(5)
    starts = np.repeat([0, 7, 9, 11], 6)
    after = (starts[:, None] > 0) & (np.arange(1, 21) >= starts[:, None])
    base = np.full(after.shape, 4000)
    counts = rng.binomial(base, share * np.where(after, 0.995, 1.0))
    panel = replace(make_panel(counts, starts, base.astype(float)), kind="share", yearly=False)
    study = study_of(panel)
    headline = estimate_headline(study)
    found_out = found(study, headline, examine(study, headline))
    assert found_out.little == little
    wide = replace(study, params=study.params.model_copy(update={"smallest_effect": 0.3}))
    assert found(wide, headline, examine(study, headline)).little


def test_a_level_around_zero_is_refused_before_a_kernel_starts(fiction, data):
    """No change is a share of it."""
    with pytest.raises(DesignError, match="mean of zero or less"):
        ask(data, asked(fiction, "rating"))


def test_a_level_that_a_few_values_take_below_zero_is_refused_before_a_kernel_starts(tmp_path):
    """Scores of one other region are thirty times too high for two years, and fall back."""
    folder = write_fiction(tmp_path / "spoilt")
    table = pd.read_csv(folder / "outcomes.csv")
    place = table.query("outcome == 'score' and region_code == 'R15'").index[:24]
    table.loc[place, "value"] *= 30
    table.to_csv(folder / "outcomes.csv", index=False)
    with pytest.raises(DesignError, match="would be expected to be zero or less among adopters"):
        ask(read_dataset(folder), asked(folder, "score"))


def test_a_logarithm_of_a_level_is_the_same_share_on_the_page(fiction, data):
    """A headline in logarithms beside second looks in points."""
    report, text = page_of(
        fiction, data, "score", "en", method_options={"scale": "log"}, smallest_effect=0.02
    )
    assert report.verdict.key == "lower"
    assert report.effect.relative == pytest.approx(-0.05, abs=0.01)
    assert "points lower" in text


def weekly(folder, last="2020-W53"):
    """Six regions with 60 weeks of counts, three of which adopt in week 31."""
    days = [w.start_time.isocalendar() for w in pd.period_range("2019-12-30", periods=60, freq="W")]
    weeks = [f"{year}-W{week:02d}" for year, week, _ in days]
    codes = [f"R{i}" for i in range(6)]
    rows = [
        (code, last if (place, week) == (0, "2020-W53") else week, "visits", 20 + place + j % 5)
        for place, code in enumerate(codes)
        for j, week in enumerate(weeks)
    ]
    folder.mkdir()
    (folder / "dataset.yml").write_text(yaml.safe_dump(ABOUT, allow_unicode=True), encoding="utf-8")
    regions = {"region_code": codes, "name_en": codes, "name_zh": codes, "level": "county"}
    pd.DataFrame(regions).to_csv(folder / "regions.csv", index=False)
    table = pd.DataFrame(rows, columns=["region_code", "period", "outcome", "count"])
    table.to_csv(folder / "outcomes.csv", index=False)
    adopted = {"region_code": codes[:3], "intervention": "scheme", "started_on": "2020-07-29"}
    pd.DataFrame(adopted).to_csv(folder / "interventions.csv", index=False)
    return folder


def test_weeks_are_a_period_of_their_own(tmp_path):
    """ISO weeks, 53 in 2020; they do not add up to months."""
    data = read_dataset(weekly(tmp_path / "data"))
    found = panel(data, outcome="visits", intervention="scheme", period="week")
    assert len(found.periods) == 60
    assert found.periods[52:54] == ("2020-W53", "2021-W01")
    assert found.label(int(found.adoption.max())) == "2020-W31"
    short = {"first_period": "2020-W10", "last_period": "2020-W40"}
    cut = panel(data, outcome="visits", intervention="scheme", period="week", **short)
    assert (cut.periods[0], cut.periods[-1]) == ("2020-W10", "2020-W40")
    with pytest.raises(DesignError, match="weeks do not add up"):
        panel(data, outcome="visits", intervention="scheme", period="month")


def test_a_week_that_a_year_does_not_have_is_refused(tmp_path):
    """2021 ends with week 52."""
    with pytest.raises(ContractError, match="is not a period"):
        read_dataset(weekly(tmp_path / "data", last="2021-W53"))


def test_weeks_are_written_as_each_language_does():
    """In sentences and on axes."""
    assert period("2019-W05", "en") == "week 5 of 2019"
    assert period("2019-W05", "zh") == "2019年第5周"
    assert period_tick("2019-W05", "zh") == "第5周\n2019年"
    assert period_span("2019-W05", "2020-W01", "en") == "week 5 of 2019 to week 1 of 2020"
