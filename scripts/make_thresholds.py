"""Write ``data/regents_exams`` and ``data/cash_transfers``: ``python scripts/make_thresholds.py``.

The first are facts: how many papers of five exams got each score, typed from a published figure's
data into ``scripts/regents_2010.csv``. The second is data set gov_transfers of the Python package
causaldata (MIT), which is needed here only.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

PASS = 65


def regents() -> pd.DataFrame:
    """A row an exam and score: how many papers have it."""
    wide = pd.read_csv("scripts/regents_2010.csv")
    long = wide.melt("score", var_name="exam", value_name="number").sort_values(["exam", "score"])
    unit = long["exam"] + " " + long["score"].astype(str).str.zfill(3)
    return pd.DataFrame(
        {"unit": unit, "score": long["score"], "cutoff": PASS, "number": long["number"]}
    )


def transfers() -> pd.DataFrame:
    """A row a household: income from the line, schooling, support for the government."""
    from causaldata import gov_transfers

    given = gov_transfers.load_pandas().data.reset_index(drop=True)
    return pd.DataFrame(
        {
            "unit": [f"household {number:04d}" for number in range(1, len(given) + 1)],
            "score": given["Income_Centered"].round(9),
            "cutoff": 0,
            "treated": given["Participation"].astype(int),
            "before": given["Education"],
            "outcome": given["Support"].round(6),
        }
    )


for folder, make in (("regents_exams", regents), ("cash_transfers", transfers)):
    make().to_csv(Path("data") / folder / "threshold.csv", index=False)
