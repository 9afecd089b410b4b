"""Handling times of complaint records, and what the methods make of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.data.dataset import read_dataset
from analysis.data.frames.cases.durations import SAME_DAY, days_taken, handling_times
from analysis.errors import DesignError, ParamsError
from analysis.methods import bunching, survival
from analysis.simulated.province_records import write
from worlds import Options


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    """A small simulated province."""
    options = Options(counties=24, months=24, complaints_per_month=6.0)
    return read_dataset(write(options, tmp_path_factory.mktemp("data") / "province"))


def by_hand(dataset, **columns):
    """The dataset with four complaints of one region that starts on 10 May."""
    region = dataset.tables["regions"]["region_code"].iloc[-1]
    records = {
        "complaint_id": list("abcd"),
        "received_on": pd.to_datetime(["2020-05-01", "2020-05-09", "2020-05-10", "2020-05-20"]),
        "region_code": region,
        "kind": ["complaint", "complaint", "complaint", "report"],
        "closed_on": pd.to_datetime(["2020-05-04", None, "2020-05-10", "2020-05-21"]),
    }
    starts = pd.DataFrame(
        {
            "region_code": [region],
            "intervention": ["x"],
            "started_on": pd.to_datetime(["2020-05-10"]),
        }
    )
    tables = {**dataset.tables, "complaints": pd.DataFrame({**records, **columns}),
              "interventions": starts}  # fmt: skip
    return replace(dataset, tables=tables)


def test_days_open_cases_and_starts_by_hand(dataset):
    """Three days, open until the last day on record, and half a day for the same day."""
    found = handling_times(by_hand(dataset), "x")
    assert found["duration"].tolist() == [3, 12, SAME_DAY]
    assert found["ended"].tolist() == [1, 0, 1]
    assert found["treated"].tolist() == [0, 0, 1]
    assert days_taken(found)["value"].tolist() == [3, SAME_DAY]


def test_both_methods_take_simulated_records(dataset):
    """Closing times are drawn without any effect: hazards do not differ, and no day stands out."""
    found = handling_times(dataset, "reverse_assessment")
    result = survival.estimate(found, survival.Options(), np.random.default_rng(1))
    assert result.headline.low < 0 < result.headline.high
    options = bunching.Options(target=30.0, heaps=())
    excess = bunching.estimate(days_taken(found), options, np.random.default_rng(1)).headline
    assert abs(excess.value) < 4 * excess.standard_error


def test_unknown_names_and_missing_columns_are_refused_together(dataset):
    """With the nearest right name; impossible dates by their number."""
    bare = by_hand(dataset)
    records = bare.tables["complaints"].drop(columns="closed_on")
    bare = replace(bare, tables={**bare.tables, "complaints": records})
    with pytest.raises(ParamsError) as refused:
        handling_times(bare, "y", kind="complain")
    assert [problem.where for problem in refused.value.problems] == [
        "complaints, column closed_on", "kind", "intervention",
    ]  # fmt: skip
    early = by_hand(dataset, closed_on=pd.to_datetime(["2020-04-01"] * 4))
    with pytest.raises(DesignError, match="lies before received_on in 3 of 3 cases"):
        handling_times(early, "x")
