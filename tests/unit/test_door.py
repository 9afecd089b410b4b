"""Every method by its name: what ``estimate``, ``methods`` and ``compare`` give, and refuse."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest

import analysis
from analysis import methods
from analysis.data.frames.panels.panel import Panel
from analysis.errors import DesignError, ParamsError
from analysis.result import Estimate, Result, Sample
from kinds import KINDS, scores_world
from worlds import county_world


def test_an_option_reaches_the_method_and_a_list_is_a_tuple_there():
    """As a researcher writes them; numbers of numpy are numbers."""
    frame = scores_world(1, -0.3).assign(before=1.0)
    found = analysis.estimate("rdd", frame, donut=np.float64(0.02), covariates=[])
    assert found.options["donut"] == 0.02
    assert found.options["covariates"] == ()


def test_the_seed_decides_what_is_drawn():
    """The same seed gives the same bytes, another seed another interval."""
    panel = county_world(1)
    once, again, other = (
        analysis.estimate("synthetic_control", panel, seed=seed, draws=50) for seed in (1, 1, 2)
    )
    assert once.to_json() == again.to_json()
    assert once.headline.standard_error != other.headline.standard_error


def test_everything_wrong_with_a_call_is_said_at_once():
    """An unknown option with the nearest right one, a wrong type, a missing column."""
    frame = scores_world(1, -0.3).drop(columns="score")
    with pytest.raises(ParamsError) as refused:
        analysis.estimate("rdd", frame, cutof=60, kernel="round")
    said = str(refused.value)
    assert "3 problems" in said
    assert "cutof: is not an option of method 'rdd'. Did you mean 'cutoff'?" in said
    assert "kernel: input should be 'triangular'" in said
    assert "column score: is missing" in said


def test_a_misspelt_method_offers_the_nearest():
    """Before anything else is looked at."""
    with pytest.raises(ParamsError, match="Did you mean 'survival'"):
        analysis.estimate("survial", None)


@pytest.mark.parametrize("name", methods.names())
def test_a_wrong_kind_of_frame_is_told_which_columns_are_needed(name):
    """For every method, whatever it is given."""
    for given in ([1, 2], pd.DataFrame({"a": [1]}) if name in methods.panel_names() else None):
        with pytest.raises(DesignError) as refused:
            analysis.estimate(name, given)
        for column in methods.load(name).takes.columns:
            assert column.name in str(refused.value)


def test_methods_are_listed_with_what_they_take():
    """One row each, in both languages, optional columns in brackets."""
    for language in ("en", "zh"):
        listed = analysis.methods(language)
        assert tuple(listed.index) == methods.names()
        assert (listed.map(len) > 0).all(axis=None)
    assert listed.loc["rates", "takes"] == "region, events, size, (noise), (stratum), (cluster)"
    assert listed.loc["did", "takes"] == "Panel"
    assert "cutoff" in listed.loc["rdd", "options"]


@pytest.mark.parametrize("name", methods.names())
def test_a_result_is_one_line(name):
    """The method first, then the headline and its sample."""
    world = KINDS[methods.load(name).takes.name]
    line = repr(analysis.estimate(name, world.make(1, world.truth)))
    assert line.startswith(f"<{name}: ")
    assert "\n" not in line


def result(value: float, unit: str, status: str = "") -> Result:
    """A result with an interval of .1 on either side."""
    found = Estimate("overall", value, 0.05, value - 0.1, value + 0.1, 5)
    sample = Sample(100, 20, 5, "2001", "2005", {"incomplete": 2}, status)
    return Result("did", "An average", unit, 0.9, (found,), sample)


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (
            math.log(0.8),
            "log points",
            "<did: −20.0 % (90 % interval −27.6 % to −11.6 %), from log points; "
            "20 units, 5 treated>",
        ),
        (
            math.log(1.25),
            "log rate ratio",
            "<did: +25.0 % (90 % interval +13.1 % to +38.1 %), from log rate ratio; "
            "20 units, 5 treated>",
        ),
        (0.5, "share", "<did: 0.5 (90 % interval 0.4 to 0.6), share; 20 units, 5 treated>"),
    ],
)
def test_the_line_is_in_plain_numbers(value, unit, said):
    """A logarithm as a change in per cent, anything else in its unit; signs of both kinds."""
    assert repr(result(value, unit)) == said


@pytest.mark.parametrize(("status", "said"), [("simulated", True), ("real", False), ("", False)])
def test_html_says_simulated_where_that_is_known(status, said):
    """Beside the headline, the exclusions and the estimand."""
    shown = result(0.1, "share", status)._repr_html_()
    assert ("Simulated" in shown) is said
    assert "incomplete" in shown
    assert "An average" in shown


def test_results_stand_side_by_side_with_the_options_in_which_they_differ():
    """Headlines of two runs of one method and of another."""
    panel = county_world(1)
    own, rates = analysis.estimate("did", panel), analysis.estimate("did", panel, scale="rate")
    table = analysis.compare(own, rates, analysis.estimate("counts", panel))
    assert list(table["method"]) == ["did", "did", "counts"]
    assert list(table["value"])[:2] == [own.headline.value, rates.headline.value]
    assert table["change"][0] == math.expm1(own.headline.value)
    assert "scale=log" in table["options"][0]
    assert "scale=rate" in table["options"][1]
    assert "comparison" not in table["options"][0]


def test_what_is_no_result_is_not_compared():
    """A sentence with its type."""
    with pytest.raises(ParamsError, match="is given a Panel; it takes results"):
        analysis.compare(result(0.1, "share"), county_world(1))


def test_a_panel_carries_the_status_of_its_dataset_into_the_sample():
    """Blank for a panel made by hand."""
    panel = county_world(1)
    assert analysis.estimate("did", panel).sample.status == ""
    fields = {name: getattr(panel, name) for name in Panel.__dataclass_fields__}
    simulated = Panel(**{**fields, "status": "simulated"})
    assert json.loads(analysis.estimate("did", simulated).to_json())["sample"]["status"] == (
        "simulated"
    )
