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
    "build_study": "analysis.data.panel",
    "tables_needed": "analysis.data.panel",
    "estimate_headline": "analysis.robustness",
    "examine": "analysis.robustness",
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
    "provenance": "analysis.report.tables",
    "end": "analysis.report.tables",
    "identifiers": "analysis.report.disclosure",
}

__all__ = sorted(_FACE)  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    if name not in _FACE:
        raise AttributeError(f"module 'analysis' has no attribute '{name}'")
    return getattr(import_module(_FACE[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_FACE])
