"""What a reader can take away from a page: tables, the parameters, and the notebook itself."""

from __future__ import annotations

import base64
import csv
import io
import json
from collections.abc import Mapping
from typing import Any

import yaml

from analysis.page.plates import TableData
from analysis.page.spreadsheet import guarded

KEPT_METADATA = ("kernelspec", "language_info")
INJECTED = "injected-parameters"
BYTE_ORDER_MARK = "\ufeff"


def csv_text(table: TableData) -> str:
    """The raw values under the keys of the columns, with a byte-order mark for spreadsheets."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([guarded(column.key) for column in table.columns])
    writer.writerows([[guarded(value) for value in row] for row in table.values])
    return BYTE_ORDER_MARK + buffer.getvalue()


def params_text(params: Mapping[str, Any]) -> str:
    """Parameters, as a file that runs the same report again.

    The language is left out: a suite sets it.
    """
    given = {name: value for name, value in params.items() if name != "language"}
    return str(yaml.safe_dump(given, allow_unicode=True, sort_keys=True))


def notebook_text(notebook: Mapping[str, Any]) -> str:
    """The notebook as it was before it ran: no outputs, counts or injected parameters."""
    cells = []
    for cell in notebook.get("cells", ()):
        tags = list(cell.get("metadata", {}).get("tags", ()))
        if INJECTED in tags:
            continue
        kept = {key: cell[key] for key in ("cell_type", "id", "source") if key in cell}
        kept["metadata"] = {"tags": tags} if tags else {}
        if cell.get("cell_type") == "code":
            kept |= {"execution_count": None, "outputs": []}
        cells.append(kept)
    given = notebook.get("metadata", {})
    content = {
        "cells": cells,
        "metadata": {key: given[key] for key in KEPT_METADATA if key in given},
        "nbformat": notebook.get("nbformat", 4),
        "nbformat_minor": notebook.get("nbformat_minor", 5),
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def data_address(text: str, mime: str) -> str:
    """Text as a data address."""
    content = base64.b64encode(text.encode("utf-8")).decode("ascii")
    return f"data:{mime};charset=utf-8;base64,{content}"
