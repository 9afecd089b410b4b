"""Who did what when, what else began or ended there, and what was recorded before any model."""

from __future__ import annotations

from functools import partial

import numpy as np

from analysis.data.frames.panels.panel import NEVER
from analysis.data.frames.panels.timeline import others_moved
from analysis.disclosure.estimates import FEWEST_REGIONS, of_amounts, of_one, three_digits
from analysis.disclosure.gate import NUMBER
from analysis.page.charts.axes import Axis, Periods, Reference
from analysis.page.charts.lines import Line, Lines
from analysis.page.charts.spans import Span, Spans
from analysis.page.charts.steps import Steps
from analysis.page.numbers import in_full, number, period, period_span, size_decimals
from analysis.page.plates import Figure
from analysis.page.wording import capital, joined, lower
from analysis.reports.intervention_effect.answer import Brief, per
from analysis.reports.intervention_effect.levels import measure
from analysis.verdicts.effect import others_kept


def _calendar(brief: Brief) -> Periods:
    return Periods(tuple(brief.study.panel.periods), brief.language, brief.say("Period"))


def adoption_figure(brief: Brief) -> Figure:
    """How many regions had the intervention, period by period."""
    say, panel, along = brief.say, brief.study.panel, _calendar(brief)
    starts = panel.adoption.to_numpy()
    treated = starts[starts > NEVER]
    reached = tuple(int((treated <= place).sum()) for place in along.places)
    label = say("{regions} with the intervention", regions=capital(brief.regions))
    up = Axis(
        partial(in_full, language=brief.language), label, whole=True, key="regions", role=NUMBER
    )
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
    panel = brief.study.protected or brief.study.panel
    groups, factor = adopter_groups(brief), per(panel)
    bare = brief.study.shielded and not panel.counted
    if bare:
        groups = {key: mask for key, mask in groups.items() if mask.sum() >= FEWEST_REGIONS}
    given = panel.matrix(panel.measured)
    known = np.isfinite(given)
    seen = np.where(known, given, 0.0)
    base = np.where(known, panel.matrix("exposure") if panel.counted else 1.0, 0.0)
    tops, bottoms = (
        np.array([values[mask].sum(axis=0) for mask in groups.values()]) for values in (seen, base)
    )
    # After an end nothing may be known of a group.
    paths = np.full(tops.shape, np.nan)
    np.divide(tops, bottoms, out=paths, where=bottoms > 0)
    if bare:
        # There is no noise for levels: means of few regions stay here, and all but three digits.
        many = [known[mask].sum(axis=0) >= FEWEST_REGIONS for mask in groups.values()]
        if of_amounts(panel):
            held = [np.apply_along_axis(of_one, 0, seen[mask]) for mask in groups.values()]
            many = [enough & ~own for enough, own in zip(many, held, strict=True)]
        paths = np.array(three_digits(np.where(many, paths, np.nan).tolist()))
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
    return Lines(lines, _calendar(brief), Axis(ticks, digits=4, role=NUMBER), (start,)).figure(
        **brief.plate("paths"),
        title=say(
            "Before the first start, {unit} averaged: {averages}", unit=unit, averages=averages
        ),
        caption=say(
            "{unit}, before any model. Adopters are split at the middle of their starts.",
            unit=capital(unit),
        ),
        alt=say(
            "Lines of {unit}, {span}. Averages before the first start: {averages}.",
            unit=unit,
            span=period_span(panel.periods[0], panel.periods[-1], language),
            averages=averages,
        ),
    )


def timeline_figure(brief: Brief) -> Figure:
    """A row a region in which anything was in force, adopters first, by their start."""
    say, language, panel = brief.say, brief.language, brief.study.panel
    spells = panel.timeline
    own = {spell.region: spell.start for spell in reversed(spells) if spell.own}
    order = sorted({s.region for s in spells}, key=lambda code: (own.get(code, 10**6), code))
    row = {code: place for place, code in enumerate(order)}
    moved = others_moved(spells)
    ended = {s.region for s in spells if s.own and s.end is not None}
    words = {"headline": capital(brief.intervention), "other": say("other interventions")}
    if all(spell.own for spell in spells):
        del words["other"]
    chart = Spans(
        tuple((brief.region_name(code), code) for code in order),
        tuple(
            Span(
                row[spell.region],
                spell.start,
                spell.end,
                "headline" if spell.own else "other",
                capital(brief.words(spell.intervention).of(language)),
            )
            for spell in spells
        ),
        Periods(tuple(panel.periods), language, say("Period")),
        tuple(words.items()),
        (capital(brief.region), say("Intervention"), say("In force from"), say("In force to")),
    )
    sets = {"own": own, "moved": moved, "ended": ended}
    count = {name: number(len(codes), language) for name, codes in sets.items()}
    kept = others_kept(panel)
    if not moved:
        title = say("Nothing else began or ended in these {regions} within these periods")
    elif kept:
        title = say(
            "Something else began or ended in {moved} {regions}; {kept} of them were kept",
            moved=count["moved"],
            kept=number(kept, language),
        )
    else:
        title = say(
            "Something else began or ended in {moved} {regions}; none of them was kept",
            moved=count["moved"],
        )
    text = (
        "Of {own} {regions} with the intervention, it ended within these periods in {ended}. A "
        "blank end in the table: still in force."
        if ended
        else "In force in {own} {regions}, in all of them to the end: {intervention}."
    )
    caption = say(text, own=count["own"], ended=count["ended"])
    if brief.headline.sample.dropped:
        caption = joined(language, say("{Regions} that were left out are shown, too."), caption)
    return chart.figure(
        **brief.plate("timeline"),
        title=title,
        caption=caption,
        alt=say(
            "Bars by {region}: {own} with the intervention, {moved} in which another began or "
            "ended.",
            **count,
        ),
    )
