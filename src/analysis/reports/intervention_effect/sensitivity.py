"""The headline among other ways to estimate it, and without each region in turn."""

from __future__ import annotations

from functools import partial

from analysis import methods
from analysis.disclosure.gate import NUMBER
from analysis.page.charts.axes import Axis, Reference
from analysis.page.charts.intervals import Interval, Intervals
from analysis.page.numbers import number, number_cell, percent, percent_span
from analysis.page.plates import Column, Figure, Notes, TableData
from analysis.page.wording import joined, lower
from analysis.reports.intervention_effect.answer import Brief
from analysis.reports.intervention_effect.changes import (
    change_cells,
    change_columns,
    changes,
)
from analysis.verdicts.effect import share
from analysis.verdicts.robustness import WITH_OPTIONS, Answer, headline_key

ONE_WORDS = {
    "point": "Each point leaves out one {region}",
    "title": "Leaving out any one {region} gives {span}",
    "caption": "Sorted by size. A result that one {region} carries would jump here.",
    "alt": "{n} estimates, each without one {region}: {span}.",
}
GROUP_WORDS = {
    "point": "Each point leaves out {regions} that can move together",
    "title": "Leaving out any {regions} that can move together gives {span}",
    "caption": "Sorted by size. A result that one group of {regions} carries would jump here.",
    "alt": "{n} estimates, each without one group of {regions}: {span}.",
}
LEFT_OUT_WORDS = {True: ONE_WORDS, False: GROUP_WORDS}
"""By whether regions are left out one by one, or all that move together."""


def specification_name(brief: Brief, item: Answer) -> str:
    """How an answer was estimated, in the reader's words."""
    say, key = brief.say, item.key.removesuffix(WITH_OPTIONS)
    words = methods.load(item.method).words
    way = key.removeprefix(f"{item.method}_")
    if f"more_{way}" in words and brief.question.method_options.get(way):
        way = f"more_{way}"
    name = words.get(way, words.get("row", words["line"])).of(brief.language)
    if key != item.key:
        return say("With options: {way}", way=lower(name))
    plain = headline_key(brief.study).removesuffix(WITH_OPTIONS)
    if brief.question.method_options and key == plain:
        return say("Without options: {way}", way=lower(name))
    return name


def distinct_changes(brief: Brief) -> list[float]:
    """The changes that the ways to estimate come to, by size, repeated ones once."""
    # Two ways that come to the same number to the last digit, not to the three shown, are one way.
    ways = zip(brief.examined.specifications, brief.robustness.specifications, strict=True)
    distinct = {
        round(share(exact.estimate.value, exact.expected), 9): share(a.estimate.value, a.expected)
        for exact, a in ways
        if exact.estimate and a.estimate
    }
    return sorted(distinct.values())


def repeats_sentence(brief: Brief) -> str:
    """How many rows repeat the number of another; blank where none does."""
    repeated = len(_given(brief)) - len(distinct_changes(brief))
    text = (
        "One row comes to the same change as another and is not counted twice."
        if repeated == 1
        else "{n} rows come to the same change as another and are not counted twice."
    )
    return brief.say(text, n=number(repeated, brief.language)) if repeated else ""


def specification_figure(brief: Brief) -> Figure:
    """The headline among other ways to answer the same question."""
    say, own = brief.say, headline_key(brief.study)
    rows = tuple(
        Interval(
            specification_name(brief, answer),
            *changes(answer.estimate, answer.expected),
            key="headline" if answer.key == own else "other",
        )
        for answer in reversed(_given(brief))
        if answer.estimate
    )
    values = distinct_changes(brief)
    span = percent_span(min(values), max(values), brief.language)
    same = sum(value * brief.effect.relative > 0 for value in values)
    text = (
        "All {all} ways to estimate point the same way; they give {span}"
        if same == len(values) > 1
        else "{same} of {all} ways to estimate point the same way; they give {span}"
    )
    return Intervals(rows, _signed(brief), references=(Reference(0.0),)).figure(
        **brief.plate("specifications"),
        title=say(text, same=same, all=len(values), span=span),
        caption=joined(
            brief.language,
            say(
                "Diamond: the headline. Bars: likely ranges ({level}). Comparison-only "
                "methods mix early and late adopters and are no substitute for the headline.",
                level=percent(brief.headline.level, brief.language, 0),
            ),
            repeats_sentence(brief),
        ),
        alt=say(
            "{all} estimates with likely ranges, {span}; {same} on the "
            "headline's side of no change.",
            all=len(values),
            same=same,
            span=span,
        ),
        table=specification_data(brief),
    )


def _given(brief: Brief) -> list[Answer]:
    """The answers that could be estimated, by size."""
    given = [a for a in brief.robustness.specifications if a.estimate is not None]
    return sorted(given, key=lambda a: share(a.estimate.value, a.expected) if a.estimate else 0.0)


def _signed(brief: Brief, label: str = "") -> Axis:
    """An axis of changes in per cent."""
    write = partial(percent, language=brief.language, signed=True)
    return Axis(
        partial(write, decimals=0),
        label,
        key="change",
        head=brief.say("Change"),
        cell=write,
        role=NUMBER,
    )


def specification_data(brief: Brief) -> TableData:
    """Every specification with estimate, interval, and the published number it must match."""
    say = brief.say
    answers = brief.robustness.specifications
    text = "Log points" if brief.study.panel.counted else "Estimate"
    columns = (
        Column("specification", say("How it was estimated")),
        *change_columns(say),
        Column("log_points", say(text), "end", NUMBER),
        Column("standard_error", say("Error"), "end", NUMBER),
        Column("published", say("Published"), "end", NUMBER),
        Column("published_error", say("Published error"), "end", NUMBER),
    )
    shown = len(columns) if any(a.published_estimate is not None for a in answers) else 6
    return TableData.of(
        columns[:shown], (_specification_line(brief, item)[:shown] for item in answers)
    )


def _specification_line(brief: Brief, item: Answer) -> list[tuple[str, object]]:
    """One way to estimate as cells of the table."""
    name, estimate, language = specification_name(brief, item), item.estimate, brief.language
    logs = (estimate.value, estimate.standard_error) if estimate else (None, None)
    published = (item.published_estimate, item.published_error) if estimate else (None, None)
    return [
        (name, item.key),
        *change_cells(estimate, brief.say, language, item.expected),
        *(number_cell(value, language, 3) for value in logs),
        *(number_cell(value, language, 3, digits=None) for value in published),
    ]


def leave_one_out_figure(brief: Brief) -> Figure | Notes:
    """The headline without each region in turn, or why it cannot be shown."""
    say = brief.say
    if not brief.robustness.leave_one_out:
        return _without_leaving_out(brief)
    words = LEFT_OUT_WORDS[brief.study.panel.clustered_by == "region"]
    records = sorted(brief.robustness.leave_one_out, key=lambda record: float(record["value"]))
    rows = tuple(
        Interval(brief.region_name(code), brief.share(float(record["value"])), code=code)
        for record in records
        for code in (str(record["region"]),)
    )
    chart = Intervals(
        rows,
        _signed(brief, say(words["point"])),
        (Reference(0.0), Reference(brief.effect.relative, say("all {regions}"), "headline")),
        say("Left out"),
        "region",
    )
    span = percent_span(rows[0].value, rows[-1].value, brief.language)
    return chart.figure(
        **brief.plate("leave_one_out"),
        title=say(words["title"], span=span),
        caption=say(words["caption"]),
        alt=say(words["alt"], n=len(rows), span=span),
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
        title=brief.say("Without each {region}"),
        points=(brief.say(text),),
    )
