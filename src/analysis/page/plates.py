"""Plates: what a report cell shows, as structured JSON that knows its words and its data.

A notebook shows Plates as any rich output in JupyterLab; the exporter renders only their
JSON, whose MIME type is ``application/vnd.analysis.<kind>+json``. Each kind is declared once, here:
a notebook makes it, and ``read_plate.read_plate`` checks it strictly when it comes back from an
executed notebook. Their fields are the contract between the two, version 1. In the JSON stand also
``version`` and ``kind``, and the fields of a table's ``data`` stand beside its title.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, StrictBool, StrictFloat, StrictInt, StrictStr
from typing_extensions import TypedDict

from analysis.disclosure.gate import table_problems
from analysis.errors import Problem, PublishError
from analysis.page import preview, spreadsheet
from analysis.page.marks import marks_of, short
from analysis.page.wording import bold, joined, translator
from analysis.result import Internal, plain

if TYPE_CHECKING:
    import pandas as pd

    Value = Any  # numbers of numpy become plain ones when a Plate is shown
else:
    Value = StrictStr | StrictInt | StrictFloat | StrictBool | None

VERSION = 1
MIME = "application/vnd.analysis.{kind}+json"
MOST_POINTS = 6
ACTIVE_SVG = re.compile(
    rb"<script|<foreignobject|javascript:|href\s*=\s*[\"'](?!#|data:image/)"
    # A handler counts inside a tag only: a label may well say "only = 3".
    rb"|<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*\son[a-z]+\s*="
)
"""To be looked for in small letters, which is twice as fast as not to mind them."""


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("is blank")
    return text


def _harmless(data: str) -> str:
    """A drawing as base64 that holds nothing active and no outside address."""
    compact = "".join(data.split())
    try:
        content = base64.b64decode(compact, validate=True)
    except binascii.Error as error:
        raise ValueError("is not base64") from error
    if not content:
        raise ValueError("is empty")
    if ACTIVE_SVG.search(content.lower()) and not content.startswith(b"\x89PNG"):
        raise ValueError("holds a script or an outside address")
    return compact


def _of_one_shape(table: TableData) -> TableData:
    """One cell per column in every row, of texts and of values, and nothing that may not leave."""
    width = len(table.columns)
    if {len(row) for row in (*table.rows, *table.values)} - {width}:
        raise ValueError("a row has another number of cells than there are columns")
    if len(table.rows) != len(table.values):
        raise ValueError("rows and values differ in number")
    problems = table.problems("")
    if problems:
        raise ValueError("; ".join(str(problem) for problem in problems))
    return table


Text = Annotated[str, AfterValidator(_not_blank)]
Points = Annotated[tuple[Text, ...], Field(min_length=1, max_length=MOST_POINTS)]


@dataclass(frozen=True)
class Column:
    """One column of a table: its key in the CSV, its label, and how it is set.

    ``role`` is ``count`` for counts of records, ``derived`` for what is worked out from them, and
    ``number`` for numbers that count no records.
    """

    key: Text
    label: str
    align: Literal["start", "center", "end"] = "start"
    role: Literal["", "count", "derived", "number"] = ""


@dataclass(frozen=True)
class TableData:
    """Columns, texts for the reader, and raw values for the download, row by row.

    Parameters
    ----------
    protected: what its counts were made from, as the store marks it; blank where there are none.
    """

    columns: Annotated[tuple[Column, ...], Field(min_length=1)]
    rows: tuple[tuple[str, ...], ...]
    values: tuple[tuple[Value, ...], ...]
    protected: StrictStr = ""

    @classmethod
    def of(
        cls, columns: Iterable[Column], lines: Iterable[Iterable[tuple[str, Value]]]
    ) -> TableData:
        """From cells, line by line: each its text and its value."""
        cells = [tuple(line) for line in lines]
        texts = tuple(tuple(text for text, _ in line) for line in cells)
        values = tuple(tuple(value for _, value in line) for line in cells)
        return cls(tuple(columns), texts, values)

    @classmethod
    def by_column(cls, *filled: tuple[Column, Iterable[tuple[str, Value]]]) -> TableData:
        """From columns, each with its cells from the top down."""
        columns, cells = zip(*filled, strict=True)
        return cls.of(columns, zip(*cells, strict=True))

    @property
    def heads(self) -> list[str]:
        """The labels of its columns."""
        return [column.label for column in self.columns]

    def problems(self, where: str) -> list[Problem]:
        """Everything in the table that may not leave."""
        columns = [(column.key, column.role) for column in self.columns]
        named = f"table of '{where}'" if where else "table"
        return table_problems(columns, (*self.values, *self.rows), self.protected, named)


Numbers = Annotated[TableData, AfterValidator(_of_one_shape)]


@dataclass(frozen=True)
class Image:
    """One drawing of a figure, as base64."""

    mime: Literal["image/svg+xml", "image/png"]
    data: Annotated[Text, AfterValidator(_harmless)]

    @classmethod
    def of(cls, mime: Literal["image/svg+xml", "image/png"], content: bytes) -> Image:
        """From the bytes of a file."""
        return cls(mime, base64.b64encode(content).decode("ascii"))

    @property
    def address(self) -> str:
        """The drawing as a data address."""
        return f"data:{self.mime};base64,{self.data}"


class Images(TypedDict):
    """The drawing for a wide and for a narrow screen."""

    wide: Image
    narrow: Image


class Entry(TypedDict):
    """One line of provenance."""

    label: Text
    value: str


@dataclass(frozen=True)
class Plate:
    """Base of all Plates."""

    kind: ClassVar[str] = ""
    key: Text
    language: str
    simulated: StrictBool
    internal: Internal = field(default="", kw_only=True)

    @property
    def marks(self) -> tuple[str, ...]:
        """What its numbers are marked as."""
        return marks_of(self.simulated, self.internal)

    def payload(self) -> dict[str, Any]:
        """The JSON of the Plate, sorted and without NaN."""
        return {"version": VERSION, "kind": self.kind, **plain(self)}

    def preview(self) -> list[str]:
        """Parts of its HTML for JupyterLab; a page never uses it."""
        return []

    def plain_text(self) -> str:
        """One line for consoles."""
        return f"{self.kind}: {self.key}"

    def _marked(self) -> list[str]:
        """Its marks in few words."""
        return short(self.marks, self.language)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {
            MIME.format(kind=self.kind): self.payload(),
            "text/html": preview.framed(self.preview(), self.language, self._marked()),
            "text/plain": self.plain_text(),
        }


@dataclass(frozen=True)
class Tabled(Plate):
    """A Plate that carries a table of numbers, which a researcher can take away."""

    title: Text
    caption: str

    @property
    def numbers(self) -> TableData:
        """Its table."""
        raise NotImplementedError

    def to_frame(self) -> pd.DataFrame:
        """The raw values under the keys of the columns."""
        import pandas as pd

        table = self._checked()
        return pd.DataFrame(list(table.values), columns=[column.key for column in table.columns])

    def to_excel(self, path: str | Path) -> None:
        """Write the raw values under the labels of the columns to an Excel file."""
        table = self._checked()
        spreadsheet.write_excel(path, self._said(), table.heads, table.values)

    def to_latex(self) -> str:
        """The table in LaTeX as a reader of the page sees it, with its title as caption."""
        table = self._checked()
        sides = [column.align for column in table.columns]
        return spreadsheet.latex(self._said(), table.heads, table.rows, sides)

    def _said(self) -> list[str]:
        """What stands above the numbers that are taken away: first what they are marked as."""
        return [*self._marked(), self.title]

    def _checked(self) -> TableData:
        """The table, if nothing in it must stay.

        Raises
        ------
        PublishError: counts that were not protected, or whole numbers that may be counts.
        """
        problems = self.numbers.problems(self.key)
        PublishError.raise_for(problems)
        return self.numbers

    def _framed(self, shown: str) -> list[str]:
        """Its title, what it shows, its caption."""
        title = preview.title(self.title, self.language)
        return [title, shown, preview.passage(self.caption, self.language)]

    def _repr_mimebundle_(self, **more: Any) -> dict[str, Any]:
        self._checked()
        return super()._repr_mimebundle_(**more)


@dataclass(frozen=True)
class Table(Tabled):
    """A table with the sentence it states; a long one may be folded away."""

    kind: ClassVar[str] = "table"
    data: Numbers
    folded: StrictBool = False

    @property
    def numbers(self) -> TableData:
        """Its table."""
        return self.data

    def payload(self) -> dict[str, Any]:
        """Columns, rows and values stand at the top of the JSON."""
        content = super().payload()
        return {**content, **content.pop("data")}

    def preview(self) -> list[str]:
        """Title, table and caption."""
        sides = [column.align for column in self.data.columns]
        table = preview.table(self.data.heads, self.data.rows, sides)
        if self.folded:
            table = preview.folded(table, len(self.data.rows), self.language)
        return self._framed(table)


@dataclass(frozen=True)
class Figure(Tabled):
    """A figure with its finding as title, alt text, and the data it draws."""

    kind: ClassVar[str] = "figure"
    alt: Text
    images: Images
    table: Numbers

    @property
    def numbers(self) -> TableData:
        """The data it draws."""
        return self.table

    def preview(self) -> list[str]:
        """Title, wide image and caption."""
        return self._framed(preview.image(self.images["wide"].address, self.alt))


@dataclass(frozen=True)
class Summary(Plate):
    """The answer: verdict, at most six points, one number with its range in words.

    A verdict that can be more or less sure has ``certainty_words``, how many of three dots are
    full, the ``grounds`` it rests on, and the ``limits`` that keep it from being surer.

    ``scope`` (``place``, ``period``, ``intervention`` in words) stands in the header and the
    filters of the list of reports.
    """

    kind: ClassVar[str] = "summary"
    points: Points
    verdict: str
    verdict_words: str
    number: str
    number_unit: str
    number_words: str
    range_words: str
    scope: Mapping[str, str] = field(default_factory=dict)
    certainty_words: str = ""
    certainty: int = 0
    grounds: tuple[Text, ...] = ()
    limits: tuple[Text, ...] = ()

    def preview(self) -> list[str]:
        """Verdict, points and number."""
        words = joined(self.language, self.number_words, self.range_words)
        certain = (self.certainty_words, *self.grounds, *self.limits)
        return [
            preview.title(self.verdict_words, self.language),
            preview.points(self.points, self.language),
            preview.passage(bold("**{}** {}").format(self.number, self.number_unit), self.language),
            preview.passage(words, self.language),
            preview.points(certain, self.language) if self.certainty_words else "",
        ]


@dataclass(frozen=True)
class Notes(Plate):
    """A titled list of sentences made from the same numbers as the tables."""

    kind: ClassVar[str] = "notes"
    title: Text
    points: tuple[Text, ...]

    def preview(self) -> list[str]:
        """Title and list."""
        return [
            preview.title(self.title, self.language),
            preview.points(self.points, self.language),
        ]


@dataclass(frozen=True)
class Provenance(Plate):
    """Where the numbers come from: data hashes, versions, seed, settings, parameters.

    ``methods`` are names, the headline's first; the page links them to the methods register.
    """

    kind: ClassVar[str] = "provenance"
    entries: tuple[Entry, ...]
    params: Mapping[str, Any]
    methods: tuple[Text, ...] = ()

    def preview(self) -> list[str]:
        """Entries as a table."""
        return [preview.table((), [(entry["label"], entry["value"]) for entry in self.entries])]


@dataclass(frozen=True)
class RestsOn:
    """What a report rests on: what its counts were drawn from, and the regions it averages over.

    ``regions`` are those of averages of recorded counts of the ``outcome`` over the ``periods``,
    the first and the last; none where all is worked out from protected counts. Where they are those
    of one asked about that happen to have cases, that one is ``within``. ``beside`` is the same of
    other averages on its page. ``editions`` has a mark of the protected counts that it
    shows, by outcome.
    """

    dataset: str = ""
    draw: str = ""
    outcome: str = ""
    periods: tuple[str, str] = ("", "")
    regions: tuple[str, ...] = ()
    within: str = ""
    beside: tuple[RestsOn, ...] = ()
    editions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SiteLine:
    """One line of the site's table: what an intervention changed, in numbers and in words.

    Parameters
    ----------
    value, low, high: changes as shares of what was expected. verdict, certainty: their keys.
    treated, regions: how many adopted, of how many. doubts: what could be wrong.
    measure: the Chinese measure word of what is counted.
    """

    intervention: Text
    outcome: Text
    value: StrictFloat
    low: StrictFloat | None
    high: StrictFloat | None
    verdict: Text
    verdict_words: Text
    certainty: Literal["", "low", "moderate", "high"]
    certainty_words: str
    treated: StrictInt
    regions: StrictInt
    region_words: Text
    doubts: str
    measure: str = "个"

    @property
    def numbers(self) -> tuple[object, ...]:
        """What both languages of a report must agree on."""
        keys = (self.verdict, self.certainty, self.treated, self.regions)
        return self.value, self.low, self.high, *keys


@dataclass(frozen=True)
class End(Plate):
    """The end-of-notebook record: without it a run is no success.

    ``facts`` are language-neutral numbers, ``seals`` and ``shapes`` stand for identifiers that no
    page may show (``disclosure.identifiers``).
    """

    kind: ClassVar[str] = "end"
    verdict: str
    facts: Mapping[str, Any]
    results: Mapping[str, Any] = field(default_factory=dict)
    seals: Mapping[str, Sequence[str]] = field(default_factory=dict)
    shapes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    rests_on: RestsOn = RestsOn()
    site_lines: tuple[SiteLine, ...] = ()

    def preview(self) -> list[str]:
        """Its verdict and facts, by the names under which programs find them."""
        say = translator(self.language)
        rows = [("verdict", self.verdict), *((name, str(fact)) for name, fact in self._facts())]
        heads = (say("End of the notebook: what is recorded"), "")
        return [preview.table(heads, rows)]

    def _facts(self) -> list[tuple[str, Any]]:
        """Single numbers and words, sorted; what is longer is counted."""
        return [
            (name, f"{len(fact)}" if isinstance(fact, (list, dict)) else fact)
            for name, fact in sorted(plain(self.facts).items())
        ]

    def plain_text(self) -> str:
        """Verdict and facts in one line."""
        told = [f"{name} {fact}" for name, fact in self._facts()]
        return "; ".join([f"end: {self.verdict}", *told])


PLATES: Mapping[str, type[Plate]] = {
    plate.kind: plate for plate in (Summary, Figure, Table, Notes, Provenance, End)
}
