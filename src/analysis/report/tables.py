"""The tables of a report, its provenance and its end-of-notebook record."""

from __future__ import annotations

import platform
from importlib import metadata

from analysis.data.panel import NEVER
from analysis.report.disclosure import Identifiers, Rules, describe, describe_rules
from analysis.report.facts import Brief, capital
from analysis.report.numbers import number, percent, period, period_span
from analysis.report.plates import Column, End, Provenance, Table, TableData
from analysis.report.sensitivity import specification_data
from analysis.result import plain

DROPPED_WORDS = {
    "excluded_by_params": "Left out by the parameters",
    "incomplete": "Counts or exposure missing in some period",
    "treated_from_the_start": "Adopted before or in the first period",
    "ended_within": "The intervention ended within the panel",
    "other_intervention": "Another intervention began within the panel",
    "too_few_periods_before": "Too few periods before adoption",
    "no_untreated_counts": "No count at all before adoption",
}
METHOD_WORDS = {
    "did": "Staggered difference-in-differences on log rates: the average effect on the regions "
    "that adopted, over all their periods since adoption; errors by leaving out one region at a "
    "time",
    "counts": "Poisson model of counts with exposure: all counts since adoption over those "
    "expected without it; errors by leaving out one region at a time",
    "two_way": "Two-way fixed effects on log rates",
}
NOTHING_SEALED = Identifiers({}, {})
PACKAGES = ("analysis", "diff-diff", "numpy", "pandas", "scipy", "matplotlib", "papermill")


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
        caption=say("Source: {title}.", title=brief.study.about.title.of(language)),
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
    if published:
        sources = "; ".join(dict.fromkeys(a.published_source for a in published))
        caption += " " + say("Published numbers: {sources}.", sources=sources)
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


def provenance(brief: Brief) -> Provenance:
    """Where the numbers come from and with what they were made."""
    say, about = brief.say, brief.study.about
    entries = [
        (say("Data"), about.title.of(brief.language)),
        (
            say("Status"),
            say("simulated, invented numbers") if brief.study.simulated else say("real"),
        ),
        (say("Origin"), about.text("origin", brief.language)),
        (say("Licence"), about.text("licence", brief.language)),
        (say("Method"), say(METHOD_WORDS[brief.headline.method])),
        (say("Seed"), str(brief.study.params.seed)),
        (say("Disclosure control"), _disclosure(brief)),
        (
            say("Software"),
            f"Python {platform.python_version()}; "
            + "; ".join(f"{name} {metadata.version(name)}" for name in PACKAGES),
        ),
    ]
    entries += [(f"SHA-256 {name}", digest) for name, digest in sorted(brief.study.hashes.items())]
    return Provenance(
        **brief.plate("provenance"),
        entries=tuple({"label": label, "value": value} for label, value in entries),
        params=brief.study.params.model_dump(),
        methods=_methods(brief),
    )


def _disclosure(brief: Brief) -> str:
    threshold = brief.study.params.disclosure_threshold
    parts = (describe(threshold, brief.say), describe_rules(Rules(threshold), brief.say))
    return brief.say("; ").join(parts)


def _methods(brief: Brief) -> tuple[str, ...]:
    """The headline's method, then the others it is held against."""
    used = [answer.method for answer in brief.robustness.specifications if answer.estimate]
    return tuple(dict.fromkeys([brief.headline.method, *used]))


def end(brief: Brief, sealed: Identifiers = NOTHING_SEALED) -> End:
    """The record that the notebook came to its end, with its facts and results.

    ``sealed`` is what publishing must not find on any page, from ``disclosure.identifiers``.
    """
    return End(
        **brief.plate("end"),
        verdict=brief.verdict.key,
        facts=brief.facts(),
        results={"headline": plain(brief.headline), "robustness": plain(brief.robustness)},
        seals=sealed.seals,
        shapes=sealed.shapes,
    )
