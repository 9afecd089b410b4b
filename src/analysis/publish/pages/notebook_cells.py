"""One notebook cell at a time: its tags, its language, and the Plates it shows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analysis.errors import Problem
from analysis.page.plates import Plate
from analysis.page.read_plate import read_plate
from analysis.page.shared.agreement import KEY as AGREEMENT
from analysis.page.text import first_words
from analysis.page.wording import LANGUAGES

PLATE_MIME = re.compile(r"^application/vnd\.analysis\.(?P<kind>[^+]+)\+json$")
SKIPPED = "remove"
RESEARCHER = "researcher"
"""A cell for whoever has the notebook open: of what it shows only the agreement reaches a page."""


@dataclass(frozen=True)
class Cell:
    """A cell with its place in the notebook."""

    number: int
    kind: str
    source: str
    tags: frozenset[str]
    outputs: tuple[Mapping[str, Any], ...]

    @classmethod
    def from_node(cls, number: int, node: Mapping[str, Any]) -> Cell:
        """From a notebook node; ``number`` counts every cell from one."""
        source = node.get("source", "")
        return cls(
            number=number,
            kind=str(node.get("cell_type", "")),
            source=source if isinstance(source, str) else "".join(source),
            tags=frozenset(node.get("metadata", {}).get("tags", ())),
            outputs=tuple(node.get("outputs", ())),
        )

    @property
    def where(self) -> str:
        """Number and first words, for a message."""
        return f"cell {self.number} ({first_words(self.source)!r})"

    @property
    def skipped(self) -> bool:
        """The cell is tagged to stay out of the page."""
        return SKIPPED in self.tags


def language_of(cell: Cell) -> tuple[str, list[Problem]]:
    """The one language of a markdown cell."""
    known = {f"lang:{language}": language for language in LANGUAGES}
    found = [known[tag] for tag in sorted(cell.tags) if tag in known]
    if len(found) == 1:
        return found[0], []
    what = "has no language" if not found else "has two languages"
    return "", [Problem(cell.where, what, "Tag the text with one of lang:en, lang:zh")]


def plates_of(cell: Cell, language: str) -> tuple[list[Plate], list[Problem]]:
    """The Plates a code cell shows, in order, and everything else it shows as a problem."""
    plates: list[Plate] = []
    problems: list[Problem] = []
    for output in cell.outputs:
        data = output.get("data", {})
        if refusal := _refusal(cell, output):
            problems.append(refusal)
        elif RESEARCHER not in cell.tags or any(map(PLATE_MIME.match, data)):
            shown, wrong = _shown(cell, data, language)
            plates += shown
            problems += wrong
    if RESEARCHER in cell.tags and [plate.key for plate in plates] != [AGREEMENT]:
        what = "shows something else than one agreement"
        problems.append(Problem(cell.where, what, "End it with report.agree(name, value)"))
    return plates, problems


def _refusal(cell: Cell, output: Mapping[str, Any]) -> Problem | None:
    kind = output.get("output_type")
    if kind == "error":
        remedy = "Mend the cause and run the notebook again"
        return Problem(cell.where, f"ended in an error, {output.get('ename', 'unnamed')}", remedy)
    if kind == "stream":
        what = f"printed to {output.get('name', 'a stream')}"
        return Problem(cell.where, what, "A report cell shows Plates only")
    return None


def _shown(cell: Cell, data: Mapping[str, Any], language: str) -> tuple[list[Plate], list[Problem]]:
    found = [(mime, match) for mime in data if (match := PLATE_MIME.match(mime))]
    if not found:
        kinds = ", ".join(sorted(data)) or "nothing"
        what = f"shows {kinds} without a Plate"
        return [], [Problem(cell.where, what, "Show a Plate, or tag the cell 'remove'")]
    plates: list[Plate] = []
    problems: list[Problem] = []
    for mime, match in found:
        plate, wrong = read_plate(match["kind"], data[mime], cell.where)
        problems += wrong
        if plate is not None and plate.language != language:
            what = f"shows a Plate in '{plate.language}' on a page in '{language}'"
            problems.append(Problem(cell.where, what, "Pass the language to every report call"))
        elif plate is not None:
            plates.append(plate)
    return plates, problems
