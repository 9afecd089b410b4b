"""What every method must pass; a new file under ``methods`` is picked up by itself."""

from __future__ import annotations

import json
from functools import partial

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from analysis import methods
from analysis.errors import DesignError, ParamsError
from kinds import KINDS, frame_of, kind_of, shuffled
from studies import WORLDS, assert_sound, study

NAMES = methods.names()
FEW = 60


def kind(name: str):
    """The world maker of what a method takes."""
    return KINDS[kind_of(methods.load(name))]


def run(name: str, seed: int, truth: float | None = None):
    """One method on one world with its default options."""
    module, world = methods.load(name), kind(name)
    given = world.make(seed, world.truth if truth is None else truth)
    return module.estimate(given, module.Options(), np.random.default_rng(1))


@pytest.fixture(scope="module", params=NAMES)
def answers(request):
    """Every method's headlines over many worlds: estimate, low, high; and the truth."""
    headlines = [run(request.param, seed).headline for seed in range(FEW)]
    frame = pd.DataFrame(
        [(h.value, h.low, h.high) for h in headlines], columns=["value", "low", "high"]
    )
    return frame, kind(request.param).truth


def test_the_estimate_is_unbiased(answers):
    """Within 4 Monte-Carlo errors of the known truth."""
    frame, truth = answers
    error = frame["value"].std() / np.sqrt(FEW)
    assert abs(frame["value"].mean() - truth) < 4 * error


def test_the_interval_covers_at_its_level(answers):
    """95 % intervals: at least 52 of 60 (chance of fewer, if right: 1 in 200)."""
    frame, truth = answers
    covered = (frame["low"] <= truth) & (frame["high"] >= truth)
    assert covered.sum() >= 52


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_gives_the_same_bytes(name):
    """Down to the last digit."""
    assert run(name, 1).to_json() == run(name, 1).to_json()


@pytest.mark.parametrize("name", NAMES)
def test_the_frame_is_left_as_it_was(name):
    """No method changes what it was given."""
    module, given = methods.load(name), kind(name).make(2, kind(name).truth)
    before = frame_of(given).copy()
    module.estimate(given, module.Options(), np.random.default_rng(1))
    pd.testing.assert_frame_equal(frame_of(given), before)


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_rows_does_not_matter(name):
    """Shuffled regions, same headline."""
    module, given = methods.load(name), kind(name).make(3, kind(name).truth)
    first, second = (
        module.estimate(item, module.Options(), np.random.default_rng(1)).headline
        for item in (given, shuffled(given, 5))
    )
    assert first.value == pytest.approx(second.value, rel=1e-9)
    assert (first.low, first.high) == pytest.approx((second.low, second.high), rel=1e-9)


@pytest.mark.parametrize("name", [n for n in NAMES if kind_of(methods.load(n)) != "panel"])
def test_a_frame_without_its_columns_is_refused_with_every_one_of_them(name):
    """Missing columns and missing rows, all at once."""
    module = methods.load(name)
    with pytest.raises(DesignError) as refused:
        module.estimate(pd.DataFrame({"colour": []}), module.Options(), np.random.default_rng(1))
    needed = [column.name for column in module.INPUT.columns if not column.optional]
    places = [problem.where for problem in refused.value.problems]
    assert places == [*(f"column {name}" for name in needed), "frame"]


@pytest.mark.parametrize("name", NAMES)
def test_a_method_documents_itself(name):
    """Equation and source in the docstring, every option described, a strict model."""
    module = methods.load(name)
    assert "References" in module.__doc__
    assert kind_of(module) in KINDS
    assert all(field.description for field in module.Options.model_fields.values())
    with pytest.raises(ValidationError):
        module.Options(colour="red")


@pytest.mark.parametrize("name", NAMES)
def test_a_result_is_plain_json_without_not_a_number(name):
    """Sorted, and readable by anyone."""
    text = run(name, 4).to_json()
    assert "NaN" not in text
    assert list(json.loads(text)) == sorted(json.loads(text))


def test_an_unknown_method_offers_the_nearest():
    """Misspelt."""
    with pytest.raises(ParamsError, match="Did you mean 'counts'"):
        methods.load("count")


MANY = {"event_study": 200}
"""Its relaxations are searched in every world; test_coverage.py has its others."""
BIAS = {"agreement": 0.0063, "bunching": 0.0002}
"""Known biases. Krippendorff's alpha of 80 rated, truth .5, is .0037 too low because it is a bent
function of a ratio of variances, and .0026 because expected disagreement counts pairs of scores of
one rated, too. In 30 million cases of the simulated days, half of -.0002 is left by a course of
degree 6, half by heaps that are not quite one factor of the course."""


@pytest.mark.validate
@pytest.mark.parametrize("name", NAMES)
def test_size_and_coverage_over_many_worlds(name, row):
    """Many worlds with and without an effect, other seeds than those methods were made with."""
    seeds = range(60_000, 60_000 + MANY.get(name, WORLDS))
    for effect in (kind(name).truth, kind(name).null):
        found = study(name, effect, seeds, partial(run, name, truth=effect))
        row(found)
        assert_sound(found, refused=0.01, bias=BIAS.get(name, 0.0))
