"""Reports made from what a test made up, as a notebook would hold them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from analysis.data.description import Description
from analysis.data.frames.rates import Comparison
from analysis.disclosure.editions import Edition
from analysis.reports.intervention_effect.answer import Brief
from analysis.reports.intervention_effect.plates import InterventionEffect
from analysis.reports.region_rates.params import RegionRatesParams
from analysis.reports.region_rates.plates import RegionRates


def regions_report(
    params: RegionRatesParams,
    description: Description,
    comparison: Comparison,
    before: Edition | None = None,
    **given: Any,
) -> RegionRates:
    """Regions side by side, after what the last edition showed; ``given`` is more of the data."""
    data: Any = SimpleNamespace(description=description, tables={}, **given)
    report = RegionRates(params, data, comparison)
    vars(report)["before"] = before or {}
    return report


def effect_report(brief: Brief) -> InterventionEffect:
    """A report with the results of a brief."""
    data: Any = SimpleNamespace(description=brief.study.description, tables={})
    report = InterventionEffect(brief.question, data, brief.study)
    for name in ("headline", "robustness", "verdict"):
        vars(report)[name] = getattr(brief, name)
    return report
