"""Records of complaints, reports and enquiries: who, about whom, by which way, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.simulated.incidents import INFLUENCED, KINDS, PROFESSIONAL_SHARE
from analysis.simulated.places import county_codes, identifiers, words
from analysis.simulated.province import Province
from analysis.simulated.tables.claimants import (
    CATEGORIES,
    claimants,
    drawn_earlier_cases,
    earlier_cases,
    subjects,
)
from analysis.simulated.tables.handling import (
    LEGAL_DAYS,
    ROUTES,
    STILL_OPEN,
    after,
    days_to_close,
    legal_day,
    routes,
    rushed,
)
from analysis.simulated.tables.inspections import Inspections
from analysis.simulated.tables.programmes import Programmes
from analysis.simulated.tables.register import choose

CHANNELS = ("phone", "online", "counter", "letter")
BY_OFFICERS, BY_PLATFORM = (0.8, 0.0, 0.2, 0.0), (0.0, 0.9, 0.0, 0.1)
"""Channels of what officers record and of what they do not."""
ENDINGS = ("mediated", "upheld", "rejected", "withdrawn", "answered")
ORDINARY, PROFESSIONAL = (0.5, 0.22, 0.2, 0.08), (0.15, 0.3, 0.35, 0.2)
"""How cases of ordinary and of professional claimants end, of the first four ``ENDINGS``."""
Drawn = dict[str, np.ndarray]
"""Columns of records as numbers: counties, words, people, rows of the register, days."""


@dataclass(frozen=True)
class Acting:
    """What acts on single enterprises."""

    programmes: Programmes
    inspections: Inspections


def draw_records(
    province: Province,
    counties: slice,
    months: slice,
    rng: np.random.Generator,
    acting: Acting | None = None,
) -> Drawn:
    """Records of some counties and months, ordered by day; about no one where nothing acts."""
    parts = [_of_kind(province, kind, counties, months, rng, acting) for kind in KINDS]
    whole = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    # Records of one county and day stand by the alphabet of their kinds, as texts sort.
    alphabet = np.argsort(np.argsort(KINDS))
    order = np.lexsort([alphabet[whole["kind"]], whole["county"], whole["received"]])
    drawn = {name: values[order] for name, values in whole.items()}
    if acting is None:
        drawn["prior"] = drawn_earlier_cases(drawn["professional"], rng)
    else:
        drawn["prior"] = earlier_cases(drawn["claimant"], province.options)
    return drawn


def record_table(province: Province, drawn: Drawn, first: int = 0) -> Any:
    """Records as a table of the contract; ``first`` is the number of the first one."""
    import pyarrow as pa

    columns = {
        "complaint_id": identifiers("R", first + np.arange(drawn["county"].size), 9),
        "received_on": drawn["received"],
        "region_code": words(county_codes(province.options.counties), drawn["county"]),
        "kind": words(KINDS, drawn["kind"]),
        "channel": words(CHANNELS, drawn["channel"]),
        "category": words(CATEGORIES, drawn["category"]),
        "claimant_id": identifiers("C", drawn["claimant"], 8),
        "claimant_prior_cases": drawn["prior"],
        "acknowledged_on": drawn["acknowledged"],
        "closed_on": drawn["closed"],
        "outcome": words(ENDINGS, np.where(np.isnat(drawn["closed"]), -1, drawn["ending"])),
        "recovered_yuan": pa.array(drawn["recovered"], from_pandas=True),
    }
    if "enterprise" in drawn:
        columns |= {
            "enterprise_id": identifiers("E", drawn["enterprise"], 7),
            "route": words(ROUTES, drawn["route"]),
            "due_on": drawn["due"],
            "first_checked_on": drawn["checked"],
        }
    return pa.table(columns)


def _of_kind(
    province: Province,
    kind: str,
    counties: slice,
    months: slice,
    rng: np.random.Generator,
    acting: Acting | None,
) -> Drawn:
    counts = province.counts[kind][counties, months]
    cells = np.repeat(np.arange(counts.size), counts.ravel())
    county, month = np.divmod(cells, counts.shape[1])
    county, month = county + counties.start, month + months.start
    share, by_officers = PROFESSIONAL_SHARE[kind], INFLUENCED
    if kind == "complaint":
        share = province.effects.professional_share[county, month]
        by_officers = province.effects.influenced_share[county, month]
    professional = rng.random(cells.size) < share
    pool = 20 * int(province.counts[kind].sum()) + 1
    claimant, moment = claimants(province.options, professional, county, month, pool, rng)
    lengths = province.months.days_in_month.to_numpy()[month]
    firsts = province.months.to_timestamp().to_numpy().astype("datetime64[D]")[month]
    officers = rng.random(cells.size) < by_officers
    ending = _endings(kind, professional, rng)
    recovered = np.where(ending == 0, np.round(rng.lognormal(5.5, 1.1, cells.size), 2), 0.0)
    drawn = {
        "county": county,
        "kind": np.full(cells.size, KINDS.index(kind)),
        "received": firsts + (moment * lengths).astype("timedelta64[D]"),
        "claimant": claimant,
        "professional": professional,
        "channel": np.where(
            officers,
            rng.choice(len(CHANNELS), cells.size, p=BY_OFFICERS),
            rng.choice(len(CHANNELS), cells.size, p=BY_PLATFORM),
        ),
        "category": subjects(professional, rng),
        "ending": ending,
        "recovered": recovered if kind == "complaint" else np.full(cells.size, np.nan),
    }
    online = np.zeros(cells.size, dtype=bool)
    if acting is not None:
        drawn["enterprise"] = _complained_of(province, acting, county, month, rng)
        online = (kind == "complaint") & (acting.programmes.odr[drawn["enterprise"]] <= month)
    return drawn | _handled(province, kind, drawn, online, rng)


def _complained_of(
    province: Province,
    acting: Acting,
    county: np.ndarray,
    month: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """Row in the register of the enterprise concerned: programmes and visits move its share."""
    world, joined = province.options.truth, acting.programmes.model
    most = 2 * abs(world.colour)

    def readiness(row: np.ndarray, when: np.ndarray) -> np.ndarray:
        effect = acting.inspections.effect(world, row, when)
        return np.asarray(effect + world.joined * (joined[row] <= when) - most)

    return choose(province.register.rows, county, month, rng, readiness)


def _handled(
    province: Province, kind: str, drawn: Drawn, online: np.ndarray, rng: np.random.Generator
) -> Drawn:
    """Route and days; what lies behind the end of the export is not known yet."""
    received, size, nothing = drawn["received"], online.size, np.datetime64("NaT", "D")
    last = province.months[-1].end_time.to_datetime64().astype("datetime64[D]")
    route = routes(online, rng) if kind == "complaint" else np.zeros(size, dtype=int)
    days = days_to_close(province.options, kind, drawn["county"], route, rng)
    due = legal_day(received, LEGAL_DAYS[kind]) if size else received
    legal = (due - received).astype(int)
    hurried = rushed(province.options, days, legal, rng)
    days = np.where(hurried, legal - (rng.random(size) < 0.3), days)
    seen = np.minimum(rng.geometric(0.3, size) - 1, np.maximum(days - 1, 0))
    acknowledged = after(received, seen)
    checked = after(received, np.minimum(rng.geometric(0.15, size), days))
    closed = after(received, days)
    closed[(closed > last) | (rng.random(size) < STILL_OPEN)] = nothing
    checked[(checked > last) | (kind != "report")] = nothing
    acknowledged[acknowledged > last] = nothing
    recovered = np.where(np.isnat(closed), np.nan, drawn["recovered"])
    return {
        "route": route,
        "due": due,
        "acknowledged": acknowledged,
        "closed": closed,
        "checked": checked,
        "recovered": recovered,
        "hurried": hurried & ~np.isnat(closed),
    }


def _endings(kind: str, professional: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Numbers of ``ENDINGS``."""
    size = professional.size
    if kind == "enquiry":
        return np.full(size, ENDINGS.index("answered"))
    ordinary = rng.choice(len(ORDINARY), size, p=ORDINARY)
    return np.where(professional, rng.choice(len(ORDINARY), size, p=PROFESSIONAL), ordinary)
