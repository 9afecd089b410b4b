"""The recipes of the documentation run as they are printed."""

from __future__ import annotations

import pydoc
import re

import pytest

import analysis as an
from analysis.errors import ParamsError
from worlds import county_world

PUBLISHED, HALF_A_DIGIT = -0.104, 0.0005
"""Papke (1994), table 1, as printed."""
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def recipes(root) -> list[str]:
    """The code of the page, block by block."""
    return BLOCK.findall((root / "docs" / "recipes.md").read_text(encoding="utf-8"))


def test_every_recipe_runs_in_order(recipes, root, tmp_path, monkeypatch):
    """In the project's folder, one after another, as a reader would type them."""
    (tmp_path / "build").mkdir()
    (tmp_path / "data").symlink_to(root / "data")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in recipes:
        exec(compile(block, "recipe", "exec"), names)  # noqa: S102  our own page
    assert (tmp_path / "build/effect.xlsx").stat().st_size > 0
    change = names["result"].headline.value
    assert -0.5 < change < 0
    assert names["fit"].params["active[T.True]"] == pytest.approx(PUBLISHED, abs=HALF_A_DIGIT)


def test_there_are_twelve_and_the_readme_leads_to_them(recipes, root):
    """The number that the page promises."""
    text = (root / "docs" / "recipes.md").read_text(encoding="utf-8")
    assert re.findall(r"^\*\*(\d+)\.", text, re.MULTILINE) == [str(n) for n in range(1, 13)]
    assert "(docs/recipes.md)" in (root / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_any_result_can_be_plotted_in_both_languages(language):
    """A course over event time, a few estimates in rows; anything else gets a sentence."""
    panel = county_world(3, effect=-0.3)
    course = an.plot(an.estimate("did", panel), language=language)
    rows = an.plot(an.estimate("two_way", panel), language=language)
    assert course.table.columns[0].key == "event_time"
    assert rows.table.columns[0].key == "name"
    assert course.images["narrow"].data != rows.images["narrow"].data
    with pytest.raises(ParamsError, match="is given a Panel; it takes a result"):
        an.plot(panel)


def test_tab_offers_what_is_called_and_nothing_that_a_module_imports():
    """Each with a line that says what it is."""
    offered = [name for name in dir(an) if not name.startswith("_")]
    assert {"read_dataset", "estimate", "RegionRates"} <= {*offered}
    assert not {"Any", "import_module", "annotations"} & {*offered}
    assert all(getattr(an, name).__doc__ for name in offered)


def test_help_names_every_call_of_the_face():
    """Names are loaded late; help shows them all the same, with what they do."""
    shown = pydoc.plain(pydoc.render_doc(an))
    for name in dir(an):
        if not name.startswith("_") and name != "methods":
            assert re.search(
                rf"^    (class )?{name}\(|^    {name} = class ", shown, re.MULTILINE
            ), name


def test_a_dataset_that_is_not_there_offers_the_nearest_from_a_notebooks_folder(root, monkeypatch):
    """One digit short; the data lie in the project above."""
    monkeypatch.chdir(root / "notebooks")
    with pytest.raises(ParamsError, match="Did you mean 'proposition99'"):
        an.read_dataset("data/proposition9")
