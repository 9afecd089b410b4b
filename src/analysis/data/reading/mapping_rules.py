"""What a mapping names must be in the contract: tables, columns, words and tables to look in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.data.contract import Table
from analysis.data.reading.mapping import TableMapping
from analysis.errors import Problem, nearest


def mapping_problems(
    mappings: Mapping[str, TableMapping], tables: Mapping[str, Table]
) -> list[Problem]:
    """What mappings name that the contract does not have, all at once."""
    problems = []
    for name, mapping in mappings.items():
        where = f"dataset.yml, mapping.{name}"
        if name not in tables:
            problems.append(
                Problem(where, "is not a table of the contract", nearest(name, list(tables)))
            )
            continue
        problems += _column_problems(mapping, tables[name], where)
        problems += _value_problems(mapping, tables, tables[name], where)
    return problems


def _column_problems(mapping: TableMapping, table: Table, where: str) -> list[Problem]:
    parts: dict[str, Mapping[str, Any]] = {
        "columns": mapping.columns,
        "constants": mapping.constants,
        "values": mapping.values,
    }
    problems = [
        Problem(f"{where}.{part}.{name}", "is not in the contract", nearest(name, table.names))
        for part, given in parts.items()
        for name in given
        if name not in table.names
    ]
    problems += [
        Problem(f"{where}.{name}", "is a constant and a column", "Keep one of them")
        for name in sorted(mapping.constants.keys() & mapping.columns.keys())
    ]
    return problems


def _value_problems(
    mapping: TableMapping, tables: Mapping[str, Table], table: Table, where: str
) -> list[Problem]:
    problems = []
    for name, values in mapping.values.items():
        place = f"{where}.values.{name}"
        target, _, column = values.lookup.partition(".")
        if values.lookup and (
            target not in tables or column not in tables[target].names or target == table.name
        ):
            remedy = "Write table.column, for example regions.name_zh"
            problems.append(Problem(f"{place}.lookup", "is no column of another table", remedy))
        allowed = table.column(name).allowed if name in table.names else ()
        given = {*values.words.values(), *([values.other] if values.other else [])}
        for word in sorted(given - set(allowed)) if allowed else []:
            what = "gives a word that the contract does not have"
            problems.append(Problem(place, what, nearest(word, allowed)))
    return problems
