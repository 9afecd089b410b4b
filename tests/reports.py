"""Reports made from what a test made up, as a notebook would hold them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from analysis.data.frames.rates import Comparison
from analysis.disclosure.editions import Edition
from analysis.reports.intervention_effect.answer import Brief
from analysis.reports.intervention_effect.plates import InterventionEffect
from analysis.reports.region_rates.plates import RegionRates


def regions_report(comparison: Comparison, before: Edition) -> RegionRates:
    """Regions side by side, after what the last edition showed."""
    report = RegionRates(comparison.params, _data(comparison), comparison)
    vars(report)["before"] = before
    return report


def effect_report(brief: Brief) -> InterventionEffect:
    """A report with the results of a brief."""
    report = InterventionEffect(brief.question, _data(brief.study), brief.study)
    for name in ("headline", "robustness", "verdict"):
        vars(report)[name] = getattr(brief, name)
    return report


def _data(described: Any) -> Any:
    return SimpleNamespace(description=described.description, tables={})
