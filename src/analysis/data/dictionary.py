"""The data dictionary, generated from the contract in both languages."""

from __future__ import annotations

from pathlib import Path

from analysis.data.contract import Column, Table
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
    "code": ("code", "代码"),
    "text": ("text", "文本"),
    "whole": ("whole number", "整数"),
    "number": ("number", "数值"),
    "date": ("date", "日期"),
    "period": ("period", "时期"),
    "choice": ("word from a list", "限定词"),
    "flag": ("true/false", "是/否"),
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
    heads = HEADINGS[language]
    keys = ", ".join(f"`{name}`" for name in table.key)
    lines = [
        f"## `{table.name}`",
        "",
        f"{ROW_IS[index]}: {(table.en, table.zh)[index]}. {KEY[index]}: {keys}.",
        "",
        "| " + " | ".join(heads) + " |",
        "|" + "---|" * len(heads),
    ]
    lines += ["| " + " | ".join(row) + " |" for row in column_rows(table, language)]
    return "\n".join(lines)


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
        meaning = meanings[index]
        rules.append(f"`{word}`" if meaning == word else f"`{word}` ({meaning})")
    return "; ".join(rules)


def write(folder: Path) -> list[Path]:
    """Write ``data-dictionary.en.md`` and ``.zh.md``; returns the files."""
    folder.mkdir(exist_ok=True)
    files = []
    for language in LANGUAGES:
        file = folder / f"data-dictionary.{language}.md"
        file.write_text(text(language), encoding="utf-8")
        files.append(file)
    return files
