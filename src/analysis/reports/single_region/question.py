"""From a dataset to one region and those that did not act, and what is refused on the way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from analysis.data.dataset import Dataset
from analysis.data.frames import names
from analysis.data.frames.panels.panel import NEVER, Panel
from analysis.data.frames.panels.panel_loader import build_panel
from analysis.disclosure.regions import protected_panel
from analysis.disclosure.store import noise_of
from analysis.errors import DesignError, ParamsError, Problem, nearest
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
    code = _treated(panel, params)
    acted = int((panel.adoption > NEVER).sum()) - 1
    panel = _beside(panel, code, params)
    start = int(panel.adoption[code])
    if params.window:
        first, last = max(start - params.window[0], 1), start + params.window[1] - 1
        ends = {"first_period": panel.label(first),
                "last_period": panel.label(min(last, len(panel.periods)))}  # fmt: skip
        asked = _asked(params).model_copy(update=ends)
        panel = _beside(_panel(data, asked, params), code, params)
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


def _treated(panel: Panel, params: SingleRegionParams) -> str:
    """The region asked for, or the only one that acted."""
    acted = [str(code) for code in panel.adoption[panel.adoption > NEVER].index]
    if params.treated_region in acted or (not params.treated_region and len(acted) == 1):
        return params.treated_region or acted[0]
    if params.treated_region:
        what = f"names '{params.treated_region}', which did not begin within these data, or is "
        what += "left out: another intervention began or ended there, or counts are missing"
    else:
        what = f"is not given, and {len(acted)} regions began within these data"
    raise DesignError([Problem("treated_region", what, nearest(params.treated_region, acted))])


def _beside(panel: Panel, code: str, params: SingleRegionParams) -> Panel:
    """The region and those that never begin, or the donors asked for of these."""
    never = [str(own) for own in panel.adoption[panel.adoption == NEVER].index]
    began = [own for own in params.donors if own not in never]
    if began:
        what = "did not stay without the intervention within these data, or are left out"
        raise DesignError([Problem(f"donors {', '.join(began)}", what, "Choose others")])
    kept = panel.keep([code, *(params.donors or never)])
    # Each region stands for itself: what acted here is one of them.
    return replace(kept, together={}, clustered_by="region")
