"""What every method must pass; a new file under ``methods`` is picked up by itself."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from analysis import methods
from analysis.errors import ParamsError
from worlds import county_world

NAMES = methods.names()
WORLDS = 60
EFFECT = -0.2


def run(name: str, seed: int, effect: float = EFFECT):
    """One method on one world with its default options."""
    module = methods.load(name)
    return module.estimate(county_world(seed, effect), module.Options(), np.random.default_rng(1))


@pytest.fixture(scope="module", params=NAMES)
def answers(request):
    """Every method's headlines over many worlds: estimate, low, high."""
    headlines = [run(request.param, seed).headline for seed in range(WORLDS)]
    return pd.DataFrame(
        [(h.value, h.low, h.high) for h in headlines], columns=["value", "low", "high"]
    )


def test_the_estimate_is_unbiased(answers):
    """Within 4 Monte-Carlo errors of the known effect."""
    error = answers["value"].std() / np.sqrt(WORLDS)
    assert abs(answers["value"].mean() - EFFECT) < 4 * error


def test_the_interval_covers_at_its_level(answers):
    """95 % intervals: at least 52 of 60 (chance of fewer, if right: 1 in 200)."""
    covered = (answers["low"] <= EFFECT) & (answers["high"] >= EFFECT)
    assert covered.sum() >= 52


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_gives_the_same_bytes(name):
    """Down to the last digit."""
    assert run(name, 1).to_json() == run(name, 1).to_json()


@pytest.mark.parametrize("name", NAMES)
def test_the_panel_is_left_as_it_was(name):
    """No method changes what it was given."""
    module, panel = methods.load(name), county_world(2)
    before = panel.frame.copy()
    module.estimate(panel, module.Options(), np.random.default_rng(1))
    pd.testing.assert_frame_equal(panel.frame, before)


@pytest.mark.parametrize("name", NAMES)
def test_the_order_of_regions_does_not_matter(name):
    """Shuffled regions, same headline."""
    module, panel = methods.load(name), county_world(3)
    order = np.random.default_rng(5).permutation(panel.regions)
    rows = [panel.frame[panel.frame["region"] == code] for code in order]
    shuffled = type(panel)(
        pd.concat(rows, ignore_index=True), panel.periods, panel.frequency, True, {}, panel.names
    )
    first = module.estimate(panel, module.Options(), np.random.default_rng(1)).headline
    second = module.estimate(shuffled, module.Options(), np.random.default_rng(1)).headline
    assert first.value == pytest.approx(second.value, rel=1e-9)
    assert first.standard_error == pytest.approx(second.standard_error, rel=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_a_method_documents_itself(name):
    """Equation and source in the docstring, every option described, a strict model."""
    module = methods.load(name)
    assert "References" in module.__doc__
    assert module.INPUT == "panel"
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


@pytest.mark.validate
@pytest.mark.parametrize("name", NAMES)
def test_size_and_coverage_over_many_worlds(name, capsys):
    """200 worlds with and without an effect: coverage and size within 3 Monte-Carlo errors."""
    rows = []
    for effect in (EFFECT, 0.0):
        found = [run(name, 1000 + seed, effect).headline for seed in range(200)]
        value = np.array([h.value for h in found])
        covered = np.mean([h.low <= effect <= h.high for h in found])
        rows.append((effect, value.mean() - effect, value.std() / np.sqrt(200), covered))
    with capsys.disabled():
        for effect, bias, error, covered in rows:
            print(
                f"\n{name}: effect {effect:+.1f} bias {bias:+.4f} ({error:.4f}) "
                f"covered {covered:.3f}",
                end="",
            )
    for _, bias, error, covered in rows:
        assert abs(bias) < 4 * error
        assert abs(covered - 0.95) < 3 * np.sqrt(0.95 * 0.05 / 200)
