"""Scores that enterprises give officers under reverse assessment, as Pingyin's bureau published it.

Enterprises score officers in five dimensions; complaints and penalties lower an officer's score.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.simulated.places import county_code, identifiers
from analysis.simulated.province import Province

OFFICERS, RATERS = 8, 12
"""Officers of a county that are assessed, and the enterprises that score each."""


def assessments(province: Province, rng: np.random.Generator) -> pd.DataFrame:
    """A round every quarter in each county that adopted reverse assessment, since its start."""
    starts = province.starts["reverse_assessment"]
    first, size = province.register_rows()
    rounds = [
        _one_round(province, county, month, first[county], size[county], rng)
        for county in np.flatnonzero(starts >= 0).tolist()
        for month in range(starts[county], len(province.months), 3)
    ]
    return pd.concat(rounds, ignore_index=True) if rounds else pd.DataFrame()


def _one_round(
    province: Province, county: int, month: int, first: int, size: int, rng: np.random.Generator
) -> pd.DataFrame:
    each = min(RATERS, size // OFFICERS)
    officer = np.repeat(np.arange(OFFICERS), each)
    enterprise = first + rng.choice(size, OFFICERS * each, replace=False)
    complaints = rng.poisson(0.12, officer.size)
    penalties = rng.poisson(0.02, officer.size)
    # An officer's skill lasts: drawn anew in every round, always from the county's own seed.
    skill = np.random.default_rng([province.options.seed, county]).normal(0, 0.6, OFFICERS)
    scores = {
        name: np.clip(8.5 + skill[officer] + rng.normal(0, 0.8, officer.size), 0, 10).round(1)
        for name in ("attitude", "ability", "quality", "efficiency", "discipline")
    }
    # The published rule: the more complaints and penalties, the lower the officer's score.
    total = np.clip(sum(scores.values()) - 2.0 * complaints - 5.0 * penalties, 0, 50)
    period = province.months[month]
    return pd.DataFrame(
        {
            "period": f"{period.year}Q{period.quarter}",
            "region_code": county_code(county),
            "officer_id": [f"O{county:04d}{number}" for number in officer],
            "enterprise_id": identifiers("E", enterprise, 7),
            **scores,
            "complaints": complaints,
            "penalties": penalties,
            "score": np.round(total, 1),
        }
    )
