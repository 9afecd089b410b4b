"""One reported fall without counts: what it can support, beside another change, and what it cannot.

Its sentences name what was counted, so they stand with the figures in ``fall_words.csv``.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from analysis.disclosure.gate import NUMBER
from analysis.page.charts.axes import Axis, Cell, Reference
from analysis.page.charts.rows import Row, Rows
from analysis.page.plates import Column, Figure, Notes, TableData
from analysis.reports.claims_audit.answer import AuditBrief, OtherChange, ReportedFall

NOTES = ("can_say", "cannot_say", "cannot_rule_out")


def counts_figure(brief: AuditBrief) -> Figure:
    """Which counts before and after are consistent with the printed fall."""
    say, whole, found = brief.say, brief.number, brief.fall.counts

    def after(low: int, high: int) -> str:
        if low == high:
            return whole(low)
        return say("{low} to {high}", low=whole(low), high=whole(high))

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
    label = say("Fall in the underlying rate, {level} interval")
    return Rows(rows, Axis(partial(brief.percent, decimals=0), label, role=NUMBER)).figure(
        **_plate(brief, "consistent_counts", "counts"),
        table=TableData.by_column(
            brief.counted("before", brief.of_fall("count_before"), (i.baseline for i in found)),
            (
                Column("after", brief.of_fall("count_after"), "end", NUMBER),
                [(after(i.fewest, i.most), f"{i.fewest}-{i.most}") for i in found],
            ),
            _shares(brief, "low", say("Fall at least"), [i.fall.low for i in found]),
            _shares(brief, "high", say("Fall at most"), [i.fall.high for i in found]),
        ),
    )


def chance_figure(brief: AuditBrief) -> Figure:
    """A simulated hypothetical: how far regression to the mean alone could go."""
    say, whole, share, chance = brief.say, brief.number, brief.percent, brief.fall.chance
    usual = brief.of_fall("chance_axis")
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
    across = Axis(partial(share, decimals=0), say("Fall that appears by itself"), role=NUMBER)
    reported = Reference(brief.fall.share, say("reported"), "claim")
    return Rows(rows, across, (reported,)).figure(
        **_plate(brief, "chance", "chance"),
        table=TableData.by_column(
            brief.counted("mean", usual, (c.mean for c in chance)),
            _shares(brief, "middle", say("Middle fall"), [c.middle for c in chance]),
            _shares(brief, "high", say("Exceeded by 1 in 20"), [c.high for c in chance]),
            (
                Column("as_claimed", say("Print as reported"), "end", NUMBER),
                [(share(c.as_claimed, 2), round(c.as_claimed, 6)) for c in chance],
            ),
            (
                Column("beyond", say("As reported or larger"), "end", NUMBER),
                [(share(c.beyond, 2), round(c.beyond, 6)) for c in chance],
            ),
        ),
    )


def _shares(
    brief: AuditBrief, key: str, label: str, shares: list[float]
) -> tuple[Column, list[Cell]]:
    return Column(key, label, "end", NUMBER), [(brief.percent(s), round(s, 4)) for s in shares]


def comparison_figure(brief: AuditBrief) -> Figure:
    """Both reported changes from a common start of 100."""
    say, whole, fall, other = brief.say, brief.number, brief.fall, brief.fall.other
    missing = say("not printed"), None
    ends: dict[str, tuple[OtherChange | ReportedFall, float]] = {
        "comparison": (other, 100 * other.ratio.value),
        "claim": (fall, 100 * (1 - fall.share)),
    }
    figures = [change.figure for change, _ in ends.values()]
    rows = tuple(
        Row(
            say("{name}: {value}", name=brief.document(change.figure.source), value=whole(end, 1)),
            *(end, min(end, 100), max(end, 100)),
            key=key,
        )
        for key, (change, end) in ends.items()
    )
    before = Reference(100, say("Before = 100"))
    return Rows(rows, Axis(brief.in_full, say("After"), low=0, role=NUMBER), (before,)).figure(
        **_plate(brief, "comparison", "pair"),
        alt=say(
            "Two lines from 100: one rises to {up}, the other falls to {down}.",
            up=whole(ends["comparison"][1], 1),
            down=whole(ends["claim"][1]),
        ),
        table=TableData.by_column(
            brief.document_column(figure.source for figure in figures),
            (
                Column("before", say("Before"), "end", NUMBER),
                [(whole(other.before), other.before), missing],
            ),
            (
                Column("after", say("After"), "end", NUMBER),
                [(whole(other.after), other.after), missing],
            ),
            (
                Column("change", say("Change"), "end", NUMBER),
                [(brief.shown(figure), figure.number) for figure in figures],
            ),
        ),
    )


def _plate(brief: AuditBrief, key: str, use: str) -> dict[str, Any]:
    """A figure's own, with title, caption and alternative text as far as the words give them."""
    words = {part: brief.of_fall(f"{use}_{part}") for part in ("title", "caption", "alt")}
    return {**brief.plate(key), **{part: text for part, text in words.items() if text}}


def comparison_notes(brief: AuditBrief) -> Notes:
    """What the comparison can and cannot say."""
    title = brief.say("What the comparison can and cannot say")
    points = tuple(map(brief.of_fall, NOTES))
    return Notes(**brief.plate("comparison_notes"), title=title, points=points)


def settle(brief: AuditBrief) -> Notes:
    """Which data would settle it."""
    points = tuple(filter(None, (brief.of_fall(f"settle_{n}") for n in range(1, 6))))
    title = brief.say("Which data would settle it")
    return Notes(**brief.plate("settle"), title=title, points=points)
