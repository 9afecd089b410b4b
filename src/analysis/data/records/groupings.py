"""What records are counted by, and what is counted: declared once, for every engine.

A cell is a region, a month and the chosen dimensions. Its measures are whole numbers, so that
they add up over files, months and engines to the same panel, digit by digit.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from analysis.data.tables import COMPLAINTS

REPEAT_CASES = 5
"""Earlier records by one person from which a claimant counts as a repeat claimant."""

ONLINE = ("online",)
UPHELD = ("upheld", "mediated")

COUNTED_FROM = {
    "records": "complaint_id",
    "repeat_claimants": "claimant_prior_cases",
    "online_channel": "channel",
    "upheld": "outcome",
    "closed": "closed_on",
    "handling_days": "closed_on",
}
"""Measures of a cell, and the column that tells each. Handling days are the sum over closed
records of the days from receipt to closing."""

MEASURES = tuple(COUNTED_FROM)

BROKEN = "broken"
"""Beside the measures, cells count records with a word or number that the contract refuses."""

MIXES = ("repeat_claimants", "online_channel", "upheld")
"""Mixes of complaint records that stay put if only what happened changed."""

DIMENSIONS = {
    "kind": COMPLAINTS.column("kind").allowed,
    "channel": COMPLAINTS.column("channel").allowed,
    "category": (),
    "claimant": ("repeat", "other"),
}
"""What cells can be told apart by, with its words; of categories, those that occur."""

MILLIONTHS = 1_000_000
"""A record of a region that was split counts in millionths for its successors."""


def mixes_in(columns: Iterable[str]) -> tuple[str, ...]:
    """The mixes that can be told from records with these columns."""
    held = set(columns)
    return tuple(mix for mix in MIXES if COUNTED_FROM[mix] in held)


def as_months(numbers: Iterable[int]) -> pd.PeriodIndex:
    """Month numbers as periods."""
    ordinals = np.asarray(list(numbers), dtype=np.int64) - 1970 * 12
    return pd.PeriodIndex.from_ordinals(ordinals, freq="M")
