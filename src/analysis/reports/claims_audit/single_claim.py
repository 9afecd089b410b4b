"""One reported fall without counts: what it can support, and what it cannot."""

from __future__ import annotations

from functools import partial

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from analysis.page.charts import style
from analysis.page.charts.axes import Axis
from analysis.page.charts.rows import Row, Rows
from analysis.page.numbers import number, percent
from analysis.page.plates import Column, Figure, TableData
from analysis.reports.claims_audit.answer import AuditBrief


def counts_figure(brief: AuditBrief) -> Figure:
    """Which counts before and after are consistent with the printed fall."""
    say, language, claim = brief.say, brief.language, brief.claim
    found = claim.counts
    fall = percent(claim.fall, language, 0)
    label = say("Fall in the underlying rate, {level} interval", level=_level(brief))
    chart = Rows(
        tuple(
            Row(
                _counts_text(brief, item.baseline, item.fewest, item.most),
                item.fall.value,
                item.fall.low,
                item.fall.high,
                "claim",
                others=(1 - item.most / item.baseline,),
            )
            for item in found
        ),
        Axis(partial(percent, language=language, decimals=0), label),
    )
    first, last = found[0], found[-1]
    return chart.figure(
        **brief.plate("consistent_counts"),
        title=say(
            "“−{fall}” needs at least {least} complaints before; from {base} before, the true fall "
            "could be {low} to {high}",
            fall=fall,
            least=claim.smallest,
            base=first.baseline,
            low=percent(first.fall.low, language),
            high=percent(first.fall.high, language),
        ),
        caption=say(
            "{place}. Diamonds: falls that print as {fall}. Bars: exact Poisson intervals of the "
            "fall in the underlying rate, windows of equal length. The numbers before are "
            "assumed, because none is printed; fewer than {least} cannot print as {fall}.",
            place=brief.document(claim.figure.source),
            fall=fall,
            least=claim.smallest,
        ),
        alt=say(
            "Intervals of the fall by complaints before: from {low} to {high} at {base}, from "
            "{low_last} to {high_last} at {last}.",
            low=percent(first.fall.low, language),
            high=percent(first.fall.high, language),
            base=first.baseline,
            low_last=percent(last.fall.low, language),
            high_last=percent(last.fall.high, language),
            last=number(last.baseline, language),
        ),
        table=TableData(
            (
                Column("before", say("Complaints before (assumed)"), "end"),
                Column("after", say("Complaints after"), "end"),
                Column("low", say("Fall at least"), "end"),
                Column("high", say("Fall at most"), "end"),
            ),
            tuple(
                (
                    number(i.baseline, language),
                    _range(brief, i.fewest, i.most),
                    percent(i.fall.low, language),
                    percent(i.fall.high, language),
                )
                for i in found
            ),
            tuple(
                (i.baseline, f"{i.fewest}-{i.most}", round(i.fall.low, 4), round(i.fall.high, 4))
                for i in found
            ),
        ),
    )


def chance_figure(brief: AuditBrief) -> Figure:
    """A simulated hypothetical: how far regression to the mean alone could go."""
    say, language, claim = brief.say, brief.language, brief.claim
    params = brief.params
    chance = claim.chance
    means = [item.mean for item in chance]
    reach = max(item.as_claimed for item in chance)

    def draw(_: Canvas, axes: Axes, width: str) -> None:
        colour = style.COLOURS["chance"]
        axes.fill_between(
            means, [c.middle for c in chance], [c.high for c in chance], color=colour, alpha=0.2
        )
        axes.plot(means, [c.middle for c in chance], color=colour, marker="o", markersize=4)
        axes.plot(means, [c.high for c in chance], color=colour, linewidth=1)
        axes.axhline(claim.fall, color=style.COLOURS["claim"], linewidth=1.2)
        _right(axes, claim.fall, say("reported"), style.COLOURS["claim"], above=True)
        _right(axes, chance[-1].high, say("1 in 20"), colour, above=True)
        _right(axes, chance[-1].middle, say("middle"), colour, above=False)
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(FixedLocator(means if width == "wide" else means[::2]))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: number(v, language)))
        axes.set_ylim(0, 1.12)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda v, _: percent(v, language, 0)))
        axes.set_xlabel(say("Usual complaints in a window (hypothetical)"))
        axes.set_ylabel(say("Fall that appears by itself"))

    decimals = 2 if reach < 0.01 else 1
    low, high = (f([c.middle for c in chance]) for f in (min, max))
    return Figure(
        **brief.plate("chance"),
        title=say(
            "Simulation of a hypothetical: had the start been picked at a peak, complaints would "
            "fall by {low} to {high} by themselves, and by {fall} in at most {reach} of cases",
            low=percent(low, language, 0),
            high=percent(high, language, 0),
            fall=percent(claim.fall, language, 0),
            reach=percent(reach, language, decimals),
        ),
        caption=say(
            "Invented windows in which nothing changes, not data of {region}. Counts vary with "
            "variance mean + {dispersion} × mean²; the start follows a window among the highest "
            "{peak} of all; {draws} draws for each mean, seed {seed}. At most {reach} of the "
            "simulated falls print as {fall}; falls to nothing print as 100% and are not counted "
            "among them.",
            region=brief.region(claim.figure.source),
            dispersion=number(params.dispersion, language, 1),
            peak=percent(params.peak_share, language),
            draws=number(params.draws, language),
            seed=params.seed,
            reach=percent(reach, language, decimals),
            fall=percent(claim.fall, language, 0),
        ),
        alt=say(
            "Simulated falls by regression to the mean: the middle one is {first} at a mean of "
            "{start} and {last} at {end}; one in twenty exceeds {top} at {end}.",
            first=percent(chance[0].middle, language, 0),
            start=chance[0].mean,
            last=percent(chance[-1].middle, language, 0),
            end=chance[-1].mean,
            top=percent(chance[-1].high, language, 0),
        ),
        images=style.render(draw, language, False),
        table=TableData(
            (
                Column("mean", say("Usual complaints in a window (hypothetical)"), "end"),
                Column("middle", say("Middle fall"), "end"),
                Column("high", say("Exceeded by 1 in 20"), "end"),
                Column("as_claimed", say("Print as reported"), "end"),
            ),
            tuple(
                (
                    number(c.mean, language),
                    percent(c.middle, language),
                    percent(c.high, language),
                    percent(c.as_claimed, language, 2),
                )
                for c in chance
            ),
            tuple(
                (c.mean, round(c.middle, 4), round(c.high, 4), round(c.as_claimed, 6))
                for c in chance
            ),
        ),
    )


def _level(brief: AuditBrief) -> str:
    return percent(brief.params.level, brief.language, 0)


def _range(brief: AuditBrief, low: int, high: int) -> str:
    if low == high:
        return number(low, brief.language)
    return brief.say(
        "{low} to {high}", low=number(low, brief.language), high=number(high, brief.language)
    )


def _counts_text(brief: AuditBrief, before: int, low: int, high: int) -> str:
    return brief.say(
        "{before} before, {after} after",
        before=number(before, brief.language),
        after=_range(brief, low, high),
    )


def _right(axes: Axes, value: float, text: str, colour: str, above: bool) -> None:
    axes.annotate(
        text,
        (1, value),
        xycoords=("axes fraction", "data"),
        xytext=(-2, 3 if above else -11),
        textcoords="offset points",
        ha="right",
        fontsize=style.SMALL,
        color=colour,
    )
