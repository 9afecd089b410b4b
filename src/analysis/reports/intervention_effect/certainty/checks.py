"""How sure, and what would change our mind: a sentence a check, and the shares of records."""

from __future__ import annotations

from analysis.page.numbers import number, percent, percent_change, percent_span
from analysis.page.plates import Column, Notes, Table, TableData
from analysis.page.shared.mixes import MIX_WORDS, chance_sentence, without_records
from analysis.reports.intervention_effect.answer import Brief
from analysis.reports.intervention_effect.certainty.grounds import slope_sentence
from analysis.reports.intervention_effect.changes import (
    change_cells,
    change_columns,
    in_words,
)
from analysis.reports.intervention_effect.event_time import event_points
from analysis.verdicts.effect import excludes_zero, share, smallest_share
from analysis.verdicts.robustness import NOT_OFFERED, WITH_OPTIONS

MIND_WORDS = {
    "no_range": "A method that gives a range.",
    "few_clusters": "More {regions} that adopt at different times, or more that do not.",
    "own_course_unknown": "Data that begin earlier.",
    "leads": "Comparison {regions} that moved like the adopters before adoption.",
    "base_period": "Adoption dates that did not follow an unusual period, for example by lot.",
    "placebo_time": "Adoption dates set by something other than a recent rise or fall, for "
    "example by lot.",
    "placebo_outcome": "Records that separate what happened from how it is recorded.",
    "leave_one_out": "More {regions}, so that none decides alone.",
    "already_treated": "A method that compares only with {regions} that had not adopted.",
    "other_method": "A reason to prefer one of the methods, settled before looking at results.",
    "reporting": "Records that separate what happened from how it is recorded.",
    "other_intervention": "{Regions} in which nothing else began or ended.",
    "few_adopters": "More {regions} that adopt.",
    "checks_lost": "Data that allow the checks that could not be made.",
}
LEADS_WORDS = {
    "": "Before adoption no period stands out from its band. The widest band would hide "
    "differences of {widest}; passing is no proof.",
    "above": "Before adoption no period stands out from its band, yet all {n} lie above what was "
    "expected. The widest band would hide differences of {widest}; passing is no proof.",
    "below": "Before adoption no period stands out from its band, yet all {n} lie below what was "
    "expected. The widest band would hide differences of {widest}; passing is no proof.",
}
ONE_SIDED = 3
"""Periods before adoption from which it is said that all lie on one side."""


def certainty(brief: Brief) -> Notes:
    """How sure, and what would change our mind: one sentence per check."""
    say = brief.say
    points = [
        _leads_sentence(brief),
        slope_sentence(brief),
        _placebo_sentence(brief),
        _earlier_sentence(brief),
        _breakdown_sentence(brief),
        _outcome_sentence(brief),
        _smallest_sentence(brief),
    ]
    doubts = (*brief.verdict.overruled, *brief.verdict.lowered)
    if doubts:
        points += [
            say("What would change our mind: {what}", what=say(what))
            for what in dict.fromkeys(MIND_WORDS[doubt] for doubt in doubts)
        ]
    elif brief.verdict.key == "cannot_tell":
        points.append(
            say(
                "What would change our mind: more {regions} or more periods, which "
                "narrow the range."
            )
        )
    else:
        points.append(
            say(
                "What would change our mind: adopters that had begun to move apart "
                "before adoption, or a change of the same size in an outcome that the "
                "intervention does not touch."
            )
        )
    return Notes(
        **brief.plate("certainty"),
        title=say("What the checks say"),
        points=tuple(point for point in points if point),
    )


def _smallest_sentence(brief: Brief) -> str:
    """Which change is taken not to matter; of a share above one half, of its other side too."""
    smallest = brief.study.params.smallest_effect
    text = (
        "A change below {size} either way is taken not to matter, of the share itself and of what "
        "is left of it to 100%; that choice is set in the parameters of this report."
        if smallest_share(brief.study, brief.headline) < smallest
        else "A change below {size} either way is taken not to matter; that choice is set in the "
        "parameters of this report."
    )
    return brief.say(text, size=percent(smallest, brief.language, 0))


def _leads_sentence(brief: Brief) -> str:
    say, language = brief.say, brief.language
    check = next((c for c in brief.headline.checks if c.name == "leads"), None)
    if check is None:
        return ""
    if check.passed is None or check.threshold is None:
        return say(
            "Whether adopters and the others moved alike before adoption cannot be checked: "
            "too few {regions}."
        )
    widest = percent_span(brief.share(-check.threshold), brief.share(check.threshold), language)
    if check.passed:
        leads = [point.value for point in event_points(brief) if point.at < 0 and point.value]
        above = sum(value > 0 for value in leads)
        side = {0: "below", len(leads): "above"}.get(above, "")
        words = LEADS_WORDS[side if len(leads) >= ONE_SIDED else ""]
        return say(words, widest=widest, n=number(len(leads), language))
    return say(
        "Before adoption at least one period lies outside its band: adopters and the "
        "others did not move alike."
    )


def _placebo_sentence(brief: Brief) -> str:
    say, answer = brief.say, brief.robustness.placebo_time
    if answer.refused == NOT_OFFERED:
        return say("The method of the headline offers no check with a made-up start.")
    found = in_words(answer, brief.language)
    if found is None:
        return say("A check with a made-up start cannot be made with these data.")
    text = (
        "With a made-up start before the true one the same comparison finds {value} ({span}): the "
        "range leaves out “no change”, although nothing had begun."
        if excludes_zero(answer)
        else "With a made-up start before the true one the same comparison finds {value} ({span}): "
        "“no change” lies within the range, as it should."
    )
    return say(text, **found)


def _earlier_sentence(brief: Brief) -> str:
    """How much hangs on the period just before adoption."""
    key = f"{brief.study.params.method}_anticipation"
    keys = (key, f"{key}{WITH_OPTIONS}")
    answer = next((a for a in brief.robustness.specifications if a.key in keys), None)
    if answer is None or answer.estimate is None:
        return ""
    earlier, own = share(answer.estimate.value, answer.expected), brief.effect.relative
    text = (
        "The estimate hangs on the period just before adoption: measured from one period earlier, "
        "the change is {earlier} instead of {own}."
        if abs(earlier - own) > abs(own) / 2
        else "Measured from one period earlier, the change is {earlier}, close to {own}."
    )
    return brief.say(
        text,
        earlier=percent_change(earlier, brief.language),
        own=percent_change(own, brief.language),
    )


def _breakdown_sentence(brief: Brief) -> str:
    """How far trends may part before the answer falls."""
    found = brief.robustness.breakdown
    if found is None and brief.question.method_options.get("anticipation"):
        return brief.say(
            "How far trends may part before the answer falls is not given where effects may show "
            "before the start."
        )
    if found is None:
        return brief.say(
            "How far trends may part before the answer falls (honest difference-in-differences) "
            "cannot be told from these data."
        )
    periods = number(found.periods, brief.language)
    if found.value == 0:
        return brief.say(
            "How far may trends part? Another estimate, of the first {periods} periods alone "
            "(honest difference-in-differences), has a range of its own: it includes “no change” "
            "even if adopters and the others would have moved exactly alike (breakdown value 0).",
            periods=periods,
        )
    bound = number(found.limit if found.value is None else found.value, brief.language, 2)
    text = (
        "How far may trends part? Another estimate, of the first {periods} periods alone (honest "
        "difference-in-differences), has a range that leaves out “no change” even if trends part "
        "by {bound} times their largest move before adoption, the most looked at (breakdown value "
        "above {bound})."
        if found.value is None
        else "How far may trends part? Another estimate, of the first {periods} periods alone "
        "(honest difference-in-differences), has a range that leaves out “no change” unless trends "
        "part by {bound} times their largest move before adoption (breakdown value {bound})."
    )
    return brief.say(text, periods=periods, bound=bound)


def _outcome_sentence(brief: Brief) -> str:
    say, answer = brief.say, brief.robustness.placebo_outcome
    if answer is None:
        return ""
    placebo = brief.words(brief.study.params.placebo_outcome).plural(brief.language)
    found = in_words(answer, brief.language)
    if found is None:
        return say(
            "The outcome that should not be affected, {placebo}, cannot be looked at with these "
            "data.",
            placebo=placebo,
        )
    text = (
        "An outcome that should not be affected, {placebo}: {value} ({span}). The range leaves out "
        "“no change”, which speaks against the comparison."
        if excludes_zero(answer)
        else "An outcome that should not be affected, {placebo}: {value} ({span}). “No change” "
        "lies within the range, as it should."
    )
    return say(text, placebo=placebo, **found)


def reporting_table(brief: Brief) -> Table | Notes:
    """Whether who complains, how, and with what end changed as well."""
    say, answers = brief.say, brief.robustness.reporting
    if not answers:
        return without_records(brief)
    # A change without a range says nothing of whether the mix changed.
    estimates = [a.estimate if a.estimate and a.estimate.low is not None else None for a in answers]
    changed = sum(excludes_zero(answer) for answer in answers)
    text = (
        "Reporting checks: of {all} shares looked at, the range of {changed} leaves out “no change”"
        if changed
        else "Reporting checks: no change is seen in any of {all} shares"
    )
    return Table(
        **brief.plate("reporting"),
        title=say(text, changed=changed, all=len(answers)),
        caption=say(
            "If fewer things happened, the mix of records should stay about as it was. A "
            "change in the mix points to a change in reporting. Change of each share against what "
            "was expected, in per cent of that share. {chance}",
            chance=chance_sentence(brief, len(answers), brief.headline.level),
        ),
        data=TableData.of(
            (Column("share", say("Share of records")), *change_columns(say)),
            (
                (
                    (say(MIX_WORDS[answer.key]), answer.key),
                    *change_cells(estimate, say, brief.language),
                )
                for answer, estimate in zip(answers, estimates, strict=True)
            ),
        ),
    )
