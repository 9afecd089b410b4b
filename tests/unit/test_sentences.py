"""Every generated sentence in both languages: each sign, verdict, certainty, reason and lack."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import scipy.stats
from matplotlib.figure import Figure as Canvas

from analysis.data.dataset import Dataset
from analysis.data.description import Description
from analysis.data.frames.panels.timeline import Spell
from analysis.data.frames.study import Study
from analysis.disclosure.estimates import three_digits
from analysis.page import numbers, voice, wording
from analysis.page.charts import style
from analysis.page.shared import certainty as certainty_words
from analysis.page.shared.provenance import DROPPED_WORDS
from analysis.page.wording import translations
from analysis.reports.intervention_effect import sensitivity, sentences, tables
from analysis.reports.intervention_effect.adoption import (
    adoption_figure,
    paths_figure,
    timeline_figure,
)
from analysis.reports.intervention_effect.answer import Brief
from analysis.reports.intervention_effect.certainty import grounds
from analysis.reports.intervention_effect.certainty.checks import (
    MIND_WORDS,
    MIX_WORDS,
    certainty,
    reporting_table,
)
from analysis.reports.intervention_effect.certainty.own_course import (
    EXPLAINED_WORDS,
    alone_sentences,
)
from analysis.reports.intervention_effect.event_time import event_time_figure
from analysis.reports.intervention_effect.params import InterventionEffectParams
from analysis.reports.intervention_effect.picture import picture
from analysis.reports.intervention_effect.plates import InterventionEffect
from analysis.reports.intervention_effect.provenance import provenance
from analysis.reports.intervention_effect.sensitivity import (
    distinct_changes,
    leave_one_out_figure,
    specification_figure,
)
from analysis.result import LEVEL, Check, Estimate
from analysis.stats.panels.own_course import Look, OwnCourse, Rank
from analysis.verdicts.effect import judged
from analysis.verdicts.robustness import NOT_OFFERED, Answer, Breakdown, estimate_headline, examine
from analysis.verdicts.rule import CAPS, DIRECTIONS, GRADES, LOWERS, OVERRULES, VERDICTS, Verdict
from worlds import county_world

DEGREES = 12.0
ERROR = 0.03
ESTIMATES = {
    "fell": (-0.20, -0.30, -0.12),
    "rose": (0.20, 0.12, 0.30),
    "rather fell": (-0.10, -0.30, 0.10),
    "rather rose": (0.10, -0.10, 0.30),
    "just fell": (-0.20, -0.38, -0.02),
    "just rose": (0.20, 0.02, 0.38),
    "hardly changed": (-0.01, -0.03, 0.02),
}
"""Log effect with its interval; second looks of the same size have an error of 0.03."""
KEYS = {
    ("complaint", "lower"): {-1: "fewer", 1: "more"},
    ("complaint", "higher"): {-1: "fewer", 1: "more"},
    ("death", "lower"): {-1: "improves", 1: "worsens"},
    ("death", "higher"): {-1: "worsens", 1: "improves"},
}
VERDICT = {
    "en": {
        "fewer": "Fewer recorded",
        "more": "More recorded",
        "improves": "Improves",
        "worsens": "Worsens",
        "too_small_to_matter": "Too small to matter",
        "cannot_tell": "Cannot tell",
    },
    "zh": {
        "fewer": "登记减少",
        "more": "登记增多",
        "improves": "改善",
        "worsens": "恶化",
        "too_small_to_matter": "变化小到无实际意义",
        "cannot_tell": "无法判断",
    },
}
GRADE = {
    "en": {
        "low": ", low certainty",
        "moderate": ", moderate certainty",
        "high": ", high certainty",
    },
    "zh": {"low": "，把握程度低", "moderate": "，把握程度中", "high": "，把握程度高"},
}
CERTAINTY = {
    "en": {
        "": "No direction is claimed",
        "low": "Certainty: low",
        "moderate": "Certainty: moderate",
        "high": "Certainty: high",
    },
    "zh": {
        "": "不作方向性结论",
        "low": "把握程度：低",
        "moderate": "把握程度：中",
        "high": "把握程度：高",
    },
}
CLAIM = {
    "en": {
        -1: ("fewer than expected", "below what was expected"),
        1: ("more than expected", "above what was expected"),
    },
    "zh": {-1: ("约比预期少", "约比预期低"), 1: ("约比预期多", "约比预期高")},
}
"""How answers say a direction."""
OVER_TIME = {"en": {-1: "below what", 1: "above what"}, "zh": {-1: "比预期低", 1: "比预期高"}}
"""How the title of the effect over time does."""
ANYWAY = {
    "en": {-1: "may have been falling anyway", 1: "may have been rising anyway"},
    "zh": {-1: "可能本来就在下降", 1: "可能本来就在上升"},
}
CHANGE = {"en": {-1: "fewer", 1: "more"}, "zh": {-1: "约少", 1: "约多"}}
LOOK = {
    "en": {
        "own_slope": "keep the slope",
        "trend_break": "break at the start",
        "without_eve": "Without the two",
    },
    "zh": {
        "own_slope": "保持原有走势",
        "trend_break": "启动时的突变",
        "without_eve": "不计启动前两",
    },
}
NO_CHANGE = {
    "en": ("The likely range includes no change",),
    "zh": ("可能范围包含“无变化”",),
}
POWER = {
    "en": {"lower": "true fall", "higher": "true rise"},
    "zh": {"lower": "真实下降", "higher": "真实上升"},
}
DRIFT = {
    "en": {"week": "a week would explain", "month": "a month would explain",
           "quarter": "a quarter would explain",
           "year": "a year would explain"},
    "zh": {"week": "本来每周就偏离", "month": "本来每月就偏离",
           "quarter": "本来每季度就偏离", "year": "本来每年就偏离"},
}  # fmt: skip
ABOUT = Description.model_validate(
    {
        "title": {"en": "Test", "zh": "测试"},
        "status": "simulated",
        "licence": "CC0",
        "origin": "t",
        "words": {
            "complaint": {
                "en": "complaint",
                "en_plural": "complaints",
                "zh": "投诉",
                "unit": {"en": "point", "zh": "分"},
            },
            "death": {
                "en": "death",
                "en_plural": "deaths",
                "zh": "死亡",
                "moved_by_recording": False,
            },
            "enquiry": {"en": "enquiry", "en_plural": "enquiries", "zh": "咨询"},
            "scoring": {"en": "scoring", "zh": "评分"},
            "enterprises": {"en": "enterprise", "en_plural": "enterprises", "zh": "户企业"},
        },
    }
)


def answered(
    key: str,
    estimate: tuple[float, float, float] | None,
    refused: str = "",
    method: str = "did",
) -> Answer:
    """An answer with this estimate and interval, or refused."""
    if estimate is None:
        return Answer(key, method, None, refused or "needs more regions")
    value, low, high = estimate
    return Answer(key, method, Estimate("overall", value, 0.05, low, high))


Change = Callable[[Brief], Brief]


def changed(**changes: object) -> Change:
    """A change of what the headline rests on."""
    return lambda brief: dataclasses.replace(
        brief, robustness=dataclasses.replace(brief.robustness, **changes)
    )


def checked(*checks: Check) -> Change:
    """Checks of the headline."""
    return lambda brief: dataclasses.replace(
        brief, headline=dataclasses.replace(brief.headline, checks=checks)
    )


def leads(passed: bool | None, value: float | None, threshold: float | None) -> Change:
    """A check of leads of the headline."""
    return checked(Check("leads", passed, value, threshold))


def sampled(**changes: object) -> Change:
    """A change of what the headline was computed from."""
    return lambda brief: dataclasses.replace(
        brief,
        headline=dataclasses.replace(
            brief.headline, sample=dataclasses.replace(brief.headline.sample, **changes)
        ),
    )


def asked(**changes: object) -> Change:
    """A change of the question."""
    return lambda brief: dataclasses.replace(
        brief,
        study=dataclasses.replace(
            brief.study, params=brief.study.params.model_copy(update=changes)
        ),
    )


def paneled(**changes: object) -> Change:
    """The same report on a panel of another kind."""

    def change(brief: Brief) -> Brief:
        panel = dataclasses.replace(brief.study.panel, **changes)
        return dataclasses.replace(brief, study=dataclasses.replace(brief.study, panel=panel))

    return change


def both(*changes: Change) -> Change:
    """Several changes."""

    def change(brief: Brief) -> Brief:
        for one in changes:
            brief = one(brief)
        return brief

    return change


def coursed(**changes: object) -> Change:
    """A change of the second looks."""
    return lambda brief: changed(
        own_course=dataclasses.replace(brief.robustness.own_course, **changes)
    )(brief)


def turned(*names: str, by: float = -1.0) -> Change:
    """Some second looks are so many times themselves."""

    def change(brief: Brief) -> Brief:
        looks = dict(brief.robustness.own_course.looks)
        for name in names:
            looks[name] = dataclasses.replace(looks[name], value=by * looks[name].value)
        return coursed(looks=looks)(brief)

    return change


def widened(error: float) -> Change:
    """Every second look has this error."""

    def change(brief: Brief) -> Brief:
        looks = brief.robustness.own_course.looks
        wide = {name: dataclasses.replace(look, error=error) for name, look in looks.items()}
        return coursed(looks=wide)(brief)

    return change


def without(*names: str) -> Change:
    """Some second looks could not be taken."""

    def change(brief: Brief) -> Brief:
        looks = brief.robustness.own_course.looks
        return coursed(looks={n: look for n, look in looks.items() if n not in names})(brief)

    return change


def levelled(share: float) -> Change:
    """Adopters whose counts are so much of those of the others."""

    def change(brief: Brief) -> Brief:
        ever = brief.study.panel.frame["first_treated"] > 0
        counts = np.where(ever, 100 * share, 100.0)
        return paneled(frame=brief.study.panel.frame.assign(count=counts, exposure=1.0))(brief)

    return change


def opposite(brief: Brief) -> Brief:
    """Another sound method on the other side of no change."""
    value, low, high = ESTIMATES["rose" if brief.effect.relative < 0 else "fell"]
    return changed(specifications=(answered("counts_other", (value, low, high), "", "counts"),))(
        brief
    )


def few_adopt(brief: Brief) -> Brief:
    """The same report with four clusters that adopt."""
    course = brief.robustness.own_course
    assert course is not None
    return changed(own_course=dataclasses.replace(course, adopting=4))(brief)


def one_turns(brief: Brief) -> Brief:
    """Leaving out one region turns the sign."""
    value = -brief.headline.headline.value
    return changed(leave_one_out=({"region": "990001", "value": value},))(brief)


def shown_at(level: float) -> Change:
    """A page whose range is at another level, of the same error."""

    def change(brief: Brief) -> Brief:
        own = brief.headline.headline
        error = (own.high - own.low) / 2 / float(scipy.stats.t.isf(0.025, DEGREES))
        margin = error * float(scipy.stats.t.isf((1 - level) / 2, DEGREES))
        moved = dataclasses.replace(
            own, standard_error=error, low=own.value - margin, high=own.value + margin
        )
        headline = dataclasses.replace(
            brief.headline, level=level, estimates=(moved,), options={"degrees": DEGREES}
        )
        return dataclasses.replace(brief, headline=headline)

    return change


def measured(before: float, just_before: float) -> Change:
    """Event times with one value before the start and another just before it, in wide bands."""

    def change(brief: Brief) -> Brief:
        values = {-1: just_before}
        path = tuple(
            {**r, "value": values.get(r["event_time"], before), "low": -0.5, "high": 0.5}
            for r in brief.headline.series["by_event_time"]
        )
        headline = dataclasses.replace(brief.headline, series={"by_event_time": path})
        return dataclasses.replace(brief, headline=headline)

    return change


def repeated(times: int) -> Change:
    """Rows that come to the same change as the first."""
    return lambda brief: changed(
        specifications=brief.robustness.specifications[:1] * times + brief.robustness.specifications
    )(brief)


MONTHS = tuple(f"{2001 + month // 12}-{month % 12 + 1:02d}" for month in range(14))
WEEKS = tuple(f"2001-W{week:02d}" for week in range(1, 15))
YEARS = tuple(str(year) for year in range(2001, 2015))
AROUND, BEYOND = (0.01, -0.1, 0.12), (0.2, 0.1, 0.3)
PLACEBO = asked(placebo_outcome="enquiry")
UNTOUCHED = both(PLACEBO, changed(placebo_outcome=answered("placebo_outcome", AROUND)))
MIXES = tuple(answered(key, AROUND) for key in MIX_WORDS)
DRAWN = both(UNTOUCHED, changed(reporting=MIXES), paneled(assignment="random"), levelled(1.0))
GRANTS = (Spell("990000", "grants", 3, 5, False), Spell("990001", "scoring", 5, 9, True))
REASONS: dict[str, Change] = {
    "no_range": lambda brief: dataclasses.replace(
        brief,
        headline=dataclasses.replace(
            brief.headline,
            level=0.9,
            estimates=(dataclasses.replace(brief.headline.headline, standard_error=None),),
        ),
    ),
    "few_clusters": coursed(adopting=2),
    "own_course_unknown": without("own_slope", "trend_break", "without_eve"),
    "placebo_outcome": both(PLACEBO, changed(placebo_outcome=answered("placebo_outcome", BEYOND))),
    "leave_one_out": one_turns,
    "already_treated": checked(Check("already_treated", None, 0.2)),
    "other_method": opposite,
    "leads": leads(False, 3.0, 0.1),
    "base_period": checked(Check("base_period", False, 3.0, 0.1)),
    "placebo_time": changed(placebo_time=answered("placebo_time", BEYOND)),
    "reporting": changed(reporting=(*MIXES[:2], answered("upheld", BEYOND))),
    "other_intervention": paneled(timeline=GRANTS),
    "few_adopters": few_adopt,
    "checks_lost": changed(placebo_time=answered("placebo_time", None)),
    "not_drawn": paneled(assignment=""),
    "left_out": sampled(dropped=dict.fromkeys(DROPPED_WORDS, 30)),
    "starting_level": levelled(1.5),
    "no_placebo_outcome": changed(placebo_outcome=None),
    "reporting_unknown": changed(reporting=()),
}
"""What brings each reason about in a report that has no other."""
STATES: dict[str, Change] = {
    "plain": lambda brief: brief,
    "drawn": DRAWN,
    **{f"reason: {reason}": both(DRAWN, change) for reason, change in REASONS.items()},
    "few clusters, ranked": both(DRAWN, coursed(adopting=2), changed(rank=Rank(3, 40))),
    "some counts not known": lambda brief: paneled(
        frame=brief.study.panel.frame.assign(
            count=brief.study.panel.frame["count"].where(brief.study.panel.frame.index % 97 > 0)
        )
    )(brief),
    "adopters began lower": both(DRAWN, levelled(0.5)),
    "adopters began alike": levelled(1.0),
    "own course explains it": turned("own_slope", "trend_break", by=-0.2),
    "own course too uncertain": widened(0.5),
    "own course steeper": turned("own_slope", "trend_break"),
    "own course larger": both(turned("own_slope", "trend_break", by=1.3), widened(0.2)),
    "slope alone bears it out": turned("trend_break"),
    "break alone bears it out": turned("own_slope"),
    "eve was unusual": turned("without_eve"),
    "looks hardly agree": both(DRAWN, turned("trend_break", by=0.05)),
    "immediate": asked(onset="immediate"),
    "gradual": asked(onset="gradual"),
    "gradual, and on that course": both(asked(onset="gradual"), turned("own_slope")),
    "no donut": without("without_eve"),
    "no own course at all": changed(own_course=None),
    "no slope": coursed(slope=None),
    "slope without error": coursed(slope=Look(0.0, (0.0,) * 4, 0.0, DEGREES)),
    "drift tells nothing": coursed(per_drift=0.0),
    "50 per cent shown": shown_at(0.5),
    "99 per cent shown": shown_at(0.99),
    "leads passed": both(leads(True, 1.0, 0.1), measured(0.1, -0.1)),
    "leads above": both(leads(True, 1.0, 0.1), measured(0.1, 0.1)),
    "leads below": both(leads(True, 1.0, 0.1), measured(-0.1, -0.1)),
    "a dose is given": lambda brief: dataclasses.replace(
        brief,
        headline=dataclasses.replace(
            brief.headline,
            estimates=(*brief.headline.estimates, Estimate("per_dose", 0.1, 0.1, -0.1, 0.3)),
        ),
    ),
    "one row repeats another": repeated(1),
    "rows repeat another": repeated(2),
    "leads unknown": leads(None, None, None),
    "no leads": checked(),
    "placebo in time not offered": changed(
        placebo_time=answered("placebo_time", None, NOT_OFFERED)
    ),
    "placebo outcome refused": both(
        PLACEBO, changed(placebo_outcome=answered("placebo_outcome", None))
    ),
    "breakdown none": changed(breakdown=None),
    "breakdown none, anticipation": both(
        changed(breakdown=None), asked(method_options={"anticipation": 1})
    ),
    "breakdown zero": changed(breakdown=Breakdown(0.0, 2.0, 4)),
    "breakdown found": changed(breakdown=Breakdown(0.7, 2.0, 4)),
    "breakdown beyond": changed(breakdown=Breakdown(None, 2.0, 4)),
    "nothing left out": changed(leave_one_out=None),
    "left out in groups": changed(leave_one_out=()),
    "no power": changed(detectable=None),
    "one way only": lambda brief: changed(specifications=brief.robustness.specifications[:1])(
        brief
    ),
    "earlier base far away": lambda brief: changed(
        specifications=(
            answered("counts_anticipation", (3 * brief.headline.headline.value, -0.5, 0.5)),
        )
    )(brief),
    "earlier base close": lambda brief: changed(
        specifications=(
            answered("counts_anticipation", (brief.headline.headline.value, -0.5, 0.5)),
        )
    )(brief),
    "records tell of reporting": changed(
        reporting=tuple(
            answered(key, estimate)
            for key, estimate in zip(MIX_WORDS, (AROUND, BEYOND, None), strict=True)
        )
    ),
    "some mixes could not be looked at": changed(
        reporting=tuple(
            answered(key, estimate)
            for key, estimate in zip(MIX_WORDS, (AROUND, AROUND, None), strict=True)
        )
    ),
    "no effects over time": lambda brief: dataclasses.replace(
        brief, headline=dataclasses.replace(brief.headline, series={})
    ),
    "measured from one period": lambda brief: dataclasses.replace(
        brief,
        headline=dataclasses.replace(
            brief.headline,
            series={
                **brief.headline.series,
                "by_event_time": tuple(
                    {**r, "value": 0.0, "low": None, "high": None} if r["event_time"] == -1 else r
                    for r in brief.headline.series["by_event_time"]
                ),
            },
        ),
    ),
    "no band leaves out no change": lambda brief: dataclasses.replace(
        brief,
        headline=dataclasses.replace(
            brief.headline,
            series={
                **brief.headline.series,
                "by_event_time": tuple(
                    {**r, "low": -1.0, "high": 1.0} for r in brief.headline.series["by_event_time"]
                ),
            },
        ),
    ),
    "no period has a band": lambda brief: dataclasses.replace(
        brief,
        headline=dataclasses.replace(
            brief.headline,
            series={
                **brief.headline.series,
                "by_event_time": tuple(
                    {**r, "low": None, "high": None} for r in brief.headline.series["by_event_time"]
                ),
            },
        ),
    ),
    "others moved where nothing was kept": paneled(
        timeline=(Spell("000000", "grants", 3, 5, False), *GRANTS[1:])
    ),
    "periods are months": paneled(frequency="month", periods=MONTHS),
    "periods are weeks": paneled(frequency="week", periods=WEEKS),
    "periods are years": paneled(frequency="year", periods=YEARS),
    **{
        f"own course explains it, by {unit}": both(
            turned("own_slope", "trend_break", by=-0.2), paneled(frequency=unit, periods=periods)
        )
        for unit, periods in (("month", MONTHS), ("week", WEEKS), ("year", YEARS))
    },
    "errors as published": changed(
        specifications=(
            dataclasses.replace(
                answered("two_way_effects_published", AROUND, method="two_way"),
                published_estimate=-0.1,
                published_error=0.05,
                published_source="2010",
            ),
            answered("did_anticipation", None),
        )
    ),
    "left out by upper regions": paneled(clustered_by="parent_code"),
    "left out by a column": paneled(clustered_by="tier"),
    "left out by upper regions, and turned": both(
        REASONS["leave_one_out"], paneled(clustered_by="parent_code")
    ),
    "few upper regions adopt": both(few_adopt, paneled(clustered_by="parent_code")),
    "too few upper regions adopt": both(coursed(adopting=2), paneled(clustered_by="parent_code")),
    "no exposure": paneled(has_exposure=False),
}


def in_units(brief: Brief) -> Brief:
    """The report of a level, estimated in its own unit."""
    frame = brief.study.panel.frame.rename(columns={"count": "value"})
    told = paneled(kind="level", frame=frame)(brief)
    answers = tuple(
        dataclasses.replace(answer, expected=1.0) for answer in told.robustness.specifications
    )
    checks = (*told.headline.checks, Check("expected_rate", None, 1.0))
    headline = dataclasses.replace(told.headline, unit=LEVEL, checks=checks)
    return changed(specifications=answers)(dataclasses.replace(told, headline=headline))


MEASURED: dict[str, Change] = {
    "score": both(in_units, paneled(yearly=False, has_exposure=False)),
    "amount": both(in_units, paneled(yearly=True, has_exposure=False)),
    "amount by exposure": both(in_units, paneled(yearly=True, has_exposure=True)),
    "share": paneled(kind="share", yearly=False, has_exposure=True),
    "stock": paneled(yearly=False, has_exposure=False),
}
"""Outcomes that are no counts of a period."""


def effect_report(brief: Brief) -> InterventionEffect:
    """What a notebook works with, with everything as in a brief."""
    data = Dataset(Path(), brief.study.description, {}, {})
    report = InterventionEffect(brief.study.params, data, brief.study)
    vars(report).update(examined=brief.examined, headline=brief.headline)
    return report


PLATES = (
    sentences.summary,
    picture,
    certainty,
    event_time_figure,
    specification_figure,
    leave_one_out_figure,
    reporting_table,
    adoption_figure,
    timeline_figure,
    paths_figure,
    tables.sample_table,
    tables.cohort_table,
    tables.effect_table,
    tables.specification_table,
    provenance,
    lambda brief: effect_report(brief).own_numbers(),
)
SAID: set[str] = set()
"""Sentences of all cases; filled as they are rendered."""


@pytest.fixture(scope="module")
def base() -> Brief:
    """A simulated world of counties, estimated once."""
    params = InterventionEffectParams(
        intervention="scoring", outcome="complaint", exposure="enterprises", period="quarter"
    )
    study = Study(params, ABOUT, {}, county_world(3, effect=-0.3), None)
    headline = estimate_headline(study)
    return Brief(study, headline, examine(study, headline), Verdict("cannot_tell"))


@pytest.fixture(autouse=True)
def undrawn(monkeypatch):
    """Figures are not drawn here."""
    monkeypatch.setattr(style, "render", lambda *_, **__: {})


def sketched(draw: style.Draw, *_: object, **__: object) -> dict[str, object]:
    """What a drawing says, without the drawing."""
    draw(Canvas().add_subplot(), "wide")
    return {}


@pytest.fixture
def overheard(monkeypatch, undrawn):
    """Every sentence said is kept, those of drawings too."""

    def translator(*given: object) -> wording.Say:
        say = wording.translator(*given)

        def kept(text: str, /, **fields: object) -> str:
            SAID.add(text)
            return say(text, **fields)

        return kept

    monkeypatch.setattr(voice, "translator", translator)
    monkeypatch.setattr(style, "render", sketched)


def course_of(value: float) -> OwnCourse:
    """Second looks that see nine tenths of an effect, by all that moves them alike."""
    deviations = (0.01, -0.01, 0.01, -0.01)

    def seen(share: float) -> Look:
        return Look(share * value, deviations, ERROR, DEGREES)

    looks = {"own_slope": seen(0.9), "trend_break": seen(0.95), "without_eve": seen(0.8)}
    return OwnCourse(seen(1.0), looks, Look(0.002, deviations, 0.001, DEGREES), 9.6, 8, 16)


def told(
    base: Brief, estimate: str, outcome: str, better: str, language: str, state: str = "plain"
) -> Brief:
    """The report of a world with this estimate, in a language, judged by the rule."""
    value, low, high = ESTIMATES[estimate]
    own = dataclasses.replace(base.headline.headline, value=value, low=low, high=high)
    changes = {"better": better, "language": language, "outcome": outcome}
    brief = dataclasses.replace(
        base,
        study=dataclasses.replace(base.study, params=base.study.params.model_copy(update=changes)),
        headline=dataclasses.replace(base.headline, estimates=(own,), checks=()),
        robustness=dataclasses.replace(
            base.robustness,
            detectable=0.1,
            own_course=course_of(value),
            placebo_time=answered("placebo_time", AROUND),
            specifications=tuple(
                answered(key, (share * value, min(low, 2 * low), max(high, 2 * high)))
                for key, share in (("counts_not_yet_treated", 1.0), ("did_not_yet_treated", 0.9))
            ),
            leave_one_out=tuple(
                {**record, "value": value} for record in base.robustness.leave_one_out or ()
            ),
        ),
    )
    brief = STATES[state](brief)
    return dataclasses.replace(brief, verdict=judged(brief.study, brief.headline, brief.robustness))


def reports(base: Brief, state: str, language: str) -> tuple[tuple[Brief, str, int], ...]:
    """The report of every estimate in this state, the key of its claim and its sign."""
    if (state, language) not in REPORTS:
        REPORTS[state, language] = tuple(_reports(base, state, language))
    return REPORTS[state, language]


REPORTS: dict[tuple[str, str], tuple[tuple[Brief, str, int], ...]] = {}
"""Judged once for all tests."""


def _reports(base: Brief, state: str, language: str) -> Iterator[tuple[Brief, str, int]]:
    outcomes = (
        KEYS if state in ("plain", "drawn") else [("complaint", "lower"), ("death", "higher")]
    )
    for estimate, (value, _, _) in ESTIMATES.items():
        for outcome, better in outcomes:
            sign = int(math.copysign(1, value))
            brief = told(base, estimate, outcome, better, language, state)
            yield brief, expected(estimate, state, KEYS[outcome, better][sign]), sign


UNSEEN = {
    "own course explains it": ESTIMATES.keys() - {"hardly changed"},
    "own course too uncertain": ESTIMATES.keys(),
    "own course steeper": ESTIMATES.keys() - {"hardly changed"},
    "own course larger": ESTIMATES.keys(),
    "too few upper regions adopt": ESTIMATES.keys(),
    **{
        f"own course explains it, by {unit}": ESTIMATES.keys() - {"hardly changed"}
        for unit in ("month", "week", "year")
    },
    "gradual, and on that course": ESTIMATES.keys() - {"hardly changed"},
    "no own course at all": ESTIMATES.keys(),
    "few clusters, ranked": ESTIMATES.keys(),
    "left out by upper regions, and turned": ESTIMATES.keys(),
    "99 per cent shown": {"just fell", "just rose"},
    **{f"reason: {reason}": ESTIMATES.keys() for reason in OVERRULES},
}
"""Estimates of which nothing is claimed, by state, beside those that include no change."""
LOW = {
    "few upper regions adopt",
    "slope alone bears it out",
    "break alone bears it out",
    "eve was unusual",
    "looks hardly agree",
    "no donut",
    "placebo in time not offered",
    "placebo outcome refused",
    "nothing left out",
    "records tell of reporting",
    "some mixes could not be looked at",
    "errors as published",  # the one other sound method is refused there
    *(f"reason: {reason}" for reason in LOWERS),
}
LOOKED = {
    "slope alone bears it out",
    "break alone bears it out",
    "eve was unusual",
    "looks hardly agree",
}
"""States in which second looks keep a direction from being surer, but not a lack of any."""


UNMOVED = ("reason: reporting_unknown", "death")
"""Deaths cannot be moved by how readily they are recorded."""


def expected(estimate: str, state: str, claim: str) -> str:
    """The key of the verdict."""
    if estimate.startswith("rather") or estimate in UNSEEN.get(state, ()):
        return "cannot_tell"
    return "too_small_to_matter" if estimate == "hardly changed" else claim


def grade_of(state: str, key: str, outcome: str) -> str:
    """The certainty of a claim in this state."""
    if key == "cannot_tell":
        return ""
    if state in LOW and not (state in LOOKED and key == "too_small_to_matter"):
        return "low"
    drawn = state in ("drawn", "looks hardly agree")
    return "high" if drawn or (state, outcome) == UNMOVED else "moderate"


def none_of(words: tuple[str, ...], text: str) -> bool:
    """Whether none of the words stands in the text."""
    return not any(word in text for word in words)


LANGUAGES = ("en", "zh")
EVERY = pytest.mark.parametrize(("state", "language"), [(s, g) for s in STATES for g in LANGUAGES])


@EVERY
def test_no_answer_says_what_the_numbers_do_not(base, state, language):
    """The answer and its verdict, the number, the effect over time and the power, by its sign."""
    for brief, key, sign in reports(base, state, language):
        assert brief.verdict.key == key
        assert brief.verdict.certainty == grade_of(state, key, brief.study.params.outcome)
        summary, over_time = sentences.summary(brief), event_time_figure(brief)
        answer, size = summary.points[0], numbers.percent(abs(brief.effect.relative), language)
        claimed = [word for word in CLAIM[language][sign] if word in answer]
        assert len(claimed) == (key in DIRECTIONS)
        assert none_of(CLAIM[language][-sign], answer)
        assert key not in DIRECTIONS or size in answer
        anyway = key == "cannot_tell" and brief.verdict.alone and not brief.verdict.overruled
        anyway = anyway and state != "own course larger"
        assert (ANYWAY[language][sign] in answer) == bool(anyway)
        assert ANYWAY[language][-sign] not in answer
        certainty_words = GRADE[language].get(brief.verdict.certainty, "")
        assert summary.verdict_words == VERDICT[language][key] + certainty_words
        assert summary.certainty == GRADES.index(brief.verdict.certainty)
        assert summary.certainty_words == CERTAINTY[language][brief.verdict.certainty]
        assert summary.number == numbers.percent_change(brief.effect.relative, language)
        assert CHANGE[language][sign] in summary.number_words
        assert CHANGE[language][-sign] not in summary.number_words
        if "by_event_time" in brief.headline.series:
            assert OVER_TIME[language][sign] in over_time.title
            assert OVER_TIME[language][-sign] not in over_time.title
            assert size in over_time.title
        better = brief.study.params.better
        powers = [point for point in summary.points if POWER[language][better] in point]
        wrong = POWER[language]["higher" if better == "lower" else "lower"]
        assert len(powers) == (brief.robustness.detectable is not None)
        assert not any(wrong in point for point in summary.points)


@EVERY
def test_grounds_and_limits_hold_every_look_once_and_by_its_sign(base, state, language):
    """What agrees is a ground, what does not a limit; what claims nothing has no ground."""
    for brief, key, sign in reports(base, state, language):
        summary, course = sentences.summary(brief), brief.robustness.own_course
        assert key != "cannot_tell" or summary.grounds == ()
        looks = course.looks if course else {}
        skipped = {"immediate": "own_slope", "gradual": "trend_break"}
        for name, words in LOOK[language].items():
            ground, limit = (
                [text for text in said if words in text]
                for said in (summary.grounds, summary.limits)
            )
            assert len(ground) + len(limit) <= 1
            if name not in looks or skipped.get(brief.study.params.onset) == name:
                assert not ground
                assert not limit
                continue
            value = numbers.percent_change(math.expm1(looks[name].value), language)
            assert all(value in text for text in (*ground, *limit))
            if key in DIRECTIONS:
                assert bool(ground) == (looks[name].value * sign > 0)
                assert bool(limit) != bool(ground)
            elif key == "too_small_to_matter":
                assert ground


@EVERY
def test_limits_hold_every_reason_once_and_the_drift_of_a_claim(base, state, language):
    """As many sentences as there are reasons, looks on the other side and drifts."""
    for brief, key, sign in reports(base, state, language):
        summary, verdict = sentences.summary(brief), brief.verdict
        course, estimate = brief.robustness.own_course, brief.headline.headline
        held = [*verdict.overruled, *verdict.lowered]
        held += [] if key == "cannot_tell" else verdict.capped
        if state.startswith("reason: "):
            given = {*verdict.overruled, *verdict.lowered, *verdict.capped}
            without_looks = {"checks_lost"} if "own_course_unknown" in given else set()
            unmoved = (state, brief.study.params.outcome) == UNMOVED
            assert given - without_looks == (set() if unmoved else {state[8:]})
        against = [
            text for text in summary.limits if not none_of((*LOOK[language].values(),), text)
        ]
        drift = [
            text for text in summary.limits if DRIFT[language][brief.study.panel.frequency] in text
        ]
        around = estimate.low is not None and estimate.low <= 0 <= estimate.high
        heard = not verdict.overruled or (around and "no_range" not in verdict.overruled)
        included = key == "cannot_tell" and not verdict.alone and heard
        assert len(summary.limits) == len(held) + len(against) + len(drift) + included
        assert len({*summary.limits}) == len(summary.limits)
        assert len(drift) == (key in DIRECTIONS and course.per_drift > 0)
        if drift:
            nearest = min(abs(estimate.low), abs(estimate.high))
            size = numbers.percent(math.expm1(nearest / course.per_drift), language)
            assert size in drift[0]
        assert sign * estimate.value > 0


@EVERY
def test_no_text_says_that_a_range_includes_no_change_that_does_not(base, state, language):
    """Of the range that the page shows, at its own level."""
    for brief, _, _ in reports(base, state, language):
        summary, estimate = sentences.summary(brief), brief.headline.headline
        said = [
            text
            for text in (*summary.points, *summary.limits)
            if not none_of(NO_CHANGE[language], text)
        ]
        assert not said or estimate.low <= 0 <= estimate.high
        span = numbers.percent_span(math.expm1(estimate.low), math.expm1(estimate.high), language)
        assert span in summary.points[0]


@EVERY
def test_the_picture_shows_what_the_answer_says(base, state, language):
    """Expected and recorded stand in the title in this order, and differ as the answer does.

    What was recorded is known: the range is of what was expected, and what is left of it is the
    range of the change. Of 100 expected it is that of the index.
    """
    for brief, _, sign in reports(base, state, language):
        figure, effect = picture(brief), brief.effect
        recorded = effect.base * (1 + effect.relative)
        assert (recorded - effect.base) * sign > 0
        ends = effect.relative_high, effect.relative_low
        index = not brief.study.panel.has_exposure
        low, high = (effect.base * (1 + v) if index else recorded / (1 + v) for v in ends)
        limits = effect.change_low, effect.change_high
        if index:
            low, high = high, low
            assert limits == pytest.approx((low - 100, high - 100))
        else:
            assert limits == pytest.approx((recorded - high, recorded - low))
        decimals = numbers.size_decimals(effect.base, recorded, low, high)
        told_of = [numbers.number(value, language, decimals) for value in (effect.base, recorded)]
        places = figure.title.index(told_of[0]), figure.title.rindex(told_of[1])
        assert places[0] < places[1] or told_of[0] == told_of[1]
        likely = numbers.span(
            *(numbers.number(value, language, decimals) for value in (low, high)), language
        )
        assert all(likely in text for text in (figure.title, figure.caption, figure.alt))
        bars = figure.to_frame()
        assert list(bars["low"].notna()) == [not index, index]
        if not index:
            text = " ".join(sentences.summary(brief).points)
            assert likely in text


def texts(plate: object) -> Iterator[str]:
    """Everything a plate says outside its tables."""
    named = ("title", "caption", "alt", "verdict_words", "number_words", "range_words", "number")
    listed = ("points", "grounds", "limits")
    yield from (str(getattr(plate, name)) for name in named if getattr(plate, name, ""))
    yield from (text for name in listed for text in getattr(plate, name, ()))


NO_NUMBER = r"\b(nan|NaN|inf|None)\b|[{}]|  "
BROKEN = {
    "en": re.compile(NO_NUMBER + r"|\.\.|\s[,.;]|[\u4e00-\u9fff]|[，。；：（）]"),
    "zh": re.compile(NO_NUMBER + r"|。。|，，|(?<![A-Za-z])(?!tier)[A-Za-z]{3,}"),
}
"""What no text may hold: no number, an open field, two stops, the other language."""


@EVERY
def test_no_text_is_broken_or_in_the_other_language(base, state, language):
    """Every plate of every case."""
    for estimate in ("fell", "rather rose", "hardly changed"):
        brief = told(base, estimate, "complaint", "lower", language, state)
        for plate in PLATES[:-2]:
            for text in texts(plate(brief)):
                assert not (found := BROKEN[language].search(text)), (found, text)


def test_ways_that_differ_beyond_the_digits_shown_do_not_repeat_one_another(base):
    """Two that come to −.18201 and −.18204 are two ways, though both are shown as −.182."""
    first, second, *_ = base.robustness.specifications
    logs = ((first, -0.18201), (second, -0.18204), (first, -0.18204))
    exact = dataclasses.replace(
        base.robustness,
        specifications=tuple(
            dataclasses.replace(a, estimate=Estimate("overall", v), expected=None) for a, v in logs
        ),
    )
    study = dataclasses.replace(base.study, shielded=True)
    report = effect_report(dataclasses.replace(base, study=study, robustness=exact))
    assert report.robustness == three_digits(exact)
    assert distinct_changes(report) == pytest.approx([math.expm1(-0.182)] * 2)
    assert "One row" in sensitivity.repeats_sentence(report)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("share", "higher"), [(1.5, True), (0.5, False)])
def test_a_starting_level_is_said_by_its_side(base, language, share, higher):
    """Half as high again, or half as high."""
    state = "reason: starting_level" if higher else "adopters began lower"
    brief = told(base, "fell", "complaint", "lower", language, state)
    (said,) = [t for t in sentences.summary(brief).limits if numbers.percent(0.5, language, 0) in t]
    words = {"en": ("lower than", "higher than"), "zh": ("低", "高")}[language]
    assert words[higher] in said
    assert words[not higher] not in said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("estimate", ["fell", "rather fell"])
def test_the_summary_says_what_was_left_out_and_where_adopters_began(base, language, estimate):
    """Whether or not a direction is claimed; once, though it may keep the certainty lower."""
    began = {"en": "Adopters began", "zh": "起点"}[language]
    for state, text in (
        ("adopters began alike", {"en": "at the level of", "zh": "与其他地区相同"}[language]),
        ("adopters began lower", {"en": "50% lower than", "zh": "低50%"}[language]),
        ("reason: starting_level", {"en": "50% higher than", "zh": "高50%"}[language]),
    ):
        summary = sentences.summary(told(base, estimate, "complaint", "lower", language, state))
        (said,) = [t for t in (*summary.points, *summary.limits) if began in t]
        assert text in said
    brief = told(base, estimate, "complaint", "lower", language, "reason: left_out")
    share = numbers.percent(150 / 186, language, 0)
    assert any({"en": f"left out: 150 ({share})", "zh": f"150个（{share}）"}[language] in text
               for text in sentences.summary(brief).points)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_of_reasons_are_those_of_the_report(base, language):
    """How many regions another intervention touched, what share was left out, what was lost."""
    for reason, text in (
        ("other_intervention", {"en": ": 1.", "zh": "：1个"}[language]),
        ("checks_lost", {"en": ": 1.", "zh": "：1项"}[language]),
        ("left_out", numbers.percent(150 / 186, language, 0)),
    ):
        brief = told(base, "fell", "complaint", "lower", language, f"reason: {reason}")
        assert len([said for said in sentences.summary(brief).limits if text in said]) == 1
    lost = {"en": "No shift is seen", "zh": "看不出变化"}[language]
    for state, said in (("drawn", True), ("some mixes could not be looked at", False)):
        brief = told(base, "fell", "complaint", "lower", language, state)
        spoken = {"en": "who complains", "zh": "反映人"}[language]
        grounds_said = sentences.summary(brief).grounds
        assert any(spoken in text and lost in text for text in grounds_said) == said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sign", [-1, 1])
def test_a_slope_before_the_start_is_said_with_its_sign_and_unit(base, language, sign):
    """In every unit of time, beside the slope that would have been seen."""
    units = {"en": ("month", "quarter", "year"), "zh": ("每月", "每季度", "每年")}[language]
    states = ("periods are months", "plain", "periods are years")
    for state, unit in zip(states, units, strict=True):
        brief = told(base, "fell", "complaint", "lower", language, state)
        slope = Look(sign * 0.02, (0.0,), 0.01, DEGREES)
        said = grounds.slope_sentence(coursed(slope=slope)(brief))
        value = numbers.percent_change(math.expm1(sign * 0.02), language)
        assert value in said
        assert said.count(unit) == 2
        assert none_of(tuple(u for u in units if u != unit), said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_second_look_is_too_uncertain_only_where_its_range_includes_the_headline(base, language):
    """Just within and just outside; where it leaves it out the look speaks against it."""
    wide = {"en": "are too uncertain to bear it out", "zh": "过于不确定"}[language]
    against = {"en": "do not bear it out", "zh": "的估计不支持这一变化"}[language]
    value = ESTIMATES["fell"][0]
    reach = float(scipy.stats.t.isf(0.025, DEGREES))
    for part, error, uncertain in (
        (-0.2, 1.18 * abs(value) / reach + 1e-6, True),
        (-0.2, 1.18 * abs(value) / reach - 1e-6, False),
        (0.0, 1.01 * abs(value) / reach, True),
        (0.0, 0.99 * abs(value) / reach, False),
    ):
        change = both(turned("own_slope", "trend_break", by=part), widened(error))
        brief = change(told(base, "fell", "complaint", "lower", language))
        brief = dataclasses.replace(
            brief, verdict=judged(brief.study, brief.headline, brief.robustness)
        )
        (answer, *_) = sentences.summary(brief).points
        assert (wide in answer, against in answer) == (uncertain, not uncertain)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("left", "said"), [(0.95, "5%"), (0.45, "55%"), (-0.2, "100%")])
def test_what_adopters_own_course_would_explain_is_said(base, language, left, said):
    """1 − e3 / e1 between nothing and all, the slope with its range; of imputations alone."""
    brief = told(base, "fell", "complaint", "lower", language, "own course explains it")
    looks = dict(brief.robustness.own_course.looks)
    value = left * brief.headline.headline.value
    looks["trend_break"] = dataclasses.replace(looks["trend_break"], value=value)
    slope = brief.robustness.own_course.slope
    brief = coursed(looks=looks)(brief)
    text = " ".join(alone_sentences(brief))
    about = {"en": f"about {said} of the", "zh": f"中的约{said}"}[language]
    assert about in text
    low, high = (math.expm1(limit) for limit in slope.limits(brief.headline.level))
    assert numbers.percent_change(math.expm1(slope.value), language) in text
    assert numbers.percent_span(low, high, language) in text
    assert numbers.percent(abs(brief.effect.relative), language) in text
    other = dataclasses.replace(brief.headline, method="did")
    assert about not in " ".join(alone_sentences(dataclasses.replace(brief, headline=other)))
    gradual = asked(onset="gradual")(brief)
    assert ({"en": "about 100%", "zh": "约100%"}[language]) in " ".join(alone_sentences(gradual))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_course_that_explains_nothing_is_not_said_to_explain_a_share(base, language):
    """Second looks beyond the headline, too uncertain to claim: larger, not on its way anyway.

    With one of them smaller adopters may have been, and with the other larger nothing is explained.
    """
    larger = {"en": "by more still", "zh": "差距更大"}[language]
    about = {"en": "would be explained", "zh": "可解释"}[language]
    for sign, estimate in ((-1, "fell"), (1, "rose")):
        for slope, steeper in ((1.3, True), (0.5, False)):
            looks = turned("own_slope", by=slope), turned("trend_break", by=1.3)
            change = both(*looks, widened(0.2))
            brief = change(told(base, estimate, "complaint", "lower", language))
            brief = dataclasses.replace(
                brief, verdict=judged(brief.study, brief.headline, brief.robustness)
            )
            (answer, *_) = sentences.summary(brief).points
            assert brief.verdict.alone == sign
            assert (larger in answer) == steeper
            assert (ANYWAY[language][sign] in answer) != steeper
            assert about not in answer


@pytest.mark.parametrize("language", LANGUAGES)
def test_too_few_clusters_are_counted_and_their_range_is_not_promised_to_hold(base, language):
    """Six that adopt are enough and four that do not too few: both with what is needed."""
    hundred = {"en": "95 in 100", "zh": "每100个"}[language]
    for adopting, others, few in ((6, 4, True), (2, 20, True), (3, 6, False)):
        change = both(DRAWN, coursed(adopting=adopting, others=others))
        brief = change(told(base, "fell", "complaint", "lower", language))
        brief = dataclasses.replace(
            brief, verdict=judged(brief.study, brief.headline, brief.robustness)
        )
        summary = sentences.summary(brief)
        words = {
            "en": (f"{adopting} that adopt", "where 3 are", f"{others} that do", "where 6 are"),
            "zh": (f"{adopting}个", "3个", f"{others}个", "6个"),
        }[language]
        assert any(all(word in text for word in words) for text in summary.limits) == few
        assert (hundred in summary.range_words) != few


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_share_that_moves_by_chance_is_not_said_to_have_changed(base, language):
    """Of so many that are looked at, with how often one would where nothing had changed."""
    brief = told(base, "fell", "complaint", "lower", language, "records tell of reporting")
    table = reporting_table(brief)
    looked, moved = len(MIX_WORDS), 1
    words = {
        "en": f"of {looked} shares looked at, the range of {moved} leaves out",
        "zh": f"{looked}项份额中，有{moved}项的可能范围不含",
    }[language]
    assert words in table.title
    assert numbers.percent(0.05 * looked, language, 0) in table.caption
    # A union bound: true of any dependence, and no less than of independent ranges.
    assert 0.05 * looked >= 1 - 0.95**looked


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_breakdown_speaks_of_its_own_range_not_of_the_headline(base, language):
    """A headline that leaves out no change stands beside one that does not."""
    brief = told(base, "fell", "complaint", "lower", language, "breakdown zero")
    (said,) = [
        p
        for p in certainty(brief).points
        if {"en": "breakdown value", "zh": "容忍度"}[language] in p
    ]
    assert {"en": "Another estimate", "zh": "另一项估计"}[language] in said


def test_every_verdict_certainty_and_reason_has_words():
    """One sentence each, what would change our mind, and every unit of time."""
    sure = {f"{key}_{grade}" for key in VERDICTS[:-1] for grade in GRADES[1:]}
    assert set(certainty_words.GRADED_WORDS) == sure | {"cannot_tell"}
    counted = {"other_intervention", "checks_lost", "left_out", "starting_level"}
    assert set(grounds.REASON_WORDS) | counted == {*OVERRULES, *LOWERS, *CAPS} == set(REASONS)
    assert set(MIND_WORDS) == {*OVERRULES, *LOWERS}
    assert set(certainty_words.CERTAINTY_WORDS) == {*GRADES}
    timed = (grounds.DRIFT_WORDS, grounds.SLOPE_WORDS, grounds.EVE_WORDS, EXPLAINED_WORDS)
    for words in timed:
        assert set(words) == {"week", "month", "quarter", "year"}


@pytest.mark.usefixtures("overheard")
def test_every_sentence_of_the_report_is_said_in_some_case(base):
    """None waits for a case that no test builds."""
    SAID.clear()
    cases = [("fell", "complaint", "lower", state) for state in STATES]
    cases += [(e, "complaint", "higher", s) for e in ("rose", "rather fell") for s in BY_SIGN]
    cases += [(e, "death", "lower", "plain") for e in ("fell", "rose", "hardly changed")]
    cases += [("hardly changed", "complaint", "lower", s) for s in ("drawn", "reason: leads")]
    cases += [("fell", "death", better, s) for better in BETTER for s in ("drawn", "reason: leads")]
    cases += [("rose", "complaint", "lower", s) for s in ("drawn", "reason: leads")]
    cases += [("rose", "complaint", "higher", "gradual")]
    for estimate, outcome, better, state in cases:
        brief = told(base, estimate, outcome, better, "en", state)
        for plate in PLATES:
            plate(brief)
    for measure in MEASURED.values():
        for estimate in ("fell", "rose", "rather fell"):
            for state in (*BY_SIGN[:3], "drawn", "reason: leads"):
                brief = measure(told(base, estimate, "complaint", "lower", "en", state))
                found = judged(brief.study, brief.headline, brief.robustness)
                for plate in PLATES:
                    plate(dataclasses.replace(brief, verdict=found))
    own = translations(Path(sentences.__file__).with_name("zh.po"))
    never = sorted(own.keys() - SAID)
    assert never == [], "\n".join(never)


BETTER = ("lower", "higher")
BY_SIGN = ("plain", "own course explains it", "own course larger", "50 per cent shown")
