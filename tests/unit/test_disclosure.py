"""Nothing small, lone or named leaves, and what is withheld cannot be worked out."""

from __future__ import annotations

import hashlib
import itertools

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from analysis.errors import PublishError
from analysis.report.disclosure import (
    Counts,
    Rules,
    describe_rules,
    enough,
    identifiers,
    protect,
    seal,
    shapes_of,
    withheld,
)
from analysis.report.plates import Column, Table, TableData
from analysis.report.wording import translator

RULES = Rules()
WIDTH = RULES.width - 1e-6


def attack(counts, shown, *, row_totals, shares=False, earlier=None):
    """Interval of each withheld cell for someone who has the page, and the edition before.

    Written apart from the code it attacks: unknown cells only, totals less what is shown, and
    percentages of column totals rounded to one decimal where ``shares``.
    """
    hidden = [tuple(cell) for cell in np.argwhere(~shown)]
    place = {cell: number for number, cell in enumerate(hidden)}
    rows, sums, upper, limits = [], [], [], []

    def know(cells, total):
        row = np.zeros(len(hidden))
        for cell in cells:
            if cell in place:
                row[place[cell]] = 1.0
            else:
                total -= counts[cell]
        rows.append(row)
        sums.append(total)

    height, width = counts.shape
    for j in range(width):
        know([(i, j) for i in range(height)], counts[:, j].sum())
    for i in range(height if row_totals else 0):
        know([(i, j) for j in range(width)], counts[i].sum())
    if shares:  # the share of all withheld cells of a column, from those that are shown
        for j in range(width):
            total = counts[:, j].sum()
            rest = 100 - np.round(100 * counts[shown[:, j], j] / total, 1).sum()
            slack = 0.05 * shown[:, j].sum()
            row = np.array([100 / total * (cell[1] == j) for cell in hidden])
            upper += [row, -row]
            limits += [rest + slack, -(rest - slack)]
    floor = np.zeros(len(hidden))
    if earlier is not None:  # records are only added
        floor = np.array([earlier[cell] for cell in hidden], dtype=float)
    bounds = [(low, None) for low in floor]
    found = {}
    for cell in hidden:
        aim = np.eye(len(hidden))[place[cell]]
        ends = [
            sign * linprog(sign * aim, upper or None, limits or None, rows, sums, bounds).fun
            for sign in (1, -1)
        ]
        found[cell] = (ends[0], ends[1])
    return found


@pytest.mark.parametrize("row_totals", [False, True])
@pytest.mark.parametrize("seed", range(12))
def test_no_small_count_can_be_worked_out_from_totals_and_shares(seed, row_totals):
    """Every primary cell keeps an interval as wide as the protection."""
    rng = np.random.default_rng(seed)
    counts = rng.poisson(rng.gamma(1.5, 14, (6, 4))).astype(float)
    mask = withheld(Counts(counts, row_totals=row_totals), RULES, "t")
    assert mask[(counts > 0) & (counts < RULES.threshold)].all()
    found = attack(counts, ~mask, row_totals=row_totals, shares=True)
    for cell, (low, high) in found.items():
        assert low <= counts[cell] <= high
        if 0 < counts[cell] < RULES.threshold:
            assert high - low >= WIDTH, (cell, low, high)


def test_the_attack_succeeds_where_only_small_cells_are_withheld():
    """The attack can win: without complementary suppression it finds the very count."""
    counts = np.array([[3.0], [40.0], [25.0]])
    alone = counts >= RULES.threshold
    ((low, high),) = attack(counts, alone, row_totals=False).values()
    assert low == pytest.approx(3)
    assert high == pytest.approx(3)
    assert withheld(Counts(counts), RULES, "t").ravel().tolist() == [True, False, True]


def test_what_was_added_since_the_edition_before_is_protected():
    """A cell that grew by three shows those three unless it is withheld with a companion."""
    earlier = np.array([[40.0], [60.0], [80.0], [30.0]])
    counts = earlier + np.array([[3.0], [15.0], [22.0], [0.0]])
    hidden = np.zeros(counts.shape, dtype=bool)
    mask = withheld(Counts(counts, earlier=(earlier, hidden)), RULES, "t")
    assert mask[0, 0]
    found = attack(counts, ~mask, row_totals=False, earlier=earlier)
    low, high = found[0, 0]
    assert high - low >= WIDTH
    assert not withheld(Counts(counts), RULES, "t").any()


@pytest.mark.parametrize("seed", range(6))
def test_two_editions_of_a_table_with_totals_protect_each_other(seed):
    """Differences between editions, cell by cell, for random growth."""
    rng = np.random.default_rng(seed)
    earlier = rng.poisson(45, (5, 3)).astype(float)
    counts = earlier + rng.poisson(9, (5, 3))
    hidden = withheld(Counts(earlier, row_totals=True), RULES, "t")
    now = Counts(counts, row_totals=True, earlier=(earlier, hidden))
    mask = withheld(now, RULES, "t")
    found = attack(counts, ~mask, row_totals=True, earlier=np.where(hidden, 0, earlier))
    grown = (counts - earlier > 0) & (counts - earlier < RULES.threshold) & ~hidden
    assert grown.any()
    for cell in map(tuple, np.argwhere(grown)):
        low, high = found[cell]
        assert high - low >= WIDTH


def test_totals_that_give_a_count_away_are_refused():
    """One cell under its own total cannot be protected."""
    with pytest.raises(PublishError, match="totals alone"):
        withheld(Counts(np.array([[4.0]])), RULES, "t")


@pytest.mark.parametrize(
    ("largest", "hidden"), [(89.0, False), (90.0, False), (90.5, True), (100.0, True)]
)
def test_a_cell_that_two_contributors_fill_is_withheld(largest, hidden):
    """More than 90 in 100 from the two largest."""
    counts = np.array([[100.0], [300.0], [400.0]])
    parts = np.array([[largest], [100.0], [100.0]])
    mask = withheld(Counts(counts, largest=parts), RULES, "t")
    assert mask[0, 0] == hidden
    assert mask.any() == hidden


def test_zeros_and_large_counts_stay():
    """Nothing small, nothing withheld."""
    assert not withheld(Counts(np.array([[0.0], [10.0], [500.0]])), RULES, "t").any()


def data(counts, total=True):
    """A table of counts by region, with its total."""
    rows = [(f"R{place}", count) for place, count in enumerate(counts)]
    rows += [("total", sum(counts))] if total else []
    return TableData(
        (Column("region", "Region"), Column("complaints", "Complaints", "end", "count")),
        tuple((name, str(count)) for name, count in rows),
        tuple(rows),
    )


@pytest.mark.parametrize(("language", "word"), [("en", "withheld"), ("zh", "不公布")])
def test_a_protected_table_says_what_is_withheld_in_text_and_download(language, word):
    """Text and raw value both go; the total stays; the threshold is recorded."""
    counts = np.array([[3.0], [40.0], [25.0]])
    given = data([3, 40, 25])
    table = protect(given, Counts(counts), RULES, translator(language), language)
    assert [row[1] for row in table.rows] == [word, "40", word, "68"]
    assert [row[1] for row in table.values] == [None, 40, None, 68]
    assert table.threshold == 10
    assert given.values[0][1] == 3


def test_shown_counts_are_rounded_where_asked():
    """To multiples of five, text and value."""
    rules = Rules(rounding=5)
    table = protect(
        data([41, 1232], total=False),
        Counts(np.array([[41.0], [1232.0]])),
        rules,
        translator("en"),
        "en",
    )
    assert table.rows == (("R0", "40"), ("R1", "1,230"))
    assert "multiples of 5" in describe_rules(rules, translator("en"))


def plate(columns, values, threshold=None):
    """A table Plate with those columns and values."""
    rows = tuple(tuple(str(value) for value in row) for row in values)
    content = TableData(columns, rows, values, threshold)
    return Table("t", "en", False, "A title", "", content)


@pytest.mark.parametrize(
    ("column", "value", "threshold", "words"),
    [
        (Column("officer_id", "Officer"), "O1", None, "names officer_id"),
        (Column("enterprise_name", "Enterprise"), "A", None, "names enterprise_name"),
        (Column("n", "N", role="count"), 30, None, "passed no disclosure control"),
        (Column("n", "N", role="count"), 3, 10, "holds counts from 1 to 9"),
    ],
)
def test_a_plate_that_gives_someone_away_is_not_shown(column, value, threshold, words):
    """The refusal comes in the kernel, before any output, and never holds the value."""
    with pytest.raises(PublishError, match=words):
        plate((column,), ((value,),), threshold)._repr_mimebundle_()


def test_a_plate_of_protected_counts_is_shown():
    """Zero, missing and large are fine."""
    shown = plate((Column("n", "N", role="count"),), ((0,), (None,), (10,)), 10)
    assert shown._repr_mimebundle_()


def test_averages_need_five_people():
    """Raters or rated."""
    assert [enough(people, RULES) for people in (4, 5)] == [False, True]


def test_identifiers_are_handed_over_as_hashes_or_shapes(monkeypatch):
    """Few as hashes, many as shapes, and never themselves."""
    monkeypatch.setattr("analysis.report.disclosure.SEALS_KEPT", 2)
    frames = {
        "assessments": pd.DataFrame({"officer_id": ["O12", "O13"], "score": [1, 2]}),
        "complaints": pd.DataFrame({"enterprise_id": ["E1-9", "E2-8", "F3-7", None]}),
    }
    found = identifiers(frames)
    assert found.seals == {"officer_id": sorted([seal("O12"), seal("O13")])}
    assert found.shapes == {"enterprise_id": [r"E\d\-\d", r"F\d\-\d"]}


def test_identifiers_without_a_common_shape_are_told_by_their_length():
    """Hashed complainants: sixty-four letters and digits, none alike."""
    hashed = [hashlib.sha256(bytes([number])).hexdigest() for number in range(200)]
    assert shapes_of(hashed) == [r"\w{64}"]
    assert shapes_of(["E12", "E34"]) == [r"E\d\d"]


def test_every_small_table_is_protected_by_brute_force():
    """All tables of three cells up to 14: no reader can narrow a small count to under ten."""
    for counts in itertools.product(range(0, 15, 2), repeat=3):
        values = np.array(counts, dtype=float)[:, None]
        try:
            mask = withheld(Counts(values), RULES, "t").ravel()
        except PublishError:
            continue
        total = int(sum(counts) - values.ravel()[~mask].sum())
        for place in np.flatnonzero(mask):
            if 0 < counts[place] < RULES.threshold:
                assert mask.sum() > 1
                assert total >= RULES.width
