"""Which documents the figures come from, and the provenance of reports on them."""

from __future__ import annotations

from collections import Counter

from analysis import digest
from analysis.page.charts.axes import Cell
from analysis.page.numbers import number
from analysis.page.plates import Column, Provenance, Table, TableData
from analysis.page.printed_figures import FiguresBrief


def sources_table(brief: FiguresBrief) -> Table:
    """The documents with level of government, period, and how many figures each prints."""
    say, language = brief.say, brief.language
    tables = brief.published.dataset.tables
    counted = {name: Counter(tables[name]["source"]) for name in ("uncovered", "mechanisms")}
    figures = brief.published.figures.values()
    printed = Counter(figure.source for figure in figures)
    inferred = Counter(figure.source for figure in figures if figure.period_inferred)

    def line(source: str) -> list[Cell]:
        numbers = (printed, inferred, counted["uncovered"], counted["mechanisms"])
        return [
            (brief.home(source), source),
            (brief.level(source), brief.published.level_of(source)),
            (brief.span(source), brief.dates(source)),
            *((number(n[source], language), n[source]) for n in numbers),
        ]

    return Table(
        **brief.plate("documents"),
        title=say(
            "{count} figures from {documents} documents of different years and levels",
            count=number(len(figures), language),
            documents=len(brief.order),
        ),
        caption=say(
            "Figures: numbers with a meaning. Other numbers: dates of documents, list numbers, "
            "names and idioms, each listed with its reason. Period inferred: the document prints "
            "no period for the figure."
        ),
        data=TableData.of(
            (
                Column("document", say("Region")),
                Column("level", say("Level of government")),
                Column("period", say("Most counts cover")),
                Column("figures", say("Figures"), "end"),
                Column("inferred", say("Period inferred"), "end"),
                Column("other", say("Other numbers"), "end"),
                Column("mechanisms", say("Mechanisms"), "end"),
            ),
            map(line, brief.order),
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
