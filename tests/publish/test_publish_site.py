"""The site: what ran well is published, what failed keeps its last good page."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest
import samples

from analysis import methods
from analysis.data.tables import TABLES
from analysis.errors import PublishError
from analysis.methods.shared.options import meaning
from analysis.page.text import slug
from analysis.publish.site import record, workers
from analysis.publish.site.build import publish
from analysis.publish.site.lists.library import KINDS

ROOT = Path(__file__).parents[2]


def states(outcomes):
    """Report to state."""
    return {outcome.report: outcome.state for outcome in outcomes}


def content(folder):
    """Every file of a folder with its bytes."""
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def test_both_languages_and_two_indexes_are_written(tmp_path):
    """A good report gives two pages, listed in two indexes."""
    samples.write_report(tmp_path / "runs")
    outcomes = publish(tmp_path / "runs", tmp_path / "site")
    assert states(outcomes) == {"effect/zones": "published"}
    own = {f"{kind}{end}" for kind in KINDS for end in (".html", ".zh.html")}
    assert set(content(tmp_path / "site")) == own | {
        "effect-zones.en.html",
        "effect-zones.zh.html",
        "evidence.csv",
        "evidence.json",
        "feed.en.xml",
        "feed.zh.xml",
        "pages.json",
        "rested.json",
        "status.html",
        "status.json",
        "status.zh.html",
    }
    for language, index in (("en", "index.html"), ("zh", "index.zh.html")):
        text = (tmp_path / "site" / index).read_text(encoding="utf-8")
        assert samples.WORDS[language]["title"] in text
        assert samples.WORDS[language]["verdict"] in text
        assert 'href="effect-zones.zh.html"' in text
        assert "badge-simulated" in text.split("</style>")[1]


def test_pages_made_by_other_processes_are_the_same(tmp_path, monkeypatch):
    """Of good reports and a bad one between them; also where such a process dies."""
    for name in ("effect/a", "effect/b", "effect/c"):
        samples.write_report(tmp_path / "runs", name)
    (tmp_path / "runs/effect/b/en/notebook.ipynb").write_text("{}", encoding="utf-8")
    alone = publish(tmp_path / "runs", tmp_path / "alone")
    assert states(alone) == {"effect/a": "published", "effect/b": "failed", "effect/c": "published"}
    monkeypatch.setattr(workers, "MANY", 2)
    assert publish(tmp_path / "runs", tmp_path / "together") == alone
    assert content(tmp_path / "together") == content(tmp_path / "alone")
    assert [*workers.each(dies_elsewhere, [os.getpid()] * 3)] == [os.getpid()] * 3


def dies_elsewhere(home):
    """Its process, where that is the one at home."""
    if os.getpid() != home:
        os._exit(1)
    return home


def test_two_builds_from_the_same_runs_are_identical(tmp_path):
    """Nothing reads the clock: a new site, and the same site again, have the same bytes."""
    samples.write_report(tmp_path / "runs")
    samples.write_report(tmp_path / "runs", "effect/other", edition="2026-10-01")
    publish(tmp_path / "runs", tmp_path / "one")
    publish(tmp_path / "runs", tmp_path / "two")
    first = content(tmp_path / "one")
    assert first == content(tmp_path / "two")
    publish(tmp_path / "runs", tmp_path / "one")
    assert first == content(tmp_path / "one")


def test_a_failed_report_keeps_its_last_good_pages(tmp_path):
    """After a failure the pages stay as they were and the index says since when."""
    runs, site = tmp_path / "runs", tmp_path / "site"
    samples.write_report(runs)
    publish(runs, site)
    before = content(site)
    samples.write_run(
        runs, "effect/zones", "zh", status="failed", edition="2026-12-01", error="no data"
    )
    (outcome,) = publish(runs, site)
    assert outcome.state == "kept"
    assert "failed: no data" in str(outcome.problems[0])
    after = content(site)
    for language in ("en", "zh"):
        assert after[f"effect-zones.{language}.html"] == before[f"effect-zones.{language}.html"]
    assert b"not updated since 22 November 2026" in after["index.html"]
    assert "2026年11月22日之后未更新" in after["index.zh.html"].decode()
    samples.write_report(runs, edition="2026-12-02")
    assert states(publish(runs, site)) == {"effect/zones": "published"}
    assert b"not updated" not in content(site)["index.html"]


def test_one_bad_report_does_not_stop_the_others(tmp_path):
    """A notebook that cannot become a page fails alone, with the problems of both languages."""
    samples.write_report(tmp_path / "runs", "effect/good")
    for language in ("en", "zh"):
        node = samples.notebook(language, {"end": None})
        samples.write_run(tmp_path / "runs", "effect/bad", language, node)
    bad, good = publish(tmp_path / "runs", tmp_path / "site")
    assert (bad.state, good.state) == ("failed", "published")
    assert [str(problem).split(",")[0] for problem in bad.problems] == [
        "effect/bad (en)",
        "effect/bad (zh)",
    ]
    assert "effect-bad" not in str(sorted(content(tmp_path / "site")))


def test_a_report_in_one_language_is_published_in_it_and_listed_in_both(tmp_path):
    """Its page names no other language; the other index says its words in the one it has."""
    runs, site = tmp_path / "runs", tmp_path / "site"
    samples.write_run(runs, "effect/zones", "en")
    (outcome,) = publish(runs, site)
    assert outcome.state == "published"
    assert not (site / "effect-zones.zh.html").exists()
    assert 'class="switch"' not in (site / "effect-zones.en.html").read_text(encoding="utf-8")
    listed = (site / "index.zh.html").read_text(encoding="utf-8")
    assert f'<span lang="en">{samples.WORDS["en"]["title"]}</span>' in listed
    assert 'href="effect-zones.zh.html"' not in "".join(
        (site / name).read_text(encoding="utf-8") for name in ("index.html", "index.zh.html")
    )
    # Run in both, then wanted in one: the other page goes.
    samples.write_run(runs, "effect/zones", "zh")
    publish(runs, site)
    assert (site / "effect-zones.zh.html").is_file()
    publish(runs, site, wanted={"effect/zones": ("zh",)})
    assert not (site / "effect-zones.en.html").exists()
    assert (site / "effect-zones.zh.html").is_file()


@pytest.mark.parametrize("file", ["result.json", "notebook.ipynb"])
def test_other_numbers_in_one_language_are_refused(tmp_path, file):
    """The numbers of both languages, in pages and in records, must be equal."""
    samples.write_report(tmp_path / "runs")
    path = tmp_path / "runs/effect/zones/zh" / file
    path.write_text(path.read_text().replace("0.12", "0.13"), encoding="utf-8")
    (outcome,) = publish(tmp_path / "runs", tmp_path / "site")
    assert outcome.state == "failed"
    named = "the record of the run in zh" if file == "result.json" else "the page in zh"
    assert f"holds other numbers in {named} than in the page in en" in str(outcome.problems[0])


@pytest.mark.parametrize("file", ["result.json", "notebook.ipynb", "status.json"])
@pytest.mark.parametrize("text", ["", "[]", "{"])
def test_a_damaged_run_is_refused_by_file(tmp_path, file, text):
    """A run folder with a damaged file fails alone and the file is named."""
    samples.write_report(tmp_path / "runs")
    (tmp_path / "runs/effect/zones/en" / file).write_text(text, encoding="utf-8")
    (outcome,) = publish(tmp_path / "runs", tmp_path / "site")
    assert outcome.state == "failed"
    assert file in str(outcome.problems[0])


def test_two_reports_with_one_file_name_do_not_replace_each_other(tmp_path):
    """The second report whose pages would have the same name is refused."""
    samples.write_report(tmp_path / "runs", "a/b-c")
    samples.write_report(tmp_path / "runs", "a-b/c")
    outcomes = publish(tmp_path / "runs", tmp_path / "site")
    assert sorted(states(outcomes).values()) != ["published", "published"]
    assert "would replace the pages of" in str([str(o.problems) for o in outcomes])


def test_a_page_is_never_half_written(tmp_path, monkeypatch):
    """When writing breaks off, the old page stands whole and no draft is left."""
    file = tmp_path / "page.html"
    record.write_whole(file, "old")

    def broken(_: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="disk full"):
        record.write_whole(file, "new")
    assert content(tmp_path) == {"page.html": b"old"}


def test_a_page_that_was_removed_is_no_longer_listed(tmp_path):
    """The index never leads to a file that is not there."""
    runs, site = tmp_path / "runs", tmp_path / "site"
    samples.write_report(runs)
    publish(runs, site)
    (site / "effect-zones.zh.html").unlink()
    assert publish(tmp_path / "none", site) == []
    assert "effect-zones" not in (site / "index.html").read_text(encoding="utf-8")


def test_a_damaged_record_of_the_site_is_refused(tmp_path):
    """What the site holds is not guessed."""
    (tmp_path / "pages.json").write_text('{"version": 9}', encoding="utf-8")
    with pytest.raises(PublishError, match="is not a record of pages"):
        publish(tmp_path / "runs", tmp_path)


def test_nbconvert_knows_the_exporter_by_name(tmp_path):
    """``jupyter nbconvert --to analysis_report`` writes the page, through the entry point."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (name, target), *_ = project["entry-points"]["nbconvert.exporters"].items()
    installed = tmp_path / "installed" / "analysis_entry-0.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: analysis-entry\nVersion: 0\n")
    (installed / "entry_points.txt").write_text(f"[nbconvert.exporters]\n{name} = {target}\n")
    nbformat.write(samples.notebook("en"), tmp_path / "report.ipynb")
    path = os.pathsep.join([str(ROOT / "src"), str(installed.parent)])
    command = [sys.executable, "-m", "nbconvert", "--to", name, str(tmp_path / "report.ipynb")]
    ended = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert samples.WORDS["en"]["notebook"] in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_the_record_of_pages_is_sorted_json(tmp_path):
    """The record names every report with its edition and verdict."""
    samples.write_report(tmp_path / "runs")
    publish(tmp_path / "runs", tmp_path / "site")
    pages = json.loads((tmp_path / "site/pages.json").read_text(encoding="utf-8"))
    assert pages["pages"]["effect-zones"]["edition"] == "2026-11-22"
    assert pages["pages"]["effect-zones"]["verdict"] == "improves"


def test_a_changed_verdict_is_marked_and_told_in_the_feeds(tmp_path):
    """The edition before is remembered; building the same edition again changes nothing."""
    runs, site = tmp_path / "runs", tmp_path / "site"
    samples.write_report(runs)
    publish(runs, site)
    assert b"<entry>" not in (site / "feed.en.xml").read_bytes()
    for language in samples.WORDS:
        given = samples.plates(language)
        changed = {
            "summary": replace(given["summary"], verdict="worsens", verdict_words="Worsens"),
            "end": replace(given["end"], verdict="worsens"),
        }
        node = samples.notebook(language, changed)
        samples.write_run(runs, "effect/zones", language, node, edition="2026-12-24")
        end = json.dumps(changed["end"].payload())
        (runs / "effect/zones" / language / "result.json").write_text(end, encoding="utf-8")
    publish(runs, site)
    first = content(site)
    assert b"Changed, was: Improves" in first["index.html"]
    assert "结论有变，原为：改善" in first["index.zh.html"].decode()
    feed = ElementTree.fromstring(first["feed.en.xml"])  # noqa: S314  our own file
    atom = "{http://www.w3.org/2005/Atom}"
    (entry,) = feed.findall(f"{atom}entry")
    assert entry.find(f"{atom}link").get("href") == "effect-zones.en.html"
    assert "from “Improves” to “Worsens”" in entry.find(f"{atom}summary").text
    assert entry.find(f"{atom}updated").text == "2026-12-24T00:00:00Z"
    publish(runs, site)
    assert content(site) == first


def test_the_register_holds_every_method_and_the_dictionary_every_table(tmp_path):
    """Both pages are generated, in both languages."""
    samples.write_report(tmp_path / "runs")
    publish(tmp_path / "runs", tmp_path / "site")
    for end in (".html", ".zh.html"):
        register = (tmp_path / "site" / f"methods{end}").read_text(encoding="utf-8")
        for name in methods.names():
            (head,) = re.findall(f'<h2 id="{slug(name)}">(.*?) <code>{name}</code></h2>', register)
            assert head not in ("", name)
            for option in methods.load(name).options.model_fields.values():
                assert meaning(option) in html.unescape(register)
        data = (tmp_path / "site" / f"data{end}").read_text(encoding="utf-8")
        for name in TABLES:
            assert f"<code>{name}</code>" in data
        assert "sha256:0a1b" in data
