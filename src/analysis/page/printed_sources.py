"""Which documents the figures come from, and the provenance of reports on them."""

from __future__ import annotations

from analysis import digest
from analysis.page.numbers import number
from analysis.page.plates import Column, Provenance, Table, TableData
from analysis.page.printed_figures import FiguresBrief


def sources_table(brief: FiguresBrief) -> Table:
    """The documents with level of government, period, and how many figures each prints."""
    say, language = brief.say, brief.language
    tables = brief.published.dataset.tables
    figures = tables["figures"]["source"].value_counts()
    other = tables["uncovered"]["source"].value_counts()
    mechanisms = tables["mechanisms"]["source"].value_counts()
    rows, values = [], []
    for source in brief.order:
        inferred = sum(
            f.period_inferred for f in brief.published.figures.values() if f.source == source
        )
        found, others, described = (int(t.get(source, 0)) for t in (figures, other, mechanisms))
        numbers = [found, inferred, others, described]
        texts = [number(n, language) for n in numbers]
        rows.append((brief.region(source), brief.level(source), brief.span(source), *texts))
        level = brief.published.level_of(source)
        values.append((source, level, brief.dates(source), *numbers))
    return Table(
        **brief.plate("documents"),
        title=say(
            "{count} figures from {documents} documents of different years and levels",
            count=number(int(figures.sum()), language),
            documents=len(brief.order),
        ),
        caption=say(
            "Figures: numbers with a meaning. Other numbers: dates of documents, list numbers, "
            "names and idioms, each listed with its reason. Period inferred: the document prints "
            "no period for the figure."
        ),
        data=TableData(
            (
                Column("document", say("Region")),
                Column("level", say("Level of government")),
                Column("period", say("Most counts cover")),
                Column("figures", say("Figures"), "end"),
                Column("inferred", say("Period inferred"), "end"),
                Column("other", say("Other numbers"), "end"),
                Column("mechanisms", say("Mechanisms"), "end"),
            ),
            tuple(rows),
            tuple(values),
        ),
    )


def figures_provenance(brief: FiguresBrief) -> Provenance:
    """Where the numbers come from and with what they were made."""
    say, description = brief.say, brief.published.dataset.description
    entries = [
        (say("Data"), description.title.of(brief.language)),
        (say("Status"), say("real, as printed; one figure shows a simulated hypothetical"))
        if brief.holds_hypothetical
        else (say("Status"), say("real, as printed")),
        (say("Origin"), description.text("origin", brief.language)),
        (say("Licence"), description.text("licence", brief.language)),
        (say("Seed"), str(brief.params.seed)),
        (
            say("Disclosure control"),
            say(
                "published aggregates only; no enterprise or person is named, and masked regions "
                "stay masked"
            ),
        ),
        (say("Software"), digest.software(type(brief).__module__)),
    ]
    hashes = sorted(brief.published.dataset.hashes.items())
    entries += [(f"SHA-256 {name}", digest) for name, digest in hashes]
    return Provenance(
        **brief.plate("provenance"),
        entries=tuple({"label": label, "value": value} for label, value in entries),
        params=brief.params.model_dump(),
    )
