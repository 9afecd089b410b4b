"""Plates come back from an executed notebook: read strictly, with every problem at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from analysis.errors import Problem
from analysis.page.plates import PLATES, VERSION, Plate
from analysis.params import problems_of
from analysis.result import plain


def read_plate(kind: str, payload: Any, where: str) -> tuple[Plate | None, list[Problem]]:
    """A Plate of the kind, or everything that is wrong with it."""
    if kind not in PLATES:
        remedy = f"Known: {', '.join(PLATES)}"
        return None, [Problem(where, f"shows a Plate of unknown kind '{kind}'", remedy)]
    if not isinstance(payload, Mapping):
        return None, [Problem(where, f"shows a {kind} Plate that is no JSON object")]
    if payload.get("version") != VERSION:
        what = f"shows a {kind} Plate of another version than {VERSION}"
        return None, [Problem(where, what, "Run the notebook again with this package")]
    if payload.get("kind") != kind:
        return None, [Problem(where, f"shows a {kind} Plate that says it is of another kind")]
    content = plain(payload)
    if kind == "table":  # in the JSON a table's data stand beside its title
        content["data"] = dict(content)
    try:
        return _reader(kind).validate_python(content), []
    except ValidationError as error:
        found = problems_of(error, None, f"{where}, {kind} Plate")
        # With the place that each has in the JSON.
        return None, [replace(problem, where=DATA.sub("", problem.where)) for problem in found]


DATA = re.compile(r"(?<= Plate), data(?=$)|(?<= Plate, )data\.")


@lru_cache
def _reader(kind: str) -> TypeAdapter[Plate]:
    """The checker of a kind; made when first asked for, since a notebook needs none."""
    return TypeAdapter(PLATES[kind])
