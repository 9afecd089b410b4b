"""Which documents the figures come from, and the provenance of reports on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from analysis.page.charts.axes import Cell
from analysis.page.numbers import number
from analysis.page.plates import Column, Provenance, Table, TableData
from analysis.page.printed_figures import FiguresBrief
from analysis.page.provenance import source_entries


def sources_table(brief: FiguresBrief) -> Table:
    """The documents with level of government, period, and how many figures each prints."""
    say, order, level_of = brief.say, brief.order, brief.published.level_of
    tables, figures = brief.published.dataset.tables, brief.published.figures.values()
    inferred = (figure.source for figure in figures if figure.period_inferred)

    def counts(key: str, label: str, sources: Iterable[str]) -> tuple[Column, list[Cell]]:
        of = Counter(sources)
        return Column(key, label, "end"), [(number(of[s], brief.language), of[s]) for s in order]

    return Table(
        **brief.plate("documents"),
        title=say(
            "{count} figures from {documents} documents of different years and levels",
            count=number(len(figures), brief.language),
            documents=len(order),
        ),
        caption=say(
            "Figures: numbers with a meaning. Other numbers: dates of documents, list numbers, "
            "names and idioms, each listed with its reason. Period inferred: the document prints "
            "no period for the figure."
        ),
        data=TableData.by_column(
            (Column("document", say("Region")), [(brief.home(s), s) for s in order]),
            (
                Column("level", say("Level of government")),
                [(brief.level(s), level_of(s)) for s in order],
            ),
            (
                Column("period", say("Most counts cover")),
                [(brief.span(s), brief.dates(s)) for s in order],
            ),
            counts("figures", say("Figures"), (figure.source for figure in figures)),
            counts("inferred", say("Period inferred"), inferred),
            counts("other", say("Other numbers"), tables["uncovered"]["source"]),
            counts("mechanisms", say("Mechanisms"), tables["mechanisms"]["source"]),
        ),
    )


def figures_provenance(brief: FiguresBrief) -> Provenance:
    """Where the numbers come from and with what they were made."""
    say = brief.say
    status = say("real, as printed")
    if brief.holds_hypothetical:
        status = say("real, as printed; one figure shows a simulated hypothetical")
    disclosure = say(
        "published aggregates only; no enterprise or person is named, and masked regions "
        "stay masked"
    )
    hashes = brief.published.dataset.hashes
    return Provenance(
        **brief.plate("provenance"),
        entries=source_entries(brief, "", brief.params.seed, disclosure, hashes, {}, status=status),
        params=brief.params.model_dump(),
    )
