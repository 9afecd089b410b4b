"""Databases are read and never written, and what they refuse is told apart without a secret."""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path

import duckdb
import pytest
from test_engines import absent
from test_reading_cases import Case

import postgres
from analysis.data.dataset import examine, read_dataset
from analysis.data.records.connections import connected, refused
from analysis.data.records.engines import engine
from analysis.data.records.location import RecordSource

QUERY = "SELECT * FROM tips"
MAPPED = {
    "url": "duckdb://registry.duckdb",
    "sql": QUERY,
    "columns": {"region_code": "code", "count": "n"},
    "constants": {"outcome": "tips"},
}
MADE = "CREATE TABLE tips (code VARCHAR, period VARCHAR, n INTEGER)"
ROWS = ["('990102', '2021', 3)", "('990103', '2021', 4)"]
FILLED = "INSERT INTO tips VALUES ('990102', '2021', 3)"


def database(folder: Path, *statements: str, name: str = "registry.duckdb") -> Path:
    """A file of DuckDB."""
    with duckdb.connect(folder / name) as connection:
        for statement in statements:
            connection.execute(statement)
    return folder / name


def answers(folder: Path, **mapping: object) -> tuple[list[object], list[str]]:
    """The counts that a mapped query gives, and what is wrong with it."""
    dataset, problems = examine(Case({}, {"outcomes": MAPPED | mapping}).write(folder))
    table = dataset.tables["outcomes"]
    return table["count"].tolist() if "count" in table else [], [str(p) for p in problems]


def test_a_file_of_duckdb_is_found_beside_the_description_wherever_it_is_read(
    tmp_path, monkeypatch
):
    """A relative path is one of the dataset's folder, with two strokes or three."""
    database(tmp_path, MADE, FILLED)
    monkeypatch.chdir("/")
    assert answers(tmp_path) == ([3], [])
    assert answers(tmp_path, url="duckdb:///registry.duckdb") == ([3], [])
    assert answers(tmp_path, url=f"duckdb://{tmp_path}/registry.duckdb") == ([3], [])


@pytest.mark.parametrize("url", ["duckdb://registry.dukdb", "duckdb:///registry.dukdb"])
def test_a_misspelt_database_is_named_and_none_is_made(tmp_path, monkeypatch, url):
    """Neither in the folder nor where the command runs."""
    monkeypatch.chdir(tmp_path)
    database(tmp_path, MADE)
    _, problems = answers(tmp_path, url=url)
    assert [p for p in problems if "url: names no file here. Write duckdb://FILE" in p]
    found = {file.name for file in tmp_path.iterdir()}
    assert found == {"registry.duckdb", "dataset.yml", "regions.csv"}


def test_records_in_a_misspelt_database_are_refused_and_none_is_made(tmp_path, monkeypatch):
    """As for a query."""
    monkeypatch.chdir(tmp_path)
    records = {"url": "duckdb://nothing.db", "table": "complaints"}
    _, problems = examine(Case({}, about={"records": records}).write(tmp_path))
    assert "names no file here" in str(problems[0])
    assert not (tmp_path / "nothing.db").exists()


def test_a_database_is_opened_to_be_read_only(tmp_path):
    """Whoever gets the connection cannot write, in DuckDB and SQLite."""
    import sqlite3

    database(tmp_path, MADE)
    with sqlite3.connect(tmp_path / "s.db") as made:
        made.execute("CREATE TABLE tips (n INTEGER)")
    made.close()
    for url in ("duckdb://registry.duckdb", "sqlite://s.db"):
        connection = connected(url, tmp_path)
        with pytest.raises(Exception, match=r"(?i)read.?only"):
            connection.con.execute("INSERT INTO tips (n) VALUES (1)")
        connection.disconnect()


def test_a_file_of_sqlite_is_read_with_two_strokes_or_three_and_left_as_it_is(tmp_path):
    """One that is written through a log beside it leaves no log of ours; what is logged is read."""
    import sqlite3

    made = sqlite3.connect(tmp_path / "s.db")
    made.executescript(f"PRAGMA journal_mode = wal; {MADE}; {FILLED}")
    made.commit()
    counts = [answers(tmp_path, url=url) for url in ("sqlite://s.db", "sqlite:///s.db")]
    assert counts == [([3], [])] * 2
    made.close()
    assert answers(tmp_path, url="sqlite://s.db") == ([3], [])
    assert {file.name for file in tmp_path.iterdir()} == {"s.db", "dataset.yml", "regions.csv"}
    _, problems = answers(tmp_path, url="duckdb://s.db")
    assert "names a file of SQLite. Write sqlite:// in the url" in problems[0]


def test_words_that_a_database_keeps_as_a_list_are_read_as_words(tmp_path):
    """And may stand in any order."""
    database(tmp_path, MADE.replace("code VARCHAR", "code ENUM ('990102')"), FILLED)
    assert answers(tmp_path) == ([3], [])


def test_a_database_that_another_program_holds_is_said_to_be_locked(tmp_path):
    """And not to be tried there."""
    file = database(tmp_path, MADE)
    program = (
        f"import duckdb, sys; c = duckdb.connect({str(file)!r}); print(1, flush=True); input()"
    )
    held = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with held:
        held.stdout.readline()
        _, problems = answers(tmp_path)
        held.communicate(b"\n")
    assert "is locked by another program. Close it there, or copy the file" in problems[0]


def test_the_order_of_an_answer_is_no_change_of_the_data(tmp_path):
    """A database may answer in any."""
    digests = []
    for number, rows in enumerate((ROWS, ROWS[::-1], [ROWS[0]])):
        folder = tmp_path / str(number)
        folder.mkdir()
        database(folder, MADE, FILLED.replace(ROWS[0], ", ".join(rows)))
        made = Case({}, {"outcomes": MAPPED}).write(folder)
        digests.append(read_dataset(made).hashes["outcomes (query)"])
    assert digests[0] == digests[1] != digests[2]


def test_periods_that_are_moments_ask_for_their_zone_and_their_length(tmp_path):
    """``date_trunc`` gives moments; in a zone they are days, and all are begins of months."""
    pytest.importorskip("pytz")
    moments = "SELECT code, TIMESTAMPTZ '2021-02-01 00:00:00+08' AS period, n FROM tips"
    database(tmp_path, MADE, FILLED)
    _, problems = answers(tmp_path, sql=moments)
    assert "column period: holds times with a zone. Name the zone" in problems[0]
    counts, problems = answers(tmp_path, sql=moments, time_zone="Asia/Shanghai")
    assert (counts, problems) == ([3], [])


def test_a_table_whose_name_needs_quotation_marks_is_found_and_its_words_are_mapped(tmp_path):
    """With capitals, blanks and points; words of the owner become ours, as in files."""
    database(
        tmp_path,
        'CREATE SCHEMA "Market Data"',
        'CREATE TABLE "Market Data"."工单.2023" AS SELECT DATE \'2023-01-02\' AS slrq, '
        "'990102' AS xzqh, unnest(['投诉', '举报', '投诉']) AS lx",
    )
    records = {
        "url": "duckdb://registry.duckdb",
        "table": '"Market Data"."工单.2023"',
        "columns": {"received_on": "slrq", "region_code": "xzqh", "kind": "lx"},
        "values": {"kind": {"投诉": "complaint", "举报": "report"}},
    }
    data = read_dataset(Case({}, about={"records": records}).write(tmp_path))
    counts = data.panel.frame.set_index("kind")["records"]
    assert counts.to_dict() == {"complaint": 2, "report": 1, "enquiry": 0}


def test_reading_makes_no_noise(tmp_path, capfd):
    """Neither a bar of progress nor a warning of a driver."""
    database(tmp_path, MADE, FILLED)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        answers(tmp_path)
    assert capfd.readouterr() == ("", "")


SAID = {
    'connection failed: FATAL:  password authentication failed for user "me"': "the password",
    "fe_sendauth: no password supplied": "the password",
    'connection failed: FATAL:  database "x" does not exist': "no database of that name",
    'connection failed: FATAL:  role "me" does not exist': "does not know the user",
    "failed to resolve host 'db.example': [Errno -2] Name or service not known": "a host nobody",
    "connection to server at 127.0.0.1, port 5433 failed: Connection refused": "not served at",
    "connection timeout expired": "does not answer",
    "IO Error: Could not set lock on file x: Conflicting lock is held": "locked by another",
    "database is locked": "locked by another program",
    'relation "tips" does not exist': "has no such table",
    'column "n" does not exist': "has no such column",
    "permission denied for table tips": "does not let this user",
    "something new about me": "cannot be read (OSError)",
}


@pytest.mark.parametrize("said", SAID)
def test_what_drivers_say_is_told_apart(said):
    """And none of it is repeated."""
    problem = str(refused(OSError(said), "the database"))
    assert SAID[said] in problem
    assert 'me"' not in problem
    assert "127.0.0.1" not in problem


def test_a_server_tells_what_is_wrong_with_an_address(tmp_path, monkeypatch):
    """A database that is not there, a port nobody serves, a table; and it is only read."""
    programs = postgres.binaries()
    if programs is None:
        absent("PostgreSQL (apt-get install postgresql)")
    with postgres.server(programs) as url:
        wrong = {
            url.replace("/postgres?", "/other?"): "has no database of that name",
            "postgresql://me@127.0.0.1:1/postgres": "is not served at that port",
            "postgresql://me@host.invalid/postgres": "names a host nobody knows",
        }
        for address, said in wrong.items():
            monkeypatch.setenv("REGISTRY", address)
            _, problems = answers(tmp_path, url="env:REGISTRY")
            assert said in problems[0], (address, problems)
        monkeypatch.setenv("REGISTRY", url)
        _, problems = answers(tmp_path, url="env:REGISTRY")
        assert "has no such table" in problems[0]
        made = "CREATE FUNCTION f() RETURNS text AS $$ CREATE TABLE t (n int); SELECT 'x' $$"
        connection = connected(url, tmp_path)
        connection.raw_sql(f"{made} LANGUAGE sql").close()
        _, problems = answers(tmp_path, url="env:REGISTRY", sql="SELECT f() AS code")
        assert "is asked to do more than read" in problems[0]
        rows = "SELECT '990102' AS code, '2021' AS period, 3::numeric AS n"
        connection.raw_sql(f"CREATE TABLE tips AS {rows}").close()
        connection.disconnect()
        assert answers(tmp_path, url="env:REGISTRY") == ([3], [])
        with engine(RecordSource(url=url, table="tips")) as counting:
            with pytest.raises(Exception, match="read-only transaction"):
                counting.con.execute("DELETE FROM tips")
            counting.con.rollback()
