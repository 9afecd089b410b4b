"""The object that ``notebooks/intervention_effect.ipynb`` works with: its plates in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import pandas as pd

from analysis.data.frames.study import Study
from analysis.disclosure.effects import shown
from analysis.disclosure.estimates import published
from analysis.disclosure.store import digests_of, noise_of
from analysis.errors import AnalysisError
from analysis.page.plates import Provenance, SiteLine, Table
from analysis.page.shared.agreement import OwnNumber
from analysis.page.shared.certainty import reasons
from analysis.page.shared.protection import model_sentence
from analysis.page.shared.site_lines import site_line
from analysis.reports.intervention_effect import provenance as sources
from analysis.reports.intervention_effect import sensitivity, sentences, tables
from analysis.reports.intervention_effect.adoption import (
    adoption_figure,
    paths_figure,
    timeline_figure,
)
from analysis.reports.intervention_effect.answer import Brief
from analysis.reports.intervention_effect.certainty import checks
from analysis.reports.intervention_effect.certainty.checks import reporting_table
from analysis.reports.intervention_effect.event_time import event_time_figure
from analysis.reports.intervention_effect.picture import picture
from analysis.reports.intervention_effect.sensitivity import specification_name
from analysis.reports.report import Report
from analysis.result import Result, plain
from analysis.verdicts.averages import Over, averages_of
from analysis.verdicts.effect import judged, outside_zero
from analysis.verdicts.robustness import Robustness, estimate_headline, examine
from analysis.verdicts.rule import Verdict


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
        """What the method of the question gives, as far as it may leave."""
        return published(self.study, estimate_headline(self.study), self._of_protected)

    @property
    def _of_protected(self) -> Result | None:
        """What it gives of the protected panel; ``None`` where there is none, or it refuses it."""
        if self.study.protected is None:
            return None
        try:
            return estimate_headline(replace(self.study, panel=self.study.protected))
        except AnalysisError:
            return None

    @cached_property
    def robustness(self) -> Robustness:
        """What the headline rests on, as far as it may leave."""
        return shown(self.study, self.examined)

    @cached_property
    def examined(self) -> Robustness:
        """What the headline rests on, to the last digit."""
        return examine(self.study, self.headline)

    @cached_property
    def verdict(self) -> Verdict:
        """The answer by the rule that was fixed before the data were read."""
        return judged(self.study, self.headline, self.robustness)

    @property
    def verdict_key(self) -> str:
        """Its key, with its certainty."""
        return self.verdict.graded

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
        for answer in self.examined.specifications:
            value = answer.estimate.value if answer.estimate else None
            text = "log points" if answer.expected is None else "units of the outcome"
            unit = self.say(text)
            words, digits = specification_name(self, answer), self.digits_of(value)
            drawn = value is not None and answer.over is None
            found[answer.key] = OwnNumber(words, unit, value, digits, drawn=drawn)
        return found

    def results(self) -> Mapping[str, Any]:
        """The headline and what it rests on."""
        course = self.robustness.own_course
        if course and self.study.shielded:
            # Deviations are estimates without each cluster, one by one.
            bare = {name: replace(look, deviations=()) for name, look in course.looks.items()}
            slope = course.slope and replace(course.slope, deviations=())
            headline = replace(course.headline, deviations=())
            course = replace(course, headline=headline, looks=bare, slope=slope)
        rests_on = replace(self.robustness, own_course=course)
        return {"headline": plain(self.headline), "robustness": plain(rests_on)}

    def drawn(self) -> tuple[str, ...]:
        """The outcome, where single regions are protected; the placebo where all rests on that."""
        study = self.study
        panels = [study.protected]
        panels += [study.placebo] if study.panel is study.protected else []
        return tuple(panel.outcome for panel in panels if panel is not None and panel.counted)

    def averages(self) -> Over:
        """Those of every way to estimate, and of the placebo and the mixes of records."""
        return averages_of(self.study, self.examined.averages)

    def site_lines(self) -> tuple[SiteLine, ...]:
        """One line, with the doubts that the verdict gives."""
        effect, sample, own = self.effect, self.headline.sample, self.headline.headline
        ends = (effect.relative_low, effect.relative_high) if own.low is not None else (None, None)
        inside = not outside_zero(own)
        line = site_line(
            self,
            (self.intervention, self.outcome),
            (effect.relative, *ends),
            self.verdict,
            (sample.treated, sample.units),
            reasons(self.say, self.verdict, inside),
        )
        return (line,)

    summary = sentences.summary
    picture = picture

    def sample(self) -> Table:
        """What the estimate was computed from, and how its counts are protected."""
        return tables.sample_table(self, model_sentence(self, self.study, noise_of(self.data)))

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

    def provenance(self) -> Provenance:
        """Where the numbers come from and with what they were made."""
        return sources.provenance(self, self.protection, digests_of(self.data))
