"""From a dataset to one region and those that did not act, and what is refused on the way."""

from __future__ import annotations

from typing import Any

import numpy as np

from analysis.data.dataset import Dataset
from analysis.data.frames import names
from analysis.data.frames.panels.one_region import beside_donors, region_that_acted
from analysis.data.frames.panels.panel import NEVER, Panel
from analysis.data.frames.panels.panel_loader import build_panel
from analysis.disclosure.regions import protected_panel
from analysis.disclosure.store import noise_of
from analysis.errors import DesignError, ParamsError, Problem
from analysis.methods import synthetic_control
from analysis.params import PanelQuestion
from analysis.reports.single_region.params import SingleRegionParams
from analysis.result import Result
from analysis.verdicts.alone import Single

SHORT = 8
"""With fewer periods before the start a likeness may be luck: nothing is matched."""


def tables(_: SingleRegionParams) -> set[str]:
    """The tables that the report reads."""
    counted = {"outcomes", "complaints", "exposures", "crosswalk"}
    return {"regions", "interventions", "truth", *counted}


def unknown_names(data: Dataset, params: SingleRegionParams) -> list[Problem]:
    """Names that the dataset does not hold."""
    codes, columns = [*names.region_names(data)], [*names.offered(data)]
    asked = [("donors", code, codes) for code in params.donors]
    asked += [("predictors", name, columns) for name in params.predictors]
    asked += [("treated_region", params.treated_region, codes)] if params.treated_region else []
    return [*names.unknown_names(data, _asked(params)), *names.not_held(asked)]


def ask(data: Dataset, params: SingleRegionParams) -> Single:
    """The region beside its donors, with what can be matched of it.

    Raises
    ------
    AnalysisError: names unknown to the dataset, fewer than five donors, or nobody like it.
    """
    if problems := unknown_names(data, params):
        raise ParamsError(problems)
    panel = _panel(data, _asked(params), params)
    code = region_that_acted(panel, params.treated_region)
    acted = int((panel.adoption > NEVER).sum()) - 1
    panel = beside_donors(panel, code, params.donors)
    start = int(panel.adoption[code])
    if params.window:
        first, last = max(start - params.window[0], 1), start + params.window[1] - 1
        ends = {"first_period": panel.label(first),
                "last_period": panel.label(min(last, len(panel.periods)))}  # fmt: skip
        asked = _asked(params).model_copy(update=ends)
        panel = beside_donors(_panel(data, asked, params), code, params.donors)
        start = int(panel.adoption[code])
    plain = estimated(panel, params, form="equal")
    close = {"form": params.form, "fit_limit": params.fit_limit}
    matched = estimated(panel, params, **close) if start > SHORT else None
    return Single(panel, code, start, plain, matched, acted)


def estimated(panel: Panel, params: SingleRegionParams, **options: Any) -> Result:
    """A synthetic control of the region, on logs of counts or in units of levels."""
    options["scale"] = "log" if panel.counted else "rate"
    asked = synthetic_control.Options(level=params.level, **options)
    return synthetic_control.estimate(panel, asked, np.random.default_rng(params.seed))


def _asked(params: SingleRegionParams) -> PanelQuestion:
    """The question that a panel answers."""
    shared = PanelQuestion.model_fields.keys() & type(params).model_fields
    return PanelQuestion(**{name: getattr(params, name) for name in shared})


def _panel(data: Dataset, asked: PanelQuestion, params: SingleRegionParams) -> Panel:
    """The panel, of protected counts where they are protected."""
    panel = build_panel(data, asked, columns=params.predictors).complete()
    if noise_of(data) is not None and not panel.counted:
        what, remedy = "is a level, and levels of one region cannot be protected", "Choose a count"
        raise DesignError([Problem(f"outcome {asked.outcome}", what, remedy)])
    return protected_panel(data, panel) if panel.counted else panel
