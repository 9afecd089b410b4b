"""No record is part of more counts than the noise bears, totals that an owner gives among them."""

from __future__ import annotations

import itertools
import shutil

import numpy as np
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner

from analysis.cli import commands
from analysis.data.dataset import read_dataset
from analysis.disclosure.budget import parts_of, totals_of
from analysis.disclosure.store import store_of
from analysis.errors import DesignError

MONTHS = [f"2023-{month:02d}" for month in range(1, 13)]
CODES = ("a", "b", "c")


def counts(*names, mean=30.0, seed=1):
    """Counts of outcomes by region and month, wide."""
    cells = pd.MultiIndex.from_product([CODES, MONTHS], names=["region_code", "period"])
    rng = np.random.default_rng(seed)
    return pd.DataFrame({name: rng.poisson(mean, len(cells)) for name in names}, cells)


def dataset(folder, wide, **description):
    """A folder with these outcomes."""
    folder.mkdir(parents=True, exist_ok=True)
    regions = {"region_code": CODES, "name_en": CODES, "name_zh": CODES, "level": "county"}
    pd.DataFrame(regions).to_csv(folder / "regions.csv", index=False)
    rows = wide.rename_axis(columns="outcome").stack().dropna().rename("count").astype(int)
    rows.reset_index().to_csv(folder / "outcomes.csv", index=False)
    content = {"title": {"en": "T", "zh": "题"}, "status": "real", "licence": "CC0", "origin": "x"}
    text = yaml.safe_dump(content | description, allow_unicode=True)
    (folder / "dataset.yml").write_text(text)
    return folder


def with_total(wide):
    """The same with the total of all."""
    return wide.assign(total=wide.sum(axis=1))


def test_a_total_beside_its_parts_is_refused_unless_the_noise_bears_both(tmp_path):
    """Six draws a record: variance 9 bears three, variance 16 six; the parts may be shown."""
    wide = with_total(counts("a", "b"))
    data = read_dataset(dataset(tmp_path / "nine", wide))
    with pytest.raises(DesignError) as refused:
        store_of(data, "total")
    (problem,) = refused.value.problems
    assert problem.where == "outcome total"
    assert "is the sum of a and b in every region and period" in problem.what
    assert "6 counts would be drawn" in problem.what
    assert "Leave it out" in problem.remedy
    assert "variance: 16" in problem.remedy
    assert store_of(data, "a").noise
    strong = dataset(tmp_path / "sixteen", wide, protection={"variance": 16})
    assert store_of(read_dataset(strong), "total").noise


def test_an_outcome_under_a_second_name_is_refused(tmp_path):
    """Each name would have noise of its own; few cells that are alike may be so by chance."""
    wide = counts("a").assign(again=lambda wide: wide["a"])
    with pytest.raises(DesignError, match="is the same as a in every region and period"):
        store_of(read_dataset(dataset(tmp_path / "twice", wide)), "again")
    for number, told in ((4, False), (5, True)):
        few = wide * 0
        few.iloc[:number] = 12
        assert bool(totals_of(read_dataset(dataset(tmp_path / str(number), few)))) is told


@pytest.mark.parametrize(("cells", "by", "told"), [(1, 1, True), (3, 999_999, True), (4, 1, False)])
@pytest.mark.parametrize("name", ["total", "a"])
def test_what_differs_in_few_cells_is_a_total_all_the_same(tmp_path, cells, by, told, name):
    """Else a record more in one region and month would be worth a draw of every count."""
    wide = with_total(counts("a", "b"))
    wide.iloc[5 : 5 + cells, wide.columns.get_loc(name)] += by
    data = read_dataset(dataset(tmp_path / "p", wide))
    assert totals_of(data) == ({"total": ("a", "b")} if told else {})
    if told:
        with pytest.raises(DesignError, match="is the sum of a and b in every region and period"):
            store_of(data, "total")


@pytest.mark.parametrize("mean", [0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0])
@pytest.mark.parametrize("rows", [36, 600])
def test_small_counts_that_have_nothing_to_do_with_one_another_are_no_totals(mean, rows):
    """Of thirty kinds, of rare and of frequent ones, none is told to be a sum of others."""
    rng = np.random.default_rng(round(mean * 100) + rows)
    for _ in range(20):
        own = rng.poisson(mean * rng.uniform(0.3, 3.0, 31), (rows, 31))
        assert parts_of(own[:, 0], own[:, 1:]) == ()
        even = rng.binomial(1, 0.97, (600, 10))
        assert parts_of(even[:, 0], even[:, 1:]) == ()


def test_a_total_that_is_given_in_few_regions_is_one_of_all_its_parts(tmp_path):
    """A total of totals, whose own sum is far below that of its parts."""
    wide = counts("a", "b", "c").assign(two=lambda wide: wide["a"] + wide["b"])
    wide = wide.assign(total=wide["two"] + wide["c"]).astype("Int64")
    wide.loc[wide.index[6:], "total"] = pd.NA
    data = read_dataset(dataset(tmp_path / "p", wide))
    assert totals_of(data) == {"two": ("a", "b"), "total": ("a", "b", "c")}


def test_parts_of_a_total_that_was_corrected_are_found_among_many():
    """A national table of forty kinds, of which seven are added up; 3 % of the cells are others."""
    rng = np.random.default_rng(4)
    others = rng.poisson(rng.uniform(0.1, 30, 40), (34_200, 40))
    parts = (1, 5, 8, 13, 21, 30, 39)
    total = others[:, parts].sum(axis=1)
    wrong = rng.random(len(total)) < 0.03
    total[wrong] += rng.integers(-5, 500, wrong.sum())
    assert parts_of(np.maximum(total, 0), others) == parts
    total[rng.random(len(total)) < 0.1] += 1
    assert parts_of(np.maximum(total, 0), others) == ()


def test_a_total_that_is_given_for_some_regions_and_months_is_one_all_the_same(tmp_path):
    """Where it is given it draws the same records once more."""
    wide = with_total(counts("a", "b", "c")).astype("Int64")
    wide.loc[wide.index[:20], "total"] = pd.NA
    data = read_dataset(dataset(tmp_path / "p", wide))
    assert totals_of(data) == {"total": ("a", "b", "c")}


def test_totals_of_totals_are_counted_once_more(tmp_path):
    """Kinds, a total of two of them and one of all: nine draws, which no noise bears."""
    wide = counts("a", "b", "c")
    wide = wide.assign(two=wide["a"] + wide["b"], total=wide.sum(axis=1))
    folder = dataset(tmp_path / "p", wide, protection={"variance": 16})
    data = read_dataset(folder)
    assert totals_of(data) == {"two": ("a", "b"), "total": ("a", "b", "c")}
    with pytest.raises(DesignError, match="9 counts would be drawn") as refused:
        store_of(data, "total")
    assert "variance: 16}" not in refused.value.problems[0].remedy


def test_a_total_of_weeks_leaves_room_for_itself(tmp_path):
    """Weeks are drawn once, and the total once more: two of three."""
    weeks = [f"2023-W{week:02d}" for week in range(1, 13)]
    cells = pd.MultiIndex.from_product([CODES, weeks], names=["region_code", "period"])
    wide = with_total(counts("a", "b").set_axis(cells))
    data = read_dataset(dataset(tmp_path / "p", wide))
    assert totals_of(data) == {"total": ("a", "b")}
    assert store_of(data, "total").noise


def test_a_total_of_kinds_of_records_is_found(tmp_path):
    """Records by kind, and how many there are of two kinds beside them."""
    folder = dataset(tmp_path / "p", counts("other"))
    rng = np.random.default_rng(2)
    records = pd.DataFrame(
        {
            "complaint_id": [f"R{number}" for number in range(3000)],
            "received_on": rng.choice(pd.date_range("2023-01-01", "2023-12-31"), 3000),
            "region_code": rng.choice(CODES, 3000),
            "kind": rng.choice(["complaint", "report"], 3000),
            "channel": "online",
        }
    )
    records.to_csv(folder / "complaints.csv", index=False)
    month = records["received_on"].dt.strftime("%Y-%m").rename("period")
    total = records.groupby(["region_code", month]).size()
    dataset(folder, counts("other").assign(all=total))
    assert totals_of(read_dataset(folder)) == {"all": ("complaint", "report")}


def test_check_finds_a_total_in_a_dataset(tmp_path, monkeypatch):
    """Before any report asks for it, with the sentence that says what would fix it."""
    for name in ("params", "notebooks"):
        (tmp_path / name).mkdir()
    dataset(tmp_path / "data/own", with_total(counts("a", "b")))
    monkeypatch.chdir(tmp_path)
    said = CliRunner().invoke(commands, ["check", "data/own"])
    assert said.exit_code == 11
    assert "is the sum of a and b in every region" in said.output
    assert "Leave it out" in said.output
    shutil.rmtree(tmp_path / "data/own")
    dataset(tmp_path / "data/own", counts("a", "b"))
    assert CliRunner().invoke(commands, ["check", "data/own"]).exit_code == 0


@pytest.mark.parametrize("seed", range(20))
def test_parts_are_those_that_trying_all_finds(seed):
    """Eight kinds and the sum of two; the total is one of some kinds, or one but for a record."""
    rng = np.random.default_rng(seed)
    others = rng.poisson(2.0, (40, 8))
    others = np.column_stack([others, others[:, 0] + others[:, 1]])
    total = others[:, rng.permutation(8)[: rng.integers(2, 6)]].sum(axis=1)
    total[0] += seed % 2
    pairs = itertools.chain.from_iterable(
        itertools.combinations(range(9), size) for size in range(2, 10)
    )
    agrees = lambda pair: (others[:, list(pair)].sum(axis=1) == total).mean()  # noqa: E731
    right = [set(pair) for pair in pairs if agrees(pair) >= 0.9]
    found = parts_of(total, others)
    assert bool(found) == bool(right)
    assert not found or set(found) in right


def test_two_ways_to_tell_the_same_records_apart_are_no_obstacle():
    """Men and women, and residents and others, add up to one total: either will do."""
    rng = np.random.default_rng(3)
    a, b = rng.poisson(9.0, (2, 200))
    c = rng.binomial(a + b, 0.3)
    others = np.column_stack([a, b, c, a + b - c])
    assert set(parts_of(a + b, others)) in ({0, 1}, {2, 3})


def test_what_is_empty_is_no_part_and_no_total():
    """Neither does an empty kind join the parts, nor is nothing a sum of nothing."""
    others = np.array([[1, 2, 0], [3, 0, 0]])
    assert parts_of(np.array([3, 3]), others) == (0, 1)
    assert parts_of(np.zeros(2, dtype=int), others * 0) == ()
    assert parts_of(np.array([1, 3]), others) == ()
