"""What a question may name in a dataset: outcomes, interventions, exposures, regions, tables."""

from __future__ import annotations

from analysis.data.dataset import Dataset
from analysis.data.regions.hierarchy import lies_in, parents_in
from analysis.data.tables import COMPLAINTS
from analysis.errors import Problem, nearest
from analysis.params import PanelQuestion


def outcome_names(dataset: Dataset) -> list[str]:
    """What can be an outcome: the counts given, and the kinds of complaint records."""
    names: list[str] = []
    if dataset.has("outcomes"):
        names += list(dataset.tables["outcomes"]["outcome"].unique())
    if dataset.has("complaints"):
        names += list(COMPLAINTS.column("kind").allowed)
    return sorted(set(names))


def check_names(dataset: Dataset, params: PanelQuestion) -> list[Problem]:
    """Parameters that name something the dataset does not hold."""
    problems = _missing_tables(dataset, params)
    missing = {problem.where for problem in problems}

    def known(name: str, value: str, choices: list[str], table: str = "") -> None:
        if value and value not in choices and f"table {table}" not in missing:
            problems.append(
                Problem(
                    name,
                    f"names '{value}', which the dataset does not hold",
                    nearest(value, choices),
                )
            )

    interventions, exposures = [], []
    if dataset.has("interventions"):
        interventions = sorted(dataset.tables["interventions"]["intervention"].unique())
    if dataset.has("exposures"):
        exposures = sorted(dataset.tables["exposures"]["exposure"].unique())
    known("intervention", params.intervention, interventions, "interventions")
    known("outcome", params.outcome, outcome_names(dataset))
    known("placebo_outcome", params.placebo_outcome, outcome_names(dataset))
    known("exposure", params.exposure, exposures, "exposures")
    parents = parents_in(dataset)
    if params.region and not any(lies_in(code, params.region, parents) for code in parents):
        known("region", params.region, list(parents))
    for code in params.exclude_regions:
        known("exclude_regions", code, list(dataset.tables["regions"]["region_code"]))
    return problems


def _missing_tables(dataset: Dataset, params: PanelQuestion) -> list[Problem]:
    """Tables without which the question cannot be asked."""
    needed = {"interventions"} | ({"exposures"} if params.exposure else set())
    missing = [f"table {name}" for name in sorted(needed) if not dataset.has(name)]
    if not (dataset.has("outcomes") or dataset.has("complaints")):
        missing.append("table outcomes or complaints")
    remedy = "Add it to the dataset, or choose a dataset that has it"
    what = f"is needed by this report, and dataset {dataset.folder.name} has none"
    return [Problem(name, what, remedy) for name in missing]


def names_of(dataset: Dataset) -> dict[str, tuple[str, str]]:
    """English and Chinese name of every region by code."""

    def read() -> dict[str, tuple[str, str]]:
        regions = dataset.tables["regions"]
        columns = (regions[name].astype(str) for name in ("region_code", "name_en", "name_zh"))
        return {code: (english, chinese) for code, english, chinese in zip(*columns, strict=True)}

    return dataset.once("names", read)
