"""From a dataset to the study of one intervention, and what is refused on the way."""

from __future__ import annotations

import numpy as np

from analysis.data.dataset import Dataset
from analysis.data.frames import names
from analysis.data.frames.names import offered
from analysis.data.frames.outcomes import kind_of
from analysis.data.frames.panels.panel import NEVER, Panel
from analysis.data.frames.study import Study, build_study, tables_needed
from analysis.disclosure.estimates import disclosed_study
from analysis.errors import DesignError, ParamsError, Problem
from analysis.methods.shared.question import check_panel, option_problems
from analysis.reports.intervention_effect.params import InterventionEffectParams
from analysis.stats.panels.adoption import Expectation
from analysis.verdicts.robustness import imputable

POSITIVE = "Choose a scale on which it is above zero, or call the method in Python"


def tables(params: InterventionEffectParams) -> set[str]:
    """The tables that the report reads."""
    return tables_needed(params)


def unknown_names(data: Dataset, params: InterventionEffectParams) -> list[Problem]:
    """Names that the dataset does not hold, and options that the method does not take."""
    asked = params.with_method(kind_of(data, params.outcome) != "level")
    return [*names.unknown_names(data, params), *option_problems(asked, offered(data))]


def ask(data: Dataset, params: InterventionEffectParams) -> Study:
    """The study, whose panel the method can carry.

    Raises
    ------
    AnalysisError: names unknown to the dataset, or an impossible design.
    """
    if problems := unknown_names(data, params):
        raise ParamsError(problems)
    study = disclosed_study(data, build_study(data, params))
    check_panel(study.params, study.panel)
    if not study.panel.counted:
        _require_positive_mean(study.panel)
        _require_positive_expectation(study)
    return study


def _require_positive_mean(panel: Panel) -> None:
    """Refuse levels around zero: a page gives changes as shares of what was expected."""
    values, starts = panel.matrix(panel.measured), panel.adoption.to_numpy()[:, None]
    before = (starts > NEVER) & (np.arange(1, values.shape[1] + 1) < starts)
    mean, spread = np.nanmean(values[before]), np.nanstd(values)
    # Levels on both sides of zero with a mean near it give shares of next to nothing.
    if not mean > (spread if np.nanmin(values) < 0 else 0):
        what = (
            "has a mean of zero or less, or near it, among adopters before the start; no change "
            "is a share of it"
        )
        raise DesignError([Problem(f"outcome {panel.outcome}", what, POSITIVE)])


def _require_positive_expectation(study: Study) -> None:
    """Refuse levels of which a few are so far off that zero or less is to be expected."""
    adoption = imputable(study)
    if adoption is None:
        return
    effect = float(Expectation(adoption, adoption.fit(leave_out=False)).effect()[0])
    share = adoption.weights[:, None] * adoption.active
    if not float((share * adoption.values).sum() / share.sum()) - effect > 0:
        what = "would be expected to be zero or less among adopters since the start; some value "
        what += "may be far off"
        raise DesignError([Problem(f"outcome {study.params.outcome}", what, POSITIVE)])
