"""Growth with the earlier level it implies, and progress against targets."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from analysis.data.published.profile import Growth, Progress, growths, progresses
from analysis.page.charts import style
from analysis.page.charts.rows import Row, draw_rows, height
from analysis.page.numbers import number, percent
from analysis.page.plates import Column, Figure, TableData
from analysis.page.printed_figures import FiguresBrief

SINCE_WORDS = {
    "same_period_previous_year": "same period a year earlier",
    "same_time_previous_year": "same day a year earlier",
    "previous_year": "the year before",
    "before_campaign": "before the campaign, period not stated",
}


def growth_figure(brief: FiguresBrief) -> Figure:
    """Reported changes; hollow where no level is printed."""
    say, language = brief.say, brief.language
    found = sorted(growths(brief.published), key=lambda g: brief.order.index(g.change.source))
    known = [g for g in found if g.level is not None]

    def row(item: Growth) -> Row:
        label = say(
            "{name}, {place}: {value}",
            name=brief.name(item.change),
            place=_place(brief, item),
            value=_change_text(brief, item),
        )
        level = brief.published.level(item.change.region)
        return Row(label, item.change.number / 100, colour=level, hollow=item.level is None)

    def draw(_: Canvas, axes: Axes, width: str) -> None:
        style.zero_line(axes, vertical=True)
        draw_rows(
            axes,
            [row(item) for item in found],
            width,
            lambda value: percent(value, language, 0, signed=True),
            say("Reported change"),
        )

    return Figure(
        **brief.plate("growth"),
        title=say(
            "{known} of {all} reported changes come with a level, so that the earlier level can be "
            "worked out",
            known=len(known),
            all=len(found),
        ),
        caption=say(
            "Filled: the level is printed, so that the earlier one follows. Hollow: neither "
            "level is printed. Different things, years and levels of "
            "government; a change says nothing about how high the level is. No ranking."
        ),
        alt=say(
            "Reported changes: {parts}.", parts=say("; ").join(row(item).label for item in found)
        ),
        images=style.render(draw, language, False, height(len(found), 0.105)),
        table=_growth_data(brief, found),
    )


def _change_text(brief: FiguresBrief, item: Growth) -> str:
    if item.level is None or item.earlier is None:
        return brief.say("{value}, no level", value=brief.shown(item.change))
    return brief.say(
        "{value}, from about {earlier} to {level}",
        value=brief.shown(item.change),
        earlier=brief.amount(_readable(item.earlier), item.level.unit),
        level=brief.shown(item.level),
    )


def _readable(value: float) -> float:
    """Whole numbers for counts, two decimals for small rates."""
    return float(round(value)) if value >= 100 else round(value, 2)


def _place(brief: FiguresBrief, item: Growth) -> str:
    change = item.change
    return brief.say(
        "{region} ({level}, {period})",
        region=brief.region(change.source),
        level=brief.level(change.source),
        period=brief.period(change.start, change.end),
    )


def _growth_data(brief: FiguresBrief, found: list[Growth]) -> TableData:
    say = brief.say
    rows, values = [], []
    for item in found:
        change, level = item.change, item.level
        missing = say("not printed")
        earlier = missing
        if level is not None and item.earlier is not None:
            earlier = brief.amount(_readable(item.earlier), level.unit)
            if level.bound == "at_least":
                earlier = say(
                    "at least {value}", value=brief.amount(_readable(item.earlier), level.unit)
                )
        rows.append(
            (
                brief.name(change),
                _place(brief, item),
                brief.shown(change),
                brief.shown(level) if level else missing,
                earlier,
                say(SINCE_WORDS[change.compared_with]),
            )
        )
        values.append(
            (
                change.id,
                change.source,
                change.value,
                level.value if level else None,
                None if item.earlier is None else round(item.earlier, 3),
                change.compared_with,
            )
        )
    return TableData(
        (
            Column("indicator", say("Indicator")),
            Column("document", say("Document and period")),
            Column("change", say("Reported change"), "end"),
            Column("level", say("Level printed"), "end"),
            Column("earlier", say("Earlier level implied"), "end"),
            Column("since", say("Compared with")),
        ),
        tuple(rows),
        tuple(values),
    )


def progress_figure(brief: FiguresBrief) -> Figure:
    """What was done of each target, beside the share of the year gone by."""
    say, language = brief.say, brief.language
    found = progresses(brief.published)
    places = say("; ").join(dict.fromkeys(brief.place(item.done.source) for item in found))
    behind = [item for item in found if item.done.number / item.target < item.elapsed]

    def row(item: Progress) -> Row:
        label = say(
            "{name}: {done} of {target} ({value})",
            name=brief.name(item.done),
            done=number(item.done.number, language),
            target=_target(brief, item),
            value=percent(item.done.number / item.target, language),
        )
        level = brief.published.level(item.done.region)
        value = item.done.number / item.target
        return Row(label, value, colour=level, hollow=item.implied, mark=item.elapsed)

    def draw(_: Canvas, axes: Axes, width: str) -> None:
        axes.axvline(1, color=style.QUIET, linewidth=1)
        draw_rows(
            axes,
            [row(item) for item in found],
            width,
            lambda value: percent(value, language, 0),
            say("Done, of the target"),
        )
        axes.set_xlim(0, 1.06)

    return Figure(
        **brief.plate("progress"),
        title=say(
            "{ahead} of {all} targets were ahead of the calendar, {behind} behind it",
            ahead=len(found) - len(behind),
            all=len(found),
            behind=len(behind),
        ),
        caption=say(
            "{places}: the only document that prints progress within a year. Short upright line: "
            "share of the year gone by on the day of the figure. Hollow: the target is not "
            "printed and follows from the printed progress. That targets are for the whole year "
            "is our reading; the deadline of the talent targets is not printed.",
            places=places,
        ),
        alt=say(
            "Progress against targets: {parts}.",
            parts=say("; ").join(row(item).label for item in found),
        ),
        images=style.render(draw, language, False, height(len(found), 0.13)),
        table=TableData(
            (
                Column("target", say("Target")),
                Column("done", say("Done"), "end"),
                Column("of", say("Target number"), "end"),
                Column("printed", say("Progress printed"), "end"),
                Column("computed", say("Progress computed"), "end"),
                Column("elapsed", say("Year gone by"), "end"),
            ),
            tuple(
                (
                    brief.name(p.done),
                    number(p.done.number, language),
                    _target(brief, p),
                    brief.shown(p.printed) if p.printed else say("not printed"),
                    percent(p.done.number / p.target, language),
                    percent(p.elapsed, language, 0),
                )
                for p in found
            ),
            tuple(
                (
                    p.done.id,
                    p.done.value,
                    p.target,
                    p.printed.value if p.printed else None,
                    round(p.done.number / p.target, 4),
                    round(p.elapsed, 3),
                )
                for p in found
            ),
        ),
    )


def _target(brief: FiguresBrief, item: Progress) -> str:
    text = number(item.target, brief.language)
    return brief.say("about {value}", value=text) if item.implied else text
