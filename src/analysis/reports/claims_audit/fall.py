"""One reported fall without counts: what it can support, beside another change, and what it cannot.

Its sentences name what was counted, so they stand with the figures in ``fall_words.csv``.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from analysis.page.charts.axes import Axis, Reference
from analysis.page.charts.rows import Row, Rows
from analysis.page.numbers import number, percent
from analysis.page.plates import Column, Figure, Notes, TableData
from analysis.reports.claims_audit.answer import AuditBrief, OtherChange, ReportedFall
from analysis.reports.claims_audit.sentences import fall_words

NOTES = ("can_say", "cannot_say", "cannot_rule_out")


def counts_figure(brief: AuditBrief) -> Figure:
    """Which counts before and after are consistent with the printed fall."""
    say, language, found = brief.say, brief.language, brief.fall.counts
    whole, share = partial(number, language=language), partial(percent, language=language)

    def after(low: int, high: int) -> str:
        if low == high:
            return whole(low)
        return say("{low} to {high}", low=whole(low), high=whole(high))

    label = say(
        "Fall in the underlying rate, {level} interval", level=share(brief.params.level, decimals=0)
    )
    rows = tuple(
        Row(
            say(
                "{before} before, {after} after",
                before=whole(item.baseline),
                after=after(item.fewest, item.most),
            ),
            *(item.fall.value, item.fall.low, item.fall.high),
            key="claim",
            others=(1 - item.most / item.baseline,),
        )
        for item in found
    )
    return Rows(rows, Axis(partial(share, decimals=0), label)).figure(
        **brief.plate("consistent_counts"),
        **_plate_words(brief, "counts"),
        table=TableData.of(
            (
                Column("before", fall_words(brief, "count_before"), "end"),
                Column("after", fall_words(brief, "count_after"), "end"),
                Column("low", say("Fall at least"), "end"),
                Column("high", say("Fall at most"), "end"),
            ),
            (
                (
                    (whole(i.baseline), i.baseline),
                    (after(i.fewest, i.most), f"{i.fewest}-{i.most}"),
                    (share(i.fall.low), round(i.fall.low, 4)),
                    (share(i.fall.high), round(i.fall.high, 4)),
                )
                for i in found
            ),
        ),
    )


def chance_figure(brief: AuditBrief) -> Figure:
    """A simulated hypothetical: how far regression to the mean alone could go."""
    say, language, chance = brief.say, brief.language, brief.fall.chance
    share, whole = partial(percent, language=language), partial(number, language=language)
    usual = fall_words(brief, "chance_axis")
    rows = tuple(
        Row(
            say(
                "{mean}: middle {middle}, 1 in 20 reach {high}",
                mean=whole(item.mean),
                middle=share(item.middle),
                high=share(item.high),
            ),
            *(item.middle, item.middle, item.high),
            key="chance",
            group=usual,
        )
        for item in chance
    )
    across = Axis(partial(share, decimals=0), say("Fall that appears by itself"))
    reported = Reference(brief.fall.share, say("reported"), "claim")
    return Rows(rows, across, (reported,)).figure(
        **brief.plate("chance"),
        **_plate_words(brief, "chance"),
        table=TableData.of(
            (
                Column("mean", usual, "end"),
                Column("middle", say("Middle fall"), "end"),
                Column("high", say("Exceeded by 1 in 20"), "end"),
                Column("as_claimed", say("Print as reported"), "end"),
            ),
            (
                (
                    (whole(c.mean), c.mean),
                    (share(c.middle), round(c.middle, 4)),
                    (share(c.high), round(c.high, 4)),
                    (share(c.as_claimed, decimals=2), round(c.as_claimed, 6)),
                )
                for c in chance
            ),
        ),
    )


def comparison_figure(brief: AuditBrief) -> Figure:
    """Both reported changes from a common start of 100."""
    say, language, fall, other = brief.say, brief.language, brief.fall, brief.fall.other
    missing, whole = (say("not printed"), None), partial(number, language=language)
    ends: dict[str, tuple[OtherChange | ReportedFall, float]] = {
        "comparison": (other, 100 * other.ratio.value),
        "claim": (fall, 100 * (1 - fall.share)),
    }
    rows = tuple(
        Row(
            say(
                "{name}: {value}",
                name=brief.document(change.figure.source),
                value=whole(end, decimals=1),
            ),
            *(end, min(end, 100), max(end, 100)),
            key=key,
        )
        for key, (change, end) in ends.items()
    )
    before = Reference(100, say("Before = 100"))
    return Rows(rows, Axis(whole, say("After"), low=0), (before,)).figure(
        **brief.plate("comparison"),
        **_plate_words(brief, "pair"),
        alt=say(
            "Two lines from 100: one rises to {up}, the other falls to {down}.",
            up=whole(ends["comparison"][1], decimals=1),
            down=whole(ends["claim"][1]),
        ),
        table=TableData.of(
            (
                Column("document", say("Document")),
                Column("before", say("Before"), "end"),
                Column("after", say("After"), "end"),
                Column("change", say("Change"), "end"),
            ),
            (
                (
                    (brief.document(change.figure.source), change.figure.source),
                    *counts,
                    (brief.shown(change.figure), change.figure.number),
                )
                for change, counts in (
                    (other, [(whole(n), n) for n in (other.before, other.after)]),
                    (fall, [missing, missing]),
                )
            ),
        ),
    )


def _plate_words(brief: AuditBrief, plate: str) -> dict[str, Any]:
    """Title, caption and alternative text of a figure, as far as the words give them."""
    uses = ("title", "caption", "alt")
    return {u: text for u in uses if (text := fall_words(brief, f"{plate}_{u}"))}


def comparison_notes(brief: AuditBrief) -> Notes:
    """What the comparison can and cannot say."""
    title = brief.say("What the comparison can and cannot say")
    points = tuple(fall_words(brief, use) for use in NOTES)
    return Notes(**brief.plate("comparison_notes"), title=title, points=points)


def settle(brief: AuditBrief) -> Notes:
    """Which data would settle it."""
    uses = (f"settle_{n}" for n in range(1, 6))
    points = tuple(text for use in uses if (text := fall_words(brief, use)))
    return Notes(
        **brief.plate("settle"), title=brief.say("Which data would settle it"), points=points
    )
