"""The list of reports says how many claim a direction, and how many chance alone would give."""

from __future__ import annotations

import re

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from analysis.page.plates import SiteLine
from analysis.page.wording import LANGUAGES
from analysis.publish.site.lists.claims import claims_of, sentences
from analysis.publish.site.lists.library import render_index, render_reading
from analysis.publish.site.record import Entry
from analysis.stats.pooling.families import benjamini_hochberg, holm

FALLEN = {"en": "does not hold among all reports together", "zh": "合并检验后不再成立"}


def entry(name: str, verdict: str, p_value: float | None = None) -> Entry:
    """A line of the list."""
    words = dict.fromkeys(LANGUAGES, verdict)
    return Entry(
        name=name,
        report=f"effect/{name}",
        titles=words,
        verdict=verdict,
        verdict_words=words,
        edition="2026-11-22",
        simulated=False,
        p_value=p_value,
    )


SITE = (
    entry("one", "fewer_moderate", 0.001),
    entry("two", "more_low", 0.02),
    entry("three", "cannot_tell", 0.4),
    entry("four", "too_small_to_matter_high", 0.3),
    entry("five", "cannot_tell"),
    entry("six", "description"),
    entry("seven", "audit"),
)


def test_claims_are_counted_among_reports_that_could_make_one():
    """Descriptions and audits could not; 6 % of five reports is three tenths of one."""
    claims = claims_of(SITE)
    assert claims.able == ("one", "two", "three", "four", "five")
    assert claims.claiming == ("one", "two")
    assert claims.expected == pytest.approx(0.3)


def test_holm_keeps_what_holds_beside_all_others():
    """.001 is below .05/5, .02 is not below .05/4."""
    claims = claims_of(SITE)
    assert claims.kept == ("one",)
    assert claims.discovered == ("one", "two")
    assert claims.fallen == ("two",)
    assert claims_of(SITE[:2]).fallen == ()


def test_false_discoveries_keep_more_than_holm():
    """.02 is at most .05 · 2/4 and not below .05/3; the third, .04, is above .05 · 3/4."""
    found = [
        entry(name, "fewer_low", p) for name, p in zip("abc", (0.001, 0.02, 0.04), strict=True)
    ]
    claims = claims_of([*found, entry("d", "cannot_tell", 0.6)])
    assert claims.kept == ("a",)
    assert claims.discovered == ("a", "b")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_more_claims_are_expected_to_be_wrong_than_there_are(language):
    """Of forty reports one claims: 2.4 would be expected if nothing had an effect, one is there."""
    many = [entry("a", "fewer_low", 0.01), *(entry(f"{i}", "cannot_tell", 0.5) for i in range(39))]
    wrong = sentences(claims_of(many), language)[1]
    assert {"en": "up to about 1.0 ", "zh": "至多约1.0份"}[language] in wrong
    assert {"en": "up to about 0.3 ", "zh": "至多约0.3份"}[language] in sentences(
        claims_of(SITE), language
    )[1]


def test_p_values_are_adjusted_as_by_statsmodels():
    """To 1e-12, in 300 families of up to 30, some of them alike; of none there are none."""
    rng = np.random.default_rng(1)
    for size in rng.integers(1, 31, 300):
        values = np.round(rng.random(size) ** 4, 3)
        for own, method in ((holm, "holm"), (benjamini_hochberg, "fdr_bh")):
            theirs = multipletests(values, method=method)[1]
            assert own(values) == pytest.approx(theirs, abs=1e-12), method
    assert not holm(np.array([])).size
    assert not benjamini_hochberg(np.array([])).size


def test_a_direction_without_a_p_value_does_not_hold():
    """As one judged by rank."""
    assert claims_of([entry("one", "fewer_low")]).fallen == ("one",)


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [
        ("en", "claimed in 2 of 5 reports", "1 of 2 hold when"),
        ("zh", "5份单项措施效果报告中，有2份", "2份方向性结论中有1份"),
    ],
)
def test_the_list_of_reports_says_it(language, first, second):
    """Both sentences, and a mark on the claim that does not hold."""
    page = render_index(SITE, language)
    assert first in page
    assert second in page
    assert page.count(FALLEN[language]) == 1


def several(*verdicts: str) -> Entry:
    """A report on several interventions, with a line for each."""
    lines = tuple(
        SiteLine(intervention=f"I{n}", outcome="O", value=-0.1, low=-0.2, high=-0.01,
                 verdict=verdict, verdict_words=verdict, certainty="", certainty_words="",
                 treated=9, regions=30, region_words="counties", doubts="")
        for n, verdict in enumerate(verdicts)
    )  # fmt: skip
    site_lines = dict.fromkeys(LANGUAGES, lines)
    return entry("several", "none_stands").model_copy(update={"site_lines": site_lines})


@pytest.mark.parametrize("language", LANGUAGES)
def test_effects_of_reports_on_several_interventions_are_counted_too(language):
    """Ten effects, two of which claim a direction: six tenths of one would by chance."""
    report = several(*["fewer", "more"], *["cannot_tell"] * 8)
    claims = claims_of([*SITE, report])
    assert (claims.others, claims.theirs) == (10, 2)
    assert claims.able == claims_of(SITE).able
    said = sentences(claims, language)[-1]
    words = {"en": ("hold 10 effects", "2 of which", "up to 0.6 "), "zh": ("10项", "2项", "0.6项")}
    assert all(word in said for word in words[language])
    assert sentences(claims_of([report]), language) == [said]


REAL = {
    "en": ("on real data: 2;", "2 are on real data", "expected wrong by chance or drift"),
    "zh": ("真实数据的份数：2；", "有2份依据真实数据", "因偶然波动或原有走势预计有误"),
}
INVENTED = {"en": "None of those that claim a direction is on real", "zh": "没有一份依据真实数据"}
NONE = {
    "en": ("None claims a direction", "None changed"),
    "zh": ("没有一份作出方", "没有一份结论有变化"),
}


MARKED = {
    "holm": {"en": "by the first of these two rules", "zh": "前一种方法不再成立"},
    "false_discoveries": {"en": "by the second of these two rules", "zh": "后一种方法不再成立"},
    "none": {"en": "every report is judged by itself", "zh": "每份报告单独判断"},
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("family", "fallen", "rule"),
    [
        ("holm", ("b", "c"), "Holm"),
        ("false_discoveries", ("c",), "Benjamini–Hochberg"),
        ("none", (), ""),
    ],
)
def test_a_site_chooses_which_claims_are_marked(language, family, fallen, rule):
    """Holm, false discoveries or nothing, as both pages say; lines of the table are marked."""
    values = zip("abc", (0.001, 0.02, 0.04), strict=True)
    site = [entry(name, "fewer_low", p) for name, p in values]
    lines = several("fewer").site_lines
    site[2] = site[2].model_copy(update={"site_lines": lines})
    site.append(entry("d", "cannot_tell", 0.6).model_copy(update={"site_lines": lines}))
    assert claims_of(site, family).fallen == fallen
    page = render_index(site, language, family=family)
    assert page.count(FALLEN[language]) == len(fallen) + ("c" in fallen)
    assert [name for name, words in MARKED.items() if words[language] in page] == [family]
    mark = re.search(r'id="badges">.*?</section>', render_reading(language, family), re.DOTALL)
    assert mark is not None
    named = [name for name in ("Holm", "Benjamini–Hochberg") if name in mark[0]]
    assert named == ([rule] if rule else [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_says_how_many_claims_rest_on_real_data(language):
    """All of two, none of them where both are invented; without claims no 0 stands for none."""
    page = render_index(SITE, language)
    assert all(words in page for words in REAL[language])
    invented = [one.model_copy(update={"simulated": True}) for one in SITE]
    assert INVENTED[language] in render_index(invented, language)
    assert INVENTED[language] not in page
    quiet = render_index(SITE[2:], language)
    assert all(words in quiet for words in NONE[language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_site_of_descriptions_says_nothing_of_claims(language):
    """Nor one without any report."""
    for entries in ((), SITE[5:]):
        assert sentences(claims_of(entries), language) == []
        assert FALLEN[language] not in render_index(entries, language)
