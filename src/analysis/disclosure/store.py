"""The protected store: every count of a region that leaves is made from the counts in here.

Noise is drawn for region, kind and calendar period only, in one ladder of periods that add up:
months, quarters and years; or weeks. All else is worked out from these numbers: a span is the
fewest periods that fill it, a total over regions or kinds is a sum. So a record is part of three
counts that are drawn, however many pages show it, and nothing published beside them can undo the
noise.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.frames.outcomes import outcome_of
from analysis.data.frames.units import units_of
from analysis.data.periods import FREQUENCY
from analysis.disclosure.budget import counted_outcomes, overdrawn
from analysis.disclosure.memory import as_published, published_units, refuse_other_draw
from analysis.disclosure.noise import VERSION, Noise, fingerprint, shown_counts, too_small
from analysis.disclosure.salt import salt_of
from analysis.errors import DesignError, Problem


@dataclass(frozen=True)
class Level:
    """Protected counts of one length of period, regions by periods, wide; empty where not known.

    ``withheld`` is true where the true count is small, ``variance`` that of the noise; ``units``
    are what they were made of.
    """

    shown: pd.DataFrame
    withheld: pd.DataFrame
    variance: pd.DataFrame
    units: pd.DataFrame


@dataclass(frozen=True)
class Span:
    """Protected counts of regions over a span; ``blocks`` is how many periods fill it."""

    shown: pd.Series
    withheld: pd.Series
    variance: pd.Series
    blocks: int


@dataclass(frozen=True)
class Store:
    """Protected counts of one outcome, by length of period. Without noise they are as recorded.

    ``drawn_from`` is the mark of salt and settings, as :func:`drawn_from` gives it.
    """

    levels: Mapping[str, Level]
    noise: Noise | None
    drawn_from: str = ""

    @property
    def mark(self) -> str:
        """What a table of its counts carries, so that it may leave."""
        return "open" if self.noise is None else f"noise {self.noise.variance}"

    def span(self, first: pd.Period, last: pd.Period) -> Span:
        """The counts from the start of one period to the end of another, of the fewest periods."""
        blocks = list(self._blocks(first, last))
        parts = [(self.levels[length], period) for length, period in blocks]
        shown, withheld, variance = (
            pd.concat([getattr(level, name)[period] for level, period in parts], axis=1)
            for name in ("shown", "withheld", "variance")
        )
        return Span(
            shown.sum(axis=1, skipna=False),
            withheld.any(axis=1),
            variance.sum(axis=1),
            len(blocks),
        )

    def _blocks(self, first: pd.Period, last: pd.Period) -> list[tuple[str, pd.Period]]:
        """The longest periods that lie in a span, one after the other."""
        smallest = FREQUENCY[next(iter(self.levels))]
        found: list[tuple[str, pd.Period]] = []
        day = first.start_time
        while day.to_period(smallest) <= last.asfreq(smallest, how="end"):
            longest = (
                (length, period)
                for length in reversed(list(self.levels))
                for period in [day.to_period(FREQUENCY[length])]
                if period.start_time == day and period.end_time <= last.end_time
            )
            found.append(next(longest))
            day = (found[-1][1] + 1).start_time
        return found


def store_of(dataset: Dataset, outcome: str) -> Store:
    """The protected counts of an outcome, made once for all questions to a dataset.

    Raises
    ------
    ParamsError: there is no salt that is kept; or what was published was drawn in another way, or
        is remembered no more.
    DesignError: a record would be part of more counts than the noise can bear.
    """
    return dataset.once(("store", outcome), lambda: _store(dataset, outcome))


def noise_of(dataset: Dataset) -> Noise | None:
    """How counts of a dataset are moved; ``None`` where they are printed already or stay inside."""
    settings = dataset.description.protection
    if not dataset.description.protected or settings == "none":
        return None
    return Noise(settings.variance, settings.threshold)


def drawn_from(dataset: Dataset) -> str:
    """What its counts were drawn from: salt and settings as one mark; blank without noise.

    With another variance, threshold or table the same keys give other numbers of the same records,
    which tell as much beside those of before as another salt's.
    """
    noise = noise_of(dataset)
    if noise is None:
        return ""
    return fingerprint(salt_of(dataset), f"{noise.variance}|{noise.threshold}|{VERSION}")


def digests_of(dataset: Dataset) -> dict[str, str]:
    """Digests of the files of a dataset as a page gives them, by what they are called there.

    Where counts are protected they are keyed: whoever knows all counts of a file but a few would
    else try these out until the digest is that of the page.
    """
    if noise_of(dataset) is None or dataset.description.status == "simulated":
        return {f"SHA-256 {name}": value for name, value in dataset.hashes.items()}
    salt = salt_of(dataset)
    return {
        f"HMAC-SHA-256 {name}": hmac.new(salt, value.encode(), "sha256").hexdigest()
        for name, value in dataset.hashes.items()
    }


def unprotectable(dataset: Dataset) -> list[Problem]:
    """Why counts of a dataset cannot be protected, of all its outcomes together."""
    noise = noise_of(dataset)
    if noise is None:
        return []
    return [p for name in counted_outcomes(dataset) for p in overdrawn(dataset, name, noise)]


def _store(dataset: Dataset, outcome: str) -> Store:
    units, noise = units_of(dataset, outcome), noise_of(dataset)
    DesignError.raise_for(overdrawn(dataset, outcome, noise) if noise else ())
    salt, draw = (salt_of(dataset) if noise else b""), drawn_from(dataset)
    refuse_other_draw(dataset, draw)
    levels = {}
    for length in units.ladder:
        before = published_units(dataset, outcome, length) if noise else pd.DataFrame()
        rows = as_published(units.by(length), before)
        known = outcome_of(dataset, outcome, length).values
        levels[length] = _level(rows, known, noise, salt)
    return Store(levels, noise, draw)


def _level(rows: pd.DataFrame, known: pd.DataFrame, noise: Noise | None, salt: bytes) -> Level:
    """Protected counts of one length of period, where all of a period is known."""
    counts = rows["count"].to_numpy(np.int64)
    shown = counts if noise is None else shown_counts(counts, rows["key"].to_numpy(), noise, salt)
    # A region that was split, or joined others, has its share of what each former region shows.
    share = rows["share"].to_numpy(float)
    moved = (counts > 0) * (0.0 if noise is None else float(noise.variance))
    sums = (
        rows[["region", "period"]]
        .assign(shown=shown * share, true=counts * share, variance=moved * share**2)
        .groupby(["region", "period"])
        .sum()
    )
    wide = {
        name: sums[name].unstack().reindex(index=known.index, columns=known.columns).fillna(0.0)
        for name in sums
    }
    withheld = too_small(wide["true"].to_numpy(), noise.threshold if noise else 1)
    return Level(
        wide["shown"].where(known.notna()),
        pd.DataFrame(withheld, known.index, known.columns) & known.notna(),
        wide["variance"],
        rows,
    )
