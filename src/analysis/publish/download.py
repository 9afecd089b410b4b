"""What a reader can take away from a page: tables as CSV, the parameters as YAML."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Mapping
from typing import Any

import yaml

from analysis.publish.contract import TableData, Value

BYTE_ORDER_MARK = "\ufeff"
# The full-width forms are read as formulas by spreadsheets set to Chinese or Japanese.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_text(table: TableData) -> str:
    """The raw values under the keys of the columns, with a byte-order mark for spreadsheets."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([guarded(column.key) for column in table.columns])
    writer.writerows([[guarded(value) for value in row] for row in table.values])
    return BYTE_ORDER_MARK + buffer.getvalue()


def guarded(value: Value) -> Value:
    """A text that a spreadsheet would run gets a leading apostrophe; numbers stay numbers."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value


def csv_address(table: TableData) -> str:
    """The table as a data address."""
    return data_address("text/csv", csv_text(table))


def params_address(params: Mapping[str, Any]) -> str:
    """Parameters, as a file that runs the same report again, as a data address."""
    text = yaml.safe_dump(dict(params), allow_unicode=True, sort_keys=True)
    return data_address("application/yaml", text)


def data_address(mime: str, text: str) -> str:
    """Text as a data address."""
    content = base64.b64encode(text.encode("utf-8")).decode("ascii")
    return f"data:{mime};charset=utf-8;base64,{content}"
