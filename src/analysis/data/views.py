"""How a dataset and a panel show themselves in a notebook, without a value of any person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

import pandas as pd

from analysis.data.description import Description
from analysis.data.reading.account import Account
from analysis.data.records.count_cache import RecordPanel
from analysis.data.tables import NAMED_IN, TABLES, named, named_outcomes
from analysis.result import Sample

Tables = Mapping[str, pd.DataFrame]
Accounts = Mapping[str, Account]
INTERNAL = "<p><strong>For internal use only: do not pass these data on.</strong></p>"
SIMULATED = "<p><strong>Simulated data: every number here is invented.</strong></p>"
NAMES_SHOWN, TABLES_SHOWN = 12, 6
ROWS_SHOWN = 5
LEFT_OUT = {
    "excluded_by_params": "named in exclude_regions",
    "incomplete": "no whole count or exposure in some period",
    "treated_from_the_start": "treated from the first period on",
    "other_intervention": "another intervention began or ended within the panel",
    "too_few_periods_before": "too few periods before the start",
}
"""Why a panel lacks regions, in words."""


def dataset_line(folder: str, description: Description, tables: Tables) -> str:
    """One line: folder, status, and the rows of the first tables."""
    sizes = shortened([f"{name} {len(table):,}" for name, table in tables.items()], TABLES_SHOWN)
    return f"Dataset({folder!r}, {description.status}: {sizes})"


def dataset_view(
    description: Description, tables: Tables, accounts: Accounts, records: RecordPanel | None
) -> str:
    """Title, status, licence, and each table with its size, span, columns and exclusions."""
    rows = [
        [name, f"{len(table):,} × {table.shape[1]}", _span(name, table), _columns(name, table),
         counted(accounts[name].left_out()) if name in accounts else ""]
        for name, table in tables.items()
    ]  # fmt: skip
    if records is not None:
        size = f"{int(records.frame['records'].sum()):,} records, counted where they lie"
        rows.append(["complaints", size, "", ", ".join(records.columns), ""])
    title = description.title
    return (
        f"<h3>{escape(title.en)}<br><span lang='zh-Hans'>{escape(title.zh)}</span></h3>"
        f"{SIMULATED if description.status == 'simulated' else ''}"
        f"{INTERNAL if description.internal else ''}"
        f"<p>Licence: {escape(description.text('licence', 'en'))}</p>"
        f"{html_table(['table', 'rows × columns', 'span', 'columns', 'left out'], rows)}"
        f"{_names(tables, records is not None)}"
    )


def panel_line(sample: Sample, outcome: str, intervention: str, periods: int) -> str:
    """One line: what it is of, how large it is, and how many regions are treated."""
    what = f"{outcome}, {intervention}: " if outcome else ""
    status = f", {sample.status}" if sample.status else ""
    return (
        f"Panel({what}{sample.units} regions × {periods} periods "
        f"{sample.first_period} to {sample.last_period}, {sample.treated} treated{status})"
    )


def panel_view(
    sample: Sample, outcome: str, intervention: str, periods: int, frame: pd.DataFrame
) -> str:
    """What it is of, its size, what was left out and why, and the first rows of its frame."""
    what = {
        "outcome": outcome,
        "intervention": intervention,
        "regions": f"{sample.units}, of which {sample.treated} take it up within the panel",
        "periods": f"{periods}, {sample.first_period} to {sample.last_period}",
        "left out": counted({LEFT_OUT.get(r, r): n for r, n in sample.dropped.items()}) or "none",
    }
    return (
        f"{SIMULATED if sample.status == 'simulated' else ''}"
        f"{INTERNAL if sample.internal else ''}"
        f"{html_table(['panel', 'value'], [[name, text] for name, text in what.items() if text])}"
        f"{frame.head(ROWS_SHOWN).to_html(index=False)}"
        f"<p>The first {min(ROWS_SHOWN, sample.rows)} of {sample.rows:,} rows of frame.</p>"
    )


def html_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A plain table; every cell is text."""
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in header)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def counted(reasons: Mapping[str, int]) -> str:
    """Reasons with how many each left out."""
    return "; ".join(f"{reason}: {count:,}" for reason, count in reasons.items())


def _span(name: str, table: pd.DataFrame) -> str:
    """The first and last period or day of a table's rows."""
    for column in TABLES[name].columns:
        if column.kind in ("period", "date") and column.name in table:
            values = table[column.name].dropna()
            if column.kind == "date":
                values = values.dt.date
            return f"{values.min()} to {values.max()}" if len(values) else ""
    return ""


def _columns(name: str, table: pd.DataFrame) -> str:
    personal = {column.name for column in TABLES[name].columns if column.personal}
    return ", ".join(f"{n} (hashed)" if n in personal else str(n) for n in table)


def _names(tables: Tables, counted_elsewhere: bool) -> str:
    """What a question may name: outcomes, exposures and interventions."""
    records = counted_elsewhere or "complaints" in tables
    names = {table: named(tables, table) for table in NAMED_IN}
    names["outcomes"] = named_outcomes(tables, records)
    return "".join(f"<p>{t}: {escape(shortened(n))}</p>" for t, n in names.items() if n)


def shortened(names: Sequence[str], most: int = NAMES_SHOWN) -> str:
    """The first names and how many more."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
