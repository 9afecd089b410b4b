"""Checks that rules find in the figures by themselves: nobody has to list them.

Those on regions, targets and bases read more into the figures than documents say, and are marked
as conjectured: where they fail, a word of explanation is missing, and no document is contradicted.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations

from analysis.data.published.audit_rules import OPEN, share_of_unstated
from analysis.data.published.figures import PrintedFigure, Published

SAME, PART = "same_thing", "part_of"
COUNTED = ("level", "money")
LONE = {
    "share_pct": ("lone_share", ("share", "share_of_unstated", "share_without_numerator")),
    "change_pct": ("lone_change", ("growth", "weighted_mean", "bound")),
}
"""What a percentage is that no relation of these types tests, by its kind."""
FEWEST_FULL = 3
"""Shares of 100 % in one document from which they are said to vary in nothing."""
WHOLE = 100.0


@dataclass(frozen=True)
class Candidate:
    """A check to be made: its name, rule and basis, and the figures."""

    id: str
    rule: str
    basis: str
    result: PrintedFigure
    terms: Sequence[PrintedFigure] = ()


def found(published: Published) -> Iterator[Candidate]:
    """Every check that a rule finds, those of one document first."""
    figures = [*published.figures.values()]
    counts = [figure for figure in figures if figure.kind in COUNTED]
    yield from _repeated(published, counts)
    yield from _lone_percentages(published)
    yield from _nothing_varies(figures)
    yield from _bases(published, figures)
    yield from _after_its_document(published, counts)
    yield from _below_another(published, counts)
    yield from _targets(figures, counts)


def _repeated(published: Published, counts: Sequence[PrintedFigure]) -> Iterator[Candidate]:
    """Repeated indicators, and parts by scope."""
    listed = published.related(SAME, PART)
    said = {frozenset((row["result"], term.id)) for row, terms in listed for term in terms}
    for first, second in combinations(counts, 2):
        if _about(first) != _about(second) or frozenset((first.id, second.id)) in said:
            continue
        if first.scope == second.scope:
            yield Candidate(f"found-same-{second.id}", SAME, "implied", second, [first])
        elif not first.scope or not second.scope:
            whole, part = sorted((first, second), key=lambda one: bool(one.scope))
            yield Candidate(f"found-part-{part.id}", PART, "implied", part, [whole])


def _about(figure: PrintedFigure) -> tuple[object, ...]:
    """One indicator of one region in one document and period."""
    return figure.source, figure.region, figure.indicator, figure.start, figure.end


def _lone_percentages(published: Published) -> Iterator[Candidate]:
    """Percentages that no relation tests."""
    tested = {
        kind: {row["result"] for row, _ in published.related(*types)}
        for kind, (_, types) in LONE.items()
    }
    for figure in published.figures.values():
        if figure.kind in LONE and figure.id not in tested[figure.kind]:
            yield Candidate(f"found-{figure.id}", LONE[figure.kind][0], "stated", figure)


def _nothing_varies(figures: Sequence[PrintedFigure]) -> Iterator[Candidate]:
    """Shares of one document that are all printed as 100 %."""
    full: dict[str, list[PrintedFigure]] = {}
    for figure in figures:
        if figure.kind == "share_pct" and figure.value == WHOLE:
            full.setdefault(figure.source, []).append(figure)
    for first, *others in full.values():
        if len(others) + 1 >= FEWEST_FULL:
            yield Candidate(f"found-full-{first.id}", "all_full", "stated", first, others)


def _bases(published: Published, figures: Sequence[PrintedFigure]) -> Iterator[Candidate]:
    """Every number that progress against a target which is not printed could be of."""
    for row, (part, *_) in published.related("progress_of_unstated"):
        result, domain = published.figures[row["result"]], _domain(published, part)
        for other in figures:
            same = (other.source, other.unit, other.kind) == (part.source, part.unit, part.kind)
            near = other.id != part.id and _domain(published, other) == domain
            if same and near and share_of_unstated(result, [other], 0).verdict == OPEN:
                name = f"found-base-{result.id}-{other.id}"
                yield Candidate(name, "progress_of_unstated", "conjectured", result, [other])


def _domain(published: Published, figure: PrintedFigure) -> str:
    return published.row("indicators", figure.indicator)["domain"]


def _after_its_document(
    published: Published, counts: Sequence[PrintedFigure]
) -> Iterator[Candidate]:
    """Counts up to a day after their document was published."""
    for figure in counts:
        day = str(published.row("sources", figure.source)["published_on"])[:10]
        counts_things = figure.whole_units and figure.unit != "year"
        if day and counts_things and figure.end > dt.date.fromisoformat(day):
            yield Candidate(f"found-after-{figure.id}", "after_document", "conjectured", figure)


def _below_another(published: Published, counts: Sequence[PrintedFigure]) -> Iterator[Candidate]:
    """A count of a region beside that of a region it lies in, within its period."""
    printed = Counter((*_about(figure), figure.scope) for figure in counts)
    # Of numbers printed more than once under one name nobody knows which belongs to which.
    once = [figure for figure in counts if printed[(*_about(figure), figure.scope)] == 1]
    for part, whole in permutations(once, 2):
        alike = (part.indicator, part.unit, part.scope) == (
            whole.indicator,
            whole.unit,
            whole.scope,
        )
        inside = whole.start <= part.start and part.end <= whole.end
        if alike and inside and part.whole_units and _lies_in(published, part.region, whole.region):
            name = f"found-above-{part.id}-{whole.id}"
            yield Candidate(name, "region_above", "conjectured", part, [whole])


def _lies_in(published: Published, region: str, upper: str) -> bool:
    """Whether a region lies in another one, and is not the same."""
    parent = published.row("regions", region).get("parent_code", "")
    return bool(parent) and (parent == upper or _lies_in(published, parent, upper))


def _targets(
    figures: Sequence[PrintedFigure], counts: Sequence[PrintedFigure]
) -> Iterator[Candidate]:
    """A target beside the result of the same months of the year before."""
    for target in (one for one in figures if one.kind == "target"):
        for result in counts:
            same = (target.source, target.region, target.indicator, target.unit) == (
                result.source,
                result.region,
                result.indicator,
                result.unit,
            )
            year = result.end.year + 1 == target.end.year and target.months == result.months
            # A result told with more words may be of the same; one told with fewer is of more.
            scopes = result.scope == target.scope or result.scope.endswith(f", {target.scope}")
            if same and year and scopes:
                name = f"found-target-{target.id}-{result.id}"
                yield Candidate(name, "target_of_result", "conjectured", target, [result])
