"""One reported fall without counts: what it can support, and what it cannot."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from analysis.params import ClaimsAudit
from analysis.report import style
from analysis.report.figures_brief import FiguresBrief
from analysis.report.numbers import number, percent
from analysis.report.plates import Column, Figure, Notes, TableData


def counts_figure(brief: FiguresBrief) -> Figure:
    """Which counts before and after are consistent with the printed fall."""
    say, language, claim = brief.say, brief.language, brief.claim
    found = claim.counts
    fall = percent(claim.fall, language, 0)
    spans = [(item.fall.low, item.fall.high) for item in found]

    def draw(_: Canvas, axes: Axes, width: str) -> None:
        for row, (item, (low, high)) in enumerate(reversed([*zip(found, spans, strict=True)])):
            axes.plot([low, high], [row, row], color=style.COLOURS["claim"], linewidth=3, alpha=0.5)
            printed = [1 - n / item.baseline for n in (item.most, item.fewest)]
            axes.plot(printed, [row, row], "D", color=style.COLOURS["claim"], markersize=5)
            _note(axes, row, _counts_text(brief, item.baseline, item.fewest, item.most), width)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.set_ylim(-0.5, len(found) - 0.1)
        axes.xaxis.set_major_locator(MaxNLocator(6 if width == "wide" else 4))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: percent(v, language, 0)))
        axes.set_xlabel(say("Fall in the underlying rate, {level} interval", level=_level(brief)))

    first, last = found[0], found[-1]
    return Figure(
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
            place=brief.place(claim.figure.source),
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
        images=style.render(draw, language, False, 0.3 + 0.11 * len(found)),
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


def chance_figure(brief: FiguresBrief) -> Figure:
    """A simulated hypothetical: how far regression to the mean alone could go."""
    say, language, claim = brief.say, brief.language, brief.claim
    params = _params(brief)
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


def comparison_figure(brief: FiguresBrief) -> Figure:
    """Both reported changes from a common start of 100."""
    say, language, claim = brief.say, brief.language, brief.claim
    other = claim.comparison
    left = 100 * (1 - claim.fall)
    lines = {
        "comparison": (100 * other.ratio.value, brief.place(other.figure.source)),
        "claim": (left, brief.place(claim.figure.source)),
    }

    def draw(_: Canvas, axes: Axes, width: str) -> None:
        for key, (value, name) in lines.items():
            axes.plot([0, 1], [100, value], color=style.COLOURS[key], marker="o")
            rises = value > 100
            axes.annotate(
                f"{name}: {number(value, language, 1)}",
                (0.98, value if rises else 86),
                xytext=(0, 9 if rises else 0),
                textcoords="offset points",
                fontsize=style.SMALL if width == "wide" else 8,
                ha="right",
                color=style.COLOURS[key],
            )
        axes.set_xlim(-0.1, 1.1)
        axes.set_ylim(0, 190)
        axes.set_xticks([0, 1], [say("Before"), say("After")])
        axes.yaxis.set_major_locator(MaxNLocator(5))
        axes.set_ylabel(say("Before = 100"))

    return Figure(
        **brief.plate("comparison"),
        title=say(
            "In the same year the only other region with a figure reports {rise}, for "
            "another thing",
            rise=percent(other.ratio.value - 1, language, 2, signed=True),
        ),
        caption=say(
            "{claim}: complaints about {scope}, before and after a campaign, periods not stated. "
            "{other}: complaints and tip-offs about everyone, year on year; {after} accepted, so "
            "{before} the year before (exact {level} interval of the ratio {low} to {high}). "
            "Different levels of government, different subjects, no ranking.",
            claim=brief.place(claim.figure.source),
            scope=_scope(brief),
            other=brief.place(other.figure.source),
            after=number(other.after, language),
            before=number(other.before, language),
            level=_level(brief),
            low=number(other.ratio.low, language, 2),
            high=number(other.ratio.high, language, 2),
        ),
        alt=say(
            "Two lines from 100: one rises to {up}, the other falls to {down}.",
            up=number(100 * other.ratio.value, language, 1),
            down=number(left, language),
        ),
        images=style.render(draw, language, False, 0.8),
        table=TableData(
            (
                Column("document", say("Document")),
                Column("before", say("Before"), "end"),
                Column("after", say("After"), "end"),
                Column("change", say("Change"), "end"),
            ),
            (
                (
                    brief.place(other.figure.source),
                    number(other.before, language),
                    number(other.after, language),
                    brief.shown(other.figure),
                ),
                (
                    brief.place(claim.figure.source),
                    say("not printed"),
                    say("not printed"),
                    brief.amount(claim.figure.number, "percent", signed=True),
                ),
            ),
            (
                (other.figure.source, other.before, other.after, other.figure.number),
                (claim.figure.source, None, None, claim.figure.number),
            ),
        ),
    )


def comparison_notes(brief: FiguresBrief) -> Notes:
    """What the comparison can and cannot say."""
    say, language, claim = brief.say, brief.language, brief.claim
    return Notes(
        **brief.plate("comparison_notes"),
        title=say("What the comparison can and cannot say"),
        points=(
            say(
                "**It can say** that complaints did not fall everywhere in that year: one district "
                "reports a rise. Had complaints here risen likewise, what is left would be "
                "{relative} below what was to be expected, not {fall}.",
                relative=percent(claim.comparison.relative, language, 2),
                fall=percent(claim.fall, language, 0),
            ),
            say(
                "**It cannot say** that the campaign was the reason. One other region shows no "
                "range of what regions do by themselves, and the two count different things."
            ),
            say(
                "**It cannot rule out** a start picked at a peak, a change in how complaints are "
                "recorded, or a few frequent complainants who stopped."
            ),
        ),
    )


def settle(brief: FiguresBrief) -> Notes:
    """Which data would settle it."""
    say = brief.say
    return Notes(
        **brief.plate("settle"),
        title=say("Which data would settle it"),
        points=(
            say(
                "Complaints by month against these enterprises, for 24 months before the start and "
                "12 after; tip-offs and enquiries apart."
            ),
            say(
                "The same months for food producers of the county outside the campaign, and for "
                "the same trade in neighbouring counties."
            ),
            say("Who complained: how many claimants, how many of them with many earlier cases."),
            say("How complaints came in and were recorded, and whether that changed."),
            say("When the start was decided, and whether a rise in complaints was the reason."),
        ),
    )


def _params(brief: FiguresBrief) -> ClaimsAudit:
    if not isinstance(brief.params, ClaimsAudit):
        raise TypeError("only a claims audit examines a claim")
    return brief.params


def _level(brief: FiguresBrief) -> str:
    return percent(brief.params.level, brief.language, 0)


def _scope(brief: FiguresBrief) -> str:
    figure = brief.claim.figure
    return brief.published.name("scopes", figure.scope, brief.language) if figure.scope else ""


def _range(brief: FiguresBrief, low: int, high: int) -> str:
    if low == high:
        return number(low, brief.language)
    return brief.say(
        "{low} to {high}", low=number(low, brief.language), high=number(high, brief.language)
    )


def _counts_text(brief: FiguresBrief, before: int, low: int, high: int) -> str:
    return brief.say(
        "{before} before, {after} after",
        before=number(before, brief.language),
        after=_range(brief, low, high),
    )


def _note(axes: Axes, row: int, text: str, width: str) -> None:
    axes.annotate(
        text,
        (0, row),
        xycoords=("axes fraction", "data"),
        xytext=(2, 6),
        textcoords="offset points",
        fontsize=style.SMALL if width == "wide" else 8,
        color=style.INK,
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
