"""The studies of the verdict on the page that says how to read: in words, and where they fail."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.page.wording import LANGUAGES
from analysis.publish.site.lists import joint_studies
from analysis.publish.site.lists.library import render_reading
from analysis.publish.site.lists.studies import FILE, in_words, studies
from analysis.simulated.counties import WORLDS
from analysis.simulated.interventions import JOINT_WORLDS
from analysis.studies.counties import COUNTY_WORLDS

FAILS = {"en": "The rule fails here", "zh": "规则在此失效"}
FOUND = {"en": "Direction found", "zh": "发现效果"}
HEADING = 'id="studies"'


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Write rows of a study where a site is made: row, claimed, its lower limit."""
    monkeypatch.chdir(tmp_path)

    def write(*rows):
        file = tmp_path / FILE
        file.parent.mkdir(parents=True, exist_ok=True)
        lines = [
            {"row": row, "worlds": 1000, "alone": 0.18, "claimed": claimed, "limit": limit}
            for row, claimed, limit in rows
        ]
        kept = pd.DataFrame(lines).assign(moderate=0.01, little=0.004)
        kept.loc[kept["row"] == "-20 %", "little"] = 0.003
        kept.to_csv(file, index=False)

    return write


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_world_is_said_in_words_of_its_own(language):
    """No two worlds read alike."""
    said = [in_words(world, language) for world in WORLDS.values()]
    assert len(set(said)) == len(WORLDS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_the_file_the_section_is_left_out(language, tmp_path, monkeypatch):
    """As where the package is installed elsewhere."""
    monkeypatch.chdir(tmp_path)
    assert studies(language) is None
    assert HEADING not in render_reading(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_the_rule_fails_is_said_plainly(language, written):
    """A world beyond what is allowed, with its share; rows not written yet are not there."""
    written(("plain", 0.016, 0.0058), ("spike +49 %", 0.171, 0.14), ("-20 %", 0.55, 0.51))
    page = render_reading(language)
    assert FAILS[language] in page
    assert "17.1%" in page
    assert FOUND[language] in page
    assert page.count('<tr><th scope="row">') == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_rule_that_holds_is_not_said_to_fail(language, written):
    """.058 is allowed where adopters drift, and not where they do not."""
    written(("drift -2 %", 0.08, 0.058))
    assert FAILS[language] not in render_reading(language)
    assert FOUND[language] not in render_reading(language)
    written(("plain", 0.08, 0.058))
    assert FAILS[language] in render_reading(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_how_often_a_change_is_called_too_small_is_that_of_worlds_with_one(language, written):
    """Not of those without, where it is right to say so; nothing is said where there is none."""
    said = {"en": "more than 0.3% of studies", "zh": "都不超过0.3%"}[language]
    written(("plain", 0.016, 0.0058), ("-20 %", 0.55, 0.51))
    assert said in render_reading(language)
    written(("plain", 0.016, 0.0058))
    assert {"en": "too small to matter", "zh": "都不超过"}[language] not in render_reading(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_share_above_what_is_allowed_is_named_though_it_is_not_marked(language, written):
    """.058 of plain worlds may be luck, and is said; .058 of worlds that drift is allowed."""
    words = {"en": "the luck of the worlds tried", "zh": "只是所试情形的偶然波动"}[language]
    written(("plain", 0.058, 0.039), ("drift -2 %", 0.058, 0.039))
    page = render_reading(language)
    assert FAILS[language] not in page
    said = in_words(WORLDS["plain"], language)
    assert f"{said} (5.8%)" in page.partition(words)[2].partition("</p>")[0]
    assert page.count("(5.8%)") == 1
    written(("drift -2 %", 0.058, 0.039))
    assert words not in render_reading(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_totals_of_several_kinds_are_not_denied(language):
    """Printed totals of complaints and tip-offs stand on pages, so they are not said never to."""
    page = render_reading(language)
    assert "never added together" not in page
    assert "从不合并" not in page
    assert {"en": "is named as one", "zh": "注明是合计"}[language] in page


JOINT = 'id="joint"'


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_world_of_several_interventions_is_said_in_words_of_its_own(language):
    """No two of them read alike, nor do those of single counties."""
    said = [joint_studies.in_words(world, language) for world in JOINT_WORLDS.values()]
    assert len(set(said)) == len(JOINT_WORLDS)
    counties = [joint_studies.counties_in_words(w, language) for w in COUNTY_WORLDS.values()]
    assert len(set(counties)) == len(COUNTY_WORLDS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_studies_of_several_interventions_stand_on_the_page_with_where_they_fail(
    language, tmp_path, monkeypatch
):
    """A range that holds the truth too seldom, and a pair told apart too often, are marked."""
    monkeypatch.chdir(tmp_path)
    assert JOINT not in render_reading(language)
    folder = tmp_path / joint_studies.FOLDER
    folder.mkdir(parents=True)
    rows = [
        {"row": "2 of 120", "effects": 0.951, "claimed": 0.012},
        {"row": "3 of 120", "effects": 0.949, "claimed": 0.081},
        {"row": "interaction .15 left out, 60 %", "effects": 0.464, "contrasts": float("nan")},
        {"row": "first does .20 more", "effects": 0.95, "found": 0.953},
    ]
    usual = {"worlds": 1000, "contrasts": 0.952, "claimed": 0.0, "best": 0.0, "found": float("nan")}
    pd.DataFrame([usual | row for row in rows]).to_csv(folder / "interventions.csv", index=False)
    names = list(COUNTY_WORLDS)
    counties = {"row": names, "worlds": 1000, "counties": 33.2, "held": 0.934, "any_apart": 0.06}
    pd.DataFrame(counties).to_csv(folder / "county_effects.csv", index=False)
    page = render_reading(language)
    assert JOINT in page
    assert page.count({"en": "Fails: ", "zh": "失效："}[language]) == 2
    for share in ("46.4%", "95.3%", "8.1%", "93.4%"):
        assert share in page
    assert page.count('<tr><th scope="row">') == 4 + len(names)
