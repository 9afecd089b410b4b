"""Every defect planted in a copy of the province is found, and none that moves numbers without."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import yaml

import analysis as an
from analysis.data.dataset import read_dataset
from analysis.data.quality.defects import FIRST, quality_of
from analysis.errors import AnalysisError
from analysis.reports.data_quality.sentences import DO_WORDS, WHAT_WORDS

DAY = "received_on"


@pytest.fixture(scope="module")
def province(root):
    """Complaints and inspections of twenty counties of the province in which all is recorded."""
    wanted = ["complaints", "inspections", "regions", "breaks"]
    tables = dict(read_dataset(root / "data/simulated/null", wanted).tables)
    few = sorted(tables["complaints"]["region_code"].unique())[:20]
    for name in ("complaints", "inspections"):
        own = tables[name]
        tables[name] = own[own["region_code"].isin(few)].reset_index(drop=True)
    return tables


def between(rows, first, last):
    """Which complaints came in between two months."""
    month = rows[DAY].dt.to_period("M")
    return (month >= first) & (month <= last)


def gap(rows):
    return rows[~between(rows, "2021-03", "2021-03")]


def hole(rows):
    return rows[~(between(rows, "2022-05", "2022-06") & (rows["region_code"] == "990101"))]


def broken(rows):
    return rows[~(between(rows, "2022-01", "2030-01") & (np.arange(len(rows)) % 2 == 0))]


def late(rows):
    return rows[~(between(rows, "2023-12", "2023-12") & (np.arange(len(rows)) % 3 == 0))]


def twice(rows):
    again = rows.iloc[::50].assign(complaint_id=lambda own: own["complaint_id"] + "b")
    return pd.concat([rows, again], ignore_index=True)


def closed_only(rows):
    return rows[rows["closed_on"].notna()]


def renamed(rows):
    new = between(rows, "2023-06", "2030-01") & (rows["category"] == "food")
    return rows.assign(category=rows["category"].astype(object).mask(new, "foodstuff"))


def begun(rows):
    early = between(rows, "2019-01", "2019-04")
    return rows.assign(channel=rows["channel"].astype(object).mask(early, None))


def rounded(rows):
    return rows.assign(recovered_yuan=rows["recovered_yuan"].round(-2))


def first_days(rows):
    own = rows[DAY].where(np.arange(len(rows)) % 4 > 0, rows[DAY].dt.to_period("M").dt.start_time)
    return rows.assign(**{DAY: own})


def constant(rows):
    return rows.assign(route="bureau")


def capped(rows):
    return rows.assign(claimant_prior_cases=np.minimum(np.arange(len(rows)) % 9, 5.0))


def blank(rows):
    return rows.assign(claimant_prior_cases=rows["claimant_prior_cases"].mask(
        np.arange(len(rows)) % 3 == 0))  # fmt: skip


PLANTED = {
    "gap": (gap, DAY), "hole": (hole, "region_code"), "break": (broken, DAY), "late": (late, DAY),
    "duplicates": (twice, ""), "closed_only": (closed_only, "closed_on"),
    "vanished": (renamed, "category"), "appeared": (begun, "channel"),
    "heaped": (rounded, "recovered_yuan"), "one_day": (first_days, DAY),
    "constant": (constant, "route"), "ceiling": (capped, "claimant_prior_cases"),
    "blank": (blank, ""),
}  # fmt: skip


def found_in(tables):
    """Defects of complaints, by code and column."""
    defects = quality_of(tables, ["complaints"]).defects
    return {(one.code, one.column): one for one in defects}


def test_nothing_that_moves_numbers_is_found_where_nothing_is_wrong(province):
    """All of both tables is as recorded; the merged hotlines are declared."""
    assert quality_of(province).first == ()


@pytest.mark.parametrize("code", sorted(PLANTED))
def test_every_planted_defect_is_found(province, code):
    """In its column, and not without being planted."""
    plant, column = PLANTED[code]
    before = found_in(province)
    after = found_in(province | {"complaints": plant(province["complaints"])})
    new = {one for one in after if one[0] == code} - {one for one in before if one[0] == code}
    if code == "blank":  # other columns are blank by nature: one more is
        counts = [int(next(d for k, d in one.items() if k[0] == "blank").where)
                  for one in (before, after)]  # fmt: skip
        assert counts[1] == counts[0] + 1
        return
    assert (code, column) in new


def test_every_code_has_its_words_and_its_remedy():
    """What is found is said, and what would mend it."""
    assert set(PLANTED) | {"letters"} == set(WHAT_WORDS) == set(DO_WORDS)
    assert set(FIRST) <= set(WHAT_WORDS)


def test_a_declared_break_is_no_defect(province):
    """Named in the table breaks, the same jump is known."""
    declared = pd.DataFrame({"from_day": pd.to_datetime(["2022-01-01"]), "what": ["new form"]})
    tables = province | {"complaints": broken(province["complaints"])}
    assert ("break", DAY) in found_in(tables)
    assert ("break", DAY) not in found_in(tables | {"breaks": declared})


def test_where_and_how_much_is_told_rightly(province):
    """The month of the gap, how many regions, the share that stands twice."""
    own = province["complaints"]
    assert found_in(province | {"complaints": gap(own)})["gap", DAY].where == "2021-03"
    assert found_in(province | {"complaints": hole(own)})["hole", "region_code"].where == "1"
    twin = found_in(province | {"complaints": twice(own)})["duplicates", ""]
    assert twin.share == pytest.approx(1 / 51, rel=0.01)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_real_inspections_and_the_province_are_judged(in_root, language):
    """Both pages are said; what is ready would run, what is refused would not."""
    with open("params/data_quality/restaurant_inspections.yml", encoding="utf-8") as file:
        real = an.DataQuality.read(yaml.safe_load(file) | {"language": language})
    grades = {one.notebook: one.grade for one in real.readiness}
    assert grades["service_assessment"] == "ready"
    assert grades["intervention_effect"] == grades["random_inspection"] == "absent"
    assert real.verdict_key == "sound"
    for name in ("summary", "sample", "coverage", "defects", "readiness_table", "certainty"):
        assert getattr(real, name)() is not None


def test_names_that_figures_cannot_draw_are_found(tmp_path):
    """One of two regions; and tables that are not there are refused by name."""
    (tmp_path / "regions.csv").write_text(
        "region_code,name_en,name_zh,level\n1,One,\U00020bb7野,county\n2,Two,二,county\n", "utf-8"
    )
    (tmp_path / "outcomes.csv").write_text(
        "region_code,period,outcome,count\n1,2020,cases,3\n2,2020,cases,4\n", "utf-8"
    )
    (tmp_path / "dataset.yml").write_text(
        "title: {en: T, zh: 题}\nstatus: simulated\nlicence: facts\norigin: made up\n", "utf-8"
    )
    asked = {"dataset": str(tmp_path), "notebooks": ["region_rates"]}
    report = an.DataQuality.read(asked)
    assert [(one.code, one.share) for one in report.quality.defects] == [("letters", 0.5)]
    assert report.readiness[0].grade == "refused"
    with pytest.raises(AnalysisError, match="Did you mean 'outcomes'"):
        an.DataQuality.read(asked | {"only": ["outcome"]})
    with pytest.raises(AnalysisError, match="Did you mean 'region_rates'"):
        an.DataQuality.read(asked | {"notebooks": ["region_rate"]})
