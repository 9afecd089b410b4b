"""Pictures and tables of methods: published numbers, ranges that hold the truth, false claims."""

from __future__ import annotations

from decimal import Decimal

from analysis.page.charts.axes import Reference, share_axis
from analysis.page.charts.intervals import Interval, Intervals
from analysis.page.numbers import number_cell
from analysis.page.plates import Figure, Notes, Table
from analysis.reports.method_validation.answer import LEVEL, Tried, Validated

WORST_WORDS = {
    "method": "Method",
    "numbers": "Numbers compared",
    "worst": "The one farthest off",
    "printed": "Published",
    "obtained": "Obtained",
    "tolerance": "May differ by",
}
POWER_WORDS = {
    "method": "Method",
    "truth": "Truth",
    "bias": "Mean error",
    "spread": "Spread",
    "found": "Found",
    "refused": "Refused",
}


def published_numbers(report: Validated) -> Table:
    """Of each method how many numbers, and the one that lies farthest off."""
    say, lines = report.say, []
    for row in report.worst.to_dict("records"):
        figures = [_exact(row[name]) for name in ("published", "obtained", "tolerance")]
        count = number_cell(row["numbers"], report.language, 0)
        one = say("{number} ({source})", number=row["number"], source=row["source"])
        method, worst = ((text, text) for text in (report.name_of(row["method"]), one))
        lines.append([method, count, worst, *figures])
    return Table(
        **report.plate("published_numbers"),
        title=say("{within} of {all} published numbers are obtained again")
        if report.off
        else say("All {all} published numbers are obtained again"),
        caption=say(
            "One line a method: of its numbers the one farthest off, measured by how far it may "
            "differ. Names of numbers as in the source."
        ),
        data=report.worded(WORST_WORDS, lines, ("method", "worst")),
    )


def _exact(value: float) -> tuple[str, float]:
    # In full, without an exponent; nothing is no number below nothing.
    return format(Decimal(f"{value + 0.0:.6g}"), "f").replace("-", "−"), value


def _rows(tried: tuple[Tried, ...], share: str) -> tuple[Interval, ...]:
    found = ((one, getattr(one, share)) for one in tried)
    return tuple(
        Interval(
            one.words,
            limits.value,
            limits.low,
            limits.high,
            "high" if one.strays else "other",
            code=one.name,
        )
        for one, limits in found
    )


def covered(report: Validated) -> Figure:
    """How many ranges hold the truth."""
    say = report.say
    return Intervals(
        _rows(report.tried, "covered"),
        share_axis(report.language, say("Ranges that hold the truth")),
        (Reference(LEVEL, say("{level}"), dashed=True),),
        say("Method"),
        "method",
    ).figure(
        **report.plate("covered"),
        title=say("Of {tried} methods, {lowest} to {highest} of ranges hold the truth"),
        caption=say(
            "{worlds} simulated worlds or more a method, with its defaults. Bars: what so many "
            "worlds can say, at {shown}. Red: worlds rule out that ranges are as sure as they say."
        ),
        alt=say("Share of likely ranges that hold the truth, for {tried} methods, with ranges."),
    )


def false_claims(report: Validated) -> Figure:
    """How often something is found where nothing is."""
    say = report.say
    return Intervals(
        _rows(report.tried, "false"),
        share_axis(report.language, say("Ranges that leave out “no effect” where there is none")),
        (Reference(1 - LEVEL, say("{chance}"), dashed=True),),
        say("Method"),
        "method",
    ).figure(
        **report.plate("false_claims"),
        title=say("Where there is no effect, at most {false} of worlds seem to show one"),
        caption=say(
            "The same worlds without an effect. Of one method alone: a verdict asks for more than "
            "a range that leaves out no change."
        ),
        alt=say("Share of worlds without an effect in which one is found, for {tried} methods."),
    )


def power(report: Validated) -> Table:
    """How far estimates stray, and how often something is found."""
    say, lines = report.say, []
    for row in report.frame.sort_values("method").to_dict("records"):
        figures = [_exact(round(row[name], 4)) for name in ("truth", "bias", "spread")]
        shares = [report.share_cell(row[name]) for name in ("found", "refused")]
        name = report.name_of(row["method"])
        lines.append([(name, name), *figures, *shares])
    return Table(
        **report.plate("power"),
        title=say("What methods find in worlds of one size"),
        caption=say(
            "In the unit of each method. Found: ranges that leave out no effect. In other data "
            "their size decides what is found."
        ),
        data=report.worded(POWER_WORDS, lines, ("method",)),
    )


def misfits(report: Validated) -> Notes:
    """What did not come out as it should."""
    say = report.say
    points = [
        say(
            "{words}: {covered} of its ranges hold the truth; where there is no effect, {false} "
            "leave it out.",
            words=one.words,
            covered=report.percent(one.covered.value),
            false=report.percent(one.false.value),
        )
        for one in report.tried
        if one.strays
    ]
    rows = report.published[report.published["used"] > 1].to_dict("records")
    points += [
        say(
            "{words}, {number}: published {printed}, obtained {obtained}.",
            words=report.name_of(row["method"]),
            number=row["number"],
            printed=_exact(row["published"])[0],
            obtained=_exact(row["obtained"])[0],
        )
        for row in rows
    ]
    if not points:
        points = [say("Nothing stored here strays beyond what chance and rounding explain.")]
    return report.notes("misfits", say("What did not come out as it should"), *points)
