"""Parameters are strict, and the notebook's cell says the same as the model."""

from __future__ import annotations

import subprocess
import sys

import pytest
import yaml

from analysis.errors import UNSEEN, ParamsError
from analysis.reports.intervention_effect.params import InterventionEffectParams
from analysis.reports.kind import find, names
from analysis.reports.single_region.params import SingleRegionParams


def test_a_misspelt_parameter_offers_the_right_name():
    """The nearest one."""
    with pytest.raises(ParamsError, match=r"intervencion: is not a parameter here. Did you mean"):
        InterventionEffectParams.from_mapping({"intervencion": "x"})


def test_no_title_or_message_holds_a_character_that_nobody_sees():
    """Titles stand in the index and in feeds; names of parameters and columns in messages."""
    hidden = "\u202eb\u200b\ufe0f\U000e0100\u3164\U000e0041"
    titles = {"title_en": f"a{hidden}c", "title_zh": f"a{hidden}c"}
    read = InterventionEffectParams.from_mapping(titles)
    assert {read.title_en, read.title_zh} == {"abc"}
    with pytest.raises(ParamsError) as refused:
        InterventionEffectParams.from_mapping({f"x{hidden}": 1})
    assert "xb" in str(refused.value)
    assert not UNSEEN.search(str(refused.value))


def test_wrong_types_are_refused_and_all_listed():
    """A number as text, a text as number, a share above one, an unknown word."""
    given = {"seed": "1", "level": "high", "smallest_effect": 5.0, "period": "day"}
    with pytest.raises(ParamsError, match="4 problems"):
        InterventionEffectParams.from_mapping(given)


def test_a_year_without_quotation_marks_is_refused():
    """YAML reads 1980 as a number; a period is text."""
    with pytest.raises(ParamsError, match="first_period"):
        InterventionEffectParams.from_mapping({"first_period": 1980})


def test_periods_must_be_in_order():
    """Last before first."""
    with pytest.raises(ParamsError, match="last_period lies before first_period"):
        InterventionEffectParams.from_mapping({"first_period": "1985", "last_period": "1981"})


def test_what_is_wrong_between_parameters_is_said_beside_all_else():
    """Four problems of one file, one of them a misspelt name."""
    given = {"first_period": "1985", "last_period": "1981", "window": [3], "what_if": [0]}
    with pytest.raises(ParamsError, match="4 problems") as refused:
        SingleRegionParams.from_mapping({**given, "outcom": "complaint"})
    told = str(refused.value)
    assert all(name in told for name in ("last_period", "window", "what_if", "outcom"))


def test_every_params_file_is_valid(root):
    """All that are committed."""
    files = [f for name in names() for f in (root / "params" / name).glob("*.yml")]
    assert files
    for file in files:
        find(file.parent.name).model.from_mapping(yaml.safe_load(file.read_text(encoding="utf-8")))


def test_a_notebook_says_everything_that_is_wrong_at_once(in_root):
    """A wrong type, a name the data do not hold, an unknown option; each with what would do."""
    given = {"level": "high", "outcome": "claims", "method_options": {"anticipate": 1}}
    with pytest.raises(ParamsError, match="3 problems") as caught:
        find("intervention_effect").report.read(given)
    said = str(caught.value)
    for words in (
        "params, level: ",
        "outcome: names 'claims', which the dataset does not hold",
        "method_options, anticipate: is not an option of method 'counts'. "
        "Did you mean 'anticipation'",
    ):
        assert words in said


def test_a_wrong_value_is_not_judged_by_the_default_in_its_place(in_root):
    """Of a dataset that holds no outcomes, only what was given and its tables are refused."""
    given = {"dataset": "data/published", "outcome": 5}
    tables = ["table interventions", "table outcomes or complaints"]
    with pytest.raises(ParamsError) as caught:
        find("intervention_effect").report.read(given)
    assert [p.where for p in caught.value.problems] == ["params, outcome", *tables]


def test_a_span_that_ends_before_it_begins_does_not_hide_a_wrong_name(in_root):
    """Both are said."""
    given = {"first_period": "1985", "last_period": "1981", "exposure": "people"}
    with pytest.raises(ParamsError, match=r"(?s)lies before first_period.*exposure"):
        find("intervention_effect").report.read(given)


@pytest.mark.parametrize("given", [{"dataset": 3, "outcome": "x"}, {"dataset": "data/x"}])
def test_without_a_dataset_no_name_is_judged(in_root, given):
    """What is wrong with it is all that is said."""
    with pytest.raises(ParamsError, match="1 problem"):
        find("intervention_effect").report.read(given)


def test_a_notebook_shows_an_error_of_ours_as_its_sentences(root):
    """Without the traceback, which tells a researcher nothing; other errors keep theirs."""
    code = (
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell.instance()\n"
        "shell.run_cell('import analysis as an; an.read_dataset(\"no/such\")')\n"
        "print('=====')\n"
        "shell.run_cell('1 / 0')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    ours, other = done.stdout.split("=====")
    assert "dataset no/such: does not exist. Looked in " in ours
    assert "Traceback" not in ours
    assert len(ours.strip().splitlines()) < 4
    assert "Traceback" in other
