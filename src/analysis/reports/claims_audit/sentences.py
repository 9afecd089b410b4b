"""The answer of the claims audit and its facts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
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
        fall_words(brief, "answer"),
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
        number_words=say(
            "in {total} checks of {documents} documents.",
            total=number(total, language),
            documents=brief.count_word(len(brief.order)),
        ),
        range_words=say(
            "{misfits} further figures need a word of explanation.",
            misfits=number(len(audit.misfits), language),
        ),
    )


def fall_words(brief: AuditBrief, use: str) -> str:
    """The words for a use, with the facts of the fall filled in; empty where there are none."""
    found = brief.published.words("fall_words", brief.fall.figure.id, brief.language)
    return found[use].format(**fall_facts(brief)) if use in found else ""


def fall_facts(brief: AuditBrief) -> Mapping[str, object]:
    """The fields that the words of a fall may name."""
    fall, language, params = brief.fall, brief.language, brief.params
    share, whole = partial(percent, language=language), partial(number, language=language)
    figure, other, counts, chance = fall.figure, fall.other, fall.counts, fall.chance
    reach, middles = fall.reach, [item.middle for item in chance]
    return {
        "place": brief.document(figure.source),
        "region": brief.home(figure.source),
        "scope": brief.named("scopes", figure.scope) if figure.scope else "",
        "fall": share(fall.share, decimals=0),
        "least": fall.smallest,
        "first": counts[0].baseline,
        "first_low": share(counts[0].fall.low),
        "first_high": share(counts[0].fall.high),
        "last": whole(counts[-1].baseline),
        "last_low": share(counts[-1].fall.low),
        "last_high": share(counts[-1].fall.high),
        "least_middle": share(min(middles), decimals=0),
        "most_middle": share(max(middles), decimals=0),
        "first_middle": share(middles[0], decimals=0),
        "last_middle": share(middles[-1], decimals=0),
        "last_exceeded": share(chance[-1].high, decimals=0),
        "least_mean": chance[0].mean,
        "most_mean": chance[-1].mean,
        "reach": share(reach, decimals=2 if reach < 0.01 else 1),
        "dispersion": whole(params.dispersion, decimals=1),
        "peak": share(params.peak_share),
        "draws": whole(params.draws),
        "seed": params.seed,
        "level": share(params.level, decimals=0),
        "other": brief.document(other.figure.source),
        "rise": share(other.ratio.value - 1, decimals=2, signed=True),
        "after": whole(other.after),
        "before": whole(other.before),
        "ratio_low": whole(other.ratio.low, decimals=2),
        "ratio_high": whole(other.ratio.high, decimals=2),
        "relative": share(other.relative, decimals=2),
    }


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
