"""The answer of the claims audit and its facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.page.plates import Summary
from analysis.reports.claims_audit.answer import AuditBrief
from analysis.reports.claims_audit.check_sentences import sentence

VERDICT = "audit"


def audit_summary(brief: AuditBrief) -> Summary:
    """The answer first: how many checks contradict, which ones, and what stays open."""
    say = brief.say
    points = (
        say(
            "**{fits} of {total} checks fit,** exactly or after rounding: sums, shares, parts and "
            "repeated numbers."
        ),
        *(
            say(
                "**{place}:** {name} is printed as {printed}. {sentence}",
                place=brief.document(check.source),
                name=brief.name(brief.figure(check.result), sentence=True),
                printed=brief.shown(brief.figure(check.result)),
                sentence=sentence(brief, check, named=True),
            )
            for check in brief.audit.contradictions[:2]
        ),
        say(
            "**{open} checks cannot be made,** because a count, a whole or an earlier level is not "
            "printed. {misfits} more figures would fit only with a word of explanation."
        ),
        brief.of_fall("answer"),
        say(
            "An arithmetic check is no judgement of the work reported. It shows which figures a "
            "reader can rely on as printed."
        ),
    )
    return Summary(
        **brief.plate("summary"),
        scope=brief.scope,
        points=points,
        verdict=VERDICT,
        verdict_words=say("Arithmetic audit"),
        number=brief.tally()["against"],
        number_unit=say("contradictions"),
        number_words=say(
            "in {total} checks of {documents} documents.",
            documents=brief.count_word(len(brief.order)),
        ),
        range_words=say("{misfits} further figures need a word of explanation."),
    )


def audit_facts(brief: AuditBrief) -> Mapping[str, Any]:
    """What both languages must agree on."""
    audit, fall = brief.audit, brief.fall
    return {
        "verdict": VERDICT,
        "counts": dict(audit.counts()),
        "by_document": {source: dict(audit.counts(source)) for source in brief.order},
        "contradictions": [check.id for check in audit.contradictions],
        "misfits": [check.id for check in audit.misfits],
        "smallest_baseline": fall.smallest,
        "fall_percent": [
            [i.baseline, round(100 * i.fall.low, 1), round(100 * i.fall.high, 1)]
            for i in fall.counts
        ],
        "chance_percent": [
            [c.mean, round(100 * c.middle, 1), round(100 * c.high, 1)] for c in fall.chance
        ],
    }
