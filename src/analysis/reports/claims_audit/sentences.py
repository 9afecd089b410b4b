"""The answer of the claims audit, its facts, and the plain sentence of each arithmetic check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.data.published.audit import Check
from analysis.data.published.figures import PrintedFigure
from analysis.data.published.tables import RULE_WORDS
from analysis.page.plates import Summary
from analysis.page.wording import capital, lower
from analysis.reports.claims_audit.answer import AuditBrief

VERDICT = "audit"
CHECK_WORDS = {
    "contradicts": "Contradicts",
    "cannot_be_checked": "Cannot be checked",
    "agrees_after_rounding": "Agrees after rounding",
    "agrees": "Agrees",
    "misfit": "Our reading fails",
}


def verdict_words(brief: AuditBrief, check: Check) -> str:
    """The verdict in words; a reading of ours that fails is no contradiction."""
    misfit = check.conjectured and check.verdict == "contradicts"
    return brief.say(CHECK_WORDS["misfit" if misfit else check.verdict])


def sentence(brief: AuditBrief, check: Check, named: bool = False) -> str:
    """What the other figures say to a printed figure; ``named`` says what each of them is."""
    if check.rule == "lone_share" and check.computed is None:
        return brief.say("No count is printed.")
    terms = [brief.figure(term) for term in check.terms]
    shown = [_shown(brief, term, named) for term in terms]
    if check.rule in ("part_of", "same_thing"):
        shown = [_name(brief, term, check) for term in terms]
    fields = {
        "terms": brief.say(" and ").join(shown),
        "first": shown[0] if shown else "",
        "second": shown[-1] if shown else "",
        "computed": computed(brief, check),
    }
    words = RULE_WORDS.get((check.rule, check.verdict)) or RULE_WORDS[check.rule, ""]
    other = _other_reading(brief, check) if named else ""
    return capital(words[f"words_{brief.language}"].format(**fields)) + other


def _other_reading(brief: AuditBrief, check: Check) -> str:
    """What a share without a fitting part would be a share of, if its whole is its part."""
    if check.rule != "share_without_numerator" or check.verdict != "contradicts":
        return ""
    for other in brief.audit.checks:
        if other.result == check.result and other.rule == "share_of_unstated":
            return brief.say(
                " If {second} is the part, a whole of {computed} would give it.",
                second=brief.shown(brief.figure(other.terms[0])),
                computed=computed(brief, other),
            )
    return ""


def _name(brief: AuditBrief, term: PrintedFigure, check: Check) -> str:
    """What a figure measures, with its document where that is another one."""
    name = brief.name(term, sentence=True)
    if term.source == check.source:
        return name
    return brief.say("{name}, {place}", name=name, place=brief.document(term.source))


def _shown(brief: AuditBrief, term: PrintedFigure, named: bool) -> str:
    if not named:
        return brief.shown(term)
    name = brief.named("indicators", term.indicator)
    if term.scope:
        scope = brief.named("scopes", term.scope)
        name = brief.say("{part}, {whole}", part=name, whole=scope)
    return brief.say("{value} ({name})", value=brief.shown(term), name=lower(name))


def computed(brief: AuditBrief, check: Check) -> str:
    """The computed value as text, with the sign of a change; empty where there is none."""
    if check.computed is None:
        return ""
    signed = brief.figure(check.result).kind == "change_pct" and check.unit == "percent"
    value = brief.amount(check.computed, check.unit, signed)
    level = brief.figure(check.terms[0]) if check.rule == "growth" else None
    return brief.bounded(level, value)


def audit_summary(brief: AuditBrief) -> Summary:
    """The answer first: how many checks contradict, which ones, and what stays open."""
    say = brief.say
    text = "contradiction" if len(brief.audit.contradictions) == 1 else "contradictions"
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
        number_unit=say(text),
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
