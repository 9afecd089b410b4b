"""Parameters are strict, and the notebook's cell says the same as the model."""

from __future__ import annotations

import pytest
import yaml

from analysis.errors import ParamsError
from analysis.reports.intervention_effect.params import InterventionEffectParams
from analysis.reports.kind import find, names


def test_a_misspelt_parameter_offers_the_right_name():
    """The nearest one."""
    with pytest.raises(ParamsError, match=r"intervencion: is not a parameter here. Did you mean"):
        InterventionEffectParams.from_mapping({"intervencion": "x"})


def test_wrong_types_are_refused_and_all_listed():
    """A number as text, a text as number, a share above one, an unknown word."""
    given = {"seed": "1", "level": "high", "smallest_effect": 5.0, "period": "week"}
    with pytest.raises(ParamsError, match="4 problems"):
        InterventionEffectParams.from_mapping(given)


def test_a_year_without_quotation_marks_is_refused():
    """YAML reads 1980 as a number; a period is text."""
    with pytest.raises(ParamsError, match="first_period"):
        InterventionEffectParams.from_mapping({"first_period": 1980})


def test_periods_must_be_in_order():
    """Last before first."""
    with pytest.raises(ParamsError, match="last_period lies before first_period"):
        InterventionEffectParams.from_mapping({"first_period": "1985", "last_period": "1981"})


def test_every_params_file_is_valid(root):
    """All that are committed."""
    files = [f for name in names() for f in (root / "params" / name).glob("*.yml")]
    assert files
    for file in files:
        find(file.parent.name).model.from_mapping(yaml.safe_load(file.read_text(encoding="utf-8")))
