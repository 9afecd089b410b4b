"""The data dictionary, generated from the contract in both languages."""

from __future__ import annotations

from pathlib import Path

from analysis.data.contract import Column, Table
from analysis.data.tables import TABLES

HEADINGS = {
    "en": (
        "Data dictionary",
        "Generated from the data contract by `analysis dictionary`.",
        "One row is",
        "Key",
        ("Column", "Type", "Needed", "Meaning", "Unit", "Rules"),
    ),
    "zh": (
        "数据字典",
        "由 `analysis dictionary` 根据数据契约生成。",
        "每行为",
        "主键",
        ("列名", "类型", "必填", "含义", "单位", "规则"),
    ),
}
KINDS = {
    "en": {
        "code": "code",
        "text": "text",
        "whole": "whole number",
        "number": "number",
        "date": "date",
        "period": "period",
        "choice": "word from a list",
        "flag": "true/false",
    },
    "zh": {
        "code": "代码",
        "text": "文本",
        "whole": "整数",
        "number": "数值",
        "date": "日期",
        "period": "时期",
        "choice": "限定词",
        "flag": "是/否",
    },
}
YES = {"en": ("yes", "no"), "zh": ("是", "否")}


def text(language: str) -> str:
    """The whole dictionary as Markdown."""
    title, note, *_ = HEADINGS[language]
    parts = [f"# {title}", note, *(_table(table, language) for table in TABLES.values())]
    return "\n\n".join(parts) + "\n"


def _table(table: Table, language: str) -> str:
    _, _, row_is, key, heads = HEADINGS[language]
    meaning = table.zh if language == "zh" else table.en
    keys = ", ".join(f"`{name}`" for name in table.key)
    lines = [
        f"## `{table.name}`",
        "",
        f"{row_is}: {meaning}. {key}: {keys}.",
        "",
        "| " + " | ".join(heads) + " |",
        "|" + "---|" * len(heads),
    ]
    lines += ["| " + " | ".join(row) + " |" for row in cells(table, language)]
    return "\n".join(lines)


def cells(table: Table, language: str) -> list[tuple[str, ...]]:
    """One row per column of the table, under the last of the ``HEADINGS``."""
    return [_cells(column, language) for column in table.columns]


def _cells(column: Column, language: str) -> tuple[str, ...]:
    yes, no = YES[language]
    return (
        f"`{column.name}`",
        KINDS[language][column.kind],
        yes if column.required else no,
        column.zh if language == "zh" else column.en,
        column.unit,
        _rules(column, language),
    )


def _rules(column: Column, language: str) -> str:
    rules = []
    if column.minimum is not None:
        rules.append(f"≥ {column.minimum:g}")
    if column.maximum is not None:
        rules.append(f"≤ {column.maximum:g}")
    if column.links_to:
        rules.append(f"→ `{column.links_to}`")
    if column.personal:
        rules.append(
            "读取时替换为加盐散列值" if language == "zh" else "replaced by a keyed hash on reading"
        )
    for word, english, chinese in column.choices:
        meaning = chinese if language == "zh" else english
        rules.append(f"`{word}`" if meaning == word else f"`{word}` ({meaning})")
    return "; ".join(rules)


def write(folder: Path) -> list[Path]:
    """Write ``data-dictionary.en.md`` and ``.zh.md``; returns the files."""
    folder.mkdir(exist_ok=True)
    files = []
    for language in HEADINGS:
        file = folder / f"data-dictionary.{language}.md"
        file.write_text(text(language), encoding="utf-8")
        files.append(file)
    return files
