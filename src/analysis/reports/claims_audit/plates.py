"""The audit of printed figures: counts by document, contradictions, and every check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from analysis.data.published.audit import VERDICTS, Check
from analysis.data.published.tables import RULE_WORDS
from analysis.disclosure.gate import NUMBER
from analysis.page.charts.axes import Axis, Cell
from analysis.page.charts.rows import Row, Rows
from analysis.page.plates import Column, Figure, Notes, Table, TableData
from analysis.reports.claims_audit import fall, sentences
from analysis.reports.claims_audit.answer import AuditBrief
from analysis.result import plain


class ClaimsAudit(AuditBrief):
    """Do printed figures agree with one another?"""

    verdict_key = sentences.VERDICT

    def results(self) -> Mapping[str, Any]:
        """Every check, and the change that is examined."""
        return {"checks": plain(self.audit.checks), "claim": plain(self.fall)}

    facts = sentences.audit_facts
    summary = sentences.audit_summary
    counts = fall.counts_figure
    chance = fall.chance_figure
    comparison = fall.comparison_figure
    comparison_notes = fall.comparison_notes
    settle = fall.settle

    def verdicts(self) -> Figure:
        """How many checks of each document end how."""
        say, numbers = self.say, {source: self.audit.counts(source) for source in self.order}
        labels = [
            say(
                "{place}: {fits} fit, {open} open, {against} against",
                place=self.document(source),
                **self.tally(source),
            )
            for source in self.order
        ]
        bars = tuple(
            Row(label, 0.0, parts=tuple((key, float(found[key])) for key in reversed(VERDICTS)))
            for label, found in zip(labels, numbers.values(), strict=True)
        )
        return Rows(bars, Axis(self.in_full, say("Checks"), whole=True, role=NUMBER)).figure(
            **self.plate("verdicts"),
            title=say(
                "Of {total} checks, {fits} fit and {open} cannot be made; contradictions: {against}"
            ),
            caption=say(
                "Blue: fits, exactly or after rounding. Grey: a number that the check needs is not "
                "printed. Orange: contradicts. {easy} of the checks that fit only ask whether a "
                "part is larger than its whole; they are easy to pass. Long and short documents, "
                "different years and levels of government: the order is by level, not a ranking.",
                easy=sum(c.rule == "part_of" and c.verdict == "agrees" for c in self.audit.stated),
            ),
            alt=say("Bars of checks by document: {parts}.", parts=say("; ").join(labels)),
            table=self._counted(numbers),
        )

    def _counted(self, numbers: Mapping[str, Counter[str]]) -> TableData:
        words = sentences.CHECK_WORDS
        apart = Counter(check.source for check in self.audit.checks if check.conjectured)
        return TableData.by_column(
            self.document_column(self.order),
            *(
                self.counted(key, self.say(words[key]), (n[key] for n in numbers.values()))
                for key in VERDICTS
            ),
            self.counted(
                "conjectured",
                self.say("Conjectured, counted apart"),
                (apart[source] for source in self.order),
            ),
        )

    def contradictions(self) -> Table:
        """What the documents say against themselves."""
        say, found = self.say, self.audit.contradictions
        title = say(
            "Printed figures that contradict other figures of the same document: {count}",
            count=len(found),
        )
        caption = say(
            "Either number may be the slip: arithmetic shows that two numbers cannot both hold as "
            "they are worded, not which one is right."
        )
        none = say("No printed figure contradicts another")
        return self._failures("contradictions", title if found else none, caption, found)

    def misfits(self) -> Table:
        """Editor's readings that do not hold: no contradiction of the document."""
        title = self.say("{misfits} figures would fit only if a word of explanation were added")
        caption = self.say(
            "Here the connection between the figures is our reading, not the document's. The "
            "reading fails; the document is not contradicted. One more sentence in the document "
            "would settle each of them."
        )
        return self._failures("misfits", title, caption, self.audit.misfits)

    def _failures(self, key: str, title: str, caption: str, checks: Iterable[Check]) -> Table:
        """The few checks that fail, with names of all figures, for a narrow screen."""
        say = self.say

        def line(check: Check) -> tuple[Cell, Cell]:
            figure, said = self.figure(check.result), sentences.sentence(self, check, named=True)
            printed = say(
                "{name}, {place}: {value}",
                name=self.name(figure),
                place=self.document(check.source),
                value=self.shown(figure),
            )
            verdict = sentences.verdict_words(self, check)
            return (
                (printed, f"{check.result}={check.published:g}"),
                (say("{verdict}. {sentence}", verdict=verdict, sentence=said), check.computed),
            )

        columns = (
            Column("printed", say("Printed"), role=NUMBER),
            Column("computed", say("What the other figures give"), role=NUMBER),
        )
        lines = map(line, sorted(checks, key=lambda c: self.order.index(c.source)))
        data = TableData.of(columns, lines)
        return Table(**self.plate(key), title=title, caption=caption, data=data)

    def checks(self) -> tuple[Table, ...]:
        """All stated checks, one table for each document."""
        return tuple(map(self._checks_of, self.order))

    def _checks_of(self, source: str) -> Table:
        """Contradictions first, then what cannot be checked."""
        say, stated = self.say, [c for c in self.audit.stated if c.source == source]
        checks = sorted(stated, key=lambda check: VERDICTS.index(check.verdict))
        figures = [self.figure(check.result) for check in checks]
        return Table(
            **self.plate(f"checks_{source}"),
            title=say(
                "{place}: {total} checks, {against} against, {open} open",
                place=self.document(source),
                **self.tally(source),
            ),
            caption=say("Contradictions first, then what cannot be checked, then what fits."),
            data=TableData.by_column(
                (Column("figure", say("Figure")), [(self.name(f), f.id) for f in figures]),
                (
                    Column("printed", say("Printed"), role=NUMBER),
                    [(self.shown(f), f.value) for f in figures],
                ),
                (
                    Column("computed", say("What the other figures give"), role=NUMBER),
                    [(sentences.sentence(self, check), check.computed) for check in checks],
                ),
                (
                    Column("verdict", say("Verdict")),
                    [(sentences.verdict_words(self, check), check.verdict) for check in checks],
                ),
            ),
            folded=True,
        )

    def publish_next(self) -> Notes:
        """What would make the open checks possible, from the rules that left them open."""
        opened = Counter(c.rule for c in self.audit.stated if c.verdict == "cannot_be_checked")
        points = tuple(
            words[f"words_{self.language}"].format(count=count)
            for (rules, use), words in RULE_WORDS.items()
            if use == "next" and (count := sum(opened[rule] for rule in rules.split(";")))
        )
        return Notes(**self.plate("publish_next"), title=self.say("Numbers to add"), points=points)
