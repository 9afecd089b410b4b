"""The effect on averages alone, judged, as far as it may leave."""

from __future__ import annotations

from analysis.data.frames.study import Study
from analysis.disclosure.estimates import published, three_digits
from analysis.verdicts.effect import Answered, judged
from analysis.verdicts.robustness import Robustness, estimate_headline, examine


def shown(study: Study, examined: Robustness) -> Robustness:
    """What a headline rests on, as far as it may leave."""
    return three_digits(examined) if study.shielded else examined


def answered(study: Study) -> Answered:
    """A study of which nothing is in the protected store, judged from averages alone."""
    headline = published(study, estimate_headline(study), None)
    examined = examine(study, headline)
    return Answered(study, headline, examined, judged(study, headline, shown(study, examined)))
