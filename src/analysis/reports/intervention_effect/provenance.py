"""Where the numbers come from and with what they were made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.methods.shared.question import OPTIONS
from analysis.page.plates import Provenance
from analysis.page.shared.options import options_sentence
from analysis.page.shared.provenance import method_line, source_entries
from analysis.page.wording import joined
from analysis.reports.intervention_effect.answer import Brief


def provenance(
    brief: Brief, protection: str = "", digests: Mapping[str, str] | None = None
) -> Provenance:
    """Where the numbers come from, with what they were made, and how they are protected."""
    used = _methods(brief)
    return Provenance(
        **brief.plate("provenance"),
        entries=source_entries(
            brief,
            _method(brief),
            brief.question.seed,
            protection,
            digests or {},
            brief.study.accounts,
            # The notebook's own cell works a number out again in statsmodels.
            (*(f"analysis.methods.{name}" for name in used), "statsmodels"),
        ),
        params=_given(brief),
        methods=used,
    )


def _method(brief: Brief) -> str:
    """The headline's method, with the options set for it."""
    title, options = (
        method_line(brief.headline.method, brief.language),
        options_sentence(
            brief, brief.headline.method, brief.question.method_options, brief.study.columns
        ),
    )
    if not options:
        return title
    return joined(brief.language, brief.say("{sentence}.", sentence=title), options)


def _given(brief: Brief) -> dict[str, Any]:
    """The parameters; options of the method only where some are set."""
    given = brief.study.params.model_dump()
    return {name: value for name, value in given.items() if name != OPTIONS or value}


def _methods(brief: Brief) -> tuple[str, ...]:
    """The headline's method, then the others it is held against."""
    used = [answer.method for answer in brief.robustness.specifications if answer.estimate]
    return tuple(dict.fromkeys([brief.headline.method, *used]))
