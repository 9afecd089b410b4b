"""Regional regulation outcomes: the face that notebooks import as ``analysis``.

Names are loaded when first used, so that a command pays only for what it needs. Nothing inside
the package imports from here. The reports come first, one class for each notebook:
``report = InterventionEffect.read(globals())``.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_FACE = {
    "compare": "analysis.result",
    "estimate": "analysis.methods",
    "house_style": "analysis.page.charts.style",
    "long_table": "analysis.data.long_table",
    "methods": "analysis",
    "panel": "analysis.data.frames.panels.panel_loader",
    "plot": "analysis.page.plot",
    "protected": "analysis.disclosure.amounts",
    "read_dataset": "analysis.data.dataset",
    "study_power": "analysis.power",
}


def _reports() -> dict[str, str]:
    """The class of every kind of report, and the folder it stands in."""
    from analysis.reports.kind import find, names

    return {find(name).title: name for name in names()}


def __getattr__(name: str) -> Any:
    if name == "__all__":  # asked for by help(an), which else shows no name that is loaded late
        return sorted([*_FACE, *_reports()])
    if name == "methods":  # the package itself, which is called to list what is in it
        return import_module("analysis.methods")
    if name in _FACE:
        return getattr(import_module(_FACE[name]), name)
    if name[:1].isupper() and name in (found := _reports()):
        from analysis.reports.kind import find

        return find(found[name]).report
    raise AttributeError(f"module 'analysis' has no attribute '{name}'")


def __dir__() -> list[str]:
    # What Tab offers is what a researcher calls, not what this module imports.
    return sorted([*_FACE, *_reports(), *(name for name in globals() if name.startswith("__"))])
