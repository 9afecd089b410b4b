"""An executed notebook becomes a Page: what one report shows in one language, in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from analysis.errors import Problem, PublishError
from analysis.page.plates import End, Plate, Provenance, Summary
from analysis.page.text import Token, blocks, parse, words_of
from analysis.page.wording import LANGUAGES
from analysis.publish.pages.download import notebook_text
from analysis.publish.pages.notebook_cells import Cell, language_of, plates_of


@dataclass(frozen=True)
class Prose:
    """Text between Plates, already safe."""

    html: Markup
    kind: str = "prose"


@dataclass
class Section:
    """A heading with what stands under it; the first one has no title of its own."""

    id: str
    title: str
    blocks: list[Prose | Plate] = field(default_factory=list)
    code: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Page:
    """One report in one language, ready for the template."""

    language: str
    title: str
    marks: tuple[str, ...]
    summary: Summary
    end: End
    opening: Section
    sections: tuple[Section, ...]
    provenance: tuple[Provenance, ...]
    notebook: str = ""

    @property
    def blocks(self) -> list[Prose | Plate]:
        """All it shows between its answer and its code, in order."""
        return [block for part in (self.opening, *self.sections) for block in part.blocks]

    @property
    def methods(self) -> tuple[str, ...]:
        """Names of the methods used, the headline's first."""
        return tuple(dict.fromkeys(name for plate in self.provenance for name in plate.methods))

    @property
    def code(self) -> tuple[Section, ...]:
        """The sections that have code, to be shown together at the end."""
        return tuple(part for part in (self.opening, *self.sections) if part.code)

    @property
    def shown(self) -> tuple[Section, ...]:
        """The sections that have something to read."""
        return tuple(section for section in self.sections if section.blocks)


class _Reader:
    """Collects sections, Plates and problems while going through the cells."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.titles: list[str] = []
        self.sections = [Section("opening", "")]
        self.plates: list[tuple[Cell, Plate]] = []
        self.problems: list[Problem] = []

    def read(self, cell: Cell) -> None:
        """Take one cell in."""
        if cell.skipped:
            return
        if cell.kind == "markdown":
            self._text(cell)
        elif cell.kind == "code":
            self._code(cell)
        else:
            self.problems.append(Problem(cell.where, f"is a {cell.kind} cell", "Use markdown"))

    def _text(self, cell: Cell) -> None:
        language, problems = language_of(cell)
        self.problems += problems
        if language != self.language:
            return
        passage: list[Token] = []
        for token in parse(cell.source):
            level = token["attrs"]["level"] if token["type"] == "heading" else 0
            if level not in (1, 2):
                passage.append(token)
                continue
            self._passage(passage)
            if level == 1:
                self.titles.append(words_of(token))
            else:
                self.sections.append(Section(f"section-{len(self.sections)}", words_of(token)))
        self._passage(passage)

    def _passage(self, tokens: list[Token]) -> None:
        if tokens:
            self.sections[-1].blocks.append(Prose(blocks(tokens, self.language)))
        tokens.clear()

    def _code(self, cell: Cell) -> None:
        if cell.source.strip():
            self.sections[-1].code.append(cell.source.strip("\n"))
        plates, problems = plates_of(cell, self.language)
        self.problems += problems
        # What is shown with the answer stands with it on the first screen.
        answers = any(isinstance(plate, Summary) for plate in plates)
        section = self.sections[0 if answers else -1]
        for plate in plates:
            self.plates.append((cell, plate))
            if not isinstance(plate, (Summary, Provenance, End)):
                section.blocks.append(plate)


def read_page(notebook: Mapping[str, Any], language: str) -> Page:
    """The Page of an executed notebook in the language.

    Raises
    ------
    PublishError: with every problem found, each naming its cell.
    """
    if language not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise PublishError([Problem("language", f"'{language}' is not one of {known}")])
    reader = _Reader(language)
    for number, node in enumerate(notebook.get("cells", ()), 1):
        reader.read(Cell.from_node(number, node))
    problems = [*reader.problems, *_problems_of_notebook(reader)]
    PublishError.raise_for(problems)
    found = [plate for _, plate in reader.plates]
    opening, *sections = reader.sections
    return Page(
        language=language,
        title=reader.titles[0],
        marks=found[0].marks,
        summary=next(plate for plate in found if isinstance(plate, Summary)),
        end=next(plate for plate in found if isinstance(plate, End)),
        opening=opening,
        sections=tuple(sections),
        provenance=tuple(plate for plate in found if isinstance(plate, Provenance)),
        notebook=notebook_text(notebook),
    )


def _problems_of_notebook(reader: _Reader) -> list[Problem]:
    """What is wrong with the notebook as a whole."""
    problems = []
    if len(reader.titles) != 1:
        what = f"has {len(reader.titles)} '# ' titles in '{reader.language}'"
        problems.append(Problem("notebook", what, "Give it one title in each language"))
    problems += [*_one_only(reader.plates, Summary), *_one_only(reader.plates, End)]
    if len({plate.simulated for _, plate in reader.plates}) > 1:
        real = next(cell for cell, plate in reader.plates if not plate.simulated)
        what = "shows real data in a notebook that also shows simulated data"
        problems.append(Problem(real.where, what))
    if len({plate.internal for _, plate in reader.plates}) > 1:
        outside = min(reader.plates, key=lambda shown: shown[1].internal)[0]
        what = "is marked otherwise than what a notebook shows for internal use only"
        problems.append(Problem(outside.where, what))
    verdicts = {plate.verdict for _, plate in reader.plates if isinstance(plate, (Summary, End))}
    if len(verdicts) > 1:
        problems.append(Problem("notebook", "its Summary and its End Plate differ in verdict"))
    return problems


def _one_only(plates: Sequence[tuple[Cell, Plate]], kind: type[Plate]) -> list[Problem]:
    cells = [cell for cell, plate in plates if isinstance(plate, kind)]
    if not cells:
        return [Problem("notebook", f"shows no {kind.__name__} Plate")]
    return [
        Problem(cell.where, f"shows a second {kind.__name__} Plate", "Keep the first")
        for cell in cells[1:]
    ]
