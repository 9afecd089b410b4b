"""Power on one's own panel: what is dealt anew, what is put in, and what is found."""

from __future__ import annotations

import numpy as np
import pytest
from click.testing import CliRunner

from analysis.cli import commands
from analysis.errors import DesignError
from analysis.power import Found, _deal_starts, _detectable, change_treated_counts, power
from worlds import county_world


def rng():
    """A fresh generator."""
    return np.random.default_rng(1)


def test_starts_are_dealt_with_as_many_at_each_date():
    """The same dates over other regions; the counts stay where they are."""
    panel = county_world(1)
    dealt = _deal_starts(panel, rng())
    assert sorted(dealt.adoption) == sorted(panel.adoption)
    assert (dealt.adoption != panel.adoption).any()
    assert (dealt.frame["count"] == panel.frame["count"]).all()


@pytest.mark.parametrize("effect", [-0.3, 0.3])
def test_treated_counts_change_by_the_effect_and_stay_whole(effect):
    """Within 4 errors of Poisson counts; untreated cells do not change."""
    panel = county_world(2, effect=0.0)
    moved = change_treated_counts(panel, effect, rng()).frame
    treated = (panel.frame["first_treated"] > 0) & (
        panel.frame["period"] >= panel.frame["first_treated"]
    )
    before, after = (f["count"][treated].sum() for f in (panel.frame, moved))
    assert after / before == pytest.approx(np.exp(effect), abs=4 / np.sqrt(before))
    assert (moved["count"] % 1 == 0).all()
    assert (moved["count"][~treated] == panel.frame["count"][~treated]).all()


def test_the_panel_is_left_as_it_was_and_the_same_seed_gives_the_same_rows():
    """Nothing of the user's is changed."""
    panel = county_world(3, regions=20)
    before = panel.frame.copy()
    first, second = (power(panel, "two_way", {}, rng(), effects=[-0.2], draws=20) for _ in range(2))
    assert first == second
    assert panel.frame.equals(before)


def test_large_effects_are_found_and_none_is_not():
    """20 draws of 20 regions: an effect of −.8 nearly always, 0 in at most a quarter."""
    found = power(county_world(4, regions=20), "two_way", {}, rng(), effects=[-0.8], draws=20)
    assert found.rows[0].found <= 0.25
    assert found.rows[1].found >= 0.95
    assert found.rows[1].mean == pytest.approx(-0.8, abs=0.1)


def test_the_smallest_effect_is_read_off_between_two():
    """Half way between .1 found at .6 and .2 found at 1."""
    rows = [Found(e, f, 0, 0, e, 0, 9, 0) for e, f in ((0, 0.05), (-0.1, 0.6), (-0.2, 1.0))]
    assert _detectable(rows, 0.8) == pytest.approx(0.15)
    assert _detectable(rows[:2], 0.8) is None


def test_few_draws_and_methods_without_a_panel_are_refused():
    """Both at once."""
    with pytest.raises(DesignError, match="2 problems"):
        power(county_world(1), "meta", {}, rng(), draws=5)


def test_the_command_prints_size_and_the_effects_asked_for(root, monkeypatch):
    """One line per effect in per cent; another kind of report is refused."""
    monkeypatch.chdir(root)
    report = "intervention_effect/enterprise_zones"
    ended = CliRunner().invoke(commands, ["power", report, "--draws", "20", "--effect", "-30"])
    assert ended.exit_code == 0, ended.output
    lines = ended.output.splitlines()
    assert lines[1].split()[0] == "+0.0%"
    assert lines[2].split()[0] == "-30.0%"
    ended = CliRunner().invoke(commands, ["power", "claims_audit/five_reports"])
    assert ended.exit_code == 10


@pytest.mark.validate
@pytest.mark.parametrize("method", ["did", "counts", "two_way"])
def test_power_at_zero_is_the_level(method, row):
    """10 panels × 60 draws: 5 per cent; panels differ, so the error is taken between them, too."""
    sizes = [
        power(county_world(4000 + s), method, {}, np.random.default_rng(s), effects=[0.0], draws=60)
        .rows[0]
        .found
        for s in range(10)
    ]
    error = max(np.std(sizes, ddof=1) / np.sqrt(10), np.sqrt(0.05 * 0.95 / 600))
    row(f"| {method}: power at zero {np.mean(sizes):.4f} ({error:.4f}) | 600 | 0 |")
    assert np.mean(sizes) == pytest.approx(0.05, abs=3 * error)
