"""Pictures and tables of a draw: along the list, by chance alone, by stratum, and of visits."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.data.frames.cases.draws import FEWEST_RECORDS
from analysis.data.tables import TABLES
from analysis.page.charts.axes import Axis, Reference, share_axis
from analysis.page.charts.histogram import Histogram
from analysis.page.charts.intervals import Interval, Intervals
from analysis.page.charts.points import Point, Points
from analysis.page.numbers import mean_decimals, number_cell
from analysis.page.plates import Figure, Notes, Table
from analysis.page.shared.truth import Held, truth_table, truths
from analysis.page.wording import capital
from analysis.reports.random_inspection.answer import COVARIATE_WORDS, Draws
from analysis.stats.pooling.exact import share_interval
from analysis.verdicts.draw import TENTHS

BINS = 41
EFFECT = "drawn/complaint"
"""By which the truth of simulated data names the effect of being drawn."""
SELECTION = TABLES["inspections"].column("selection").choices
"""Each word of a choice, in English and Chinese."""
BALANCE_WORDS = {"known": "Known before the draw", "drawn": "Drawn", "others": "Not drawn",
                 "gap": "Standard deviations apart"}  # fmt: skip
BURDEN_WORDS = {"time": "When", "visits": "Visits a year for each 100 on the register",
                "calls": "Departments' visits a year for each 100"}  # fmt: skip


def along(report: Draws) -> Figure | Notes:
    """The share drawn in each tenth of the list."""
    say = report.say
    if "place" not in report.frame:
        return report.notes("along", say("Along the list"), say("Places on it are not known."))
    expected = float(report.frame["treated"].mean())
    points = tuple(
        Point(tenth, one.value, one.low, one.high,
              key="high" if not one.low <= expected <= one.high else "within")
        for tenth, one in enumerate(report.found.along_list, 1)
    )  # fmt: skip
    off = sum(point.key == "high" for point in points)
    tenths = report.number(TENTHS)
    title = say("Drawn along the list: {off} of {tenths} tenths leave out the share of the whole",
                off=report.number(off), tenths=tenths) if off else say(
        "Drawn along the list: none of {tenths} tenths leaves out the share of the whole",
        tenths=tenths)  # fmt: skip
    line = Reference(expected, say("Whole list"), dashed=True)
    axis = Axis(label=say("Tenth of the list, from its head"), whole=True, key="tenth",
                head=say("Tenth of the list"), role="number")  # fmt: skip
    return Points(points, axis, share_axis(report.language, say("Share drawn")), (line,)).figure(
        **report.plate("along"),
        title=title,
        caption=say(
            "Bars: ranges at {level}, each tenth by itself; one or another may leave out the share "
            "of the whole list by chance alone."
        ),
        alt=say("Share drawn in each tenth of the list, {part} over the whole list."),
    )


def balance(report: Draws) -> Table | Notes:
    """Drawn and others, in what was known before."""
    say = report.say
    rows = [*report.found.means()]
    if not rows:
        text = say("Nothing of the {units} is known from before the draw.")
        return report.notes("balance", say("Drawn and not drawn, before"), text)
    lines = (
        [
            (say(COVARIATE_WORDS[name], days=report.numbers["days"]), name),
            *(
                number_cell(v, report.language, mean_decimals(v), 4)
                for v in report.may_leave(numbers)
            ),
        ]
        for name, *numbers in rows
    )
    return Table(
        **report.plate("balance"),
        title=say("Drawn and not drawn, in what was known before"),
        caption=say("Means that stand for the whole list: strata count by their length."),
        data=report.worded(BALANCE_WORDS, lines, ("known",)),
    )


def chance(report: Draws) -> Figure:
    """What draws by lot would give, and what this one gave."""
    say, record = report.say, pd.DataFrame(report.result.series["null"])
    ends = float(record["value"].min()), float(record["value"].max())
    value = report.result.headline.value
    edges = np.linspace(min(*ends, value), max(*ends, value), BINS + 1)
    below = np.interp(edges, record["value"], record["share"])
    name = say(COVARIATE_WORDS[report.stated]) if report.stated != "outcome" else report.outcome
    digits = 3 if abs(ends[1]) < 1 else 1
    along_axis = Axis(
        lambda v: report.in_full(v, digits),
        say("Drawn less not drawn: {name}", name=name),
        key="difference",
        digits=4,
        role="number",
    )
    share = share_beyond(report)
    return Histogram(
        tuple(edges[:-1]),
        tuple(np.diff(below)),
        along_axis,
        share_axis(report.language, say("Share of draws by lot")),
        references=(Reference(value, say("This draw"), "claim"),),
    ).figure(
        **report.plate("chance"),
        title=capital(
            say("{share} of draws by lot would lie as far from zero or farther", share=share)
        ),
        caption=say(
            "Grey: what the difference would be in other draws by lot of the same list, from its "
            "percentiles."
        ),
        alt=say("Distribution of the difference over draws by lot, with that of this draw marked."),
    )


def share_beyond(report: Draws) -> str:
    """How many draws by lot would lie as far out as this one."""
    (p,) = (check.value for check in report.result.checks if check.name == "sharp_null")
    return report.in_draws(float(p or 0.0))


def groups(report: Draws) -> Figure | Notes:
    """The effect in each kind of stratum."""
    say, found = report.say, report.by_group
    title = say("By kind of stratum")
    if not found:
        return report.notes("groups", title, say("No effect is told by kind of stratum here."))
    words, language = report.description.words, report.language
    rows = [
        Interval(words[name].of(language) if name in words else name, *shares, code=name)
        for name, shares in found.items()
    ]
    rows.append(
        Interval(say("All"), *(report.found.effect or (0.0, 0.0, 0.0)), "headline", code="all")
    )
    axis = share_axis(report.language, say("Change against those not drawn"))
    return Intervals(tuple(rows), axis, (Reference(0.0),), say("Stratum"), "stratum").figure(
        **report.plate("groups"),
        title=say(
            "By kind of stratum, {value} in all", **report.spoken(report.found.effect or (0, 0, 0))
        ),
        caption=say("Bars: likely ranges at {level}, each by itself."),
        alt=say("Estimates with ranges by kind of stratum, and for all."),
    )


def _visits(report: Draws) -> pd.DataFrame | None:
    """Visits of the whole of the data; of one region alone none are told of."""
    return None if report.params.region else report.data.tables.get("inspections")


def hits(report: Draws) -> Figure | Notes:
    """How often visits found a problem, by why the enterprise was chosen."""
    say, visits = report.say, _visits(report)
    title = say("What visits found")
    if visits is None or "problems" not in visits or not report.params.targeted_as_contrast:
        return report.notes("hits", title, say("Visits are not in these data, or not asked for."))
    known = visits[visits["problems"].notna()]
    chinese = report.language == "zh"
    rows = []
    for key, en, zh in SELECTION:
        own = known.loc[known["selection"] == key, "problems"]
        number = int((own > 0).sum())
        if min(number, len(own) - number) >= FEWEST_RECORDS:
            one = report.may_leave(share_interval(number, len(own), report.params.level))
            rows.append(Interval(zh if chinese else en, one.value, one.low, one.high, code=key))
    if not rows:
        return report.notes("hits", title, say("Too few visits to tell."))
    spoken = {one.code: report.percent(one.value, 0) for one in rows}
    if {"random", "targeted"} <= set(spoken):
        title = say(
            "Problems found at {random} of random and {targeted} of targeted visits", **spoken
        )
    axis = share_axis(report.language, say("Share of visits that found a problem"))
    return Intervals(tuple(rows), axis, (), say("Why visited"), "selection").figure(
        **report.plate("hits"),
        title=title,
        caption=say(
            "Only random visits tell how common problems are: who is chosen by risk or after a "
            "complaint is no sample. Bars: exact ranges at {level}."
        ),
        alt=say("Share of visits that found a problem, by why the visit was made."),
    )


def burden(report: Draws) -> Table | Notes:
    """Visits for each hundred on the register, before and since departments go together."""
    say, visits = report.say, _visits(report)
    register, title = report.data.tables.get("enterprises"), say("Visits an enterprise has")
    joint = visits is not None and "departments" in visits and (visits["departments"] > 1).any()
    if not joint or visits is None or register is None:
        return report.notes("burden", title, say("Joint visits are not in these data."))
    first = visits.loc[visits["departments"] > 1, "visited_on"].min()
    lines = []
    for words, key, own in (
        (say("before joint visits"), "before", visits[visits["visited_on"] < first]),
        (say("since joint visits"), "since", visits[visits["visited_on"] >= first]),
    ):
        if len(own) < FEWEST_RECORDS:
            return report.notes("burden", title, say("Too few visits to tell."))
        years = (own["visited_on"].max() - own["visited_on"].min()).days / 365.25
        each = 100 / len(register) / max(years, 1 / 12)
        numbers = (len(own) * each, float(own["departments"].fillna(1).sum()) * each)
        lines.append([(words, key), *(number_cell(v, report.language, 1, 2) for v in numbers)])
    return Table(
        **report.plate("burden"),
        title=say("Visits before and since departments visit together"),
        caption=say(
            "Where several departments come at once, one visit stands for several. This is before "
            "and after alone: whatever else changed then is in it as well."
        ),
        data=report.worded(BURDEN_WORDS, lines, ("time",)),
    )


def truth(report: Draws) -> Table | Notes:
    """The effect beside what simulated data were made with."""
    known, held = truths(report.data).get(EFFECT), []
    if known is not None and report.found.effect and report.params.outcome == "complaint":
        value, low, high = np.log1p(np.maximum(report.found.effect, -0.999))
        words = report.say("{Outcome} about those drawn")
        held = [Held(EFFECT, words, known, float(value), float(low), float(high))]
    return truth_table(report, report.say("Drawn against not drawn"), held)
