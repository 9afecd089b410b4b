"""The studies of the verdict on the page that says how to read: in words, and where they fail."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.page.wording import LANGUAGES
from analysis.publish.site.library import render_reading
from analysis.publish.site.studies import FILE, in_words, studies
from analysis.simulated.counties import WORLDS

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
        pd.DataFrame(lines).assign(moderate=0.01).to_csv(file, index=False)

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
