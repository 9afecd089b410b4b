"""One expression gives one panel on DuckDB, PostgreSQL and Spark: cases counted by hand."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import warnings

import numpy as np
import pandas as pd
import pytest

import postgres
from analysis.data.records.engines import engine, records_in
from analysis.data.records.expression import balanced, counted, units
from analysis.data.records.groupings import (
    DIMENSIONS,
    MEASURES,
    MILLIONTHS,
    as_months,
    monthly_counts,
    monthly_units,
)
from analysis.data.records.location import RecordSource
from analysis.data.regions.crosswalk import lookup, to_present_codes


def absent(what: str) -> None:
    """Skip on a desk, fail where submissions are tested."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is not installed; .ci/run installs it")
    pytest.skip(f"{what} is not installed")


@pytest.fixture
def postgres_url():
    """A private server; no test sees another one's tables, as each names its own."""
    programs = postgres.binaries()
    if programs is None:
        absent("PostgreSQL (apt-get install postgresql)")
    with postgres.server(programs) as url:
        yield url


@pytest.fixture
def spark_url():
    """Spark on this machine, without the compiler that would cost more than these few rows."""
    if shutil.which("java") is None:
        absent("Java 17 (apt-get install openjdk-17-jre-headless)")
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    # As our own session: workers by the Python that runs, whatever python3 is on the path.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    quick = {"shuffle.partitions": 1, "codegen.wholeStage": False, "adaptive.enabled": False}
    for name, value in quick.items():
        builder = builder.config(f"spark.sql.{name}", value)
    session = builder.config("spark.driver.host", "localhost").getOrCreate()
    yield "spark://local"
    with warnings.catch_warnings():
        # PySpark leaves the sockets to its Java half to the garbage collector.
        warnings.simplefilter("ignore", ResourceWarning)
        session.stop()
        SparkContext._gateway.shutdown()
        SparkContext._gateway = SparkContext._jvm = None
        del session, builder
        gc.collect()


class Place:
    """Puts records where an engine finds them, and asks it for their panel."""

    def __init__(self, url, folder):
        self.url, self.folder, self.number = url, folder, 0

    def panel(self, records, by=("kind",), crosswalk=None, time_zone=""):
        """The balanced panel, sorted, computed whole by the engine."""
        return self._both(records, by, crosswalk, time_zone)[0]

    def units(self, records, crosswalk=None):
        """Counts by region as recorded, from which the noise is drawn."""
        return self._both(records, ("kind",), crosswalk, "")[1]

    def _both(self, records, by, crosswalk, time_zone):
        import ibis

        self.number += 1
        name = f"records_{self.number}"
        table = {"table": name} if self.url.startswith("postgres") else {"files": f"{name}.parquet"}
        source = RecordSource(url=self.url, time_zone=time_zone, **table)
        records.to_parquet(self.folder / f"{name}.parquet", index=False)
        with engine(source, own_table=True) as connection:
            if source.table:
                connection.create_table(name, ibis.memtable(records))
            held = records_in(connection, source, [self.folder / f"{name}.parquet"])
            scale, moves = 1, None
            if crosswalk is not None:
                days = {n: crosswalk[n].dt.date for n in ("first_day", "last_day")}
                scale, moves = MILLIONTHS, ibis.memtable(crosswalk.assign(**days))
            cells = counted(held, by, moves)
            found = balanced(cells, by, scale=scale, once=moves is None).to_pyarrow().to_pandas()
            keyed = units(cells).to_pyarrow().to_pandas()
        return found.sort_values(["region_code", "month", *by], ignore_index=True), keyed


@pytest.fixture(params=["duckdb", "postgres", "spark"])
def place(request, tmp_path):
    """Each engine in turn."""
    urls = {"duckdb": lambda: "", "postgres": lambda: request.getfixturevalue("postgres_url")}
    url = urls.get(request.param, lambda: request.getfixturevalue("spark_url"))()
    return Place(url, tmp_path)


def records(rows, **columns) -> pd.DataFrame:
    """Complaints from (region, received_on, …)."""
    frame = pd.DataFrame(rows, columns=["region_code", "received_on", *columns.pop("more", ())])
    return frame.assign(**{"kind": "complaint", "channel": "phone", **columns})


def complaints(panel: pd.DataFrame, measure: str = "records") -> dict[tuple[str, str], float]:
    """Region and month to a measure of complaints."""
    own = panel[panel["kind"] == "complaint"]
    months = as_months(own["month"]).astype(str)
    return dict(zip(zip(own["region_code"], months, strict=True), own[measure], strict=True))


def moments(*texts: str) -> pd.Series:
    return pd.to_datetime(pd.Series(texts), utc=True, format="ISO8601")


def days(*texts: str) -> list:
    return [pd.Timestamp(text).date() for text in texts]


def check_zeros_stand_inside_a_span_only(place):
    """A reports from January to March with an empty February, B on one day only."""
    frame = records(
        zip("AAB", days("2024-01-31", "2024-03-01", "2024-02-29"), strict=True),
        kind=["complaint", "enquiry", "complaint"],
    )
    panel = place.panel(frame)
    assert complaints(panel) == {
        ("A", "2024-01"): 1,
        ("A", "2024-02"): 0,
        ("A", "2024-03"): 0,
        ("B", "2024-02"): 1,
    }
    assert panel.loc[panel["kind"] == "enquiry", "records"].tolist() == [0, 0, 1, 0]
    assert panel.loc[panel["kind"] == "report", "records"].tolist() == [0, 0, 0, 0]


def check_a_moment_is_a_day_of_the_time_zone(place):
    """Shanghai is 8 hours ahead; New York 5 behind in winter, 4 in summer."""
    turn = moments(
        "2023-12-31T16:00Z", "2024-01-31T15:59:59Z", "2024-01-31T16:00Z",
        "2024-02-29T15:59Z", "2024-02-29T16:00Z",
    )  # fmt: skip
    frame = records([("A", moment) for moment in turn])
    shanghai = complaints(place.panel(frame, time_zone="Asia/Shanghai"))
    assert shanghai == {("A", "2024-01"): 2, ("A", "2024-02"): 2, ("A", "2024-03"): 1}
    turn = moments(
        "2024-03-01T04:59Z", "2024-03-01T05:00Z", "2024-04-01T03:59Z", "2024-04-01T04:00Z"
    )
    frame = records([("A", moment) for moment in turn])
    new_york = complaints(place.panel(frame, time_zone="America/New_York"))
    assert new_york == {("A", "2024-02"): 1, ("A", "2024-03"): 2, ("A", "2024-04"): 1}


def check_handling_days_are_days_between_local_days(place):
    """28 February 16:30 UTC is the leap day in Shanghai; 1 March is the next day, in 2023 too."""
    frame = records(
        zip(
            "ABC",
            moments("2024-02-28T16:30Z", "2024-02-28T15:59Z", "2023-02-28T02:00Z"),
            moments("2024-03-01T15:00Z", "2024-03-01T15:00Z", "2023-03-01T02:00Z"),
            strict=True,
        ),
        more=["closed_on"],
    )
    frame.loc[3] = frame.loc[2].to_dict() | {"region_code": "C", "closed_on": pd.NaT}
    panel = place.panel(frame, time_zone="Asia/Shanghai")
    assert complaints(panel, "handling_days") == {
        ("A", "2024-02"): 1,
        ("B", "2024-02"): 2,
        ("C", "2023-02"): 1,
    }
    assert complaints(panel, "closed")["C", "2023-02"] == 1
    assert complaints(panel)["C", "2023-02"] == 2


MERGED_AND_SPLIT = pd.DataFrame(
    {
        "old_code": ["A", "D", "D"],
        "new_code": ["C", "D", "E"],
        "weight": [1.0, 0.7, 0.3],
        "first_day": pd.NaT,
        "last_day": pd.to_datetime([None, "2024-02-09", "2024-02-09"]),
    }
)
"""A went into C for good; on 10 February 2024 D gave three tenths of itself to the new E."""


def check_records_of_former_regions_count_for_the_present_ones(place):
    """The day before the split is shared out, the day of the split is not."""
    rows = [
        *zip("AAC", days("2024-01-05", "2024-03-05", "2024-02-01"), strict=True),
        *zip("DDD", days("2024-01-05", "2024-02-09", "2024-02-10"), strict=True),
        *zip("EE", days("2024-02-10", "2024-02-11"), strict=True),
    ]
    panel = place.panel(records(rows), crosswalk=lookup(MERGED_AND_SPLIT))
    assert complaints(panel) == {
        ("C", "2024-01"): 1,
        ("C", "2024-02"): 1,
        ("C", "2024-03"): 1,
        ("D", "2024-01"): 0.7,
        ("D", "2024-02"): 1.7,
        ("E", "2024-01"): 0.3,
        ("E", "2024-02"): 2.3,
    }


def world(size: int = 4000) -> pd.DataFrame:
    """Records with every column that is counted, gaps included."""
    rng = np.random.default_rng(4)
    received = pd.Timestamp("2023-11-15") + pd.to_timedelta(rng.integers(0, 200, size), unit="D")
    closed = pd.Series(received + pd.to_timedelta(rng.integers(0, 60, size), unit="D"))
    prior = pd.Series(rng.choice([0.0, 3, 4, 5, 9], size)).where(rng.random(size) < 0.9)
    frame = pd.DataFrame(
        {
            "region_code": rng.choice(list("ABCDE"), size),
            "received_on": received,
            "kind": rng.choice(["complaint", "report"], size, p=[0.9, 0.1]),
            "channel": rng.choice(DIMENSIONS["channel"], size),
            "category": pd.Series(rng.choice(["食品", "x"], size)).where(rng.random(size) < 0.9),
            "claimant_prior_cases": prior,
            "closed_on": closed.where(rng.random(size) < 0.8),
            "outcome": pd.Series(rng.choice(["upheld", "mediated", "rejected"], size)).where(
                rng.random(size) < 0.7
            ),
        }
    )
    return frame.astype({"received_on": "datetime64[us]", "closed_on": "datetime64[us]"})


def check_every_measure_equals_that_of_records_in_memory(place):
    """Digit by digit, of whole and of shared-out records, for every kind and measure."""
    frame = world()
    ready = lookup(MERGED_AND_SPLIT)
    for crosswalk in (None, ready):
        panel = place.panel(frame, crosswalk=crosswalk)
        held = frame if crosswalk is None else to_present_codes(frame, ready, frame["received_on"])
        for kind in DIMENSIONS["kind"]:
            for measure in MEASURES:
                own = panel[panel["kind"] == kind]
                wide = own.pivot(index="region_code", columns="month", values=measure).astype(float)
                memory = monthly_counts(held, kind, measure)
                assert list(wide.index) == list(memory.index)
                assert list(as_months(wide.columns)) == list(memory.columns)
                np.testing.assert_array_equal(wide.to_numpy(), memory.to_numpy())


def check_units_equal_those_of_records_in_memory(place):
    """Of whole and of shared-out records: the same noise wherever they are counted."""
    frame = world()
    ready = lookup(MERGED_AND_SPLIT)
    for crosswalk in (None, ready):
        found = place.units(frame, crosswalk)
        held = frame if crosswalk is None else to_present_codes(frame, ready, frame["received_on"])
        for kind in ("complaint", "report"):
            wanted = monthly_units(held, kind)
            own = found[found["kind"] == kind][list(wanted)]
            by = ["region_code", "origin", "millionths", "month"]
            own, wanted = (rows.set_index(by).sort_index() for rows in (own, wanted))
            assert list(own.index) == list(wanted.index)
            assert own["records"].astype("int64").tolist() == wanted["records"].tolist()


def check_all_dimensions_add_up_to_the_records(place):
    """Four dimensions: every word in every month of a span, and the sums of a group-by."""
    frame = world()
    by = tuple(DIMENSIONS)
    panel = place.panel(frame, by)
    spans = frame.groupby("region_code")["received_on"].agg(["min", "max"])
    months = (
        (spans["max"].dt.to_period("M") - spans["min"].dt.to_period("M")).map(lambda d: d.n) + 1
    ).sum()
    assert len(panel) == months * 3 * 4 * 3 * 2
    repeat = (frame["claimant_prior_cases"] >= 5).map({True: "repeat", False: "other"})
    plain = frame.assign(category=frame["category"].fillna(""), claimant=repeat, n=1)
    plain["month"] = plain["received_on"].dt.year * 12 + plain["received_on"].dt.month - 1
    expected = plain.groupby(["region_code", "month", *by])["n"].sum()
    found = panel.set_index(["region_code", "month", *by])["records"]
    assert found[found > 0].sort_index().to_dict() == expected.sort_index().to_dict()


CASES = [check for name, check in list(globals().items()) if name.startswith("check_")]


@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
def test_the_panel_of_an_engine_is_right_cell_by_cell(place):
    """Every case of this file, on one engine; one test, so that each engine starts once."""
    assert len(CASES) == 7
    for check in CASES:
        check(place)
