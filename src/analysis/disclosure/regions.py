"""Regions side by side and panels, made from protected counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.frames.interventions import InterventionsPanel
from analysis.data.frames.panels.panel import Panel
from analysis.data.frames.rates import Comparison, compare_regions
from analysis.data.periods import FREQUENCY, period_of
from analysis.disclosure.store import noise_of, store_of
from analysis.methods import joint_effects
from analysis.params import CountsQuestion, InterventionsQuestion
from analysis.stats.joint.region_effects import RegionEffects, region_effects


def protected_comparison(dataset: Dataset, params: CountsQuestion) -> Comparison:
    """Regions side by side: their events from the protected store, with the variance of the noise.

    Raises
    ------
    AnalysisError: as :func:`analysis.data.frames.rates.compare_regions` and ``store_of``.
    """
    plain = compare_regions(dataset, params)
    store = store_of(dataset, params.outcome)
    if store.noise is None:
        return replace(plain, protected=store.mark)
    span = store.span(period_of(plain.first_period), period_of(plain.last_period))
    codes = plain.frame["region"]
    frame = plain.frame.assign(
        # A region that was split has shares of counts.
        events=np.round(span.shown.reindex(codes).to_numpy(float)),
        noise=span.variance.reindex(codes).to_numpy(float),
    )
    withheld = frozenset(codes[span.withheld.reindex(codes).to_numpy(bool)])
    return replace(plain, frame=frame, withheld=withheld, blocks=span.blocks, protected=store.mark)


def protected_interventions(
    dataset: Dataset, panel: InterventionsPanel, outcome: str
) -> pd.DataFrame:
    """The frame of several interventions with counts of the protected store."""
    store, frame = store_of(dataset, outcome), panel.frame
    if store.noise is None:
        return frame
    periods = pd.PeriodIndex(map(period_of, panel.periods), freq=FREQUENCY[panel.frequency])
    codes, numbers = frame["region"].unique(), frame["period"].to_numpy() - 1
    shown = store.levels[panel.frequency].shown.reindex(index=codes, columns=periods)
    rows = pd.Index(codes).get_indexer(frame["region"])
    # Noise may leave less than nothing, and a region that was split has shares of counts.
    return frame.assign(count=np.maximum(np.round(shown.to_numpy(float)[rows, numbers]), 0.0))


def protected_effects(
    dataset: Dataset,
    panel: InterventionsPanel,
    question: InterventionsQuestion,
    options: joint_effects.Options,
    which: str,
) -> tuple[RegionEffects | None, list[str]]:
    """One intervention in each region that had it alone, and which regions these are."""
    noise = noise_of(dataset)
    frame = protected_interventions(dataset, panel, question.outcome)
    rng = np.random.default_rng(question.seed)
    given, course = joint_effects.course_of(frame, options, rng)
    place, variance = panel.interventions.index(which), noise.variance if noise else 0.0
    found = region_effects(course, place, question.level, variance)
    return found, [given.regions[i] for i in found.regions] if found else []


def protected_panel(dataset: Dataset, panel: Panel) -> Panel:
    """A panel of counts with those of the protected store in their place; holes stay holes."""
    store = store_of(dataset, panel.outcome)
    if store.noise is None or not panel.counted:
        return panel
    level = store.levels[panel.frequency].shown
    periods = pd.PeriodIndex(map(period_of, panel.periods), freq=FREQUENCY[panel.frequency])
    shown = level.reindex(index=list(panel.regions), columns=periods).to_numpy(float).ravel()
    kept = panel.frame["count"].notna()
    return replace(panel, frame=panel.frame.assign(count=np.where(kept, shown, np.nan)))


def shown_of(
    dataset: Dataset, panel: Panel, code: str, values: Sequence[float]
) -> tuple[float, ...]:
    """A path of one region, ``nan`` in periods whose small counts are withheld.

    Parameters
    ----------
    values: one for each period of the panel.
    """
    path = np.asarray(values, dtype=float)
    if panel.counted:
        level = store_of(dataset, panel.outcome).levels[panel.frequency].withheld
        periods = pd.PeriodIndex(map(period_of, panel.periods), freq=FREQUENCY[panel.frequency])
        path = np.where(level.reindex(columns=periods).loc[code].to_numpy(bool), np.nan, path)
    return tuple(map(float, path))
