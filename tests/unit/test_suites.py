"""Suites: globs, matrices, stable ids, and everything wrong at once before anything starts."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from analysis.batch.plan import list_runs, plan
from analysis.batch.suites import expand, further_than
from analysis.cli import commands
from analysis.data.dataset import read_dataset
from analysis.data.regions.hierarchy import upper_regions
from analysis.errors import AnalysisError, ParamsError

ZONES = "intervention_effect/enterprise_zones"


@pytest.fixture
def project(tmp_path, root, monkeypatch) -> Path:
    """The real notebook and data, with one params file."""
    for name in ("notebooks", "params"):
        shutil.copytree(root / name, tmp_path / name)
    shutil.copytree(root / "data" / "enterprise_zones", tmp_path / "data" / "enterprise_zones")
    for file in (tmp_path / "params").glob("[!s]*/*.yml"):
        if file.stem != "enterprise_zones":
            file.unlink()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(project: Path, name: str, **content) -> str:
    """A suite."""
    file = project / "params" / "suites" / f"{name}.yml"
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return name


def ids(suite: str) -> list[str]:
    """What a suite lists."""
    found = expand(suite)
    assert (found.problems, found.refused) == ([], [])
    return [one.report.removeprefix("intervention_effect/") for one in found.reports]


def test_a_params_file_is_found_by_any_path_to_it(project, monkeypatch):
    """From the root, from its own folder, or by its whole path; each is the same report."""
    file = project / "params" / f"{ZONES}.yml"
    for target in (ZONES, f"params/{ZONES}.yml", str(file)):
        found = expand(target)
        assert (found.problems, [one.report for one in found.reports]) == ([], [ZONES])
    monkeypatch.chdir(file.parent)
    said = CliRunner().invoke(commands, ["check", file.name])
    assert said.output.startswith(f"{ZONES} [en]: can run"), said.output


@pytest.mark.parametrize(
    ("folder", "place"), [("intervention_effect", "being intervention_effect"), ("x", "one of ")]
)
def test_a_params_file_elsewhere_is_told_where_it_must_be(project, folder, place):
    """It exists: where it lies says which notebook it is for."""
    file = project / "elsewhere" / folder / "mine.yml"
    file.parent.mkdir(parents=True)
    shutil.copy(project / "params" / f"{ZONES}.yml", file)
    found = expand(str(file))
    (problem,) = found.problems
    assert found.reports == []
    assert problem.what.startswith("lies outside params/")
    assert "params/NOTEBOOK/mine.yml" in problem.remedy
    assert place in problem.remedy


def test_a_name_that_turns_a_line_is_no_name_of_a_report(project):
    """Of a file, and of a matrix; it would name files and stand in the index."""
    file = project / "params" / f"{ZONES}.yml"
    (file.parent / "zo\u202ene.yml").write_bytes(file.read_bytes())
    said = expand(write(project, "mine", reports=["intervention_effect/*"]))
    (problem,) = said.problems
    assert str(problem).startswith("report intervention_effect/zone: has characters in its name")
    matrix = {"report": ZONES, "name": "a\u200bb", "matrix": {"first_period": ["1981", "1982"]}}
    problems = expand(write(project, "mine", reports=[matrix])).problems
    assert all("nobody sees" in problem.what for problem in problems)
    assert problems


def test_a_glob_and_a_matrix_list_reports_with_stable_ids(project):
    """By value, whatever the order of keys; include adds, exclude takes away."""
    matrix = {"seed": [1, 2], "method": ["did", "counts"]}
    suite = write(
        project,
        "s",
        reports=[
            "intervention_effect/enter*",
            {
                "report": ZONES,
                "name": "m",
                "matrix": matrix,
                "include": [{"seed": 9, "method": "did"}],
                "exclude": [{"seed": 2, "method": "counts"}],
            },
        ],
        exclude=["intervention_effect/m-did-1"],
    )
    wanted = ["enterprise_zones", "m-counts-1", "m-did-2", "m-did-9"]
    assert sorted(ids(suite)) == wanted
    matrix_turned = dict(reversed(matrix.items()))
    again = write(project, "t", reports=[{"report": ZONES, "name": "m", "matrix": matrix_turned}])
    assert set(wanted[1:3]) <= set(ids(again))


def test_a_matrix_over_options_of_the_method_has_readable_ids_and_titles(project):
    """Names and values, without the signs of code."""
    options = [{}, {"anticipation": 1}, {"scale": "rate", "covariates": ["a", "b"]}]
    item = {"report": ZONES, "name": "m", "matrix": {"method_options": options}}
    found = expand(write(project, "s", reports=[item]))
    listed = found.reports
    assert found.problems == []
    assert [one.report.removeprefix("intervention_effect/") for one in listed] == [
        *("m-none", "m-anticipation_1", "m-covariates_a_b_scale_rate")
    ]
    assert listed[1].values["title_en"].endswith(" · anticipation 1")


def test_a_matrix_over_regions_names_them_in_each_language(project):
    """All regions of a level, by their codes; titles hold their names."""
    suite = write(
        project, "s", reports=[{"report": ZONES, "matrix": {"region": {"level": "city"}}}]
    )
    listed = expand(suite).reports
    assert len(listed) == 22
    first = next(one for one in listed if one.values["region"] == "IN-03")
    assert first.report == "intervention_effect/enterprise_zones-IN-03"
    assert first.values["title_en"].endswith("· City 3")
    assert first.values["title_zh"].endswith("· 3号城市")
    titled = write(
        project,
        "t",
        reports=[
            {"report": ZONES, "set": {"title_en": "In {region}"}, "matrix": {"region": ["IN-03"]}}
        ],
    )
    assert expand(titled).reports[0].values["title_en"] == "In City 3"


def test_all_regions_are_those_with_regions_below_them(root):
    """Cities by parent or by GB/T 2260; where there are none, every region."""
    table = read_dataset(root / "data/enterprise_zones", ["regions"]).tables["regions"]
    assert len(upper_regions(table)) == 22
    counties = table.assign(region_code=[f"3701{n:02d}" for n in range(1, 23)])
    assert upper_regions(counties) == ["370100"]
    assert upper_regions(table.assign(parent_code="P")) == ["P"]


def test_everything_wrong_in_suites_is_listed_at_once(project):
    """Misspelt suite, empty glob, key that is no parameter, one id twice, a missing table."""
    for name, seed in (("a", 1), ("b", 2)):
        write(
            project,
            name,
            reports=[
                {"report": ZONES, "name": "same", "matrix": {"level": [0.9]}, "set": {"seed": seed}}
            ],
        )
    write(
        project,
        "wrong",
        reports=[
            "intervention_effect/none*",
            {"report": ZONES, "matrix": {"exposre": ["a"]}},
            {"report": ZONES, "name": "p", "matrix": {"exposure": ["population"]}},
        ],
        exclude=["intervention_effect/nothing"],
    )
    with pytest.raises(AnalysisError) as caught:
        plan(["defalt", "a", "b", "wrong"])
    message = str(caught.value)
    for part in (
        "suite defalt: does not exist. Did you mean 'default'?",
        "lists 'intervention_effect/none*', which matches no report",
        "exposre: is not a parameter of this notebook. Did you mean 'exposure'?",
        "report intervention_effect/same-0.9: stands for two runs with different parameters",
        "p-population: table exposures: is needed by this report",
        "excludes 'intervention_effect/nothing', which it does not list",
    ):
        assert part in message
    assert not (project / "build").exists()


@pytest.mark.parametrize("name", [ZONES, "suites/default"])
def test_a_key_that_stands_twice_is_refused_with_its_row(project, name):
    """In params and in suites, of which YAML would silently take the last."""
    file = project / "params" / f"{name}.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(f"{text.rstrip()}\n{text.splitlines()[-1]}\n", encoding="utf-8")
    with pytest.raises(ParamsError, match=rf"{file.name}, row \d+: repeats a key") as caught:
        plan([name])
    assert caught.value.exit_code == 10


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"dataset": "postgresql://user:hunter2@server/db"}, True),
        ({"title_en": "password=hunter2"}, True),
        ({"title_en": "sk-abcdefghijklmnopqrstuv"}, True),
        ({"title_en": "Token economy in county courts"}, False),
    ],
)
def test_a_secret_in_params_is_refused_without_being_repeated(project, values, refused):
    """All parameters are published."""
    file = project / "params" / f"{ZONES}.yml"
    file.write_text(yaml.safe_dump({**yaml.safe_load(file.read_text()), **values}))
    text = "".join(str(one.error) for one in list_runs([ZONES]).refused)
    assert ("looks like a password or a key" in text) == refused
    assert "hunter2" not in text


def test_hundreds_of_runs_are_planned_in_a_moment(project):
    """Data are read and checked once; the machine may be busy, so half is the allowance."""
    levels = [round(0.9 + n / 1000, 3) for n in range(75)]
    suite = write(
        project, "s", reports=[{"report": ZONES, "matrix": {"level": levels, "seed": [1, 2]}}]
    )
    plan([ZONES])
    started = time.process_time()
    assert len(plan([suite])) == 300
    assert time.process_time() - started < 1.5


def test_the_default_suite_says_what_is_not_here(project):
    """By titles in each language; nothing once all are, or where there is no such suite."""
    write(project, "default", reports=[ZONES, {"report": ZONES, "matrix": {"seed": [2]}}])
    ((other, titles),) = further_than([ZONES]).items()
    assert other.startswith(f"{ZONES}-")
    assert set(titles) == {"en", "zh"}
    assert further_than([ZONES, other]) == {}
    (project / "params/suites/default.yml").unlink()
    assert further_than([]) == {}


def test_the_first_suite_is_part_of_the_default_one(in_root):
    """Real data first, two minutes at most: so many reports."""
    first, every = (expand(name).reports for name in ("first", "default"))
    names = [one.report for one in first]
    assert {*names} < {one.report for one in every}
    assert 6 <= len(names) <= 10
    simulated = ["simulated" in str(one.values.get("dataset", "simulated")) for one in first]
    assert simulated == sorted(simulated)
