"""Every arithmetic check that published figures allow, each with its verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from analysis.data.published.audit_rules import RULES, Outcome, Terms
from analysis.data.published.figures import PrintedFigure, Published

VERDICTS = ("contradicts", "cannot_be_checked", "agrees_after_rounding", "agrees")
SAME, PART = "same_thing", "part_of"
LONE = {
    "share_pct": ("lone_share", ("share", "share_of_unstated", "share_without_numerator")),
    "change_pct": ("lone_change", ("growth", "weighted_mean", "bound")),
}
"""What a percentage is that no relation of these types tests, by its kind."""


@dataclass(frozen=True, kw_only=True)
class Check(Outcome):
    """One check: what was printed, what the other figures give, and whether they agree.

    ``tolerance`` is how far the two may lie apart by rounding alone. A conjectured check is an
    editor's reading of the text; where it fails, the reading fails, not the document.
    """

    id: str
    rule: str
    basis: str
    source: str
    published: float | None
    result: str
    terms: tuple[str, ...]

    @property
    def conjectured(self) -> bool:
        """Whether it rests on an editor's reading only."""
        return self.basis == "conjectured"


@dataclass(frozen=True)
class Audit:
    """All checks."""

    checks: tuple[Check, ...]

    @property
    def stated(self) -> tuple[Check, ...]:
        """Checks that rest on what the documents say."""
        return tuple(check for check in self.checks if not check.conjectured)

    @property
    def contradictions(self) -> tuple[Check, ...]:
        """Stated checks that fail, those in so many words first."""
        failed = (check for check in self.stated if check.verdict == "contradicts")
        return tuple(sorted(failed, key=lambda check: check.basis != "stated"))

    @property
    def misfits(self) -> tuple[Check, ...]:
        """Editor's readings that do not hold."""
        failed = (check for check in self.checks if check.verdict == "contradicts")
        return tuple(check for check in failed if check.conjectured)

    def counts(self, source: str = "") -> Counter[str]:
        """Stated checks by verdict, of one document or of all."""
        chosen = (c for c in self.stated if not source or c.source == source)
        return Counter(check.verdict for check in chosen)


def audit(published: Published) -> Audit:
    """Run every rule over the relations, then over what rules find in the figures."""
    return Audit((*_listed(published), *_found(published), *_lone_percentages(published)))


def _listed(published: Published) -> Iterator[Check]:
    for row, terms in published.related(*RULES):
        if row["result"]:
            result, named = published.figures[row["result"]], float(row["constant"] or 0)
            yield _check(row["id"], row["type"], row["basis"], result, terms, int(named))


def _found(published: Published) -> Iterator[Check]:
    """Checks that no one listed: repeated indicators, and parts by scope."""
    listed = published.related(SAME, PART)
    said = {frozenset((row["result"], term.id)) for row, terms in listed for term in terms}
    figures = [f for f in published.figures.values() if f.kind in ("level", "money")]
    for first, second in combinations(figures, 2):
        if _about(first) != _about(second) or frozenset((first.id, second.id)) in said:
            continue
        if first.scope == second.scope:
            yield _check(f"found-same-{second.id}", SAME, "implied", second, [first])
        elif not first.scope or not second.scope:
            whole, part = sorted((first, second), key=lambda one: bool(one.scope))
            yield _check(f"found-part-{part.id}", PART, "implied", part, [whole])


def _about(figure: PrintedFigure) -> tuple[object, ...]:
    """One indicator of one region in one document and period."""
    return figure.source, figure.region, figure.indicator, figure.start, figure.end


def _lone_percentages(published: Published) -> Iterator[Check]:
    tested = {
        kind: {row["result"] for row, _ in published.related(*types)}
        for kind, (_, types) in LONE.items()
    }
    for figure in published.figures.values():
        if figure.kind in LONE and figure.id not in tested[figure.kind]:
            yield _check(f"found-{figure.id}", LONE[figure.kind][0], "stated", figure)


def _check(
    name: str, rule: str, basis: str, result: PrintedFigure, terms: Terms = (), named: int = 0
) -> Check:
    outcome = vars(RULES[rule](result, terms, named))
    return Check(
        **{**outcome, "unit": outcome["unit"] or result.unit},
        id=name,
        rule=rule,
        basis=basis,
        source=result.source,
        published=result.value,
        result=result.id,
        terms=tuple(term.id for term in terms),
    )
