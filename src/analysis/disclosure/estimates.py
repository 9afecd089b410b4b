"""What may be published of estimates: averages to three digits, all else from protected counts.

An average over at least five adopters and five comparison regions, with ten records a side, may
rest on recorded counts: to three digits it tells nothing of one region. Without single regions, at
event times with fewer, or of few regions altogether, estimates would give counts back; they are
made from the protected panel, or not at all. Of amounts one region must not hold more than half on
a side, at an event time or in a period of a group: the average would be little else than its own.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

import numpy as np

from analysis.data.dataset import Dataset
from analysis.data.frames.frame import refusing
from analysis.data.frames.interventions import InterventionsPanel
from analysis.data.frames.panels.panel import NEVER, Panel
from analysis.data.frames.study import Study
from analysis.disclosure.regions import protected_panel
from analysis.disclosure.store import noise_of
from analysis.errors import DesignError, Problem
from analysis.result import Estimate, Result

FEWEST_REGIONS = 5
FEWEST_RECORDS = 10
DIGITS = 3
MOST_OF_ONE = 0.5
"""An average of amounts of which one region holds more than this share is one of few regions."""
Anything = TypeVar("Anything")
Rows = tuple[Mapping[str, Any], ...]


def disclosed_study(dataset: Dataset, study: Study) -> Study:
    """The study with its protected panel; of few regions, with that in place of the recorded one.

    Raises
    ------
    AnalysisError: there is no salt, or a level of few regions, for which there is no protection.
    """
    if noise_of(dataset) is None:
        return study
    if not study.panel.counted:
        return averages_only(dataset, study, "is a level")
    few, asked = too_few(study.panel), study.params.counts == "protected"
    panel = protected_panel(dataset, study.panel)
    if not (few or asked):
        return replace(study, protected=panel, shielded=True)
    placebo = study.placebo and protected_panel(dataset, study.placebo)
    # Who complained, and how, is counted in no table of the store.
    return replace(study, panel=panel, protected=panel, placebo=placebo, mixes={}, shielded=True)


def averages_only(dataset: Dataset, study: Study, why: str) -> Study:
    """The study of an outcome for which the store has no counts: averages alone may leave.

    Parameters
    ----------
    why: what the outcome is that it cannot be protected.

    Raises
    ------
    DesignError: of fewer than five regions, or ten records, on one side, or of an amount that one
        holds for the most; or where the question asks for protected counts.
    """
    if noise_of(dataset) is None:
        return study
    if too_few(study.panel) or study.params.counts == "protected":
        what = f"{why}, of fewer than five regions or ten records on one side"
        if of_amounts(study.panel):
            what += ", or of one that holds more than half there"
        if study.params.counts == "protected":
            what = f"{why}, of which there are no protected counts"
        remedy = "Compare more regions, or give counts; see disclosure in dataset.yml"
        raise DesignError([Problem(f"outcome {study.panel.outcome}", what, remedy)])
    return replace(study, shielded=True)


def too_few(panel: Panel) -> bool:
    """Whether too few regions, or records, stand on one side for an average of what was recorded.

    Of amounts, too, where one region holds more than half of a side.
    """
    starts = panel.adoption.to_numpy()
    adopted = starts > NEVER
    if min(adopted.sum(), (~adopted).sum()) < FEWEST_REGIONS:
        return True
    given = np.nan_to_num(panel.matrix(panel.measured))
    active = adopted[:, None] & (np.arange(1, given.shape[1] + 1) >= starts[:, None])
    sides = (active, adopted[:, None] & ~active, np.broadcast_to(~adopted[:, None], given.shape))
    if not panel.counted:
        sums = (np.where(side, np.abs(given), 0.0).sum(axis=1) for side in sides)
        return of_amounts(panel) and any(of_one(one) for one in sums)
    return bool(min(given[side].sum() for side in sides) < FEWEST_RECORDS)


def of_amounts(panel: Panel) -> bool:
    """Whether its levels are amounts, which add up over regions, and no scores or means."""
    return not panel.counted and panel.yearly


def of_one(amounts: np.ndarray) -> bool:
    """Whether one of some amounts is more than half of all, signs aside."""
    sizes = np.abs(amounts)
    return bool(sizes.size and sizes.max() > MOST_OF_ONE * sizes.sum())


@refusing
def require_records(panel: InterventionsPanel) -> Iterator[Problem]:
    """Refuse averages over so few records that they would give single ones away.

    Raises
    ------
    DesignError: with every intervention that has too few, and with the time without any.
    """
    flags = panel.frame[list(panel.interventions)].to_numpy(bool)
    counts = panel.frame["count"].to_numpy(float)
    sides = {name: flags[:, place] for place, name in enumerate(panel.interventions)}
    sides["no intervention"] = ~flags.any(axis=1)
    what, remedy = f"are fewer than {FEWEST_RECORDS}", "Use a longer span or more regions"
    for name, own in sides.items():
        if np.sum(counts[own]) < FEWEST_RECORDS:
            yield Problem(f"records under {name}", what, remedy)


def published(study: Study, result: Result, protected: Result | None) -> Result:
    """What of a result may leave.

    Parameters
    ----------
    result: of the study's panel. protected: of its protected panel; ``None`` where it has none.
    """
    if not study.shielded:
        return result
    series = dict(protected.series) if protected else {}
    if "by_event_time" in result.series:
        series["by_event_time"] = _by_event_time(study.panel, result, series)
    if "leave_one_out" in result.series:
        series["leave_one_out"] = _without_each(result, protected)
    kept = {name: three_digits(rows) for name, rows in series.items()}
    return replace(
        result,
        estimates=three_digits(result.estimates),
        checks=three_digits(result.checks),
        series=kept,
        options=three_digits(result.options),
    )


def published_jointly(result: Result) -> Result:
    """What of joint estimates may leave: averages to three digits.

    An estimate from regions that had one intervention alone goes where fewer than five had, or
    where it leaves out fewer than five: beside the joint one it would tell of those.
    """
    rows = tuple(
        {**row, "alone": None, "alone_low": None, "alone_high": None} if _few_alone(row) else row
        for row in result.series["effects"]
    )
    return three_digits(replace(result, series={**result.series, "effects": rows}))


def _few_alone(row: Mapping[str, Any]) -> bool:
    alone = int(row["regions_alone"])
    return alone < FEWEST_REGIONS or 0 < int(row["regions"]) - alone < FEWEST_REGIONS


def _by_event_time(panel: Panel, result: Result, protected: Mapping[str, Rows]) -> Rows:
    """Event times of enough regions and records; of fewer, what protected counts give."""
    small = _small_event_times(panel)
    other = {row["event_time"]: row for row in protected.get("by_event_time", ())}
    none = {"value": None, "low": None, "high": None}
    return tuple(
        other.get(row["event_time"], {**row, **none}) if row["event_time"] in small else row
        for row in result.series["by_event_time"]
    )


def _small_event_times(panel: Panel) -> set[int]:
    """Event times that rest on too few adopters, or records of theirs, or on one for the most."""
    starts = panel.adoption.to_numpy()
    adopted = starts > NEVER
    given = panel.matrix(panel.measured)[adopted]
    since = np.arange(1, given.shape[1] + 1)[None, :] - starts[adopted][:, None]
    found = set()
    for time in np.unique(since):
        cells = given[since == time]
        cells = cells[np.isfinite(cells)]
        few_records = panel.counted and cells.sum() < FEWEST_RECORDS
        of_one_region = of_amounts(panel) and of_one(cells)
        if len(cells) < FEWEST_REGIONS or few_records or of_one_region:
            found.add(int(time))
    return found


def _without_each(result: Result, protected: Result | None) -> Rows:
    """The headline without each region: as far from it as protected counts have it."""
    if protected is None:
        return ()
    all_in = protected.headline.value
    headline = three_digits(result.headline.value)
    return tuple(
        {**row, "value": headline + float(row["value"]) - all_in}
        for row in protected.series.get("leave_one_out", ())
    )


def three_digits(content: Anything) -> Anything:
    """The same with every number that is not whole rounded to three digits."""
    return to_digits(content, DIGITS)


def to_digits(content: Anything, digits: int) -> Anything:
    """The same with so many digits."""
    rounded: Anything = _rounded(content, digits)
    return rounded


def decimals_of(value: float) -> int:
    """How many decimals a number has that is given to three digits."""
    return DIGITS - 1 - math.floor(math.log10(abs(value))) if value else DIGITS


def _rounded(content: Any, digits: int) -> Any:
    if isinstance(content, float):
        return float(f"{content:.{digits}g}") if math.isfinite(content) else content
    if isinstance(content, Mapping):
        return {name: _rounded(value, digits) for name, value in content.items()}
    if isinstance(content, (list, tuple)):
        return type(content)(_rounded(value, digits) for value in content)
    if is_dataclass(content) and not isinstance(content, type):
        given = {
            f.name: _rounded(getattr(content, f.name), digits) for f in fields(content) if f.init
        }
        if isinstance(content, Estimate) and given["low"] == given["high"] is not None:
            # Of very many regions: the range is as wide as the last digit.
            step = 10.0 ** -decimals_of(given["low"])
            given |= {"low": given["low"] - step, "high": given["high"] + step}
        return replace(content, **given)
    return content
