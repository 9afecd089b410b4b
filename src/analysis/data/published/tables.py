"""The tables of figures read off published documents, as the files beside this module declare them.

``relations.csv`` says what each type of relation takes, ``fields.csv`` what words may name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from analysis.data.declarations import csv_rows, declared_tables

FOLDER = Path(__file__).parent


PUBLISHED_TABLES = declared_tables(FOLDER)
NAMES = tuple(table.name for table in PUBLISHED_TABLES)
LINKS = ("numerator", "denominator", "target", "part_of", "previous", "growth_of", "same_as")
"""Columns of a figure that name another figure."""
RELATIONS = {row["type"]: row for row in csv_rows(FOLDER / "relations.csv")}
"""Types of relation: least and most terms, whether a result and a constant are needed."""
FIELDS = csv_rows(FOLDER / "fields.csv")
"""What the words of a topic and of a reported fall may name in braces, alike for all of them."""
RULE_WORDS = {(row["rules"], row["use"]): row for row in csv_rows(FOLDER / "rule_words.csv")}
"""What is said of a check by its rule and verdict, blank for any, and what to print ``next``."""
Row = Mapping[str, str]
"""A row of a table as text by column, empty where nothing stands."""
Tables = Mapping[str, Sequence[Row]]


def choices(table: str, column: str) -> dict[str, dict[str, str]]:
    """The words that a column may hold, with their meaning by language."""
    found = next(one for one in PUBLISHED_TABLES if one.name == table).column(column)
    return {word: {"en": en, "zh": zh} for word, en, zh in found.choices}


def rows_of(frame: pd.DataFrame) -> list[Row]:
    """The rows of a table."""
    blank = frame.astype(object).where(frame.notna(), "")
    return [{k: str(v) for k, v in row.items()} for row in blank.to_dict("records")]
