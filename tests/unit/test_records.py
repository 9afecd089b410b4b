"""Records in files and databases: counted like those in memory, kept by file, refused in words."""

from __future__ import annotations

import datetime as dt
import pickle
import shutil
import subprocess
import sys

import pandas as pd
import pytest
import yaml
from test_panel import ABOUT, ask

from analysis.data.dataset import datasets_kept, read_dataset
from analysis.data.frames.study import build_study
from analysis.data.records.count_cache import FOLDER_VARIABLE, intact, record_panel
from analysis.data.records.location import RecordSource
from analysis.data.regions.crosswalk import lookup
from analysis.errors import ContractError
from analysis.simulated.nation import Nation, truth_counts, world, write_nation
from analysis.simulated.places import county_codes
from analysis.simulated.province import Options
from analysis.simulated.province_records import write
from reports import no_longer_public

BY_MONTH = RecordSource(files="complaints/*.parquet")
NATION = Nation(records=20_000, counties=30)


@pytest.fixture(scope="module")
def province(tmp_path_factory):
    """A small province whose complaints are one table."""
    options = Options(counties=12, months=24, complaints_per_month=20, enterprises=80)
    return write(options, tmp_path_factory.mktemp("province") / "table")


@pytest.fixture(scope="module")
def nation(tmp_path_factory):
    """A small nation, written by month."""
    folder = tmp_path_factory.mktemp("nation") / "nation"
    assert abs(write_nation(NATION, folder) / NATION.records - 1) < 0.05
    return folder


@pytest.fixture
def months(nation, tmp_path):
    """A private copy to spoil."""
    return shutil.copytree(nation, tmp_path / "months")


def panel(folder, **options):
    return record_panel(folder, BY_MONTH, county_codes(30), **options)


@pytest.mark.parametrize("period", ["month", "quarter", "year"])
def test_records_in_files_give_the_study_that_records_in_memory_give(province, tmp_path, period):
    """Panel, placebo and every mix, to the digit."""
    question = {"intervention": "reverse_assessment", "exposure": "enterprises", "period": period}
    question |= {"placebo_outcome": "enquiry", "exclude_other_interventions": False}
    folder = tmp_path / "files"
    shutil.copytree(province, folder, ignore=shutil.ignore_patterns("complaints.parquet"))
    (folder / "complaints").mkdir()
    records = pd.read_parquet(province / "complaints.parquet")
    for year, rows in records.groupby(records["received_on"].dt.year):
        rows.to_csv(folder / "complaints" / f"{year}.csv", index=False)
    with (folder / "dataset.yml").open("a") as handle:
        handle.write("records: {files: complaints/*.csv}\n")
    studies = [
        build_study(read_dataset(place), ask(place, **question)) for place in (province, folder)
    ]
    assert list(studies[1].mixes) == ["repeat_claimants", "online_channel", "upheld"]
    pairs = [(s.panel, s.placebo, *s.mixes.values()) for s in studies]
    for memory, files in zip(*pairs, strict=True):
        assert memory.periods == files.periods
        assert memory.dropped == files.dropped
        pd.testing.assert_frame_equal(memory.frame, files.frame, check_exact=True)
    assert memory.frame["count"].sum() > 0
    assert "complaints/2020.csv" in studies[1].hashes


def test_a_nation_is_what_its_truth_says_and_the_same_each_time(nation, tmp_path):
    """Every count of every county, month and kind; the same bytes again, others by another seed."""
    truth = truth_counts(world(NATION))
    found = panel(nation).frame
    period = pd.PeriodIndex(truth["period"], freq="M")
    truth["month"] = period.year * 12 + period.month - 1
    keys = ["region_code", "month", "kind"]
    both = found.merge(truth, on=keys, how="outer", validate="one_to_one")
    assert (both["records"] == both["count"]).all()
    write_nation(NATION, tmp_path / "again")
    write_nation(Nation(records=20_000, counties=30, seed=7), tmp_path / "other")
    for file in sorted(nation.rglob("*.*")):
        again = tmp_path / "again" / file.relative_to(nation)
        assert again.read_bytes() == file.read_bytes()
    name = "complaints/2024-01.parquet"
    assert (tmp_path / "other" / name).read_bytes() != (nation / name).read_bytes()


def test_a_nation_is_a_simulated_dataset_that_a_study_can_be_built_on(nation):
    """Marked as simulated; complaints are there without being read into memory."""
    dataset = read_dataset(nation)
    assert dataset.description.status == "simulated"
    assert dataset.has("complaints")
    assert "complaints" not in dataset.tables
    question = ask(nation, intervention="reverse_assessment", exposure="enterprises")
    study = build_study(dataset, question)
    assert study.panel.sample.rows == len(study.panel.regions) * 12


def test_a_new_month_costs_the_counting_of_that_month_only(months, tmp_path):
    """Eleven months, then the twelfth; the panel is that of all twelve counted at once."""
    keep, last = tmp_path / "kept", months / "complaints" / "2024-12.parquet"
    aside = last.rename(tmp_path / last.name)
    first = panel(months, cache=keep)
    assert first.counted_anew == {f"2024-{m:02d}.parquet": 1 for m in range(1, 12)}
    assert panel(months, cache=keep).counted_anew == {}
    aside.rename(last)
    grown = panel(months, cache=keep)
    assert grown.counted_anew == {"2024-12.parquet": 1}
    whole = panel(months)
    assert whole.counted_anew == {"complaints/*.parquet": 12}
    pd.testing.assert_frame_equal(grown.frame, whole.frame, check_exact=True)
    assert not first.frame.equals(whole.frame)


def test_a_changed_file_another_source_and_another_dimension_are_counted_anew(months, tmp_path):
    """What is kept serves the same question about the same bytes only."""
    keep = tmp_path / "kept"
    panel(months, cache=keep)
    file = months / "complaints" / "2024-03.parquet"
    pd.read_parquet(file).iloc[1:].to_parquet(file)
    changed = panel(months, cache=keep)
    assert changed.counted_anew == {"2024-03.parquet": 1}
    pd.testing.assert_frame_equal(changed.frame, panel(months).frame, check_exact=True)
    assert len(panel(months, cache=keep, by=("kind", "channel")).counted_anew) == 12
    moves = {"old_code": ["990101"], "new_code": ["990102"], "weight": [1.0]}
    moved = panel(months, cache=keep, crosswalk=lookup(pd.DataFrame(moves)))
    assert len(moved.counted_anew) == 12
    assert "990101" not in set(moved.frame["region_code"])


@pytest.mark.parametrize("spoil", ["cut", "empty"])
def test_damaged_cells_are_counted_anew(months, tmp_path, spoil):
    """Half a file, and nothing at all."""
    keep = tmp_path / "kept"
    before = panel(months, cache=keep)
    kept = sorted(keep.glob("*.parquet"))[0]
    content = kept.read_bytes()
    kept.write_bytes(content[: len(content) // 2] if spoil == "cut" else b"")
    after = panel(months, cache=keep)
    assert len(after.counted_anew) == 1
    pd.testing.assert_frame_equal(after.frame, before.frame, check_exact=True)


def test_no_changed_byte_of_kept_cells_changes_a_count(months, tmp_path):
    """Wherever it stands, it is noticed."""
    panel(months, cache=tmp_path)
    kept = sorted(tmp_path.glob("*.parquet"))[0]
    content = kept.read_bytes()
    assert intact(kept)
    for position in range(0, len(content), len(content) // 100):
        changed = bytearray(content)
        changed[position] ^= 255
        kept.write_bytes(changed)
        assert not intact(kept)


def test_two_processes_count_every_file_once(months, tmp_path):
    """The second waits for the first, and both see the same panel."""
    code = (
        "import sys; from pathlib import Path; from analysis.data.dataset import read_dataset;"
        "p = read_dataset(sys.argv[1]).panel; print(len(p.counted_anew), p.frame.records.sum())"
    )
    call = [sys.executable, "-c", code, str(months)]
    environment = {FOLDER_VARIABLE: str(tmp_path / "kept"), "PATH": "/usr/bin:/bin"}
    both = [subprocess.Popen(call, stdout=subprocess.PIPE, env=environment) for _ in range(2)]
    said = [process.communicate()[0].decode().split() for process in both]
    assert sum(int(counted) for counted, _ in said) == 12
    assert said[0][1] == said[1][1]
    assert not [file for file in (tmp_path / "kept").iterdir() if file.name[0] == "."]


def rewritten(months, change) -> str:
    """The message that a changed January ends in."""
    file = months / "complaints" / "2024-01.parquet"
    change(pd.read_parquet(file)).to_parquet(file)
    with pytest.raises(ContractError) as caught:
        panel(months)
    return str(caught.value)


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("region_code", "secret", r"column region_code, 1 records: is not in regions. Add"),
        ("region_code", None, r"column region_code, 1 records: is not in regions"),
        ("kind", "secret", r"column kind, 1 records: is no allowed word. Allowed: complaint"),
        ("received_on", None, r"column received_on, 1 records: has no day"),
        ("channel", "secret", r"hold 1 words or numbers that the contract does not allow"),
        ("outcome", "secret", r"hold 1 words or numbers that the contract does not allow"),
        ("claimant_prior_cases", -3, r"hold 1 words or numbers that the contract does not allow"),
    ],
)
def test_a_record_that_breaks_a_rule_is_refused_without_its_value(months, column, value, message):
    """How many, where, and what would fix it."""

    def change(frame):
        frame = frame.astype({column: object})
        frame.loc[3, column] = value
        return frame

    said = rewritten(months, change)
    assert said.count(message) == 1
    assert "secret" not in said


def test_a_missing_column_and_moments_without_a_zone_are_refused(months):
    """A column of the contract by the owner's name; a moment needs to know where its day begins."""
    said = rewritten(months, lambda frame: frame.rename(columns={"kind": "lx"}))
    assert "column kind: is missing. Name the owner's column under records.columns" in said


def test_moments_are_refused_until_a_time_zone_is_given(months):
    """In files as in databases."""
    for file in sorted((months / "complaints").iterdir())[1:]:
        file.unlink()

    def zoned(frame):
        return frame.assign(received_on=pd.to_datetime(frame["received_on"]).dt.tz_localize("UTC"))

    assert "holds moments. Say in which records.time_zone a day begins" in rewritten(months, zoned)
    source = RecordSource(files="complaints/*.parquet", time_zone="Asia/Shanghai")
    found = record_panel(months, source, county_codes(30)).frame
    assert set(found["month"]) == {2024 * 12}


def test_a_text_that_is_no_day_is_refused_by_its_row(tmp_path):
    """The row in the file, and nothing of what stands there."""
    rows = ["complaint_id,received_on,region_code,kind,channel"]
    rows += [f"R{i},2024-01-0{1 + i % 9},A,complaint,phone" for i in range(40)]
    rows[17] = "R16,2023-02-30,A,complaint,phone"
    (tmp_path / "records.csv").write_text("\n".join(rows))
    with pytest.raises(ContractError) as caught:
        record_panel(tmp_path, RecordSource(files="records.csv"), ["A"])
    assert "records.csv, row 18: cannot be read" in str(caught.value)
    assert "2023-02-30" not in str(caught.value)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "names neither or both of files and table"),
        ({"files": "a.csv", "table": "b", "url": "duckdb://"}, "names neither or both"),
        ({"table": "b"}, "names a table without the url"),
        ({"files": "../a.csv"}, "outside the dataset's folder"),
        ({"files": "/a.csv"}, "outside the dataset's folder"),
        ({"files": "a.xlsx"}, "neither .csv nor .parquet"),
        ({"table": "b", "url": "postgresql://u:secret@h/d"}, "holds a password; use PGPASSWORD"),
        ({"table": "b", "url": "postgresql://h/d?password=secret"}, "holds a password"),
        ({"files": "a.csv", "time_zone": "Peking"}, "not in the IANA list"),
        ({"files": "a.csv", "columns": {"knd": "x"}}, "Did you mean 'kind'?"),
        ({"files": "a.csv"}, "records.files: finds no file"),
        ({"table": "b", "url": "${NOT_SET_HERE}"}, "variable NOT_SET_HERE: is not set"),
    ],
)
def test_a_source_that_cannot_be_is_refused(zones, given, message):
    """All in the words of dataset.yml, no secret in sight."""
    no_longer_public(zones)
    about = yaml.safe_load((zones / "dataset.yml").read_text()) | {"records": given}
    (zones / "dataset.yml").write_text(yaml.safe_dump(about, allow_unicode=True))
    with pytest.raises(ContractError) as caught:
        read_dataset(zones)
    assert message in str(caught.value)
    assert "secret" not in str(caught.value)


def test_an_unreachable_database_is_named_without_host_or_user(tmp_path, monkeypatch):
    """The driver's message holds both, and the variable may hold a password."""
    monkeypatch.setenv("PANEL_URL", f"postgresql://someone:secret@/d?host={tmp_path}")
    source = RecordSource(url="${PANEL_URL}", table="records")
    with pytest.raises(ContractError) as caught:
        record_panel(tmp_path, source, ["A"])
    said = str(caught.value)
    assert "records.url: cannot be reached (OperationalError)" in said
    assert not [word for word in ("secret", "someone", str(tmp_path)) if word in said]
    assert caught.value.__suppress_context__


def test_complaints_stand_in_one_place(nation, tmp_path):
    """A table beside records of another place would be a second truth."""
    folder = shutil.copytree(nation, tmp_path / "both")
    shutil.copy(folder / "complaints" / "2024-01.parquet", folder / "complaints.parquet")
    with pytest.raises(ContractError, match=r"table complaints: stands beside other records"):
        read_dataset(folder)


def crosswalk(*rows) -> pd.DataFrame:
    names = ["old_code", "new_code", "weight", "first_day", "last_day"]
    frame = pd.DataFrame(rows, columns=names)
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in names[3:]})


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("A", "B", 0.9, None, None)], "rows 2, column weight: do not add up to 1"),
        ([("A", "B", 0.5, None, None), ("A", "C", 0.5, None, "2020-01-01")], "add up to 1"),
        (
            [("A", "B", 1.0, None, None), ("B", "C", 1.0, None, None)],
            "row 2, column new_code: leads",
        ),
        ([("A", "B", 0.3333333, None, None), ("A", "C", 0.6666667, None, None)], "six decimals"),
    ],
)
def test_a_crosswalk_that_loses_or_doubles_records_is_refused(rows, message):
    """By rows, with what would fix it."""
    with pytest.raises(ContractError) as caught:
        lookup(crosswalk(*rows))
    assert message in str(caught.value)


def test_a_part_that_stays_and_a_chain_apart_in_time_are_no_chains():
    """A keeps seven tenths; B moves on only after A's records stopped coming."""
    rows = [
        ("A", "A", 0.7, None, "2020-12-31"),
        ("A", "B", 0.3, None, "2020-12-31"),
        ("B", "C", 1.0, "2021-01-01", None),
    ]
    assert lookup(crosswalk(*rows))["weight_millionths"].tolist() == [700_000, 300_000, 1_000_000]


@pytest.fixture
def districts(tmp_path):
    """A was merged into B on 1 March 2021; counts, sizes and records by the codes of the time."""
    folder = tmp_path / "districts"
    folder.mkdir()
    (folder / "dataset.yml").write_text(yaml.safe_dump(ABOUT, allow_unicode=True))
    names = {"name_en": list("ABC"), "name_zh": list("甲乙丙"), "level": "county"}
    pd.DataFrame({"region_code": list("ABC"), **names}).to_csv(folder / "regions.csv", index=False)
    rows = [("A", f"2021-{m:02d}") for m in (1, 2)]
    rows += [(code, f"2021-{m:02d}") for code in "BC" for m in range(1, 7)]
    counts = pd.DataFrame(rows, columns=["region_code", "period"])
    counts.assign(outcome="x", count=10).to_csv(folder / "outcomes.csv", index=False)
    counts.assign(exposure="y", value=100).to_csv(folder / "exposures.csv", index=False)
    start = {"region_code": ["B"], "intervention": "x", "started_on": "2021-04-01"}
    pd.DataFrame(start).to_csv(folder / "interventions.csv", index=False)
    moves = {"old_code": ["A"], "new_code": "B", "weight": 1, "last_day": "2021-02-28"}
    pd.DataFrame(moves).to_csv(folder / "crosswalk.csv", index=False)
    return folder


def test_counts_and_exposures_of_former_regions_count_for_the_present_ones(districts):
    """B of January is A and B of January; no region of the past is left in the panel."""
    study = build_study(read_dataset(districts), ask(districts, outcome="x", exposure="y"))
    assert study.panel.regions == ("B", "C")
    assert study.panel.matrix("count")[0].tolist() == [20, 20, 10, 10, 10, 10]
    assert study.panel.matrix("exposure")[0].tolist() == [200, 200, 100, 100, 100, 100]
    assert "crosswalk.csv" in study.hashes


@pytest.mark.parametrize(
    ("table", "old", "new", "message"),
    [
        ("crosswalk", "2021-02-28", "2021-02-14", r"outcomes.csv, row 3: is of a period in which"),
        ("interventions", "B,", "A,", r"interventions.csv, column region_code, row 2: is a former"),
    ],
)
def test_what_cannot_be_moved_is_refused(districts, table, old, new, message):
    """A month in which the region changed; a start in a region that is no more."""
    file = districts / f"{table}.csv"
    file.write_text(file.read_text().replace(old, new, 1))
    with pytest.raises(ContractError, match=message):
        read_dataset(districts)


SMALL = (
    "from analysis.data.dataset import read_dataset; import analysis.data.frames.panels.panel;"
    "read_dataset('data/enterprise_zones')"
)
NIGHT = (
    "import analysis.cli.run, analysis.batch.execute, analysis.batch.runner;"
    "import analysis.publish.site.edition;"
    "from analysis.publish.site.lists.register import register; register('en')"
)


@pytest.mark.parametrize(
    ("code", "spared"),
    [
        (SMALL, {"ibis", "duckdb", "pyspark", "sqlglot"}),
        (NIGHT, {"scipy.stats", "scipy.optimize", "matplotlib", "statsmodels"}),
    ],
)
def test_nobody_pays_for_what_others_load(root, code, spared):
    """A small report for engines; a night that plans, runs and publishes for what kernels load."""
    code += f"; import sys; print({spared} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=root)
    assert done.stdout.decode().strip() == "set()"


def test_the_key_of_a_run_changes_with_a_file_of_records(months, tmp_path):
    """Digests by file, without reading a record."""
    from analysis.data.fingerprint import Prints, data_read

    tables = {"regions", "complaints"}
    before = data_read(str(months), tables, "", Prints(tmp_path / "prints"))
    assert {f"complaints/2024-{m:02d}.parquet" for m in range(1, 13)} < set(before)
    file = months / "complaints" / "2024-03.parquet"
    pd.read_parquet(file).iloc[1:].to_parquet(file)
    after = data_read(str(months), tables, "", Prints(tmp_path / "prints"))
    assert [name for name in before if before[name] != after[name]] == [
        "complaints/2024-03.parquet"
    ]


def test_a_day_of_receipt_stays_a_day(nation):
    """The generator writes days, not moments."""
    first = pd.read_parquet(nation / "complaints" / "2024-02.parquet")["received_on"]
    assert isinstance(first.iloc[0], dt.date)
    assert first.max() <= dt.date(2024, 2, 29)


def test_what_was_read_can_be_handed_to_another_process(months):
    """Tables, records counted and accounts, whole; what lies in a database is asked anew."""
    with datasets_kept() as kept:
        read = read_dataset(months)
        assert read_dataset(months) is read
    kept.datasets[months, None, (object(),)] = read
    (found,) = pickle.loads(pickle.dumps(kept.lasting())).datasets.values()  # noqa: S301
    pd.testing.assert_frame_equal(found.panel.frame, read.panel.frame)
    assert found.accounts == read.accounts
    assert found.hashes == read.hashes
    assert found.tables.keys() == read.tables.keys()
    for name, frame in read.tables.items():
        pd.testing.assert_frame_equal(found.tables[name], frame)
