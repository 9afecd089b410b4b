"""Pictures of the legal day: ends about it, and regions by the share that ended by then."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.page.charts.axes import Axis, Reference, share_axis
from analysis.page.charts.histogram import Histogram
from analysis.page.plates import Figure, Notes, Table
from analysis.page.shared.rated import unnamed_funnel
from analysis.page.shared.truth import Held, truth_table, truths
from analysis.page.wording import joined
from analysis.reports.complaint_handling.answer import CEILING, Handling

TRUTHS = ("odr/time", "hurried")


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
        share_axis(report.language, say("Share of cases that ended"), 1, 2),
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
            words = say("Ends hurried to the legal day, as a share")
            held.append(Held(TRUTHS[1], words, *shares, share=True))
    return truth_table(report, say("How long cases take"), held, say("Change or share"))
