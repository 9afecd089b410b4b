"""Other reports that a report works on with: by name, and through what their kinds offer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.data.description import Description
from analysis.errors import AnalysisError, DesignError, ParamsError, Problem, nearest
from analysis.page.plates import RestsOn
from analysis.params import Params
from analysis.project import locate
from analysis.reports.kind import Kind, find, names
from analysis.result import RELATIVE, Estimate, Result
from analysis.strict_yaml import read_yaml
from analysis.verdicts.rule import DIRECTIONS


@dataclass(frozen=True)
class Effects:
    """Estimates of reports in log points, as the frame ``effects``.

    ``names`` are their titles in English and Chinese, ``descriptions`` those of their datasets;
    ``claiming`` is how many claim a direction of their own, ``rested`` what they rest on.
    """

    frame: pd.DataFrame
    names: Mapping[str, tuple[str, str]]
    descriptions: tuple[Description, ...]
    claiming: int
    rested: tuple[RestsOn, ...]


def marked(own: Description, others: Iterable[Description]) -> Description:
    """What a report's data are, whose numbers are from others: invented or for inside as any is."""
    for other in others:
        if other.status == "simulated":
            own = own.model_copy(update={"status": other.status})
        if other.audience == "internal":
            given = {"audience": other.audience, "protection": other.protection}
            own = own.model_copy(update=given)
    return own


def others_of(params: Params) -> Iterator[tuple[str, Kind, Params]]:
    """Name, kind and parameters of each report that one works on with, its ``across``.

    Raises
    ------
    ParamsError: there is no such report, or its own parameters are wrong.
    """
    for name in getattr(params, "across", []):
        file = locate(Path("params") / f"{name}.yml")
        if not file.is_file():
            folders = (locate(Path("params") / kind) for kind in names())
            known = [f"{one.parent.name}/{one.stem}" for f in folders for one in f.glob("*.yml")]
            raise ParamsError([Problem(f"report {name}", "does not exist", nearest(name, known))])
        kind = find(str(name).split("/")[0])
        values = read_yaml(file, ParamsError)
        yield name, kind, kind.params({**values, "language": params.language})


def across_problems(params: Params, itself: str, what: str) -> list[Problem]:
    """Reports that one cannot work on with: of its own kind, named twice, unknown, or wrong.

    Parameters
    ----------
    itself: the kind of report that asks. what: it does itself, so that its own kind is no help.
    """
    across = list(getattr(params, "across", []))
    remedy = "Name the reports on single places"
    own = [name for name in across if name.startswith(f"{itself}/")]
    found = [Problem(f"across, {name}", what, remedy) for name in own]
    twice = sorted({name for name in across if across.count(name) > 1})
    found += [Problem(f"across, {name}", "is named twice", "Name it once") for name in twice]
    if found:
        return found
    try:
        list(others_of(params))
    except AnalysisError as error:
        return [Problem(f"across, {p.where}", p.what, p.remedy) for p in error.problems]
    return []


def effects_of(params: Params, estimate: str) -> Effects:
    """An estimate of each report that one works on with; their headlines where it is blank.

    Raises
    ------
    AnalysisError: a report refuses itself or gives no such ratio, or two rest on the same regions.
    """
    rows, titles, regions, descriptions, rested = [], {}, {}, [], []
    problems: list[Problem] = []
    claiming = 0
    for name, kind, own in others_of(params):
        try:
            report = kind.report.read(own.model_dump())
            found = _estimate(report, estimate)
        except AnalysisError as error:
            problems += [Problem(f"{name}: {p.where}", p.what, p.remedy) for p in error.problems]
            continue
        rows.append((name, found.value, found.standard_error, report.result.degrees))
        titles[name] = (own.title_en or name, own.title_zh or name)
        regions[name] = (own.dataset, frozenset(report.frame.get("region", ())))
        descriptions.append(report.description)
        # Which edition of the data it shows is told by its own page.
        rested.append(replace(report.rests_on(), editions={}))
        claiming += report.verdict_key.startswith(tuple(DIRECTIONS))
    DesignError.raise_for([*problems, *_shared(regions)])
    frame = pd.DataFrame(rows, columns=["study", "estimate", "standard_error", "degrees"])
    return Effects(frame, titles, tuple(descriptions), claiming, tuple(rested))


def _estimate(report: Any, name: str) -> Estimate:
    """The headline of a report, or another of its estimates, with its error.

    Raises
    ------
    DesignError: it has none, or none that is a ratio in log points.
    """
    result = getattr(report, "result", None)
    if not isinstance(result, Result) or result.unit not in RELATIVE:
        what, remedy = "gives no change in log points", "Name reports on counts"
        raise DesignError([Problem("result", what, remedy)])
    known = {estimate.name: estimate for estimate in result.estimates}
    found = known.get(name) if name else result.headline
    if found is None:
        raise DesignError([Problem(f"estimate {name}", "is not there", nearest(name, list(known)))])
    if not found.standard_error:
        raise DesignError([Problem(f"estimate {found.name}", "has no error", "Leave it out")])
    return found


def _shared(regions: Mapping[str, tuple[str, frozenset[str]]]) -> Iterator[Problem]:
    """Reports that rest on the same regions, and would count them twice."""
    for (one, own), (other, theirs) in combinations(regions.items(), 2):
        if own[0] == theirs[0] and own[1] & theirs[1]:
            what = f"rests on regions that {other} rests on as well"
            yield Problem(f"across, {one}", what, "Name reports on places of their own")
