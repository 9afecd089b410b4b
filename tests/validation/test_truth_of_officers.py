"""What stands behind ratings, ledgers, samples and targets is found again by plain computations."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.simulated.tables.ratings import DIMENSIONS
from written import one_way


def test_ratings_hold_as_much_of_officers_as_it_says(world):
    """One-way variance of each round; tolerance .05: 360 officers, and severity stays."""
    table = world.table("assessments")
    table["points"] = table[[*DIMENSIONS]].mean(axis=1)
    rounds = [rows for _, rows in table.groupby("period") if rows["officer_id"].nunique() > 40]
    found = np.array([one_way(rows["points"], rows["officer_id"]) for rows in rounds])
    between, within = np.average(found, axis=0, weights=[len(rows) for rows in rounds])
    assert abs(between / (between + within) - world.truth["rating"]) < 0.05
    size = table.groupby(["period", "officer_id"]).size()
    share = between / (between + within * (1 / size).mean())
    assert abs(max(share, 0) - world.truth["officer's quarter"]) < 0.1


def test_ratings_have_ceilings_halves_straight_lines_and_silent_critics(written):
    """More at the ceiling where courtesy is added; who rated low answers less the next time."""
    plain, gaming = (written(name).table("assessments") for name in ("plain", "gaming"))
    ceiling = [(table[[*DIMENSIONS]] == 10).mean().mean() for table in (plain, gaming)]
    assert ceiling[1] > 2 * ceiling[0] > 0.02
    points = plain[[*DIMENSIONS]]
    assert 0.24 < (points.nunique(axis=1) == 1).mean() < 0.32
    assert ((points * 2) % 1 == 0).all(axis=1).mean() > 0.55
    turn = pd.PeriodIndex(plain["period"], freq="Q").astype("int64")
    keys = [plain["enterprise_id"], plain["officer_id"], turn]
    mean = pd.Series(points.mean(axis=1).to_numpy(), index=pd.MultiIndex.from_arrays(keys))
    mean = mean[mean.index.get_level_values(2) < turn.max()]
    again = pd.MultiIndex.from_tuples([(e, o, t + 1) for e, o, t in mean.index])
    answered = again.isin(pd.MultiIndex.from_arrays(keys))
    low, high = mean.to_numpy() < 7, mean.to_numpy() > 8.5
    assert answered[low].mean() < answered[high].mean() - 0.2


def test_complaints_and_penalties_of_ratings_are_those_of_the_tables(world):
    """Counted by enterprise and quarter; the officer is the one paired with it that day."""
    table, penalties = world.table("assessments"), world.table("penalties")
    keys = pd.MultiIndex.from_frame(table[["enterprise_id", "period"]])
    events = {
        "complaints": (world.complaints, "received_on"),
        "penalties": (penalties, "decided_on"),
    }
    for name, (rows, day) in events.items():
        quarter = rows[day].dt.to_period("Q").astype(str)
        counted = rows.groupby([rows["enterprise_id"], quarter]).size()
        assert (counted.reindex(keys, fill_value=0).to_numpy() == table[name]).all()
    pairs = world.table("pairings")
    day = pd.PeriodIndex(table["period"], freq="Q").start_time
    both = table.assign(day=day).merge(pairs, on=["enterprise_id", "officer_id"])
    ended = both["ended_on"].fillna(pd.Timestamp("2100-01-01"))
    assert ((both["started_on"] <= both["day"]) & (both["day"] <= ended)).sum() == len(table)


def test_a_tenth_of_pairs_changes_its_officer_in_a_year(world):
    """Kept for a year: 90 %, and those that draw the same officer again; portfolios are unequal."""
    pairs = world.table("pairings")
    switches = len(pairs) - pairs["enterprise_id"].nunique()
    assert 0.07 < switches / pairs["enterprise_id"].nunique() / 4 < 0.1
    size = pairs[pairs["ended_on"].isna()].groupby("officer_id").size()
    assert size.quantile(0.9) > 2.5 * size.quantile(0.1)


def test_sections_differ_and_routine_samples_fail_as_often_as_it_says(world):
    """Variance of scores of 720 sections within .04; post-stratified share within .003."""
    ledger = world.table("performance")
    score = ledger["score"] - ledger.groupby(["quarter", "item"])["score"].transform("mean")
    between, within = one_way(score, ledger["organisation"] + ledger["section"])
    assert abs(between / (between + within) - world.truth["sections"]) < 0.04
    samples = world.table("samples")
    routine = samples[samples["mode"] == "routine"]
    share = 1 - routine.groupby("stratum")["passed"].mean()
    weights = world.table("strata").set_index("stratum")["weight"]
    assert abs((share * weights).sum() - world.truth["failing"]) < 0.003
    assert abs((1 - routine["passed"].mean()) - world.truth["failing"]) > 0.005


def test_targets_are_filled_up_and_later_revoked(world):
    """To the county and year; the twin that nobody scores never is."""
    table = world.table("targets")
    december = table[table["month"].str.endswith("-12")]
    revoked = december["revised"] < december["cumulative"]
    measured = december["indicator"] == "new_enterprises"
    assert revoked[measured].mean() == pytest.approx(world.truth["padded"], abs=1e-6)
    assert not revoked[~measured].any()
    reached = (december["cumulative"] / december["target"])[measured]
    assert (reached[revoked] >= 1).all()
    progress = world.table("progress")
    last = progress[progress["day"] == progress["day"].max()].set_index("region_code")["value"]
    final = december[measured & (december["year"] == "2023")].set_index("region_code")
    assert (last == final["cumulative"].reindex(last.index)).all()
