"""A lost salt, other noise and a lost memory are refused: each would draw every count anew."""

from __future__ import annotations

import json
import secrets
import shutil

import numpy as np
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner

import analysis as an
from analysis.cli import commands
from analysis.data.dataset import read_dataset
from analysis.data.reading.personal import VARIABLE
from analysis.disclosure.kept import LEDGER
from analysis.disclosure.memory import FOLDER, Made, edition, remember
from analysis.disclosure.store import store_of
from analysis.errors import ParamsError
from analysis.publish.site.rested import Rested, forgotten

CODES = ("a", "b")
WORDS = {"title": {"en": "T", "zh": "题"}, "licence": "CC0", "origin": "made"}
DRAWN = {"dataset": "data/own", "draw": "abc"}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with a salt of its own, which records with persons made."""
    monkeypatch.delenv(VARIABLE)
    for name in ("params", "notebooks"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def records(project, size=600, status="real", **about):
    """Complaints of persons in two regions, all of one year of which the last month is missing."""
    folder = project / "data/own"
    folder.mkdir(parents=True, exist_ok=True)
    regions = {"region_code": CODES, "name_en": CODES, "name_zh": CODES, "level": "county"}
    pd.DataFrame(regions).to_csv(folder / "regions.csv", index=False)
    rng = np.random.default_rng(1)
    given = {
        "complaint_id": [f"C{n}" for n in range(size)],
        "claimant_id": [f"P{n % 50}" for n in range(size)],
        "region_code": rng.choice(CODES, size),
        "received_on": rng.choice(pd.date_range("2023-01-01", "2023-11-30"), size),
        "kind": "complaint",
        "channel": "online",
    }
    pd.DataFrame(given).to_csv(folder / "complaints.csv", index=False)
    text = yaml.safe_dump({**WORDS, "status": status, **about}, allow_unicode=True)
    (folder / "dataset.yml").write_text(text, encoding="utf-8")
    return read_dataset(folder)


def taken(project, **about):
    """The protected counts of months, taken away."""
    return an.protected(records(project, **about), "complaint", period="month")


def site(project, **reports):
    """A site that shows these reports."""
    folder = project / "build/site"
    folder.mkdir(parents=True)
    (folder / "rested.json").write_text(json.dumps(reports), encoding="utf-8")


def another_salt(project):
    """A salt in place of that of before."""
    (project / ".salt").unlink()
    (project / ".salt").touch(mode=0o600)
    (project / ".salt").write_text(secrets.token_hex(32), encoding="ascii")


def test_no_salt_is_made_in_place_of_one_that_is_lost(project):
    """Reading persons, and the command, say what it means; with the old one all is as before."""
    first = taken(project)
    salt = (project / ".salt").read_bytes()
    (project / ".salt").unlink()
    with pytest.raises(ParamsError, match=r"\.salt: is lost.*Put the old one back"):
        taken(project)
    assert "is lost" in str(CliRunner().invoke(commands, ["salt"]).output)
    assert not (project / ".salt").exists()
    (project / ".salt").touch(mode=0o600)
    (project / ".salt").write_bytes(salt)
    pd.testing.assert_frame_equal(first, taken(project))


def test_a_site_alone_tells_that_counts_were_drawn_from_a_salt(project):
    """Also one whose averages alone rest on the data; of simulated data nothing is lost."""
    site(project, one=DRAWN, other={"dataset": "data/public", "draw": ""})
    with pytest.raises(ParamsError, match="is lost"):
        records(project)
    assert len(records(project, status="simulated").tables["complaints"]) == 600
    (project / ".salt").unlink()
    beside = {"dataset": "data/own", "draw": "", "beside": [{"dataset": "data/two", "draw": "b"}]}
    (project / "build/site/rested.json").write_text(json.dumps({"one": beside}))
    with pytest.raises(ParamsError, match="is lost"):
        records(project)


@pytest.mark.parametrize("other", ["salt", "variance", "threshold"])
def test_counts_that_were_taken_away_are_not_drawn_otherwise(project, other):
    """Another salt, variance or threshold is another draw; as then, all is as before."""
    first = taken(project)
    before = (project / ".salt").read_bytes()
    about = {"variance": {"variance": 16}, "threshold": {"threshold": 12}}
    if other == "salt":
        another_salt(project)
    given = {"protection": about[other]} if other in about else {}
    with pytest.raises(ParamsError, match="drawn from another salt, or with other settings"):
        taken(project, **given)
    (project / ".salt").write_bytes(before)
    pd.testing.assert_frame_equal(first, taken(project))


def test_counts_that_nobody_published_may_be_drawn_otherwise(project):
    """To look at stronger noise before anything leaves binds nobody."""
    data = records(project)
    store_of(data, "complaint")
    made = Made()
    made.add(data)
    made.note()
    assert store_of(records(project, protection={"variance": 16}), "complaint").noise.variance == 16


def test_counts_whose_memory_is_gone_are_not_drawn_anew(project, tmp_path):
    """Amounts and months alike, with late records; with the memory put back all is as before."""
    first = taken(project)
    (file,) = (project / FOLDER).glob("*.parquet")
    shutil.move(file, tmp_path / "away")
    with pytest.raises(ParamsError, match=r"no longer tells what they were drawn from.*backup"):
        taken(project, size=640)
    assert (project / FOLDER / LEDGER).stat().st_mode & 0o077 == 0
    shutil.move(tmp_path / "away", file)
    pd.testing.assert_frame_equal(first, taken(project, size=640))


def shown_on_site(project):
    """A run whose pages are on the site, and what they show."""
    data = records(project)
    store = store_of(data, "complaint").levels["month"].shown
    made = Made()
    made.add(data)
    made.note()
    editions = {"complaint": edition(data, "complaint")}
    site(project, one={**DRAWN, "editions": editions})
    return store


def test_counts_on_the_site_without_any_memory_are_not_drawn_anew(project):
    """The whole folder is gone: the site tells that they were published, until it is withdrawn."""
    shown_on_site(project)
    remember(project)
    shutil.rmtree(project / FOLDER)
    with pytest.raises(ParamsError, match="withdraw what was published"):
        store_of(records(project, size=640), "complaint")
    shutil.rmtree(project / "build")
    assert store_of(records(project, size=640), "complaint").levels


def test_what_was_published_just_before_the_end_is_remembered_late(project):
    """Ended between the site and the memory of it: what the run noted is what the pages show."""
    first = shown_on_site(project)
    assert not list((project / FOLDER).glob("*.parquet"))
    again = store_of(records(project, size=640), "complaint").levels["month"].shown
    pd.testing.assert_frame_equal(first, again)
    assert list((project / FOLDER).glob("*.parquet"))


@pytest.mark.parametrize(
    ("mark", "remembered", "refused"),
    [("b2", set(), True), ("a1", set(), False), ("b2", {"a1"}, False)],
)
def test_what_a_run_noted_of_itself_is_no_memory_of_the_site(mark, remembered, refused):
    """Other counts than the site shows, and nothing is remembered of these: drawn anew."""
    then, now = (Rested(**DRAWN, editions={"complaint": one}) for one in ("a1", mark))
    said = list(forgotten(now, {"then": then}, lambda *_: remembered))
    assert bool(said) == refused
    assert not forgotten_elsewhere(now)


def forgotten_elsewhere(now):
    """What is said beside counts of another outcome, and of another dataset."""
    others = {
        "outcome": Rested(**DRAWN, editions={"report": "a1"}),
        "dataset": Rested(dataset="data/other", editions={"complaint": "a1"}),
    }
    return list(forgotten(now, others, lambda *_: set()))
