"""What a question may name in a dataset: outcomes, interventions, exposures, regions, tables."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from analysis.data.dataset import Dataset
from analysis.data.regions.hierarchy import lies_in, parents_in
from analysis.data.tables import COMPLAINTS
from analysis.errors import Problem, nearest
from analysis.params import CountsQuestion, PanelQuestion

COLUMNS = {"outcomes": "outcome", "exposures": "exposure", "interventions": "intervention"}


def names_in(dataset: Dataset, table: str) -> list[str]:
    """The names in a table of outcomes, exposures or interventions; none where it is not there."""
    if not dataset.has(table):
        return []
    return sorted(dataset.tables[table][COLUMNS[table]].astype(str).unique())


def outcome_names(dataset: Dataset) -> list[str]:
    """What can be an outcome: the counts given, and the kinds of complaint records."""
    kinds = COMPLAINTS.column("kind").allowed if dataset.has("complaints") else ()
    return sorted({*names_in(dataset, "outcomes"), *kinds})


def not_held(asked: Iterable[tuple[str, str, Collection[str]]]) -> list[Problem]:
    """Parameters, each with its value and what it could be, whose value is none of these."""
    return [
        Problem(name, f"names '{value}', which the dataset does not hold", nearest(value, [*known]))
        for name, value, known in asked
        if value not in known
    ]


def unknown_names(dataset: Dataset, question: CountsQuestion) -> list[Problem]:
    """Parameters that name something the dataset does not hold."""
    outcomes, exposures = outcome_names(dataset), names_in(dataset, "exposures")
    asked: list[tuple[str, str, Collection[str]]] = [
        ("outcome", question.outcome, outcomes),
        ("exposure", question.exposure, exposures),
    ]
    problems = []
    if isinstance(question, PanelQuestion):
        problems = _missing_tables(dataset, question)
        missing = {problem.where for problem in problems}
        asked = [
            ("intervention", question.intervention, names_in(dataset, "interventions")),
            asked[0],
            ("placebo_outcome", question.placebo_outcome, outcomes),
            asked[1],
        ]
        asked = [item for item in asked if item[1] and f"table {item[0]}s" not in missing]
    parents = parents_in(dataset)
    asked += [("exclude_regions", code, parents) for code in question.exclude_regions]
    if question.region and not any(lies_in(code, question.region, parents) for code in parents):
        asked.append(("region", question.region, parents))
    return problems + not_held(asked)


def _missing_tables(dataset: Dataset, question: PanelQuestion) -> list[Problem]:
    """Tables without which the question cannot be asked."""
    needed = {"interventions"} | ({"exposures"} if question.exposure else set())
    missing = [f"table {name}" for name in sorted(needed) if not dataset.has(name)]
    if not (dataset.has("outcomes") or dataset.has("complaints")):
        missing.append("table outcomes or complaints")
    remedy = "Add it to the dataset, or choose a dataset that has it"
    what = f"is needed by this report, and dataset {dataset.folder.name} has none"
    return [Problem(name, what, remedy) for name in missing]


def region_names(dataset: Dataset) -> dict[str, tuple[str, str]]:
    """English and Chinese name of every region by code."""

    def read() -> dict[str, tuple[str, str]]:
        regions = dataset.tables["regions"]
        columns = (regions[name].astype(str) for name in ("region_code", "name_en", "name_zh"))
        return {code: (english, chinese) for code, english, chinese in zip(*columns, strict=True)}

    return dataset.once("names", read)
