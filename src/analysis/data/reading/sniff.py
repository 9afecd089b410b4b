"""Sniff at an export: how it is written, and what each column is likely to be."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analysis.data.contract import Column, Table
from analysis.data.reading.delimited import decoded, first_rows, guess_delimiter
from analysis.data.reading.distinct import (
    NUMBER,
    Cells,
    as_cells,
    changed,
    mask,
    narrowed,
    plain_name,
    plain_numbers,
    trimmed,
)
from analysis.data.reading.excel import sheet_rows
from analysis.data.reading.mapping import TableMapping
from analysis.data.reading.read_table import read_file
from analysis.data.reading.repair import plain_dates, plain_periods
from analysis.data.tables import TABLES
from analysis.errors import ContractError, Problem

FORMATS = (
    *("%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y%m%d", "%Y.%m.%d", "%Y-%m-%d %H:%M:%S"),
    *("%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%d/%m/%Y", "excel"),
)
PERIODS = ("%Y年%m月", "%Y/%m", "%Y%m", "%Y年%q季度", "%Y年")
NEAR = 0.75
"""From this likeness on two names are taken for one another."""
MOST_WORDS = 30
"""A column with more words than this is no choice."""
FIRST_ROWS = 30
HOME = ("regions", "complaints", "outcomes", "exposures", "interventions", "enterprises")
"""Tables that an export may be; figures read off documents are written by hand."""

OTHER_NAMES: dict[str, tuple[str, ...]] = {
    "complaint_id": ("编号", "登记编号", "工单编号", "投诉编号", "受理编号", "id", "case number"),
    "received_on": ("登记日期", "登记时间", "接收时间", "受理时间", "投诉日期", "日期", "received"),
    "region_code": (
        *("区县", "区划", "行政区划", "行政区划代码", "地区", "地区代码", "辖区", "代码"),
        *("district", "county", "region", "city"),
    ),
    "kind": ("类型", "信息类型", "业务类型", "诉求类型"),
    "channel": ("来源", "渠道", "来源渠道", "登记方式", "source"),
    "category": ("类别", "投诉类别", "问题类别", "商品类别", "subject"),
    "enterprise_id": ("企业编号", "统一社会信用代码", "注册号", "被投诉企业", "enterprise"),
    "claimant_id": ("投诉人", "投诉人编号", "消费者", "联系电话", "身份证号", "claimant"),
    "claimant_prior_cases": ("此前件数", "历史投诉次数", "prior"),
    "acknowledged_on": ("受理日期", "分派日期", "acknowledged"),
    "closed_on": ("办结日期", "办结时间", "结案日期", "closed"),
    "outcome": ("处理结果", "办理结果", "结果", "指标", "result"),
    "recovered_yuan": ("挽回损失", "挽回经济损失", "金额", "recovered"),
    "name_en": ("英文", "英文名称", "name"),
    "name_zh": ("名称", "中文", "中文名称", "地区名称", "区县名称"),
    "level": ("层级", "级别", "行政层级"),
    "parent_code": ("上级", "上级代码", "parent"),
    "period": ("时期", "月份", "年份", "年月", "统计期", "month", "year"),
    "count": ("数量", "件数", "数", "number"),
    "exposure": ("基数名称", "基数"),
    "value": ("数值", "户数", "值"),
    "intervention": ("措施", "政策", "措施名称", "policy", "measure"),
    "started_on": ("启动日期", "开始日期", "实施日期", "start"),
    "ended_on": ("结束日期", "end"),
    "officer_id": ("人员", "工作人员", "被评价人员", "officer"),
}
"""Names that owners give to columns of the contract, for first guesses only."""
OTHER_WORDS: dict[str, tuple[str, ...]] = {
    "phone": ("电话", "12315", "12345", "热线", "tel", "call"),
    "online": ("网络", "网站", "平台", "微信", "小程序", "app", "web", "互联网"),
    "counter": ("来访", "现场", "窗口", "visit"),
    "letter": ("来信", "信件", "mail"),
    "complaint": ("投诉",),
    "report": ("举报",),
    "enquiry": ("咨询", "inquiry"),
    "upheld": ("属实", "成立"),
    "rejected": ("不属实", "不成立", "不予受理"),
    "mediated": ("调解", "和解"),
    "withdrawn": ("撤诉", "撤回"),
    "answered": ("答复", "回复"),
    "nation": ("全国",),
    "province": ("省",),
    "city": ("市", "地级市"),
    "district": ("市辖区",),
    "county": ("县", "区县", "县级市"),
}
"""And to its words."""


@dataclass(frozen=True)
class Sniffed:
    """How a file is written and what stands in its columns.

    ``sure`` is the likeness of each guess, 1 for the same name.
    """

    file: str
    encoding: str
    delimiter: str
    sheet: str
    header: tuple[int, ...]
    names: tuple[str, ...]
    columns: dict[str, Cells]
    table: str
    guesses: dict[str, str]
    sure: dict[str, float]


def sniff(file: Path, name: str) -> Sniffed:
    """A file of an export, read whole.

    Raises
    ------
    ContractError: it cannot be read at all, or has no row of names.
    """
    encoding = delimiter = sheet = ""
    header: tuple[int, ...] = (1,)
    if file.suffix.lower() in {".xlsx", ".xlsm"}:
        rows, sheet = sheet_rows(file, name, FIRST_ROWS)
        header = header_rows(rows)
    elif file.suffix.lower() in {".csv", ".tsv", ".txt"}:
        text, encoding = decoded(file.read_bytes(), "", name)
        sample = text[: 1 << 20].decode("utf-8", errors="ignore")
        delimiter = guess_delimiter(sample)
        header = header_rows(first_rows(sample, delimiter, FIRST_ROWS))
    if not header:
        # The cells of a record must not become names of columns in a file that is passed on.
        remedy = "Write names above the columns in a copy, or write dataset.yml by hand"
        raise ContractError([Problem(name, "holds no row that looks like names", remedy)])
    mapping = TableMapping(header=header, delimiter=delimiter, ragged="leave_out")
    raw = read_file(file, name, mapping, bool)
    columns = {key: as_cells(column) for key, column in raw.columns.items()}
    names = tuple(own for own in raw.names if own)
    table, guesses, sure = guess_table(names)
    return Sniffed(name, encoding, delimiter, sheet, header, names, columns, table, guesses, sure)


def header_rows(rows: Sequence[Sequence[str]]) -> tuple[int, ...]:
    """The row of the names: the first as wide as most rows; two where the next is names, too.

    Nothing where no row is made of words only.
    """
    widths = [sum(bool(cell.strip()) for cell in row) for row in rows]
    if not any(widths):
        return ()
    usual = Counter(width for width in widths if width).most_common(1)[0][0]
    for number, row in enumerate(rows):
        full = widths[number] >= max(2, 0.6 * usual)
        if full and not any(_is_value(cell) for cell in row):
            below = rows[number + 1] if number + 1 < len(rows) else []
            gaps = any(not cell.strip() for cell in row[1:])
            fills = [cell for cell in below if cell.strip()]
            merged = gaps and fills and len(fills) < usual
            if merged and not any(_is_value(cell) for cell in fills):
                return (number + 1, number + 2)
            return (number + 1,)
    return ()


def _is_value(cell: str) -> bool:
    return re.fullmatch(r"[\d.,:/年月日\-\s]*\d[\d.,:/年月日\-\s]*", cell.strip()) is not None


def guess_table(names: Sequence[str]) -> tuple[str, dict[str, str], dict[str, float]]:
    """The table whose needed columns are best found among the names, and which is which."""
    found = {name: _guesses(TABLES[name], names) for name in HOME}

    def fit(name: str) -> tuple[float, int]:
        needed = [column.name for column in TABLES[name].columns if column.required]
        guesses = found[name][0]
        return (sum(column in guesses for column in needed) / len(needed), len(guesses))

    best = max(HOME, key=fit)
    return best, *found[best]


def _guesses(table: Table, names: Sequence[str]) -> tuple[dict[str, str], dict[str, float]]:
    """Contract column to the owner's, each used once, the likest first."""
    pairs = [(likeness(own, column), column.name, own) for column in table.columns for own in names]
    guesses: dict[str, str] = {}
    sure: dict[str, float] = {}
    for value, column, own in sorted(pairs, key=lambda pair: -pair[0]):
        if value >= NEAR and column not in guesses and own not in guesses.values():
            guesses[column], sure[column] = own, value
    return guesses, sure


def likeness(own: str, column: Column) -> float:
    """How near an owner's name is to a column's name, meaning or usual other names."""
    given = plain_name(re.split(r"[（(]", own.rsplit("/", 1)[-1])[0])
    others = [column.name, column.en, column.zh, *OTHER_NAMES.get(column.name, ())]
    return max(_like(given, plain_name(other)) for other in others)


def _like(first: str, second: str) -> float:
    if first == second:
        return 1.0
    return 0.95 * difflib.SequenceMatcher(None, first, second).ratio()


def nearest_word(word: str, column: Column) -> str:
    """The contract's word that is nearest to an owner's; empty where none is near."""
    given = plain_name(word)
    best, chosen = 0.0, ""
    for ours, english, chinese in column.choices:
        for other in (ours, english, chinese, *OTHER_WORDS.get(ours, ())):
            plain = plain_name(other)
            # A longer name found inside says more: 不属实 is not 属实.
            inside = 0.8 + 0.02 * len(plain) if plain in given else 0.0
            value = max(_like(given, plain), inside)
            if value > best:
                best, chosen = value, ours
    return chosen if best >= NEAR else ""


def words_of(column: Cells) -> list[str]:
    """The words that stand in a column, without blanks around them."""
    words = narrowed(trimmed(column.words.take(pa.array(_used(column)))))
    return sorted({word for word in words.to_pylist() if word})


def _used(column: Cells) -> np.ndarray:
    """The words that some row holds; a header read with the rows is none."""
    return np.unique(column.codes)


def marks_of(column: Cells) -> tuple[str, str, int]:
    """Decimal and thousands marks that fit most cells of a column, and how many they do not."""
    words = narrowed(trimmed(column.words))
    filled = mask(pc.not_equal(words, ""))

    def unread(decimal: str, thousands: str) -> int:
        plain = plain_numbers(words, decimal, thousands)
        number = mask(pc.match_substring_regex(plain, NUMBER))
        return column.count(filled & ~number)

    choices = [(".", ""), (".", ","), (",", ""), (",", ".")]
    left, place = min((unread(*marks), place) for place, marks in enumerate(choices))
    return *choices[place], left


def formats_of(column: Cells, kind: str) -> tuple[list[str], int]:
    """The formats that a column of dates or periods needs, and how many cells none reads."""
    words = narrowed(trimmed(column.words))
    left = np.isin(np.arange(len(words)), _used(column))
    left &= mask(pc.not_equal(words, ""))
    used = []
    for form in FORMATS if kind == "date" else PERIODS:
        if kind == "date":
            new, _ = plain_dates(words, [form])
        else:
            new = plain_periods(words, [form])
        iso = mask(pc.match_substring_regex(new, r"^\d{4}(-\d{2})?(-\d{2}|Q\d)?$"))
        read = left & iso & (changed(words, new) | (form == "%Y-%m-%d"))
        if read.any():
            used.append(form)
            left &= ~read
    return used, column.count(left)
