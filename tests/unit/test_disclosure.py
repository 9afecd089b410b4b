"""Nothing small, lone or named leaves, and what is withheld cannot be worked out."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import LinearConstraint, milp

from analysis.disclosure.attacker import Earlier, Published
from analysis.disclosure.identifiers import identifiers, seal, shapes_of
from analysis.errors import PublishError
from analysis.page.plates import Column, Table, TableData
from analysis.page.protection import Counts, Rules, describe_rules, enough, protect, withheld
from analysis.page.wording import translator

RULES = Rules()
WIDTH = RULES.threshold - 1e-6


@dataclass(frozen=True)
class Edition:
    """What one edition shows: counts (R, C), and which of them."""

    counts: np.ndarray
    shown: np.ndarray


def attack(*editions, shares=False):
    """Interval of each withheld cell by (edition, row, column), and of what was added to it.

    Written apart from the code it attacks: every cell of every edition is a whole number, and
    an integer programme knows all totals, every count that is shown and, where ``shares``,
    percentages of column totals rounded to one decimal. Editions are the newest first; no count
    falls from an older to a newer one. What was added is keyed ("added", row, column).
    """
    shape, size = editions[0].counts.shape, editions[0].counts.size
    places = np.arange(len(editions) * size).reshape(len(editions), *shape)
    rules = []

    def know(cells, low, high, weight=1.0):
        row = np.zeros(places.size)
        row[cells] = weight
        rules.append(LinearConstraint(row, low, high))

    for table, edition in zip(places, editions, strict=True):
        totals = [(table[:, j], edition.counts[:, j].sum()) for j in range(shape[1])]
        for cells, total in totals:
            know(cells, total, total)
        for cell in map(tuple, np.argwhere(edition.shown)):
            know(table[cell], edition.counts[cell], edition.counts[cell])
        for i, j in np.ndindex(*shape) if shares else ():
            if edition.shown[i, j]:
                total = edition.counts[:, j].sum()
                printed = round(100 * edition.counts[i, j] / total, 1)
                know(table[i, j], printed - 0.05, printed + 0.05, 100 / total)
    for newer, older in itertools.pairwise(places):
        for cell in np.ndindex(*shape):
            row = np.zeros(places.size)
            row[newer[cell]], row[older[cell]] = 1.0, -1.0
            rules.append(LinearConstraint(row, 0, np.inf))

    def interval(aim):
        ends = []
        for sign in (1, -1):
            solved = milp(sign * aim, constraints=rules, integrality=np.ones(places.size))
            ends.append(np.inf if solved.status == 3 else sign * solved.fun)
        return tuple(ends)

    unit = np.eye(places.size)
    found = {
        (number, *cell): interval(unit[places[number][cell]])
        for number, edition in enumerate(editions)
        for cell in map(tuple, np.argwhere(~edition.shown))
    }
    if len(editions) > 1:
        found |= {
            ("added", *cell): interval(unit[places[0][cell]] - unit[places[1][cell]])
            for cell in np.ndindex(*shape)
        }
    return found


def few(counts):
    """Cells that give someone away."""
    return [tuple(cell) for cell in np.argwhere((counts > 0) & (counts < RULES.threshold))]


@pytest.mark.parametrize("seed", range(12))
def test_no_small_count_can_be_worked_out_from_totals_and_shares(seed):
    """Every primary cell keeps an interval as wide as the protection."""
    rng = np.random.default_rng(seed)
    counts = rng.poisson(rng.gamma(1.5, 14, (6, 4))).astype(float)
    mask = withheld(Counts(counts), RULES, "t")
    assert mask[(counts > 0) & (counts < RULES.threshold)].all()
    found = attack(Edition(counts, ~mask), shares=True)
    for (_, *cell), (low, high) in found.items():
        assert low <= counts[tuple(cell)] <= high
    for cell in few(counts):
        low, high = found[0, *cell]
        assert high - low >= WIDTH, (cell, low, high)


def test_the_attack_succeeds_where_only_small_cells_are_withheld():
    """The attack can win: without complementary suppression it finds the very count."""
    counts = np.array([[3.0], [40.0], [25.0]])
    alone = counts >= RULES.threshold
    ((low, high),) = attack(Edition(counts, alone)).values()
    assert low == pytest.approx(3)
    assert high == pytest.approx(3)
    assert withheld(Counts(counts), RULES, "t").ravel().tolist() == [True, False, True]


def before(counts, hidden):
    """The edition before, every cell at the place it has now."""
    links = {cell: cell for cell in np.ndindex(*counts.shape)}
    return Earlier(Published.of(counts, hidden), links)


def test_what_was_added_since_the_edition_before_is_protected():
    """A cell that grew by three shows those three unless it is withheld with a companion."""
    earlier = np.array([[40.0], [60.0], [80.0], [30.0]])
    counts = earlier + np.array([[3.0], [15.0], [22.0], [0.0]])
    hidden = np.zeros(counts.shape, dtype=bool)
    mask = withheld(Counts(counts), RULES, "t", before(earlier, hidden))
    assert mask[0, 0]
    low, high = attack(Edition(counts, ~mask), Edition(earlier, ~hidden))["added", 0, 0]
    assert high - low >= WIDTH
    assert not withheld(Counts(counts), RULES, "t").any()


def test_the_joint_attack_succeeds_on_editions_that_are_protected_one_by_one():
    """Two that withhold enough each give a count away together; with the first known, none."""
    earlier = np.array([[3.0], [12.0], [40.0]])
    counts = np.array([[11.0], [12.0], [41.0]])
    hidden = withheld(Counts(earlier), RULES, "t")
    alone = withheld(Counts(counts), RULES, "t")
    assert hidden.ravel().tolist() == [True, True, False]
    assert not alone.any()
    first = Edition(earlier, ~hidden)
    low, high = attack(Edition(counts, ~alone), first)["added", 2, 0]
    assert low == high == 1
    with pytest.raises(PublishError, match="how little was added"):
        withheld(Counts(counts), RULES, "t", before(earlier, hidden))


@pytest.mark.parametrize("seed", range(8))
def test_two_editions_of_a_table_protect_each_other(seed):
    """Small counts of either, and small growth between them, for random growth."""
    rng = np.random.default_rng(seed)
    earlier = rng.poisson(rng.gamma(1.5, 18, (5, 3))).astype(float)
    counts = earlier + rng.poisson(rng.choice([0, 9, 30], (5, 3)))
    hidden = withheld(Counts(earlier), RULES, "t")
    known = before(earlier, hidden)
    mask = withheld(Counts(counts), RULES, "t", known)
    editions = Edition(counts, ~mask), Edition(earlier, ~hidden)
    found = attack(*editions)
    protected = [(0, *cell) for cell in few(counts)] + [(1, *cell) for cell in few(earlier)]
    protected += [("added", *cell) for cell in few(counts - earlier) if not hidden[cell]]
    assert protected
    for key in protected:
        low, high = found[key]
        assert high - low >= WIDTH, key


def test_a_count_that_fell_does_not_stop_the_protection():
    """A record was struck off: the editions bind each other by nothing, and each is protected."""
    earlier = np.array([[6.0], [40.0], [30.0], [20.0]])
    counts = np.array([[5.0], [4.0], [30.0], [20.0]])
    hidden = withheld(Counts(earlier), RULES, "t")
    mask = withheld(Counts(counts), RULES, "t", before(earlier, hidden))
    assert mask.ravel().tolist()[:2] == [True, True]
    found = attack(Edition(counts, ~mask))
    assert all(high - low >= WIDTH for low, high in found.values())


def test_an_unchanged_table_is_published_again_as_it_was():
    """Nothing was added, so nothing more is withheld."""
    counts = np.array([[3.0], [40.0], [25.0], [90.0]])
    hidden = withheld(Counts(counts), RULES, "t")
    again = withheld(Counts(counts), RULES, "t", before(counts, hidden))
    assert again.tolist() == hidden.tolist()


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
    monkeypatch.setattr("analysis.disclosure.identifiers.SEALS_KEPT", 2)
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
    assert shapes_of(["甲-1", "甲-٣", "乙-2"]) == [r"乙\-\d", r"甲\-\d"]


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
                assert total >= RULES.threshold
