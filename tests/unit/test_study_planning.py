"""A roll-out still to come: how its order is drawn, what it promises, and what it refuses."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import yaml

import analysis as an
from analysis.data.dataset import datasets_kept
from analysis.errors import AnalysisError
from analysis.planning import Design, commitment_of, deal, draw_order, try_design

TEXT = "three cranes over the river at dusk"
STAGGERED = Design("staggered", 40, 4, 8, 4)
CODES = [f"99{i:04d}" for i in range(40)]
SMALL = {"counties": [30], "periods": [4], "waves": 2, "draws": 20, "effects": [-0.3],
         "last_period": "2023Q3"}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def read_once():
    """The province is read once for all tests here."""
    with datasets_kept():
        yield


def test_waves_start_one_after_the_other_and_one_group_does_not():
    """Of eight periods four waves: at 5, 7, 9 and 11; all at once at 5."""
    assert STAGGERED.starts == (5, 7, 9, 11, 0)
    assert Design("parallel", 40, 4, 8).starts == (5, 0)


@pytest.mark.parametrize("groups", [2, 5, 7])
def test_groups_are_even_within_strata_and_over_all(groups):
    """By one region at most, in ten strata of unequal size."""
    strata = np.repeat(np.arange(10), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    dealt = deal(groups, strata.tolist(), np.random.default_rng(2))
    for own in (np.ones(55, bool), *(strata == s for s in range(10))):
        sizes = np.bincount(dealt[own], minlength=groups)
        assert sizes.max() - sizes.min() <= 1


def test_every_region_is_as_likely_to_start_first():
    """2,000 texts: each of 40 regions in the first wave in a fifth of them, within 4 errors."""
    first = pd.Series(0, index=CODES)
    for number in range(2000):
        order = draw_order(CODES, {}, STAGGERED, f"text {number}")
        first += pd.Series({code: int(at == 5) for code, at in order.items()})
    assert first.between(400 - 4 * 18, 400 + 4 * 18).all()


def test_the_same_text_draws_the_same_order_whatever_the_order_of_rows():
    """And another text another one; the hash is that of the text."""
    order = draw_order(CODES, {}, STAGGERED, TEXT)
    assert draw_order(CODES[::-1], {}, STAGGERED, TEXT) == order
    assert draw_order(CODES, {}, STAGGERED, TEXT + ".") != order
    assert commitment_of("abc").startswith("ba7816bf8f01cfea")
    fewer = draw_order(CODES, {}, Design("staggered", 20, 4, 8, 4), TEXT)
    assert len(fewer) == 20


def world(seed, regions=60, periods=16):
    """Counts of regions without any effect, and sizes."""
    rng = np.random.default_rng(seed)
    labels = pd.period_range("2018Q1", periods=periods, freq="Q")
    level = rng.normal(0, 0.3, (regions, 1)) + rng.normal(0, 0.05, (1, periods)).cumsum(axis=1)
    rate = 80 * np.exp(level + rng.normal(0, 0.05, (regions, periods)))
    codes = [f"99{i:04d}" for i in range(regions)]
    counts = pd.DataFrame(rng.poisson(rate).astype(float), index=codes, columns=labels)
    return counts, pd.DataFrame(1.0, index=codes, columns=labels)


def test_a_large_change_is_found_and_none_is_not():
    """20 trials of 40 regions; all effects meet the same draws."""
    counts, size = world(1)
    rows = try_design(counts, size, {}, STAGGERED, [0.0, -0.5], np.random.default_rng(1),
                      draws=20, frequency="quarter")  # fmt: skip
    assert rows[0].found <= 0.25
    assert rows[1].found >= 0.95
    assert np.mean(rows[1].estimates) == pytest.approx(-0.5, abs=0.05)


def test_found_is_what_the_verdict_would_claim_and_not_what_a_range_shows():
    """All at once: what the spread of estimates alone would promise is claimed in under half."""
    counts, size = world(1)
    parallel, how = Design("parallel", 40, 4, 8), {"draws": 20, "frequency": "quarter"}
    none, *_ = try_design(counts, size, {}, parallel, [0.0], np.random.default_rng(1), **how)
    tried = [-2.85 * none.spread, -none.least]
    small, least = try_design(counts, size, {}, parallel, tried, np.random.default_rng(1), **how)
    assert none.least > 1.4 * 2.85 * none.spread
    assert small.found <= 0.5
    assert least.found >= 0.55


def test_a_design_that_shows_no_course_of_its_own_is_refused():
    """Two periods before all start tell no slope, and the rule claims nothing without one."""
    counts, size = world(1)
    short = Design("parallel", 40, 2, 4)
    with pytest.raises(AnalysisError, match="lets no direction be claimed"):
        try_design(counts, size, {}, short, [0.0], np.random.default_rng(1), draws=20,
                   frequency="quarter")  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"counties": [24], "waves": 4}, "under 6 in each, with which no direction is ever"),
        ({"counties": [121]}, "asks for 121, and 120 have a whole history"),
        ({"counties": [10], "waves": 4}, "asks for 10 in 5 groups"),
        ({"periods": [40]}, "asks for 44 periods, and the history has 19"),
        ({"waves": 6, "periods": [4]}, "asks for 6 waves within 4 periods"),
        ({"strata": "tipe"}, "names 'tipe'.*Did you mean 'type'"),
        ({"outcome": "complaints"}, "names 'complaints'.*Did you mean 'complaint'"),
        ({"draw_seed": TEXT}, "no commitment was published before"),
        ({"draw_seed": TEXT, "commitment": commitment_of("other")}, "is not the text"),
        ({"commitment": "abc"}, "commitment"),
        ({"effects": [0.0]}, "not 0"),
        ({"draws": 5}, "draws.*greater than or equal to 20"),
    ],
)
def test_what_cannot_be_planned_is_refused(in_root, asked, words):
    """Before a kernel; and no order but that of the published hash."""
    with pytest.raises(AnalysisError, match=f"(?s){words}"):
        an.StudyPlanning.read({"last_period": "2023Q3", **asked})


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_plate_is_said_and_the_draw_stands_where_it_is(in_root, language):
    """Nothing published, committed, drawn: three pages of one plan, with the same trials."""
    told = {"commitment": commitment_of(TEXT), "draw_seed": TEXT, "strata": "type"}
    seen = set()
    for more in ({}, {"commitment": told["commitment"]}, told):
        report = an.StudyPlanning.read({**SMALL, **more, "language": language})
        summary = report.summary()
        assert all("{" not in point for point in (*summary.points, *report.certainty().points))
        seen.add(summary.points[-1])
        for name in ("power", "sizes", "order_table", "analysis_table", "sample"):
            assert getattr(report, name)() is not None
        assert (len(report.order) == 30) == ("draw_seed" in more)
    assert len(seen) == 3


def test_the_plan_runs_as_it_was_written(in_root, tmp_path):
    """Order and parameters, written; the time to come, simulated; intervention_effect takes it."""
    told = {"commitment": commitment_of(TEXT), "draw_seed": TEXT}
    counts, _ = world(3, regions=40, periods=16)
    names = "".join(f"{c},{c},{c},county\n" for c in counts.index)
    head = "region_code,name_en,name_zh,level\n"
    (tmp_path / "regions.csv").write_text(head + names, encoding="utf-8")
    (tmp_path / "dataset.yml").write_text(
        "title: {en: T, zh: 题}\nstatus: simulated\nlicence: facts\norigin: made up\n"
        "words: {cases: {en: case, en_plural: cases, zh: 案件},"
        " planned_rollout: {en: planned roll-out, zh: 分批推开}}\n", encoding="utf-8",
    )  # fmt: skip

    def keep(shown):
        rows = shown.stack().rename("count").reset_index()
        rows = rows.set_axis(["region_code", "period", "count"], axis=1).astype({"count": int})
        rows.assign(outcome="cases").to_csv(tmp_path / "outcomes.csv", index=False)

    keep(counts.iloc[:, :10])
    asked = {"dataset": str(tmp_path), "outcome": "cases", "exposure": "", "counties": [40],
             "periods": [4], "waves": 2, "draws": 20, "effects": [-0.3]}  # fmt: skip
    report = an.StudyPlanning.read(asked | told)
    report.write(tmp_path)
    drawn = pd.read_csv(tmp_path / "interventions.csv", dtype=str)
    assert set(drawn["assignment"]) == {"random"}
    assert sorted(drawn["started_on"].unique()) == ["2020-07-01", "2021-01-01"]
    after = counts.copy()
    for code, day in drawn[["region_code", "started_on"]].to_numpy():
        after.loc[code, after.columns.start_time >= day] *= 0.6
    keep(after.round())
    plan = yaml.safe_load((tmp_path / "plan.yml").read_text("utf-8"))
    effect = an.InterventionEffect.read(plan)
    assert effect.result.headline.value == pytest.approx(np.log(0.6), abs=0.1)
    assert effect.result.sample.treated == len(drawn)


@pytest.mark.validate
@pytest.mark.parametrize(("kind", "effect"), [("staggered", -0.1), ("parallel", -0.1)])
def test_the_power_it_promises_is_met_in_worlds(kind, effect, row):
    """12 worlds: promised on a history, met in what comes after it; size is at most the level."""
    from analysis import methods
    from analysis.planning import _dealt
    from analysis.power import change_treated_counts
    from analysis.stats.panels.own_course import own_course
    from analysis.verdicts.robustness import adoption_seen
    from analysis.verdicts.rule import find

    design = Design(kind, 40, 4, 6, 3)
    promised, met, size = [], [], []
    method = methods.load("counts")
    for seed in range(12):
        counts, exposure = world(seed, regions=60, periods=40)
        rng = np.random.default_rng(seed)
        past = (counts.iloc[:, :20], exposure.iloc[:, :20])
        rows = try_design(*past, {}, design, [0.0, effect], rng, draws=24, frequency="quarter")
        size.append(rows[0].found)
        promised.append(rows[1].found)
        for _ in range(12):
            to_come = _dealt(counts.iloc[:, 20:], exposure.iloc[:, 20:], {}, design, rng, "quarter")
            panel = change_treated_counts(to_come, effect, rng)
            one = method.estimate(panel, method.options(), rng).headline
            course = own_course(adoption_seen(panel, method.options(), rng)[0])
            met.append(find(course, (one.low, one.high), "unknown", 0.0).direction != 0)
    # Draws of one world are alike: the error is that between worlds.
    each = np.array(met, dtype=float).reshape(12, 12).mean(axis=1)
    apart = np.array(promised) - each
    error = max(np.std(apart, ddof=1) / np.sqrt(12), np.sqrt(0.25 / 144))
    row(f"| planning {kind}: promised {np.mean(promised):.3f}, met {np.mean(met):.3f} | 144 | 0 |")
    assert np.mean(apart) == pytest.approx(0.0, abs=3 * error)
    assert np.mean(size) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 480) + 0.01
