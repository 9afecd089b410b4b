"""One reported fall without counts: what it can support, beside another change, and what it cannot.

Its sentences name what was counted, so they stand with the figures in ``fall_words.csv``.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from analysis.page.charts import style
from analysis.page.charts.axes import Axis
from analysis.page.charts.rows import Row, Rows
from analysis.page.numbers import number, percent
from analysis.page.plates import Column, Figure, Notes, TableData
from analysis.reports.claims_audit.answer import AuditBrief
from analysis.reports.claims_audit.sentences import fall_words

NOTES = ("can_say", "cannot_say", "cannot_rule_out")


def counts_figure(brief: AuditBrief) -> Figure:
    """Which counts before and after are consistent with the printed fall."""
    say, language, found = brief.say, brief.language, brief.fall.counts
    whole, share = partial(number, language=language), partial(percent, language=language)

    def after(low: int, high: int) -> str:
        if low == high:
            return whole(low)
        return say("{low} to {high}", low=whole(low), high=whole(high))

    label = say(
        "Fall in the underlying rate, {level} interval", level=share(brief.params.level, decimals=0)
    )
    rows = tuple(
        Row(
            say(
                "{before} before, {after} after",
                before=whole(item.baseline),
                after=after(item.fewest, item.most),
            ),
            *(item.fall.value, item.fall.low, item.fall.high),
            key="claim",
            others=(1 - item.most / item.baseline,),
        )
        for item in found
    )
    return Rows(rows, Axis(partial(share, decimals=0), label)).figure(
        **brief.plate("consistent_counts"),
        **_plate_words(brief, "counts"),
        table=TableData.of(
            (
                Column("before", fall_words(brief, "count_before"), "end"),
                Column("after", fall_words(brief, "count_after"), "end"),
                Column("low", say("Fall at least"), "end"),
                Column("high", say("Fall at most"), "end"),
            ),
            (
                (
                    (whole(i.baseline), i.baseline),
                    (after(i.fewest, i.most), f"{i.fewest}-{i.most}"),
                    (share(i.fall.low), round(i.fall.low, 4)),
                    (share(i.fall.high), round(i.fall.high, 4)),
                )
                for i in found
            ),
        ),
    )


def chance_figure(brief: AuditBrief) -> Figure:
    """A simulated hypothetical: how far regression to the mean alone could go."""
    say, language, chance = brief.say, brief.language, brief.fall.chance
    share, whole = partial(percent, language=language), partial(number, language=language)
    return Figure(
        **brief.plate("chance"),
        **_plate_words(brief, "chance"),
        images=style.render(partial(_draw_chance, brief), language, False),
        table=TableData.of(
            (
                Column("mean", fall_words(brief, "chance_axis"), "end"),
                Column("middle", say("Middle fall"), "end"),
                Column("high", say("Exceeded by 1 in 20"), "end"),
                Column("as_claimed", say("Print as reported"), "end"),
            ),
            (
                (
                    (whole(c.mean), c.mean),
                    (share(c.middle), round(c.middle, 4)),
                    (share(c.high), round(c.high, 4)),
                    (share(c.as_claimed, decimals=2), round(c.as_claimed, 6)),
                )
                for c in chance
            ),
        ),
    )


def _draw_chance(brief: AuditBrief, _: Canvas, axes: Axes, width: str) -> None:
    chance, language, say = brief.fall.chance, brief.language, brief.say
    means = [item.mean for item in chance]
    middle, high = [c.middle for c in chance], [c.high for c in chance]
    quiet, loud = style.COLOURS["chance"], style.COLOURS["claim"]
    axes.fill_between(means, middle, high, color=quiet, alpha=0.2)
    axes.plot(means, middle, color=quiet, marker="o", markersize=4)
    axes.plot(means, high, color=quiet, linewidth=1)
    axes.axhline(brief.fall.share, color=loud, linewidth=1.2)
    names = (
        (brief.fall.share, say("reported"), loud, 3),
        (high[-1], say("1 in 20"), quiet, 3),
        (middle[-1], say("middle"), quiet, -11),
    )
    for value, text, colour, rise in names:
        axes.annotate(
            text,
            (1, value),
            xycoords=("axes fraction", "data"),
            xytext=(-2, rise),
            textcoords="offset points",
            ha="right",
            fontsize=style.SMALL,
            color=colour,
        )
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(FixedLocator(means if width == "wide" else means[::2]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: number(v, language)))
    axes.set_ylim(0, 1.12)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: percent(v, language, 0)))
    axes.set_xlabel(fall_words(brief, "chance_axis"))
    axes.set_ylabel(say("Fall that appears by itself"))


def comparison_figure(brief: AuditBrief) -> Figure:
    """Both reported changes from a common start of 100."""
    say, language, fall, other = brief.say, brief.language, brief.fall, brief.fall.other
    missing = say("not printed"), None
    return Figure(
        **brief.plate("comparison"),
        **_plate_words(brief, "pair"),
        alt=say(
            "Two lines from 100: one rises to {up}, the other falls to {down}.",
            up=number(100 * other.ratio.value, language, 1),
            down=number(100 * (1 - fall.share), language),
        ),
        images=style.render(partial(_draw_pair, brief), language, False, 0.8),
        table=TableData.of(
            (
                Column("document", say("Document")),
                Column("before", say("Before"), "end"),
                Column("after", say("After"), "end"),
                Column("change", say("Change"), "end"),
            ),
            (
                (
                    (brief.document(other.figure.source), other.figure.source),
                    (number(other.before, language), other.before),
                    (number(other.after, language), other.after),
                    (brief.shown(other.figure), other.figure.number),
                ),
                (
                    (brief.document(fall.figure.source), fall.figure.source),
                    missing,
                    missing,
                    (brief.shown(fall.figure), fall.figure.number),
                ),
            ),
        ),
    )


def _draw_pair(brief: AuditBrief, _: Canvas, axes: Axes, width: str) -> None:
    fall, other = brief.fall, brief.fall.other
    ends = {
        "comparison": (100 * other.ratio.value, brief.document(other.figure.source)),
        "claim": (100 * (1 - fall.share), brief.document(fall.figure.source)),
    }
    for key, (value, name) in ends.items():
        rises = value > 100
        axes.plot([0, 1], [100, value], color=style.COLOURS[key], marker="o")
        axes.annotate(
            f"{name}: {number(value, brief.language, 1)}",
            (0.98, value if rises else 86),
            xytext=(0, 9 if rises else 0),
            textcoords="offset points",
            fontsize=style.SMALL if width == "wide" else style.TINY,
            ha="right",
            color=style.COLOURS[key],
        )
    axes.set_xlim(-0.1, 1.1)
    axes.set_ylim(0, 190)
    axes.set_xticks([0, 1], [brief.say("Before"), brief.say("After")])
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.set_ylabel(brief.say("Before = 100"))


def _plate_words(brief: AuditBrief, plate: str) -> dict[str, Any]:
    """Title, caption and alternative text of a figure, as far as the words give them."""
    uses = ("title", "caption", "alt")
    return {u: text for u in uses if (text := fall_words(brief, f"{plate}_{u}"))}


def comparison_notes(brief: AuditBrief) -> Notes:
    """What the comparison can and cannot say."""
    title = brief.say("What the comparison can and cannot say")
    points = tuple(fall_words(brief, use) for use in NOTES)
    return Notes(**brief.plate("comparison_notes"), title=title, points=points)


def settle(brief: AuditBrief) -> Notes:
    """Which data would settle it."""
    uses = (f"settle_{n}" for n in range(1, 6))
    points = tuple(text for use in uses if (text := fall_words(brief, use)))
    return Notes(
        **brief.plate("settle"), title=brief.say("Which data would settle it"), points=points
    )
