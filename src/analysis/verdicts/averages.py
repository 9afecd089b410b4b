"""Over which regions what a page says averages recorded counts.

Two averages of one outcome and time that differ by a few regions give these away. So an estimate
that would rest on a few more or fewer than one it is shown beside is made from protected counts, or
not shown where there are none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis import methods
from analysis.data.frames.panels.panel import Panel
from analysis.data.frames.study import Study
from analysis.errors import DesignError, Problem
from analysis.result import Result, Sample

FEWEST_APART = 5
"""By fewer regions two published averages of recorded counts may not differ."""


@dataclass(frozen=True)
class Average:
    """What one average of recorded counts is over: the regions of its panel but for some."""

    outcome: str
    periods: tuple[str, str]
    without: tuple[str, ...]

    @classmethod
    def of(cls, outcome: str, sample: Sample) -> Average:
        """That of an estimate."""
        ends = (sample.first_period, sample.last_period)
        return cls(outcome, ends, tuple(sorted(sample.without)))

    def near(self, others: Collection[Average]) -> bool:
        """Whether it differs from one of the same outcome by regions that both give away."""
        same = (set(one.without) for one in others if one.outcome == self.outcome)
        return any(0 < len(one.symmetric_difference(self.without)) < FEWEST_APART for one in same)


Over = Sequence[tuple[Panel, Average]]
"""Averages of recorded counts with the panels that they are of."""


def averages_of(study: Study, averages: Iterable[Average]) -> Over:
    """Averages of a study that rest on recorded counts; none where its pages are free to say all.

    Parameters
    ----------
    averages: of the outcome, the placebo, or a mix of records.
    """
    if not study.shielded or study.panel is study.protected:
        return ()
    panels = [study.panel, study.placebo, *study.mixes.values()]
    named = {panel.outcome: panel for panel in panels if panel is not None}
    return tuple((named[one.outcome], one) for one in averages)


def run(study: Study, panel: Panel, name: str, options: Mapping[str, Any]) -> Result:
    """One method with plain options."""
    method = methods.panel_method(name)
    return method.estimate(panel, method.options(**options), study.rng())


def run_beside(
    study: Study,
    panels: tuple[Panel, Panel | None],
    name: str,
    options: Mapping[str, Any],
    beside: Collection[Average],
) -> tuple[Result, Average | None]:
    """The same, and what it averages over; nothing where it is of protected counts.

    Parameters
    ----------
    panels: of recorded and, where there are such, of protected counts. beside: what stands on the
        same page.

    Raises
    ------
    DesignError: as the method; or too near to an average that is shown.
    """
    recorded, protected = panels
    result = run(study, recorded, name, options)
    over = Average.of(recorded.outcome, result.sample)
    free = not study.shielded or study.panel is study.protected
    if free or not over.near(beside):
        return result, over
    if protected is None:
        what = (
            f"rests on regions that differ by fewer than {FEWEST_APART} from those of another "
            "average on this page: both together would give these away"
        )
        raise DesignError([Problem("regions", what, "Leave out the same regions for both")])
    return run(study, protected, name, options), None
