"""Reliability where no table is whole: against statsmodels, by simulation, and what is refused."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from statsmodels.stats.anova import anova_lm

from analysis import methods
from analysis.errors import DesignError
from analysis.result import Result
from analysis.stats.ratings import crossed as crossed_ratings
from analysis.stats.ratings.crossed import Cells, crossed
from analysis.stats.ratings.nested import one_way, within_regions
from analysis.stats.resampling.jackknife import share_limits
from studies import WORLDS, assert_sound, study

DIMENSIONS = ("attitude", "ability", "quality")


def own_raters(seed: int, share: float, rated: int = 120, rounds: int = 1) -> pd.DataFrame:
    """From one to some forty raters of each, skewed, all different; ``share`` is ICC(1)."""
    rng = np.random.default_rng(seed)
    skill = rng.normal(0, np.sqrt(share), rated)
    frames = []
    for period in range(rounds):
        who = np.repeat(np.arange(rated), rng.negative_binomial(2, 0.2, rated) + 1)
        score = 8 + 0.3 * period + skill[who] + rng.normal(0, np.sqrt(1 - share), who.size)
        raters = [f"{period}-{number}" for number in range(who.size)]
        frames.append(pd.DataFrame({"rated": who, "rater": raters, "score": score}))
    whole = pd.concat(frames, keys=range(rounds), names=["period"]).reset_index("period")
    return whole if rounds > 1 else whole.drop(columns="period")


def some_of_all(
    seed: int, share: float, rated: int = 60, raters: int = 150, pairs: int = 500
) -> pd.DataFrame:
    """Raters who met one in eighteen of the rated, and differ in severity."""
    rng = np.random.default_rng(seed)
    who, whom = np.divmod(rng.choice(rated * raters, pairs, replace=False), raters)
    score = rng.normal(0, np.sqrt(share), rated)[who]
    score = score + rng.normal(0, np.sqrt(0.4 * (1 - share)), raters)[whom]
    score = score + rng.normal(0, np.sqrt(0.6 * (1 - share)), pairs)
    return pd.DataFrame({"rated": who, "rater": whom, "score": score})


def test_one_way_variances_are_those_of_a_table_of_variance():
    """statsmodels' mean squares and n₀ by hand; without each of the rated, fitted anew."""
    given = own_raters(3, 0.3, rated=12)

    def by_hand(rows: pd.DataFrame) -> tuple[float, float]:
        table = anova_lm(smf.ols("score ~ C(rated)", rows).fit())
        between, within = table["mean_sq"]
        size = rows.groupby("rated").size()
        middle = (len(rows) - (size**2).sum() / len(rows)) / (len(size) - 1)
        return (between - within) / middle, within

    columns = [given[name].to_numpy() for name in ("score", "rated")]
    found, without = one_way(*columns, np.zeros(len(given), dtype=int))
    assert (found.rated, found.rest) == pytest.approx(by_hand(given), rel=1e-9)
    for rated in range(12):
        own, rest = by_hand(given[given["rated"] != rated])
        assert without[rated] == pytest.approx(own / (own + rest), rel=1e-9)


def test_rounds_are_compared_within_themselves():
    """A drift of all scores from round to round is nobody's; the rated leave with all rounds."""
    given = own_raters(4, 0.3, rated=40, rounds=3)
    plain = methods.estimate("reliability", given, form="nested").headline
    moved = given.assign(score=given["score"] + 5 * given["period"])
    same = methods.estimate("reliability", moved, form="nested").headline
    assert (same.value, same.low) == pytest.approx((plain.value, plain.low), rel=1e-9)
    alone = methods.estimate("reliability", moved.drop(columns="period"), form="nested").headline
    assert alone.value < 0.15 < same.value


def of_regions(
    seed: int, share: float, regions: int = 30, rated: int = 4, crossed: bool = False
) -> pd.DataFrame:
    """Rated in regions that differ as much as all else; raters of their own, or some of 24."""
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(regions * rated), rng.negative_binomial(3, 0.25, regions * rated) + 2)
    score = (
        rng.normal(0, 1, regions)[who // rated] + rng.normal(0, np.sqrt(share), who.max() + 1)[who]
    )
    rater = np.arange(who.size)
    if crossed:
        rater = who // rated * 24 + rng.integers(0, 24, who.size)
        rater = np.unique(rater, return_inverse=True)[1]
        score = score + rng.normal(0, np.sqrt(0.4 * (1 - share)), 24 * regions)[rater]
    rest = (0.6 if crossed else 1.0) * (1 - share)
    score = score + rng.normal(0, np.sqrt(rest), who.size)
    given = pd.DataFrame({"rated": who, "rater": rater, "region": who // rated, "score": score})
    return given.drop_duplicates(["rated", "rater"]).reset_index(drop=True)


def test_within_regions_variances_are_those_of_a_nested_table():
    """statsmodels' mean squares of rated in regions; without each region, fitted anew."""
    given = of_regions(3, 0.3, regions=11)

    def by_hand(rows: pd.DataFrame) -> tuple[float, float]:
        wide, fit = (smf.ols(f"score ~ C({name})", rows).fit() for name in ("region", "rated"))
        free, squares = wide.df_resid - fit.df_resid, wide.ssr - fit.ssr
        rest = fit.ssr / fit.df_resid
        size = rows.groupby(["region", "rated"]).size()
        even = len(rows) - (size**2).groupby("region").sum().div(size.groupby("region").sum()).sum()
        return (squares / free - rest) / (even / free), rest

    codes = [given[name].to_numpy() for name in ("score", "rated")]
    rounds, region = np.zeros(len(given), dtype=int), given["region"].to_numpy()
    _, found = within_regions(*codes, rounds, region, 0.95)
    assert (found.rated, found.rest) == pytest.approx(by_hand(given), rel=1e-6)
    shares = []
    for one in range(11):
        own, rest = by_hand(given[given["region"] != one])
        shares.append(own / (own + rest))
    headline = methods.estimate("reliability", given, form="nested").headline
    limits = share_limits(found.single, np.array(shares), 0.95, found.middle)
    assert (headline.low, headline.high) == pytest.approx(limits, rel=1e-6)


def test_restricted_likelihood_of_regions_ends_where_statsmodels_does():
    """A mean for each region beside crossed variances; to its tolerance of 1e-4."""
    given = of_regions(5, 0.3, regions=5, rated=5, crossed=True).assign(all=1)
    parts = {"rated": "0 + C(rated)", "rater": "0 + C(rater)"}
    model = smf.mixedlm("score ~ C(region)", given, groups="all", re_formula="0", vc_formula=parts)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = model.fit(reml=True)
    theirs = dict(zip(sorted(parts), fit.vcomp, strict=True)) | {"rest": fit.scale}
    columns = (given[n].to_numpy() for n in ("score", "rated", "rater", "region"))
    ours = crossed(Cells.of(*columns)).variances[[0, 1, 3]]
    for name, value in zip(("rated", "rater", "rest"), ours, strict=True):
        assert value == pytest.approx(theirs[name], rel=2e-3, abs=2e-4), name


@pytest.mark.parametrize("form", ["nested", "crossed"])
def test_what_regions_have_in_common_is_nobodys_own(form):
    """Rated who are alike in regions that differ: none within, most of the means between."""
    given = of_regions(7, 0.0, regions=40, crossed=form == "crossed")
    found = methods.estimate("reliability", given, form=f"{form}k")
    blind = methods.estimate("reliability", given.drop(columns="region"), form=f"{form}k")
    assert blind.headline.low > 0.7
    assert found.headline.low < 0.05
    assert found.headline.value < 0.2
    parts = {row["source"]: row["variance"] for row in found.series["components"]}
    assert parts["region"] == pytest.approx(1.0, abs=0.5)
    beyond = next(check.value for check in found.checks if check.name == "between_regions")
    assert beyond > 0.7


@pytest.mark.parametrize("most", [1, 3])
def test_restricted_likelihood_ends_where_statsmodels_does(most):
    """Crossed and sparse, pairs that met once, or up to three times; to its tolerance of 1e-4."""
    rng, given = np.random.default_rng(6), some_of_all(5, 0.3, 20, 15, 90)
    times = rng.integers(1, most + 1, len(given))
    again = given.loc[given.index.repeat(times)].reset_index(drop=True)
    again = again.assign(score=again["score"] + rng.normal(0, 0.3, len(again)), all=1)
    again["pair"] = again["rated"] * 100 + again["rater"]
    parts = {"rated": "0 + C(rated)", "rater": "0 + C(rater)"}
    parts |= {"pair": "0 + C(pair)"} if most > 1 else {}
    model = smf.mixedlm("score ~ 1", again, groups="all", re_formula="0", vc_formula=parts)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = model.fit(reml=True)
    names = sorted(parts)
    theirs = dict(zip(names, fit.vcomp, strict=True)) | {"rest": fit.scale}
    ours = crossed(Cells.of(*(again[n].to_numpy() for n in ("score", "rated", "rater"))))
    for name, value in zip(("rated", "rater", "pair", "rest"), ours.variances, strict=True):
        assert value == pytest.approx(theirs.get(name, 0.0), rel=2e-3, abs=2e-4), name


@pytest.mark.parametrize("share", [0.0, 0.25, 0.8])
def test_the_search_begins_near_where_it_ends_from_anywhere(monkeypatch, share):
    """Moments within a third of restricted likelihood; from far away the same, to a thousandth."""
    given = some_of_all(3, share, rated=80, raters=120, pairs=2000)
    cells = Cells.of(*(given[name].to_numpy() for name in ("score", "rated", "rater")))
    found = crossed(cells).variances
    ends = np.log(np.clip(found[:2] / found[3], *crossed_ratings.FAIR))
    assert np.abs(crossed_ratings.near(cells) - ends).max() < 0.33
    monkeypatch.setattr(crossed_ratings, "near", lambda _: np.array([3.0, -3.0]))
    assert crossed(cells).variances == pytest.approx(found, rel=2e-3, abs=2e-4)


def test_what_one_dimension_holds_alone_is_no_part_of_a_rating():
    """400 rated, 8 raters each, three dimensions; every variance within a tenth."""
    rng = np.random.default_rng(8)
    true = {"rated": 0.3, "rest": 0.5, "one dimension": 0.24}
    rating = np.repeat(rng.normal(0, np.sqrt(0.3), 400), 8) + rng.normal(0, np.sqrt(0.5), 3200)
    wide = rating[:, None] + [0, 1, -1] + rng.normal(0, np.sqrt(0.24), (3200, 3))
    frame = pd.DataFrame(wide, columns=list(DIMENSIONS))
    frame["rated"], frame["rater"] = np.repeat(np.arange(400), 8), np.arange(3200)
    long = frame.melt(["rated", "rater"], var_name="dimension", value_name="score")
    found = methods.estimate("reliability", long, form="nestedk")
    parts = {row["source"]: row["variance"] for row in found.series["components"]}
    for name, value in true.items():
        assert parts[name] == pytest.approx(value, rel=0.1), name
    assert parts["dimension"] == pytest.approx(1.0, rel=0.1)
    assert found.headline.value == pytest.approx(0.3 / (0.3 + 0.58 / 8), abs=0.03)
    needed = next(check.value for check in found.checks if check.name == "raters_needed")
    assert needed == pytest.approx(4 * 0.58 / 0.3, rel=0.15)


def test_the_mean_of_as_many_raters_as_there_were_follows_the_skill_so_far():
    """Squared correlation of means with skill, unequal numbers; 3,000 rated, within .02."""
    rng = np.random.default_rng(9)
    skill, size = rng.normal(0, 0.5, 3000), rng.negative_binomial(2, 0.2, 3000) + 1
    who = np.repeat(np.arange(3000), size)
    score = skill[who] + rng.normal(0, 0.9, who.size)
    given = pd.DataFrame({"rated": who, "rater": np.arange(who.size), "score": score})
    found = methods.estimate("reliability", given, form="nestedk").headline
    means = given.groupby("rated")["score"].mean()
    assert found.value == pytest.approx(np.corrcoef(means, skill)[0, 1] ** 2, abs=0.02)


def test_unequal_ratings_that_bear_nothing_are_refused():
    """Too few of either, dimensions missing, the wrong form, copies; each with what would do."""
    given = own_raters(1, 0.3)

    def refused(frame: pd.DataFrame, words: str, form: str = "nested") -> None:
        with pytest.raises(DesignError, match=words):
            methods.estimate("reliability", frame, form=form)

    refused(given[given["rated"] < 4], "rated: are 4; at least 5 are needed")
    refused(given.groupby("rated").head(1), r"raters: are 1\.0 a rated on average; at least 2")
    refused(given.assign(score=7.0), "is the same in every row")
    refused(given.assign(score=given["rated"]), "never disagree about the rated")
    refused(given, "rated one each, all different. Use form: nested", "crossed")
    refused(some_of_all(1, 0.3), "rated several in one round. Use form: crossed")
    alone = of_regions(1, 0.3, rated=1)
    refused(alone, "column region: hold 0 of the rated beside another; at least 4 are needed")
    long = pd.concat([given.assign(dimension=d) for d in DIMENSIONS])
    refused(long.iloc[1:], f"ratings: lack a dimension in 1 of {len(given)}")


@pytest.mark.parametrize(
    ("form", "share"), [("nested", 0.2), ("nested", 0.0), ("crossed", 0.25), ("crossed", 0.5)]
)
@pytest.mark.validate
def test_shares_of_unequal_ratings_are_found_and_covered(form, share, row):
    """Many worlds; restricted likelihood of 60 rated lies up to .01 low, a ratio of variances."""
    make = {"nested": own_raters, "crossed": some_of_all}[form]

    def tried(seed: int) -> Result:
        return methods.estimate("reliability", make(seed, share), form=form)

    found = study(f"reliability, {form}", share, range(90_000, 90_000 + WORLDS), tried)
    row(found)
    assert_sound(found, bias=0.01 if form == "crossed" else 0.0)


@pytest.mark.parametrize(("form", "share"), [("nested", 0.2), ("nested", 0.0), ("crossed", 0.25)])
@pytest.mark.validate
def test_shares_within_regions_are_found_and_covered(form, share, row):
    """30 regions of four that differ as much as all else; limits leave out regions."""

    def tried(seed: int) -> Result:
        given = of_regions(seed, share, crossed=form == "crossed")
        return methods.estimate("reliability", given, form=form)

    found = study(f"reliability, {form}, in regions", share, range(95_000, 95_000 + WORLDS), tried)
    row(found)
    assert_sound(found, bias=0.01)
