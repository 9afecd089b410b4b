"""Samples of products: what one kind of them says of the whole, and what is never put together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import scipy
import statsmodels.formula.api as formula
import yaml

import analysis as an
from analysis.errors import AnalysisError
from analysis.stats.pooling.exact import batches_to_tell, share_interval, weighted_share

TABLES = {
    "regions": "region_code,name_en,name_zh,level,parent_code\n"
    + "".join(f"{code},{code},{code},county,\n" for code in range(1, 6)),
    "strata": "stratum,weight\nfood market,0.5\nfood shop,0.3\ntoys shop,0.2\n",
}
DESCRIPTION = """
title: {en: Samples, zh: 抽检}
status: simulated
licence: facts
origin: made up
"""


@pytest.fixture
def sampled(tmp_path):
    """A dataset of samples: of each product, mode and stratum how many were taken and failed."""

    def write(*groups: tuple[str, str, str, int, int], more: str = "") -> dict[str, object]:
        rows = [
            (product, mode, stratum, number >= failed)
            for product, mode, stratum, taken, failed in groups
            for number in range(taken)
        ]
        frame = pd.DataFrame(rows, columns=["product", "mode", "stratum", "passed"])
        frame.insert(0, "sample_id", [f"Q{i:05d}" for i in range(len(frame))])
        frame.insert(1, "taken_on", "2020-03-01")
        frame.insert(2, "region_code", [str(1 + number % 5) for number in range(len(frame))])
        frame.assign(passed=frame["passed"].astype(int)).to_csv(
            tmp_path / "samples.csv", index=False
        )
        for name, text in TABLES.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        (tmp_path / "dataset.yml").write_text(DESCRIPTION + more, encoding="utf-8")
        return {"dataset": str(tmp_path)}

    return write


EVERY = (
    ("food", "routine", "food market", 200, 20),
    ("food", "routine", "food shop", 400, 12),
    ("toys", "routine", "toys shop", 100, 10),
    ("food", "targeted", "food market", 50, 25),
)


def test_one_stratum_is_a_simple_share():
    """The exact interval, as without weights."""
    found = weighted_share(np.array([7.0]), np.array([150.0]), np.array([1.0]))
    plain = share_interval(7, 150)
    assert found.value == pytest.approx(plain.value)
    # n − 1 in the variance makes the effective size one smaller at most: never more than taken.
    assert (found.low, found.high) == pytest.approx((plain.low, plain.high), abs=5e-4)


def test_strata_count_by_their_weight_not_by_their_samples(sampled):
    """.5 × .10 + .3 × .03 + .2 × .10, and plain statsmodels agrees."""
    report = an.SamplingPassRates.read(sampled(*EVERY))
    assert report.whole.value == pytest.approx(0.079)
    assert report.plain.value == pytest.approx(42 / 700)
    plain = formula.wls("failed ~ 1", report.frame, weights=report.frame["weight"]).fit()
    assert plain.params["Intercept"] == pytest.approx(0.079)


def test_the_range_of_a_weighted_share_covers():
    """800 worlds of three strata, rare failures: 95 % within three Monte-Carlo errors or above."""
    rng = np.random.default_rng(4)
    weight, taken = np.array([0.6, 0.3, 0.1]), np.array([60.0, 120.0, 300.0])
    for chance in (np.array([0.01, 0.02, 0.05]), np.array([0.1, 0.05, 0.2])):
        truth, inside = float(weight @ chance), 0
        for _ in range(800):
            found = weighted_share(rng.binomial(taken.astype(int), chance), taken, weight)
            inside += found.low <= truth <= found.high
        assert inside / 800 >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / 800)


def test_where_nothing_failed_the_range_is_that_of_fewer_samples():
    """Unequal weights make 300 samples worth fewer: the limit lies above that of 300 alike."""
    taken = np.array([10.0, 290.0])
    found = weighted_share(np.zeros(2), taken, np.array([0.5, 0.5]))
    assert found.value == 0
    assert found.high > share_interval(0, 300).high


@pytest.mark.parametrize(("good", "bad"), [(0.98, 0.95), (0.9, 0.8), (0.99, 0.98)])
def test_so_many_samples_tell_two_shares_apart_and_one_fewer_do_not(good, bad):
    """By the binomial probabilities themselves; somewhere just below a number fails."""
    number = batches_to_tell(good, bad, 0.95, 0.8)
    limit = scipy.stats.binom.ppf(0.95, number, 1 - good)
    assert scipy.stats.binom.sf(limit, number, 1 - good) <= 0.05
    assert scipy.stats.binom.sf(limit, number, 1 - bad) >= 0.8
    fewer = np.arange(max(number - 30, 1), number)
    limits = scipy.stats.binom.ppf(0.95, fewer, 1 - good)
    assert (scipy.stats.binom.sf(limits, fewer, 1 - bad) < 0.8).any()


def test_shares_too_close_for_any_number_say_so():
    """Not a number made up."""
    assert batches_to_tell(0.98, 0.9799, 0.95, 0.8) == 0


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"mode": ""}, "Name one mode"),
        ({"mode": "targeted"}, "tell of all that is sold"),
        ({"mode": "rutine"}, "names 'rutine'.*Did you mean 'routine'"),
        ({"product": "toy"}, "names 'toy'.*Did you mean 'toys'"),
        ({"first_period": "2021"}, "samples: are none of these"),
        ({"detect": [0.9, 0.95]}, "the better first"),
        ({"first_period": "2021", "last_period": "2020"}, "lies before first_period"),
    ],
)
def test_what_cannot_be_asked_is_refused(sampled, asked, words):
    """Modes put together, names that are not there, spans without samples."""
    with pytest.raises(AnalysisError, match=f"(?s){words}"):
        an.SamplingPassRates.read(sampled(*EVERY) | asked)


def test_strata_without_samples_are_said_and_refused_where_they_weigh_much(sampled):
    """A fifth of the weight is the most."""
    report = an.SamplingPassRates.read(
        sampled(*EVERY[:2], ("toys", "targeted", "toys shop", 40, 20))
    )
    assert report.subject.uncovered == pytest.approx(0.2)
    assert any("20.0" in point for point in report.sample().points)
    with pytest.raises(AnalysisError, match="hold 50% of the weight"):
        an.SamplingPassRates.read(sampled(*EVERY[1:]))


def test_what_is_left_out_does_not_follow_from_the_whole_less_the_others(sampled):
    """One to nine failing toys: their count moves nothing that the page shows."""
    shown = []
    for failed in (3, 8):
        groups = (*EVERY[:2], ("toys", "routine", "toys shop", 100, failed))
        report = an.SamplingPassRates.read(sampled(*groups))
        assert report.subject.hidden == 1
        shown.append((report.facts(), report.results(), report.summary(), report.products()))
    assert shown[0] == shown[1]


def test_shares_of_few_regions_are_refused(sampled, tmp_path):
    """Of one by name, or of four that were sampled: recorded samples would be told of single ones.

    Three digits of a share of 143 fit one number of failing samples.
    """
    assert sum(round(failed / 143, 3) == round(17 / 143, 3) for failed in range(144)) == 1
    asked = sampled(*EVERY[1:], ("food", "routine", "food market", 1000, 100))
    with pytest.raises(AnalysisError, match="behind a share are 1"):
        an.SamplingPassRates.read(asked | {"region": "3", "weighted": False})
    rows = pd.read_csv(tmp_path / "samples.csv")
    rows["region_code"] = rows["region_code"].clip(upper=4)
    rows.to_csv(tmp_path / "samples.csv", index=False)
    with pytest.raises(AnalysisError, match="behind a share are 4"):
        an.SamplingPassRates.read(asked)
    inside = "protection: none\naudience: internal\n"
    file = tmp_path / "dataset.yml"
    file.write_text(file.read_text(encoding="utf-8") + inside, encoding="utf-8")
    assert an.SamplingPassRates.read(asked).whole


def test_groups_that_are_all_too_small_are_refused(sampled):
    """Before a kernel; nothing would be left to show."""
    with pytest.raises(AnalysisError, match="are too few"):
        an.SamplingPassRates.read(sampled(("food", "routine", "food market", 40, 3)))


def test_without_weights_one_mode_is_said_to_be_one(sampled):
    """Not "taken for different reasons"; and nothing of all that is sold."""
    report = an.SamplingPassRates.read(sampled(*EVERY) | {"weighted": False})
    assert "different reasons" not in report.summary().points[0]
    assert "say nothing of all that is sold" in report.summary().points[0]


def test_modes_are_shown_apart_and_never_together(sampled):
    """Targeted samples change no number of routine ones."""
    with_targeted = an.SamplingPassRates.read(sampled(*EVERY))
    assert {one.mode for one in with_targeted.by_mode} == {"routine", "targeted"}
    whole = with_targeted.whole
    assert an.SamplingPassRates.read(sampled(*EVERY[:3])).whole == whole


def test_printed_samples_are_those_of_the_documents(in_root):
    """Every number as it was read off; each group alone, with the exact range."""
    figures = pd.read_csv("data/published/figures.csv").set_index("id")["value"]
    counts = pd.read_csv("data/printed_samples/sample_counts.csv").set_index("product")
    county, district = "masked_county_2023h1", "masked_district_2020"
    taken = {"food": f"{county}-0096", "products": f"{county}-0123"}
    taken |= {"goods": f"{district}-0048", "breakfast": f"{district}-0052"}
    failed = {"food": f"{county}-0097", "products": f"{county}-0125"}
    failed |= {"breakfast": f"{district}-0054"}
    assert all(counts.loc[name, "taken"] == int(figures[key]) for name, key in taken.items())
    assert all(counts.loc[name, "failed"] == int(figures[key]) for name, key in failed.items())
    goods = int(figures["masked_district_2020-0048"]) - int(figures["masked_district_2020-0049"])
    assert counts.loc["goods", "failed"] == goods
    with open("params/sampling_pass_rates/printed.yml", encoding="utf-8") as file:
        report = an.SamplingPassRates.read(yaml.safe_load(file))
    assert report.whole is None
    assert len(report.groups) == 4
    assert report.by_mode == ()


def test_the_truth_of_the_simulated_province_lies_inside(in_root):
    """Weighted; unweighted it would not."""
    report = an.SamplingPassRates.read({"dataset": "data/simulated/province"})
    truth = pd.read_csv("data/simulated/province/truth.csv").set_index("name")["value"]["failing"]
    assert report.whole.low <= truth <= report.whole.high
    assert not report.plain.low <= truth <= report.plain.high


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("asked", [{}, {"mode": "", "weighted": False}, {"mode": "targeted",
                                   "weighted": False}])  # fmt: skip
def test_every_plate_is_said_in_both_languages(sampled, asked, language):
    """Weighted, each by itself, and taken on suspicion; no field left open."""
    report = an.SamplingPassRates.read(sampled(*EVERY) | asked | {"language": language})
    texts = (*report.summary().points, *report.sample().points, *report.certainty().points)
    assert all("{" not in text for text in texts)
    for name in ("products", "modes", "plan", "truth"):
        assert getattr(report, name)() is not None


def test_a_single_group_is_not_spoken_of_as_several(sampled):
    """Of one product, sampled for one reason: no "1 groups" in the answer or below it."""
    asked = sampled(("food", "routine", "food market", 60, 12))
    report = an.SamplingPassRates.read({**asked, "weighted": False})
    summary = report.summary()
    said = " ".join(
        (*summary.points, summary.number, *report.sample().points, report.products().alt)
    )
    assert "1 groups" not in said
