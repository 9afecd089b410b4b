"""The Plates as a page reads them: strict models of the JSON an executed notebook carries."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from analysis.disclosure.gate import table_problems
from analysis.errors import Problem
from analysis.page.plates import KINDS, VERSION
from analysis.params import problems_of
from analysis.result import plain

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


Text = Annotated[str, AfterValidator(_not_blank)]
Value = str | int | float | bool | None


class Model(BaseModel):
    """A frozen part of a Plate; values are taken as they are, never converted."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


class Plate(Model):
    """What every Plate says of itself."""

    kind: str
    key: Text
    language: str
    simulated: bool


class Column(Model):
    """One column of a table."""

    key: Text
    label: str
    align: Literal["start", "center", "end"] = "start"
    role: Literal["", "count", "derived", "row_total"] = ""


class TableData(Model):
    """Texts for the reader and raw values for the download, of one shape."""

    columns: list[Column] = Field(min_length=1)
    rows: list[list[str]]
    values: list[list[Value]]
    threshold: int | None = None
    counted: str = ""
    totals: Literal[0, 1] = 0

    @model_validator(mode="after")
    def same_shape(self) -> TableData:
        """Every row, of texts and of values, has one cell per column."""
        width = len(self.columns)
        widths = {len(row) for row in self.rows} | {len(row) for row in self.values}
        if widths - {width}:
            raise ValueError("a row has another number of cells than there are columns")
        if len(self.rows) != len(self.values):
            raise ValueError("rows and values differ in number")
        columns = [(column.key, column.role) for column in self.columns]
        problems = table_problems(columns, self.values, self.threshold, "table")
        if problems:
            raise ValueError("; ".join(str(problem) for problem in problems))
        return self


class Image(Model):
    """One drawing, as a data address."""

    mime: Literal["image/svg+xml", "image/png"]
    data: Text

    @field_validator("data")
    @classmethod
    def decodes(cls, data: str) -> str:
        """The drawing is base64, and holds nothing active and no outside address."""
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

    @property
    def address(self) -> str:
        """The drawing as a data address."""
        return f"data:{self.mime};base64,{self.data}"


class Images(Model):
    """The drawing for a wide and for a narrow screen."""

    wide: Image
    narrow: Image


class Figure(Plate):
    """A drawing with its finding, its words and its data."""

    title: Text
    caption: str
    alt: Text
    images: Images
    table: TableData


class Table(Plate, TableData):
    """A table with the sentence it states; a long one may be folded away."""

    title: Text
    caption: str
    folded: bool = False


class Summary(Plate):
    """The answer."""

    points: list[Text] = Field(min_length=1, max_length=MOST_POINTS)
    verdict: str
    verdict_words: str
    number: str
    number_unit: str
    number_words: str
    range_words: str
    scope: dict[str, str] = {}


class Notes(Plate):
    """A titled list of sentences."""

    title: Text
    points: list[Text]


class Entry(Model):
    """One line of provenance."""

    label: Text
    value: str


class Provenance(Plate):
    """Where the numbers come from."""

    entries: list[Entry]
    params: dict[str, Any]
    methods: list[Text] = []


class End(Plate):
    """The record that the notebook came to its end."""

    verdict: str
    facts: dict[str, Any]
    seals: dict[str, list[str]] = {}
    shapes: dict[str, list[str]] = {}


MODELS: Mapping[str, type[Plate]] = {
    "summary": Summary,
    "figure": Figure,
    "table": Table,
    "notes": Notes,
    "provenance": Provenance,
    "end": End,
}


def read_plate(kind: str, payload: Any, where: str) -> tuple[Plate | None, list[Problem]]:
    """A Plate of the kind, or everything that is wrong with it."""
    if kind not in MODELS:
        return None, [Problem(where, f"shows a Plate of unknown kind '{kind}'", _known())]
    if not isinstance(payload, Mapping):
        return None, [Problem(where, f"shows a {kind} Plate that is no JSON object")]
    if payload.get("version") != VERSION:
        what = f"shows a {kind} Plate of another version than {VERSION}"
        return None, [Problem(where, what, "Run the notebook again with this package")]
    if payload.get("kind") != kind:
        return None, [Problem(where, f"shows a {kind} Plate that says it is of another kind")]
    try:
        return MODELS[kind].model_validate(plain(payload)), []
    except ValidationError as error:
        return None, problems_of(error, MODELS[kind], f"{where}, {kind} Plate")


def _known() -> str:
    return f"Known: {', '.join(KINDS)}"
