"""The runner: everything wrong refused before a kernel starts, a failure stops only its own."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import nbformat
import pytest
import yaml
from click.testing import CliRunner

from analysis.batch.lock import changed_since_last_run, one_run_at_a_time
from analysis.batch.plan import plan
from analysis.errors import AnalysisError
from suite import executed


@pytest.fixture
def project(tmp_path, root, monkeypatch) -> Path:
    """A small project with the real notebook, data and params, in which to break things."""
    for name in ("notebooks", "params"):
        shutil.copytree(root / name, tmp_path / name)
    shutil.copytree(root / "data" / "enterprise_zones", tmp_path / "data" / "enterprise_zones")
    for simulated in tmp_path.glob("params/intervention_effect/reverse_assessment*.yml"):
        simulated.unlink()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_params(project: Path, name: str, **values) -> str:
    """A params file; returns the report's name."""
    file = project / "params" / "intervention_effect" / f"{name}.yml"
    file.write_text(yaml.safe_dump(values), encoding="utf-8")
    return f"intervention_effect/{name}"


def test_every_problem_of_every_report_is_listed_before_anything_starts(project):
    """Misspelt key, wrong type, unknown region, unknown intervention, missing dataset, a date."""
    import datetime as dt

    targets = [
        write_params(project, "a", smalest_effect=0.1, level="high"),
        write_params(project, "b", exclude_regions=["IN-77"], intervention="enterprise_zoner"),
        write_params(project, "c", dataset="data/enterprise_zone"),
        write_params(project, "d", first_period=dt.date(1980, 1, 1)),
    ]
    with pytest.raises(AnalysisError) as caught:
        plan(targets)
    message = str(caught.value)
    assert "6 problems" in message
    for part in (
        "smalest_effect",
        "Did you mean 'smallest_effect'",
        "level",
        "IN-77",
        "Did you mean 'enterprise_zone'",
        "Put the value in quotation marks",
    ):
        assert part in message
    assert not (project / "build").exists()


def test_an_impossible_design_is_refused_before_anything_starts(project):
    """No period before the first start."""
    target = write_params(project, "late", first_period="1984")
    with pytest.raises(AnalysisError, match=r"starts in no region|periods before the start"):
        plan([target])


def test_a_misspelt_report_or_suite_offers_the_nearest(project):
    """By name."""
    with pytest.raises(AnalysisError, match="Did you mean 'intervention_effect/enterprise_zones'"):
        plan(["intervention_effect/enterprise_zone"])
    with pytest.raises(AnalysisError, match="Did you mean 'default'"):
        plan(["defalt"])


def small_notebook(project: Path, *sources: str) -> None:
    """Replace the notebook's body, keeping its parameters cell."""
    file = project / "notebooks" / "intervention_effect.ipynb"
    notebook = nbformat.read(file, as_version=4)
    first = next(c for c in notebook.cells if "parameters" in c.metadata.get("tags", []))
    notebook.cells = [first, *(nbformat.v4.new_code_cell(source) for source in sources)]
    nbformat.write(notebook, file)


END = """from analysis.page.plates import End
End(key="end", language=language, simulated=True, verdict="cannot_tell",
    facts={"regions": exclude_regions, "first": first_period})"""


@pytest.mark.notebooks
def test_a_failure_stops_only_its_own_and_region_codes_survive(project):
    """One run raises, one has no end record, one succeeds with its codes as text."""
    small_notebook(
        project,
        "if seed == 2: raise ValueError('broken')",
        f"if seed != 3: pass\n{END}" if False else "record = seed != 3",
        "assert isinstance(exclude_regions, list)",
        END.replace("End(key", "None if not record else End(key"),
    )
    (project / "data/enterprise_zones/regions.csv").write_text(
        (project / "data/enterprise_zones/regions.csv").read_text() + "010010,X,甲,city,\n"
    )
    targets = [
        write_params(project, f"r{seed}", seed=seed, exclude_regions=["010010"])
        for seed in (1, 2, 3)
    ]
    statuses = executed(plan(targets, ("en",)))
    by_name = {status.report[-2:]: status for status in statuses}
    assert by_name["r1"].done
    assert not by_name["r2"].done
    assert "ValueError: broken" in by_name["r2"].error
    assert not by_name["r3"].done
    assert "no end-of-notebook record" in by_name["r3"].error
    folder = project / "build/runs/intervention_effect/r1/en"
    assert json.loads((folder / "result.json").read_text())["facts"]["regions"] == ["010010"]
    assert not (project / "build/runs/intervention_effect/r2/en/result.json").exists()
    assert json.loads((folder / "status.json").read_text())["status"] == "done"


def command(*arguments: str):
    """Run the command line; returns its result."""
    from analysis.cli import commands

    return CliRunner().invoke(commands, list(arguments))


@pytest.mark.parametrize(
    ("values", "code", "words"),
    [
        ({"seed": "one"}, 10, "Parameters refused"),
        ({"first_period": "1983"}, 0, "can run"),
        ({"first_period": "1984"}, 12, "Comparison refused"),
    ],
)
def test_an_error_becomes_an_exit_code(project, values, code, words):
    """10 params, 12 design, 0 fine."""
    target = write_params(project, "x", **values)
    result = command("check", target)
    assert result.exit_code == code, result.output
    assert any(word in result.output for word in words.split("|"))


def test_counts_that_give_no_ratio_are_refused_before_a_kernel(project):
    """All zero once a region has adopted: the method would refuse it in a cell."""
    import pandas as pd

    zones = project / "data/enterprise_zones"
    file = zones / "outcomes.csv"
    rows, starts = pd.read_csv(file), pd.read_csv(zones / "interventions.csv")
    began = starts.set_index("region_code")["started_on"].str[:4].astype(int)
    adopted = rows["period"] >= rows["region_code"].map(began).fillna(9999)
    assert adopted.sum() > 10
    rows.loc[adopted, "count"] = 0
    rows.to_csv(file, index=False)
    result = command("check", write_params(project, "x", method="counts"))
    assert result.exit_code == 12, result.output
    assert "are all zero since adoption" in result.output


def test_a_broken_dataset_exits_with_eleven(project):
    """Contract."""
    file = project / "data/enterprise_zones/outcomes.csv"
    file.write_text(file.read_text().replace("166746", "-1"))
    result = command("check", "data/enterprise_zones")
    assert result.exit_code == 11
    assert "row 2: is below 0" in result.output


def test_outside_a_project_the_command_says_so(tmp_path, monkeypatch):
    """No params, no notebooks."""
    monkeypatch.chdir(tmp_path)
    result = command("check", "default")
    assert result.exit_code == 10
    assert "is not inside a project" in result.output


def test_methods_are_listed_one_line_each():
    """By name, with the first line of the docstring."""
    lines = command("methods").output.splitlines()
    from analysis.methods import names

    assert [line.split()[0] for line in lines] == list(names())
    assert all(len(line) > 40 for line in lines)


def test_what_was_touched_since_the_last_run_is_told_by_its_lock(project):
    """A hint that a process may begin its imports; young files, new ones, and none there."""
    assert changed_since_last_run()
    with one_run_at_a_time():
        assert not changed_since_last_run()
    params = project / "params" / "intervention_effect" / "enterprise_zones.yml"
    for change in (params.touch, (project / "data" / "more").mkdir, params.unlink):
        assert not changed_since_last_run()
        time.sleep(0.02)
        change()
        assert changed_since_last_run()
        with one_run_at_a_time():
            pass
    shutil.rmtree(project / "notebooks")
    assert not changed_since_last_run()
