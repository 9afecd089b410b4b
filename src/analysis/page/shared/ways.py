"""Ways to answer one question, each with the published number it must meet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.page.voice import Voice
from analysis.result import Estimate


@dataclass(frozen=True)
class Way:
    """One way: its key, its estimate, and what was published of it, and where."""

    key: str
    estimate: Estimate
    published: float | None = None
    source: str = ""


def ways_of(voice: Voice, found: Mapping[str, Estimate]) -> tuple[Way, ...]:
    """Every way beside what the dataset knows to be published of it, by its specification."""
    about = [getattr(voice.question, name) for name in ("intervention", "outcome")]
    known = {
        p.specification: (p.estimate, p.told(voice.language))
        for p in voice.description.published_results
        if [p.intervention, p.outcome] == about
    }
    return tuple(Way(key, one, *known.get(key, ())) for key, one in found.items())
