"""Write an ugly export of a small fictional province, to be read with ``dataset.yml`` alone.

    python examples/own_data/make_export.py build/own_data

Two complaint registers in GB18030 with ``;`` between cells, districts by name, dates in four
ways of writing, full-width digits, stray blanks, decimal commas, void records, records entered
twice and a line of totals; districts on an Excel sheet under a title and a merged header.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd

from analysis.simulated import province_records as records
from analysis.simulated.worlds import Options

HERE = Path(__file__).parent
SMALL = Options(counties=12, months=24, complaints_per_month=4.0, enterprises=60, seed=8)
KINDS = {"complaint": "投诉", "report": "举报", "enquiry": "咨询"}
CHANNELS = {"phone": "12315热线", "online": "网站", "counter": "来访", "letter": "来信"}
OUTCOMES = {
    "mediated": "调解成功",
    "upheld": "属实",
    "rejected": "不属实",
    "withdrawn": "撤诉",
    "answered": "已答复",
}
LEVELS = {"county": "区县", "city": "地级市", "province": "省"}
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
FORMS = ("%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y%m%d")


def write_export(folder: Path) -> Path:
    """The export and, beside it, the mapping that reads it; the folder is made anew."""
    with tempfile.TemporaryDirectory() as aside:
        clean = records.write(SMALL, Path(aside) / "clean")
        regions = pd.read_csv(clean / "regions.csv", dtype=str)
        complaints = pd.read_parquet(clean / "complaints.parquet")
        starts = pd.read_csv(clean / "interventions.csv", dtype=str)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    names = dict(zip(regions["region_code"], regions["name_zh"], strict=True))
    _districts(regions, folder / "区县名录.xlsx")
    ugly = _register(complaints, names)
    for year in (2019, 2020):
        own = ugly[complaints["received_on"].dt.year == year]
        _write_register(own, folder / f"投诉台账_{year}.csv")
    starts["region_code"] = starts["region_code"].map(names)
    heads = {"region_code": "区县", "intervention": "措施", "started_on": "启动日期"}
    starts[list(heads)].rename(columns=heads).to_csv(
        folder / "措施.csv", index=False, encoding="utf-8-sig"
    )
    shutil.copy(HERE / "dataset.yml", folder / "dataset.yml")
    return folder


def _districts(regions: pd.DataFrame, file: Path) -> None:
    """A sheet under a title, with a header over two rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "名录"
    sheet.append(["区县名录（内部资料）"])
    sheet.append(["代码", "名称", None, "层级", "上级"])
    sheet.append([None, "中文", "英文", None, None])
    sheet.merge_cells("B2:C2")
    for row in regions.to_dict("records"):
        level, above = LEVELS[row["level"]], row["parent_code"]
        above = None if pd.isna(above) else above
        sheet.append([row["region_code"], row["name_zh"], row["name_en"], level, above])
    book.save(file)


def _register(complaints: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """The records as a clerk's system writes them."""
    order = np.arange(len(complaints))
    money = complaints["recovered_yuan"].map(lambda v: "" if pd.isna(v) else f"{v:,.2f}")
    money = money.str.translate(str.maketrans(",.", ".,"))
    prior = complaints["claimant_prior_cases"].astype(str)
    return pd.DataFrame(
        {
            "登记编号": complaints["complaint_id"],
            " 登记日期": _dates(complaints["received_on"]),
            "区县": complaints["region_code"].map(names) + np.where(order % 5 == 0, "　", ""),
            "类型": complaints["kind"].map(KINDS),
            "来源": complaints["channel"].map(CHANNELS),
            "投诉人": complaints["claimant_id"],
            "此前件数": np.where(order % 3 == 0, prior.str.translate(WIDE), prior),
            "办结日期": _dates(complaints["closed_on"]),
            "处理结果": complaints["outcome"].map(OUTCOMES),
            "挽回损失（元）": money,
            "状态": "有效",
            "备注": np.where(order % 7 == 0, "经核实；已回访", ""),
        }
    )


def _dates(days: pd.Series) -> pd.Series:
    """Days in four ways of writing, one after another."""
    texts = [days.dt.strftime(form) for form in FORMS]
    return pd.Series(np.choose(np.arange(len(days)) % len(FORMS), texts), index=days.index)


def _write_register(rows: pd.DataFrame, file: Path) -> None:
    """With every fortieth record twice, a void record in every sixtieth, and totals below."""
    void = rows.iloc[::60].assign(状态="作废")
    void["登记编号"] = "V" + void["登记编号"].str.slice(1)
    totals = pd.DataFrame([{"登记编号": "合计", "此前件数": str(len(rows))}])
    whole = pd.concat([rows, rows.iloc[::40], void, totals]).fillna("")
    whole.to_csv(file, index=False, sep=";", encoding="gb18030", lineterminator="\r\n")


if __name__ == "__main__":
    made = write_export(Path(sys.argv[1] if len(sys.argv) > 1 else "build/own_data"))
    sys.stdout.write(f"Wrote {made}\n")
