"""What else happened there: every intervention of every region."""

from __future__ import annotations

from analysis.data.frames.timeline import others_moved
from analysis.page.charts.axes import Periods
from analysis.page.charts.spans import Span, Spans
from analysis.page.numbers import number
from analysis.page.plates import Figure
from analysis.page.wording import capital, joined
from analysis.reports.intervention_effect.answer import Brief
from analysis.reports.intervention_effect.verdict import others_kept


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
        (capital(brief.region), say("Intervention"), say("From"), say("To")),
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
        else "{Intervention} was in force in {own} {regions}, in all of them to the end."
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
