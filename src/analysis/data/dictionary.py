"""The data dictionary, generated from the contract in both languages."""

from __future__ import annotations

from pathlib import Path

from analysis.data.contract import Column, Table
from analysis.data.declarations import csv_rows
from analysis.data.tables import TABLES

LANGUAGES = ("en", "zh")
TITLE = ("Data dictionary", "数据字典")
NOTE = (
    "Generated from the data contract by `analysis dictionary`.",
    "由 `analysis dictionary` 根据数据契约生成。",
)
ROW_IS, KEY = ("One row is", "每行为"), ("Key", "主键")
HEADINGS = {
    "en": ("Column", "Type", "Needed", "Meaning", "Unit", "Rules"),
    "zh": ("列名", "类型", "必填", "含义", "单位", "规则"),
}
KINDS = {
    row["word"]: (row["en"], row["zh"])
    for row in csv_rows(Path(__file__).with_name("choices.csv"))
    if row["choices"] == "column_kind"
}
NEEDED, NOT_NEEDED = ("yes", "是"), ("no", "否")
HASHED = ("replaced by a keyed hash on reading", "读取时替换为加盐散列值")


def text(language: str) -> str:
    """The whole dictionary as Markdown."""
    index = LANGUAGES.index(language)
    tables = (_table(table, language) for table in TABLES.values())
    return "\n\n".join([f"# {TITLE[index]}", NOTE[index], *tables]) + "\n"


def _table(table: Table, language: str) -> str:
    index = LANGUAGES.index(language)
    keys = ", ".join(f"`{name}`" for name in table.key)
    said = f"{ROW_IS[index]}: {(table.en, table.zh)[index]}. {KEY[index]}: {keys}."
    rows = [HEADINGS[language], *column_rows(table, language)]
    head, *below = ("| " + " | ".join(row) + " |" for row in rows)
    rule = "|" + "---|" * len(rows[0])
    return "\n".join([f"## `{table.name}`", "", said, "", head, rule, *below])


def column_rows(table: Table, language: str) -> list[tuple[str, ...]]:
    """One row per column of the table, under ``HEADINGS``."""
    index = LANGUAGES.index(language)
    return [
        (
            f"`{column.name}`",
            KINDS[column.kind][index],
            _need(column)[index],
            (column.en, column.zh)[index],
            column.unit,
            _rules(column, index),
        )
        for column in table.columns
    ]


def _need(column: Column) -> tuple[str, str]:
    if column.or_else:
        return (f"or `{column.or_else}`", f"或 `{column.or_else}`")
    return NEEDED if column.required else NOT_NEEDED


def _rules(column: Column, index: int) -> str:
    rules = []
    if column.minimum is not None:
        rules.append(f"≥ {column.minimum:g}")
    if column.maximum is not None:
        rules.append(f"≤ {column.maximum:g}")
    if column.links_to:
        rules.append(f"→ `{column.links_to}`")
    if column.personal:
        rules.append(HASHED[index])
    for word, *meanings in column.choices:
        rules.append(f"`{word}`" + (f" ({meanings[index]})" if meanings[index] != word else ""))
    return "; ".join(rules)


def write(folder: Path) -> list[Path]:
    """Write ``data-dictionary.en.md`` and ``.zh.md``; returns the files."""
    folder.mkdir(exist_ok=True)
    files = {language: folder / f"data-dictionary.{language}.md" for language in LANGUAGES}
    for language, file in files.items():
        file.write_text(text(language), encoding="utf-8")
    return list(files.values())
