"""Regional regulation outcomes: the face that notebooks import as ``analysis``.

Names are loaded when first used, so that a command pays only for what it needs. Nothing inside
the package imports from here.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_FACE = {
    "InterventionEffect": "analysis.params",
    "read_dataset": "analysis.data.dataset",
    "build_study": "analysis.data.frames.study",
    "tables_needed": "analysis.data.frames.study",
    "estimate_headline": "analysis.robustness",
    "examine": "analysis.robustness",
    "study_power": "analysis.power",
    "judge": "analysis.reports.intervention_effect.verdict",
    "Brief": "analysis.reports.intervention_effect.brief",
    "summary": "analysis.reports.intervention_effect.summary",
    "certainty": "analysis.reports.intervention_effect.certainty",
    "adoption_figure": "analysis.reports.intervention_effect.adoption",
    "paths_figure": "analysis.reports.intervention_effect.adoption",
    "event_time_figure": "analysis.reports.intervention_effect.event_time",
    "specification_figure": "analysis.reports.intervention_effect.sensitivity",
    "leave_one_out_figure": "analysis.reports.intervention_effect.sensitivity",
    "sample_table": "analysis.reports.intervention_effect.tables",
    "cohort_table": "analysis.reports.intervention_effect.tables",
    "specification_table": "analysis.reports.intervention_effect.tables",
    "effect_table": "analysis.reports.intervention_effect.tables",
    "reporting_table": "analysis.reports.intervention_effect.reporting",
    "provenance": "analysis.reports.intervention_effect.provenance",
    "end": "analysis.reports.intervention_effect.provenance",
    "RegionRates": "analysis.params",
    "comparison_tables": "analysis.data.frames.side_by_side",
    "compare_regions": "analysis.data.frames.side_by_side",
    "earlier_edition": "analysis.disclosure.editions",
    "regions_brief": "analysis.reports.region_rates.brief",
    "funnel_figure": "analysis.reports.region_rates.funnel",
    "regions_summary": "analysis.reports.region_rates.sentences",
    "regions_sample": "analysis.reports.region_rates.sentences",
    "regions_table": "analysis.reports.region_rates.sentences",
    "regions_certainty": "analysis.reports.region_rates.sentences",
    "regions_provenance": "analysis.reports.region_rates.sentences",
    "regions_end": "analysis.reports.region_rates.sentences",
    "PublishedFigures": "analysis.params",
    "ClaimsAudit": "analysis.params",
    "read_published": "analysis.data.published.figures",
    "FiguresBrief": "analysis.page.printed_figures",
    "sources_table": "analysis.page.printed_sources",
    "figures_provenance": "analysis.page.printed_sources",
    "profile_summary": "analysis.reports.published_figures.summary",
    "comparable_next": "analysis.reports.published_figures.summary",
    "profile_end": "analysis.reports.published_figures.summary",
    "rates_figure": "analysis.reports.published_figures.rates",
    "handling_figure": "analysis.reports.published_figures.handling",
    "recovery_table": "analysis.reports.published_figures.handling",
    "inspection_figure": "analysis.reports.published_figures.handling",
    "sampling_figure": "analysis.reports.published_figures.sampling",
    "cases_table": "analysis.reports.published_figures.cases",
    "fines_figure": "analysis.reports.published_figures.cases",
    "growth_figure": "analysis.reports.published_figures.change",
    "progress_figure": "analysis.reports.published_figures.change",
    "audit_summary": "analysis.reports.claims_audit.summary",
    "audit_end": "analysis.reports.claims_audit.summary",
    "verdict_figure": "analysis.reports.claims_audit.plates",
    "contradiction_table": "analysis.reports.claims_audit.plates",
    "misfit_table": "analysis.reports.claims_audit.plates",
    "check_tables": "analysis.reports.claims_audit.plates",
    "publish_next": "analysis.reports.claims_audit.plates",
    "counts_figure": "analysis.reports.claims_audit.single_claim",
    "chance_figure": "analysis.reports.claims_audit.single_claim",
    "comparison_figure": "analysis.reports.claims_audit.two_claims",
    "comparison_notes": "analysis.reports.claims_audit.two_claims",
    "settle": "analysis.reports.claims_audit.two_claims",
    "identifiers": "analysis.disclosure.identifiers",
}

__all__ = sorted(_FACE)  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    if name not in _FACE:
        raise AttributeError(f"module 'analysis' has no attribute '{name}'")
    return getattr(import_module(_FACE[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_FACE])
