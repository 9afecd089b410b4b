"""The reports as a reader gets them: executed, published, and opened in a browser."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import cycle
from pathlib import Path

import nbformat
import pytest
import yaml
from filelock import FileLock

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "publish"))
import browser

from words import broken, spaced, texts

pytestmark = pytest.mark.notebooks


def one_of_each(root: Path) -> list[str]:
    """The first report of each notebook, of one the first on simulated data, too.

    All those on simulated data are read in ``test_verdicts``.
    """
    suite = yaml.safe_load((root / "params/suites/default.yml").read_text(encoding="utf-8"))
    found: dict[tuple[str, bool], str] = {}
    for report in suite["reports"]:
        notebook = report.split("/")[0]
        text = (root / f"params/{report}.yml").read_text(encoding="utf-8")
        simulated = notebook == "intervention_effect" and "data/simulated" in text
        found.setdefault((notebook, simulated), report)
    return list(found.values())


@pytest.fixture(scope="module")
def site(root, tmp_path_factory) -> Path:
    """A suite of the tests' own, run and published by the command of ``make``.

    Tests of two processes share it.
    """
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared
    folder, site = shared / "tested-suite", shared / "tested-suite/build/site"
    with FileLock(shared / "tested-suite.lock"):
        if not site.exists():
            (folder / "params/suites").mkdir(parents=True)
            for name in ("notebooks", "data"):
                (folder / name).symlink_to(root / name)
            for kind in (root / "params").iterdir():
                if kind.name != "suites":
                    (folder / "params" / kind.name).symlink_to(kind)
            suite = yaml.safe_dump({"reports": one_of_each(root), "languages": ["en", "zh"]})
            (folder / "params/suites/tested.yml").write_text(suite, encoding="utf-8")
            command = [sys.executable, "-m", "analysis", "run", "tested", "--publish"]
            ended = subprocess.run(
                command, check=False, cwd=folder, capture_output=True, text=True, timeout=900
            )
            assert ended.returncode == 0, ended.stderr
    return site


def test_every_report_is_published_in_both_languages(site):
    """Pages and indexes."""
    pages = {file.name for file in site.glob("*.html")}
    for name in ("enterprise_zones", "reverse_assessment"):
        for language in ("en", "zh"):
            assert f"intervention_effect-{name}.{language}.html" in pages
    assert {"index.html", "index.zh.html"} <= pages


def test_pages_keep_to_the_terms_and_write_figures_as_chinese_does(site):
    """Every text and alternative text; the register of methods quotes the code's own English."""
    found = {}
    for file in site.glob("*.html"):
        read = texts(file.read_text(encoding="utf-8"))
        register = file.name.startswith("methods")
        found[file.name] = {word for text in read for word in broken(text, chinese_only=register)}
        found[file.name] |= {place for text in read for place in spaced(text)}
    assert {name: words for name, words in found.items() if words} == {}


def test_only_the_simulated_report_says_that_it_is(site):
    """Banner on every page of invented numbers, and on no other."""
    for file in site.glob("intervention_effect-*.en.html"):
        text = file.read_text(encoding="utf-8")
        assert ("SIMULATED DATA" in text) == ("reverse_assessment" in file.name)


def views(site: Path) -> dict[str, list[tuple[str, str]]]:
    """All views of the index and of a notebook's shortest page; of each other one view in turn.

    The parts of a notebook's pages are the same in every report, and axe takes seconds a view.
    Notebooks are looked at in all views in English and in Chinese in turn.
    """
    files = sorted(site.glob("*.html"), key=lambda file: (file.stat().st_size, file.name))
    names = [file.name for file in files]
    notebooks = sorted({name.partition("-")[0] for name in names if "-" in name})
    chosen = dict(zip(notebooks, cycle(("en", "zh")), strict=False))
    turn = cycle(browser.VIEWS)
    found = {}
    for name in names:
        notebook, _, report = name.removesuffix(".html").partition("-")
        whole = notebook.startswith("index") or chosen.get(notebook) == report[-2:]
        if report and whole:
            del chosen[notebook]
        found[name] = browser.VIEWS if whole else [next(turn)]
    return found


def test_every_notebook_and_every_view_is_looked_at(site):
    """Each notebook in all views, half of them in Chinese; of other pages each view somewhere."""
    looked = views(site)
    whole = {page for page, seen in looked.items() if seen == browser.VIEWS}
    assert {"index.html", "index.zh.html"} <= whole
    reports = [page for page in whole if "-" in page]
    assert {page.partition("-")[0] for page in looked if "-" in page} == {
        page.partition("-")[0] for page in reports
    }
    chinese = sum(page.endswith(".zh.html") for page in reports)
    assert abs(len(reports) - 2 * chinese) <= 1
    assert {seen[0] for page, seen in looked.items() if page not in whole} == set(browser.VIEWS)


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_passes_in_a_browser(site, width):
    """No axe violation, request, console error, wrong language, missing words or overflow."""
    if browser.CHROMIUM is None:
        assert not browser.required(), "there is no Chromium on this build server"
        pytest.skip("there is no Chromium here")
    looked = views(site)
    assert len(looked) >= 6
    # Where a page is looked at in one view only, axe sees it at one width, each in turn.
    turn = cycle((1280, 390))
    apart = {name: width != next(turn) for name, seen in looked.items() if len(seen) == 1}
    with browser.started() as chromium:
        problems = {
            name: browser.check_page(
                site / name,
                width,
                seen,
                whole=False,
                with_axe=not apart.get(name, False),
                browser=chromium,
            )
            for name, seen in looked.items()
        }
    assert {name: found for name, found in problems.items() if found} == {}


def test_plain_papermill_is_enough(root, tmp_path):
    """The command of the README, without our runner."""
    output = tmp_path / "out.ipynb"
    subprocess.run(
        [
            sys.executable,
            "-m",
            "papermill",
            "notebooks/intervention_effect.ipynb",
            str(output),
            "-f",
            "params/intervention_effect/enterprise_zones.yml",
            "--no-progress-bar",
        ],
        cwd=root,
        check=True,
        capture_output=True,
        timeout=300,
    )
    last = nbformat.read(output, as_version=4).cells[-1].outputs[-1]
    record = last["data"]["application/vnd.analysis.end+json"]
    assert record["facts"]["relative_percent"][0] == -9.2


def test_a_notebook_runs_from_its_own_folder_as_in_jupyterlab(root, tmp_path):
    """JupyterLab starts a kernel in ``notebooks/``; datasets are found all the same."""
    output = tmp_path / "out.ipynb"
    subprocess.run(
        [
            sys.executable,
            "-m",
            "papermill",
            "intervention_effect.ipynb",
            str(output),
            "--no-progress-bar",
            "--cwd",
            str(root / "notebooks"),
        ],
        cwd=root / "notebooks",
        check=True,
        capture_output=True,
        timeout=300,
    )
    outputs = [o for c in nbformat.read(output, as_version=4).cells for o in c.get("outputs", [])]
    shown = [o for o in outputs if "text/html" in o.get("data", {})]
    assert len(shown) >= 10
    assert json.dumps(shown[0]["data"])
