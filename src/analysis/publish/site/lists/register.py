"""The methods register: what every method says of itself, as data for a page."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from analysis import methods
from analysis.methods.shared.options import meaning


@dataclass(frozen=True)
class MethodEntry:
    """A method: its name, what it is and does in the reader's language, and its own English words.

    Parameters
    ----------
    title: the first words of ``line``, which has what follows a colon as well.
    passages: paragraphs, each with whether it is an equation, which keeps its lines.
    options: name, allowed values, default and meaning of each.
    """

    name: str
    title: str
    line: str
    heading: str
    passages: tuple[tuple[str, bool], ...]
    references: tuple[str, ...]
    options: tuple[tuple[str, str, str, str], ...]


def register(language: str) -> tuple[MethodEntry, ...]:
    """Every method of the package, by name."""
    return tuple(entry(methods.load(name), language) for name in methods.names())


def entry(method: methods.AnyMethod, language: str) -> MethodEntry:
    """One method, read from its file's docstring and its options."""
    heading, *rest = method.description.split("\n\n")
    body, references = _split(rest)
    line = method.words["line"].of(language)
    return MethodEntry(
        name=method.name,
        title=re.split("[:：]", line)[0],
        line=line,
        heading=" ".join(heading.split()).rstrip("."),
        passages=tuple(_passage(text) for text in body),
        references=references,
        options=_options(method.options),
    )


def _split(parts: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """The paragraphs before the heading ``References``, and those below it."""
    for place, part in enumerate(parts):
        if part.startswith("References\n---"):
            below = [part.split("\n", 2)[2], *parts[place + 1 :]]
            return parts[:place], tuple(" ".join(text.split()) for text in below)
    return parts, ()


def _passage(text: str) -> tuple[str, bool]:
    equation = all(line.startswith(" ") for line in text.splitlines() if line.strip())
    shown = inspect.cleandoc(text) if equation else " ".join(text.split())
    return shown.replace("``", ""), equation


def _options(model: type[BaseModel]) -> tuple[tuple[str, str, str, str], ...]:
    """The options as declared, the level last."""
    fields = sorted(model.model_fields.items(), key=lambda item: item[0] == "level")
    return tuple(
        (
            name,
            _allowed(field.annotation),
            "" if field.default is PydanticUndefined else str(field.default),
            meaning(field),
        )
        for name, field in fields
    )


def _allowed(annotation: Any) -> str:
    """The type in words: the values of a choice, or the name of a type."""
    values = get_args(annotation)
    if values and all(isinstance(value, str) for value in values):
        return " | ".join(values)
    return re.sub(r"\btyping\.|<class '|'>", "", str(annotation))
