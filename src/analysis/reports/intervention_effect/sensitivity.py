"""The headline among other ways to estimate it, and without each region in turn."""

from __future__ import annotations

import math

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analysis.page.charts import style
from analysis.page.numbers import number, percent
from analysis.page.plates import Column, Figure, Notes, TableData
from analysis.page.provenance import method_title
from analysis.page.wording import lower
from analysis.reports.intervention_effect.brief import Brief
from analysis.robustness import WITH_OPTIONS, Answer, headline_key

SPECIFICATION_WORDS = {
    "did_not_yet_treated": "Staggered comparison with regions not yet treated",
    "did_never_treated": "Staggered comparison with regions never treated",
    "did_anticipation": "Staggered comparison, one period of anticipation allowed",
    "did_rate": "Staggered comparison of rates instead of log rates",
    "counts_not_yet_treated": "Poisson model of counts, all untreated periods",
    "counts_never_treated": "Poisson model of counts, never-treated regions only",
    "imputation_not_yet_treated": "Imputation from all untreated periods",
    "imputation_never_treated": "Imputation from never-treated regions",
    "event_study": "Event study, first periods since adoption",
    "rollout": "Staggered comparison judged by possible orders",
    "two_way": "Two-way fixed effects (comparison only)",
    "two_way_effects": "Two-way fixed effects (comparison only)",
    "two_way_differences": "First differences (comparison only)",
    "two_way_effects_published": "Two-way fixed effects, errors as published",
    "two_way_differences_published": "First differences, errors as published",
}
MORE_ANTICIPATION_WORDS = "Staggered comparison, one more period of anticipation allowed"


def specification_name(brief: Brief, item: Answer) -> str:
    """How an answer was estimated, in the reader's words."""
    say, key = brief.say, item.key.removesuffix(WITH_OPTIONS)
    words = SPECIFICATION_WORDS.get(key, "")
    if key == "did_anticipation" and brief.question.method_options.get("anticipation"):
        words = MORE_ANTICIPATION_WORDS
    name = say(words) if words else method_title(item.method, say)
    if key != item.key:
        return say("With options: {way}", way=lower(name))
    plain = headline_key(brief.study).removesuffix(WITH_OPTIONS)
    if brief.question.method_options and key == plain:
        return say("Without options: {way}", way=lower(name))
    return name


def specification_figure(brief: Brief) -> Figure:
    """The headline among other ways to answer the same question."""
    say, language = brief.say, brief.language
    own = headline_key(brief.study)
    given = [a for a in brief.robustness.specifications if a.estimate is not None]
    given = sorted(given, key=lambda a: a.estimate.value if a.estimate else 0.0)
    values = [math.expm1(a.estimate.value) for a in given if a.estimate]
    ends = {
        row: (row, math.expm1(a.estimate.low), math.expm1(a.estimate.high))
        for row, a in enumerate(given)
        if a.estimate and a.estimate.low is not None and a.estimate.high is not None
    }
    same = sum(1 for value in values if value * brief.effect.relative > 0)

    def draw(_: Canvas, axes: Axes, width: str) -> None:
        style.zero_line(axes, vertical=True)
        for row, item in enumerate(given):
            colour = style.COLOURS["headline" if item.key == own else "other"]
            axes.annotate(
                style.short(specification_name(brief, item), width),
                (0, row),
                xycoords=("axes fraction", "data"),
                xytext=(2, 7),
                textcoords="offset points",
                fontsize=8 if width == "narrow" else 9,
                color=colour if item.key == own else style.INK,
                bbox={"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.8},
            )
        for key, marker in (("other", "o"), ("headline", "D")):
            rows = [row for row, a in enumerate(given) if (a.key == own) == (key == "headline")]
            style.bars(axes, [ends[r] for r in rows if r in ends], style.COLOURS[key], across=True)
            shown = [values[row] for row in rows]
            axes.plot(shown, rows, marker, color=style.COLOURS[key], markersize=6)
        axes.set_yticks([])
        axes.set_ylim(-0.6, len(given) - 0.2)
        axes.spines["left"].set_visible(False)
        axes.xaxis.set_major_locator(MaxNLocator(6 if width == "wide" else 4))
        axes.xaxis.set_major_formatter(
            FuncFormatter(lambda value, _: percent(value, language, 0, signed=True))
        )

    return Figure(
        **brief.plate("specifications"),
        title=say(
            "{same} of {all} ways to estimate point the same way; they run from {low} to {high}",
            same=same,
            all=len(values),
            low=percent(min(values), language, signed=True),
            high=percent(max(values), language, signed=True),
        ),
        caption=say(
            "Diamond: the headline. Bars: {level} intervals. Comparison-only methods mix "
            "early and late adopters and are no substitute for the headline.",
            level=percent(brief.headline.level, language, 0),
        ),
        alt=say(
            "{all} estimates with intervals, from {low} to {high}; {same} on the headline's "
            "side of no change.",
            all=len(values),
            same=same,
            low=percent(min(values), language, signed=True),
            high=percent(max(values), language, signed=True),
        ),
        images=style.render(draw, language, brief.study.simulated, 0.3 + 0.12 * len(given)),
        table=specification_data(brief),
    )


def specification_data(brief: Brief) -> TableData:
    """Every specification with estimate, interval, and the published number it must match."""
    say = brief.say
    answers = brief.robustness.specifications
    columns = (
        Column("specification", say("How it was estimated")),
        Column("change", say("Change"), "end"),
        Column("low", say("Range from"), "end"),
        Column("high", say("Range to"), "end"),
        Column("log_points", say("Log points"), "end"),
        Column("standard_error", say("Error"), "end"),
        Column("published", say("Published"), "end"),
        Column("published_error", say("Published error"), "end"),
    )
    shown = len(columns) if any(a.published_estimate is not None for a in answers) else 6
    return TableData(
        columns[:shown],
        tuple(_specification_row(brief, item)[:shown] for item in answers),
        tuple(_specification_values(item)[:shown] for item in answers),
    )


def _specification_row(brief: Brief, item: Answer) -> tuple[str, ...]:
    language, estimate = brief.language, item.estimate
    name = specification_name(brief, item)
    if estimate is None:
        return (name, brief.say("cannot be estimated"), *[""] * 6)

    def share(value: float | None) -> str:
        return "" if value is None else percent(math.expm1(value), language, signed=True)

    def log(value: float | None) -> str:
        return "" if value is None else number(value, language, 3)

    return (
        name,
        share(estimate.value),
        share(estimate.low),
        share(estimate.high),
        log(estimate.value),
        log(estimate.standard_error),
        log(item.published_estimate),
        log(item.published_error),
    )


def _specification_values(item: Answer) -> tuple[object, ...]:
    estimate = item.estimate
    if estimate is None:
        return (item.key, *[None] * 7)
    shares = [
        None if v is None else round(math.expm1(v), 6)
        for v in (estimate.value, estimate.low, estimate.high)
    ]
    error = estimate.standard_error
    return (
        item.key,
        *shares,
        round(estimate.value, 6),
        None if error is None else round(error, 6),
        item.published_estimate,
        item.published_error,
    )


def leave_one_out_figure(brief: Brief) -> Figure | Notes:
    """The headline without each region in turn, or why it cannot be shown."""
    say, language = brief.say, brief.language
    if not brief.robustness.leave_one_out:
        return _without_leaving_out(brief)
    records = sorted(brief.robustness.leave_one_out, key=lambda record: float(record["value"]))
    shares = [math.expm1(float(record["value"])) for record in records]
    names = [brief.region_name(str(record["region"])) for record in records]
    low, high = (
        percent(shares[0], language, signed=True),
        percent(shares[-1], language, signed=True),
    )

    def draw(_: Canvas, axes: Axes, width: str) -> None:
        style.zero_line(axes)
        axes.axhline(brief.effect.relative, color=style.COLOURS["headline"], linewidth=1.4)
        axes.plot(range(len(shares)), shares, "o", color=style.COLOURS["other"], markersize=4)
        for place in (0, len(shares) - 1):
            axes.annotate(
                style.short(say("without {region}", region=names[place]), width, 0.45),
                (place, shares[place]),
                xytext=(4 if place == 0 else -4, -14 if place == 0 else 9),
                textcoords="offset points",
                ha="left" if place == 0 else "right",
                fontsize=style.SMALL,
            )
        axes.annotate(
            style.short(say("all {regions}", regions=brief.regions), width, 0.4),
            # At the left, where every point lies below the line.
            (0, brief.effect.relative),
            xytext=(0, 5),
            textcoords="offset points",
            fontsize=style.SMALL,
            color=style.COLOURS["headline"],
        )
        axes.set_xticks([])
        bounds = [*shares, 0.0]
        pad = 0.16 * (max(bounds) - min(bounds))
        axes.set_ylim(min(bounds) - pad, max(bounds) + pad)
        axes.yaxis.set_major_locator(MaxNLocator(5))
        axes.yaxis.set_major_formatter(
            FuncFormatter(lambda value, _: percent(value, language, 0, signed=True))
        )
        label = say("Each point leaves out one {region}", region=brief.region)
        axes.set_xlabel(style.short(label, width, 0.8))

    return Figure(
        **brief.plate("leave_one_out"),
        title=say(
            "Leaving out any one {region} gives between {low} and {high}",
            region=brief.region,
            low=low,
            high=high,
        ),
        caption=say(
            "Sorted by size. A result that one {region} carries would jump here.",
            region=brief.region,
        ),
        alt=say(
            "{n} estimates, each without one {region}, from {low} to {high}.",
            n=len(shares),
            region=brief.region,
            low=low,
            high=high,
        ),
        images=style.render(draw, language, brief.study.simulated, 0.85),
        table=TableData(
            (Column("region", say("Left out")), Column("change", say("Change"), "end")),
            tuple(
                (name, percent(share, language, 1, signed=True))
                for name, share in zip(names, shares, strict=True)
            ),
            tuple(
                (str(record["region"]), round(share, 6))
                for record, share in zip(records, shares, strict=True)
            ),
        ),
    )


def _without_leaving_out(brief: Brief) -> Notes:
    """Why there is no estimate without each region."""
    text = (
        "The method of the headline does not give its estimate without single {regions}; whether "
        "one of them carries it is not known."
        if brief.robustness.leave_one_out is None
        else "There are so many {regions} that they were left out in groups, not one by one."
    )
    return Notes(
        **brief.plate("leave_one_out"),
        title=brief.say("Without each {region}", region=brief.region),
        points=(brief.say(text, regions=brief.regions),),
    )
