"""The state of the reports: what failed and why, what is retired, what the last run did."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import samples

from analysis.errors import PublishError
from analysis.publish.site import record
from analysis.publish.site.edition import old_editions, publish_edition
from analysis.publish.site.lists.changes import Changes, sentences
from analysis.publish.site.state import MOST, write_state

NIGHT = {
    "began": "2026-11-27T02:30:00+08:00",
    "ended": "2026-11-27T02:41:00+08:00",
    "targets": ["default"],
    "asked": 44,
    "due": 6,
    "done": 4,
    "failed": ["effect/other"],
    "code": 14,
}
REFUSED = "Dataset refused: 7 problems.\n" + "\n".join(
    f"  {n}. outcomes.csv, column count, row {n}: is below 0" for n in range(1, 8)
)


@pytest.fixture
def built(tmp_path) -> Path:
    """Two published reports, then a night on which one of them and a new one fail."""
    runs, site = tmp_path / "runs", tmp_path / "site"
    samples.write_report(runs)
    samples.write_report(runs, "effect/other")
    publish_edition(runs, site)
    for language in samples.WORDS:
        failed = {"status": "failed", "code": 11, "error": REFUSED}
        samples.write_run(runs, "effect/other", language, **failed)
        cell = {"status": "failed", "code": 14, "error": "cell 4: ValueError: 13812345678"}
        samples.write_run(runs, "effect/never", language, **cell)
    outcomes = publish_edition(runs, site)
    write_state(site, record.read_pages(site), outcomes, NIGHT)
    return tmp_path


def text(built: Path, name: str) -> str:
    """A file of the site."""
    return (built / "site" / name).read_text(encoding="utf-8")


def test_the_state_says_what_failed_why_since_when_and_what_is_next(built):
    """To programs and to people, in both languages; a cell in an error stays out of it."""
    state = json.loads(text(built, "status.json"))
    assert state["last_run"] == NIGHT
    assert state["next"] == ["effect/never", "effect/other"]
    found = {one["report"]: one for one in state["reports"]}
    assert [found[f"effect/{n}"]["state"] for n in ("never", "other", "zones")] == [
        *("failed", "kept", "renewed")
    ]
    other = found["effect/other"]
    assert (other["code"], other["edition"]) == (11, "2026-11-22")
    assert other["why"]["en"] == "the data hold something that cannot be right."
    assert other["problems"][0] == "1. outcomes.csv, column count, row 1: is below 0"
    assert other["problems"][-1] == f"and {7 - MOST} more lines in the log"
    english, chinese = text(built, "status.html"), text(built, "status.zh.html")
    for said in (
        "began on 27 November 2026 at 02:30. Of 44 runs asked for, 6 were due, and 4 came",
        "ended with code 14",
        "row 1: is below 0",
        "22 November 2026",
        "effect/never; effect/other",
    ):
        assert said in english
    assert "应运行44次，其中6次需要更新，4次顺利完成" in chinese
    assert "数据中有不可能正确的内容" in chinese
    assert "13812345678" not in english + chinese + text(built, "status.json")
    for index in ("index.html", "index.zh.html"):
        assert 'href="status' in text(built, index)


def test_a_run_that_changed_nothing_renews_the_state_and_makes_no_edition(built):
    """The edition shown stays; its state tells of the later run."""
    shown = (built / "site").resolve()
    outcomes = publish_edition(built / "runs", built / "site")
    later = {**NIGHT, "began": "2026-11-28T02:30:00+08:00"}
    write_state(built / "site", record.read_pages(built / "site"), outcomes, later)
    assert (built / "site").resolve() == shown
    assert "28 November 2026" in text(built, "status.html")


def test_a_retired_report_leaves_pages_and_index_and_is_remembered_as_read(built):
    """What its pages rested on stays on record; a report that comes back is published again."""
    rested = text(built, "rested.json")
    wanted = {"effect/other": ("en", "zh")}
    publish_edition(built / "runs", built / "site", wanted=wanted)
    names = {file.name for file in (built / "site").iterdir()}
    assert not {name for name in names if name.startswith("effect-zones")}
    assert "effect-zones" not in text(built, "index.html") + text(built, "pages.json")
    assert text(built, "rested.json") == rested
    assert (built / "runs/effect/zones/en/notebook.ipynb").is_file()
    publish_edition(built / "runs", built / "site")
    assert (built / "site/effect-zones.zh.html").is_file()


def test_as_many_editions_stay_as_are_asked_for(tmp_path):
    """The newest, and always the one that is shown."""
    site = tmp_path / "site"
    for day in range(1, 7):
        samples.write_report(tmp_path / "runs", edition=f"2026-12-0{day}")
        publish_edition(tmp_path / "runs", site, kept=4)
    left = sorted(p.name for p in (tmp_path / "site-editions").iterdir() if p.is_dir())
    assert left == ["3", "4", "5", "6"]
    assert [old.name for old in old_editions(site, 1)] == ["3", "4", "5"]
    assert old_editions(site, 9) == []


def test_a_state_that_cannot_be_written_says_that_the_site_stands(built, monkeypatch):
    """A full disk after the site was put in place."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("analysis.publish.site.state.write_whole", full)
    with pytest.raises(PublishError, match=r"No space left on device\)\. The site stands"):
        write_state(built / "site", {}, [], NIGHT)


@pytest.mark.parametrize(
    ("now", "said"), [("2026-10-01", True), ("2026-12-01", False), ("", False)]
)
def test_an_edition_dated_before_the_last_one_says_so(now, said):
    """A clock was wrong; in both languages."""
    changes = Changes(edition="2026-11-01", verdict=("improves", "improves"))
    for language, words in (("en", "a clock was wrong"), ("zh", "系统时钟有误")):
        found = " ".join(sentences(changes, language, "intervention_effect", now))
        assert (words in found) == said
