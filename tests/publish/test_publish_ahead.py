"""Pages that are made while other reports still run are those that would be made at the end."""

from __future__ import annotations

import samples

from analysis.publish.site import drafts
from analysis.publish.site.drafts import Ahead
from analysis.publish.site.edition import editions_of, publish_edition
from analysis.publish.site.record import runs_below


def ahead_of(root, site) -> Ahead:
    """Pages of every report that has run so far."""
    ahead = Ahead(editions_of(site))
    for one in runs_below(root / "runs"):
        ahead.make(lambda one=one: [one])
    ahead.thread.shutdown()
    return ahead


def content(folder) -> dict[str, bytes]:
    """Every file of the site with its bytes."""
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def test_the_site_is_the_same(tmp_path, monkeypatch):
    """Byte for byte, and no page is made twice; nothing stays beside the edition."""
    samples.write_report(tmp_path / "runs")
    publish_edition(tmp_path / "runs", tmp_path / "site")
    ahead = ahead_of(tmp_path, tmp_path / "other")
    monkeypatch.setattr(drafts, "build", None)
    (outcome,) = publish_edition(tmp_path / "runs", tmp_path / "other", ahead=ahead)
    assert outcome.state == "published"
    assert content(tmp_path / "other") == content(tmp_path / "site")
    ahead.close()
    assert not (editions_of(tmp_path / "other") / "ahead").exists()


def test_what_ran_again_is_made_again(tmp_path):
    """The page made of the earlier run is not shown."""
    site = tmp_path / "site"
    samples.write_report(tmp_path / "runs")
    ahead = ahead_of(tmp_path, site)
    samples.write_report(tmp_path / "runs", edition="2026-12-01")
    publish_edition(tmp_path / "runs", site, ahead=ahead)
    assert b"1 December 2026" in (site / "effect-zones.en.html").read_bytes()


def test_what_is_wrong_with_a_report_is_said_once_it_is_published(tmp_path):
    """A page that cannot be made ahead fails as it does at the end, alone."""
    samples.write_report(tmp_path / "runs")
    notebook = next((tmp_path / "runs").rglob("notebook.ipynb"))
    notebook.write_text("{}", encoding="utf-8")
    ahead = ahead_of(tmp_path, tmp_path / "site")
    (early,) = publish_edition(tmp_path / "runs", tmp_path / "site", ahead=ahead)
    (late,) = publish_edition(tmp_path / "runs", tmp_path / "other")
    assert early == late
    assert early.state == "failed"


def test_of_many_reports_the_first_are_made_ahead(tmp_path, monkeypatch):
    """The others wait for the end, when all cores make them; the site has all."""
    monkeypatch.setattr(drafts, "MANY", 2)
    for name in ("one", "two", "three"):
        samples.write_report(tmp_path / "runs", f"effect/{name}")
    ahead = ahead_of(tmp_path, tmp_path / "site")
    assert len(ahead.pages) == 2
    outcomes = publish_edition(tmp_path / "runs", tmp_path / "site", ahead=ahead)
    assert [one.state for one in outcomes] == ["published"] * 3
