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
    "build_study": "analysis.data.study",
    "tables_needed": "analysis.data.study",
    "estimate_headline": "analysis.robustness",
    "examine": "analysis.robustness",
    "study_power": "analysis.power",
    "judge": "analysis.report.verdict",
    "Brief": "analysis.report.facts",
    "summary": "analysis.report.summary",
    "certainty": "analysis.report.certainty",
    "adoption_figure": "analysis.report.adoption",
    "paths_figure": "analysis.report.adoption",
    "event_time_figure": "analysis.report.event_time",
    "specification_figure": "analysis.report.sensitivity",
    "leave_one_out_figure": "analysis.report.sensitivity",
    "sample_table": "analysis.report.tables",
    "cohort_table": "analysis.report.tables",
    "specification_table": "analysis.report.tables",
    "effect_table": "analysis.report.tables",
    "reporting_table": "analysis.report.reporting",
    "provenance": "analysis.report.provenance",
    "end": "analysis.report.provenance",
    "RegionRates": "analysis.params",
    "comparison_tables": "analysis.data.regional",
    "compare_regions": "analysis.data.regional",
    "earlier_edition": "analysis.report.editions",
    "regions_brief": "analysis.report.regions_brief",
    "funnel_figure": "analysis.report.regions_funnel",
    "regions_summary": "analysis.report.regions_report",
    "regions_sample": "analysis.report.regions_report",
    "regions_table": "analysis.report.regions_report",
    "regions_certainty": "analysis.report.regions_report",
    "regions_provenance": "analysis.report.regions_report",
    "regions_end": "analysis.report.regions_report",
    "PublishedFigures": "analysis.params",
    "ClaimsAudit": "analysis.params",
    "read_published": "analysis.data.published",
    "FiguresBrief": "analysis.report.figures_brief",
    "sources_table": "analysis.report.figures_sources",
    "figures_provenance": "analysis.report.figures_sources",
    "profile_summary": "analysis.report.profile_summary",
    "comparable_next": "analysis.report.profile_summary",
    "profile_end": "analysis.report.profile_summary",
    "rates_figure": "analysis.report.profile_rates",
    "handling_figure": "analysis.report.profile_handling",
    "recovery_table": "analysis.report.profile_handling",
    "inspection_figure": "analysis.report.profile_handling",
    "sampling_figure": "analysis.report.profile_sampling",
    "cases_table": "analysis.report.profile_cases",
    "fines_figure": "analysis.report.profile_cases",
    "growth_figure": "analysis.report.profile_change",
    "progress_figure": "analysis.report.profile_change",
    "audit_summary": "analysis.report.audit_summary",
    "audit_end": "analysis.report.audit_summary",
    "verdict_figure": "analysis.report.audit_report",
    "contradiction_table": "analysis.report.audit_report",
    "misfit_table": "analysis.report.audit_report",
    "check_tables": "analysis.report.audit_report",
    "publish_next": "analysis.report.audit_report",
    "counts_figure": "analysis.report.claim",
    "chance_figure": "analysis.report.claim",
    "comparison_figure": "analysis.report.claim_compare",
    "comparison_notes": "analysis.report.claim_compare",
    "settle": "analysis.report.claim_compare",
    "identifiers": "analysis.report.disclosure",
}

__all__ = sorted(_FACE)  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    if name not in _FACE:
        raise AttributeError(f"module 'analysis' has no attribute '{name}'")
    return getattr(import_module(_FACE[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_FACE])
