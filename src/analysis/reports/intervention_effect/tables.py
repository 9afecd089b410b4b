"""The tables of a report, its provenance and its end-of-notebook record."""

from __future__ import annotations

import math

from analysis import methods
from analysis.data.frames.panel import NEVER
from analysis.page.numbers import number, percent, period, period_span
from analysis.page.options import options_sentence
from analysis.page.plates import Column, Table, TableData
from analysis.page.reading import DROPPED_WORDS, reading_sentences
from analysis.page.wording import capital, joined, lower
from analysis.reports.intervention_effect.answer import Brief
from analysis.reports.intervention_effect.sensitivity import specification_data


def sample_table(brief: Brief) -> Table:
    """What the estimate was computed from, and what was left out by reason."""
    say, language = brief.say, brief.language
    sample = brief.headline.sample
    rows: list[tuple[str, str, str, object]] = [
        (
            "used",
            say("{regions} used", regions=capital(brief.regions)),
            number(sample.units, language),
            sample.units,
        ),
        (
            "adopted",
            say("of these, adopted within the panel"),
            number(sample.treated, language),
            sample.treated,
        ),
        (
            "periods",
            say("Periods"),
            period_span(sample.first_period, sample.last_period, language),
            f"{sample.first_period} {sample.last_period}",
        ),
        (
            "cells",
            say("Cells ({region} × period)", region=brief.region),
            number(sample.rows, language),
            sample.rows,
        ),
    ]
    rows += [
        (reason, say(DROPPED_WORDS[reason]), say("{n} left out", n=number(count, language)), count)
        for reason, count in sample.dropped.items()
    ]
    left_out = sum(sample.dropped.values())
    title = (
        say(
            "{used} {regions} were used and {out} left out, for the reasons given",
            used=number(sample.units, language),
            regions=brief.regions,
            out=number(left_out, language),
        )
        if left_out
        else say(
            "All {used} {regions} were used; none was left out",
            used=number(sample.units, language),
            regions=brief.regions,
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
        ),
        data=TableData(
            (Column("item", say("What")), Column("value", say("How many"), "end")),
            tuple((label, text) for _, label, text, _ in rows),
            tuple((key, value) for key, _, _, value in rows),
        ),
    )


def cohort_table(brief: Brief) -> Table:
    """How many regions started when."""
    say, language = brief.say, brief.language
    panel = brief.study.panel
    starts = panel.adoption
    counted = starts[starts > NEVER].value_counts().sort_index()
    never = int((starts == NEVER).sum())
    rows = [
        (period(panel.label(int(g)), language), number(int(n), language))
        for g, n in counted.items()
    ]
    rows.append((say("not within the panel"), number(never, language)))
    values = [*((panel.label(int(g)), int(n)) for g, n in counted.items()), ("never", never)]
    return Table(
        **brief.plate("cohorts"),
        title=say("{regions} by period of adoption", regions=capital(brief.regions)),
        caption=say("A start in the middle of a period counts from that period on."),
        data=TableData(
            (Column("start", say("Adopted in")), Column("regions", capital(brief.regions), "end")),
            tuple(rows),
            tuple(values),
        ),
    )


def specification_table(brief: Brief) -> Table:
    """Every way to estimate, with the published number it must match where there is one."""
    say = brief.say
    refused = [a for a in brief.robustness.specifications if a.estimate is None]
    published = [a for a in brief.robustness.specifications if a.published_source]
    caption = say(
        "Intervals at {level}; errors allow for dependence within a {region} unless "
        "marked as published.",
        level=percent(brief.headline.level, brief.language, 0),
        region=brief.region,
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
        sources = "; ".join(dict.fromkeys(a.published_source for a in published))
        given = say("Published numbers: {sources}.", sources=sources)
        caption = joined(brief.language, caption, given)
    title = say(
        "{count} ways to estimate the same change",
        count=number(len(brief.robustness.specifications), brief.language),
    )
    if refused:
        title = say(
            "{count} ways to estimate the same change, {refused} of which these data do not allow",
            refused=number(len(refused), brief.language),
            count=number(len(brief.robustness.specifications), brief.language),
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
    answers = [(brief.study.params.method, brief.headline.headline)]
    other = brief.robustness.count_model
    if other is not None and other.estimate is not None and answers[0][0] != other.method:
        answers.append((other.method, other.estimate))
    rows, values = [], []
    for method, estimate in answers:
        ratios = [
            math.exp(v) for v in (estimate.value, estimate.low, estimate.high) if v is not None
        ]
        change = percent(math.expm1(estimate.value), language, signed=True)
        rows.append(
            (
                methods.load(method).words["title"].of(language),
                change,
                *(number(ratio, language, 2) for ratio in ratios),
            )
        )
        values.append(
            (method, round(math.expm1(estimate.value), 6), *(round(ratio, 6) for ratio in ratios))
        )
    return Table(
        **brief.plate("effect_table"),
        title=say(
            "Counted over expected since adoption: {ratio}",
            ratio=say("; ").join(
                say("{ratio} by the {model}", ratio=row[2], model=lower(row[0])) for row in rows
            ),
        ),
        caption=say(
            "A rate ratio of 1 means no change, 0.9 means a tenth fewer than expected. "
            "Intervals at {level}.",
            level=percent(brief.headline.level, language, 0),
        ),
        data=TableData(
            (
                Column("model", say("Model")),
                Column("change", say("Change"), "end"),
                Column("rate_ratio", say("Rate ratio"), "end"),
                Column("low", say("Range from"), "end"),
                Column("high", say("Range to"), "end"),
            ),
            tuple(rows),
            tuple(values),
        ),
    )
