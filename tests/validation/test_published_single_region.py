"""Pages on one region alone against what was published of the same data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml
from test_published_synthetic import WEIGHTS

from analysis.reports.single_region.plates import SingleRegion

METHOD = "synthetic_control"


def page(name: str, **changes) -> SingleRegion:
    """The report that a params file asks for."""
    params = yaml.safe_load(Path(f"params/single_region/{name}.yml").read_text(encoding="utf-8"))
    return SingleRegion.read({**params, **changes})


def test_the_page_on_proposition_99_gives_the_published_numbers(in_root, published):
    """Both estimates and their sources, weights of the authors' predictors, first in all 39."""
    found = page("proposition99")
    ways = {way.key: way for way in found.every}
    for key, digits in (("synthetic_difference", 0.05), ("matched", 0.5)):
        way = ways[key]
        published(f"page, {key}", way.estimate.value, way.published, digits, way.source)
    assert ways["synthetic_difference"].published == -15.6
    names = {code: english for code, (english, _) in found.subject.panel.names.items()}
    given = {names[row["region"]]: row["weight"] for row in found.matched.series["weights"]}
    for state, weight in WEIGHTS.items():
        published(f"page, weight of {state}", given[state], weight, 0.02, "as above, table 2")
    last = found.matched.series["by_event_time"][-1]["value"]
    published("page, gap in 2000", last, -26, 0.5, "as above, figure 3")
    said = " ".join(found.certainty().points)
    assert "15.6 packs lower (Arkhangelsky" in said
    assert "as rare as 1 in 39" in said
    assert found.verdict_key == "cannot_tell"


def test_three_quarters_are_too_short_to_be_matched(in_root, published):
    """The plain comparison of organ donors as published, in shares; and no direction."""
    found = page("organ_donations")
    plain = found.every[0]
    source = "Huntington-Klein 2022, The Effect, ch. 18"
    published("organ donors, shares", plain.estimate.value / 100, -0.0225, 5e-5, source)
    assert (plain.key, plain.published) == ("plain", -2.25)
    assert found.verdict_key == "too_short"
    assert found.check("placebo_rank").detail["rank"] == 8
    zh = page("organ_donations", language="zh")
    assert "太短" in zh.summary().verdict_words
    assert zh.facts() == found.facts()


@pytest.mark.parametrize(
    ("name", "key"), [("county", "fewer_low"), ("small_county", "cannot_tell")]
)
def test_pages_on_a_simulated_county_hold_their_truth(in_root, name, key):
    """The verdict of the frozen province, and its truth inside the range; both languages."""
    found, zh = (page(name, language=tongue) for tongue in ("en", "zh"))
    assert found.verdict_key == key
    assert found.facts() == zh.facts()
    assert bool(found.truth().to_frame()["inside"].all())
    if found.params.what_if:
        falls = found.what_if().to_frame().set_index("records")["fall"]
        assert np.isnan(falls[40]) or falls[40] < falls[200]
        assert falls[200] < 0
