"""Numbers of recorded cases: each kind of report tells of which regions they are."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pandas as pd
import pytest
import yaml

from analysis.data.tables import of_records
from analysis.disclosure.store import noise_of
from analysis.page.plates import RestsOn
from analysis.page.shared.protection import protection_points
from analysis.publish.site.rested import Rested, conflicts
from analysis.reports.kind import find, names
from analysis.reports.report import Report

NEVER_TOLD = {
    "study_planning": "tries designs on protected counts, of which it shows none",
}
"""Kinds that read records and show none of their numbers, each with why."""
OF_RECORDS = (
    "complaint_handling",
    "data_quality",
    "enforcement_leniency",
    "enterprise_comparison",
    "random_inspection",
    "rating_threshold",
    "sampling_pass_rates",
    "target_progress",
)


def asked(root, name: str, **changed):
    """A report of a kind on the simulated province, with the parameters of its first example."""
    kind = find(name)
    for file in sorted((root / "params" / name).glob("*.yml")):
        values = yaml.safe_load(file.read_text(encoding="utf-8"))
        if values.get("dataset", "").startswith("data/simulated"):
            params = kind.params(values | changed)
            data = kind.read(params)
            return kind.report(params, data, kind.question.ask(data, params))
    return None


def told(report: Report) -> bool:
    """Whether it draws from the store, or tells of which regions its numbers are."""
    own = type(report)
    averaged = own.averages is not Report.averages or own.rests_on is not Report.rests_on
    return bool(report.drawn() or report.rests_on_records) or averaged


@pytest.mark.parametrize("name", names())
def test_no_kind_reads_records_and_keeps_to_itself_of_which_regions_it_tells(name, root):
    """It draws its counts from the store, or what beside it would tell of a few is refused."""
    report = asked(root, name)
    if report is None or not any(of_records(table) for table in report.data.tables):
        assert name not in OF_RECORDS or name == "target_progress"
    else:
        assert told(report) != (name in NEVER_TOLD)


@pytest.mark.parametrize("name", OF_RECORDS)
def test_what_kinds_of_recorded_cases_rest_on_is_refused_without_one_region(name, root):
    """All numbers of a report, held against the same without one and without five regions."""
    found = asked(root, name).rests_on()
    shown = {"then": Rested.of(found)}
    assert found.regions
    for apart, refused in ((1, True), (5, False)):
        fewer = replace(found, regions=found.regions[apart:], within="", beside=())
        assert bool([*conflicts("now", Rested.of(fewer), shown)]) == refused
    assert not [*conflicts("now", Rested.of(found), shown)]


def test_samples_of_nine_counties_and_of_these_and_another_are_not_both_published(root, tmp_path):
    """Exact limits give how many failed of how many: of the one county, what is left."""
    source = root / "data/simulated/province"
    for name in ("dataset.yml", "samples.parquet"):
        shutil.copy(source / name, tmp_path)
    regions = pd.read_csv(source / "regions.csv", dtype=str)
    city = regions[regions["region_code"] == "990100"].assign(
        region_code="990190", parent_code="990100"
    )
    nine = regions["region_code"].str.startswith("9901") & (regions["level"] == "county")
    regions.loc[nine & (regions["region_code"] != "990110"), "parent_code"] = "990190"
    pd.concat([regions, city]).to_csv(tmp_path / "regions.csv", index=False)
    given = {"dataset": str(tmp_path), "weighted": False, "mode": ""}
    both = [
        Rested.of(asked(root, "sampling_pass_rates", **given, region=region).rests_on())
        for region in ("990190", "990100")
    ]
    assert both[1].regions - both[0].regions == {"990110"}
    said = {str(problem) for problem in conflicts("now", both[1], {"then": both[0]})}
    assert any("differ by 1 from those of then" in one for one in said)


def test_cases_that_happen_in_fewer_regions_of_one_are_no_other_regions():
    """Of a rare product a few counties more have samples in one year: nothing was left out."""
    codes = tuple(f"{number:02d}" for number in range(9))
    one = RestsOn("d", "x", "samples/routine/toys", ("2020-01", "2020-12"), codes, within="99")
    later = replace(one, periods=("2020-01", "2021-12"), regions=codes[1:])
    assert not [*conflicts("now", Rested.of(later), {"then": Rested.of(one)})]
    elsewhere = replace(later, within="98")
    assert [*conflicts("now", Rested.of(elsewhere), {"then": Rested.of(one)})]
    past = Rested.of(elsewhere).after(Rested.of(one))
    assert [part.within for part in past.past] == ["99"]


def test_a_frame_without_regions_tells_of_none(root, tmp_path):
    """Lengths of anything, as somebody gives them, here of what is not printed anywhere."""
    shutil.copy(root / "data/injury_weeks/durations.csv", tmp_path)
    content = yaml.safe_load((root / "data/injury_weeks/dataset.yml").read_text(encoding="utf-8"))
    kept = {key: value for key, value in content.items() if key not in ("disclosure", "printed")}
    (tmp_path / "dataset.yml").write_text(yaml.safe_dump(kept, allow_unicode=True))
    kind = find("complaint_handling")
    params = kind.params({"dataset": str(tmp_path), "deadline_days": {}, "model": "lognormal"})
    data = kind.read(params)
    report = kind.report(params, data, kind.question.ask(data, params))
    assert noise_of(data) is not None
    assert report.rests_on_records == ()
    assert report.rests_on().regions == ()


@pytest.mark.parametrize("name", OF_RECORDS)
def test_pages_on_recorded_cases_do_not_say_that_noise_was_added(name, root):
    """The settings and the page say of how many regions numbers are, and nothing of noise."""
    report = asked(root, name)
    assert report.protection.startswith("Shares and averages here rest on cases as recorded")
    assert report.protection in report.sample().points
    entries = {entry["value"] for entry in report.provenance().entries}
    assert report.protection in entries
    assert not any("noise of variance" in text for text in entries)


def test_pages_that_draw_from_the_store_say_which_noise_was_added(root):
    """With its settings; of one region all that there is to say, not the first point alone."""
    report = asked(root, "monthly_monitor", by="region", region="")
    assert "noise of variance 9" in report.protection
    said = report.certainty().points
    assert set(protection_points(report, noise_of(report.data))) <= set(said)
    categories = asked(root, "monthly_monitor", by="category", region="")
    assert categories.protection.startswith("Shares and averages here rest on cases as recorded")
    assert any("averages of recorded counts" in point for point in categories.certainty().points)
