"""Who stands in the register: entries, exits, dormancy, conversions, and targets to fill."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.simulated.adoption import SERVICE, Adoption
from analysis.simulated.places import county_codes, identifiers, words
from analysis.simulated.worlds import Options, stream

INDUSTRIES = ("food", "drugs", "goods", "services", "online_sales", "advertising", "prices")
ENTRY, EXIT = 0.008, 0.004
"""Entrants a month per enterprise there at first; chance to leave in a month."""
INDIVIDUALS = 0.4
"""Individual businesses per enterprise."""
STATIONS = 4
"""In each county."""
ROUTES, ROUTE_SHARE = ("simplified", "ordinary", "revoked"), (0.5, 0.45, 0.05)
RATCHET = 1.05
"""A year's target, as a multiple of what was reached the year before."""
NEAR = 0.9
"""From this share of a target on, it may be filled up with registrations that nobody needs."""
REVOKED_AFTER = 2
"""Months after which those are revoked."""
CONVERTED, DORMANT = 0.1, 0.03
"""Share of leaving individual businesses that become enterprises; of all that fall dormant."""


@dataclass(frozen=True)
class Register:
    """Those registered, by county, and what each county counts.

    ``rows``: ``county``; ``entry`` (month, −1: there before); ``leave`` (month); ``individual``;
    ``padded``; ``weight`` (how often one complains about it); ``quality``. ``standing`` maps
    enterprises and individual_businesses to their number at each month's end, (N, T);
    ``reached`` and ``target`` are of new enterprises by year, (N, years), ``filled`` tells where a
    target was filled up.
    """

    rows: pd.DataFrame
    standing: dict[str, np.ndarray]
    reached: np.ndarray
    target: np.ndarray
    filled: np.ndarray


NO_REGISTER = Register(pd.DataFrame(), {}, *(np.zeros((0, 0)) for _ in range(3)))


def draw_register(options: Options, adoption: Adoption, months: pd.PeriodIndex) -> Register:
    """Everyone registered, county by county."""
    rng, count, horizon = stream(options, "register"), options.counties, options.months
    sizes = rng.lognormal(np.log(options.enterprises) - 0.125, 0.5, count).clip(40)
    easier = options.truth.registrations * adoption.active(SERVICE, horizon)
    entrants = rng.poisson(sizes[:, None] * ENTRY * np.exp(easier))
    padding, reached, target, filled = _padding(options, entrants, months, rng)
    single = rng.poisson(sizes[:, None] * ENTRY * INDIVIDUALS, (count, horizon))
    there = sizes.astype(int)[:, None], (sizes * INDIVIDUALS).astype(int)[:, None]
    came = np.column_stack([there[0], entrants, there[1], single, padding])
    county = np.repeat(np.arange(count), came.sum(axis=1))
    # The column that each came from tells when it came and what it is.
    cell = np.repeat(np.tile(np.arange(came.shape[1]), count), came.ravel())
    padded = cell >= 2 * (horizon + 1)
    entry = np.where(padded, cell - 2 * (horizon + 1), cell % (horizon + 1) - 1)
    stay = np.where(padded, REVOKED_AFTER, rng.geometric(EXIT, county.size))
    quality = rng.normal(0, 1, county.size)
    individual = ~padded & (cell > horizon)
    weight = np.exp(0.9 * rng.normal(0, 1, county.size) - 0.4 * quality - 0.7 * individual)
    rows = pd.DataFrame(
        {
            "county": county,
            "entry": entry,
            "leave": np.maximum(entry, 0) + stay,
            "individual": individual,
            "padded": padded,
            "weight": np.where(padded, 1e-9, weight),
            "quality": quality,
        }
    )
    standing = {
        "enterprises": _standing(rows[~individual], count, horizon),
        "individual_businesses": _standing(rows[individual], count, horizon),
    }
    return Register(rows, standing, reached, target, filled)


def _padding(
    options: Options, entrants: np.ndarray, months: pd.PeriodIndex, rng: np.random.Generator
) -> tuple[np.ndarray, ...]:
    """Registrations made up in December, what each year reached, its target, and where filled."""
    years = months.year - months.year[0]
    real = np.column_stack([entrants[:, years == y].sum(axis=1) for y in range(years[-1] + 1)])
    ends = [np.flatnonzero(years == year)[-1] for year in range(years[-1] + 1)]
    padding, reached = np.zeros_like(entrants), np.zeros_like(real)
    target, filled = np.zeros_like(real), np.zeros(real.shape, dtype=bool)
    last = real[:, 0] * rng.normal(1, 0.08, options.counties)
    for year, end in enumerate(ends):
        target[:, year] = np.maximum(np.round(RATCHET * last), 1)
        short = target[:, year] - real[:, year]
        near = (short > 0) & (real[:, year] >= NEAR * target[:, year])
        filled[:, year] = near & (rng.random(options.counties) < options.truth.padded)
        made_up = short + rng.poisson(0.01 * target[:, year])
        padding[:, end] = np.where(filled[:, year], made_up, 0)
        reached[:, year] = real[:, year] + padding[:, end]
        last = reached[:, year]
    return padding, reached, target, filled


def _standing(rows: pd.DataFrame, counties: int, months: int) -> np.ndarray:
    """How many stand in the register at the end of each month; shape (N, T)."""
    size, county = months + 1, rows["county"].to_numpy()

    def by_month(column: str) -> np.ndarray:
        month = rows[column].clip(0, months).to_numpy()
        counted = np.bincount(county * size + month, minlength=counties * size)
        return np.asarray(counted.reshape(counties, size)[:, :months].cumsum(axis=1))

    return np.asarray(by_month("entry") - by_month("leave"))


Readiness = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Of rows of the register in months: log points by which they differ from others, at most 0."""


def choose(
    rows: pd.DataFrame,
    county: np.ndarray,
    month: np.ndarray,
    rng: np.random.Generator,
    readiness: Readiness | None = None,
) -> np.ndarray:
    """Rows of the register that stood in a county all through a month, by their weights.

    Parameters
    ----------
    readiness: what else makes it more or less likely that a row is chosen.
    """
    total = np.append(0.0, rows["weight"].to_numpy().cumsum())
    numbers = np.arange(rows["county"].max() + 1)
    start = np.searchsorted(rows["county"].to_numpy(), np.append(numbers, numbers[-1] + 1))
    entry, leave = rows["entry"].to_numpy(), rows["leave"].to_numpy()
    chosen, left = np.zeros(county.size, dtype=int), np.arange(county.size)
    # Most of a county's enterprises stand in any month: some draws find one for every case.
    for _ in range(80):
        low, high = start[county[left]], start[county[left] + 1]
        at = total[low] + rng.random(left.size) * (total[high] - total[low])
        found = (np.searchsorted(total, at, side="right") - 1).clip(low, high - 1)
        when = month[left]
        taken = (entry[found] < when) & (leave[found] > when)
        if readiness is not None:
            taken &= rng.random(left.size) < np.exp(readiness(found, when))
        chosen[left] = found
        left = left[~taken]
        if not left.size:
            break
    return chosen


def enterprise_table(options: Options, rows: pd.DataFrame, months: pd.PeriodIndex) -> pd.DataFrame:
    """The register as a table of the contract."""
    rng, size = stream(options, "enterprises"), len(rows)
    firsts = months.to_timestamp().to_numpy().astype("datetime64[D]")
    lengths = months.days_in_month.to_numpy()
    inside = (rows["leave"] < len(months)).to_numpy()
    entry, leave = rows["entry"].clip(lower=0).to_numpy(), rows["leave"].to_numpy().copy()
    leave[~inside] = 0
    days = (rng.random(size) * lengths[entry]).astype(int)
    days = np.where(rows["padded"], lengths[entry] - 1 - days % 5, days)
    age = rng.integers(1, 3650, size)
    registered = np.where(rows["entry"] < 0, firsts[0] - age, firsts[entry] + days)
    left = firsts[leave] + (rng.random(size) * lengths[leave]).astype(int)
    left[~inside] = np.datetime64("NaT", "D")
    route = np.where(rows["padded"], 2, rng.choice(3, size, p=ROUTE_SHARE))
    last = firsts[-1] + lengths[-1]
    begun, ended = _dormancy(registered, left, firsts[0], last, rng)
    station = rows["county"].to_numpy() * STATIONS + np.arange(size) % STATIONS
    codes = county_codes(options.counties)
    return pd.DataFrame(
        {
            "enterprise_id": identifiers("E", np.arange(size), 7),
            "region_code": words(codes, rows["county"].to_numpy()),
            "type": words(("enterprise", "individual_business"), rows["individual"].astype(int)),
            "industry": words(INDUSTRIES, rng.choice(len(INDUSTRIES), size)),
            "registered_on": registered.astype("datetime64[us]"),
            "deregistered_on": left.astype("datetime64[us]"),
            "dormant_from": begun.astype("datetime64[us]"),
            "dormant_to": ended.astype("datetime64[us]"),
            "exit_route": words(ROUTES, np.where(inside, route, -1)),
            "converted_from": _converted(rows, rng),
            "station": words([f"S{c}{n}" for c in codes for n in range(STATIONS)], station),
        }
    )


def _dormancy(
    registered: np.ndarray,
    left: np.ndarray,
    first: np.datetime64,
    last: np.datetime64,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """First and last day of dormancy; not a time for most, the last not where it goes on."""
    nothing = np.datetime64("NaT", "D")
    since, until = np.maximum(registered, first), np.where(np.isnat(left), last, left)
    life = (until - since).astype(int)
    begun = since + (rng.random(life.size) * life).astype(int)
    begun[(rng.random(life.size) >= DORMANT) | (life < 30)] = nothing
    ended = begun + rng.integers(90, 1080, life.size)
    ended[~(ended < until)] = nothing
    return begun, ended


def _converted(rows: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """For enterprises that were individual businesses until they came, which; none for others."""
    was = rows["individual"] & (rng.random(len(rows)) < CONVERTED)
    left = rows[was].rename(columns={"leave": "month"})[["county", "month"]]
    came = rows[~rows["individual"] & ~rows["padded"] & (rows["entry"] > 0)]
    came = came.rename(columns={"entry": "month"})[["county", "month"]]
    pairs = [frame.reset_index(names="row") for frame in (left, came)]
    for frame in pairs:
        frame["place"] = frame.groupby(["county", "month"]).cumcount()
    both = pairs[0].merge(pairs[1], on=["county", "month", "place"], suffixes=("_left", "_came"))
    found = np.full(len(rows), None, dtype=object)
    found[both["row_came"]] = identifiers("E", both["row_left"].to_numpy(), 7).to_pylist()
    return found
