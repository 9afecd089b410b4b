"""The audit of printed figures: counts by document, contradictions, and every check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from analysis.data.published.audit import VERDICTS, Check
from analysis.page.charts.axes import Axis, Cell
from analysis.page.charts.rows import Row, Rows
from analysis.page.numbers import number
from analysis.page.plates import Column, Figure, Notes, Table, TableData
from analysis.reports.claims_audit import fall
from analysis.reports.claims_audit.answer import AuditBrief
from analysis.reports.claims_audit.check_sentences import VERDICT_WORDS, sentence, verdict_words
from analysis.reports.claims_audit.sentences import VERDICT, audit_facts, audit_summary
from analysis.result import plain


def check_data(brief: AuditBrief, checks: Iterable[Check]) -> TableData:
    """Checks as a table: contradictions first, then what cannot be checked."""
    say = brief.say
    return TableData.of(
        (
            Column("figure", say("Figure")),
            Column("printed", say("Printed")),
            Column("computed", say("What the other figures give")),
            Column("verdict", say("Verdict")),
        ),
        (
            (
                (brief.name(brief.figure(check.result)), check.result),
                (brief.shown(brief.figure(check.result)), check.published),
                (sentence(brief, check), check.computed),
                (verdict_words(brief, check), check.verdict),
            )
            for check in sorted(checks, key=lambda c: VERDICTS.index(c.verdict))
        ),
    )


def failure_data(brief: AuditBrief, checks: Iterable[Check]) -> TableData:
    """The few checks that fail, with names of all figures, for a narrow screen."""
    say = brief.say

    def line(check: Check) -> tuple[Cell, Cell]:
        figure, place = brief.figure(check.result), brief.document(check.source)
        name, value = brief.name(figure), brief.shown(figure)
        said = sentence(brief, check, named=True)
        return (
            (
                say("{name}, {place}: {value}", name=name, place=place, value=value),
                f"{check.result}={check.published:g}",
            ),
            (
                say("{verdict}. {sentence}", verdict=verdict_words(brief, check), sentence=said),
                check.computed,
            ),
        )

    return TableData.of(
        (
            Column("printed", say("Printed")),
            Column("computed", say("What the other figures give")),
        ),
        map(line, sorted(checks, key=lambda c: brief.order.index(c.source))),
    )


def verdict_figure(brief: AuditBrief) -> Figure:
    """How many checks of each document end how."""
    say, language, total = brief.say, brief.language, brief.audit.counts()
    labels = {
        source: say(
            "{place}: {fits} fit, {open} open, {against} against",
            place=brief.document(source),
            **_tally(brief.audit.counts(source)),
        )
        for source in brief.order
    }
    chart = Rows(
        tuple(_verdict_row(brief, source, label) for source, label in labels.items()),
        Axis(partial(number, language=language), say("Checks"), whole=True),
    )
    return chart.figure(
        **brief.plate("verdicts"),
        title=say(
            "Of {total} checks, {fits} fit, {open} cannot be made and {against} contradict",
            total=number(sum(total.values()), language),
            **{key: number(count, language) for key, count in _tally(total).items()},
        ),
        caption=say(
            "Blue: fits, exactly or after rounding. Grey: a number that the check needs is not "
            "printed. Orange: contradicts. {easy} of the checks that fit only ask whether a part "
            "is larger than its whole; they are easy to pass. Long and short documents, different "
            "years and levels of government: the order is by level, not a ranking.",
            easy=sum(c.rule == "part_of" and c.verdict == "agrees" for c in brief.audit.stated),
        ),
        alt=say("Bars of checks by document: {parts}.", parts=say("; ").join(labels.values())),
        table=_count_data(brief),
    )


def _tally(counts: Counter[str]) -> dict[str, int]:
    """Checks that fit, that cannot be made, and that contradict."""
    return {
        "fits": counts["agrees"] + counts["agrees_after_rounding"],
        "open": counts["cannot_be_checked"],
        "against": counts["contradicts"],
    }


def _verdict_row(brief: AuditBrief, source: str, label: str) -> Row:
    counts = brief.audit.counts(source)
    parts = tuple((verdict, float(counts[verdict])) for verdict in reversed(VERDICTS))
    return Row(label, 0.0, parts=parts)


def _count_data(brief: AuditBrief) -> TableData:
    say, language = brief.say, brief.language
    apart = Counter(check.source for check in brief.audit.checks if check.conjectured)

    def line(source: str) -> list[Cell]:
        numbers = [*(brief.audit.counts(source)[key] for key in VERDICTS), apart[source]]
        return [(brief.document(source), source), *((number(n, language), n) for n in numbers)]

    return TableData.of(
        (
            Column("document", say("Document")),
            *(Column(key, say(VERDICT_WORDS[key]), "end") for key in VERDICTS),
            Column("conjectured", say("Conjectured, counted apart"), "end"),
        ),
        map(line, brief.order),
    )


def contradiction_table(brief: AuditBrief) -> Table:
    """What the documents say against themselves."""
    say, found = brief.say, brief.audit.contradictions
    title = (
        say(
            "{count} printed figures contradict other figures of the same document",
            count=len(found),
        )
        if found
        else say("No printed figure contradicts another")
    )
    return Table(
        **brief.plate("contradictions"),
        title=title,
        caption=say(
            "Either number may be the slip: arithmetic shows that two numbers cannot both hold as "
            "they are worded, not which one is right."
        ),
        data=failure_data(brief, found),
    )


def misfit_table(brief: AuditBrief) -> Table:
    """Editor's readings that do not hold: no contradiction of the document."""
    say = brief.say
    return Table(
        **brief.plate("misfits"),
        title=say(
            "{count} figures would fit only if a word of explanation were added",
            count=len(brief.audit.misfits),
        ),
        caption=say(
            "Here the connection between the figures is our reading, not the document's. The "
            "reading fails; the document is not contradicted. One more sentence in the document "
            "would settle each of them."
        ),
        data=failure_data(brief, brief.audit.misfits),
    )


def check_tables(brief: AuditBrief) -> tuple[Table, ...]:
    """All stated checks, one table for each document."""
    return tuple(_document_table(brief, source) for source in brief.order)


def _document_table(brief: AuditBrief, source: str) -> Table:
    say = brief.say
    stated = [check for check in brief.audit.stated if check.source == source]
    counts = brief.audit.counts(source)
    return Table(
        **brief.plate(f"checks_{source}"),
        title=say(
            "{place}: {total} checks, {against} against, {open} open",
            place=brief.document(source),
            total=len(stated),
            against=counts["contradicts"],
            open=counts["cannot_be_checked"],
        ),
        caption=say("Contradictions first, then what cannot be checked, then what fits."),
        data=check_data(brief, stated),
        folded=True,
    )


NEXT_WORDS: Mapping[tuple[str, ...], str] = {
    ("lone_share",): "**Beside a rate, print the two counts.** {count} percentages stand alone: "
    "100% of 5 and 100% of 5,000 do not say the same.",
    ("share_of_unstated", "progress_of_unstated", "share_without_numerator"): "**Beside a share, "
    "print the whole; beside progress, the target.** {count} percentages leave it to be guessed.",
    ("growth", "weighted_mean"): "**Beside a growth rate, print last year’s figure.** {count} "
    "rates leave the earlier level, or the months between, to be worked out.",
    ("lone_change",): "**Beside a fall or a rise, print both counts and both periods.** {count} "
    "change has neither.",
    ("open_list",): "**Name what is counted.** {count} numbers of items are followed by an open "
    "list.",
}


def publish_next(brief: AuditBrief) -> Notes:
    """What would make the open checks possible, from the rules that left them open."""
    opened = Counter(c.rule for c in brief.audit.stated if c.verdict == "cannot_be_checked")
    counts = {text: sum(opened[rule] for rule in rules) for rules, text in NEXT_WORDS.items()}
    points = tuple(brief.say(text, count=count) for text, count in counts.items() if count)
    return Notes(**brief.plate("publish_next"), title=brief.say("Numbers to add"), points=points)


class ClaimsAudit(AuditBrief):
    """Do printed figures agree with one another?"""

    verdict_key = VERDICT

    def results(self) -> Mapping[str, Any]:
        """Every check, and the change that is examined."""
        return {"checks": plain(self.audit.checks), "claim": plain(self.fall)}

    facts = audit_facts
    summary = audit_summary
    verdicts = verdict_figure
    contradictions = contradiction_table
    misfits = misfit_table
    checks = check_tables
    counts = fall.counts_figure
    chance = fall.chance_figure
    comparison = fall.comparison_figure
    comparison_notes = fall.comparison_notes
    settle = fall.settle
    publish_next = publish_next
