"""Figures and tables of one region: paths, gaps, ranks, weights, and the ways side by side."""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from analysis.data.regions.tiles import tile_places
from analysis.disclosure.gate import NUMBER
from analysis.page.charts.axes import Axis, Periods, Reference
from analysis.page.charts.bars import Bar, Bars
from analysis.page.charts.intervals import Interval, Intervals
from analysis.page.charts.lines import Line, Lines, Shade
from analysis.page.charts.tiles import Tile, Tiles
from analysis.page.numbers import PER_EXPOSURE, number_cell, percent_cell
from analysis.page.plates import Figure, Notes, Table
from analysis.page.shared.log_points import RANGE_WORDS
from analysis.page.shared.truth import Held, truth_table, truths
from analysis.page.wording import capital, joined
from analysis.reports.single_region.answer import Alone

WAY_WORDS = {
    "synthetic_difference": "Synthetic difference-in-differences",
    "synthetic_classic": "Synthetic control",
    "synthetic_augmented": "Synthetic control with ridge regression",
    "matched": "Synthetic control matched on predictors",
    "plain": "Difference-in-differences, all {regions} alike",
    "controlled": "Interrupted series against all others together",
    "interrupted": "Interrupted series by itself",
}
TABLE_WORDS = {"way": "Estimate", **RANGE_WORDS, "published": "Published", "source": "Source"}
SHADE_WORDS = {
    "all": "all others",
    "all_low": "All others, from",
    "all_high": "All others, to",
    "half": "middle half of them",
    "half_low": "Middle half, from",
    "half_high": "Middle half, to",
}
ALT_WORDS = {
    True: "Estimates by {n} ways, one below the other, with lines for their ranges; the "
    "headline's: {value}.",
    False: "A single estimate, with a line for its range if it has one: {value}.",
}
"""Of the ways to estimate, by whether there are several."""
LIMITS = {"all": (0.0, 1.0), "half": (0.25, 0.75)}
"""What the shades of placebos hold."""
WHAT_IF_WORDS = {
    "records": "{Outcome} a year",
    "fall": "Smallest fall found in four of five cases",
}
SHOWN = 12


def _periods(report: Alone) -> Periods:
    return Periods(report.subject.panel.periods, report.language, report.say("Period"))


def _start(report: Alone) -> tuple[Reference]:
    return (Reference(report.subject.start - 0.5, report.say("start"), dashed=True),)


def _rate(report: Alone) -> tuple[Axis, float, str]:
    """The axis of what is followed, by what the panel's numbers are multiplied for it, its unit."""
    panel, say = report.subject.panel, report.say
    text, scale = report.outcome, 1.0
    if report.unit:
        text = say("{outcome} ({unit})", unit=report.unit)
    if report.counted and panel.has_exposure:
        scale = PER_EXPOSURE * (panel.per_year if panel.yearly else 1)
        text = say("{outcome} per 1,000 {exposure} a year")
    write = partial(report.in_full, decimals=1)
    return Axis(report.in_full, capital(text), cell=write, role=NUMBER), scale, text


def paths(report: Alone) -> Figure:
    """What was recorded, and what the others lead to expect."""
    say, (up, scale, unit) = report.say, _rate(report)
    rows = report.result.series["path"]
    observed, without = ([scale * row[key] for row in rows] for key in ("observed", "without"))
    lines = (
        Line("early", report.name, report.shown(observed)),
        Line("never", say("expected from the others"), report.shown(without)),
    )
    text = (
        "The expected path is made of {donors} {regions} that did not act, weighted so that it "
        "follows {name} before the start."
        if report.subject.synthetic
        else "The expected path is the mean of {donors} {regions} that did not act, moved to the "
        "level of {name} before the start."
    )
    return Lines(lines, _periods(report), up, _start(report)).figure(
        **report.plate("paths"),
        title=say("{name} since {began}: {value} against what others lead to expect"),
        caption=joined(report.language, say("In {unit}.", unit=unit), say(text)),
        alt=say("Two lines, {span}: {name}, and what others lead to expect of it: {value}."),
    )


def gaps(report: Alone) -> Figure:
    """The gap to the expected path, over those of donors taken for the region."""
    say, series = report.say, report.result.series
    kept = {row["region"] for row in series["placebos"] if row["kept"]} - {report.subject.code}
    paths: dict[str, list[float]] = {}
    for row in series["placebo_paths"]:
        paths.setdefault(row["region"], []).append(report.share(row["value"]))
    own = [report.share(row["value"]) for row in series["by_event_time"]]
    others = np.array([path for code, path in paths.items() if code in kept])
    shades = []
    for key, limits in LIMITS.items():
        low, high = (tuple(np.quantile(others, share, axis=0)) for share in limits)
        first, last = (say(SHADE_WORDS[f"{key}_{end}"]) for end in ("low", "high"))
        shades.append(Shade(say(SHADE_WORDS[key]), low, high, (first, last), key))
    line = Line("early", report.name, report.shown(own))
    up = report.change_axis(say("Gap to the expected path"), report.result.headline.value)
    return Lines((line,), _periods(report), up, _start(report), tuple(shades)).figure(
        **report.plate("gaps"),
        title=say("A gap as large beside the one before is as rare as {rank} in {among}"),
        caption=say(
            "Shaded: the gaps that comparison {regions} show when each is taken for the one that "
            "acted; of those that can be followed as closely, each beside its own noise."
        ),
        alt=say("The gap of {name} before and since {began}, over the gaps of others as shades."),
    )


def ranks(report: Alone) -> Figure:
    """How large each gap since the start is beside that before, the largest first."""
    say, rows = report.say, [r for r in report.result.series["placebos"] if r["kept"]]
    rows = sorted(rows, key=lambda row: -row["ratio"])
    own = next(row for row in rows if row["region"] == report.subject.code)
    shown = rows[:SHOWN] if own in rows[:SHOWN] else [*rows[: SHOWN - 1], own]
    bars = tuple(
        Bar(
            report.named(row["region"]),
            (float(row["ratio"]),),
            report.in_full(row["ratio"], 1),
            row["region"],
            key="high" if row is own else "",
        )
        for row in shown
    )
    across = Axis(partial(report.in_full, decimals=1), say("Gap since the start over that before"),
                  key="ratio", role=NUMBER)  # fmt: skip
    return Bars(bars, (("other", say("Ratio")),), across, capital(report.region)).figure(
        **report.plate("ranks"),
        title=say("{name} has place {rank} of {among} by its gap beside that before the start"),
        caption=say(
            "Root mean squared gaps. Only {regions} that can be followed as closely; the first "
            "{shown} are drawn.",
            shown=report.number(len(shown)),
        ),
        alt=say("Bars of gaps since the start over those before; {name} is {rank} of {among}."),
    )


def weights(report: Alone) -> Figure | Notes:
    """Of whom the expected path is made, on tiles."""
    say, table = report.say, report.data.tables["regions"]
    if report.subject.synthetic is None:
        point = say("Nothing was matched: all {donors} comparison {regions} have the same weight.")
        return report.notes("weights", say("Weights"), point)
    given = {row["region"]: row["weight"] for row in (report.matched or report.result).series[
        "weights"]}  # fmt: skip
    codes = report.subject.panel.regions
    tiles = tuple(
        Tile(row, column, report.named(code), None if code == report.subject.code
             else given.get(code, 0.0), code)
        for code, row, column in tile_places(table, codes)
    )  # fmt: skip
    heavy = sorted(given, key=lambda code: -given[code])[:5]
    gap = "" if report.language == "zh" else " "
    listed = say(", ").join(f"{report.named(c)}{gap}{report.percent(given[c], 0)}" for c in heavy)
    shade = Axis(lambda v: report.percent(v, 0), say("Weight"), role=NUMBER)
    text = (
        "Matched on predictors, the most weight: {listed}"
        if report.matched
        else "The most weight: {listed}"
    )
    return Tiles(tiles, shade, capital(report.region), report.name).figure(
        **report.plate("weights"),
        title=say(text, listed=listed),
        caption=say("Weights add to 100%. They say who is alike, not who did well."),
        alt=say(
            "Tiles of {donors} comparison {regions} by weight; the most: {listed}.", listed=listed
        ),
    )


def leave_one_out(report: Alone) -> Figure:
    """The headline without each of those that move it most."""
    say, whole = report.say, report.result.headline.value
    rows = report.result.series["leave_one_out"]
    without = {row["region"]: row["value"] for row in rows}
    most = sorted(without, key=lambda code: -abs(without[code] - whole))[:SHOWN]
    bars = [Interval(say("all together"), report.share(whole), key="headline", code="all")]
    bars += [
        Interval(
            say("without {other}", other=report.named(code)),
            report.share(without[code]),
            code=code,
        )
        for code in most
    ]
    first, last = (report.change(end(without.values())) for end in (min, max))
    axis = report.change_axis(like=whole)
    return Intervals(tuple(bars), axis, (Reference(0.0),), say("Left out")).figure(
        **report.plate("leave_one_out"),
        title=say(
            "Without any one comparison {region}: from {first} to {last}", first=first, last=last
        ),
        caption=say("Those that move it most; the others' weights are scaled up, not found anew."),
        alt=say(
            "Dots of the estimate without each of {n} comparison {regions} in turn, beside that of "
            "all together, {whole}.",
            n=report.number(len(most)),
            whole=report.change(whole),
        ),
    )


def series(report: Alone) -> Figure | Notes:
    """The region by itself: its own course before, carried on, and what was recorded."""
    say, found = report.say, report.interrupted
    if found is None:
        point = say(
            "No interrupted series: at least eight periods are needed on either side of the start "
            "({before} before, {after} since), and counts without zeros."
        )
        return report.notes("series", say("Interrupted series"), point)
    up, scale, unit = _rate(report)
    size = report.course["exposure"].to_numpy()
    rows = found.series["path"]
    keys = ("observed", "without")
    observed, without = (scale * np.array([r[key] for r in rows]) / size for key in keys)
    lines = (Line("early", report.name, report.shown(observed)),
             Line("grey", say("own course carried on"), report.shown(without)))  # fmt: skip
    past = report.check("own_past", report.controlled or found).detail
    text = (
        "A trend and a level that may wander (statsmodels); what builds up slowly is partly taken "
        "for that. The same change against all others together, also tried at {tried} starts in "
        "its own past: as rare as {rank} in {among}."
        if past["among"] > 1
        else "A trend and a level that may wander (statsmodels); what builds up slowly is partly "
        "taken for that. The time before is too short to try the same change in its own past."
    )
    said = {key: report.number(past[key]) for key in ("rank", "among")}
    return Lines(lines, _periods(report), up, _start(report)).figure(
        **report.plate("series"),
        title=say(
            "{name} by its own course: {value} ({likely})",
            value=report.change(found.headline.value),
            likely=report.likely_of(found.headline),
        ),
        caption=joined(
            report.language,
            say("In {unit}.", unit=unit),
            say(text, tried=report.number(past["among"] - 1), **said),
        ),
        alt=say("Two lines, {span}: {name}, and its own course carried on."),
    )


def ways(report: Alone) -> Figure:
    """Every estimate with its range, beside the number that was published."""
    say = report.say
    rows, lines = [], []
    for way in report.every:
        own, words, first = way.estimate, say(WAY_WORDS[way.key]), way is report.every[0]
        key = "headline" if first else "other"
        rows.append(Interval(words, *report.ranged(vars(own)), key, not first, code=way.key))
        numbers = (own.value, own.low, own.high, way.published)
        cells = [("–", None) if v is None else report.cells([v])[0] for v in numbers]
        lines.append([(words, way.key), *cells, (way.source or "–", None)])
    axis = report.change_axis(say("Change"), report.result.headline.value)
    chart = Intervals(tuple(rows), axis, (Reference(0.0),))
    made = [way.estimate.value for way in report.every]
    text = (
        "{n} ways to estimate lie between {low} and {high}"
        if rows[1:]
        else "A single way to estimate is left: {low}"
    )
    return chart.figure(
        **report.plate("ways"),
        title=say(
            text,
            n=report.number(len(rows)),
            low=report.change(min(made)),
            high=report.change(max(made)),
        ),
        caption=say("Lines: likely ranges at {level}. An estimate matched on predictors has none."),
        alt=say(ALT_WORDS[len(rows) > 1], n=report.number(len(rows)), value=report.change(made[0])),
        table=report.worded(TABLE_WORDS, lines, ("way", "source")),
    )


def power_sentence(report: Alone) -> str:
    """The change that would have been found; blank where that cannot be told."""
    change = report.detectable()
    if change is None or report.subject.synthetic is None:
        return ""
    if report.counted:
        size = report.percent(1 - math.exp(-change), 0)
        return report.say(
            "A fall of {size} in a {region} like this one would be found in four cases out of "
            "five; a smaller one may well go unseen.",
            size=size,
        )
    return report.say(
        "A change of {size} in a {region} like this one would be found in four cases out of five; "
        "a smaller one may well go unseen.",
        size=report.amount(change),
    )


def what_if(report: Alone) -> Table | Notes:
    """Which fall a region of so many records a year could ever show."""
    say, plate, found = report.say, report.plate("what_if"), []
    for records in report.params.what_if:
        change = report.detectable(records) if report.counted else None
        if change is not None:
            found.append((records, math.expm1(-change)))
    title = say("What a single {region} could show")
    if not found:
        point = power_sentence(report) or say(
            "Which change would be found cannot be told: too little is known to give an error."
        )
        return report.notes("what_if", title, point)
    cells = [
        [number_cell(n, report.language), percent_cell(fall, report.language)] for n, fall in found
    ]
    return Table(
        **plate,
        title=say(
            "With {records} {outcome} a year, a fall of {fall} would be found in four of five "
            "cases",
            records=report.number(found[0][0]),
            fall=report.percent(-found[0][1], 0),
        ),
        caption=say(
            "For one {region} as {name} here, over the same periods and beside the same others, "
            "with other counts. A smaller fall is found less often, and is easily taken for chance."
        ),
        data=report.worded(WHAT_IF_WORDS, cells, ()),
    )


def truth(report: Alone) -> Table | Notes:
    """Beside the estimate the value that simulated data were made with."""
    own, held = report.result.headline, []
    key = f"{report.params.intervention}/{report.params.outcome}/{report.subject.code}"
    known = truths(report.data).get(key)
    if known is not None and own.low is not None and own.high is not None:
        held = [Held(key, report.name, known, own.value, own.low, own.high)]
    return truth_table(report, capital(report.region), held)
