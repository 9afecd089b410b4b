"""The notebook on an intervention's effect, under every method that takes a panel."""

from __future__ import annotations

import sys
from dataclasses import replace

import nbformat
import numpy as np
import pytest
from test_verdict import study_of

import analysis
from analysis import methods
from analysis.errors import DesignError, ParamsError
from analysis.methods.shared.question import check_panel
from analysis.page.plates import Figure, Notes
from analysis.publish.site.lists.register import register
from analysis.reports.intervention_effect.answer import Brief
from analysis.reports.intervention_effect.certainty.checks import certainty
from analysis.reports.intervention_effect.event_time import event_time_figure
from analysis.reports.intervention_effect.sensitivity import (
    leave_one_out_figure,
    specification_figure,
)
from analysis.reports.intervention_effect.sentences import summary
from analysis.reports.intervention_effect.tables import effect_table, specification_table
from analysis.verdicts.effect import judged
from analysis.verdicts.robustness import NOT_OFFERED, estimate_headline, examine, headline_key
from worlds import county_world


def brief_of(study) -> Brief:
    """All that a report is written from."""
    headline = estimate_headline(study)
    robustness = examine(study, headline)
    return Brief(study, headline, robustness, judged(study, headline, robustness))


@pytest.mark.parametrize("name", methods.panel_names())
def test_the_notebooks_cells_run_under_every_method_that_takes_a_panel(in_root, name):
    """On the enterprise zones, every cell as it stands in the notebook; what can be is shown."""
    notebook = nbformat.read(in_root / "notebooks" / "intervention_effect.ipynb", as_version=4)
    shown: list[object] = []
    space = {"display": lambda *plates: shown.extend(plates)}
    for cell in (c for c in notebook.cells if c.cell_type == "code"):
        exec(cell.source, space)  # noqa: S102
        if "parameters" in cell.metadata.get("tags", []):
            space.update(method=name)
    report = space["report"]
    assert report.result.method == name
    assert len(shown) >= 8
    keys = [answer.key for answer in report.robustness.specifications]
    assert headline_key(report.study) in keys
    able = methods.load(name).anticipates
    assert (report.robustness.placebo_time.estimate is not None) is able
    assert isinstance(leave_one_out_figure(report), Figure) is able


def test_a_method_that_cannot_try_an_earlier_start_or_leave_out_regions_says_so():
    """Two-way effects: notes instead of figures, in both languages, and no claim to have held."""
    first = brief_of(study_of(county_world(21, effect=-0.5, regions=60), method="two_way"))
    for language in ("en", "zh"):
        params = first.study.params.model_copy(update={"language": language})
        brief = replace(first, study=replace(first.study, params=params))
        assert brief.robustness.placebo_time.refused == NOT_OFFERED
        assert brief.robustness.leave_one_out is None
        assert isinstance(leave_one_out_figure(brief), Notes)
        assert isinstance(event_time_figure(brief), Notes)
        assert "already_treated" in brief.verdict.overruled
        sentences = " ".join(certainty(brief).points)
        wanted = {"en": "offers no check with a made-up start", "zh": "不提供假想起点检验"}
        assert wanted[language] in sentences


@pytest.mark.parametrize("name", ["event_study", "imputation", "rollout"])
def test_leaving_out_a_region_equals_estimating_without_it(name):
    """Three regions, to 1e-9: an adopter among them."""
    panel, method = county_world(23), methods.load(name)
    # With anticipation the event study gives no relaxations, which are slow.
    options = method.options(anticipation=1)
    result = method.estimate(panel, options, np.random.default_rng(1))
    left_out = {r["region"]: r["value"] for r in result.series["leave_one_out"]}
    treated = panel.adoption[panel.adoption > 0].index[0]
    for code in (treated, panel.regions[0], panel.regions[-1]):
        rest = panel.keep([region for region in panel.regions if region != code])
        alone = method.estimate(rest, options, np.random.default_rng(1))
        assert left_out[code] == pytest.approx(alone.headline.value, abs=1e-9)


def test_the_event_studys_placebo_is_the_staggered_comparisons():
    """The mean of the periods of anticipation, of one and of two; to 1e-12."""
    panel = county_world(24)
    for anticipation in (1, 2):
        values = []
        for name in ("event_study", "did"):
            found = methods.estimate(name, panel, anticipation=anticipation).estimates
            values.append(next(e.value for e in found if e.name == "before"))
        assert values[0] == pytest.approx(values[1], abs=1e-12)


BARE = '''"""A bare number.

References
----------
None.

Words
-----
title: Bare number | 纯数值
line: A bare number | 一个纯数值
"""

from typing import Literal

from analysis.errors import DesignError
from analysis.data.frames.panels.panel import PANEL
from analysis.methods.shared.method import Method
from analysis.methods.shared.options import MethodOptions
from analysis.result import Estimate


class Options(MethodOptions):
    """Options of the method."""

    form: Literal["plain"] = "plain"
    """how it is made

    words: form | 形式
    plain: plain | 普通
    """


def estimate(panel, options, rng):
    """One number, no error, no series."""
    found = Estimate("overall", -0.3, None, -0.5, -0.1, 1)
    return options.result(
        estimand="A number", unit="log points", estimates=(found,), sample=panel.sample
    )


def check(panel, options):
    """At most 36 regions."""
    if len(panel.regions) > 36:
        raise DesignError([])


METHOD = Method(Options, estimate, PANEL, check)
'''


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """A method of one new file, with needs of its own: one number, no error, no series."""
    (tmp_path / "bare.py").write_text(BARE, encoding="utf-8")
    monkeypatch.setattr(methods, "__path__", [*methods.__path__, str(tmp_path)])
    methods.names.cache_clear()
    yield
    methods.names.cache_clear()
    methods.load.cache_clear()
    sys.modules.pop("analysis.methods.bare", None)


def test_a_new_method_needs_no_registration_and_only_does_what_it_can(bare):
    """Its own check of the panel; its name in the figure; a study's power from its interval."""
    study = study_of(county_world(1), method="bare", method_options={"form": "plain"})
    check_panel(study.params, study.panel)
    with pytest.raises(DesignError):
        check_panel(study.params, county_world(1, regions=40))
    first = brief_of(study)
    assert first.robustness.detectable > 0
    wanted = {
        "en": ("With options: a bare number", "Bare number", "form: plain"),
        "zh": ("设选项：一个纯数值", "纯数值", "形式：普通"),
    }
    for language, (way, title, option) in wanted.items():
        params = study.params.model_copy(update={"language": language})
        brief = replace(first, study=replace(study, params=params))
        assert specification_figure(brief).table.rows[0][0] == way
        assert effect_table(brief).data.rows[0][0] == title
        assert option in specification_table(brief).caption
        assert isinstance(event_time_figure(brief), Notes)
        assert summary(brief).points
        assert "bare" in [entry.name for entry in register(language)]
    assert analysis.estimate("bare", study.panel).headline.value == -0.3
    assert "bare" in analysis.methods().index


def test_a_method_that_takes_no_panel_is_refused_with_those_that_do():
    """Ratings have no regions over time; a misspelt name offers the nearest."""
    with pytest.raises(ParamsError, match="'reliability' takes no panel"):
        methods.panel_method("reliability")
    with pytest.raises(ParamsError, match="Did you mean 'imputation'"):
        methods.panel_method("imputaton")
