"""The reporting checks: did who complains, how, and with what end change as well?"""

from __future__ import annotations

from analysis.page.plates import Column, Notes, Table, TableData
from analysis.reports.intervention_effect.answer import Brief
from analysis.reports.intervention_effect.changes import change_cells, change_columns
from analysis.reports.intervention_effect.verdict import excludes_zero

MIX_WORDS = {
    "repeat_claimants": "Share from people with five or more earlier records",
    "online_channel": "Share that came in online",
    "upheld": "Share upheld or settled",
}


def reporting_table(brief: Brief) -> Table | Notes:
    """Whether who complains, how, and with what end changed as well."""
    say, answers = brief.say, brief.robustness.reporting
    if not answers:
        return Notes(
            **brief.plate("reporting"),
            title=say("Reporting checks"),
            points=(
                say(
                    "These data hold no single records, so a change in how readily events are "
                    "reported cannot be told from a change in events."
                ),
            ),
        )
    # A change without a range says nothing of whether the mix changed.
    estimates = [a.estimate if a.estimate and a.estimate.low is not None else None for a in answers]
    changed = sum(excludes_zero(answer) for answer in answers)
    text = (
        "Reporting checks: {changed} of {all} shares changed with the intervention"
        if changed
        else "Reporting checks: no change is seen in any of {all} shares"
    )
    return Table(
        **brief.plate("reporting"),
        title=say(text, changed=changed, all=len(answers)),
        caption=say(
            "If fewer things happened, the mix of records should stay about as it was. A "
            "change in the mix points to a change in reporting. Change of each share "
            "against what was expected."
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
