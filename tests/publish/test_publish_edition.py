"""Editions: the site changes in one step or not at all, and says what was not renewed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import samples

from analysis.errors import PublishError
from analysis.publish.pages.machine_paths import without_machine_paths
from analysis.publish.site import edition, record
from analysis.publish.site.edition import publish_edition
from analysis.publish.site.lists.changes import Changes, sentences
from analysis.publish.site.notice import with_notice


def content(folder: Path) -> dict[str, bytes]:
    """Every file of the site with its bytes."""
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


@pytest.fixture
def built(tmp_path) -> Path:
    """A project with one published report."""
    samples.write_report(tmp_path / "runs")
    publish_edition(tmp_path / "runs", tmp_path / "site")
    return tmp_path


def test_the_site_is_a_link_that_moves_to_the_new_edition(built):
    """The pages of the old one stay for a reader who has them open."""
    site = built / "site"
    old = site.resolve()
    samples.write_report(built / "runs", edition="2026-12-01")
    publish_edition(built / "runs", site)
    assert site.is_symlink()
    assert site.resolve() != old
    assert (old / "index.html").is_file()
    assert b"1 December 2026" in (site / "effect-zones.en.html").read_bytes()
    samples.write_report(built / "runs", edition="2026-12-02")
    publish_edition(built / "runs", site)
    kept = [folder for folder in (built / "site-editions").iterdir() if folder.is_dir()]
    assert len(kept) == edition.KEPT


def test_another_family_renews_the_lists_and_no_page_of_a_report(built, monkeypatch):
    """Without any new run; asked for again, the edition stays."""
    from analysis.publish.site import one_report as pages

    site = built / "site"
    monkeypatch.setattr(pages, "export", None)
    before, mark = site.resolve(), b"Does not hold among all reports together"
    assert mark in (site / "reading.html").read_bytes()
    publish_edition(built / "runs", site, family="none")
    after = site.resolve()
    assert after != before
    assert mark not in (site / "reading.html").read_bytes()
    publish_edition(built / "runs", site, family="none")
    assert site.resolve() == after


def test_what_did_not_change_is_not_made_again(built, monkeypatch):
    """Neither the edition, nor the pages of other reports."""
    from analysis.publish.site import one_report as pages

    site = built / "site"
    before = site.resolve()
    publish_edition(built / "runs", site)
    assert site.resolve() == before
    made = []
    export = pages.export
    monkeypatch.setattr(pages, "export", lambda *given: made.append(given) or export(*given))
    samples.write_report(built / "runs", "effect/other")
    publish_edition(built / "runs", site)
    assert len(made) == 2
    first = (before / "effect-zones.en.html").stat().st_ino
    assert (site / "effect-zones.en.html").stat().st_ino == first


def test_a_report_that_failed_says_since_when_in_its_language_until_it_is_renewed(built):
    """In the page and in the index; the rest of the page stays."""
    runs, site = built / "runs", built / "site"
    before = content(site)
    samples.write_run(runs, "effect/zones", "zh", status="failed", error="no data")
    (outcome,) = publish_edition(runs, site)
    assert outcome.state == "kept"
    after = content(site)
    assert b"Not updated since 22 November 2026" in after["effect-zones.en.html"]
    assert "2026年11月22日之后未更新" in after["effect-zones.zh.html"].decode()
    assert b"not updated since 22 November 2026" in after["index.html"]
    for language in ("en", "zh"):
        page = after[f"effect-zones.{language}.html"].decode()
        assert with_notice(page, "", language).encode() == before[f"effect-zones.{language}.html"]
    publish_edition(runs, site)
    assert content(site) == after
    samples.write_report(runs, edition="2026-12-02")
    publish_edition(runs, site)
    assert b"Not updated" not in (site / "effect-zones.en.html").read_bytes()


@pytest.mark.parametrize("place", ["open", "fsync", "symlink"])
def test_a_full_disk_leaves_the_last_site_whole(built, monkeypatch, place):
    """Wherever writing breaks off, the link and all its files stay."""
    site = built / "site"
    before, target = content(site), site.resolve()
    samples.write_report(built / "runs", edition="2026-12-01")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    if place == "open":
        monkeypatch.setattr(record, "write_whole", full)
        monkeypatch.setattr("analysis.publish.site.build.write_whole", full)
    elif place == "fsync":
        monkeypatch.setattr(os, "fsync", full)
    else:
        monkeypatch.setattr(Path, "symlink_to", full)
    with pytest.raises(PublishError, match=r"No space left on device\)\. The last"):
        publish_edition(built / "runs", site)
    assert site.resolve() == target
    assert content(site) == before


def test_a_read_only_folder_leaves_the_last_site_whole(built, monkeypatch):
    """And says so. Refused by the call, as the superuser may write everywhere."""
    samples.write_report(built / "runs", edition="2026-12-01")
    before = content(built / "site")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(30, "Read-only file system")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(PublishError, match="Read-only file system"):
        publish_edition(built / "runs", built / "site")
    assert content(built / "site") == before


def test_a_page_that_is_cut_off_is_not_shown(built, monkeypatch):
    """The edition is verified before it is shown."""
    from analysis.publish.site import one_report as pages

    target = (built / "site").resolve()
    samples.write_report(built / "runs", edition="2026-12-01")
    monkeypatch.setattr(pages, "export", lambda *_: "<html>")
    with pytest.raises(PublishError, match="is not a whole page"):
        publish_edition(built / "runs", built / "site")
    assert (built / "site").resolve() == target


def test_a_site_from_before_editions_becomes_the_first(tmp_path):
    """A folder is replaced by the link, its pages taken over."""
    from analysis.publish.site.build import publish

    samples.write_report(tmp_path / "runs")
    publish(tmp_path / "runs", tmp_path / "site")
    publish_edition(tmp_path / "runs", tmp_path / "site")
    assert (tmp_path / "site").is_symlink()
    assert (tmp_path / "site/effect-zones.zh.html").is_file()


def test_a_notebook_of_another_run_is_refused(built):
    """Two parameter sets can never show the same figure: a page knows its run by the key."""
    file = built / "runs/effect/zones/en/status.json"
    said = json.loads(file.read_text())
    file.write_text(json.dumps({**said, "key": "another", "edition": "2026-12-01"}))
    (outcome,) = publish_edition(built / "runs", built / "site")
    assert outcome.state == "kept"
    assert "holds the notebook of another run" in str(outcome.problems[0])


SINCE = {
    "version": 1,
    "edition": "2026-10-31",
    "verdict": ["cannot_tell", "fewer_moderate"],
    "relative_percent": [[-10.0, -20.0, 1.0], [-12.0, -21.0, -3.0]],
    "causes": {
        "data": [
            {"table": "outcomes", "left": 1, "came": 1200},
            {"table": "complaints", "left": 0, "came": 1717},
        ],
        "params": ["seed"],
        "notebook": True,
        "package": ["stats/panels/course.py"],
        "environment": ["numpy"],
    },
}


def test_a_page_says_what_changed_since_the_last_edition_and_why(built):
    """In both languages; the index marks changed verdicts from its own record."""
    for language in ("en", "zh"):
        folder = built / "runs/effect/zones" / language
        (folder / "since.json").write_text(json.dumps(SINCE))
    publish_edition(built / "runs", built / "site")
    english = (built / "site/effect-zones.en.html").read_text(encoding="utf-8")
    for said in (
        "Since the last edition",
        "31 October 2026",
        "from “Cannot tell” to “Fewer recorded, moderate certainty”",
        "from −10.0% to −12.0%",
        "outcomes (1,200 rows came, 1 left)",
        "Changed data: complaints.",
        "Changed parameters: seed.",
        "The code of the analysis changed: the notebook; stats/panels/course.py.",
        "Other versions of software: numpy.",
    ):
        assert said in english
    assert "1,717" not in english, "how many records came late is a count"
    chinese = (built / "site/effect-zones.zh.html").read_text(encoding="utf-8")
    assert "与上一版相比" in chinese


def test_a_verdict_of_before_certainties_has_changed_and_no_more_is_said():
    """Its key has no words any more."""
    same = ((-10.0, -20.0, 1.0),) * 2
    changes = Changes(
        edition="2026-11-01", verdict=("improves", "fewer_low"), relative_percent=same
    )
    assert "The verdict changed." in sentences(changes, "en", "intervention_effect")


def test_a_damaged_history_does_not_cost_the_page(built):
    """The section is left out."""
    (built / "runs/effect/zones/en/since.json").write_text("{")
    (outcome,) = publish_edition(built / "runs", built / "site")
    assert outcome.state == "published"


def test_paths_and_user_names_are_scrubbed(tmp_path, monkeypatch):
    """Project paths become relative, home folders lose their owner; drawings stay."""
    monkeypatch.chdir(tmp_path)
    home = "/" + "home/alice"
    node = {
        "source": f"read('{tmp_path}/data/x', '{home}/keys', r'C:\\Users\\Bob\\y')",
        "data": f"AAAA{home}/AAAA",
        "list": [home, 3, None],
    }
    clean = without_machine_paths(node)
    assert clean["source"] == "read('data/x', '~/keys', r'~\\y')"
    assert clean["data"] == node["data"]
    assert clean["list"] == ["~", 3, None]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ([-17.7, -34.1, 2.7], [-17.7, -34.1, 2.7], "The best estimate is the same."),
        (
            [-17.7, -34.1, 2.7],
            [-17.7, -33.3, 1.6],
            "The best estimate is the same; its likely range was −34.1% to +2.7%.",
        ),
        ([-17.7, -34.1, 2.7], [-9.2, -33.3, 1.6], "The best estimate moved from −17.7% to −9.2%."),
        (None, [-9.2, -33.3, 1.6], ""),
    ],
)
def test_a_change_of_the_likely_range_alone_is_said(old, new, said):
    """It may be all that a new method of errors changes."""
    changes = Changes(edition="2026-11-01", verdict=("improves",) * 2, relative_percent=(old, new))
    assert said in " ".join(sentences(changes, "en", "intervention_effect"))
    assert ("best estimate" in " ".join(sentences(changes, "en", "intervention_effect"))) == bool(
        said
    )


def test_reports_that_could_be_here_are_named_and_renew_the_list_alone(built, monkeypatch):
    """Built from a first suite, the index says what the rest adds; once all are here, nothing."""
    from analysis.publish.site import one_report as pages

    site = built / "site"
    assert "Not built here" not in (site / "index.html").read_text(encoding="utf-8")
    monkeypatch.setattr(pages, "export", None)
    rest = {"effect/rest": {"en": "The <rest>", "zh": "其余"}}
    publish_edition(built / "runs", site, further=rest)
    text = (site / "index.html").read_text(encoding="utf-8")
    assert "Further reports of this project: 1." in text
    assert "The &lt;rest&gt;" in text
    assert "其余" in (site / "index.zh.html").read_text(encoding="utf-8")
    before = site.resolve()
    publish_edition(built / "runs", site, further=rest)
    assert site.resolve() == before
    publish_edition(built / "runs", site)
    assert "Not built here" not in (site / "index.html").read_text(encoding="utf-8")
