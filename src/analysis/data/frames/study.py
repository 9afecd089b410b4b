"""A study: one question with its panel, its placebo and the mixes of the records behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.description import Description
from analysis.data.frames.counts import mix_counts, mixes_of
from analysis.data.frames.names import offered, texts
from analysis.data.frames.panels.panel import Panel
from analysis.data.frames.panels.panel_loader import build_panel
from analysis.data.periods import FREQUENCY
from analysis.data.reading.account import Account
from analysis.params import PanelQuestion


@dataclass(frozen=True)
class Study:
    """One question, ready to be answered: parameters, data description and panel.

    ``columns`` is what options of a method may name in the dataset, with its kind. Parameters that
    ask for no method get the one for such an outcome. ``shielded``: whether single numbers of
    regions are protected; ``protected`` is then the panel of protected counts.
    """

    params: PanelQuestion
    description: Description
    hashes: Mapping[str, str]
    panel: Panel
    placebo: Panel | None
    mixes: Mapping[str, Panel] = field(default_factory=dict)
    accounts: Mapping[str, Account] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    protected: Panel | None = None
    shielded: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "params", self.params.with_method(self.panel.counted))

    @property
    def simulated(self) -> bool:
        """Whether any number here is invented."""
        return self.description.status == "simulated"

    def rng(self) -> np.random.Generator:
        """A fresh generator from the seed of the parameters."""
        return np.random.default_rng(self.params.seed)


def build_study(dataset: Dataset, params: PanelQuestion) -> Study:
    """The panel of the question and, where one is named, of the placebo outcome."""
    panel = build_panel(dataset, params)
    placebo = None
    if params.placebo_outcome:
        placebo = build_panel(dataset, params, params.placebo_outcome)
    mixes = {
        mix: mix_panel(dataset, panel, params.outcome, mix)
        for mix in mixes_of(dataset, params.outcome)
    }
    description, hashes, accounts = dataset.description, dataset.hashes, dataset.accounts
    return Study(params, description, hashes, panel, placebo, mixes, accounts, offered(dataset))


def mix_panel(dataset: Dataset, panel: Panel, outcome: str, mix: str) -> Panel:
    """The question's panel with records of a mix as counts and all records as exposure."""
    periods = pd.PeriodIndex(panel.periods, freq=FREQUENCY[panel.frequency])
    counts = mix_counts(dataset, outcome, mix, periods)
    counts = counts.reindex(index=list(panel.regions)).fillna(0.0)
    frame = panel.frame.assign(count=counts.to_numpy().ravel(), exposure=panel.frame["count"])
    return replace(panel, frame=frame, has_exposure=True, outcome=f"{outcome}/{mix}")


def tables_needed(params: PanelQuestion) -> set[str]:
    """The tables a question reads."""
    needed = {"regions", "outcomes", "interventions", "complaints", "crosswalk"}
    # An option that is a text may name a column made from exposures.
    if params.exposure or any(texts(params.method_options)):
        needed.add("exposures")
    return needed
