"""A register: who came, who left, and what may not be counted of either."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import analysis as an
from analysis.data.dataset import read_dataset
from analysis.data.frames.cases.register import YOUNG, _register, leaving, with_events
from analysis.errors import AnalysisError
from analysis.reports.kind import find
from analysis.reports.market_entry_exit.params import MarketEntryExitParams
from analysis.simulated.province_records import write
from worlds import Options

START, LAST = pd.Timestamp("2019-01-01"), pd.Timestamp("2022-12-31")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A small simulated province."""
    options = Options(counties=48, months=48, complaints_per_month=2.0, enterprises=400)
    return write(options, tmp_path_factory.mktemp("data") / "province")


@pytest.fixture(scope="module")
def dataset(folder):
    """What the report reads of it."""
    kind = find("market_entry_exit")
    return read_dataset(folder, kind.question.tables(MarketEntryExitParams()))


def changed(dataset, **columns):
    """The dataset with other columns in its register; ``None`` for without."""
    rows = dataset.tables["enterprises"]
    for name, values in columns.items():
        rows = rows.drop(columns=name) if values is None else rows.assign(**{name: values})
    return replace(dataset, tables={**dataset.tables, "enterprises": rows}, worked_out={})


def reported(dataset, **asked):
    """The report on a dataset."""
    kind = find("market_entry_exit")
    given = {"dataset": "x", "exclude_other_interventions": False, **asked}
    given = MarketEntryExitParams.from_mapping(given)
    return kind.report(given, dataset, kind.question.ask(dataset, given))


def enterprises(rows: list[tuple[str, str | None]], size: int = 0) -> pd.DataFrame:
    """Days of entry and exit; and ``size`` others of which one leaves on every fifth day."""
    days = pd.date_range("2019-02-01", LAST, freq="5D")
    many = [("2010-05-05", str(day.date())) for day in days] + [("2010-05-05", None)] * size
    frame = pd.DataFrame([*many, *rows], columns=["registered_on", "deregistered_on"])
    frame = frame.apply(pd.to_datetime)
    return frame.assign(region_code="1", type="enterprise", exit_route="ordinary")


def register_of(dataset, frame: pd.DataFrame):
    """The register of some rows."""
    held = replace(dataset, tables={**dataset.tables, "enterprises": frame}, worked_out={})
    return _register(held, MarketEntryExitParams())


def test_the_truths_of_the_simulated_province_lie_inside(in_root):
    """Registrations where they became easier, and the chance to leave; the other type stays."""
    report = an.MarketEntryExit.read(
        {"dataset": "data/simulated/province", "placebo_outcome": "registered_others"}
    )
    truth = pd.read_csv("data/simulated/province/truth.csv").set_index("name")["value"]
    _, low, high = np.log1p(report.main.shares)
    assert low <= truth["order_style_service/registrations"] <= high
    _, low, high = report.leaving
    assert low <= 1 - (1 - truth["exit"]) ** 12 <= high
    assert report.main.verdict.key == "more"
    assert "placebo_outcome" not in report.main.verdict.overruled


def test_months_without_recorded_exits_are_no_count_of_entries(dataset):
    """Of 2010 only those are there that stayed; a stray exit of 1995 begins no record."""
    found = register_of(dataset, enterprises([("1990-01-01", "1995-06-07")], 50))
    assert found.since == pd.Timestamp("2019-02-01")
    assert found.monthly["registered"].to_numpy().sum() == 0
    late = enterprises([], 50)
    late = late[~(late["deregistered_on"] < "2019-02-20")]
    assert register_of(dataset, late).since == pd.Timestamp("2019-03-01")


def test_who_stands_there_by_hand(dataset):
    """Who came in a month stands from the next one on, and who left until its beginning."""
    rows = [("2020-01-10", None), ("2020-01-20", "2020-03-05")]
    found = register_of(dataset, enterprises(rows, 10)).monthly
    none = register_of(dataset, enterprises([], 10)).monthly
    moved = (found["standing"] - none["standing"]).loc["1", "2020-01":"2020-05"]
    assert moved.tolist() == [0, 2, 2, 1, 1]
    assert (found["registered"] - none["registered"]).loc["1", "2020-01"] == 2
    assert (found["deregistered"] - none["deregistered"]).loc["1", "2020-03"] == 1


def test_who_is_young_is_not_counted_among_those_that_leave():
    """Left after two months: neither an exit nor a month; after five, one exit in two months."""
    rows = pd.DataFrame(
        {"region": ["1", "1"], "entry": pd.to_datetime(["2020-01-10", "2020-01-10"]),
         "exit": pd.to_datetime(["2020-03-10", "2020-06-10"])}
    )  # fmt: skip
    found = leaving(rows, pd.Timestamp("2019-02-01"), LAST).iloc[0]
    assert (found["events"], found["size"]) == (1, 6 - 1 - YOUNG)


@pytest.mark.validate
def test_the_chance_to_leave_is_covered():
    """Two hundred registers of 20 counties: no bias, coverage at 95 %."""
    found = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        size = 4000
        entry = START + pd.to_timedelta(rng.integers(-900, 1400, size), "D")
        months = rng.geometric(0.01, size)
        begun = np.maximum(entry.year * 12 + entry.month, 2019 * 12 + 1) + months - 1
        left = pd.to_datetime(pd.DataFrame({"year": begun // 12, "month": begun % 12 + 1,
                                            "day": rng.integers(1, 28, size)}))  # fmt: skip
        rows = pd.DataFrame({"region": rng.integers(0, 20, size).astype(str), "entry": entry,
                             "exit": left.where(left <= LAST)})  # fmt: skip
        table = leaving(rows, pd.Timestamp("2019-02-01"), LAST)
        found.append(an.estimate("rates", table).headline)
    values = np.array([one.value for one in found])
    assert abs(values.mean() - 0.01) < 3 * values.std() / np.sqrt(200)
    inside = np.mean([one.low <= 0.01 <= one.high for one in found])
    assert inside >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / 200)


def test_registrations_that_vanish_at_once_are_told(dataset):
    """A fifth of entrants revoked within two months: said, and no part of who leaves."""
    rows = dataset.tables["enterprises"]
    came = rows["registered_on"] >= "2019-03-01"
    quick = came & (np.arange(len(rows)) % 5 == 0) & (rows["registered_on"] < "2022-11-20")
    gone = rows["deregistered_on"].where(~quick, rows["registered_on"] + pd.Timedelta(days=40))
    route = rows["exit_route"].where(~quick, "revoked")
    plain = reported(dataset)
    padded = reported(changed(dataset, deregistered_on=gone, exit_route=route))
    assert padded.fleeting > (plain.fleeting or 0.0) + 0.15
    assert padded.leaving[0] == pytest.approx(plain.leaving[0], rel=0.05)
    assert any("within 3 months" in text for text in padded.summary().points)


def test_an_event_and_that_of_the_other_type_become_outcomes(dataset):
    """By month, zeros filled; nothing of the dataset is changed."""
    before = len(dataset.tables["outcomes"])
    told = with_events(dataset, MarketEntryExitParams()).tables["outcomes"]
    rows = dataset.tables["enterprises"]
    for kind, name in (("enterprise", "registered"), ("individual_business", "registered_others")):
        came = rows["registered_on"].between("2020-01-01", "2020-12-31")
        year = told[(told["outcome"] == name) & told["period"].str.startswith("2020")]
        assert year["count"].sum() == (came & (rows["type"] == kind)).sum()
    assert len(dataset.tables["outcomes"]) == before


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"intervention": "order_style"}, "intervention: names 'order_style'"),
        ({"type": "enterprises"}, "type: names 'enterprises'.*Did you mean 'enterprise'"),
        ({"exit_route": "simplified"}, "exit_route: is of those that leave"),
        ({"outcome": "deregistered", "exit_route": "simple"}, "exit_route: names 'simple'"),
        ({"cohort": "2030Q1"}, "cohort: names a quarter in which fewer than 100 came"),
        ({"type": "x", "intervention": "y"}, "type: names 'x'.*intervention: names 'y'"),
        ({"outcome": "entered"}, "outcome"),
    ],
)
def test_what_cannot_be_asked_is_refused(dataset, asked, words):
    """Names that are not there, routes of those that came; all at once."""
    with pytest.raises(AnalysisError, match=f"(?s){words}"):
        reported(dataset, **asked)


def test_a_register_without_those_that_left_is_refused(dataset):
    """Columns missing, blank, or of too short a time."""
    with pytest.raises(AnalysisError, match="column deregistered_on: is missing"):
        reported(changed(dataset, deregistered_on=None))
    with pytest.raises(AnalysisError, match="is blank throughout"):
        reported(changed(dataset, deregistered_on=pd.NaT))
    with pytest.raises(AnalysisError, match="column dormant_from: is missing"):
        reported(changed(dataset, dormant_from=None), outcome="dormant")
    exits = dataset.tables["enterprises"]["deregistered_on"]
    with pytest.raises(AnalysisError, match="over 12 whole months; 24 are needed"):
        reported(changed(dataset, deregistered_on=exits.where(exits >= "2022-01-01")))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "asked", [{}, {"outcome": "deregistered", "exit_route": "simplified", "type": ""},
              {"outcome": "dormant", "cohort": "2020Q2"}],
)  # fmt: skip
def test_every_plate_is_said_in_both_languages(dataset, asked, language):
    """Each event; no field left open; always the register, not the economy."""
    report = reported(dataset, language=language, **asked)
    texts = (*report.summary().points, *report.sample().points, *report.certainty().points)
    assert all("{" not in text for text in texts)
    assert ("not the economy" if language == "en" else "不是经济状况") in report.summary().points[1]
    for name in ("event_time", "adoption", "flows", "stay_curves", "truth"):
        assert getattr(report, name)() is not None
