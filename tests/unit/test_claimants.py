"""Who complains: told by what came before alone, in groups alone, alike wherever records lie."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis.data.dataset import read_dataset
from analysis.data.frames.claimants import claimants_of, share_unknown, with_classes
from analysis.data.records.claimants import CASES, MARKS, MARKS_BEFORE, Frequent
from analysis.data.records.groupings import MILLIONTHS
from analysis.disclosure.effects import answered
from analysis.errors import AnalysisError, DesignError, ParamsError
from analysis.page.numbers import percent_change, percent_span
from analysis.reports.claimants import question, sentences
from analysis.reports.claimants.params import ClaimantsParams
from analysis.reports.claimants.plates import Claimants
from analysis.reports.claimants.sentences import VERDICT_WORDS
from analysis.stats.concentration import concentration
from analysis.stats.histories import ratio_moved
from analysis.verdicts.rule import GRADES, Verdict
from claimant_worlds import SERVICE, continuum, dataset, few_records, made

RULE = Frequent(4, 90, 2, 5, ("labels",))


def by_hand(records: pd.DataFrame, rule: Frequent) -> pd.DataFrame:
    """The marks of every record, one record after another, with pandas alone."""
    found = []
    for row in records.itertuples():
        own = records[(records["claimant_id"] == row.claimant_id) & (row.claimant_id != "")]
        own = own[own["kind"].isin(CASES)]
        ago = (row.received_on - own["received_on"]).dt.days
        labels = own["category"].isin(rule.label_categories)
        found.append(
            {
                "cases": ((ago > 0) & (ago <= rule.days)).sum() >= rule.cases,
                "burst": ((ago > 0) & (ago <= rule.burst_days)).sum() >= rule.burst,
                "label": row.category in rule.label_categories
                and bool(((ago > 0) & (ago <= rule.days) & labels).any()),
                "known": row.claimant_id != "",
            }
        )
    marks = pd.DataFrame(found, index=records.index)
    months = records["received_on"].dt.year * 12 + records["received_on"].dt.month - 1
    return records.assign(**marks, month=months)


def cells(marked: pd.DataFrame) -> pd.Series:
    """Complaints by place, month and marks."""
    own = marked[marked["kind"] == "complaint"]
    return own.groupby(["region_code", "month", *MARKS, "known"]).size()


def found(records: pd.DataFrame, rule: Frequent = RULE) -> pd.Series:
    """The same as the engine counts them."""
    told = claimants_of(dataset({"complaints": records}), rule, "complaint")
    counted = told.cells.set_index(["region_code", "month", *MARKS, "known"])["records"]
    return counted / MILLIONTHS


@pytest.mark.parametrize("seed", range(6))
def test_marks_are_those_of_a_second_count_record_by_record(seed):
    """Among few people on few days, so that every edge of a window occurs; exactly."""
    records = few_records(seed, people=15)
    expected, counted = cells(by_hand(records, RULE)), found(records)
    pd.testing.assert_series_equal(
        counted.sort_index(),
        expected.sort_index().astype(float),
        check_names=False,
        check_index_type=False,
    )
    assert all(counted.groupby(name).sum()[True] > 0 for name in MARKS)


def test_what_comes_later_changes_nobody_s_class():
    """Records of the last months taken away, those before are told apart as they were."""
    records = few_records(2, people=15)
    until = pd.Timestamp("2021-01-01")
    whole, cut = found(records), found(records[records["received_on"] < until])
    month = 2021 * 12
    earlier = whole[whole.index.get_level_values("month") < month]
    pd.testing.assert_series_equal(earlier.sort_index(), cut.sort_index())


def test_the_day_itself_and_enquiries_make_nobody_frequent():
    """Ten complaints of one day, and one after ten enquiries, are a first each."""
    day = pd.Timestamp("2020-05-05")
    rows = [("A", "complaint", day)] * 10
    rows += [("B", "enquiry", day)] * 10 + [("B", "complaint", day + pd.Timedelta(days=1))]
    rows += [("C", "complaint", day), ("C", "complaint", day + pd.Timedelta(days=1))]
    rows += [(f"D{i}", "complaint", day + pd.Timedelta(days=d)) for i in range(12) for d in (0, 1)]
    records = pd.DataFrame(rows, columns=["claimant_id", "kind", "received_on"])
    records = records.assign(region_code="990001", category="food")
    counted = found(records, Frequent(1, 1, 10, 1)).groupby("cases").sum()
    # Of A none, of B none, of C and each D the second.
    assert counted.to_dict() == {False: 10 + 1 + 1 + 12, True: 13}


def test_a_region_that_was_split_counts_each_record_once():
    """The history of a claimant is of records, not of the parts in which they count."""
    records = few_records(1, people=15)
    halves = [records.assign(region_code=code, millionths=MILLIONTHS // 2)
              for code in ("990011", "990012")]  # fmt: skip
    split = pd.concat(halves, ignore_index=True)
    sums = [found(given).groupby(list(MARKS)).sum() for given in (records, split)]
    pd.testing.assert_series_equal(*sums)


def write(folder, records: pd.DataFrame, where: str):
    """A dataset of these records: in a table, or where they lie."""
    folder.mkdir()
    text = "title: {en: Invented, zh: 虚构}\nstatus: simulated\nlicence: CC0\norigin: invented\n"
    name = "complaints.csv" if where == "table" else "lying/part.csv"
    (folder / name).parent.mkdir(exist_ok=True)
    records.to_csv(folder / name, index=False)
    if where != "table":
        text += "records: {files: lying/*.csv}\n"
    (folder / "dataset.yml").write_text(text, encoding="utf-8")
    regions = pd.DataFrame({"region_code": ["990001", "990002"], "level": "county",
                            "name_en": ["A", "B"], "name_zh": ["甲", "乙"]})  # fmt: skip
    regions.to_csv(folder / "regions.csv", index=False)
    return read_dataset(folder)


def test_records_are_told_apart_alike_in_memory_and_where_they_lie(tmp_path):
    """Hashed on reading, or left to the engine: cell by cell, and every person's number."""
    records = few_records(3, people=30)
    told = [
        claimants_of(write(tmp_path / where, records, where), RULE, "complaint")
        for where in ("table", "place")
    ]
    order = ["region_code", "month", *MARKS, "known"]
    first, second = (one.cells.sort_values(order, ignore_index=True) for one in told)
    pd.testing.assert_frame_equal(first, second, check_dtype=False)
    pd.testing.assert_frame_equal(told[0].sizes, told[1].sizes, check_dtype=False)
    assert (told[0].people, told[0].since) == (told[1].people, told[1].since)


def test_without_persons_earlier_cases_are_as_the_bureau_counted_them():
    """No identifier, no burst; nobody's number of records; a blank is nobody known."""
    records = few_records().drop(columns="claimant_id")
    prior = np.array([0, 3, 4, 9, np.nan] * 80)
    told = claimants_of(dataset({"complaints": records.assign(claimant_prior_cases=prior)}),
                        dataclasses.replace(RULE, label_categories=()), "complaint")  # fmt: skip
    complaints = (records["kind"] == "complaint").to_numpy()
    sums = told.cells.groupby(["known", "cases"])["records"].sum() / MILLIONTHS
    assert sums[True, True] == (complaints & (prior >= 4)).sum()
    assert sums[False].sum() == (complaints & np.isnan(prior)).sum()
    assert not told.by_person
    assert told.sizes.empty
    assert not told.cells["burst"].any()
    assert told.since == records["received_on"].min()


@pytest.mark.parametrize("seed", range(4))
def test_concentration_is_that_of_people_one_by_one(seed):
    """Each person written out, sorted and added up; to 1e-12."""
    rng = np.random.default_rng(seed)
    each = np.sort(rng.geometric(0.4, 5000))[::-1]
    sizes, people = np.unique(each, return_counts=True)
    curve = concentration(sizes, people, (0.01, 0.1, 0.5, 1.0))
    expected = [
        (share, each[: int(5000 * share)].sum() / each.sum()) for share in (0.01, 0.1, 0.5, 1)
    ]
    assert curve == [pytest.approx(pair, abs=1e-12) for pair in expected]


def test_nobody_stands_out_of_a_concentration():
    """A step of fewer than ten people, or mostly of one, is joined to the next; else none."""
    few = concentration(np.array([1, 50]), np.array([995, 5]), (0.005, 0.05, 1.0))
    assert [share for share, _ in few] == [0.05, 1.0]
    one = concentration(np.array([1, 2, 9000]), np.array([980, 19, 1]), (0.02, 0.5, 1.0))
    assert one == []
    assert concentration(np.array([2]), np.array([9]), (1.0,)) == []


def test_shares_of_claimants_do_not_tell_how_many_there_are():
    """Six digits of a share fit one number of claimants of 1,000 to 2,000, three digits hundreds.

    Two editions would tell how many came late.
    """
    sizes = pd.DataFrame({"records": [1, 2, 5, 9], "claimants": [800, 401, 70, 27]})
    people, fits = int(sizes["claimants"].sum()), {}
    for shielded in (False, True):
        study = SimpleNamespace(shielded=shielded)
        report = SimpleNamespace(
            asked=SimpleNamespace(claimants=SimpleNamespace(sizes=sizes)),
            main=SimpleNamespace(study=study),
        )
        told = [share for share, _ in Claimants.tops.fget(report)]
        digits = 3 if shielded else 6

        within = 0.5 * 10.0**-digits
        fits[shielded] = [
            n for n in range(1000, 2000)
            if all(abs(round(share * n) / n - share) <= within for share in told)
        ]  # fmt: skip
    assert people in fits[False]
    assert people in fits[True]
    assert len(fits[False]) < 5
    assert len(fits[True]) > 100


@pytest.fixture(scope="module")
def province():
    """Frequent claimants brought a third less where it was adopted, all others what they had."""
    return made(-0.4, 0.0, seed=4)[0]


def asked(data, **changes) -> ClaimantsParams:
    """The question of every test."""
    usual = {"intervention": SERVICE, "exclude_other_interventions": False}
    return ClaimantsParams(**usual | changes)


@pytest.fixture(scope="module")
def report(province):
    """A report on the province."""
    params = asked(province, label_categories=["labels"])
    return Claimants(params, province, question.ask(province, params))


def test_all_classes_are_of_the_same_regions_and_periods_with_a_history(report):
    """Averages over regions that differ by a few would give these away."""
    panels = [study.panel for study in report.asked.studies.values()]
    assert len({panel.regions for panel in panels}) == 1
    assert {panel.periods[0] for panel in panels} == {"2020Q1"}
    assert set(report.asked.studies) == {"frequent", "other", "ratio", *MARKS}


def test_every_complaint_is_of_one_class(province, report):
    """Frequent and other claimants' add up to all complaints of these periods."""
    told = with_classes(province, report.params, report.params.rule)
    outcomes = told.tables["outcomes"].groupby("outcome")["count"].sum()
    records = province.tables["complaints"]
    own = records[(records["kind"] == "complaint") & (records["received_on"] >= "2020-01-01")]
    assert outcomes["frequent"] + outcomes["other"] == len(own)
    assert share_unknown(report.asked.claimants) == 0


def test_the_difference_is_that_of_both_classes(report):
    """In log points, to a third of its error: the ratio is out of the other class's records."""
    logs = {name: one.headline.headline for name, one in report.findings.items()}
    apart = logs["frequent"].value - logs["other"].value
    assert logs["ratio"].value == pytest.approx(apart, abs=logs["ratio"].standard_error / 3)


def test_an_intervention_against_frequent_claimants_is_found(report):
    """A third less of one class, none of the other: the ratio falls, the others stay."""
    assert report.main.verdict.key == "fewer"
    assert report.findings["other"].verdict.key == "cannot_tell"
    assert report.main.shares[2] < 0
    assert report.findings["other"].shares[1] < 0 < report.findings["other"].shares[2]


STATES = [(key, grade) for key in ("fewer", "more", "too_small_to_matter") for grade in GRADES[1:]]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("key", "grade"), [*STATES, ("cannot_tell", "")])
def test_every_verdict_has_its_sentence_with_the_numbers_of_the_table(
    province, report, language, key, grade
):
    """In both directions and languages; words of a direction only where one is claimed."""
    params = report.params.model_copy(update={"language": language})
    page = Claimants(params, province, report.subject)
    sign = -1 if key == "more" else 1
    headline = report.main.headline
    own = headline.headline
    ends = sorted((sign * own.low, sign * own.high))
    turned = dataclasses.replace(own, value=sign * own.value, low=ends[0], high=ends[1])
    verdict = Verdict(key, grade, capped=("not_drawn",))
    main = dataclasses.replace(
        report.main, headline=dataclasses.replace(headline, estimates=(turned,)), verdict=verdict
    )
    vars(page)["findings"] = {**report.findings, "ratio": main}
    summary, table = page.summary(), page.marks()
    line = next(values for values in table.data.values if values[0] == "ratio")
    assert line[2:5] == pytest.approx(main.shares, abs=1e-6)
    assert percent_change(line[2], language) in summary.points[0] or key == "too_small_to_matter"
    assert percent_span(line[3], line[4], language) in summary.points[0]
    words = {
        "en": {"fewer": " fell ", "more": " rose "},
        "zh": {"fewer": "投诉人下降", "more": "投诉人上升"},
    }
    said = {k for k, word in words[language].items() if word in summary.points[0]}
    assert said == {key} & {"fewer", "more"}
    assert summary.verdict == (f"{key}_{grade}" if grade else key)


def test_every_state_of_a_verdict_has_words():
    """Those that a count can have."""
    states = {f"{key}_{grade}" for key, grade in STATES} | {"cannot_tell"}
    assert set(VERDICT_WORDS) == states


def test_no_plate_holds_a_claimant_or_a_region(report, province):
    """Neither an identifier nor the name of a region, in any text or value."""
    names = [*province.tables["regions"]["name_en"], *province.tables["regions"]["region_code"]]
    people = set(province.tables["complaints"]["claimant_id"].head(3000))
    for plate in ("summary", "effects", "sample", "concentration", "marks", "event_time", "truth"):
        text = str(getattr(report, plate)().payload())
        assert not [name for name in names if str(name) in text], plate
        assert not [one for one in people if one in text], plate


def test_few_adopters_or_records_are_refused_and_never_shown(province):
    """There is no protected count of who complained."""
    params, starts = asked(province), province.tables["interventions"]
    own = starts[starts["intervention"] == SERVICE]["region_code"].tolist()
    few = params.model_copy(update={"exclude_regions": own[4:]})
    with pytest.raises(DesignError, match="fewer than five regions"):
        question.ask(province, few)
    with pytest.raises(DesignError, match="no protected counts"):
        question.ask(province, params.model_copy(update={"counts": "protected"}))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"professional": {"case": 5}}, "knows no 'case'"),
        ({"professional": {"cases": 1}}, "cases is below 2"),
        ({"professional": {"days": 3}}, "less than burst_days"),
        ({"outcome": "enquiry"}, "outcome"),
        ({"period": "week"}, "period"),
    ],
)
def test_wrong_parameters_are_refused(changes, words):
    """Before data are read."""
    with pytest.raises(ParamsError, match=words):
        ClaimantsParams.from_mapping(changes)


def test_who_is_frequent_is_refused_beside_whatever_else_is_wrong():
    """One list tells all."""
    with pytest.raises(ParamsError) as caught:
        ClaimantsParams.from_mapping({"professional": {"case": 5}, "language": "cn", "level": 2})
    assert len(caught.value.problems) == 3


def refused(data, **changes) -> str:
    """What is said of a dataset or a question."""
    with pytest.raises(AnalysisError) as caught:
        question.ask(data, asked(data, **changes))
    return str(caught.value)


def test_what_cannot_be_told_is_refused_with_what_would_do(province):
    """Before a kernel: no records, nobody known, unknown subjects, too few people, no history."""
    records = province.tables["complaints"]

    def having(frame):
        tables = {name: table for name, table in province.tables.items() if name != "complaints"}
        tables |= {} if frame is None else {"complaints": frame}
        return dataclasses.replace(province, tables=tables, worked_out={})

    assert "table complaints" in refused(having(None))
    nobody = having(records.drop(columns=["claimant_id", "claimant_prior_cases"]))
    assert "tells nothing of who complains" in refused(nobody)
    blank = records["claimant_id"].where(np.arange(len(records)) % 2 == 0, None)
    assert "50% of records" in refused(having(records.assign(claimant_id=blank)))
    assert "labels" in refused(province, label_categories=["label"])
    most = {"cases": 10_000, "days": 365, "burst": 9_000}
    assert "fewer than 10 people" in refused(province, professional=most)
    assert "leaves no whole period" in refused(province, professional={"days": 1400, "cases": 2})
    many = refused(province, intervention="nothing", placebo_outcome="none")
    assert "nothing" in many
    assert "none" in many


def test_an_answer_stands_on_what_the_engine_of_one_intervention_gives(report):
    """The same study asked directly gives the same headline and verdict."""
    again = answered(report.asked.studies["frequent"])
    assert again.headline == report.findings["frequent"].headline
    assert again.verdict == report.findings["frequent"].verdict


@pytest.mark.parametrize("language", ["en", "zh"])
def test_one_against_the_other_is_never_said_to_be_fewer_recorded(province, report, language):
    """A ratio falls where others rise, too; the site and the table say so, classes do not."""
    params = report.params.model_copy(update={"language": language})
    page = Claimants(params, province, report.subject)
    vars(page)["findings"] = report.findings
    fewer, against = {
        "en": ("fewer recorded", "fell against others"),
        "zh": ("登记减少", "相对减少"),
    }[language]
    assert report.main.verdict.key == "fewer"
    (line,) = page.site_lines()
    assert line.verdict_words == against
    table = page.marks().data
    cells = {value[0]: row[-1] for row, value in zip(table.rows, table.values, strict=True)}
    assert cells["ratio"] == against
    assert cells["frequent"] == fewer
    heads = page.effects().table.heads
    assert len({*heads}) == len(heads)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_outcome_that_moved_as_well_is_named(province, report, language):
    """Enquiries, where they are what should not be affected."""
    params = report.params.model_copy(update={"language": language, "placebo_outcome": "enquiry"})
    page = Claimants(params, province, report.subject)
    moved = dataclasses.replace(
        report.main, verdict=Verdict("cannot_tell", "", 0, ("placebo_outcome",))
    )
    vars(page)["findings"] = {**report.findings, "ratio": moved}
    name = page.words("enquiry").plural(language)
    assert name in sentences.why(page, moved)
    assert any(name.lower() in text.lower() for text in page.summary().limits)


def test_shares_of_all_and_of_those_compared_are_told_apart(report):
    """Two shares of other regions never stand in one sentence as if of the same."""
    (said,) = [text for text in report.summary().points if "claimants of all counties" in text]
    assert f"in the {report.main.headline.sample.units} compared here" in said
    assert "compared here or not" in said


def test_recording_that_moves_one_class_alone_is_said_to_look_like_a_fall(report):
    """Officers who turn away frequent claimants alone lower the ratio."""
    moved, alone = report.records_alone
    (said,) = [text for text in report.summary().points if "by that alone" in text]
    assert "Turning away frequent claimants alone looks like a fall" in said
    assert percent_change(moved, "en") in said
    assert percent_change(alone, "en") in said


@pytest.mark.parametrize("kept", [0.5, 0.8])
def test_what_thinned_records_do_to_the_ratio_is_what_comes_out_of_them(kept):
    """Records lost at random, and who is frequent told again from what is left."""
    rng = np.random.default_rng(4)
    who = np.repeat(np.arange(3000), rng.poisson(rng.gamma(0.6, 9.0, 3000)))
    day = pd.to_timedelta(rng.integers(0, 1500, len(who)), unit="D")
    records = pd.DataFrame(
        {
            "received_on": pd.Timestamp("2019-01-01") + day,
            "kind": "complaint",
            "region_code": "990001",
            "claimant_id": "C" + pd.Series(who).astype(str),
            "category": rng.choice(["labels", "food"], len(who), p=[0.1, 0.9]),
        }
    )
    rule = Frequent(label_categories=("labels",))
    whole, thinned = (
        claimants_of(dataset({"complaints": rows}), rule, "complaint")
        for rows in (records, records[rng.random(len(records)) < kept])
    )

    def logit(told) -> float:
        late = told.cells[told.cells["month"] >= 2020 * 12]
        own = late[late[list(MARKS)].any(axis=1)]["records"].sum()
        return float(np.log(own / (late["records"].sum() - own)))

    before = tuple(whole.histories[name].to_numpy() for name in MARKS_BEFORE)
    weights = whole.histories["records"].to_numpy(float)
    expected = ratio_moved(before, weights, (rule.cases, rule.burst), kept)
    assert expected == pytest.approx(logit(thinned) - logit(whole), abs=0.08)
    assert ratio_moved(before, weights, (rule.cases, rule.burst), 1 / kept) == -expected


def test_fewer_records_of_everybody_are_no_fall_of_those_who_complain_often():
    """The likely range leaves out no change, as fewer records make fewer claimants frequent."""
    data = continuum(0, 0.67)
    params = ClaimantsParams(intervention=SERVICE, exclude_other_interventions=False)
    page = Claimants(params, data, question.ask(data, params))
    assert answered(page.asked.studies["ratio"]).verdict.claims
    assert page.main.verdict.key == "cannot_tell"
    assert page.records_alone[1] < page.main.shares[0] < -0.15
    assert "fewer or more records of all alike" in sentences.why(page, page.main)
