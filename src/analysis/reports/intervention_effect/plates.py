"""The object that ``notebooks/intervention_effect.ipynb`` works with: its plates in order."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import pandas as pd

from analysis.data.frames.study import Study
from analysis.page.agreement import OwnNumber
from analysis.reports.intervention_effect import certainty as checks
from analysis.reports.intervention_effect import provenance as sources
from analysis.reports.intervention_effect import sensitivity, sentences, tables
from analysis.reports.intervention_effect.adoption import (
    adoption_figure,
    paths_figure,
    timeline_figure,
)
from analysis.reports.intervention_effect.answer import Brief
from analysis.reports.intervention_effect.certainty import reporting_table
from analysis.reports.intervention_effect.event_time import event_time_figure
from analysis.reports.intervention_effect.picture import picture
from analysis.reports.intervention_effect.sensitivity import specification_name
from analysis.reports.intervention_effect.verdict import judged
from analysis.reports.report import Report
from analysis.result import Result, plain
from analysis.robustness import Robustness, estimate_headline, examine
from analysis.verdict import Verdict


class InterventionEffect(Report, Brief):
    """Did an intervention change what is recorded where it was adopted?"""

    preload = (
        *("analysis.methods.did", "analysis.methods.counts", "analysis.methods.imputation"),
        *("analysis.methods.event_study", "analysis.methods.two_way"),
        "statsmodels.regression.linear_model",
    )

    @property
    def study(self) -> Study:
        """The question with its panels."""
        study: Study = self.subject
        return study

    @cached_property
    def headline(self) -> Result:
        """What the method of the question gives."""
        return estimate_headline(self.study)

    @cached_property
    def robustness(self) -> Robustness:
        """What the headline rests on."""
        return examine(self.study, self.headline)

    @cached_property
    def verdict(self) -> Verdict:
        """The answer by the rule that was fixed before the data were read."""
        return judged(self.study, self.headline, self.robustness)

    @property
    def verdict_key(self) -> str:
        """Its key, with its certainty."""
        return sentences.graded(self.verdict)

    @property
    def frame(self) -> pd.DataFrame:
        """One row per region and period."""
        return self.study.panel.frame

    @property
    def result(self) -> Result:
        """The headline."""
        return self.headline

    def own_numbers(self) -> Mapping[str, OwnNumber]:
        """What each way to estimate gives, in log points."""
        found = {}
        for answer in self.robustness.specifications:
            value = answer.estimate.value if answer.estimate else None
            text = "log points" if answer.expected is None else "units of the outcome"
            unit = self.say(text)
            found[answer.key] = OwnNumber(specification_name(self, answer), unit, value, 5)
        return found

    def results(self) -> Mapping[str, Any]:
        """The headline and what it rests on."""
        return {"headline": plain(self.headline), "robustness": plain(self.robustness)}

    summary = sentences.summary
    picture = picture
    sample = tables.sample_table
    adoption = adoption_figure
    timeline = timeline_figure
    cohorts = tables.cohort_table
    paths = paths_figure
    event_time = event_time_figure
    effects = tables.effect_table
    specifications = sensitivity.specification_figure
    specification_table = tables.specification_table
    leave_one_out = sensitivity.leave_one_out_figure
    certainty = checks.certainty
    reporting = reporting_table
    provenance = sources.provenance
