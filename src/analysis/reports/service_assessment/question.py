"""From a dataset to ratings, and complaints by the way they came; what is refused on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from analysis.data.dataset import Dataset
from analysis.data.frames import names
from analysis.data.frames.names import not_held
from analysis.data.frames.ratings import (
    Assessment,
    build_assessment,
    ratings_tables,
    unknown_in_ratings,
)
from analysis.data.frames.routes import route_studies
from analysis.data.frames.study import Study, tables_needed
from analysis.data.tables import COMPLAINTS
from analysis.disclosure.estimates import too_few
from analysis.disclosure.store import noise_of
from analysis.errors import ParamsError, Problem
from analysis.methods import reliability
from analysis.methods.shared.question import check_panel
from analysis.reports.service_assessment.params import ServiceAssessmentParams


@dataclass(frozen=True)
class Asked:
    """Ratings, and studies of complaints by the way they came, where an intervention is named."""

    ratings: Assessment
    routes: Mapping[str, Study]


def tables(params: ServiceAssessmentParams) -> set[str]:
    """The tables that the report reads."""
    records = tables_needed(params.of_records) if params.intervention else set()
    return ratings_tables(params) | records


def unknown_names(data: Dataset, params: ServiceAssessmentParams) -> list[Problem]:
    """Names that the dataset does not hold."""
    found = unknown_in_ratings(data, params)
    if params.intervention:
        channels = COMPLAINTS.column("channel").allowed
        found += names.unknown_names(data, params.of_records)
        found += not_held(("influenceable", word, channels) for word in params.influenceable)
        if set(channels) <= set(params.influenceable):
            what = "names every channel: no records are left to hold them against"
            found.append(
                Problem("influenceable", what, "Leave out those that officers do not record")
            )
    return found


def ask(data: Dataset, params: ServiceAssessmentParams) -> Asked:
    """Ratings that the method can carry, and studies that enough regions stand behind.

    Raises
    ------
    AnalysisError: names unknown to the dataset, or too little of either.
    """
    ParamsError.raise_for(unknown_names(data, params))
    ratings = build_assessment(data, params)
    if ratings.raters_known and ratings.alone:
        options = reliability.Options(form="nested", level=params.level)
        reliability.estimate(ratings.scores(), options, np.random.default_rng(params.seed))
    asked = params.of_records
    routes = route_studies(data, asked, params.influenceable) if params.intervention else {}
    for study in routes.values():
        check_panel(study.params, study.panel)
    if noise_of(data) is not None:
        # Averages over few regions are not given: there is no protected count of a channel.
        few = any(too_few(study.panel) for study in routes.values())
        routes = {} if few else {k: replace(s, shielded=True) for k, s in routes.items()}
    return Asked(ratings, routes)
