"""Whether notebooks would run on a dataset as it stands: asked as before a kernel starts."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.data.dataset import Dataset
from analysis.data.tables import named, named_outcomes
from analysis.errors import AnalysisError
from analysis.params import Params
from analysis.reports.kind import find, names

READY, REFUSED, ABSENT = "ready", "refused", "absent"
BESIDE = {"regions", "truth", "crosswalk"}
"""Tables that carry no question by themselves."""


@dataclass(frozen=True)
class Readiness:
    """Whether a notebook would run with its usual parameters; the tables, or problems, it lacks."""

    notebook: str
    grade: str
    problems: int
    tables: tuple[str, ...]


def askable() -> tuple[str, ...]:
    """Every kind of report that may be asked of a dataset."""
    return names()


def readiness_of(data: Dataset, dataset: str, name: str) -> Readiness:
    """A notebook asked of a dataset, of which all tables were read.

    Parameters
    ----------
    dataset: the folder, as parameters name it.
    """
    kind = find(name)
    usual = kind.model()
    wanted = (kind.question.tables(usual) or set()) - BESIDE
    if wanted and not wanted & set(data.tables):
        return Readiness(name, ABSENT, 1, tuple(sorted(wanted)))
    try:
        kind.question.ask(data, _asked(data, dataset, usual))
    except AnalysisError as error:
        return Readiness(name, REFUSED, len(error.problems), ())
    return Readiness(name, READY, 0, ())


def _asked(data: Dataset, dataset: str, usual: Params) -> Params:
    """Usual parameters; names that are not there give way to the first that the dataset holds."""
    changed = {"dataset": dataset}
    held = {
        "outcome": named_outcomes(data.tables, data.has("complaints")),
        "exposure": named(data.tables, "exposures"),
        "intervention": named(data.tables, "interventions"),
    }
    for field, known in held.items():
        # A field that offers choices of its own names nothing in the data.
        offered = type(usual).model_fields.get(field)
        free = offered is not None and offered.annotation is str
        if free and known and getattr(usual, field, None) not in (None, "", *known):
            changed[field] = known[0]
    return usual.model_copy(update=changed)
