"""Who adopted when, and what was recorded before any model."""

from __future__ import annotations

from functools import partial

import numpy as np

from analysis.data.frames.panel import NEVER
from analysis.page.charts.axes import Axis, Periods, Reference
from analysis.page.charts.lines import Line, Lines
from analysis.page.charts.steps import Steps
from analysis.page.numbers import in_full, number, period, period_span, size_decimals
from analysis.page.plates import Figure
from analysis.page.protection import refuse_small
from analysis.page.wording import capital, lower
from analysis.reports.intervention_effect.answer import Brief, per
from analysis.reports.intervention_effect.levels import measure


def _calendar(brief: Brief) -> Periods:
    return Periods(tuple(brief.study.panel.periods), brief.language, brief.say("Period"))


def adoption_figure(brief: Brief) -> Figure:
    """How many regions had the intervention, period by period."""
    say, panel, along = brief.say, brief.study.panel, _calendar(brief)
    starts = panel.adoption.to_numpy()
    treated = starts[starts > NEVER]
    reached = tuple(int((treated <= place).sum()) for place in along.places)
    label = say("{regions} with the intervention", regions=capital(brief.regions))
    up = Axis(partial(in_full, language=brief.language), label, whole=True, key="regions")
    opening, closing = (period(panel.periods[place], brief.language) for place in (0, -1))
    first, last = (
        period(panel.label(int(start)), brief.language) for start in (treated.min(), treated.max())
    )
    return Steps(reached, along, up, starts.size).figure(
        **brief.plate("adoption"),
        title=say(
            "{treated} of {units} {regions} adopted, the first in {first}, the last in {last}",
            treated=treated.size,
            units=starts.size,
            first=first,
            last=last,
        ),
        caption=say(
            "{n} {regions} had not adopted by {last}; the axis ends at all {units}.",
            n=int((starts == NEVER).sum()),
            last=closing,
            units=starts.size,
        ),
        alt=say(
            "Step line of the number of {regions} with the intervention: {start} in {first}, "
            "rising to {end} in {last}.",
            start=reached[0],
            first=opening,
            end=reached[-1],
            last=closing,
        ),
    )


GROUP_WORDS = {"early": "Early adopters", "late": "Late adopters", "never": "Never adopted"}


def adopter_groups(brief: Brief) -> dict[str, np.ndarray]:
    """Masks of early, late and never adopters; adopters are split at their median start."""
    starts = brief.study.panel.adoption.to_numpy()
    treated = starts[starts > NEVER]
    middle = float(np.median(treated))
    early = (starts > NEVER) & (starts <= middle)
    groups = {"early": early, "late": (starts > NEVER) & ~early, "never": starts == NEVER}
    return {key: mask for key, mask in groups.items() if mask.any()}


def group_rates(brief: Brief) -> dict[str, np.ndarray]:
    """Path of each group, as ``measure`` says; of levels the mean of its regions."""
    panel = brief.study.panel
    groups, factor = adopter_groups(brief), per(panel)
    given = panel.matrix(panel.measured)
    known = np.isfinite(given)
    seen = np.where(known, given, 0.0)
    base = np.where(known, panel.matrix("exposure") if panel.counted else 1.0, 0.0)
    tops, bottoms = (
        np.array([values[mask].sum(axis=0) for mask in groups.values()]) for values in (seen, base)
    )
    if panel.counted:
        refuse_small(tops, brief.study.params.disclosure_threshold, "group paths")
    # After an end nothing may be known of a group.
    paths = np.full(tops.shape, np.nan)
    np.divide(tops, bottoms, out=paths, where=bottoms > 0)
    return dict(zip(groups, paths * factor, strict=True))


def paths_figure(brief: Brief) -> Figure:
    """Raw paths of early, late and never adopters, before any model."""
    say, language, panel = brief.say, brief.language, brief.study.panel
    lines = tuple(
        Line(key, say(GROUP_WORDS[key]), tuple(map(float, path)))
        for key, path in group_rates(brief).items()
    )
    first = int(panel.adoption[panel.adoption > NEVER].min())
    decimals = size_decimals(*(value for line in lines for value in line.values))
    write, unit = partial(number, language=language, decimals=decimals), measure(brief)
    ticks = partial(in_full, language=language, decimals=decimals)
    averages = say("; ").join(
        say(
            "{group} {value}",
            group=lower(line.label),
            value=write(float(np.mean(line.values[: first - 1]))),
        )
        for line in lines
    )
    start = Reference(first - 0.5, say("first start"), dashed=True)
    return Lines(lines, _calendar(brief), Axis(ticks, digits=4), (start,)).figure(
        **brief.plate("paths"),
        title=say(
            "Before the first start, {unit} averaged: {averages}", unit=unit, averages=averages
        ),
        caption=say(
            "{unit}, as recorded, before any model. Adopters are split at the middle of "
            "their starts.",
            unit=capital(unit),
        ),
        alt=say(
            "Lines of {unit}, {span}. Averages before the first start: {averages}.",
            unit=unit,
            span=period_span(panel.periods[0], panel.periods[-1], language),
            averages=averages,
        ),
    )
