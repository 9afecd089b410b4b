"""Plates: what a report cell shows, as structured JSON that knows its words and its data.

A notebook shows Plates as any rich output in JupyterLab; the exporter renders only their
JSON, whose MIME type is ``application/vnd.analysis.<kind>+json``. The kinds and their fields
are the contract between an executed notebook and a page, version 1:

============ ======================================================================
kind         fields beside ``version, kind, key, language, simulated``
============ ======================================================================
summary      ``points`` (markdown inline text, the answer first), ``verdict``,
             ``verdict_words``, ``number``, ``number_unit``, ``number_words``, ``range_words``;
             optional ``scope`` (``place``, ``period``, ``intervention`` in words), which the
             header and the filters of the list of reports use
figure       ``title, caption, alt, images`` (``wide``, ``narrow``: ``{mime, data}``,
             data base64), ``table`` (as below, without its title)
table        ``title, caption, columns`` (``{key, label, align}``, optional ``role``: see
             ``gate``), ``rows`` (texts), ``values`` (raw numbers and codes, for
             the CSV); optional ``threshold`` below which no count stands, ``counted`` (what
             the counts are of, alike from edition to edition), ``totals`` (1 where the last
             row adds up the others), and ``folded`` (shown on demand)
notes        ``title``, ``points`` (markdown inline text)
provenance   ``entries`` (``{label, value}``), ``params`` (the params as run); optional
             ``methods`` (names, the headline's first), linked to the methods register
end          ``facts`` (language-neutral numbers), ``results`` (by name), ``verdict``; optional
             ``seals`` and ``shapes`` (of identifiers that no page may show, see ``disclosure``)
============ ======================================================================
"""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from analysis.disclosure.gate import table_problems
from analysis.errors import Problem, PublishError
from analysis.result import plain

Value = str | int | float | bool | None
VERSION = 1
MIME = "application/vnd.analysis.{kind}+json"
KINDS = ("summary", "figure", "table", "notes", "provenance", "end")


@dataclass(frozen=True)
class Plate:
    """Base of all Plates."""

    kind: ClassVar[str] = ""
    key: str
    language: str
    simulated: bool

    def payload(self) -> dict[str, Any]:
        """The JSON of the Plate, sorted and without NaN."""
        content = plain(self)
        return {"version": VERSION, "kind": self.kind, **content}

    def preview(self) -> str:
        """HTML for JupyterLab only; a page never uses it."""
        return ""

    def plain_text(self) -> str:
        """One line for consoles."""
        return f"{self.kind}: {self.key}"

    def tables(self) -> tuple[TableData, ...]:
        """Every table of numbers that the Plate carries."""
        return ()

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        problems = [problem for table in self.tables() for problem in table.problems(self.key)]
        if problems:
            raise PublishError(problems)
        return {
            MIME.format(kind=self.kind): self.payload(),
            "text/html": self.preview(),
            "text/plain": self.plain_text(),
        }


@dataclass(frozen=True)
class Column:
    """One column of a table: its key in the CSV, its label, and how it is set."""

    key: str
    label: str
    align: str = "start"
    role: str = ""


@dataclass(frozen=True)
class TableData:
    """Columns, texts for the reader, and raw values for the download, row by row."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    values: tuple[tuple[Any, ...], ...]
    threshold: int | None = None
    counted: str = ""
    totals: int = 0

    @classmethod
    def of(
        cls,
        columns: Iterable[Column],
        lines: Iterable[Iterable[tuple[str, Any]]],
        **more: Any,
    ) -> TableData:
        """From cells, line by line: each its text and its value."""
        cells = [tuple(line) for line in lines]
        texts = tuple(tuple(text for text, _ in line) for line in cells)
        return cls(
            tuple(columns), texts, tuple(tuple(v for _, v in line) for line in cells), **more
        )

    def problems(self, where: str) -> list[Problem]:
        """Everything in the table that may not leave."""
        columns = [(column.key, column.role) for column in self.columns]
        return table_problems(columns, self.values, self.threshold, f"table of '{where}'")

    def html(self) -> str:
        """The table as HTML for JupyterLab."""
        head = "".join(f"<th>{html.escape(column.label)}</th>" for column in self.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(text)}</td>" for text in row) + "</tr>"
            for row in self.rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


@dataclass(frozen=True)
class Table(Plate):
    """A table with the sentence it states."""

    kind: ClassVar[str] = "table"
    title: str
    caption: str
    data: TableData
    folded: bool = False

    def tables(self) -> tuple[TableData, ...]:
        """Its data."""
        return (self.data,)

    def payload(self) -> dict[str, Any]:
        """Columns, rows and values stand at the top of the JSON."""
        content = super().payload()
        return {**content, **content.pop("data")}

    def preview(self) -> str:
        """Title, table and caption."""
        title, caption = html.escape(self.title), html.escape(self.caption)
        return f"<h4>{title}</h4>{self.data.html()}<p>{caption}</p>"


@dataclass(frozen=True)
class Image:
    """One drawing of a figure."""

    mime: str
    data: str

    @classmethod
    def of(cls, mime: str, content: bytes) -> Image:
        """From the bytes of a file."""
        return cls(mime, base64.b64encode(content).decode("ascii"))


@dataclass(frozen=True)
class Figure(Plate):
    """A figure with its finding as title, alt text, and the data it draws."""

    kind: ClassVar[str] = "figure"
    title: str
    caption: str
    alt: str
    images: Mapping[str, Image]
    table: TableData

    def tables(self) -> tuple[TableData, ...]:
        """The data it draws."""
        return (self.table,)

    def preview(self) -> str:
        """Title, wide image and caption."""
        image = self.images["wide"]
        source = f"data:{image.mime};base64,{image.data}"
        return (
            f"<h4>{html.escape(self.title)}</h4>"
            f'<img src="{source}" alt="{html.escape(self.alt, quote=True)}" '
            f'style="max-width:100%;background:#fff">'
            f"<p>{html.escape(self.caption)}</p>"
        )


@dataclass(frozen=True)
class Summary(Plate):
    """The answer: verdict, at most six points, one number with its range in words."""

    kind: ClassVar[str] = "summary"
    points: Sequence[str]
    verdict: str
    verdict_words: str
    number: str
    number_unit: str
    number_words: str
    range_words: str
    scope: Mapping[str, str] = field(default_factory=dict)

    def preview(self) -> str:
        """Verdict, number and points."""
        items = "".join(f"<li>{html.escape(point)}</li>" for point in self.points)
        number = html.escape(f"{self.number} {self.number_unit}")
        words = html.escape(f"{self.number_words} {self.range_words}")
        verdict = html.escape(self.verdict_words)
        return f"<h4>{verdict}</h4><ul>{items}</ul><p><b>{number}</b><br>{words}</p>"


@dataclass(frozen=True)
class Notes(Plate):
    """A titled list of sentences made from the same numbers as the tables."""

    kind: ClassVar[str] = "notes"
    title: str
    points: Sequence[str]

    def preview(self) -> str:
        """Title and list."""
        items = "".join(f"<li>{html.escape(point)}</li>" for point in self.points)
        return f"<h4>{html.escape(self.title)}</h4><ul>{items}</ul>"


@dataclass(frozen=True)
class Provenance(Plate):
    """Where the numbers come from: data hashes, versions, seed, settings, parameters."""

    kind: ClassVar[str] = "provenance"
    entries: Sequence[Mapping[str, str]]
    params: Mapping[str, Any]
    methods: Sequence[str] = ()

    def preview(self) -> str:
        """Entries as a table."""
        rows = "".join(
            f"<tr><th>{html.escape(entry['label'])}</th><td>{html.escape(entry['value'])}</td></tr>"
            for entry in self.entries
        )
        return f"<table>{rows}</table>"


@dataclass(frozen=True)
class End(Plate):
    """The end-of-notebook record: without it a run is no success."""

    kind: ClassVar[str] = "end"
    verdict: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    results: Mapping[str, Any] = field(default_factory=dict)
    seals: Mapping[str, Sequence[str]] = field(default_factory=dict)
    shapes: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def preview(self) -> str:
        """One line."""
        return f"<p>{html.escape(self.plain_text())}</p>"

    def plain_text(self) -> str:
        """Facts as JSON."""
        return json.dumps({"verdict": self.verdict, "facts": plain(self.facts)}, sort_keys=True)
