"""What a report on several places says: the mean, another place, and how far places differ."""

from __future__ import annotations

from analysis.data.frames.trials import SMALL
from analysis.disclosure.store import noise_of
from analysis.page.charts.axes import Reference
from analysis.page.charts.intervals import Interval, Intervals
from analysis.page.plates import Figure, Notes, Summary, Table
from analysis.page.shared.log_points import RANGE_WORDS
from analysis.page.shared.protection import averages_sentence
from analysis.page.shared.provenance import reading_sentences
from analysis.reports.across_places.answer import Places

VERDICT_WORDS = {
    "expected_elsewhere": "To be expected in another such place",
    "average_only": "There on average, not in every place",
    "none_told": "Cannot tell, even on average",
}
ANSWER_WORDS = {
    "expected_elsewhere": "**On average {compared} ({likely}), and the same direction is to be "
    "expected in another place like these: {elsewhere}.**",
    "average_only": "**On average {compared} ({likely}), but another place like these could lie on "
    "either side of no difference: {elsewhere}.**",
    "none_told": "**On average {compared}, with a likely range that includes no difference: "
    "{likely}.** Another place like these could lie anywhere in {elsewhere}.",
}
COMPARED_WORDS = {
    "odds_ratio": "the odds of {outcome} are {mean} times as high for {those_with} as for "
    "{those_without}",
    "risk_ratio": "the risk of {outcome} is {mean} times as high for {those_with} as for "
    "{those_without}",
    "change": "{mean} in {outcome} with {intervention}",
}
"""What the mean is a mean of."""
MEASURE_WORDS = {
    "odds_ratio": "times the odds of {outcome} for {those_with} as for {those_without}, on average "
    "over {count} places.",
    "risk_ratio": "times the risk of {outcome} for {those_with} as for {those_without}, on average "
    "over {count} places.",
    "change": "change in {outcome} with {intervention}, on average over {count} places.",
}
SCALE_WORDS = {"odds_ratio": "Odds ratio", "risk_ratio": "Risk ratio", "change": "Change"}
POOLING_WORDS = {
    "random": "Mean of places that may differ (random effects)",
    "fixed": "If no places differed: weighted by how much each tells",
    "mantel_haenszel": "If no places differed: Mantel–Haenszel",
}
PLACE_WORDS = {"place": "Place"}
POOLED_WORDS = {"way": "How places are pooled", **RANGE_WORDS, "published": "Published",
                "source": "Published where"}  # fmt: skip


def _measure(report: Places) -> str:
    return report.params.measure if report.ratios else "change"


def summary(report: Places) -> Summary:
    """The answer first: the mean, another place, whether places differ, and what one place does."""
    say = report.say
    compared = say(COMPARED_WORDS[_measure(report)])
    answer = say(ANSWER_WORDS[report.verdict_key], compared=compared)
    points = [answer, _differ(report), _without(report)]
    text = (
        "This compares {those_with} with {those_without} as they are; it does not say why they "
        "differ."
        if report.ratios
        else "{claiming} of these {count} reports claim a direction of their own. What makes them "
        "unsure makes their mean unsure as well."
    )
    points.append(say(text, claiming=report.number(report.subject.claiming)))
    return Summary(
        **report.plate("summary"),
        points=tuple(points),
        verdict=report.verdict_key,
        verdict_words=say(VERDICT_WORDS[report.verdict_key]),
        number=say("{mean}"),
        number_unit="",
        number_words=say(MEASURE_WORDS[_measure(report)]),
        range_words=say("Likely range of the mean: {likely}; of another place: {elsewhere}."),
        scope={"place": report.place},
    )


def _differ(report: Places) -> str:
    text = (
        "The places differ by more than chance explains: were they alike, they would seem to "
        "differ so much in at most {share} of such comparisons."
        if report.together.differ
        else "The places differ by no more than chance explains: were they alike, they would seem "
        "to differ so much in {share} of such comparisons. Few or small places could hide that "
        "they differ."
    )
    return report.say(text, share=report.percent(max(report.together.chance, 0.001)))


def _without(report: Places) -> str:
    """Between what the mean lies without any one place."""
    values = [row["value"] for row in report.result.series["leave_one_out"]]
    ends = report.likely(min(values), max(values))
    return report.say("Without any one place the mean lies at {span}.", span=ends)


def forest(report: Places) -> Figure:
    """Each place, their mean, and where another place would lie."""
    say = report.say
    rows = [
        Interval(report.place_name(row["study"]), *report.ranged(row), code=row["study"])
        for row in report.result.series["forest"]
    ]
    both = (report.together.mean, report.together.new_place)
    mean, other = (report.ranged(vars(one)) for one in both)
    rows.append(Interval(say("Mean of all"), *mean, "headline", code="mean"))
    rows.append(Interval(say("Another place"), *other, hollow=True, code="another_place"))
    head, none = SCALE_WORDS[_measure(report)], Reference(report.share(0.0))
    return Intervals(tuple(rows), report.change_axis(say(head)), (none,)).figure(
        **report.plate("forest"),
        title=say("{count} places: {mean} on average, {elsewhere} in another"),
        caption=say(
            "Bars: likely ranges at {level}. Diamond: the mean of places like these. Hollow: where "
            "the effect in another such place would lie."
        ),
        alt=say("Estimates with ranges for {count} places, their mean ({mean}), and another one."),
        table=report.intervals_table(PLACE_WORDS, rows, head),
    )


def poolings(report: Places) -> Table:
    """The mean by each way to pool, beside what was published of it."""
    say, found = report.say, report.poolings
    shown = len(POOLED_WORDS) if any(one.published for one in found) else 4
    heads = dict(list({**POOLED_WORDS, "value": SCALE_WORDS[_measure(report)]}.items())[:shown])
    lines = (
        [
            (say(POOLING_WORDS[one.key]), one.key),
            *report.cells([one.estimate.value, one.estimate.low, one.estimate.high]),
            ("" if one.published is None else str(one.published), one.published),
            (one.source, None),
        ][:shown]
        for one in found
    )
    return Table(
        **report.plate("poolings"),
        title=say("{n} ways to pool these places", n=report.number(len(found))),
        caption=say(
            "The first allows places to differ and is the one of this report. The others take them "
            "to be one and the same; their ranges are too narrow where they are not."
        ),
        data=report.worded(heads, lines, ("way", "source")),
    )


def sample(report: Places) -> Notes:
    """What was pooled, and what was left out."""
    say, pool = report.say, report.subject
    if report.ratios:
        title = report.description.title.of(report.language)
        points = [say("{count} places; source: {title}.", title=title)]
    else:
        names = say("; ").join(map(report.place_name, report.frame["study"]))
        points = [say("{count} places, each with a report of its own: {names}.", names=names)]
    if pool.silent or pool.halved:
        points.append(
            say(
                "Left out, since one side or one outcome is empty: {silent}; given a half in each "
                "cell, since one holds fewer than {small}: {halved}. The errors of these are those "
                "to be expected if the ratio were the same everywhere.",
                small=report.number(SMALL),
                silent=report.number(pool.silent),
                halved=report.number(pool.halved),
            )
        )
    points += reading_sentences(report, report.data.accounts)
    if report.ratios:
        points.append(averages_sentence(report, noise_of(report.data)))
    return report.notes("sample", say("What was pooled"), *points)


def certainty(report: Places) -> Notes:
    """What the range of another place means, and what would change our mind."""
    say = report.say
    text = (
        "What would change our mind: more places, above all ones chosen beforehand, and "
        "comparisons of people who differ in nothing else."
        if report.ratios
        else "What would change our mind: more places, above all ones chosen beforehand, and "
        "starts drawn by lot."
    )
    points = (
        say(
            "A difference is to be expected elsewhere only where the whole range of another place "
            "lies on one side of no difference; the mean alone speaks of an average of places."
        ),
        say(
            "The range of another place holds for a place that could have been among these. Places "
            "that were chosen because of what was found there are no such sample."
        ),
        say(
            "What biases every place in the same direction is not seen by comparing them: places "
            "that agree may be wrong together."
        ),
        say(text),
    )
    return report.notes("certainty", say("The rule, and what it cannot see"), *points)
