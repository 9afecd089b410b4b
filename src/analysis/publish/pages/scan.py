"""Check a finished page for identifiers before it is written."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Mapping, Sequence

from analysis.disclosure.identifiers import seal
from analysis.errors import Problem, PublishError
from analysis.page.plates import End, Provenance

CARRIED = re.compile(r"data:(?:text|application)/[^;]+;charset=utf-8;base64,([A-Za-z0-9+/=]+)")
PICTURE = re.compile(r"data:image/[^;]+;base64,[A-Za-z0-9+/=]+")
TOKENS = [
    re.compile(pattern) for pattern in (r"\w[\w.@-]*\w", r"\w[\w-]*\w", r"[A-Za-z0-9]+", r"[^\W_]+")
]
DIGEST = re.compile(r"[0-9a-f]{64}")
SHORTEST = 3
"""Identifiers below this length (a region's 1, an officer's 7) would be found in every page."""


def refuse_identifiers(
    files: Mapping[str, str], end: End, provenance: Sequence[Provenance] = ()
) -> None:
    """Refuse pages in which an identifier that the run handed over can be read.

    Parameters
    ----------
    files: text of each page by file name; what their downloads carry is read too.
    provenance: whose hashes of files may stand there, even where identifiers are hashes, too.

    Raises
    ------
    PublishError: naming the file and the column of the identifier, never its value.
    """
    hashes = {e["value"] for p in provenance for e in p.entries if DIGEST.fullmatch(e["value"])}
    own = re.compile("|".join(sorted(hashes)) or r"(?!)")
    problems = [
        Problem(file, f"shows an identifier of column {name}", "Show groups instead")
        for file, text in files.items()
        for name in columns_shown(f"{name_parts(file)}\n{own.sub('', readable_text(text))}", end)
    ]
    if problems:
        raise PublishError(problems)


def name_parts(file: str) -> str:
    """A file name with every run of its hyphenated parts, any of which may be an identifier."""
    parts = re.split(r"[-.]", file)
    ends = range(1, len(parts) + 1)
    return " ".join("-".join(parts[start:end]) for end in ends for start in range(end))


def readable_text(text: str) -> str:
    """Everything a reader or a machine can read in a page: text, attributes, downloads."""
    carried = [base64.b64decode(part).decode("utf-8") for part in CARRIED.findall(text)]
    page = html.unescape(PICTURE.sub("", CARRIED.sub("", text)))
    return "\n".join([page, *carried])


def columns_shown(text: str, end: End) -> list[str]:
    """The columns of which an identifier stands in the text."""
    found = {name for name, shapes in end.shapes.items() if _has_shape(text, shapes)}
    wanted = {mark: name for name, marks in end.seals.items() for mark in marks}
    if wanted:
        tokens = {token for pattern in TOKENS for token in pattern.findall(text)}
        seals = (seal(token) for token in tokens if len(token) >= SHORTEST)
        found |= {wanted[mark] for mark in seals if mark in wanted}
    return sorted(found)


def _has_shape(text: str, shapes: Sequence[str]) -> bool:
    return any(re.search(rf"(?<![\w-])(?:{pattern})(?![\w-])", text, re.I) for pattern in shapes)
