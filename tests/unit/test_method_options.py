"""Options of the headline's method, set in a report's parameters."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
import yaml

from analysis import methods
from analysis.batch.keys import Keys
from analysis.batch.plan import Run, plan
from analysis.data.dataset import read_dataset
from analysis.data.frames.names import Names, offered
from analysis.data.frames.panels.panel_loader import build_panel
from analysis.data.frames.study import build_study, tables_needed
from analysis.disclosure.estimates import three_digits
from analysis.errors import AnalysisError, DesignError, ParamsError
from analysis.methods.shared.options import meaning
from analysis.methods.shared.question import check_panel
from analysis.page.shared.options import options_sentence
from analysis.power import study_power
from analysis.reports.intervention_effect.answer import Brief
from analysis.reports.intervention_effect.certainty.checks import certainty
from analysis.reports.intervention_effect.params import InterventionEffectParams
from analysis.reports.intervention_effect.provenance import provenance
from analysis.reports.intervention_effect.sensitivity import specification_figure
from analysis.reports.intervention_effect.tables import specification_table
from analysis.verdicts import robustness
from analysis.verdicts.effect import judged
from worlds import county_world, make_panel

ABOUT = """
title: {en: Test, zh: 测试}
status: simulated
licence: CC0
origin: t
words: {enterprises: {en: enterprise, zh: 企业}}
"""
ASKED = {"dataset": "data/counties", "intervention": "reform", "outcome": "complaint"} | {
    "method": "did",
    "exposure": "enterprises",
    "period": "quarter",
}


def write_dataset(folder: Path, panel) -> None:
    """The tables of a panel: counties of two cities, with enterprises and starts."""
    folder.mkdir(parents=True)
    frame = panel.frame.assign(
        region_code=panel.frame["region"],
        period=[panel.label(p) for p in panel.frame["period"]],
        outcome="complaint",
        count=panel.frame["count"].astype(int),
    )
    frame[["region_code", "period", "outcome", "count"]].to_csv(
        folder / "outcomes.csv", index=False
    )
    sizes = frame.assign(exposure="enterprises", value=frame["exposure"])
    sizes[["region_code", "period", "exposure", "value"]].to_csv(
        folder / "exposures.csv", index=False
    )
    codes = pd.Series(panel.regions)
    cities = np.where(np.arange(len(codes)) % 2, "A", "B")
    regions = pd.DataFrame({"region_code": codes, "name_en": codes, "name_zh": codes})
    regions.assign(level="county", parent_code=cities).to_csv(folder / "regions.csv", index=False)
    starts = panel.adoption[panel.adoption > 0]
    dates = [pd.Period(panel.label(int(start))).start_time.date() for start in starts]
    rows = {"region_code": starts.index, "intervention": "reform", "started_on": dates}
    pd.DataFrame(rows).to_csv(folder / "interventions.csv", index=False)
    (folder / "dataset.yml").write_text(ABOUT, encoding="utf-8")


@pytest.fixture
def project(tmp_path, monkeypatch, root) -> Path:
    """Notebooks and 36 counties with enterprises, in which to ask."""
    write_dataset(tmp_path / "data" / "counties", county_world(31))
    (tmp_path / "notebooks").symlink_to(root / "notebooks")
    (tmp_path / "params" / "intervention_effect").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def question(**changes) -> InterventionEffectParams:
    """The question of these tests under other parameters."""
    return InterventionEffectParams.from_mapping({**ASKED, **changes})


def study_of(params: InterventionEffectParams):
    """The question with its panel."""
    return build_study(read_dataset(params.dataset, tables_needed(params)), params)


def brief_of(params: InterventionEffectParams) -> Brief:
    """All that a report is written from."""
    study = study_of(params)
    headline = robustness.estimate_headline(study)
    rest = robustness.examine(study, headline)
    return Brief(study, headline, rest, judged(study, headline, rest))


def refused(**given) -> str:
    """What planning a report says of it."""
    file = Path("params/intervention_effect/asked.yml")
    file.write_text(yaml.safe_dump({**ASKED, **given}), encoding="utf-8")
    with pytest.raises(AnalysisError) as caught:
        plan(["intervention_effect/asked"])
    assert not Path("build").exists()
    return str(caught.value)


def test_everything_wrong_with_options_is_listed_before_anything_starts(project):
    """Unknown, set elsewhere, wrong types, an unknown column, a name unknown to the dataset."""
    options = {"covariate": ["enterprises"], "level": 0.9, "comparison": "never_treated"}
    options |= {"anticipation": "1", "covariates": ["enterprizes", "parent_code"], "scale": "lag"}
    said = refused(method_options=options, intervention="reforn")
    for part in (
        "names 'reforn'",
        "method_options, covariate: is not an option of method 'did'. Did you mean 'covariates'?",
        "method_options, level: is set by a parameter of its own. Set level beside method_options",
        "method_options, comparison: is set by a parameter of its own",
        "method_options, anticipation: input should be a valid integer",
        "method_options, scale: input should be 'log' or 'rate'",
        "method_options, covariates, 'enterprizes': is no column that this dataset offers. "
        "Did you mean 'enterprises'?",
        "method_options, covariates, 'parent_code': is of a kind that this option does not take",
    ):
        assert part in said
    assert "8 problems" in said


@pytest.mark.parametrize(
    ("method", "options", "words"),
    [
        ("did", {"covariates": "enterprises"}, "covariates: input should be a list"),
        ("two_way", {"groups": "level_of"}, "Did you mean 'level'"),
        ("two_way", {"weights": "log_enterprises"}, "Did you mean 'enterprises'"),
        ("two_way", {"dose": "enterprises"}, "gives no relative change"),
        ("synthetic_control", {"scale": "rate"}, "gives no relative change"),
        ("synthetic_control", {"predictors": ["enterprises"]}, "only by form: classic"),
        ("synthetic_control", {"form": "classic", "lags": ["1999Q1", "2001Q2"]}, "1999Q1"),
        ("two_way", {"weights": "enterprises", "form": "differences"}, "Use form: effects"),
        ("did", {"anticipation": 9}, "periods before the start"),
        ("dit", {"anticipation": 5}, "'dit' does not exist. Did you mean 'did'"),
        ("did", {"covariates": [dt.date(2020, 1, 1)]}, "is a date in YAML"),
        ("did", {"password": "x"}, "looks like a password"),
    ],
)
def test_an_option_that_cannot_be_is_refused_before_anything_starts(
    project, method, options, words
):
    """By type, by column, by what pages can say, by the other options, by the panel."""
    assert words in refused(method=method, method_options=options)


def test_a_column_without_a_value_for_some_region_is_refused(project):
    """Two counties lack enterprises in the first quarter, three others a city."""
    file = project / "data/counties/exposures.csv"
    sizes = pd.read_csv(file, dtype=str)
    first = sizes.index[sizes["period"] == "2001Q1"]
    sizes.drop(first[:2]).to_csv(file, index=False)
    file = project / "data/counties/regions.csv"
    regions = pd.read_csv(file, dtype=str)
    regions.loc[5:7, "parent_code"] = ""
    regions.to_csv(file, index=False)
    options = {"weights": "enterprises", "groups": "parent_code"}
    said = refused(method="two_way", method_options=options, exposure="")
    assert "column enterprises: has no value for 2 of 36 regions" in said
    assert "column parent_code: has no value for 3 of 36 regions" in said


def test_columns_are_what_the_tables_say(project):
    """First period, every period, logs, the region above; only those that are named."""
    options = {"controls": ["log_enterprises_by_period"], "weights": "enterprises"}
    options |= {"groups": "parent_code"}
    params = question(method="two_way", method_options=options)
    dataset = read_dataset(params.dataset, tables_needed(params))
    panel = build_panel(dataset, params)
    sizes = pd.read_csv("data/counties/exposures.csv", dtype={"region_code": str})
    wide = sizes.pivot(index="region_code", columns="period", values="value").to_numpy()
    assert (panel.matrix("enterprises") == wide[:, :1]).all()
    assert (panel.matrix("log_enterprises_by_period") == np.log(wide)).all()
    assert list(panel.matrix("parent_code")[:3, 4]) == ["B", "A", "B"]
    assert "log_enterprises" not in panel.frame
    assert set(offered(dataset)) == {
        *("enterprises", "log_enterprises"),
        *("enterprises_by_period", "log_enterprises_by_period", "level", "parent_code"),
    }
    plain = build_panel(dataset, question())
    assert list(plain.frame) == ["region", "period", "count", "exposure", "first_treated"]


def run_cells(root: Path, **given) -> dict[str, object]:
    """What is left after the notebook's code cells, the parameters set below theirs."""
    notebook = nbformat.read(root / "notebooks" / "intervention_effect.ipynb", as_version=4)
    shown: list[object] = []
    space: dict[str, object] = {"display": lambda *plates: shown.extend(plates), "shown": shown}
    for cell in (c for c in notebook.cells if c.cell_type == "code"):
        exec(cell.source, space)  # noqa: S102
        if "parameters" in cell.metadata.get("tags", []):
            space.update(given)
    return space


ONE_OPTION = {
    "did": {"covariates": ["log_enterprises"]},
    "counts": {"weights": "exposure"},
    "event_study": {"effects": 3},
    "imputation": {"anticipation": 1},
    "rollout": {"strata": "parent_code"},
    "synthetic_control": {"draws": 50},
    "two_way": {"weights": "enterprises"},
}


@pytest.mark.parametrize("name", methods.panel_names())
def test_the_notebook_runs_every_method_with_an_option_as_the_method_itself_does(
    project, root, name
):
    """The same number, to three digits as it may leave; the plain one beside it, both named so."""
    options = ONE_OPTION[name]
    plan_of = Path("params/intervention_effect/asked.yml")
    plan_of.write_text(yaml.safe_dump({**ASKED, "method": name, "method_options": options}))
    plan(["intervention_effect/asked"])
    space = run_cells(root, **{**ASKED, "method": name, "method_options": options})
    study, headline = space["report"].study, space["report"].result
    alone = methods.estimate(name, study.panel, **options)
    assert headline.headline == three_digits(alone.headline)
    answers = {item.key: item for item in space["report"].robustness.specifications}
    own = robustness.headline_key(study)
    plain = own.removesuffix("_with_options")
    assert [*answers][:2] == [own, plain]
    assert answers[own].estimate.value == headline.headline.value
    bare = methods.estimate(name, study.panel)
    assert answers[plain].estimate.value == three_digits(bare.headline.value)
    for language in ("en", "zh"):
        parts = ("study", "headline", "robustness", "verdict")
        brief = spoken(Brief(*(getattr(space["report"], part) for part in parts)), language)
        names = [row[0] for row in specification_table(brief).data.rows[:2]]
        words = {"en": ("With options: ", "Without options: ")}
        words["zh"] = ("设选项：", "不设选项：")
        assert names[0].startswith(words[language][0])
        assert names[1].startswith(words[language][1])
        assert specification_figure(brief).table.rows[0][0] == names[0]
        assert (
            options_sentence(brief, name, brief.question.method_options, brief.study.columns)
            in specification_table(brief).caption
        )
        method = next(e for e in provenance(brief).entries if e["label"] in ("Method", "方法"))
        assert (
            options_sentence(brief, name, brief.question.method_options, brief.study.columns)
            in method["value"]
        )


def spoken(brief: Brief, language: str) -> Brief:
    """The same report in a language."""
    params = brief.study.params.model_copy(update={"language": language})
    return replace(brief, study=replace(brief.study, params=params))


def test_options_are_said_in_words_in_both_languages(project):
    """Columns by what they hold, numbers as they are; words and no names of code."""
    options = {"covariates": ["log_enterprises"], "anticipation": 1}
    brief = brief_of(question(method_options=options))
    assert options_sentence(brief, "did", brief.question.method_options, brief.study.columns) == (
        "Options set for the method of the headline: regions are made alike in: log of "
        "enterprises in the first period; periods before the start in which effects may already "
        "show: 1."
    )
    assert options_sentence(
        spoken(brief, "zh"), "did", brief.question.method_options, brief.study.columns
    ) == (
        "主要估计所用方法的选项：使各地区在下列方面相近：首期企业的对数；启动之前效果可能已显现的期数：1。"
    )
    assert provenance(brief).params["method_options"] == options
    assert "is not given where effects may show" in " ".join(certainty(brief).points)
    names = [row[0] for row in specification_table(brief).data.rows]
    assert "With options: staggered comparison, one more period of anticipation allowed" in (names)


def test_options_that_name_columns_are_marked():
    """Those whose description speaks of a column, in methods that take a panel."""
    for name in methods.panel_names():
        for option, field in methods.load(name).options.model_fields.items():
            marked = any(isinstance(mark, Names) for mark in field.metadata)
            assert marked is ("column" in meaning(field) and option != "dose"), (name, option)


def test_without_options_a_report_says_what_it_said(project):
    """The same ways to estimate under the same keys, no word of options, no new parameter."""
    brief = brief_of(question())
    assert [item.key for item in brief.robustness.specifications] == [
        *("did_not_yet_treated", "did_never_treated", "did_anticipation", "did_rate"),
        *("counts_not_yet_treated", "counts_never_treated", "counts_equal"),
        "imputation_not_yet_treated",
        *("two_way_effects", "two_way_differences"),
    ]
    assert "Options" not in specification_table(brief).caption
    assert "Options" not in str(provenance(brief).entries)
    assert "method_options" not in provenance(brief).params


def test_other_options_are_another_question(project):
    """To the key of a run and to kept results."""
    runs = [
        Run("intervention_effect/x", "en", {}, question(method_options=options))
        for options in ({}, {"anticipation": 1}, {"covariates": ["enterprises"]})
    ]
    assert len({Keys().parts(run).key for run in runs}) == 3
    asked = [robustness.question(study_of(run.params)) for run in runs]
    assert asked[0] != asked[1] != asked[2]


def test_the_notebook_refuses_a_misspelt_column_without_our_runner(project):
    """As plain papermill would meet it."""
    study = study_of(question(method_options={"covariates": ["enterprise"]}))
    with pytest.raises(ParamsError, match="Did you mean 'enterprises'"):
        robustness.estimate_headline(study)


def early_world(seed: int):
    """Counties where the effect, a fall of about 40 %, shows one period before the start."""
    rng = np.random.default_rng(seed)
    regions, periods = 60, 14
    starts = np.where(np.arange(regions) < 30, rng.choice([6, 8, 10], regions), 0)
    since = np.arange(1, periods + 1) - starts[:, None]
    shown = (starts[:, None] > 0) & (since >= -1)
    rate = np.exp(rng.normal(0, 0.3, (regions, 1)) - 0.5 * shown)
    return make_panel(rng.poisson(400 * rate), starts, np.full((regions, periods), 1000.0))


def test_the_placebo_in_time_looks_before_the_periods_of_anticipation(project):
    """It finds the early effect without the option and nothing with it; five worlds."""
    for seed in range(5):
        folder = f"data/early_{seed}"
        write_dataset(Path(folder), early_world(seed))
        plain = study_of(question(dataset=folder))
        found = robustness.placebo_in_time(plain).estimate
        assert found.high < -0.3
        aware = study_of(question(dataset=folder, method_options={"anticipation": 1}))
        found = robustness.placebo_in_time(aware).estimate
        # Poisson noise of 30 counties with 400 each is about .01; .1 is far above it.
        assert abs(found.value) < 0.1
        assert robustness.estimate_headline(aware).headline.value == pytest.approx(-0.5, abs=0.06)


def test_the_placebo_with_anticipation_is_the_one_of_earlier_starts(project):
    """All starts one period earlier and no option set; to the bit."""
    world = county_world(31)
    aware = study_of(question(method_options={"anticipation": 1}))
    starts = world.adoption.to_numpy()
    moved = np.where(starts > 0, starts - 1, 0)
    earlier = make_panel(world.matrix("count"), moved, world.matrix("exposure"))
    write_dataset(Path("data/earlier"), earlier)
    plain = study_of(question(dataset="data/earlier"))
    assert robustness.placebo_in_time(aware).estimate == robustness.placebo_in_time(plain).estimate


def test_two_way_effects_with_columns_claim_no_direction(project):
    """Their comparisons with regions treated already are not weighed, so they may be there."""
    brief = brief_of(question(method="two_way", method_options={"weights": "enterprises"}))
    assert "already_treated" in brief.verdict.overruled


def test_power_is_of_the_method_with_its_options(project):
    """Options reach it, and a method that knows no comparison is not asked for one."""
    params = question(method="two_way", method_options={"weights": "enterprises"})
    found = study_power(study_of(params), effects=[-0.4], draws=20)
    assert found.options["weights"] == "enterprises"


def test_a_panel_too_short_for_the_anticipation_is_refused():
    """Starts in periods 5 to 9 leave no room for nine periods before."""
    with pytest.raises(DesignError, match="periods before the start"):
        check_panel(question(method_options={"anticipation": 9}), county_world(1))


def sized_world(seed: int):
    """Large counties adopt more often and fall by themselves; the effect is a fall of 20 %."""
    rng = np.random.default_rng(seed)
    regions, periods = 150, 10
    size = rng.normal(0, 0.5, regions)
    adopts = rng.random(regions) < 1 / (1 + np.exp(-2 * size))
    starts = np.where(adopts, rng.choice([5, 7], regions), 0)
    treated = (starts[:, None] > 0) & (np.arange(1, periods + 1) >= starts[:, None])
    own_fall = -0.08 * size[:, None] * np.arange(periods)
    exposure = np.exp(7 + size)[:, None] * np.ones(periods)
    rate = 0.3 * np.exp(own_fall + rng.normal(0, 0.05, (regions, periods)) - 0.223 * treated)
    return make_panel(rng.poisson(exposure * rate), starts, exposure)


def test_a_covariate_takes_out_what_size_alone_would_have_done(project):
    """Without it the interval leaves out the truth in each of five worlds; with it, it holds it."""
    held = 0
    for seed in range(5):
        folder = f"data/sized_{seed}"
        write_dataset(Path(folder), sized_world(seed))
        plain = robustness.estimate_headline(study_of(question(dataset=folder))).headline
        options = {"covariates": ["log_enterprises"]}
        asked = question(dataset=folder, method_options=options)
        found = robustness.estimate_headline(study_of(asked)).headline
        assert plain.high < -0.223
        held += found.low <= -0.223 <= found.high
        assert abs(found.value + 0.223) < abs(plain.value + 0.223) / 2
    # At 95 % three or fewer of five would come up once in a thousand times.
    assert held >= 4
