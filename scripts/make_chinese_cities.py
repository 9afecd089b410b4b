"""Write ``data/chinese_cities`` from the ``china_smoking`` set of statsmodels.

    python scripts/make_chinese_cities.py

The set misspells one city; names and their order are ours.
"""

from __future__ import annotations

from pathlib import Path

from statsmodels.datasets import china_smoking

FOLDER = Path(__file__).resolve().parents[1] / "data" / "chinese_cities"
NAMES = {
    "Beijing": "北京",
    "Shanghai": "上海",
    "Shenyang": "沈阳",
    "Nanjing": "南京",
    "Harbin": "哈尔滨",
    "Zhengzhou": "郑州",
    "Taiyuan": "太原",
    "Nanchang": "南昌",
}
COLUMNS = {
    "smoking_yes_cancer_yes": "treated_events",
    "smoking_yes_cancer_no": "treated_others",
    "smoking_no_cancer_yes": "control_events",
    "smoking_no_cancer_no": "control_others",
}


def main() -> None:
    source = china_smoking.load_pandas().data.rename(index={"Nanjng": "Nanjing"})
    trials = source.rename(columns=COLUMNS).loc[list(NAMES)].rename_axis("place").reset_index()
    trials.insert(1, "name_zh", trials["place"].map(NAMES))
    trials.to_csv(FOLDER / "trials.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
