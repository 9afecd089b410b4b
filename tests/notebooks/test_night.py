"""A night of good reports and a bad one: what is wrong with one report fails that report alone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import nbformat
import pytest
import yaml

from suite import analysis, change, small_project

pytestmark = pytest.mark.notebooks
BAD = "intervention_effect/bad"
BREAK = """
if seed == 13:
    os._exit(1)
if seed == 14:
    raise ValueError("a cell: 13812345678")
if seed == 15:
    print("what is printed is no page")
"""


@pytest.fixture
def project(tmp_path, root) -> Path:
    """Two good reports and one with settings and data of its own, in a suite."""
    folder = small_project(tmp_path, root, range(1, 3))
    file = folder / "notebooks/intervention_effect.ipynb"
    notebook = nbformat.read(file, as_version=4)
    notebook.cells[-2].source += BREAK
    nbformat.write(notebook, file)
    shutil.copytree(folder / "data/enterprise_zones", folder / "data/bad_zones")
    settings(folder)
    suite = folder / "params/suites/all.yml"
    listed = yaml.safe_load(suite.read_text(encoding="utf-8"))
    listed["reports"].append(BAD)
    suite.write_text(yaml.safe_dump(listed), encoding="utf-8")
    return folder


def settings(folder: Path, **values: object) -> None:
    """The params of the report that goes wrong."""
    base = yaml.safe_load((folder / "params/intervention_effect/enterprise_zones.yml").read_text())
    text = yaml.safe_dump({**base, "dataset": "data/bad_zones", **values}, allow_unicode=True)
    (folder / f"params/{BAD}.yml").write_text(text, encoding="utf-8")


def one_cell_below_zero(folder: Path) -> None:
    """In the data of the bad report."""
    change(folder, "data/bad_zones/outcomes.csv", "166746", "-3")


def broken_yaml(folder: Path) -> None:
    """A params file that holds no YAML."""
    (folder / f"params/{BAD}.yml").write_text("outcome: [a\n", encoding="utf-8")


CAUSES = {
    "a cell below zero": (one_cell_below_zero, 11, "row 2: is below 0"),
    "no period before the start": (lambda f: settings(f, first_period="1984"), 12, "start"),
    "one region only": (lambda f: settings(f, region="IN-03"), 12, ""),
    "a params file that is broken": (broken_yaml, 10, "bad.yml"),
    "a misspelt parameter": (lambda f: settings(f, sede=1), 10, "Did you mean 'seed'?"),
    "a kernel that dies": (lambda f: settings(f, seed=13), 14, "the kernel died"),
    "an exception in a cell": (lambda f: settings(f, seed=14), 14, "ValueError"),
    "a page that is refused": (lambda f: settings(f, seed=15), 15, "printed to"),
}
NOTICE = {
    10: ("the settings of this report were refused", "本报告的设置未被接受"),
    11: ("the data hold something that cannot be right", "数据中有不可能正确的内容"),
    12: ("the data cannot carry this comparison", "数据不足以支持这一比较"),
    14: ("the latest run broke off", "最近一次运行中断"),
    15: ("a check before publication refused the new page", "新页面未通过发布前的检查"),
}


RENEWED = ("a cell below zero", "a kernel that dies", "a page that is refused")
"""Nights on which the others are due: refused before a kernel, in one, and after it."""


def text_of(folder: Path, name: str) -> str:
    """A file of the site."""
    return (folder / "build/site" / name).read_text(encoding="utf-8")


def night(folder: Path, check: int, *options: str) -> str:
    """One run as a schedule makes it."""
    options = ("--publish", "--quiet", "--retries", "0", *options)
    return analysis(folder, "run", "all", *options, check=check)


def test_whatever_is_wrong_with_one_report_fails_it_alone(project):
    """In history, on its old page, in the index and in the state of the reports, in both languages.

    The other reports stay, and where their own data changed, too, run and are published.
    """
    night(project, 0)
    good = shutil.copytree(project / "data/bad_zones", project / "kept")
    counts = iter(range(166747, 166800))
    count = 166746
    for name, (damage, code, said) in CAUSES.items():
        shutil.copytree(good, project / "data/bad_zones", dirs_exist_ok=True)
        settings(project)
        damage(project)
        if name in RENEWED:
            before, count = count, next(counts)
            change(project, "data/enterprise_zones/outcomes.csv", str(before), str(count))
        told = night(project, 15 if code == 15 else 14)
        assert said in told, name
        for page, words in zip(("en", "zh"), NOTICE[code], strict=True):
            assert words in text_of(project, f"intervention_effect-bad.{page}.html"), name
            index = "index.html" if page == "en" else "index.zh.html"
            assert words in text_of(project, index), name
            assert "13812345678" not in text_of(project, index)
        total = json.loads(
            (project / "build/runs/intervention_effect/r-1/en/result.json").read_text()
        )["facts"]["total"]
        assert f"Total {total}" in text_of(project, "intervention_effect-r-1.en.html"), name
        assert "Not updated" not in text_of(project, "intervention_effect-r-1.en.html"), name
        state = json.loads(text_of(project, "status.json"))
        assert state["next"] == [BAD], name
        assert [one["code"] for one in state["reports"]] == [code, 0, 0], name
        assert state["last_run"]["failed"] == [BAD], name
        assert "13812345678" not in text_of(project, "status.html")
        listed = analysis(project, "history", "list", BAD)
        assert "failed" in listed or "page refused" in listed.splitlines()[0], name
    settings(project)
    night(project, 0)
    assert "Not updated" not in text_of(project, "intervention_effect-bad.en.html")
    assert json.loads(text_of(project, "status.json"))["next"] == []


def test_an_exception_of_the_program_is_one_report_too_and_repeats_no_cell(project, monkeypatch):
    """While it is planned, and while its page is made; the traceback is kept for maintainers."""
    from analysis.publish.site import one_report
    from analysis.reports.intervention_effect import question

    ask, name = question.ask, one_report.page_name

    def stop_asking(data, params):
        if params.dataset.endswith("bad_zones"):
            raise TypeError("13812345678")
        return ask(data, params)

    def stop_naming(folder):
        if folder.name == "bad":
            raise KeyError("13812345678")
        return name(folder)

    with monkeypatch.context() as patched:
        patched.setattr(question, "ask", stop_asking)
        told = night(project, 14)
    assert "stopped at an error of the program (TypeError" in told
    assert "13812345678" not in told
    run = project / "build/runs" / BAD / "en"
    assert "TypeError: 13812345678" in (run / "traceback.txt").read_text(encoding="utf-8")
    state = json.loads(text_of(project, "status.json"))["reports"]
    assert [(one["report"], one["state"]) for one in state if one["code"]] == [(BAD, "failed")]
    assert (project / "build/site/intervention_effect-r-1.en.html").is_file()
    with monkeypatch.context() as patched:
        patched.setattr(one_report, "page_name", stop_naming)
        told = night(project, 15)
    assert "KeyError" in told
    assert "13812345678" not in told


def test_strict_refuses_all_and_nothing_starts(project):
    """With the code of the refusal, and every problem."""
    one_cell_below_zero(project)
    assert "is below 0" in night(project, 11, "--strict")
    assert not (project / "build/runs").exists()


def test_where_nothing_can_run_the_code_is_that_of_the_refusal(project):
    """A dry run ends with the same."""
    broken_yaml(project)
    assert "bad.yml" in analysis(project, "run", BAD, "--dry-run", check=10)
    assert "bad.yml" in analysis(project, "run", BAD, check=10)


def test_failed_experiments_outside_the_suite_do_not_fail_the_night(project):
    """They stay in the state of the reports, and the code speaks of the targets only."""
    settings(project, seed=14)
    analysis(project, "run", BAD, "--quiet", "--retries", "0", check=14)
    write = project / "params/suites/all.yml"
    listed = yaml.safe_load(write.read_text(encoding="utf-8"))
    listed["reports"].remove(BAD)
    write.write_text(yaml.safe_dump({**listed, "languages": ["en"]}), encoding="utf-8")
    told = night(project, 0)
    assert "1 other reports are not up to date" in told
    assert json.loads(text_of(project, "status.json"))["next"] == [BAD]
    names = {file.name for file in (project / "build/site").iterdir()}
    assert "intervention_effect-r-1.en.html" in names
    assert "intervention_effect-r-1.zh.html" not in names
