"""Complaints by the way they came: those whose recording officers can influence, and the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.frames.study import Study, build_study
from analysis.data.periods import FREQUENCY
from analysis.params import PanelQuestion

INFLUENCED, OTHERS, BETWEEN = "officers", "platform", "between"


def route_studies(
    dataset: Dataset, question: PanelQuestion, channels: Sequence[str]
) -> Mapping[str, Study]:
    """The question asked of records by these channels, by all others, and of the one to the other.

    Empty where records do not say how they came, or count for several regions; ``between`` is
    missing where a region has a period without any other record.

    Raises
    ------
    AnalysisError: as :func:`analysis.data.frames.study.build_study`.
    """
    records = dataset.tables.get("complaints")
    if records is None or "channel" not in records or "millionths" in records:
        return {}
    study = build_study(dataset, question)
    panel = study.panel
    own = records[(records["kind"] == question.outcome) & records["channel"].isin(channels)]
    periods = own["received_on"].dt.to_period(FREQUENCY[question.period])
    wide = own.groupby([own["region_code"], periods.astype(str)]).size().unstack(fill_value=0)
    wide = wide.reindex(index=list(panel.regions), columns=list(panel.periods), fill_value=0)
    every = panel.frame["count"].to_numpy(float)
    influenced = np.where(np.isfinite(every), wide.to_numpy(float).ravel(), np.nan)
    others = every - influenced
    frames = {
        INFLUENCED: panel.frame.assign(count=influenced),
        OTHERS: panel.frame.assign(count=others),
    }
    if np.nanmin(others) > 0:
        frames[BETWEEN] = panel.frame.assign(count=influenced, exposure=others)
    return {name: _of(study, frame, name) for name, frame in frames.items()}


def _of(study: Study, frame: pd.DataFrame, name: str) -> Study:
    panel = replace(study.panel, frame=frame, outcome=f"{study.panel.outcome}/{name}")
    return replace(study, panel=panel, placebo=None, mixes={})
