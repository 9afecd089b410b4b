"""The catalogue: every mechanism that the published documents describe, and what could evaluate it.

Shown are the document, how units came to have it, the way in which it could be evaluated, the data
to ask for, and the notebook that does it, or that none does yet, or why none can.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.data.published.tables import PUBLISHED_TABLES
from analysis.page.wording import Say, capital, translator
from analysis.project import locate
from analysis.publish.site.record import Entry

FOLDER = "data/published"
NONE_YET, NOT_EVALUABLE = "none_yet", "not_evaluable"
"""In place of a notebook: none does it yet; none can."""
WAY_WORDS = {
    "difference_in_differences": "those with it against those without, before and after",
    "dose_response_difference_in_differences": "more of it against less, before and after",
    "interrupted_time_series": "before and after, in one series",
    "matching_with_doubly_robust_adjustment": "those with it against like ones without",
    "none_feasible": "no comparison is possible",
    "randomised_comparison": "drawn against not drawn",
    "regression_discontinuity": "just above a line against just below",
    "staggered_event_study": "earlier against later starts",
    "synthetic_control": "one place against a mixture of others",
}
FALLBACK_WORDS = {NONE_YET: "no notebook yet", NOT_EVALUABLE: "cannot be evaluated"}


@dataclass(frozen=True)
class Mechanism:
    """One mechanism in the reader's language; ``report`` is the page of a report of its notebook.

    ``code`` is that of the notebook, ``obstacle`` says why there can be none.
    """

    name: str
    assignment: str
    way: str
    data: str
    code: str
    notebook: str
    obstacle: str
    report: str


@dataclass(frozen=True)
class Catalogue:
    """Mechanisms by document, what can be chosen, and how many a notebook stands ready for."""

    documents: Mapping[str, tuple[Mechanism, ...]]
    filters: Mapping[str, list[tuple[str, str]]]
    all: int
    ready: int
    impossible: int


def catalogue(entries: Sequence[Entry], language: str) -> Catalogue | None:
    """Every mechanism; none where the published figures are not there.

    Parameters
    ----------
    entries: reports of the site, to which notebooks lead.
    """
    folder = locate(FOLDER)
    if not (folder / "mechanisms.csv").is_file():
        return None
    rows, sources, regions = (
        pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)
        for name in ("mechanisms", "sources", "regions")
    )
    homes = dict(zip(sources["source"], sources["region_code"], strict=True))
    names = dict(zip(regions["region_code"], regions[f"name_{language}"], strict=True))
    pages = {entry.report.partition("/")[0]: entry.address(language) for entry in reversed(entries)}
    found: dict[str, list[Mechanism]] = {}
    for row in rows.to_dict("records"):
        title = _document(row["source"], names[homes[row["source"]]], language)
        found.setdefault(title, []).append(_mechanism(row, pages, language))
    every = [one for listed in found.values() for one in listed]
    return Catalogue(
        documents={title: tuple(listed) for title, listed in found.items()},
        filters=_filters(list(found), every),
        all=len(every),
        ready=sum(not one.obstacle and one.code != NONE_YET for one in every),
        impossible=sum(one.code == NOT_EVALUABLE for one in every),
    )


def _document(source: str, place: str, language: str) -> str:
    """Place and year of a document: ``Shandong, 2023``."""
    year = source.rpartition("_")[2][:4]
    say = translator(language)
    masked = {"masked_county": say("a county, name masked"),
              "masked_district": say("a district, name masked")}  # fmt: skip
    where = masked.get(source.rpartition("_")[0], place)
    return capital(say("{place}, {year}", place=where, year=year))


def _mechanism(row: Mapping[str, str], pages: Mapping[str, str], language: str) -> Mechanism:
    say, chinese, code = translator(language), language == "zh", row["notebook"]
    way, _, why = row["identification_strategy"].partition(": ")
    return Mechanism(
        name=row["name_zh" if chinese else "name_en"],
        assignment=assignments(language)[row["assignment_rule"]],
        way=say(WAY_WORDS[way]),
        data=row["data_needed_zh" if chinese else "data_needed"],
        code=code,
        notebook=_notebook(code, say),
        obstacle=(row["obstacle_zh"] if chinese else why) if code == NOT_EVALUABLE else "",
        report=pages.get(code, ""),
    )


def _notebook(code: str, say: Say) -> str:
    return say(FALLBACK_WORDS[code]) if code in FALLBACK_WORDS else code


def assignments(language: str) -> dict[str, str]:
    """How units can have come to have a mechanism, in words."""
    table = next(table for table in PUBLISHED_TABLES if table.name == "mechanisms")
    choices = table.column("assignment_rule").choices
    return {word: chinese if language == "zh" else english for word, english, chinese in choices}


def _filters(documents: list[str], every: Sequence[Mechanism]) -> dict[str, list[tuple[str, str]]]:
    """What can be chosen: value and words."""
    held = {
        "assignment": {(one.assignment, one.assignment) for one in every},
        "notebook": {(one.code, one.notebook) for one in every},
    }
    chosen = {name: sorted(values, key=lambda pair: pair[1]) for name, values in held.items()}
    return {"document": [(title, title) for title in documents], **chosen}
