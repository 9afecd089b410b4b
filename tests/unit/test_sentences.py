"""Every generated sentence, in both languages, for each sign, verdict, doubt and lost check."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable
from pathlib import Path

import pytest
from matplotlib.figure import Figure as Canvas

from analysis.data.description import Description
from analysis.data.frames.study import Study
from analysis.page import numbers, voice, wording
from analysis.page.charts import style
from analysis.page.provenance import DROPPED_WORDS
from analysis.page.wording import translations
from analysis.reports.intervention_effect import sentences, tables
from analysis.reports.intervention_effect.adoption import adoption_figure, paths_figure
from analysis.reports.intervention_effect.answer import Brief
from analysis.reports.intervention_effect.certainty import MIND_WORDS, certainty
from analysis.reports.intervention_effect.event_time import event_time_figure
from analysis.reports.intervention_effect.params import InterventionEffectParams
from analysis.reports.intervention_effect.plates import InterventionEffect
from analysis.reports.intervention_effect.provenance import provenance
from analysis.reports.intervention_effect.reporting import MIX_WORDS, reporting_table
from analysis.reports.intervention_effect.sensitivity import (
    leave_one_out_figure,
    specification_figure,
)
from analysis.reports.intervention_effect.sentences import DOUBT_WORDS, HELD_WORDS, VERDICT_WORDS
from analysis.reports.intervention_effect.verdict import Verdict, from_interval
from analysis.result import Check, Estimate
from analysis.robustness import (
    NOT_OFFERED,
    Answer,
    Breakdown,
    estimate_headline,
    examine,
)
from worlds import county_world

ESTIMATES = {
    "fell": (-0.20, -0.30, -0.12),
    "rose": (0.20, 0.12, 0.30),
    "rather fell": (-0.10, -0.30, 0.10),
    "rather rose": (0.10, -0.10, 0.30),
    "hardly changed": (-0.01, -0.03, 0.02),
}
"""Log effect with its interval."""
DIRECTIONS = {
    ("fell", "lower"): "improves",
    ("fell", "higher"): "worsens",
    ("rose", "lower"): "worsens",
    ("rose", "higher"): "improves",
}
VERDICTS = {
    "en": {
        "improves": "Improves",
        "worsens": "Worsens",
        "too_small_to_matter": "Too small to matter",
        "cannot_tell": "Cannot tell",
    },
    "zh": {
        "improves": "有改善",
        "worsens": "变差",
        "too_small_to_matter": "影响甚微",
        "cannot_tell": "无法判断",
    },
}
FALLS = {"en": ("reduced", "below"), "zh": ("减少", "比预期低")}
RISES = {"en": ("raised", "above"), "zh": ("增加", "比预期高")}
"""How the answer, and how the title of the effect over time, say a direction."""
POWER = {
    "en": {"lower": "true fall", "higher": "true rise"},
    "zh": {"lower": "真实下降", "higher": "真实上升"},
}
ABOUT = Description.model_validate(
    {
        "title": {"en": "Test", "zh": "测试"},
        "status": "simulated",
        "licence": "CC0",
        "origin": "t",
        "words": {
            "complaint": {"en": "complaint", "en_plural": "complaints", "zh": "投诉"},
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


def changed(**changes: object) -> Callable[[Brief], Brief]:
    """A change of what the headline rests on."""
    return lambda brief: dataclasses.replace(
        brief, robustness=dataclasses.replace(brief.robustness, **changes)
    )


def doubted(doubt: str) -> Callable[[Brief], Brief]:
    """A doubt that caps the verdict."""
    return lambda brief: dataclasses.replace(
        brief, verdict=Verdict("cannot_tell", brief.verdict.from_interval, (doubt,))
    )


def checked(**given: object) -> Callable[[Brief], Brief]:
    """A check of leads of the headline; none where nothing is given."""
    checks = (Check("leads", **given),) if given else ()
    return lambda brief: dataclasses.replace(
        brief, headline=dataclasses.replace(brief.headline, checks=checks)
    )


def asked(**changes: object) -> Callable[[Brief], Brief]:
    """A change of the question."""
    return lambda brief: dataclasses.replace(
        brief,
        study=dataclasses.replace(
            brief.study, params=brief.study.params.model_copy(update=changes)
        ),
    )


def both(*changes: Callable[[Brief], Brief]) -> Callable[[Brief], Brief]:
    """Several changes."""

    def change(brief: Brief) -> Brief:
        for one in changes:
            brief = one(brief)
        return brief

    return change


def panel_with(brief: Brief, **changes: object) -> Brief:
    """The same report on a panel of another kind."""
    panel = dataclasses.replace(brief.study.panel, **changes)
    return dataclasses.replace(brief, study=dataclasses.replace(brief.study, panel=panel))


MONTHS = tuple(f"{2001 + month // 12}-{month % 12 + 1:02d}" for month in range(14))
YEARS = tuple(str(year) for year in range(2001, 2015))
AROUND, BEYOND = (0.01, -0.1, 0.12), (0.2, 0.1, 0.3)
PLACEBO = asked(placebo_outcome="enquiry")
STATES: dict[str, Callable[[Brief], Brief]] = {
    "plain": lambda brief: brief,
    **{f"doubt: {doubt}": doubted(doubt) for doubt in DOUBT_WORDS},
    "leads passed": checked(passed=True, value=1.0, threshold=0.1),
    "leads failed": checked(passed=False, value=3.0, threshold=0.1),
    "leads unknown": checked(passed=None, value=None, threshold=None),
    "no leads": checked(),
    "placebo in time silent": changed(placebo_time=answered("placebo_time", AROUND)),
    "placebo in time speaks": changed(placebo_time=answered("placebo_time", BEYOND)),
    "placebo in time refused": changed(placebo_time=answered("placebo_time", None)),
    "placebo in time not offered": changed(
        placebo_time=answered("placebo_time", None, NOT_OFFERED)
    ),
    "placebo outcome silent": both(
        PLACEBO, changed(placebo_outcome=answered("placebo_outcome", AROUND))
    ),
    "placebo outcome speaks": both(
        PLACEBO, changed(placebo_outcome=answered("placebo_outcome", BEYOND))
    ),
    "placebo outcome refused": both(
        PLACEBO, changed(placebo_outcome=answered("placebo_outcome", None))
    ),
    "doubt: placebo outcome, named": both(PLACEBO, doubted("placebo_outcome")),
    "breakdown none": changed(breakdown=None),
    "breakdown none, anticipation": both(
        changed(breakdown=None), asked(method_options={"anticipation": 1})
    ),
    "breakdown zero": changed(breakdown=Breakdown(0.0, 2.0, 4)),
    "breakdown found": changed(breakdown=Breakdown(0.7, 2.0, 4)),
    "breakdown beyond": changed(breakdown=Breakdown(None, 2.0, 4)),
    "nothing left out": changed(leave_one_out=None),
    "left out in groups": changed(leave_one_out=()),
    "left out, no placebo": changed(
        placebo_time=answered("placebo_time", None), leave_one_out=None
    ),
    "no power": changed(detectable=None),
    "one way only": lambda brief: changed(specifications=brief.robustness.specifications[:1])(
        brief
    ),
    "earlier base far away": changed(
        specifications=(answered("did_anticipation", (0.9, 0.8, 1.0)),)
    ),
    "records tell of reporting": changed(
        reporting=tuple(
            answered(key, estimate)
            for key, estimate in zip(MIX_WORDS, (AROUND, BEYOND, None), strict=True)
        )
    ),
    "no effects over time": lambda brief: dataclasses.replace(
        brief, headline=dataclasses.replace(brief.headline, series={})
    ),
    "periods are months": lambda brief: panel_with(brief, frequency="month", periods=MONTHS),
    "periods are years": lambda brief: panel_with(brief, frequency="year", periods=YEARS),
    "errors as published": changed(
        specifications=(
            dataclasses.replace(
                answered("two_way_effects_published", AROUND, method="two_way"),
                published_estimate=-0.1,
                published_error=0.05,
                published_source="a paper",
            ),
            answered("did_anticipation", None),
        )
    ),
    "regions left out": lambda brief: dataclasses.replace(
        brief,
        headline=dataclasses.replace(
            brief.headline,
            sample=dataclasses.replace(
                brief.headline.sample, dropped=dict.fromkeys(DROPPED_WORDS, 2)
            ),
        ),
    ),
    "no exposure": lambda brief: panel_with(brief, has_exposure=False),
}
PLATES = (
    sentences.summary,
    certainty,
    event_time_figure,
    specification_figure,
    leave_one_out_figure,
    reporting_table,
    adoption_figure,
    paths_figure,
    tables.sample_table,
    tables.cohort_table,
    tables.effect_table,
    tables.specification_table,
    provenance,
    InterventionEffect.own_numbers,
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
    return Brief(study, headline, examine(study, headline), Verdict("cannot_tell", "", ()))


def sketched(draw: style.Draw, *_: object, **__: object) -> dict[str, object]:
    """What a drawing says, without the drawing."""
    draw(Canvas().add_subplot(), "wide")
    return {}


@pytest.fixture(autouse=True)
def overheard(monkeypatch):
    """Figures are not drawn here, and every sentence said is kept."""

    def translator(*given: object) -> wording.Say:
        say = wording.translator(*given)

        def kept(text: str, /, **fields: object) -> str:
            SAID.add(text)
            return say(text, **fields)

        return kept

    monkeypatch.setattr(voice, "translator", translator)
    monkeypatch.setattr(style, "render", sketched)


def told(base: Brief, estimate: str, better: str, language: str) -> Brief:
    """The report of a world with this estimate, in a language."""
    value, low, high = ESTIMATES[estimate]
    own = dataclasses.replace(base.headline.headline, value=value, low=low, high=high)
    headline = dataclasses.replace(base.headline, estimates=(own,))
    params = base.study.params.model_copy(update={"better": better, "language": language})
    key = from_interval(own, params.smallest_effect, better)
    return dataclasses.replace(
        base,
        study=dataclasses.replace(base.study, params=params),
        headline=headline,
        verdict=Verdict(key, key, ()),
        robustness=dataclasses.replace(base.robustness, detectable=0.1),
    )


CASES = list(itertools.product(ESTIMATES, ("lower", "higher"), ("en", "zh")))


def without_other(text: str, words: tuple[str, ...]) -> bool:
    """Whether none of the words stands in the text."""
    return not any(word in text for word in words)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(("estimate", "better", "language"), CASES)
def test_no_sentence_says_what_the_numbers_do_not(base, estimate, better, language, state):
    """The answer, the verdict, the effect over time and the power, each by its sign."""
    brief = STATES[state](told(base, estimate, better, language))
    summary, over_time = sentences.summary(brief), event_time_figure(brief)
    value, _, _ = ESTIMATES[estimate]
    own, other = (FALLS, RISES) if value < 0 else (RISES, FALLS)
    answer = summary.points[0]
    size = numbers.percent(abs(math.expm1(value)), language)
    directed = (estimate, better) in DIRECTIONS and not brief.verdict.doubts
    if directed:
        assert brief.verdict.key == DIRECTIONS[estimate, better]
        assert own[language][0] in answer
        assert size in answer
    elif brief.verdict.key == "cannot_tell":
        assert without_other(answer, (FALLS[language][0], RISES[language][0]))
    assert without_other(answer, (other[language][0],))
    assert summary.verdict_words == VERDICTS[language][brief.verdict.key]
    assert summary.number == numbers.percent(math.expm1(value), language, signed=True)
    if "by_event_time" in brief.headline.series:
        assert own[language][1] in over_time.title
        assert without_other(over_time.title, (other[language][1],))
        assert size in over_time.title
    powers = [point for point in summary.points if POWER[language][better] in point]
    wrong = POWER[language]["higher" if better == "lower" else "lower"]
    assert len(powers) == (brief.robustness.detectable is not None)
    assert not any(wrong in point for point in summary.points)


def test_every_verdict_and_doubt_has_words():
    """One sentence each, and what would change our mind."""
    assert set(VERDICT_WORDS) == set(VERDICTS["en"])
    assert set(DOUBT_WORDS) == set(MIND_WORDS)
    assert set(HELD_WORDS) == {"both", "moved", "left_out", "neither"}


def test_every_sentence_of_the_report_is_said_in_some_case(base):
    """None waits for a case that no test builds."""
    SAID.clear()
    cases = [(estimate, "lower", "plain") for estimate in ESTIMATES]
    cases += [("fell", better, state) for better in ("lower", "higher") for state in STATES]
    for estimate, better, state in cases:
        brief = STATES[state](told(base, estimate, better, "en"))
        for plate in PLATES:
            plate(brief)
    own = translations(Path(sentences.__file__).with_name("zh.po"))
    never = sorted(own.keys() - SAID)
    assert never == [], "\n".join(never)
