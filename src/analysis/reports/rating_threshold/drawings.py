"""Pictures and tables of cut-offs: the scores, both sides of the line, and what it rests on."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from analysis.data.frames.cases.draws import FEWEST_RECORDS
from analysis.page.charts.axes import Axis, Reference, share_axis
from analysis.page.charts.histogram import Histogram
from analysis.page.charts.intervals import Interval, Intervals
from analysis.page.charts.points import Point, Points
from analysis.page.plates import Figure, Notes, Table
from analysis.page.shared.truth import Held, truth_table, truths
from analysis.reports.rating_threshold.answer import Thresholds
from analysis.stats.resampling.jackknife import t_critical
from analysis.verdicts.threshold import BAND, Shares

BINS = 40
LINES_WORDS = {
    "cutoff": "Line",
    "p": "Share of smooth sets that look like it",
    "share": "Too many on it, as a share of those expected short of it",
    "from": "From",
    "to": "To",
    "told": "Effect told",
}


def scores(report: Thresholds) -> Figure:
    """How many have each score around the line that is most in doubt."""
    say, one = report.say, report.seen
    fitted: tuple[float, ...] = ()
    if one.moved is not None:
        turned = 1 if report.found.above else -1
        own_scores = turned * one.moved.scores
        order = np.argsort(own_scores)
        number = report.subject.units
        lefts = own_scores[order] - 0.5
        counts, course = one.moved.counts[order] / number, one.moved.course[order] / number
        fitted = tuple(report.may_leave([float(v) for v in course]))
    else:
        own = report.subject.frame.loc[report.subject.frame["cutoff"] == one.cutoff, "score"]
        # A line of bins begins at the cut-off: no bin holds both sides.
        step = float(own.max() - own.min()) / BINS
        low = one.cutoff - step * math.ceil((one.cutoff - own.min()) / step)
        edges = np.arange(low, float(own.max()) + step, step)
        lefts, counts = edges[:-1], np.histogram(own, edges)[0] / len(own)
    key = say("At {at} scores lie as on a smooth course", at=report.point(one.cutoff))
    if one.doubted:
        key = say("At {at} scores leave their smooth course", at=report.point(one.cutoff))
    along = Axis(report.point, say("Score"), key="score", role="number")
    lines = tuple(
        Reference(cutoff - 0.5 * report.subject.whole, report.point(cutoff), "claim")
        for cutoff in report.subject.cutoffs
        if lefts[0] < cutoff <= lefts[-1]
    )
    return Histogram(
        tuple(float(v) for v in lefts),
        tuple(report.may_leave([float(v) for v in counts])),
        along,
        share_axis(report.language, say("Share of all scores"), 1),
        fitted=fitted,
        fitted_label=say("smooth course"),
        references=lines,
    ).figure(
        **report.plate("scores"),
        title=key,
        caption=say(
            "Upright: lines from which on something follows. The course is fitted without the "
            "lines and the {reach} points short of each."
        )
        if fitted
        else say("Upright: the line. Scores are fine: each side is looked at by itself."),
        alt=say("How scores are spread around {at}.", at=report.point(one.cutoff)),
    )


def _lines_title(report: Thresholds, lines: int) -> str:
    all_, doubted = report.number(lines), len(report.found.doubted)
    if not doubted:
        return report.say("Lines looked at: {all}; doubted: none", all=all_)
    return report.say(
        "Lines looked at: {all}; doubted: {number}", all=all_, number=report.number(doubted)
    )


def lines(report: Thresholds) -> Table:
    """Each cut-off: whether scores were moved, and whether an effect is told."""
    say, rows = report.say, []
    for one in report.found.densities:
        moved = report.may_leave(one.moved.share) if one.moved else (None, None, None)
        told = one.cutoff in report.found.told
        p = ("–", None) if one.p is None else (report.rarity(one.p), round(one.p, 4))
        cutoff = (report.point(one.cutoff), one.cutoff)
        shares = [report.share_cell(value) for value in moved]
        rows.append([cutoff, p, *shares, (say("yes") if told else say("no"), told)])
    return Table(
        **report.plate("lines"),
        title=_lines_title(report, len(rows)),
        caption=say("Shares over all lines looked at, by Holm's steps. Below {doubt} in doubt."),
        data=report.worded(LINES_WORDS, rows, ()),
    )  # fmt: skip


def sides(report: Thresholds) -> Figure | Notes:
    """Means by distance from the line, on both sides of it."""
    say, found = report.say, report.found
    if not found.told:
        return report.notes("sides", say("Both sides"), say("No effect is told."))
    points = tuple(_means(report))
    title = say("{Outcome} on both sides of the line")
    if found.verdict.key != "cannot_tell":
        title = say("{Outcome}, {value} where the line is crossed")
    along = Axis(report.point, say("Distance from the line, {here} to the right"), key="distance",
                 digits=6, role="number")  # fmt: skip
    up = Axis(lambda v: f"{v:.3g}", report.outcome if not report.subject.counted else
              say("{Outcome} a month"), key="mean", role="number")  # fmt: skip
    edge = Reference(-0.5 if report.subject.whole else 0.0, dashed=True)
    return Points(points, along, up, upright=(edge,)).figure(
        **report.plate("sides"),
        title=title,
        caption=say(
            "Means with ranges at {level}; all lines of which an effect is told, together."
        ),
        alt=say("Means of {outcome} on both sides of the line, which lies at zero."),
    )


def _means(report: Thresholds) -> Iterable[Point]:
    rows, reach = report.found.rows, float(BAND)
    if not report.found.coarse:
        reach = 2 * report.bandwidth
    rows = rows[(rows["x"] >= -reach) & (rows["x"] < reach)]
    step = 1.0 if report.subject.whole and report.found.coarse else reach / BAND
    place = np.floor(rows["x"] / step)
    for at, own in rows.groupby(place)["outcome"]:
        if len(own) >= FEWEST_RECORDS:
            error = t_critical(report.params.level, len(own) - 1) * float(own.sem())
            mean, low, high = report.may_leave(
                (float(own.mean()), float(own.mean()) - error, float(own.mean()) + error)
            )
            middle = float(at) * step + (0.0 if step == 1 else step / 2)
            yield Point(middle, mean, low, high, key="claim" if at >= 0 else "other")


def _forest(
    report: Thresholds, key: str, title: str, rows: list[Interval], head: str, caption: str
) -> Figure | Notes:
    """Changes with their ranges, the headline last."""
    say, effect = report.say, report.found.effect
    if effect is None or not rows:
        return report.notes(key, title, say("No effect is told."))
    rows = [*rows, Interval(say("As stated"), *effect, "headline", code="stated")]
    axis = share_axis(report.language, say("Change against those {there}"))
    return Intervals(tuple(rows), axis, (Reference(0.0),), head, key).figure(
        **report.plate(key),
        title=title,
        caption=caption,
        alt=say("Changes with their ranges: {rows} rows, and the one stated.",
                rows=report.number(len(rows) - 1)),
    )  # fmt: skip


def _rows(shares: Iterable[tuple[str, str, Shares]]) -> list[Interval]:
    return [Interval(words, *numbers, code=code) for words, code, numbers in shares]


def effects(report: Thresholds) -> Figure | Notes:
    """The change at each line, and by the second look."""
    say, found = report.say, report.found
    rows = _rows(
        (say("At {at}", at=report.point(cutoff)), f"{cutoff:g}", shares)
        for cutoff, shares in (found.by_cutoff if len(found.told) > 1 else {}).items()
    )
    if found.second:
        rows.append(Interval(say("Second look"), *found.second, code="second"))
    told = found.effect and found.verdict.key != "cannot_tell"
    title = say("By line, {value} in all") if told else say("By line")
    caption = say("Likely ranges at {level}, each by itself. The second look is told of above.")
    return _forest(report, "effects", title, rows, say("Line"), caption)


def windows(report: Thresholds) -> Figure | Notes:
    """The change within narrower and wider windows, and without the nearest."""
    say, found = report.say, report.found
    if not found.told:
        return report.notes("windows", say("Wider and narrower"), say("No effect is told."))
    rows = [
        (say("Within {points}", points=report.point(width)), f"window {width:g}", shares)
        for width, shares in found.within
    ]
    rows += [
        (say("Without those within {points}", points=report.point(gap)), f"donut {gap:g}", shares)
        for gap, shares in found.without
    ]
    title = (
        say(
            "Wider, narrower and without the nearest: {turned} of {all} of the other sign",
            turned=report.number(found.turned),
            all=report.number(len(rows)),
        )
        if found.turned
        else say(
            "Wider, narrower and without the nearest: none of {all} of the other sign",
            all=report.number(len(rows)),
        )
    )
    caption = say(
        "Points of the score on each side of the line. Those nearest to it are left out, as they "
        "are whom it would be easiest to move."
    )
    return _forest(report, "windows", title, _rows(rows), say("Compared"), caption)


def nothing(report: Thresholds) -> Figure | Notes:
    """Where nothing should be seen: what was known before, and lines that are none."""
    say, found = report.say, report.found
    if not found.told:
        return report.notes("nothing", say("Where no change should be"), say("No effect is told."))
    rows = [
        (say("At {at}, no line", at=report.point(at)), f"placebo {at:g}", shares)
        for at, shares, _ in found.placebos
    ]
    if found.balance:
        rows.append((say("Known before"), "before", found.balance[0]))
    seen = sum(low > 0 or high < 0 for _, _, (_, low, high) in rows)
    title = (
        say(
            "Where no change should be: {seen} of {all} show one",
            seen=report.number(seen),
            all=report.number(len(rows)),
        )
        if seen
        else say("Where no change should be: none of {all} shows one", all=report.number(len(rows)))
    )
    caption = say(
        "Halfway between lines, and what was recorded before the score. Each range by itself: "
        "about {miss} of them leave out no change by chance.",
        miss=report.percent(1 - report.params.level, 0),
    )
    return _forest(report, "nothing", title, _rows(rows), say("Looked at"), caption)


def truth(report: Thresholds) -> Table | Notes:
    """Effects and moved shares beside what simulated data were made with."""
    known, held, say = truths(report.data), [], report.say
    for cutoff, shares in report.found.by_cutoff.items():
        name = f"cutoff {cutoff:g}"
        if name in known and report.params.outcome == "complaint":
            logs = (math.log1p(max(value, -0.999)) for value in shares)
            words = say("{Outcome}, line at {at}", at=report.point(cutoff))
            held.append(Held(name, words, known[name], *logs))
    for one in report.found.doubted:
        name = f"lifted over {one.cutoff:g}"
        if name in known and one.moved:
            logs = (
                math.log1p(value) for value in (known[name], *report.may_leave(one.moved.share))
            )
            words = say("Moved over {at}", at=report.point(one.cutoff))
            held.append(Held(name, words, *logs, share=True))
    return truth_table(report, say("At the lines"), held, say("Change or share"))
