"""Every arithmetic check that published figures allow, each with its verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from analysis.data.published.audit_rules import (
    RULES,
    Outcome,
    unsupported_change,
    unsupported_share,
)
from analysis.data.published.figures import PrintedFigure, Published, Relation

VERDICTS = ("contradicts", "cannot_be_checked", "agrees_after_rounding", "agrees")
SHARE_RULES = ("share", "share_of_unstated", "share_without_numerator")
CHANGE_RULES = ("growth", "weighted_mean", "bound")
SAME, PART = "same_thing", "part_of"


@dataclass(frozen=True)
class Check:
    """One check: what was printed, what the other figures give, and whether they agree.

    ``tolerance`` is how far the two may lie apart by rounding alone. A conjectured check is an
    editor's reading of the text; where it fails, the reading fails, not the document.
    """

    id: str
    rule: str
    basis: str
    source: str
    verdict: str
    published: float | None
    computed: float | None
    tolerance: float | None
    unit: str
    result: str
    terms: tuple[str, ...]

    @property
    def conjectured(self) -> bool:
        """Whether it rests on an editor's reading only."""
        return self.basis == "conjectured"


@dataclass(frozen=True)
class Audit:
    """All checks, and how many relations print nothing that could be checked."""

    checks: tuple[Check, ...]
    derived: int

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
    checks = [check for relation in published.relations for check in _listed(published, relation)]
    found = [*_found(published)]
    return Audit(
        (*checks, *found),
        derived=len(published.relations) - len(checks),
    )


def _listed(published: Published, relation: Relation) -> Iterator[Check]:
    rule = RULES.get(relation.type)
    if rule is None or not relation.result:
        return
    result = published.figures[relation.result]
    terms = tuple(published.figures[term] for term in relation.terms)
    outcome = rule(result, terms, relation.constant)
    yield _check(relation.id, relation.type, relation.basis, result, terms, outcome)


def _found(published: Published) -> Iterator[Check]:
    """Checks that no one listed: repeated indicators, parts by scope, lone percentages."""
    said = {
        frozenset((relation.result, term))
        for relation in published.relations
        for term in relation.terms
        if relation.type in (SAME, PART)
    }
    figures = [f for f in published.figures.values() if f.kind in ("level", "money")]
    for first, second in combinations(figures, 2):
        pair = frozenset((first.id, second.id))
        if pair in said or not _comparable(first, second):
            continue
        if first.scope == second.scope:
            yield _rule_check(f"found-same-{second.id}", SAME, second, (first,))
        elif not first.scope or not second.scope:
            whole, part = (first, second) if not first.scope else (second, first)
            yield _rule_check(f"found-part-{part.id}", PART, part, (whole,))
    yield from _lone_percentages(published)


def _comparable(first: PrintedFigure, second: PrintedFigure) -> bool:
    """One indicator of one region in one document and period."""
    return (first.source, first.region, first.indicator, first.start, first.end) == (
        second.source,
        second.region,
        second.indicator,
        second.start,
        second.end,
    )


def _lone_percentages(published: Published) -> Iterator[Check]:
    shares = _results(published.relations, SHARE_RULES)
    changes = _results(published.relations, CHANGE_RULES)
    for figure in published.figures.values():
        if figure.kind == "share_pct" and figure.id not in shares:
            outcome = unsupported_share(figure)
            yield _check(f"found-{figure.id}", "lone_share", "stated", figure, (), outcome)
        if figure.kind == "change_pct" and figure.id not in changes:
            outcome = unsupported_change(figure)
            yield _check(f"found-{figure.id}", "lone_change", "stated", figure, (), outcome)


def _results(relations: Iterable[Relation], types: tuple[str, ...]) -> set[str]:
    return {relation.result for relation in relations if relation.type in types}


def _rule_check(
    name: str, rule: str, result: PrintedFigure, terms: tuple[PrintedFigure, ...]
) -> Check:
    return _check(name, rule, "implied", result, terms, RULES[rule](result, terms, None))


def _check(
    name: str,
    rule: str,
    basis: str,
    result: PrintedFigure,
    terms: tuple[PrintedFigure, ...],
    outcome: Outcome,
) -> Check:
    return Check(
        id=name,
        rule=rule,
        basis=basis,
        source=result.source,
        verdict=outcome.verdict,
        published=result.value,
        computed=outcome.computed,
        tolerance=outcome.tolerance,
        unit=outcome.unit or result.unit,
        result=result.id,
        terms=tuple(term.id for term in terms),
    )
