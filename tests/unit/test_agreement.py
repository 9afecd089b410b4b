"""The cell in plain statsmodels agrees with the report, and what a page says of its software."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from analysis import digest
from analysis.errors import EstimationError, ParamsError
from analysis.page.plates import Notes, Table
from analysis.reports.intervention_effect.plates import InterventionEffect
from analysis.reports.kind import find
from analysis.reports.region_rates.plates import RegionRates
from analysis.result import Result

NOTEBOOKS = {"intervention_effect": ("two_way_effects", {}), "region_rates": ("pooled", {})}


def no_model(*_):
    """A model of statsmodels that must not be made, as of no row at all."""
    raise AssertionError("made where the report gives no number")


def cells_of(root: Path, name: str) -> dict[str, str]:
    """Sources of the code cells with a tag, and of the one that reads the report."""
    notebook = nbformat.read(root / "notebooks" / f"{name}.ipynb", as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    found = {tag: cell.source for cell in code for tag in cell.metadata.get("tags", [])}
    return found | {"read": next(c.source for c in code if ".read(globals())" in c.source)}


def ran(root: Path, name: str, **params) -> tuple[dict, object]:
    """The notebook up to its researcher's cell, and what that cell shows."""
    cells, space = cells_of(root, name), {}
    exec(cells["parameters"], space)  # noqa: S102
    space.update(params)
    exec(cells["read"], space)  # noqa: S102
    *before, last = ast.parse(cells["researcher"]).body
    exec(compile(ast.Module(before, []), "cell", "exec"), space)  # noqa: S102
    return space, eval(compile(ast.Expression(last.value), "cell", "eval"), space)  # noqa: S307


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_plain_statsmodels_gives_the_digits_of_the_report(in_root, name):
    """In both languages the same two numbers, which are equal, and a difference of 0."""
    shown = []
    for language in ("en", "zh"):
        _, plate = ran(in_root, name, language=language)
        assert isinstance(plate, Table)
        shown.append(plate.data.values[0][2:])
    ours, theirs, difference = shown[0]
    assert ours == theirs != 0
    assert difference == 0
    assert shown[0] == shown[1]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_changed_digit_fails_the_run_without_saying_the_number(in_root, name):
    """One part in a million; the message holds no digit."""
    space, _ = ran(in_root, name)
    report, number = space["report"], NOTEBOOKS[name][0]
    own = report.own_numbers()[number].value
    with pytest.raises(EstimationError, match="differs from that of plain statsmodels") as refused:
        report.agree(number, own * (1 + 1e-6))
    assert not any(sign.isdigit() for sign in str(refused.value.problems[0].what))
    with pytest.raises(EstimationError):
        report.agree(number, float("nan"))


def test_an_unknown_number_is_refused_with_the_nearest_name(in_root):
    """As every wrong name."""
    space, _ = ran(in_root, "region_rates")
    with pytest.raises(ParamsError, match=r"number poled: is no number of this report.*'pooled'"):
        space["report"].agree("poled", 1.0)


def test_a_number_that_the_report_refuses_is_not_compared(in_root, monkeypatch):
    """Two-way effects on logs are refused where a count is zero; the page says so."""
    space, _ = ran(in_root, "intervention_effect")
    number = space["report"].own_numbers()["two_way_effects"]
    refused = {"two_way_effects": replace(number, value=None)}
    monkeypatch.setattr(InterventionEffect, "own_numbers", lambda _: refused)
    plate = space["report"].agree("two_way_effects", -0.1)
    assert isinstance(plate, Notes)
    # Where all adopters have holes, statsmodels would warn of what has no solution.
    assert space["report"].agree("two_way_effects", no_model, [], []) == plate
    assert number.words in plate.points[0]


def test_where_every_region_has_a_zero_the_cell_runs_and_says_that_there_is_nothing(
    in_root, tmp_path
):
    """Two records or none in each quarter of 14 counties: what check passes, runs."""
    codes, quarters = (
        range(990101, 990115),
        [f"{y}Q{q}" for y in range(2015, 2021) for q in range(1, 5)],
    )
    tables = {
        "regions": ["region_code,name_en,name_zh,level", *(
            f"{c},C{c},县{c},county" for c in codes)],
        "outcomes": ["region_code,period,outcome,count", *(
            f"{c},{q},complaint,{(c * 7 + n * n * 5 + n * c) % 11 % 3}" for c in codes
            for n, q in enumerate(quarters))],
        "exposures": ["region_code,period,exposure,value", *(
            f"{c},{q},enterprises,2000" for c in codes for q in quarters)],
        "interventions": ["region_code,intervention,started_on", *(
            f"{c},scheme,2018-01-01" for c in codes[:6])],
    }  # fmt: skip
    for name, rows in tables.items():
        (tmp_path / f"{name}.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    about = "title: {en: T, zh: T}\nstatus: simulated\nlicence: X\norigin: Y\n"
    (tmp_path / "dataset.yml").write_text(about, encoding="utf-8")
    asked = {"dataset": str(tmp_path), "intervention": "scheme", "outcome": "complaint"}
    asked |= {"exposure": "enterprises", "period": "quarter", "first_period": "", "last_period": ""}
    kind = find("intervention_effect")
    kind.check(kind.params(asked))
    space, plate = ran(in_root, "intervention_effect", **asked)
    assert (space["report"].frame.groupby("region")["count"].min() == 0).all()
    assert isinstance(plate, Notes)


def test_a_number_from_protected_counts_is_not_held_against_recorded_ones(in_root, monkeypatch):
    """As beside a headline over a few regions more, where two have holes; the page says why."""
    space, _ = ran(in_root, "intervention_effect")
    report = space["report"]
    assert not report.own_numbers()["two_way_effects"].drawn
    ways = [replace(way, over=None) for way in report.examined.specifications]
    drawn = replace(report.examined, specifications=tuple(ways))
    monkeypatch.setitem(vars(report), "examined", drawn)
    plate = report.agree("two_way_effects", no_model, [], [])
    assert isinstance(plate, Notes)
    assert plate.points[0].startswith("This number rests on protected counts")


def test_a_frame_is_left_as_it_was(in_root):
    """The cell works on copies: the result afterwards is that of before."""
    space, _ = ran(in_root, "region_rates")
    assert list(space["report"].frame) == ["region", "events", "size", "noise"]
    assert isinstance(space["report"].result, Result)


@pytest.mark.parametrize(
    ("module", "expected"),
    [
        ("analysis.methods.did", ["scipy"]),
        ("analysis.methods.rdd", ["diff-diff", "scipy", "statsmodels"]),
        ("analysis.methods.rates", ["scipy", "statsmodels"]),
        ("analysis.reports.published_figures.plates", ["scipy", "statsmodels"]),
        ("statsmodels", ["statsmodels"]),
    ],
)
def test_libraries_are_read_from_what_a_module_reaches(module, expected):
    """Also those imported inside a function only, and none that nothing goes through."""
    assert digest.libraries(module) == expected


def test_a_page_names_the_software_of_its_numbers(in_root):
    """Regions' rates: statsmodels and scipy, but not the library of discontinuities."""
    report = RegionRates.read(ran(in_root, "region_rates")[0])
    software = dict(e.values() for e in report.provenance().entries)["Software"]
    assert "statsmodels 0.15" in software
    assert "scipy" in software
    assert "diff-diff" not in software
