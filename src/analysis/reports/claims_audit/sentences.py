"""The answer of the claims audit and its facts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.page.numbers import number, percent
from analysis.page.plates import Summary
from analysis.reports.claims_audit.answer import AuditBrief
from analysis.reports.claims_audit.check_sentences import sentence

VERDICT = "audit"


def audit_summary(brief: AuditBrief) -> Summary:
    """The answer first: how many checks contradict, which ones, and what stays open."""
    say, language, audit = brief.say, brief.language, brief.audit
    counts = audit.counts()
    total = sum(counts.values())
    fits = counts["agrees"] + counts["agrees_after_rounding"]
    points = [
        say(
            "**{fits} of {total} checks fit,** exactly or after rounding: sums, shares, parts and "
            "repeated numbers.",
            fits=number(fits, language),
            total=number(total, language),
        ),
        *(
            say(
                "**{place}:** {name} is printed as {printed}. {sentence}",
                place=brief.document(check.source),
                name=brief.name(brief.figure(check.result), sentence=True),
                printed=brief.shown(brief.figure(check.result)),
                sentence=sentence(brief, check, named=True),
            )
            for check in audit.contradictions[:2]
        ),
        say(
            "**{open} checks cannot be made,** because a count, a whole or an earlier level is not "
            "printed. {misfits} more figures would fit only with a word of explanation.",
            open=number(counts["cannot_be_checked"], language),
            misfits=number(len(audit.misfits), language),
        ),
        _claim_point(brief),
        say(
            "An arithmetic check is no judgement of the work reported. It shows which figures a "
            "reader can rely on as printed."
        ),
    ]
    return Summary(
        **brief.plate("summary"),
        scope=brief.scope,
        points=tuple(points),
        verdict=VERDICT,
        verdict_words=say("Arithmetic audit"),
        number=number(counts["contradicts"], language),
        number_unit=say("contradictions"),
        number_words=say("in {total} checks of five documents.", total=number(total, language)),
        range_words=say(
            "{misfits} further figures need a word of explanation.",
            misfits=number(len(audit.misfits), language),
        ),
    )


def _claim_point(brief: AuditBrief) -> str:
    claim, language = brief.claim, brief.language
    return brief.say(
        "**{place}:** a fall in complaints of {fall} is printed without counts. It needs at least "
        "{least} complaints before. A start picked at a peak would alone give such a fall in at "
        "most {reach} of simulated cases; whether the campaign explains it, the figure cannot "
        "show.",
        place=brief.document(claim.figure.source),
        fall=percent(claim.fall, language, 0),
        least=claim.smallest,
        reach=percent(max(item.as_claimed for item in claim.chance), language, 2),
    )


def audit_facts(brief: AuditBrief) -> Mapping[str, Any]:
    """What both languages must agree on."""
    audit, claim = brief.audit, brief.claim
    return {
        "verdict": VERDICT,
        "counts": dict(audit.counts()),
        "by_document": {source: dict(audit.counts(source)) for source in brief.order},
        "contradictions": [check.id for check in audit.contradictions],
        "misfits": [check.id for check in audit.misfits],
        "smallest_baseline": claim.smallest,
        "fall_percent": [
            [i.baseline, round(100 * i.fall.low, 1), round(100 * i.fall.high, 1)]
            for i in claim.counts
        ],
        "chance_percent": [
            [c.mean, round(100 * c.middle, 1), round(100 * c.high, 1)] for c in claim.chance
        ],
    }
