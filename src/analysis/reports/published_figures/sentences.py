"""The answer of the regional profile and its facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from analysis.data.published.figures import months
from analysis.page.plates import Notes, Summary
from analysis.page.wording import capital, joined
from analysis.reports.figures import FiguresReport
from analysis.reports.published_figures.kinds import topics


def profile_summary(brief: FiguresReport) -> Summary:
    """What the documents allow to compare, and what they do not."""
    say, found = brief.say, topics(brief)
    points = [_documents(brief)]
    for topic in found.values():
        if answer := topic.words("answer"):
            points.append(answer)
        elif more := topic.words("answer_continued"):
            points[-1] = joined(brief.language, points[-1], more)
    headline = next(topic for topic in found.values() if "headline" in topic.said)
    return Summary(
        **brief.plate("summary"),
        scope=brief.scope,
        points=(
            *points,
            say(
                "A description: it shows what is printed and how exact it can be, not what any "
                "measure achieved."
            ),
        ),
        verdict="description",
        verdict_words=say("Description"),
        number=say(
            "{given} of {all} {unit}",
            given=headline.facts["given"],
            all=headline.facts["all"],
            unit=headline.words("headline_unit"),
        ),
        number_unit="",
        number_words=headline.words("headline"),
        range_words=headline.words("headline_range"),
    )


def _documents(brief: FiguresReport) -> str:
    """How many documents there are, of which levels, years and lengths."""
    say, documents = brief.say, brief.published.documents
    levels = Counter(brief.level(source) for source in documents)
    lengths = [months(*brief.span(source)) for source in documents]
    return say(
        "**The {count} documents cannot be ranked.** They speak of {levels}, in {years}, for "
        "periods from {shortest} to {longest}.",
        count=brief.count_word(len(documents)),
        levels=brief.listed([brief.levels(level, count) for level, count in levels.items()]),
        years=brief.listed([say("{year}", year=year) for year in brief.years], "years"),
        shortest=brief.length(min(lengths)),
        longest=brief.length(max(lengths)),
    )


def comparable_next(brief: FiguresReport) -> Notes:
    """Which numbers in every document would make the next ones comparable."""
    wishes = [topic.words("wish") for topic in topics(brief).values()]
    points = tuple(wish for wish in wishes if wish)
    count = brief.count_word(len(points))
    title = brief.say("{count} numbers that would make the next documents comparable", count=count)
    return Notes(**brief.plate("comparable_next"), title=capital(title), points=points)


def profile_facts(brief: FiguresReport) -> Mapping[str, Any]:
    """What both languages must agree on: every result by topic and figure."""
    return {
        "verdict": "description",
        **{
            name: {
                item.id: [None if n is None else round(n, 4) for n in (item.value, item.count)]
                for item in topic.items
            }
            for name, topic in topics(brief).items()
        },
    }
