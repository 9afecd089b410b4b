"""Pictures and tables of how long cases take: curves, routes, rates of ending, open cases."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd
import scipy

from analysis.data.frames.cases.handling import LATER
from analysis.page.charts.axes import Axis, Reference, share_axis
from analysis.page.charts.points import Point, Points
from analysis.page.charts.survival import Curve, Survival
from analysis.page.numbers import number_cell, span
from analysis.page.plates import Figure, Notes, Table
from analysis.reports.complaint_handling.answer import AGES, FLOORS, Handling
from analysis.stats.pooling.exact import share_interval
from analysis.stats.survival.curves import kaplan_meier

COLOURS = ("blue", "vermilion", "green", "purple")
MOST_SHOWN = 0.98
"""Share of the cases that ended up to whose times curves are drawn."""
WEEK, MOST_WEEKS = 7, 12
FEWEST_OPEN = 200
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
        if report.told_of(own):
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


def curves(report: Handling) -> Figure | Notes:
    """The share of cases still open, by route or group; of few cases steps tell of single ones."""
    say, longest, found = report.say, 0.0, []
    groups = [*_groups(report)]
    if not groups:
        few = say(
            "No group has {least} cases that ended: no curve is drawn, whose steps would tell of "
            "single ones.",
            least=report.number(FLOORS.raters),
        )
        return report.notes(
            "curves", say("How many cases are still open after so many {days}"), few
        )
    arms = report.result.series["survival"]
    for place, (_, words, own) in enumerate(groups):
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
        drawn,
        along,
        share_axis(report.language, say("Share still open"), 0, 2),
        say("Cases"),
        lines,
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
        tuple(points),
        along,
        share_axis(report.language, say("Share of open cases that end in one"), 1, 2),
    ).figure(
        **report.plate("hazards"),
        title=say("How readily open cases end, by how long they have been open"),
        caption=say(
            "Blue: {one}. Vermilion: {other}. A step upwards at the legal day is what a "
            "rush looks like."
        ),
        alt=say("Points of the rate at which open cases end, for {one} and {other}."),
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
