"""Content keys and kept results: what makes a run necessary, and what two languages share."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis import digest, methods, result, stored
from analysis.batch.history import causes
from analysis.batch.keys import Keys
from analysis.batch.plan import Run
from analysis.data.dataset import read_dataset
from analysis.data.fingerprint import Prints, changed_rows, data_read
from analysis.data.frames.study import build_study, tables_needed
from analysis.errors import ParamsError
from analysis.reports.intervention_effect.params import InterventionEffectParams
from analysis.result import Estimate
from analysis.verdicts import robustness
from analysis.verdicts.robustness import Answer


@pytest.fixture
def project(tmp_path, root, monkeypatch) -> Path:
    """Notebook and real data."""
    shutil.copytree(root / "notebooks", tmp_path / "notebooks")
    shutil.copytree(root / "data" / "enterprise_zones", tmp_path / "data" / "enterprise_zones")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run_of(**values) -> Run:
    """A run of the enterprise zones."""
    params = InterventionEffectParams(**values)
    return Run("intervention_effect/x", params.language, values, params)


def key(run: Run) -> str:
    """A run's key, seen afresh."""
    return Keys().parts(run).key


def change(file: Path, old: str, new: str) -> None:
    """Change one place in a file."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_key_changes_with_each_of_its_parts_and_with_nothing_else(project):
    """Notebook, parameter, data, source, environment, language."""
    before = key(run_of())
    assert key(run_of()) == before
    assert key(run_of(seed=2)) != before
    assert key(run_of(language="zh")) != before
    parts = Keys().parts(run_of())
    assert replace(parts, code={**parts.code, "stats/panels/course.py": "0"}).key != before
    assert replace(parts, environment={**parts.environment, "numpy": "1"}).key != before
    (project / "data/enterprise_zones/notes.txt").write_text("not a table")
    assert key(run_of()) == before
    change(project / "data/enterprise_zones/outcomes.csv", "166746", "166747")
    assert key(run_of()) != before
    change(project / "data/enterprise_zones/outcomes.csv", "166747", "166746")
    assert key(run_of()) == before
    change(project / "notebooks/intervention_effect.ipynb", "Points before", "The points before")
    assert key(run_of()) != before


def test_the_source_of_the_key_is_what_a_notebook_can_import():
    """Methods and words, but not the runner or the page's template."""
    names = digest.source(*digest.ABOVE)
    assert {"methods/did.py", "page/locale/zh/report.po", "stored.py"} <= names.keys()
    assert not [name for name in names if name.startswith(("batch/", "publish/", "cli"))]


def province(project: Path) -> Path:
    """Two cities of counties, by code."""
    folder = project / "data" / "two_cities"
    folder.mkdir(parents=True)
    codes = [f"99{city:02d}{county:02d}" for city in (1, 2) for county in (1, 2, 3)]
    rows = "".join(f"{c},N{c},名{c},county,\n" for c in codes)
    (folder / "regions.csv").write_text(f"region_code,name_en,name_zh,level,parent_code\n{rows}")
    rows = "".join(f"{c},{y},complaint,{10 + y % 7}\n" for c in codes for y in range(2010, 2016))
    (folder / "outcomes.csv").write_text(f"region_code,period,outcome,count\n{rows}")
    rows = "".join(f"{c},reform,2013-01-01\n" for c in codes if c.endswith("1"))
    (folder / "interventions.csv").write_text(f"region_code,intervention,started_on\n{rows}")
    about = "title: {en: T, zh: T}\nstatus: simulated\nlicence: X\norigin: Y\n"
    (folder / "dataset.yml").write_text(about)
    return folder


def test_data_of_one_county_concern_its_city_and_what_pools_all(project):
    """The other city's key stays."""
    folder = province(project)
    runs = [run_of(dataset="data/two_cities", region=r) for r in ("990100", "990200", "")]
    before = [key(run) for run in runs]
    change(folder / "outcomes.csv", "990102,2011,complaint,12", "990102,2011,complaint,13")
    after = [key(run) for run in runs]
    assert [a != b for a, b in zip(before, after, strict=True)] == [True, False, True]


def test_a_restricted_question_reads_the_rows_of_its_region_only(project):
    """Panel and refusal; a region unknown offers the nearest."""
    province(project)
    params = InterventionEffectParams(
        dataset="data/two_cities", region="990200", intervention="reform", outcome="complaint"
    )
    dataset = read_dataset(params.dataset, tables_needed(params))
    assert build_study(dataset, params).panel.regions == ("990201", "990202", "990203")
    with pytest.raises(ParamsError, match="region"):
        build_study(dataset, params.model_copy(update={"region": "980100"}))


def test_the_rows_that_changed_are_counted(project):
    """One changed, one added: one row left and two came, of that region only."""
    folder, prints = province(project), Prints(project / "prints")
    rows = folder / "interventions.csv"
    old = data_read(str(folder), {"interventions"}, "", prints)["interventions"]
    change(rows, "990101,reform,2013-01-01", "990101,reform,2014-01-01\n990102,reform,2013-01-01")
    prints = Prints(project / "prints")
    new = data_read(str(folder), {"interventions"}, "", prints)["interventions"]
    assert (old["rows"], new["rows"]) == (2, 3)
    assert changed_rows(prints, old["sha256"], new["sha256"]) == (1, 2)
    assert changed_rows(prints, "unknown", new["sha256"]) is None


@pytest.fixture
def study(root):
    """The enterprise zones."""
    params = InterventionEffectParams(dataset=str(root / "data/enterprise_zones"))
    return build_study(read_dataset(params.dataset, tables_needed(params)), params)


def test_the_second_language_does_not_estimate_and_gets_the_same(study, tmp_path, monkeypatch):
    """To the byte, whether computed, kept or read back."""
    plain = robustness.estimate_headline(study)
    rest = robustness.examine(study, plain)
    monkeypatch.setenv(stored.FOLDER, str(tmp_path / "results"))
    first = robustness.estimate_headline(study)
    examined = robustness.examine(study, first)

    def never(*_: object) -> None:
        raise AssertionError("was estimated again")

    monkeypatch.setattr(methods, "load", never)
    chinese = replace(study, params=study.params.model_copy(update={"language": "zh"}))
    second = robustness.estimate_headline(chinese)
    assert second == first
    assert plain.to_json() == first.to_json() == second.to_json()
    assert robustness.examine(chinese, second) == examined
    assert result.plain(examined) == result.plain(rest)


def test_other_data_never_find_a_kept_result(study, tmp_path, monkeypatch):
    """The counts of one period differ, in the panel only."""
    monkeypatch.setenv(stored.FOLDER, str(tmp_path / "results"))
    first = robustness.estimate_headline(study)
    frame = study.panel.frame.copy()
    frame.loc[frame["period"] == frame["period"].max(), "count"] += 1.0
    other = replace(study, panel=replace(study.panel, frame=frame))
    assert robustness.estimate_headline(other).headline.value != first.headline.value


@pytest.mark.parametrize("damage", ["", "{}", "[1]", '{"digest": "0", "content": 1}'])
def test_a_damaged_kept_result_is_computed_anew(study, tmp_path, monkeypatch, damage):
    """Cut off, empty, of another kind, or not what it says."""
    monkeypatch.setenv(stored.FOLDER, str(tmp_path))
    first = robustness.estimate_headline(study)
    (file,) = tmp_path.glob("headline-*.json")
    file.write_text(damage)
    assert robustness.estimate_headline(study) == first
    assert json.loads(file.read_text().partition("\n")[2])["method"] == "counts"


def test_only_plain_values_are_kept(tmp_path):
    """None stays so, numbers of numpy are plain numbers; a frame is refused."""
    answer = Answer("a", "did", Estimate("overall", np.float64(0.1), None, support=np.int64(3)))
    stored.write(tmp_path / "kept", (answer, answer))
    back, again = stored.read(tmp_path / "kept", tuple[Answer, Answer])
    assert back.estimate.standard_error is None
    assert (back.estimate.value, back.estimate.support) == (0.1, 3)
    assert replace(back, estimate=None) == replace(again, estimate=None)
    with pytest.raises(ValueError, match="cannot keep a DataFrame"):
        stored.write(tmp_path / "kept", {"frame": pd.DataFrame()})


def test_a_parameter_that_came_with_the_code_is_no_cause_unless_it_says_anything(project):
    """An empty list of options no reader set; one that was set is a cause."""
    new = Keys().parts(run_of())
    old = replace(new, params={k: v for k, v in new.params.items() if k != "method_options"})
    assert causes(old, new, Prints(Path("prints")))["params"] == []
    said = Keys().parts(run_of(method_options={"anticipation": 1}))
    assert causes(old, said, Prints(Path("prints")))["params"] == ["method_options"]
    assert causes(new, said, Prints(Path("prints")))["params"] == ["method_options"]
