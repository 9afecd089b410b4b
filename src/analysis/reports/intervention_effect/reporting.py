"""The reporting checks: did who complains, how, and with what end change as well?"""

from __future__ import annotations

import math

from analysis.page.numbers import percent
from analysis.page.plates import Column, Notes, Table, TableData
from analysis.reports.intervention_effect.answer import Brief

MIX_WORDS = {
    "repeat_claimants": "Share from people with five or more earlier records",
    "online_channel": "Share that came in online",
    "upheld": "Share upheld or settled",
}


def reporting_table(brief: Brief) -> Table | Notes:
    """Whether who complains, how, and with what end changed as well."""
    say, language = brief.say, brief.language
    answers = brief.robustness.reporting
    if not answers:
        return Notes(
            **brief.plate("reporting"),
            title=say("Reporting checks"),
            points=(
                say(
                    "These data hold counts only, so a change in how readily events are reported "
                    "cannot be told from a change in events."
                ),
            ),
        )
    rows: list[tuple[str, ...]] = []
    values: list[tuple[object, ...]] = []
    changed = 0
    for item in answers:
        estimate = item.estimate
        if estimate is None or estimate.low is None or estimate.high is None:
            rows.append((say(MIX_WORDS[item.key]), say("cannot be estimated"), "", ""))
            values.append((item.key, None, None, None))
            continue
        shares = [math.expm1(v) for v in (estimate.value, estimate.low, estimate.high)]
        changed += shares[1] > 0 or shares[2] < 0
        texts = [percent(share, language, signed=True) for share in shares]
        rows.append((say(MIX_WORDS[item.key]), *texts))
        values.append((item.key, *(round(share, 6) for share in shares)))
    return Table(
        **brief.plate("reporting"),
        title=say(
            "Reporting checks: {changed} of {all} shares changed with the intervention",
            changed=changed,
            all=len(answers),
        ),
        caption=say(
            "If fewer things happened, the mix of records should stay about as it was. A "
            "change in the mix points to a change in reporting. Change of each share "
            "against what was expected."
        ),
        data=TableData(
            (
                Column("share", say("Share of records")),
                Column("change", say("Change"), "end"),
                Column("low", say("Range from"), "end"),
                Column("high", say("Range to"), "end"),
            ),
            tuple(rows),
            tuple(values),
        ),
    )
