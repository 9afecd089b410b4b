"""What mappings name must be declared: tables, columns, and the words of choices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from analysis.data.contract import Table
from analysis.data.reading.mapping import TableMapping
from analysis.errors import Problem, nearest


def mapping_problems(
    mappings: Mapping[str, TableMapping], tables: Mapping[str, Table], part: str = "mapping"
) -> Iterator[Problem]:
    """What mappings of a part of ``dataset.yml`` name that is not declared, all at once."""
    kind = "a table of the contract" if part == "mapping" else "a kind of ready frame"
    for name, mapping in mappings.items():
        where = f"dataset.yml, {part}.{name}"
        if name in tables:
            yield from _column_problems(mapping, tables[name], where)
            yield from _value_problems(mapping, tables, tables[name], where)
            yield from _limit_problems(mapping, tables[name], where)
        else:
            yield Problem(where, f"is not {kind}", nearest(name, list(tables)))


def _limit_problems(mapping: TableMapping, table: Table, where: str) -> Iterator[Problem]:
    days = [column.name for column in table.columns if column.kind == "date"]
    for name, limit in mapping.limits.items():
        for given, part in ((name, f"limits.{name}"), (limit.after, f"limits.{name}.after")):
            if given not in days:
                yield Problem(f"{where}.{part}", "is no column of days", nearest(given, days))
        if name in mapping.columns or name in mapping.constants:
            yield Problem(f"{where}.limits.{name}", "is named again", "Keep one of them")


def _column_problems(mapping: TableMapping, table: Table, where: str) -> Iterator[Problem]:
    wide = mapping.wide and dict.fromkeys((mapping.wide.numbers, mapping.wide.names))
    parts = {n: getattr(mapping, n) for n in ("columns", "constants", "values", "units")}
    for part, names in (parts | {"wide": wide or {}}).items():
        for name in names:
            if name not in table.names:
                remedy = nearest(name, table.names)
                yield Problem(f"{where}.{part}.{name}", "is not in the contract", remedy)
    for name in wide or ():
        if name in mapping.columns or name in mapping.constants:
            yield Problem(f"{where}.{name}", "is wide and named again", "Keep one of them")
    for name in sorted(mapping.constants.keys() & mapping.columns.keys()):
        yield Problem(f"{where}.{name}", "is a constant and a column", "Keep one of them")


def _value_problems(
    mapping: TableMapping, tables: Mapping[str, Table], table: Table, where: str
) -> Iterator[Problem]:
    for name, values in mapping.values.items():
        here = f"{where}.values.{name}"
        target, _, column = values.lookup.partition(".")
        own = target == table.name and (target, name) != ("regions", "parent_code")
        known = target in tables and column in tables[target].names and not own
        if values.lookup and not known:
            remedy = "Write table.column, for example regions.name_zh"
            yield Problem(f"{here}.lookup", "is no column of another table", remedy)
        allowed = table.column(name).allowed if name in table.names else ()
        given = {*values.words.values(), *filter(None, [values.other])} - set(allowed)
        what = "gives a word that the contract does not have"
        for word in sorted(given) if allowed else ():
            yield Problem(here, what, nearest(word, allowed))
