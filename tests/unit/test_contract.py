"""The data contract refuses every violation, all at once, without showing a value."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analysis.data.dataset import read_dataset
from analysis.errors import ContractError, ParamsError
from reports import no_longer_public


def spoil(folder: Path, table: str, old: str, new: str) -> None:
    """Replace the first occurrence of a text in a table."""
    file = folder / f"{table}.csv"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def refusal(folder: Path) -> str:
    """The message of the contract error that reading ends in."""
    with pytest.raises(ContractError) as caught:
        read_dataset(folder)
    return str(caught.value)


CASES = [
    ("outcomes", ",166746", ",-5", r"outcomes.csv, column count, row 2: is below 0"),
    ("outcomes", ",166746", ",12.5", r"column count, row 2: is not a whole number"),
    ("outcomes", ",166746", ",many", r"column count, row 2: is not a whole number"),
    ("outcomes", ",166746", ",", r"column count, row 2: is empty"),
    ("outcomes", "IN-01,1980", "IN-01,1980-13", r"column period, row 2: is not a period"),
    ("outcomes", "IN-01,1981", "IN-01,1980", r"row 3: repeats the key region_code \+ period"),
    ("outcomes", "IN-01,1980", "IN-99,1980", r"column region_code, row 2: is not in regions"),
    ("interventions", "1984-01-01", "1984-02-30", r"started_on, row 2: is not a date"),
    ("interventions", "1984-01-01", "01/02/1984", r"Write dates as YYYY-MM-DD"),
    ("interventions", "selected", "chosen", r"assignment, row 2: is not one of the allowed"),
    ("interventions", "started_on", "start_on", r"start_on: is not in the contract. Did you mean"),
    ("outcomes", "IN-01,1980", "IN-01,1980-07", r"period, row 2: is of another length than most"),
    ("regions", "name_zh", "name_cn", r"column name_zh: is missing"),
    ("regions", ",city,", ",parish,", r"column level, row 2: is not one of the allowed words"),
]


@pytest.mark.parametrize(("table", "old", "new", "expected"), CASES)
def test_a_violation_is_named_with_file_column_row_and_remedy(zones, table, old, new, expected):
    """Each rule, broken once."""
    spoil(zones, table, old, new)
    assert re.search(expected, refusal(zones))


def test_all_violations_are_listed_at_once(zones):
    """Three tables broken, one message."""
    spoil(zones, "outcomes", ",166746", ",-5")
    spoil(zones, "interventions", "1984-01-01", "soon")
    spoil(zones, "regions", ",city,", ",parish,")
    message = refusal(zones)
    assert "3 problems" in message
    assert "3. " in message


def test_no_message_shows_the_value_of_a_cell(zones):
    """Complaint records are personal data, whatever column they end up in."""
    for old, new in ((",166746", ",Li Lei 13812345678"), ("IN-01,1981", "Wang Fang,1981")):
        spoil(zones, "outcomes", old, new)
    message = refusal(zones)
    assert not re.search("Li Lei|13812345678|Wang", message)


def test_many_bad_rows_are_counted_not_listed(zones):
    """The first eight row numbers, then how many more."""
    file = zones / "outcomes.csv"
    file.write_text(re.sub(r",(\d+)$", r",-\1", file.read_text(), flags=re.M))
    assert re.search(r"rows 2, 3, 4, 5, 6, 7, 8, 9 and 190 more", refusal(zones))


def test_codes_keep_their_leading_zeros(zones):
    """A region code is a word, not a number."""
    with (zones / "regions.csv").open("a", encoding="utf-8") as file:
        file.write("010203,A,甲,county,\n")
    assert read_dataset(zones).tables["regions"]["region_code"].iloc[-1] == "010203"


@pytest.mark.parametrize("period", ["1980", "1980Q3", "1980-Q3", "1980-07"])
def test_periods_may_be_years_quarters_or_months(zones, period):
    """All are read, a quarter in its one form."""
    row = "IN-01,1980,unemployment_claims"
    spoil(zones, "outcomes", row, f"IN-01,{period},claims_of_another_length")
    assert read_dataset(zones).tables["outcomes"]["period"].iloc[0] == period.replace("-Q", "Q")


def test_a_missing_dataset_offers_the_nearest_name(in_root):
    """A misspelt folder."""
    with pytest.raises(ParamsError, match="Did you mean 'enterprise_zones'"):
        read_dataset("data/enterprise_zone")


def test_a_broken_dataset_yml_is_refused_with_its_keys(zones):
    """Unknown status, unknown key, missing title: all three."""
    (zones / "dataset.yml").write_text("status: guessed\nlicence: x\norigin: y\nowner: z\n")
    message = refusal(zones)
    assert all(word in message for word in ("status", "owner", "title", "3 problems"))


def test_a_damaged_file_is_refused_without_a_traceback(zones):
    """Bytes that are no UTF-8."""
    (zones / "outcomes.csv").write_bytes(b"region_code,period\n\xff\xfe\x00,1980\n")
    assert "outcomes.csv, row 2: cannot be read" in refusal(zones)


def test_reading_sees_a_changed_file(zones):
    """The cache is keyed by the files, not by the folder's name."""
    before = read_dataset(zones)
    spoil(zones, "outcomes", ",166746", ",166747")
    after = read_dataset(zones)
    assert after.tables["outcomes"]["count"].iloc[0] == 166747
    assert before.hashes["outcomes.csv"] != after.hashes["outcomes.csv"]


def test_the_data_dictionary_is_current(root):
    """The committed dictionary is what the contract generates."""
    from analysis.data.dictionary import text

    for language in ("en", "zh"):
        file = root / "docs" / f"data-dictionary.{language}.md"
        assert file.read_text(encoding="utf-8") == text(language), "run: analysis dictionary"


def test_a_file_named_in_dataset_yml_must_exist(zones):
    """And a table that is no table of the contract is named too."""
    with (zones / "dataset.yml").open("a", encoding="utf-8") as file:
        file.write("files: {outcomes: gone.csv, outcome: regions.csv}\n")
    message = refusal(zones)
    assert "gone.csv: does not exist" in message
    assert "files.outcome: is not a table of the contract. Did you mean 'outcomes'?" in message


def test_more_samples_cannot_fail_than_were_taken(zones):
    """A number that another must not exceed is refused as a day before another is."""
    rows = "region_code,period,product,mode,taken,failed\nIN-01,1980,milk,routine,10,11\n"
    (zones / "sample_counts.csv").write_text(rows, encoding="utf-8")
    assert "sample_counts.csv, column taken, row 2: is below failed" in refusal(zones)


def test_a_flag_that_nobody_filled_in_is_unknown_not_false(zones):
    """Of three cases one was waived, one was not, of one it is not known."""
    head = "case_id,enterprise_id,region_code,behaviour,decided_on,waived\n"
    rows = "".join(
        f"{n},E1,IN-01,label,1980-01-0{n},{w}\n" for n, w in enumerate(("1", "0", ""), 1)
    )
    (zones / "penalties.csv").write_text(head + rows, encoding="utf-8")
    no_longer_public(zones)
    waived = read_dataset(zones).tables["penalties"]["waived"]
    assert waived.sum() == 1
    assert waived.isna().tolist() == [False, False, True]


def test_an_application_is_of_an_enterprise_or_of_a_region(zones):
    """Not of both, and not of none."""
    head = "enterprise_id,region_code,programme,applied_on\n"
    rows = [f"{who},model,1980-01-01\n" for who in ("E1,", ",IN-01", ",", "E2,IN-01")]
    (zones / "enrolments.csv").write_text(head + "".join(rows), encoding="utf-8")
    no_longer_public(zones)
    message = refusal(zones)
    assert "2 problems" in message
    assert "column enterprise_id, row 4: is empty" in message
    assert "column region_code, row 5: is filled beside enterprise_id" in message
