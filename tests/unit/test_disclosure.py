"""What leaves is worked out from protected counts: the table, the store, the gate, the pages."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import yaml

import analysis as an
import attacks.noise
from analysis.data.dataset import read_dataset
from analysis.data.frames.outcomes import counts_of
from analysis.data.frames.units import units_of
from analysis.disclosure import regions as regions_made
from analysis.disclosure.estimates import (
    FEWEST_REGIONS,
    disclosed_study,
    published_jointly,
    three_digits,
    too_few,
)
from analysis.disclosure.identifiers import identifiers, seal, shapes_of
from analysis.disclosure.noise import (
    BOUNDS,
    WITHIN,
    Noise,
    draws,
    fingerprint,
    noise_table,
    shown_counts,
    too_small,
)
from analysis.disclosure.salt import salt_of
from analysis.disclosure.store import digests_of, store_of
from analysis.errors import ContractError, DesignError, ParamsError, PublishError
from analysis.page.plates import Column, Table, TableData
from analysis.page.shared.protection import protection_points
from analysis.reports.compare_interventions.plates import CompareInterventions
from analysis.reports.intervention_effect.plates import InterventionEffect
from analysis.reports.region_rates.plates import RegionRates
from analysis.result import Estimate, Result, Sample

SALT = b"a salt of the tests, long enough for them"
QUARTER = {"first_period": "2023Q4", "period": "quarter"}


@pytest.mark.parametrize("variance", sorted(BOUNDS))
def test_noise_has_mean_zero_and_the_variance_it_should_have(variance):
    """To 1e-9, by the moments of the table; of small counts three times the count."""
    bound = BOUNDS[variance]
    chances = np.diff(noise_table(variance, bound, 10), axis=1, prepend=0.0)
    noise = np.arange(-bound, bound + 1)
    wanted = np.minimum(variance, 3 * np.arange(bound + 2))
    assert np.abs(chances @ noise).max() < 1e-9
    assert np.abs(chances @ noise**2 - wanted).max() < 1e-9
    assert (chances >= -1e-15).all()
    middle = chances[-1]
    inside = [middle[bound - k : bound + k + 1].sum() for k in range(bound + 1)]
    assert next(k for k, share in enumerate(inside) if share >= 0.95) == WITHIN[variance]


def test_the_table_is_the_one_that_another_solver_finds():
    """Maximum entropy by scipy's root from another start, to 1e-7."""
    for variance, bound in BOUNDS.items():
        other = attacks.noise.Noise(variance, bound, 10).table().cumsum(axis=1)
        assert np.abs(noise_table(variance, bound, 10) - other).max() < 1e-7


def test_zero_stays_zero_and_what_may_be_shown_never_becomes_zero():
    """Every count up to thirty, under every draw of a fine grid."""
    noise = Noise()
    for count in range(31):
        signatures = np.random.default_rng(count).integers(0, 2**64, 2000, dtype=np.uint64)
        shown = shown_counts(np.full(2000, count), signatures, noise, SALT)
        assert (shown == 0).all() if count == 0 else (shown >= 0).all()
        assert count < noise.threshold or (shown > 0).all()
        assert np.abs(shown - count).max() <= noise.bound


def test_the_same_records_give_the_same_number_and_another_salt_another():
    """Draws look uniform: mean and variance within four errors of 1/2 and 1/12."""
    signatures = np.arange(20_000, dtype=np.uint64)
    first, again, other = (draws(signatures, salt) for salt in (SALT, SALT, SALT + b"!"))
    assert (first == again).all()
    assert abs(np.corrcoef(first, other)[0, 1]) < 4 / np.sqrt(20_000)
    assert abs(first.mean() - 0.5) < 4 / np.sqrt(12 * 20_000)
    assert abs(first.var() - 1 / 12) < 0.002
    assert len(set(first)) == 20_000
    assert fingerprint(SALT) != fingerprint(SALT + b"!")


def small_province(folder, rows, kind="report", **description):
    """A dataset of counts by region and period."""
    folder.mkdir(parents=True)
    codes = sorted({code for code, _, _ in rows})
    names = [f"R{code}" for code in codes]
    pd.DataFrame(
        {"region_code": codes, "name_en": names, "name_zh": names, "level": "county"}
    ).to_csv(folder / "regions.csv", index=False)
    frame = pd.DataFrame(rows, columns=["region_code", "period", "count"]).assign(outcome=kind)
    frame.to_csv(folder / "outcomes.csv", index=False)
    content = {
        "title": {"en": "T", "zh": "题"},
        "status": "real",
        "licence": "CC0",
        "origin": "made",
        **description,
    }
    (folder / "dataset.yml").write_text(yaml.safe_dump(content, allow_unicode=True))
    return read_dataset(folder)


def monthly(codes=("a", "b", "c"), mean=30.0, seed=1, year=2023):
    """Twelve months of counts."""
    rng = np.random.default_rng(seed)
    months = [f"{year}-{month:02d}" for month in range(1, 13)]
    return [(code, month, int(rng.poisson(mean))) for code in codes for month in months]


def test_noise_is_drawn_for_periods_of_the_calendar_and_all_else_is_a_sum(tmp_path):
    """A span is the fewest periods that fill it; no span has noise of its own."""
    store = store_of(small_province(tmp_path / "p", monthly()), "report")
    assert list(store.levels) == ["month", "quarter", "year"]
    months, quarters, years = (store.levels[n].shown for n in ("month", "quarter", "year"))
    span = store.span(pd.Period("2023-02"), pd.Period("2023-10"))
    wanted = months["2023-02"] + months["2023-03"] + quarters["2023Q2"] + quarters["2023Q3"]
    assert (span.shown == wanted + months["2023-10"]).all()
    assert span.blocks == 5
    assert (span.variance == 45).all()
    whole = store.span(pd.Period("2023Q1"), pd.Period("2023Q4"))
    assert (whole.shown == years["2023"]).all()
    assert whole.blocks == 1


def test_a_cell_is_the_same_however_its_rows_are_ordered_and_whatever_is_empty_beside_it(tmp_path):
    """Reordered rows, another language of names, an empty kind, another region left out."""
    rows = monthly()
    first = store_of(small_province(tmp_path / "a", rows), "report").levels["quarter"].shown
    turned = store_of(small_province(tmp_path / "b", rows[::-1]), "report").levels["quarter"].shown
    pd.testing.assert_frame_equal(first, turned)
    fewer = [row for row in rows if row[0] != "b"]
    alone = store_of(small_province(tmp_path / "c", fewer), "report").levels["quarter"].shown
    pd.testing.assert_frame_equal(first.loc[["a", "c"]], alone)
    more = pd.read_csv(tmp_path / "a/outcomes.csv")
    empty = more.assign(outcome="nothing", count=0)
    pd.concat([empty, more]).to_csv(tmp_path / "a/outcomes.csv", index=False)
    beside = store_of(read_dataset(tmp_path / "a"), "report").levels["quarter"].shown
    pd.testing.assert_frame_equal(first, beside)
    assert (store_of(read_dataset(tmp_path / "a"), "nothing").levels["year"].shown == 0).all(
        axis=None
    )


def some_records(codes, size=2000, seed=4):
    """Complaints and reports of a year, each with a number."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "complaint_id": [f"C{number}" for number in range(size)],
            "received_on": rng.choice(pd.date_range("2023-01-01", "2023-12-31"), size),
            "region_code": rng.choice(codes, size),
            "kind": rng.choice(["complaint", "report"], size),
            "channel": "online",
        }
    )


def test_a_cell_is_the_same_whether_records_are_read_or_counted_where_they_lie(tmp_path):
    """Numbered otherwise, in another order, in files, or given as counts already."""
    codes = ("a", "b", "c")
    records, stores = some_records(codes), []
    anew = records.sample(frac=1, random_state=1)
    anew = anew.assign(complaint_id=[f"N{number}" for number in range(len(anew))])
    for name, given in (("table", records), ("anew", anew), ("files", records)):
        folder = tmp_path / name
        lying = {"records": {"files": "lying/*.parquet"}} if name == "files" else {}
        small_province(folder, monthly(codes), kind="other")
        (folder / "outcomes.csv").unlink()
        if lying:
            (folder / "lying").mkdir()
            given.to_parquet(folder / "lying/2023.parquet", index=False)
            about = yaml.safe_load((folder / "dataset.yml").read_text())
            about |= {**lying, "accessed": "2024-01-05"}
            (folder / "dataset.yml").write_text(yaml.safe_dump(about, allow_unicode=True))
        else:
            given.to_csv(folder / "complaints.csv", index=False)
        stores.append(store_of(read_dataset(folder), "report"))
    months = records["received_on"].dt.strftime("%Y-%m")
    cells = records[records["kind"] == "report"].groupby(["region_code", months]).size()
    rows = [(code, month, count) for (code, month), count in cells.items()]
    stores.append(store_of(small_province(tmp_path / "counts", rows), "report"))
    for length in ("month", "quarter", "year"):
        first, *others = (store.levels[length] for store in stores)
        assert (first.shown != counts_of(read_dataset(tmp_path / "table"), "report", length)).any(
            axis=None
        )
        for other in others:
            assert list(first.shown) == list(other.shown)
            np.testing.assert_array_equal(first.shown.to_numpy(), other.shown.to_numpy())
            np.testing.assert_array_equal(first.withheld.to_numpy(), other.withheld.to_numpy())


def test_a_cell_is_the_same_in_two_reports_and_two_languages(in_root):
    """A quarter by itself, within a span, on the Chinese page, and in what is taken away."""
    given = {"dataset": "data/simulated/province", "period": "quarter"}
    one = RegionRates.read({**given, "first_period": "2023Q4", "language": "zh"})
    two = RegionRates.read({**given, "first_period": "2023Q3", "exclude_regions": ["990101"]})
    three = RegionRates.read({**given, "first_period": "2023Q3", "last_period": "2023Q3"})
    events = [r.frame.set_index("region")["events"] for r in (one, two, three)]
    assert (events[1] == (events[0] + events[2]).reindex(events[1].index)).all()
    away = an.protected(one.data, "report", period="quarter")
    away = away[away["period"] == "2023Q4"].set_index("region")["count"].dropna()
    assert (away == events[0].reindex(away.index)).all()
    assert len(away) > 90


def test_one_record_more_is_another_draw(tmp_path):
    """The count is part of the key: two editions differ by noise, not by what came late."""
    rows = monthly(codes=[f"{n:03d}" for n in range(60)])
    more = [(code, month, count + 1) for code, month, count in rows]
    before, after = (
        store_of(small_province(tmp_path / name, given), "report").levels["month"].shown
        for name, given in (("a", rows), ("b", more))
    )
    apart = (after - before).to_numpy()
    assert (apart == 1).mean() < 0.2
    assert apart.std() > 3


def test_small_counts_are_withheld_by_what_they_truly_are(tmp_path):
    """From 1 to 9, at every length of period."""
    rows = monthly(mean=8.0)
    data = small_province(tmp_path / "p", rows)
    for length, level in store_of(data, "report").levels.items():
        true = counts_of(data, "report", length)
        assert (level.withheld == ((true > 0) & (true < 10))).all(axis=None)
    assert too_small(np.array([0, 1, 9, 10]), 10).tolist() == [False, True, True, False]


def test_a_split_region_has_its_share_of_protected_counts(tmp_path):
    """Six tenths and four tenths of one protected number add up to it; nothing is drawn anew."""
    folder = tmp_path / "p"
    rows = monthly(codes=("a", "b"))
    small_province(folder, [*rows, *[("c", month, 20) for _, month, _ in rows[:12]]])
    crosswalk = {"old_code": ["a", "a"], "new_code": ["b", "c"], "weight": [0.6, 0.4]}
    pd.DataFrame(crosswalk).to_csv(folder / "crosswalk.csv", index=False)
    split = store_of(read_dataset(folder), "report").levels["month"].shown
    (folder / "crosswalk.csv").unlink()
    whole = store_of(read_dataset(folder), "report").levels["month"].shown
    assert np.allclose(split.loc["b"], whole.loc["b"] + 0.6 * whole.loc["a"])
    assert np.allclose(split.loc["c"], whole.loc["c"] + 0.4 * whole.loc["a"])


def test_signatures_add_up_over_periods(tmp_path):
    """The key of a year is the sum of its months' keys, modulo 2 to the 64."""
    units = units_of(small_province(tmp_path / "p", monthly()), "report")
    year = units.by("year").set_index("region")["key"]
    for code, rows in units.frame.groupby("region"):
        assert sum(map(int, rows["key"])) % 2**64 == year[code]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"protection": "none"}, "audience: internal"),
        ({"protection": {"threshold": 1}}, "audience: internal"),
        ({"disclosure": "public"}, "belong together"),
        ({"printed": {"address": "x", "date": "2020-01-01"}}, "belong together"),
        ({"protection": {"variance": 5}}, "protection"),
    ],
)
def test_what_would_leave_counts_open_is_refused(tmp_path, settings, words):
    """Before anything is read; each says what would do."""
    with pytest.raises(ContractError, match=words):
        small_province(tmp_path / "p", monthly(), **settings)


def test_public_figures_and_inside_readers_get_counts_as_they_are(tmp_path):
    """With an address and a date, or marked as internal."""
    printed = {"address": "a yearbook", "date": "2020-01-01"}
    settings = (
        {"disclosure": "public", "printed": printed},
        {"protection": "none", "audience": "internal"},
    )
    for number, given in enumerate(settings):
        data = small_province(tmp_path / str(number), monthly(mean=5.0), **given)
        store = store_of(data, "report")
        assert store.noise is None
        assert (store.levels["month"].shown == counts_of(data, "report", "month")).all(axis=None)
        assert not store.levels["month"].withheld.any(axis=None)


def test_records_are_never_public(tmp_path):
    """A table of records holds more than was ever printed."""
    folder = tmp_path / "p"
    printed = {"address": "a yearbook", "date": "2020-01-01"}
    small_province(folder, monthly(), disclosure="public", printed=printed)
    record = {"complaint_id": ["1"], "received_on": ["2023-01-02"], "region_code": ["a"]}
    frame = pd.DataFrame({**record, "kind": ["report"], "channel": ["online"]})
    frame.to_csv(folder / "complaints.csv", index=False)
    with pytest.raises(ContractError, match="disclosure: public"):
        read_dataset(folder)


def test_more_draws_than_the_noise_bears_are_refused(tmp_path):
    """Months, quarters and years are three draws; a variance of 4 bears two."""
    data = small_province(tmp_path / "p", monthly(), protection={"variance": 4})
    with pytest.raises(DesignError, match="draws 3 counts for each record"):
        store_of(data, "report")


def test_without_a_salt_nothing_leaves(tmp_path, monkeypatch):
    """The refusal says what another salt would do, and how to make one."""
    data = small_province(tmp_path / "p", monthly())
    monkeypatch.delenv("ANALYSIS_SALT")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ParamsError, match="analysis salt"):
        store_of(data, "report")
    short = tmp_path / "short"
    short.touch(mode=0o600)
    short.write_text("secret")
    monkeypatch.setenv("ANALYSIS_SALT", str(short))
    with pytest.raises(ParamsError, match="too short"):
        store_of(data, "report")


def test_a_digest_on_a_page_confirms_no_guess_of_a_count(tmp_path):
    """Whoever knows a file but for one count tries out all: of a public file he finds it."""
    printed = {"address": "a yearbook", "date": "2020-01-01"}
    for name, given in (("own", {}), ("public", {"disclosure": "public", "printed": printed})):
        data = small_province(tmp_path / name, monthly(mean=5.0), **given)
        shown = set(digests_of(data).values())
        file = tmp_path / name / "outcomes.csv"
        lines = file.read_bytes().splitlines(keepends=True)
        first, second, _, last = lines[5].split(b",")
        guesses = (b",".join((first, second, b"%d" % count, last)) for count in range(40))
        texts = (b"".join([*lines[:5], guess, *lines[6:]]) for guess in guesses)
        found = [hashlib.sha256(text).hexdigest() in shown for text in texts]
        assert sum(found) == (name == "public")
        assert len(shown) == len(data.hashes)


def test_a_simulated_world_is_protected_alike_wherever_it_is_made(in_root):
    """Its salt is known to everyone."""
    data = read_dataset(in_root / "data/simulated/province")
    assert salt_of(data) == salt_of(read_dataset(in_root / "data/simulated/province"))


def shown_numbers(report):
    """All that a report's plates carry, but digests and what the run was made from."""
    plates = [
        report.summary(),
        report.sample(),
        report.funnel(),
        report.rates(),
        report.certainty(),
    ]
    plates += [report.end()]
    return json.dumps([plate.payload() for plate in plates], sort_keys=True)


def changed_records(folder, target):
    """A copy of a dataset in which one record in ten of every county is gone."""
    shutil.copytree(folder, target)
    file = target / "complaints.parquet"
    records = pd.read_parquet(file) if file.exists() else pd.read_csv(target / "complaints.csv")
    inside = records.groupby("region_code")["received_on"]
    edge = (records["received_on"] == inside.transform("min")) | (
        records["received_on"] == inside.transform("max")
    )
    kept = edge | (np.random.default_rng(3).random(len(records)) > 0.1)
    if file.exists():
        records[kept].to_parquet(file, index=False)
    else:
        records[kept].to_csv(target / "complaints.csv", index=False)
    return target


def test_no_number_of_a_region_moves_while_the_store_stays(in_root, tmp_path, monkeypatch):
    """Other records behind the same store: the page of rates is the same, byte for byte."""
    given = {"dataset": "data/simulated/province", **QUARTER}
    first = RegionRates.read(given)
    store = store_of(first.data, "report")
    other = changed_records(in_root / "data/simulated/province", tmp_path / "province")
    with monkeypatch.context() as held:
        held.setattr(regions_made, "store_of", lambda *_: store)
        second = RegionRates.read({**given, "dataset": str(other)})
        true = [counts_of(r.data, "report", "quarter")["2023Q4"] for r in (first, second)]
        assert (true[0] != true[1]).mean() > 0.5
        shown = [
            shown_numbers(report).replace(str(other), given["dataset"])
            for report in (first, second)
        ]
    assert shown[0] == shown[1]
    third = RegionRates.read({**given, "dataset": str(other)})
    assert shown_numbers(third) != shown[0]


def test_what_is_said_of_single_regions_in_an_effect_moves_with_the_store_alone(in_root):
    """Leave-outs, paths and event times of few are those of the protected panel."""
    params = yaml.safe_load(
        (in_root / "params/intervention_effect/reverse_assessment.yml").read_text()
    )
    report = InterventionEffect.read(params)
    study = report.study
    assert study.shielded
    assert study.protected is not None
    assert not study.protected.frame["count"].equals(study.panel.frame["count"])
    raw = report._of_protected
    all_in, headline = raw.headline.value, report.headline.headline.value
    for row, own in zip(
        report.headline.series["leave_one_out"], raw.series["leave_one_out"], strict=True
    ):
        assert row["value"] == pytest.approx(headline + own["value"] - all_in, rel=5e-3)
    assert three_digits(headline) == headline
    few = [
        row for row in report.headline.series["by_event_time"] if row["regions"] < FEWEST_REGIONS
    ]
    theirs = {row["event_time"]: row["value"] for row in raw.series["by_event_time"]}
    assert few
    for row in few:
        assert row["value"] == three_digits(theirs[row["event_time"]])
    rested = report.end().rests_on
    assert set(rested.regions) == set(study.panel.regions)
    deviations = report.results()["robustness"]["own_course"]["headline"]["deviations"]
    assert deviations == []


def test_few_adopters_are_estimated_from_protected_counts_alone(in_root):
    """Four adopters: the panel itself is the protected one; no recorded counts are averaged."""
    params = yaml.safe_load(
        (in_root / "params/intervention_effect/reverse_assessment.yml").read_text()
    )
    report = InterventionEffect.read(params)
    adopters = [code for code, start in report.study.panel.adoption.items() if start > 0]
    few = InterventionEffect.read({**params, "exclude_regions": adopters[4:]})
    assert too_few(replace(few.study.panel))
    assert few.study.panel is few.study.protected
    assert few.end().rests_on.regions == ()
    asked = InterventionEffect.read({**params, "counts": "protected"})
    assert asked.study.panel is asked.study.protected


def test_rounding_to_three_digits_keeps_what_is_whole_and_never_closes_a_range():
    """Whole numbers, texts and empty places stay; equal limits move by the last digit."""
    given = {"a": (1.23456, 12345.6, 7, None, "x"), "b": [0.00012345]}
    assert three_digits(given) == {"a": (1.23, 12300.0, 7, None, "x"), "b": [0.000123]}
    narrow = three_digits(Estimate("overall", 0.10002, 1e-5, 0.10001, 0.10003))
    assert narrow.low < narrow.value < narrow.high


def test_too_few_regions_or_records_on_a_side(in_root):
    """Five and five stand; four do not."""
    params = yaml.safe_load(
        (in_root / "params/intervention_effect/reverse_assessment.yml").read_text()
    )
    report = InterventionEffect.read(params)
    panel, data = report.study.panel, report.data
    never = [code for code, start in panel.adoption.items() if start == 0]
    adopted = [code for code, start in panel.adoption.items() if start > 0]
    assert not too_few(panel.keep([*adopted[:5], *never[:5]]))
    assert too_few(panel.keep([*adopted[:4], *never]))
    assert too_few(panel.keep([*adopted, *never[:4]]))
    small = replace(panel, frame=panel.frame.assign(count=0.0))
    assert too_few(small)
    kept = replace(report.study, panel=panel.keep([*adopted[:4], *never]), protected=None)
    assert disclosed_study(data, kept).panel is not kept.panel


@pytest.mark.parametrize(
    ("language", "small", "joined"),
    [("en", "from 1 to {}", "that others have joined"), ("zh", "1至{}件", "并入的县")],
)
def test_a_page_says_what_was_done_to_its_counts(in_root, language, small, joined):
    """What is withheld is a sentence of its own, which falls away where nothing is."""
    voice = RegionRates.read(
        {"dataset": "data/simulated/province", "language": language, **QUARTER}
    )
    for threshold in (1, 2, 10):
        said = protection_points(voice, Noise(threshold=threshold))
        assert (small.format(threshold - 1) in said[1]) == (threshold > 1)
        assert small.format(0) not in said[1]
        assert joined in said[0]


@pytest.mark.parametrize("variance", sorted(BOUNDS))
def test_a_page_by_week_says_how_far_a_year_lies(in_root, variance):
    """Fifty-two weeks, each drawn for itself; quarters and years have draws of their own."""
    voice = RegionRates.read({"dataset": "data/simulated/province", **QUARTER})
    noise, counts = Noise(variance), np.full(52 * 4000, 40)
    signatures = np.arange(len(counts), dtype=np.uint64)
    apart = (shown_counts(counts, signatures, noise, b"s" * 32) - counts).reshape(4000, 52).sum(1)
    by_month, by_week = (protection_points(voice, noise, weeks=weeks)[0] for weeks in (False, True))
    year = int(re.findall(r"of a year nineteen of twenty lie within (\d+)", by_week)[0])
    assert 0.94 < (np.abs(apart) <= year).mean() < 0.975
    assert "in one week" in by_week
    assert "month" not in by_week
    assert "of the count recorded when it was first published" in by_month


def plate(columns, values, protected=""):
    """A table Plate with those columns and values."""
    rows = tuple(tuple(str(value) for value in row) for row in values)
    content = TableData(columns, rows, values, protected)
    return Table("t", "en", False, "A title", "", content)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        (Column("officer_id", "Officer"), "O1", "names officer_id"),
        (Column("enterprise_name", "Enterprise"), "A", "names enterprise_name"),
        (Column("n", "N", role="count"), 30, "were not protected"),
        (Column("complaints", "Complaints"), 3, "counts unless its role says"),
        (Column("complaints", "Complaints"), 3.0, "counts unless its role says"),
        (Column("complaints", "Complaints"), np.int64(3), "counts unless its role says"),
        (Column("complaints", "Complaints"), np.float32(3), "counts unless its role says"),
    ],
)
def test_a_plate_that_gives_someone_away_is_not_shown(column, value, words):
    """The refusal comes in the kernel, before any output, and never holds the value."""
    with pytest.raises(PublishError, match=words) as refused:
        plate((column,), ((value,),))._repr_mimebundle_()
    assert "3" not in str(refused.value).replace("3.", "").replace("1 problem", "")


@pytest.mark.parametrize(
    "texts",
    [
        ["3"],
        [" 3 "],
        ["３"],
        ["−3"],
        ["1,234"],
        ["1 234"],
        ["3.0"],
        ["(3)", "withheld"],
        ["3*", "–"],
        ["3\u200b"],
        ["about", "3"],
    ],
)
def test_counts_given_as_text_are_counts(texts):
    """As values, or on the page alone; words beside them tell nothing."""
    column = Column("complaints", "Complaints")
    rows = tuple((text,) for text in texts)
    for values in (rows, ((None,),) * len(rows)):
        with pytest.raises(PublishError, match="counts unless its role says"):
            shown_as(column, rows, values)._repr_mimebundle_()
        marked = Column("complaints", "Complaints", role="number")
        assert shown_as(marked, rows, values)._repr_mimebundle_()


@pytest.mark.parametrize(
    ("text", "value"),
    [("3", 2.6), ("3 %", 0.03), ("2.5", None), ("3%", None), ("2020-01", "2020-01"), ("A3", None)],
)
def test_texts_of_other_numbers_are_no_counts(text, value):
    """What is rounded for readers, shares, months and names."""
    shown = shown_as(Column("x", "X"), ((text,),), ((value,),))
    assert shown._repr_mimebundle_()


def test_a_hole_makes_no_column_of_counts_one_of_other_numbers():
    """Neither as nothing nor as not a number."""
    for hole in (None, float("nan")):
        with pytest.raises((PublishError, ValueError), match="counts unless its role says"):
            shown_as(Column("n", "N"), (("3",), ("",)), ((3,), (hole,)))._repr_mimebundle_()


def shown_as(column, rows, values):
    """A Plate of one column, with its texts and its values."""
    return Table("t", "en", False, "A title", "", TableData((column,), rows, values))


def test_a_plate_of_protected_counts_is_shown():
    """Counts of the store, and numbers that are marked as no counts."""
    shown = plate((Column("n", "N", role="count"),), ((0,), (None,), (6,)), "noise 9")
    assert shown._repr_mimebundle_()
    assert plate((Column("year", "Year", role="number"),), ((2023,),))._repr_mimebundle_()


def test_identifiers_are_handed_over_as_hashes_or_shapes(monkeypatch):
    """Few as hashes, many as shapes, and never themselves."""
    monkeypatch.setattr("analysis.disclosure.identifiers.SEALS_KEPT", 2)
    frames = {
        "assessments": pd.DataFrame({"officer_id": ["O12", "O13"], "score": [1, 2]}),
        "complaints": pd.DataFrame({"enterprise_id": ["E1-9", "E2-8", "F3-7", None]}),
    }
    found = identifiers(frames)
    assert found.seals == {"officer_id": sorted([seal("O12"), seal("O13")])}
    assert found.shapes == {"enterprise_id": [r"E\d\-\d", r"F\d\-\d"]}


def test_identifiers_without_a_common_shape_are_told_by_their_length():
    """Hashed complainants: sixty-four letters and digits, none alike."""
    hashed = [hashlib.sha256(bytes([number])).hexdigest() for number in range(200)]
    assert shapes_of(hashed) == [r"\w{64}"]
    assert shapes_of(["E12", "E34"]) == [r"E\d\d"]
    assert shapes_of(["甲-1", "甲-٣", "乙-2"]) == [r"乙\-\d", r"甲\-\d"]


def test_spans_of_a_year_have_no_noise_of_their_own(tmp_path):
    """All 78 spans of a year come from 17 numbers: each is a sum of some of them."""
    store = store_of(small_province(tmp_path / "p", monthly(codes=("a",))), "report")
    blocks = [level.shown.loc["a"].to_numpy() for level in store.levels.values()]
    assert sum(map(len, blocks)) == 17
    months = pd.period_range("2023-01", "2023-12", freq="M")
    for first, last in itertools.combinations_with_replacement(months, 2):
        found = store.span(first, last)
        assert found.blocks <= 7
        assert found.shown["a"] % 1 == 0


def test_what_is_said_of_single_counties_under_interventions_moves_with_the_store_alone(
    in_root, tmp_path, monkeypatch
):
    """Other records behind the same store: tiles and funnel of counties tell the same counts."""
    file = in_root / "params/compare_interventions/province.yml"
    params = yaml.safe_load(file.read_text(encoding="utf-8"))
    first = CompareInterventions.read(params)
    stores = {params["outcome"]: store_of(first.data, params["outcome"])}
    other = changed_records(in_root / "data/simulated/province", tmp_path / "province")
    with monkeypatch.context() as held:
        held.setattr(regions_made, "store_of", lambda _, outcome: stores[outcome])
        second = CompareInterventions.read({**params, "dataset": str(other)})
        counts = [counts_of(r.data, params["outcome"], "quarter") for r in (first, second)]
        assert (counts[0] != counts[1]).mean(axis=None) > 0.5
        plates = [[p.payload() for p in (r.tiles(), r.funnel())] for r in (first, second)]
    assert plates[0]
    assert plates[0] == plates[1]


CHANGES = ("value", "low", "high", "plain", "trend_break", "first_alone", "second_alone", "added",
           "both", "change")  # fmt: skip


def three_digit_logs(changes: pd.Series) -> np.ndarray:
    """Which changes are those of log points of three digits, as far as six decimals tell."""
    logs = np.log1p(changes.dropna().astype(float))
    return np.abs(np.expm1([three_digits(v) for v in logs]) - np.expm1(logs)) < 1e-6


def test_what_is_taken_away_of_averages_has_three_digits(in_root):
    """Every change in every download, and every number of the stored result; exact ones have more.

    Changes are given to six decimals, so that one of about two in a thousand others would pass.
    """
    file = in_root / "params/compare_interventions/province.yml"
    found = CompareInterventions.read(yaml.safe_load(file.read_text(encoding="utf-8")))
    plates = [getattr(found, name)() for name in
              ("forest", "pairs", "event_time", "interactions", "reporting", "truth")]  # fmt: skip
    frames = [p.to_frame() for p in plates if hasattr(p, "to_frame")]
    table = found.evidence().to_frame().set_index("what").loc[["value", "low", "high"]]
    changes = [f[column] for f in frames for column in f if column in CHANGES]
    changes += [table[column] for column in table]
    assert len(changes) >= 15
    assert all(three_digit_logs(column).all() for column in changes)
    kept = found.results()["headline"]
    assert kept == three_digits(kept)
    exact = pd.Series([row["value"] for row in found.exact.series["paths"]]).dropna()
    assert three_digit_logs(np.expm1(exact).round(6)).mean() < 0.2


def test_an_estimate_alone_that_tells_of_fewer_than_five_regions_is_dropped():
    """Of four regions, or all but one to four; of five, of all, and of all but five it stays."""
    joint = Result(
        "joint_effects", "", "log rate ratio", 0.95, (Estimate("a", -0.1),),
        Sample(1, 1, 1, "", ""), series={"effects": tuple(
            {"value": -0.1, "alone": -0.2, "alone_low": -0.3, "alone_high": -0.1,
             "regions": regions, "regions_alone": alone}
            for regions, alone in ((9, 4), (9, 5), (12, 8), (12, 11), (12, 12), (12, 7))
        )},
    )  # fmt: skip
    rows = published_jointly(joint).series["effects"]
    assert [row["alone"] is not None for row in rows] == [False, False, False, False, True, True]
    assert all((row["alone"] is None) == (row["alone_high"] is None) for row in rows)
