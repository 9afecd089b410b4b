"""Ugly exports are read through a mapping, every repair counted, the owner's files untouched."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner

from analysis import cli, digest
from analysis.batch.keys import Keys
from analysis.data.checkup import report_of
from analysis.data.dataset import examine, read_dataset
from analysis.data.fingerprint import Prints, data_read
from analysis.data.reading.personal import VARIABLE, can_be_guessed, project_salt, pseudonyms
from analysis.errors import ContractError, ParamsError
from analysis.simulated import province_records as records
from exports import ABOUT, export

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "examples" / "own_data"))
SALT = "a6375ee99716acf4635ba3c192f7578a"


@pytest.fixture(autouse=True)
def salt(tmp_path, monkeypatch) -> bytes:
    """A salt of the test's own."""
    file = tmp_path / "salt"
    file.write_text(SALT)
    file.chmod(0o600)
    monkeypatch.setenv(VARIABLE, str(file))
    return SALT.encode()


@pytest.fixture(scope="module")
def ugly(tmp_path_factory) -> Path:
    """The example of an ugly export."""
    from make_export import write_export

    return write_export(tmp_path_factory.mktemp("own") / "ugly")


@pytest.fixture(scope="module")
def clean(tmp_path_factory) -> Path:
    """The province that the ugly export was made from."""
    from make_export import SMALL

    return records.write(SMALL, tmp_path_factory.mktemp("own") / "clean")


def test_the_ugly_export_reads_as_the_province_it_was_made_from(ugly, clean, salt):
    """With a mapping only; every column, every record, in any order of rows."""
    before = {file.name: digest.of_file(file) for file in ugly.iterdir()}
    read, made = read_dataset(ugly).tables, read_dataset(clean).tables
    complaints = read["complaints"].sort_values("complaint_id").reset_index(drop=True)
    for name in complaints:
        expected = made["complaints"][name]
        pd.testing.assert_series_equal(complaints[name], expected, check_dtype=False)
    for table in ("regions", "interventions"):
        pd.testing.assert_frame_equal(read[table], made[table][list(read[table])])
    assert {file.name: digest.of_file(file) for file in ugly.iterdir()} == before


def test_every_repair_and_exclusion_of_the_ugly_export_is_counted(ugly):
    """Rows add up; counts are those that the script made."""
    dataset, problems = examine(ugly)
    assert not problems
    account = dataset.accounts["complaints"]
    records_made = len(dataset.tables["complaints"])
    by_year = dataset.tables["complaints"]["received_on"].dt.year.value_counts()
    left_out = account.left_out()
    assert account.rows == records_made + sum(left_out.values())
    assert left_out["line of totals"] == 2
    assert left_out["void record"] == sum(-(-n // 60) for n in by_year)
    twice = left_out["is there twice, alike in every column that is read"]
    assert twice == sum(-(-n // 40) for n in by_year)
    wide = [line for line in account.lines if line.rule.startswith("full-width")]
    assert {line.column for line in wide} == {"此前件数"}
    assert account.unused == ("备注",)


def test_checking_prints_the_account_and_writes_it_as_json(ugly, in_root, tmp_path):
    """Read, repaired, excluded; the status is carried; no value of a cell is in either."""
    file = tmp_path / "reports" / "quality.json"
    result = CliRunner().invoke(cli.commands, ["check", str(ugly), "--report", str(file)])
    assert result.exit_code == 0, result.output
    for word in ("gb18030", "excluded", "void record", "repaired", "word not listed read as"):
        assert word in result.output
    report = json.loads(file.read_text(encoding="utf-8"))
    assert (report["status"], report["obeys"], report["version"]) == ("simulated", True, 1)
    complaints = next(t for t in report["tables"] if t["table"] == "complaints")
    assert complaints["rows_read"] - complaints["rows_kept"] == sum(
        line["count"] for line in complaints["excluded"]
    )
    raw = (ugly / "投诉台账_2019.csv").read_bytes().decode("gb18030")
    claimants = {line.split(";")[5] for line in raw.splitlines()[1:-1]}
    for text in (result.output, file.read_text(encoding="utf-8")):
        assert not [name for name in claimants if name in text]


def test_checking_a_broken_dataset_shows_the_account_and_ends_with_its_exit_code(tmp_path, in_root):
    """Refused rows stand in the table, in the error and in the JSON."""
    folder = export(tmp_path, rows={2: {"日期": "2023/02/30"}, 3: {"件数": "-1"}})
    file = tmp_path / "quality.json"
    result = CliRunner().invoke(cli.commands, ["check", str(folder), "--report", str(file)])
    assert result.exit_code == 11
    assert "2 problems" in result.output
    report = json.loads(file.read_text(encoding="utf-8"))
    assert not report["obeys"]
    found = {(r["column"], tuple(r["rows"]), r["count"]) for r in report["refused"]}
    assert found == {("日期 (received_on)", (2,), 1), ("件数 (claimant_prior_cases)", (3,), 1)}


def test_identifiers_of_persons_are_hashed_with_the_salt(ugly, clean, salt):
    """The same person is the same hash in both; the raw identifier is nowhere."""
    hashes = read_dataset(clean).tables["complaints"]["claimant_id"]
    raw = pd.read_parquet(clean / "complaints.parquet")["claimant_id"]
    assert hashes.tolist() == pseudonyms(raw.tolist(), salt).to_pylist()
    assert hashes.str.fullmatch(r"P\d{20}").all()
    assert hashes.nunique() == raw.nunique()
    officers = read_dataset(clean).tables["assessments"]["officer_id"]
    assert officers.str.fullmatch(r"P\d{20}").all()


def test_another_salt_gives_other_hashes_and_the_same_content_key(clean, monkeypatch, tmp_path):
    """No result depends on the hash itself, so a lost salt makes no report stale."""
    first = read_dataset(clean).tables["complaints"]["claimant_id"]
    key = data_read(str(clean), None, "", Prints(tmp_path / "prints"))
    other = tmp_path / "other"
    other.write_text(SALT[::-1])
    other.chmod(0o600)
    monkeypatch.setenv(VARIABLE, str(other))
    second = examine(clean)[0].tables["complaints"]["claimant_id"]
    assert not set(first) & set(second)
    assert pd.factorize(first)[0].tolist() == pd.factorize(second)[0].tolist()
    assert data_read(str(clean), None, "", Prints(tmp_path / "prints")) == key


def test_a_salt_is_made_once_for_its_owner_only(tmp_path, monkeypatch):
    """In the project's root, 0600, and never again."""
    monkeypatch.delenv(VARIABLE)
    for name in ("params", "notebooks", "data"):
        (tmp_path / "project" / name).mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "project" / "notebooks")
    made = project_salt(tmp_path / "project" / "data")
    file = tmp_path / "project" / ".salt"
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(made) == 64
    assert project_salt(tmp_path / "elsewhere") == made
    assert [f.name for f in file.parent.iterdir() if f.name.startswith(".")] == [".salt"]


@pytest.mark.parametrize(
    ("text", "mode", "expected"),
    [
        (SALT, 0o644, "can be read by others"),
        ("short", 0o600, "is too short"),
        (None, 0, "cannot be used"),
        ("a" * 32, 0o600, "can be guessed.*analysis salt"),
        ("\0" * 64, 0o600, "can be guessed"),
        ("password" * 4, 0o600, "can be guessed"),
        ("2026-11-28 " * 3, 0o600, "can be guessed"),
        ("0123456789abcdef" * 2, 0o600, "can be guessed"),
    ],
)
def test_an_unsafe_salt_is_refused(clean, tmp_path, monkeypatch, text, mode, expected):
    """Open to others, too short, not there though it was named, or easily thought of."""
    file = tmp_path / "own-salt"
    if text is not None:
        file.write_text(text)
        file.chmod(mode)
    monkeypatch.setenv(VARIABLE, str(file))
    with pytest.raises(ParamsError, match=expected) as caught:
        examine(clean)
    assert SALT not in str(caught.value)


def test_a_random_salt_is_never_taken_for_one_that_can_be_guessed():
    """As ``analysis salt`` makes it, in 10,000 draws; half as long, in all but a few."""
    rng = np.random.default_rng(1)
    for digits, fewest in ((64, 10_000), (32, 9_980)):
        drawn = (rng.bytes(digits // 2).hex().encode() for _ in range(10_000))
        assert sum(not can_be_guessed(salt) for salt in drawn) >= fewest


def test_the_salt_is_ignored_by_git(root):
    """It must not travel with the project."""
    assert ".salt" in (root / ".gitignore").read_text().split()
    known = subprocess.run(["git", "ls-files", ".salt"], cwd=root, capture_output=True, check=False)
    assert not known.stdout


def test_the_content_key_sees_the_files_the_mapping_and_the_names_looked_up(tmp_path):
    """Each changes the digest; another file in the folder does not."""
    folder = export(tmp_path)

    def key() -> dict[str, str]:
        found = data_read(str(folder), {"complaints"}, "", Prints(tmp_path / "prints"))
        return {name: part["digest"] for name, part in found.items()}

    before = key()
    assert before.keys() == {"complaints", "dataset.yml", "regions"}
    (folder / "notes.txt").write_text("nothing")
    assert key() == before
    more = {
        "台账.csv": "\n",
        "regions.csv": "990199,X,某县,county\n",
        "dataset.yml": "\nnote: {en: N, zh: 注}\n",
    }
    for file, end in more.items():
        whole = (folder / file).read_bytes()
        (folder / file).write_bytes(whole + end.encode())
        assert key() != before, file
        (folder / file).write_bytes(whole)
    assert key() == before


def test_a_new_file_that_the_pattern_finds_is_read(tmp_path):
    """A month more in the folder, and the reader's cache knows."""
    folder = export(tmp_path)
    settings = yaml.safe_load((folder / "dataset.yml").read_text(encoding="utf-8"))
    settings["mapping"]["complaints"]["files"] = "台账*.csv"
    (folder / "dataset.yml").write_text(yaml.safe_dump(settings, allow_unicode=True))
    first = read_dataset(folder)
    text = (folder / "台账.csv").read_text(encoding="utf-8").splitlines()
    again = [text[0], *(f"B{line}" for line in text[1:])]
    (folder / "台账二.csv").write_text("\n".join(again), encoding="utf-8")
    second = read_dataset(folder)
    assert len(second.tables["complaints"]) == 2 * len(first.tables["complaints"])
    assert second.hashes.keys() - first.hashes.keys() == {"台账二.csv"}


def test_rows_of_several_files_are_named_with_their_file(tmp_path):
    """One problem per file, with the file's own row numbers."""
    folder = export(tmp_path, rows={3: {"日期": "soon"}}, mapping={"files": ["台账.csv", "b.csv"]})
    text = (folder / "台账.csv").read_text(encoding="utf-8").splitlines()
    (folder / "b.csv").write_text("\n".join([text[0], f"B{text[3]}", f"B{text[2]}"]))
    with pytest.raises(ContractError) as caught:
        read_dataset(folder)
    first, second = caught.value.problems
    assert "台账.csv, column 日期 (received_on), row 3" in str(first)
    assert "b.csv, column 日期 (received_on), row 3" in str(second)


def test_a_database_file_is_asked_by_one_select(tmp_path):
    """SQLite in the folder, read only; row numbers are those of the answer."""
    import sqlite3

    folder = export(tmp_path)
    file = folder / "registry.db"
    frame = pd.read_csv(folder / "台账.csv", dtype=str)
    with sqlite3.connect(file) as connection:
        frame.to_sql("台账", connection, index=False)
    connection.close()
    settings = yaml.safe_load((folder / "dataset.yml").read_text(encoding="utf-8"))
    mapping = settings["mapping"]["complaints"]
    del mapping["files"]
    mapping |= {"sql": "SELECT * FROM 台账 WHERE 编号 <> 'R2';", "url": "sqlite:///registry.db"}
    (folder / "dataset.yml").write_text(yaml.safe_dump(settings, allow_unicode=True))
    before = digest.of_file(file)
    dataset = read_dataset(folder)
    assert len(dataset.tables["complaints"]) == len(frame) - 1
    assert digest.of_file(file) == before
    parts = data_read(str(folder), {"complaints"}, "", Prints(tmp_path / "prints"))
    with sqlite3.connect(file) as connection:
        connection.execute("DELETE FROM 台账 WHERE 编号 = 'R3'")
    connection.close()
    again = data_read(str(folder), {"complaints"}, "", Prints(tmp_path / "prints"))
    assert parts["complaints"] != again["complaints"]
    assert len(read_dataset(folder).tables["complaints"]) == len(frame) - 2


def test_a_mapped_dataset_has_a_key_as_a_report_needs_it(tmp_path, monkeypatch, in_root):
    """Also where a report asks for one region and the regions are mapped."""
    monkeypatch.setenv("ANALYSIS_BUILD", str(tmp_path / "build"))
    from analysis.batch.plan import Run
    from analysis.reports.intervention_effect.params import InterventionEffectParams

    folder = export(tmp_path)
    settings = yaml.safe_load((folder / "dataset.yml").read_text(encoding="utf-8"))
    settings["mapping"]["regions"] = {"files": "regions.csv"}
    (folder / "dataset.yml").write_text(yaml.safe_dump(settings, allow_unicode=True))
    (folder / "outcomes.csv").write_text("region_code,period,outcome,count\n990101,2020,x,3\n")
    params = InterventionEffectParams(dataset=str(folder), region="990101")
    run = Run("intervention_effect/x", "en", {}, params)
    assert Keys().parts(run) is not None


def test_the_account_says_what_was_detected(tmp_path):
    """Encoding and delimiter, and that they were not named."""
    folder = export(tmp_path, encoding="gb18030", delimiter="|")
    dataset, problems = examine(folder)
    assert not problems
    source = dataset.accounts["complaints"].sources[0]
    assert (source.encoding, source.delimiter) == ("gb18030", "|")
    assert source.how == "encoding detected, delimiter detected"
    assert report_of(dataset, problems)["tables"][0]["files"][0]["encoding"] == "gb18030"
    assert ABOUT["status"] == "simulated"


FILLED = {"title": {"en": "T", "zh": "题"}, "status": "simulated", "licence": "x", "origin": "y"}


def begin(folder: Path, *files: Path) -> object:
    """The command that writes a first dataset.yml."""
    return CliRunner().invoke(cli.commands, ["init", str(folder), *map(str, files)])


def test_a_first_description_passes_once_its_blanks_are_filled(tmp_path, in_root):
    """An easy export in GB18030: who gave it and what it is are all that has to be written."""
    folder = export(tmp_path, encoding="gb18030", delimiter=";")
    (folder / "dataset.yml").unlink()
    file = folder / "台账.csv"
    before = digest.of_file(file)
    result = begin(folder, file)
    assert result.exit_code == 0, result.output
    with pytest.raises(ContractError, match=r"4 problems|5 problems") as caught:
        examine(folder)
    assert {"title", "status", "licence", "origin"} <= set(
        re.findall(r"dataset.yml, (\w+)", str(caught.value))
    )
    settings = yaml.safe_load((folder / "dataset.yml").read_text(encoding="utf-8"))
    mapping = settings["mapping"]["complaints"]
    assert (mapping["encoding"], mapping["delimiter"]) == ("gb18030", ";")
    assert mapping["columns"]["received_on"] == "日期"
    assert mapping["values"]["kind"] == {"投诉": "complaint", "举报": "report", "咨询": "enquiry"}
    assert set(mapping["dates"]) == {"%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y%m%d"}
    filled = yaml.safe_dump(settings | FILLED, allow_unicode=True)
    (folder / "dataset.yml").write_text(filled, encoding="utf-8")
    dataset, problems = examine(folder)
    assert not problems
    assert len(dataset.tables["complaints"]) == 6
    assert digest.of_file(file) == before


def test_a_first_description_is_never_written_over_another(tmp_path, in_root):
    """Not even an empty one."""
    folder = export(tmp_path)
    before = (folder / "dataset.yml").read_bytes()
    result = begin(folder, folder / "台账.csv", folder / "gone.csv", tmp_path / "salt")
    assert result.exit_code == 10
    assert "3 problems" in result.output
    for word in ("is there already", "does not exist", "lies outside the dataset's folder"):
        assert word in result.output
    assert (folder / "dataset.yml").read_bytes() == before


def test_a_first_description_takes_no_record_for_a_header(tmp_path, in_root):
    """Cells of a record must not be written into a file that is passed on."""
    folder = export(tmp_path)
    (folder / "dataset.yml").unlink()
    file = folder / "台账.csv"
    file.write_text(file.read_text(encoding="utf-8").split("\n", 1)[1], encoding="utf-8")
    result = begin(folder, file)
    assert result.exit_code == 11
    assert "holds no row that looks like names" in result.output
    assert not (folder / "dataset.yml").exists()


def test_a_first_description_of_the_ugly_export_finds_its_form(ugly, tmp_path, in_root):
    """Title rows, merged header, marks of numbers, words and which file is which table."""
    folder = Path(shutil.copytree(ugly, tmp_path / "ugly"))
    mapping = yaml.safe_load((folder / "dataset.yml").read_text(encoding="utf-8"))["mapping"]
    (folder / "dataset.yml").unlink()
    assert begin(folder, *sorted(folder.iterdir())).exit_code == 0
    text = (folder / "dataset.yml").read_text(encoding="utf-8")
    guessed = yaml.safe_load(text)["mapping"]
    assert guessed.keys() == mapping.keys()
    for table, given in mapping.items():
        assert guessed[table]["columns"] == given["columns"], table
    assert guessed["regions"]["header"] == [2, 3]
    complaints = guessed["complaints"]
    assert (complaints["decimal"], complaints["thousands"]) == (",", ".")
    assert complaints["values"]["outcome"] == mapping["complaints"]["values"]["outcome"]
    assert "# not read: 备注" in text
    assert not re.search(r"C\d{8}|R\d{9}", text), "an identifier of a record or person"


@pytest.mark.parametrize(
    ("head", "said"),
    [("2023年各区县投诉统计表,,,\n", "2023-01"), ("", "YEAR-01")],
    ids=["the title names the year", "no cell names the year"],
)
def test_months_side_by_side_are_drafted_as_rows(tmp_path, in_root, head, said):
    """With their year or a word to be written, and districts below the cities beside them."""
    rows = "地市,区县,1月,2月,3月\n甲市,市中区,12,13,15\n甲市,东区,9,8,7\n乙市,市中区,22,23,25\n"
    (tmp_path / "统计.csv").write_text(head + rows, encoding="utf-8")
    regions = "990100,A,甲市,city,\n990200,B,乙市,city,\n990101,C,市中区,district,990100\n"
    regions += "990102,D,东区,district,990100\n990201,E,市中区,district,990200\n"
    names = "region_code,name_en,name_zh,level,parent_code\n"
    (tmp_path / "regions.csv").write_text(names + regions, encoding="utf-8")
    assert begin(tmp_path, tmp_path / "统计.csv").exit_code == 0
    drafted = yaml.safe_load((tmp_path / "dataset.yml").read_text(encoding="utf-8"))
    mapping = drafted["mapping"]["outcomes"]
    assert mapping["columns"]["region_code"] == ["地市", "区县"]
    assert mapping["wide"]["columns"][said] == "1月"
    del mapping["columns"]["outcome"]
    mapping["constants"] = {"outcome": "complaint"}
    text = yaml.safe_dump(drafted | FILLED, allow_unicode=True).replace("YEAR", "2023")
    (tmp_path / "dataset.yml").write_text(text, encoding="utf-8")
    dataset, problems = examine(tmp_path)
    assert not problems
    read = dataset.tables["outcomes"].set_index(["region_code", "period"])["count"]
    assert read.loc[("990201", "2023-03")] == 25
    assert len(read) == 9


def test_years_of_the_republic_are_drafted_with_their_era(tmp_path, in_root):
    """民國112年 is 2023, in both ways in which it is written; years of the common era stay."""
    rows = ["東區,民國112年3月5日,1", "西區,112/03/06,2", "東區,2023-04-07,3"]
    (tmp_path / "案件.csv").write_text(
        "\n".join(["區縣,登記日期,編號", *rows]) + "\n", encoding="utf-8"
    )
    assert begin(tmp_path, tmp_path / "案件.csv").exit_code == 0
    drafted = yaml.safe_load((tmp_path / "dataset.yml").read_text(encoding="utf-8"))
    mapping = drafted["mapping"]["complaints"]
    assert mapping["era"] == "minguo"
    names = "region_code,name_en,name_zh,level\n990101,A,東區,district\n990102,B,西區,district\n"
    (tmp_path / "regions.csv").write_text(names, encoding="utf-8")
    for name in ("kind", "channel"):
        del mapping["columns"][name]
    mapping["constants"] = {"kind": "complaint", "channel": "phone"}
    text = yaml.safe_dump(drafted | FILLED, allow_unicode=True)
    (tmp_path / "dataset.yml").write_text(text, encoding="utf-8")
    dataset, problems = examine(tmp_path)
    assert not problems
    days = dataset.tables["complaints"]["received_on"].dt.strftime("%Y-%m-%d")
    assert days.tolist() == ["2023-03-05", "2023-03-06", "2023-04-07"]


def test_a_record_with_two_months_is_no_header(tmp_path, in_root):
    """Three months or more side by side are names; a record names the first and the last."""
    (tmp_path / "a.csv").write_text("东区,1月,2月\n西区,3月,4月\n", encoding="utf-8")
    assert begin(tmp_path, tmp_path / "a.csv").exit_code == 11
