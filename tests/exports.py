"""A small export to spoil: four districts, six complaints, a mapping."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import yaml

ABOUT: dict[str, Any] = {
    "title": {"en": "Test", "zh": "测试"},
    "status": "simulated",
    "licence": "CC0",
    "origin": "test",
}
HEADER = ["编号", "日期", "区县", "类型", "来源", "投诉人", "件数", "金额"]
ROWS = [
    ["R1", "2023-02-01", "甲县", "投诉", "电话", "张三13800000001", "0", "10.5"],
    ["R2", "2023/2/1", "乙县", "投诉", "网络", "李四13800000002", "1", "0"],
    ["R3", "2023年2月1日", "丙县", "举报", "电话", "王五13800000003", "2", ""],
    ["R4", "20230201", "丁县", "咨询", "网络", "赵六13800000004", "0", ""],
    ["R5", "2023-02-05", "甲县", "投诉", "电话", "张三13800000001", "1", "3"],
    ["R6", "2023-02-06", "乙县", "投诉", "电话", "孙七13800000005", "0", "8"],
]
MAPPING: dict[str, Any] = {
    "files": "台账.csv",
    "columns": {
        "complaint_id": "编号",
        "received_on": "日期",
        "region_code": "区县",
        "kind": "类型",
        "channel": "来源",
        "claimant_id": "投诉人",
        "claimant_prior_cases": "件数",
        "recovered_yuan": "金额",
    },
    "dates": ["%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y%m%d"],
    "values": {
        "region_code": {"lookup": "regions.name_zh"},
        "kind": {"投诉": "complaint", "举报": "report", "咨询": "enquiry"},
        "channel": {"电话": "phone", "网络": "online"},
    },
}
REGIONS = "region_code,name_en,name_zh,level\n" + "".join(
    f"9901{number:02d},{name},{zh},county\n"
    for number, (name, zh) in enumerate(
        zip("ABCD", ("甲县", "乙县", "丙县", "丁县"), strict=True), 1
    )
)


def cells(rows: dict[int, dict[str, str]] | None = None) -> list[list[str]]:
    """Header and rows, with cells changed by row number of the file and column."""
    table = [list(row) for row in (HEADER, *ROWS)]
    for number, changes in (rows or {}).items():
        for column, value in changes.items():
            table[number - 1][HEADER.index(column)] = value
    return table


def text_of(table: list[list[str]], delimiter: str = ",") -> str:
    """Delimited text."""
    return "".join(delimiter.join(row) + "\n" for row in table)


def export(
    folder: Path,
    *,
    rows: dict[int, dict[str, str]] | None = None,
    mapping: dict[str, Any] | None = None,
    encoding: str = "utf-8",
    delimiter: str = ",",
) -> Path:
    """A dataset with one mapped export, spoilt as asked."""
    made = folder / "export"
    made.mkdir(parents=True, exist_ok=True)
    settings = copy.deepcopy(ABOUT) | {"mapping": {"complaints": copy.deepcopy(MAPPING)}}
    settings["mapping"]["complaints"] |= mapping or {}
    text = yaml.safe_dump(settings, allow_unicode=True, sort_keys=False)
    (made / "dataset.yml").write_text(text, encoding="utf-8")
    (made / "regions.csv").write_text(REGIONS, encoding="utf-8")
    (made / "台账.csv").write_bytes(text_of(cells(rows), delimiter).encode(encoding))
    return made
