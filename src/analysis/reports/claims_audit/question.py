"""From a dataset of printed figures to the changes that are examined, and what is refused."""

from __future__ import annotations

from analysis.data.dataset import Dataset
from analysis.data.published.figures import Published, published_in
from analysis.data.published.tables import NAMES, choices
from analysis.errors import ParamsError, Problem, nearest
from analysis.reports.claims_audit.params import ClaimsAuditParams

OPTIONAL = "settle_"
NEEDED = [use for use in choices("fall_words", "use") if not use.startswith(OPTIONAL)]
"""What is said of a fall that is examined; data that would settle it may be fewer than five."""


def tables(_: ClaimsAuditParams) -> set[str]:
    """The tables that the report reads."""
    return set(NAMES)


def unknown_names(data: Dataset, params: ClaimsAuditParams) -> list[Problem]:
    """A claim or comparison that is no fall, or no rise with a level, of the dataset."""
    published = published_in(data)
    changes = [f.id for f in published.figures.values() if f.kind == "change_pct"]
    wanted = {"claim": params.claim, "comparison": params.comparison}
    problems = [
        Problem(name, "is not a reported change of the dataset", nearest(value, changes))
        for name, value in wanted.items()
        if value not in changes
    ]
    if problems:
        return problems
    if not -100 < published.figures[params.claim].number < 0:
        return [Problem("claim", "is not a fall", "A change between −100 and 0")]
    if missing := set(NEEDED) - published.words("fall_words", params.claim, "en").keys():
        rule = f"has no words for {', '.join(sorted(missing))}"
        return [Problem("claim", rule, "Add them to fall_words.csv")]
    if not published.figures[params.comparison].growth_of:
        return [Problem("comparison", "has no level", "A change whose level is printed")]
    return []


def ask(data: Dataset, params: ClaimsAuditParams) -> Published:
    """The figures, among which the changes to examine are.

    Raises
    ------
    AnalysisError: the dataset holds no figures, some do not resolve, or the changes do not.
    """
    ParamsError.raise_for(unknown_names(data, params))
    return published_in(data)
