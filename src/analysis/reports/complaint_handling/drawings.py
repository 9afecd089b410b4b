"""Pictures and tables of how long cases take: curves, rates of ending, and the legal day."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd
import scipy

from analysis.data.frames.cases.handling import LATER
from analysis.page.charts.axes import Axis, Reference
from analysis.page.charts.histogram import Histogram
from analysis.page.charts.points import Point, Points
from analysis.page.charts.survival import Curve, Survival
from analysis.page.numbers import number_cell, span
from analysis.page.plates import Figure, Notes, Table
from analysis.page.shared.rated import unnamed_funnel
from analysis.page.shared.truth import Held, truth_table, truths
from analysis.page.wording import joined
from analysis.reports.complaint_handling.answer import AGES, CEILING, FLOORS, Handling
from analysis.stats.pooling.exact import share_interval
from analysis.stats.survival.curves import kaplan_meier

COLOURS = ("blue", "vermilion", "green", "purple")
MOST_SHOWN = 0.98
"""Share of the cases that ended up to whose times curves are drawn."""
WEEK, MOST_WEEKS = 7, 12
FEWEST_OPEN = 200
TRUTHS = ("odr/time", "hurried")
UNLIKE = 0.01
"""Chance below which regions are said to differ."""
MIDDLE = 1.2816
"""Standard deviations from the mean within which four in five lie."""
BEFORE_AFTER_WORDS = {0: "{name}, before", 1: "{name}, after"}
SHORT_WORDS = {
    "bureau": "the bureau",
    "odr": "online (ODR)",
    "station": "a station",
    "transferred": "passed on",
}
"""Routes as they stand beside a curve."""
ROUTE_WORDS = {
    "route": "Route",
    "cases": "Share of cases",
    "half": "Half ended after, {days}",
    "mediated": "Mediated, of those that ended",
    "likely": "Likely range",
    "regions": "Four in five {regions} lie between",
}
AGE_WORDS = {"age": "Open for, {days}", "share": "Share of open cases"}


def _share_axis(report: Handling, label: str, decimals: int = 0) -> Axis:
    return Axis(
        lambda v: report.percent(v, decimals),
        label,
        key="share",
        digits=4,
        cell=lambda v: report.percent(v, 2),
        role="number",
    )


def _groups(report: Handling) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Key, words and cases of every curve: routes, the two compared first; or groups."""
    say, cases = report.say, report.subject.cases
    if report.subject.covariates:
        for (group, after), own in cases.groupby(["group", "after"]):
            words = say(BEFORE_AFTER_WORDS[int(after)], name=report.arms[1 - int(group)])
            yield f"{int(group)}{int(after)}", words, own
        return
    first = (report.params.route, report.params.compared_with)
    names = ("group", "others") if report.subject.last is None else first
    routes = {str(name) for name in cases["route"].dropna().unique()} - {*names, LATER}
    for name in [*names, *sorted(routes)]:
        own = cases[cases["route"] == name]
        if own["ended"].sum() >= FLOORS.raters:
            own_words = report.description.words.get(name)
            yield (
                name,
                (
                    own_words.of(report.language)
                    if own_words
                    else say(SHORT_WORDS.get(name, name.replace("_", " ")))
                ),
                own,
            )


def curves(report: Handling) -> Figure:
    """The share of cases still open, by route or group."""
    say, longest, found = report.say, 0.0, []
    arms = report.result.series["survival"]
    for place, (_, words, own) in enumerate(_groups(report)):
        if not report.subject.covariates and place <= 1:
            rows = pd.DataFrame([row for row in arms if row["treated"] == 1 - place])
        else:
            one = kaplan_meier(
                own["duration"].to_numpy(), own["ended"].to_numpy(), report.params.level
            )
            rows = pd.DataFrame({k: getattr(one, k) for k in ("time", "share", "low", "high")})
        ended = own.loc[own["ended"] == 1, "duration"]
        longest = max(longest, float(np.quantile(ended, MOST_SHOWN)))
        found.append((COLOURS[place % len(COLOURS)], words, rows))
    kept = [(k, w, rows[rows["time"] <= longest]) for k, w, rows in found]
    drawn = tuple(
        Curve(key, words, *(report.may_leave(rows[c].tolist())
                            for c in ("time", "share", "low", "high")))
        for key, words, rows in kept
    )  # fmt: skip
    title = say("Half of the cases end within {first} {days} ({one}) and {second} ({other})") if (
        report.params.model == "median"
    ) else say("How many cases are still open after so many {days}")  # fmt: skip
    along = Axis(report.in_full, say("{days} since receipt", days=report.days), key="time",
                 role="number")  # fmt: skip
    lines: tuple[Reference, ...] = ()
    if report.excess is not None:
        typical = float(report.subject.cases.loc[report.subject.cases["late"] == 0,
                                                 "duration"].median())  # fmt: skip
        lines = (Reference(typical, say("legal day, about"), dashed=True),)
    return Survival(
        drawn, along, _share_axis(report, say("Share still open")), say("Cases"), lines
    ).figure(
        **report.plate("curves"),
        title=title,
        caption=say(
            "Cases that are still open count until they were last seen. Bands: ranges at {level}, "
            "each case by itself."
        ),
        alt=say("Curves of the share of cases still open, by {days} since receipt."),
    )


def routes(report: Handling) -> Table | Notes:
    """Each route: how many take it, how long it takes, how often the two sides agree."""
    say, total, lines = report.say, len(report.subject.cases), []
    groups = [] if report.subject.covariates else [*_groups(report)]
    for name, words, own in groups:
        found = kaplan_meier(own["duration"].to_numpy(), own["ended"].to_numpy(), 0.95).median[0]
        lines.append([
            (words, name), report.share_cell(report.may_leave(len(own) / total)),
            number_cell(found, report.language, 0), *_mediated(report, own),
        ])  # fmt: skip
    if not lines:
        text = say("Groups are compared here, not routes.")
        return report.notes("routes", say("By route"), text)
    heads = ROUTE_WORDS if report.subject.last is not None else {
        key: words for key, words in ROUTE_WORDS.items() if key in ("route", "cases", "half")
    }  # fmt: skip
    return Table(
        **report.plate("routes"),
        title=say("By route: how long cases take, and how often the two sides agree"),
        caption=say(
            "Not held equal: other cases take other routes. {Regions} differ beyond chance where "
            "the last column is no single number."
        ),
        data=report.worded(heads, (line[: len(heads)] for line in lines), ("route",)),
    )


def _mediated(report: Handling, own: pd.DataFrame) -> Iterator[tuple[str, object]]:
    """The share that was mediated, its range, and where four in five regions lie beyond chance."""
    ended = own[own["ended"] == 1]
    if ended["outcome"].isna().all() or "region" not in ended:
        yield from [("–", None)] * 3
        return
    hit = (ended["outcome"] == "mediated").astype(float)
    number = int(hit.sum())
    if not FLOORS.raters <= number <= len(hit) - FLOORS.raters:
        yield from [("–", None)] * 3
        return
    one = report.may_leave(share_interval(number, len(hit), report.params.level))
    yield report.share_cell(one.value)
    text = span(report.percent(one.low), report.percent(one.high), report.language)
    yield text, text
    by = hit.groupby(ended["region"]).agg(["size", "mean"])
    chance = number / len(hit) * (1 - number / len(hit)) / by["size"]
    apart = float(((by["mean"] - number / len(hit)) ** 2 / chance).sum())
    # Of their variance, what chance alone gives is taken away; nothing is left where it may be all.
    beyond = scipy.stats.chi2.sf(apart, len(by) - 1) < UNLIKE
    spread = float(np.sqrt(max(by["mean"].var() - chance.mean(), 0.0))) * beyond
    low, high = (np.clip(one.value + way * MIDDLE * spread, 0, 1) for way in (-1, 1))
    first, second = (report.percent(report.may_leave(float(v))) for v in (low, high))
    text = span(first, second, report.language) if first != second else first
    yield text, text


def hazards(report: Handling) -> Figure:
    """Of the cases still open, the share that ends on a day, week by week."""
    say, points = report.say, []
    unit = WEEK if report.subject.last is not None else 1
    for arm, key in ((1, "blue"), (0, "vermilion")):
        own = report.frame[report.frame["treated"] == arm]
        for week in range(MOST_WEEKS):
            start, end = week * unit, (week + 1) * unit
            open_then = own[own["duration"] > start]
            if len(open_then) < FEWEST_OPEN:
                break
            ends = ((open_then["duration"] <= end) & (open_then["ended"] == 1)).sum()
            stayed = (open_then["duration"].clip(upper=end) - start).sum()
            rate = report.may_leave(float(ends / stayed))
            points.append(Point(start + unit / 2, rate, key=key))
    along = Axis(report.in_full, say("{days} since receipt", days=report.days), key="time",
                 role="number")  # fmt: skip
    return Points(
        tuple(points), along, _share_axis(report, say("Share of open cases that end in one"), 1)
    ).figure(
        **report.plate("hazards"),
        title=say("How readily open cases end, by how long they have been open"),
        caption=say("Blue: {one}. Vermilion: {other}. A step upwards is a rush."),
        alt=say("Points of the rate at which open cases end, for {one} and {other}."),
    )


def deadline(report: Handling) -> Figure | Notes:
    """Ends by days from the legal day, with the course fitted without those beside it."""
    say, found = report.say, report.excess
    if found is None:
        text = say("No legal day is known here, or too few cases ended about it.")
        return report.notes("deadline", say("At the legal day"), text)
    rows = pd.DataFrame(found.series["histogram"])
    rows = rows.sort_values("value")
    total = report.subject.cases["ended"].sum()
    counts, course = (report.may_leave((rows[c] / total).tolist()) for c in ("count", "expected"))
    window = rows.loc[rows["window"] == 1, "value"]
    orders = [row["value"] for row in found.series["by_order"]]
    part = float(found.options["cases"] / total)
    ends = (part * min(orders), part * max(orders))
    low, high = (report.percent(report.may_leave(v), 2) for v in ends)
    words = say("Working days from the legal day to the end") if report.subject.working else say(
        "Days from the legal day to the end"
    )  # fmt: skip
    along = Axis(report.in_full, words, key="late", whole=True, role="number")
    return Histogram(
        tuple(float(v) - 0.5 for v in rows["value"]),
        tuple(counts),
        along,
        _share_axis(report, say("Share of cases that ended"), 1),
        tuple(course),
        say("smooth course"),
        (float(window.min()) - 0.5, float(window.max()) + 0.5),
        (Reference(0.0, say("legal day"), dashed=True),),
    ).figure(
        **report.plate("deadline"),
        title=say("{hurried} of cases end at the legal day beyond a smooth course"),
        caption=say(
            "Shaded: left out of the course. With smoother or more flexible courses it is {low} to "
            "{high}. A rush is not falsification: work may be planned to end by a day.",
            low=low,
            high=high,
        ),
        alt=say("Histogram of ends by days from the legal day, with a smooth course beside it."),
    )


def on_time(report: Handling) -> Figure | Notes:
    """Regions without names by the share of cases that ended by the legal day."""
    say, found = report.say, report.by_region
    title = say("On time, by {region}")
    if report.punctual is None or found is None:
        text = say("No legal day is known here, or too few {regions} have cases enough.")
        return report.notes("on_time", title, text)
    top = float((found.score > CEILING).mean())
    text = say(
        "Each point is a {region} without a name, moved by noise; limits are those of chance. Open "
        "cases count as late."
    )
    ceiling = say(
        "Above {ceiling} lie {top} of the points: at the ceiling the share says nothing.",
        ceiling=report.percent(CEILING, 0),
        top=report.percent(top, 0),
    ) if top > 0 else ""  # fmt: skip

    def write(value: float) -> str:
        return report.percent(value, 1)

    funnel = unnamed_funnel(report, found, say("Cases whose day has passed"),
                            say("Share on time"), write)  # fmt: skip
    return funnel.figure(
        **report.plate("on_time"),
        title=say("{on_time} of cases whose legal day has passed ended by then"),
        caption=joined(report.language, text, ceiling),
        alt=say("Scatter of {regions} without names: number of cases across, share on time up."),
    )


def ages(report: Handling) -> Table | Notes:
    """For how long open cases have been open."""
    say, rows = report.say, report.open_ages
    title = say("Cases still open")
    if not rows:
        return report.notes("ages", title, say("Too few cases are open, or their age is unknown."))
    names = [span(report.number(low + 1), report.number(high), report.language)
             for low, high in pairwise(AGES)]  # fmt: skip
    names.append(say("more than {most}", most=report.number(AGES[-1])))
    lines = (
        [(name, name), report.share_cell(share)]
        for name, (_, share) in zip(names, rows, strict=True)
    )
    old = report.percent(rows[-1][1])
    return Table(
        **report.plate("ages"),
        title=say("Of open cases {old} have been open for more than a year", old=old),
        caption=say(
            "Old open cases may be forgotten entries. Whether they end is not known; curves take "
            "them as open."
        ),
        data=report.worded(AGE_WORDS, lines, ("age",)),
    )


def truth(report: Handling) -> Table | Notes:
    """Estimates beside what simulated data were made with."""
    known, held, say = truths(report.data), [], report.say
    asked = report.params
    same = (asked.route, asked.compared_with, asked.end, asked.kind) == (
        *("odr", "bureau", "closed", "complaint"),
    )
    if same and TRUTHS[0] in known and not asked.region:
        held = [Held(TRUTHS[0], say("Time, {one} to {other}"), known[TRUTHS[0]], *report.range)]
        if report.hurried is not None:
            shares = (float(np.log1p(v)) for v in (known[TRUTHS[1]], *report.hurried))
            held.append(Held(TRUTHS[1], say("Ends hurried to the legal day, as a share"), *shares))
    return truth_table(report, say("How long cases take"), held, say("Change or share"))
