"""Write ``data/restaurant_inspections`` from the set of that name in the ``causaldata`` package.

    python scripts/make_restaurant_inspections.py

One row is one inspection of a business, which stands for a rater of its own. Names of businesses
become hashes, and rows are ordered by these. The year of a row is left out: a business is looked at
over all of them. Half of the rows have a twin that is alike in every column, more of them the lower
the score, as if one visit took a row for each fault; each stands once here, or scores would seem
half as reliable again as they are (.51 in place of .33).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import causaldata
import pandas as pd

FOLDER = Path(__file__).resolve().parents[1] / "data" / "restaurant_inspections"
DIGITS = 8


def hashed(name: str) -> str:
    """A name as digits that stay the same."""
    return hashlib.sha256(name.encode()).hexdigest()[:DIGITS]


def main() -> None:
    source = causaldata.restaurant_inspections.load_pandas().data.drop_duplicates()
    marks = {name: hashed(name) for name in source["business_name"].unique()}
    if len(set(marks.values())) < len(marks):
        raise SystemExit("two names share a hash: use more digits")
    ratings = pd.DataFrame(
        {
            "rated": source["business_name"].map(marks),
            "score": source["inspection_score"],
        }
    ).sort_values(["rated", "score"], ignore_index=True)
    ratings.insert(1, "rater", range(1, len(ratings) + 1))
    ratings.to_csv(FOLDER / "ratings.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
