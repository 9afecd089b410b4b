"""The tables of a report, its provenance and its end-of-notebook record."""

from __future__ import annotations

from analysis import methods
from analysis.data.frames.panels.panel import NEVER
from analysis.disclosure.gate import NUMBER
from analysis.page.numbers import (
    number,
    number_cell,
    percent,
    percent_cell,
    period,
    period_span,
    size_decimals,
)
from analysis.page.plates import Column, Table, TableData, Value
from analysis.page.shared.options import options_sentence
from analysis.page.shared.provenance import DROPPED_WORDS, reading_sentences
from analysis.page.wording import capital, joined, lower
from analysis.reports.intervention_effect.answer import Brief
from analysis.reports.intervention_effect.changes import change_columns, changes
from analysis.reports.intervention_effect.levels import changed, measure
from analysis.reports.intervention_effect.sensitivity import (
    distinct_changes,
    repeats_sentence,
    specification_data,
)
from analysis.result import Estimate

CLUSTER_WORDS = {
    "region": "Likely ranges at {level}; errors leave out one {region} at a time unless marked as "
    "published.",
    "parent_code": "Likely ranges at {level}; errors leave out all {regions} below one upper "
    "region at a time, since they can move together, unless marked as published.",
}
SHARED_WORDS = (
    "Likely ranges at {level}; errors leave out all {regions} that share the same {column} at a "
    "time unless marked as published."
)


def sample_table(brief: Brief, protection: str = "") -> Table:
    """What the estimate was computed from, and what was left out by reason."""
    say, language, panel = brief.say, brief.language, brief.study.panel
    sample = brief.headline.sample
    span = period_span(sample.first_period, sample.last_period, language)
    dated = (span, f"{sample.first_period} {sample.last_period}")
    lines: list[tuple[tuple[str, Value], tuple[str, Value]]] = [
        ((say("{Regions} used"), "used"), number_cell(sample.units, language)),
        (
            (say("of these, adopted within these data"), "adopted"),
            number_cell(sample.treated, language),
        ),
        ((say("Periods"), "periods"), dated),
        ((say("Cells ({region} × period)"), "cells"), number_cell(sample.rows, language)),
    ]
    if holes := int(panel.frame[panel.measured].isna().sum()):
        lines.append(
            ((say("of these, not known or after an end"), "holes"), number_cell(holes, language))
        )
    lines += [
        ((say(DROPPED_WORDS[reason]), reason), (say("{n} left out", n=text), value))
        for reason, count in sample.dropped.items()
        for text, value in (number_cell(count, language),)
    ]
    left_out = sum(sample.dropped.values())
    title = (
        say(
            "{used} {regions} were used and {out} left out, for the reasons given",
            used=number(sample.units, language),
            out=number(left_out, language),
        )
        if left_out
        else say(
            "All {used} {regions} were used; none was left out",
            used=number(sample.units, language),
        )
    )
    return Table(
        **brief.plate("sample"),
        title=title,
        caption=joined(
            language,
            say("Source: {title}.", title=brief.study.description.title.of(language)),
            *(
                say("{sentence}.", sentence=sentence)
                for sentence in reading_sentences(brief, brief.study.accounts)
            ),
            protection,
        ),
        data=TableData.of(
            (Column("item", say("What")), Column("value", say("How many"), "end", NUMBER)), lines
        ),
    )


def cohort_table(brief: Brief) -> Table:
    """How many regions started when."""
    say, language = brief.say, brief.language
    panel = brief.study.panel
    starts = panel.adoption
    counted = starts[starts > NEVER].value_counts().sort_index()
    labels = [panel.label(int(start)) for start in counted.index]
    lines = [
        ((period(label, language), label), number_cell(int(n), language))
        for label, n in zip(labels, counted, strict=True)
    ]
    never = number_cell(int((starts == NEVER).sum()), language)
    lines.append(((say("not within these data"), "never"), never))
    return Table(
        **brief.plate("cohorts"),
        title=say("{Regions} by period of adoption"),
        caption=say("A start in the middle of a period counts from that period on."),
        data=TableData.of(
            (
                Column("start", say("Adopted in"), role=NUMBER),
                Column("regions", capital(brief.regions), "end", NUMBER),
            ),
            lines,
        ),
    )


def specification_table(brief: Brief) -> Table:
    """Every way to estimate, with the published number it must match where there is one."""
    say = brief.say
    refused = [a for a in brief.robustness.specifications if a.estimate is None]
    published = [a for a in brief.robustness.specifications if a.published_source]
    caption = say(
        CLUSTER_WORDS.get(brief.study.panel.clustered_by, SHARED_WORDS),
        level=percent(brief.headline.level, brief.language, 0),
        column=brief.study.panel.clustered_by,
    )
    caption = joined(
        brief.language,
        caption,
        options_sentence(
            brief, brief.headline.method, brief.question.method_options, brief.study.columns
        ),
        _others_sentence(brief),
    )
    if published:
        told = {p.told("en"): p.told(brief.language) for p in brief.description.published_results}
        sources = say("; ").join(
            dict.fromkeys(told.get(a.published_source, a.published_source) for a in published)
        )
        given = say("Published numbers: {sources}.", sources=sources)
        caption = joined(brief.language, caption, given)
    caption = joined(brief.language, caption, repeats_sentence(brief), brief.note)
    count = number(len(distinct_changes(brief)) + len(refused), brief.language)
    title = say("{count} ways to estimate the same change", count=count)
    if refused:
        title = say(
            "{count} ways to estimate the same change, {refused} of which these data do not allow",
            refused=number(len(refused), brief.language),
            count=count,
        )
    return Table(
        **brief.plate("specification_table"),
        title=title,
        caption=caption,
        data=specification_data(brief),
    )


def _others_sentence(brief: Brief) -> str:
    """That an option of the headline's method holds for others, too."""
    if not brief.question.method_options.get("anticipation"):
        return ""
    return brief.say("The other methods for staggered adoption allow for the same periods.")


def effect_table(brief: Brief) -> Table:
    """The headline beside the count model, as change and as rate ratio."""
    say, language = brief.say, brief.language
    change, *limits = change_columns(say)
    answers = [(brief.study.params.method, brief.headline.headline, brief.headline.expected)]
    other = brief.robustness.count_model
    if other is not None and other.estimate is not None and answers[0][0] != other.method:
        answers.append((other.method, other.estimate, other.expected))
    if not brief.study.panel.counted:
        return _level_table(brief)
    lines = [_effect_line(brief, *answer) for answer in answers]
    named = list(lines)
    lines += [_dose_line(brief, e) for e in brief.headline.estimates if e.name == "per_dose"]
    return Table(
        **brief.plate("effect_table"),
        title=say(
            "Counted over expected since adoption: {ratio}",
            ratio=say("; ").join(
                say("{ratio} by the {model}", ratio=line[2][0], model=lower(line[0][0]))
                for line in named
            ),
        ),
        caption=say(
            "A rate ratio of 1 means no change, 0.9 means a tenth fewer than expected. "
            "Likely ranges at {level}.",
            level=percent(brief.headline.level, language, 0),
        ),
        data=TableData.of(
            (
                Column("model", say("Model")),
                change,
                Column("rate_ratio", say("Rate ratio"), "end", NUMBER),
                *limits,
            ),
            lines,
        ),
    )


def _level_table(brief: Brief) -> Table:
    """The headline of a level as change and in its own unit."""
    say, language, effect = brief.say, brief.language, brief.effect
    values = (effect.change, effect.change_low, effect.change_high)
    decimals = size_decimals(*values) + 1
    *_, low, high = change_columns(say)
    title = methods.load(brief.headline.method).words["title"].of(language)
    line = [
        (title, brief.headline.method),
        percent_cell(effect.relative, language),
        *(number_cell(value, language, decimals) for value in values),
    ]
    model, change = Column("model", say("Model")), Column("change", say("Change"), "end", NUMBER)
    difference = Column("difference", say("Difference"), "end", NUMBER)
    return Table(
        **brief.plate("effect_table"),
        title=say("Against what was expected since adoption: {change}", change=changed(brief)),
        caption=say(
            "{unit}; the change is a share of what was expected. Likely ranges at {level}.",
            unit=capital(measure(brief)),
            level=percent(brief.headline.level, language, 0),
        ),
        data=TableData.of((model, change, difference, low, high), [line]),
    )


def _effect_line(
    brief: Brief, method: str, estimate: Estimate, expected: float | None
) -> list[tuple[str, Value]]:
    """An estimate as change and as rate ratio, with the limits it has."""
    found = [change for change in changes(estimate, expected) if change is not None]
    return [
        (methods.load(method).words["title"].of(brief.language), method),
        percent_cell(found[0], brief.language),
        *(number_cell(1 + change, brief.language, 2) for change in found),
    ]


def _dose_line(brief: Brief, estimate: Estimate) -> list[tuple[str, Value]]:
    """The effect of one more unit of the dose, as change and as rate ratio."""
    found = [change for change in changes(estimate, None) if change is not None]
    return [
        (brief.say("For each unit of the dose"), "per_dose"),
        percent_cell(found[0], brief.language),
        *(number_cell(1 + change, brief.language, 2) for change in found),
    ]
