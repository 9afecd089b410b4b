"""Scores that enterprises give their officers under reverse assessment.

A rating is the officer's skill, how severe the enterprise is, the halo of the two, courtesy and
noise, in five dimensions from 0 to 10. Complaints and penalties lower an officer's score, as
Pingyin's bureau published it; they are those of the tables, counted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.simulated.adoption import REVERSE
from analysis.simulated.places import county_codes, identifiers, words
from analysis.simulated.province import Province
from analysis.simulated.tables.officers import OFFICERS, Portfolios, officer_names
from analysis.simulated.worlds import stream

DIMENSIONS = ("attitude", "ability", "quality", "efficiency", "discipline")
MEAN, SEVERITY, HALO, MOOD, NOISE = 7.8, 0.6, 0.5, 0.3, 0.5
"""Points: on average; spreads between enterprises, pairs, rounds of a pair, and dimensions."""
STRAIGHT, HALVES = 0.25, 0.6
"""Shares of enterprises that give one score to all dimensions, and that score in halves."""
ANSWERS, DISCOURAGED = 1.0, 1.2
"""Log odds to answer, and by how much a point of satisfaction raises them."""
PER_COMPLAINT, PER_PENALTY = 2.0, 5.0


@dataclass(frozen=True)
class Rated:
    """Who rated whom: the table, and what stands behind each row: ``officer`` and his skill."""

    table: pd.DataFrame
    officer: np.ndarray
    skill: np.ndarray


def rate(
    province: Province, found: Portfolios, complained: pd.DataFrame, penalised: pd.DataFrame
) -> Rated:
    """A round every quarter in each county that adopted reverse assessment, since its start.

    Parameters
    ----------
    complained, penalised: ``row`` of the register and ``month`` of complaints and of penalties.
    """
    rng, world = stream(province.options, "ratings"), province.options.truth
    months = province.months
    quarter = np.arange(0, len(months), 3)
    started = province.starts[REVERSE][found.county]
    asked = (started[:, None] >= 0) & (quarter[None, :] >= started[:, None])
    pair, turn = np.nonzero(asked)
    officer = found.officer[pair, (months.year - months.year[0]).to_numpy()[quarter[turn]]]
    # The halo is of a pair: with another officer it is another one.
    halo = rng.normal(0, HALO, (len(found.row), OFFICERS))[pair, officer % OFFICERS]
    severity = rng.normal(0, SEVERITY, len(found.row))[pair]
    satisfied = found.skill[officer] + severity + halo + rng.normal(0, MOOD, pair.size)
    before = np.where(np.append(False, pair[1:] == pair[:-1]), np.roll(satisfied, 1), 0.0)
    answers = rng.random(pair.size) < 1 / (1 + np.exp(-ANSWERS - DISCOURAGED * before))
    pair, turn, officer, satisfied = (x[answers] for x in (pair, turn, officer, satisfied))
    straight, halves = rng.random((2, len(found.row))) < np.array([[STRAIGHT], [HALVES]])
    points = MEAN + world.courtesy + satisfied[:, None]
    points = points + rng.normal(0, NOISE, (pair.size, len(DIMENSIONS)))
    points = np.where(straight[pair][:, None], points[:, :1], points).clip(0, 10)
    points = np.where(halves[pair][:, None], np.round(points * 2) / 2, points.round(1))
    complaints = _within(complained, found.row[pair], turn, province)
    penalties = _within(penalised, found.row[pair], turn, province)
    total = points.sum(axis=1) - PER_COMPLAINT * complaints - PER_PENALTY * penalties
    periods = [f"{months[q].year}Q{months[q].quarter}" for q in quarter]
    codes = county_codes(province.options.counties)
    table = pd.DataFrame(
        {
            "period": words(periods, turn),
            "region_code": words(codes, found.county[pair]),
            "officer_id": officer_names(officer),
            "enterprise_id": identifiers("E", found.row[pair], 7),
            **dict(zip(DIMENSIONS, points.T, strict=True)),
            "complaints": complaints,
            "penalties": penalties,
            "score": total.clip(0, 50).round(1),
        }
    )
    return Rated(table, officer, found.skill[officer])


def _within(
    events: pd.DataFrame, row: np.ndarray, turn: np.ndarray, province: Province
) -> np.ndarray:
    """How many events each enterprise had in the quarter of its rating."""
    turns = -(-len(province.months) // 3)
    counted = np.bincount(
        events["row"] * turns + events["month"] // 3,
        minlength=len(province.register.rows) * turns,
    )
    return np.asarray(counted[row * turns + turn])
