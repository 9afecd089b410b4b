"""Reports made from what a test made up, as a notebook would hold them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from analysis.data.description import Description
from analysis.data.frames.rates import Comparison
from analysis.disclosure.noise import Noise, too_small
from analysis.reports.intervention_effect.answer import Brief
from analysis.reports.intervention_effect.plates import InterventionEffect
from analysis.reports.region_rates.params import RegionRatesParams
from analysis.reports.region_rates.plates import RegionRates


def regions_report(
    params: RegionRatesParams, description: Description, comparison: Comparison, **given: Any
) -> RegionRates:
    """Regions side by side as the store would protect them; ``given`` is more of the data."""
    data: Any = SimpleNamespace(
        description=description, tables={}, folder=Path(), worked_out={}, **given
    )
    frame = comparison.frame
    small = too_small(frame["events"].to_numpy(float), Noise().threshold)
    protected = replace(
        comparison,
        withheld=frozenset(frame["region"][small]),
        protected="noise 9",
        blocks=1,
    )
    return RegionRates(params, data, protected)


def no_longer_public(dataset: Path) -> None:
    """Take it back that the single figures of a dataset are printed already."""
    file = dataset / "dataset.yml"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    start = next(number for number, line in enumerate(lines) if line.startswith("disclosure:"))
    file.write_text("".join(lines[:start] + lines[start + 4 :]), encoding="utf-8")


def effect_report(brief: Brief) -> InterventionEffect:
    """A report with the results of a brief."""
    data: Any = SimpleNamespace(
        description=brief.study.description, tables={}, folder=Path(), worked_out={}
    )
    report = InterventionEffect(brief.question, data, brief.study)
    for name in ("headline", "robustness", "verdict"):
        vars(report)[name] = getattr(brief, name)
    vars(report)["examined"] = brief.robustness
    return report
