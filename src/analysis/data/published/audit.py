"""Every arithmetic check that published figures allow, each with its verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from analysis.data.published.audit_rules import RULES, Outcome, Terms
from analysis.data.published.figures import PrintedFigure, Published
from analysis.data.published.found import found

VERDICTS = ("contradicts", "cannot_be_checked", "agrees_after_rounding", "agrees")


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
    return Audit((*_listed(published), *_found(published)))


def _listed(published: Published) -> Iterator[Check]:
    for row, terms in published.related(*RULES):
        if row["result"]:
            result, named = published.figures[row["result"]], float(row["constant"] or 0)
            yield _check(row["id"], row["type"], row["basis"], result, terms, int(named))


def _found(published: Published) -> Iterator[Check]:
    """Checks that no one listed."""
    for one in found(published):
        yield _check(one.id, one.rule, one.basis, one.result, one.terms)


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
