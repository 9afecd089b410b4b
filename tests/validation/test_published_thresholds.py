"""Cut-offs that were published: honest limits, exams marked by the pupils' schools, transfers.

``rdhonest`` 0.0.1, the Python port of the R package RDHonest, was run once on the US Senate of
rdrobust, with Eicker's errors; its numbers stand here.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

import analysis as an
from analysis.methods import rdd
from analysis.stats.thresholds.honest import honest_jump

METHOD = "rdd"

PORT = "rdhonest 0.0.1, Senate"
BOOK = "Huntington-Klein, The Effect, ch. 20"


def report(name: str) -> an.RatingThreshold:
    """The report of a params file."""
    file = Path(f"params/rating_threshold/{name}.yml")
    return an.RatingThreshold.read(yaml.safe_load(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("kernel", "curvature", "value", "low", "high", "bias"),
    [
        ("uniform", 0.1, 6.898794, 2.381922, 11.415666, 1.640540),
        ("triangular", 0.1, 7.984687, 3.901825, 12.067550, 1.023374),
        ("triangular", None, 7.984687, None, None, 1.161920),
    ],
)
def test_honest_limits_are_those_of_a_second_implementation(
    published, kernel, curvature, value, low, high, bias
):
    """Value, limits and the most that curvature can add, to six digits; its rule of thumb too."""
    folder = Path(find_spec("rdrobust").origin).parent
    frame = pd.read_csv(folder / "data" / "rdrobust_RDsenate.csv").dropna(subset=["vote", "margin"])
    given = frame["margin"].to_numpy(), frame["vote"].to_numpy()
    rule = f"curvature {curvature}" if curvature else "rule of thumb"
    found = honest_jump(*given, level=0.95, curvature=curvature, width=10, kernel=kernel)
    published(f"honest, {kernel}, {rule}", found.value, value, 1e-6, PORT)
    published(f"honest bias, {kernel}, {rule}", found.bias, bias, 1e-6, PORT)
    if low is not None:
        published(f"honest low, {kernel}, {rule}", found.low, low, 1e-5, PORT)
        published(f"honest high, {kernel}, {rule}", found.high, high, 1e-5, PORT)


def test_the_method_gives_the_honest_limits_where_asked():
    """The option's jump and limits are those of the numbers above."""
    folder = Path(find_spec("rdrobust").origin).parent
    frame = pd.read_csv(folder / "data" / "rdrobust_RDsenate.csv").dropna(subset=["vote", "margin"])
    given = pd.DataFrame({"unit": range(len(frame)), "score": frame["margin"].to_numpy()})
    given["outcome"] = frame["vote"].to_numpy()
    options = rdd.Options(limits="honest", curvature=0.1, width=10.0)
    found = rdd.estimate(given, options, np.random.default_rng(1)).headline
    assert (found.value, found.low, found.high) == pytest.approx((7.984687, 3.901825, 12.067550))


def test_exams_marked_at_school_pile_up_at_the_passing_line(in_root, published):
    """102 papers of 64 points, 8,451 of 65; about 40 % near the line lies between our two looks."""
    found = report("regents_exams")
    frame = found.data.tables["threshold"]
    algebra = frame[frame["unit"].astype(str).str.startswith("integrated_algebra")]
    numbers = algebra.set_index("score")["number"]
    assert (numbers[64], numbers[65], int(frame["number"].sum())) == (102, 8451, 544_671)
    assert found.verdict_key == "manipulated"
    moved = found.seen.moved
    assert moved.share[0] < 0.4 < moved.lacking
    assert moved.share[1] < 0.4 < moved.share[2]


def test_transfers_cannot_tell_though_lines_give_the_textbooks_number(in_root, published):
    """.033 by lines within .01 of the line; the page's range holds no change, and 11 points."""
    found = report("cash_transfers")
    rows = found.subject.frame
    options = rdd.Options(treated="below", width=0.01)
    lines = rdd.estimate(rows.drop(columns="before"), options, np.random.default_rng(1))
    published("transfers, lines within .01", lines.estimates[1].value, 0.033, 1e-3, BOOK)
    assert found.verdict_key == "cannot_tell"
    low, high = found.found.effect[1:]
    assert low < 0 < high


def test_the_jump_in_the_chosen_window_is_the_headline(in_root):
    """Windows of fit and of curvature grow alike: at a ratio of 1 nothing changes."""
    result = report("cash_transfers").result
    (same,) = (row for row in result.series["by_bandwidth"] if row["ratio"] == 1)
    assert same["value"] == pytest.approx(result.headline.value, rel=1e-9)
    assert same["low"] == pytest.approx(result.headline.low, rel=1e-9)
