"""Two pages whose headlines may stand beside one another, and what their alternatives give away."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import yaml

from analysis.data.dataset import read_dataset
from analysis.disclosure.store import store_of
from analysis.publish.site.rested import Rested, conflicts
from analysis.reports.compare_interventions.plates import CompareInterventions
from analysis.reports.intervention_effect.plates import InterventionEffect

YEARS = ("2020", "2021", "2022")
ADOPTED, OTHERS, HOLED = 12, 25, 10
CODES = [f"{number:02d}" for number in range(ADOPTED + OTHERS)]
TARGET = CODES[0]
SMALL = (1, 1, 9)
"""Counts of the target, all withheld; of counts below ten no others grow as much."""
LACKING = CODES[-HOLED:]
"""Regions without a count of 2020, which only some ways to estimate can use."""
WAY = "did_not_yet_treated"


@pytest.fixture(scope="module")
def counts():
    """Counts by region and year, shape (37, 3)."""
    rng = np.random.default_rng(7)
    found = rng.poisson(rng.uniform(60, 120, len(CODES))[:, None] * np.ones(3)).astype(float)
    found[0] = SMALL
    found[-HOLED:, 0] = np.nan
    return found


@pytest.fixture(scope="module")
def folder(counts, tmp_path_factory):
    """A dataset of these."""
    place = tmp_path_factory.mktemp("own")
    regions = {"region_code": CODES, "name_en": CODES, "name_zh": CODES, "level": "county"}
    pd.DataFrame(regions).to_csv(place / "regions.csv", index=False)
    cells = pd.MultiIndex.from_product([CODES, YEARS], names=["region_code", "period"])
    rows = pd.DataFrame({"count": counts.ravel()}, cells).dropna().astype(int).reset_index()
    rows.assign(outcome="report").to_csv(place / "outcomes.csv", index=False)
    starts = {"region_code": CODES[:ADOPTED], "intervention": "posters", "started_on": "2022-01-01"}
    pd.DataFrame(starts).to_csv(place / "interventions.csv", index=False)
    content = {"title": {"en": "T", "zh": "题"}, "status": "real", "licence": "CC0", "origin": "x"}
    (place / "dataset.yml").write_text(yaml.safe_dump(content, allow_unicode=True))
    return place


@pytest.fixture(scope="module")
def pages(folder):
    """A page on all regions, and one without five: the target and four that lack a year."""
    asked = {"dataset": str(folder), "outcome": "report", "intervention": "posters",
             "period": "year", "placebo_periods": 1}  # fmt: skip
    without = [TARGET, *LACKING[:4]]
    return [
        InterventionEffect.read(
            {**asked, "title_en": "T", "title_zh": "题", "exclude_regions": out}
        )
        for out in ([], without)
    ]


def told(page) -> float:
    """What a page says of the difference in differences, as it is printed."""
    answers = {answer.key: answer for answer in page.robustness.specifications}
    return answers[WAY].estimate.value


def test_alternatives_of_two_pages_gave_small_counts_back(pages, folder, counts):
    """Twelve adopters' mean less eleven's is the target's: with three withheld counts but one fits.

    What the comparison regions changed by the reader takes from protected counts.
    """
    every, fewer = map(told, pages)
    shown = store_of(read_dataset(folder), "report").levels["year"].shown.to_numpy(float)
    complete = np.isfinite(counts).all(axis=1) & (np.arange(len(CODES)) >= ADOPTED)
    growth = np.log(shown[complete, 2]) - np.log(shown[complete, :2]).mean(axis=1)
    found = ADOPTED * every - (ADOPTED - 1) * fewer + growth.mean()
    fits = [
        cells
        for cells in itertools.product(range(1, 10), repeat=3)
        if abs(np.log(cells[2]) - np.log(cells[:2]).mean() - found) < 0.1
    ]
    assert fits == [SMALL]


def test_the_second_page_is_refused_for_its_alternatives(pages):
    """Headlines alone differ by five regions, and nothing was said against them."""
    first, second = (page.rests_on() for page in pages)
    assert [len(one.regions) for one in (first, second)] == [len(CODES), len(CODES) - 5]

    def said(*pair):
        own, other = map(Rested.of, pair)
        return [str(problem) for problem in conflicts("b", own, {"a": other})]

    assert not said(replace(second, beside=()), replace(first, beside=()))
    assert any("differ by 1 from those of a" in line for line in said(second, first))
    assert any("differ by 1 from those of b" in line for line in said(first, second)) is False
    assert not said(first, first)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_years_and_regions_known_by_codes_are_no_counts(pages, language):
    """Whole numbers in every row, which a page may show: the gate lets every part pass."""
    page = InterventionEffect.read(
        pages[0].params.model_copy(update={"language": language}).model_dump()
    )
    shown = ("summary", "sample", "adoption", "timeline", "cohorts", "paths", "event_time",
             "effects", "specifications", "specification_table", "leave_one_out",
             "certainty")  # fmt: skip
    for name in shown:
        assert getattr(page, name)()._repr_mimebundle_()


def test_a_comparison_of_interventions_names_its_placebo_and_mixes_too(in_root):
    """Their averages rest on recorded counts as well, which another page may be about."""
    params = yaml.safe_load((in_root / "params/compare_interventions/province.yml").read_text())
    found = CompareInterventions.read(params).rests_on()
    others = {one.outcome: one for one in found.beside}
    mixes = {name for name in others if name.startswith(f"{params['outcome']}/")}
    assert len(mixes) >= 2
    assert set(others) - mixes == {params["placebo_outcome"]}
    assert all(set(one.regions) == set(found.regions) != set() for one in found.beside)
    assert all(one.draw == found.draw != "" for one in found.beside)
