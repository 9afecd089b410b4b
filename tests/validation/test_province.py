"""The simulated province: what it says it is, and what the methods find in it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.data.dataset import read_dataset
from analysis.errors import ParamsError
from analysis.methods import counts, did
from analysis.simulated.adoption import DOSES, REVERSE
from analysis.simulated.places import region_table
from analysis.simulated.province import INTERVENTIONS, Options, simulate
from analysis.simulated.province_records import write
from analysis.simulated.worlds import WORLDS
from worlds import province_panel

SMALL = Options(counties=24, months=36, enterprises=400, complaints_per_month=8, world="gaming")
SEEDS = 40


@pytest.fixture(scope="module")
def province(tmp_path_factory):
    """A small province on disk."""
    return write(SMALL, tmp_path_factory.mktemp("data") / "province")


def test_the_same_seed_writes_the_same_bytes(province, tmp_path):
    """File by file, and another seed does not."""
    again = write(SMALL, tmp_path / "again")
    other = write(Options(**{**vars(SMALL), "seed": 2}), tmp_path / "other")
    for file in province.iterdir():
        assert file.read_bytes() == (again / file.name).read_bytes(), file.name
    assert (province / "complaints.parquet").read_bytes() != (
        other / "complaints.parquet"
    ).read_bytes()


@pytest.mark.parametrize("world", WORLDS)
def test_every_world_obeys_the_contract_and_says_that_it_is_simulated(tmp_path, world):
    """All tables: keys, links, words and the order of days."""
    dataset = read_dataset(write(replace(SMALL, world=world), tmp_path / world))
    assert dataset.description.status == "simulated"
    assert len(dataset.tables) == 22


def test_records_add_up_to_the_counts_and_the_register_to_the_exposure(province):
    """Nothing is lost between arrays and files."""
    drawn, dataset = simulate(SMALL), read_dataset(province)
    kinds = dataset.tables["complaints"]["kind"].value_counts()
    assert {kind: int(drawn.counts[kind].sum()) for kind in drawn.counts} == kinds.to_dict()
    month = pd.Timestamp("2020-06-30")
    register = dataset.tables["enterprises"]
    register = register[register["type"] == "enterprise"]
    standing = (register["registered_on"] <= month) & ~(register["deregistered_on"] <= month)
    exposure = dataset.tables["exposures"]
    in_june = (exposure["period"] == "2020-06") & (exposure["exposure"] == "enterprises")
    assert standing.sum() == exposure.loc[in_june, "value"].sum()


def test_no_county_bears_a_real_code():
    """Province 99 does not exist in GB/T 2260."""
    table = region_table(500)
    assert table["region_code"].str.fullmatch(r"99\d{4}").all()
    assert table["region_code"].is_unique
    assert table["name_zh"].is_unique
    assert table["name_en"].is_unique


def test_complaints_peak_in_march_and_november():
    """Means by calendar month, 2020 left out for its shock."""
    drawn = simulate(Options(seed=3))
    monthly = pd.Series(drawn.counts["complaint"].sum(axis=0), index=drawn.months)
    mean = monthly[monthly.index.year != 2020].groupby(lambda period: period.month).mean()
    assert set(mean.nlargest(2).index) == {3, 11}


def test_complaints_jump_in_2020_and_are_overdispersed():
    """The shock is there, and the variance exceeds the mean."""
    drawn = simulate(Options(seed=4))
    monthly = pd.Series(drawn.counts["complaint"].sum(axis=0), index=drawn.months)
    assert monthly["2020-02":"2020-04"].sum() > 1.1 * monthly["2019-02":"2019-04"].sum()
    rate = drawn.counts["enquiry"] / drawn.exposure
    residual = np.log(rate[:, 40:52] + 1e-9)
    assert residual.var(axis=1).mean() > 1.3 * (1 / drawn.counts["enquiry"][:, 40:52].mean())


def test_counties_adopt_more_readily_where_complaints_are_high():
    """Selection on level: adopters had higher rates before anyone started."""
    drawn = simulate(Options(seed=5, counties=400))
    rate = (drawn.counts["complaint"][:, :18] / drawn.exposure[:, :18]).mean(axis=1)
    adopted = drawn.starts["reverse_assessment"] >= 0
    assert np.log(rate[adopted]).mean() > np.log(rate[~adopted]).mean() + 0.1


def test_selection_on_a_spike_makes_before_and_after_fall_without_any_effect():
    """Regression to the mean: no effect at all, yet adopters' complaints fall."""
    calm = Options(seed=6, counties=600, selection="spike", noise=0.3, effects={})
    drawn = simulate(calm)
    starts = drawn.starts["reverse_assessment"]
    rate = np.log(drawn.counts["enquiry"] + 0.5) - np.log(drawn.exposure)
    rate -= rate.mean(axis=0)
    change = [
        rate[i, s : s + 3].mean() - rate[i, s - 3 : s].mean()
        for i, s in enumerate(starts)
        if s >= 0
    ]
    assert np.mean(change) < -0.03


def test_officers_lose_points_for_complaints_and_penalties(province):
    """The one published rule of reverse assessment."""
    table = read_dataset(province).tables["assessments"]
    dimensions = ["attitude", "ability", "quality", "efficiency", "discipline"]
    deducted = table[dimensions].sum(axis=1) - table["score"]
    assert (deducted[(table["complaints"] > 0) | (table["penalties"] > 0)] > 1).all()
    assert (deducted[(table["complaints"] == 0) & (table["penalties"] == 0)].abs() < 0.06).all()


def test_sizes_out_of_range_are_refused_together():
    """Two problems, one message."""
    with pytest.raises(ParamsError, match="2 problems"):
        simulate(Options(counties=3, months=2))


def mean_effect(drawn, name):
    """Over all counties there could be: those drawn differ from it by chance, as intervals know."""
    world = drawn.options.truth
    of_dose = world.per_dose * np.ptp(DOSES) / np.sqrt(12) if name == REVERSE else 0.0
    people = 0.85 * np.exp(world.ordinary[name]) + 0.15 * np.exp(world.professional[name])
    return np.log(people) + (world.spread**2 + of_dose**2) / 2


@pytest.mark.validate
def test_the_methods_find_the_known_effects(row):
    """40 provinces: bias within 4 Monte-Carlo errors, coverage within 3, per intervention."""
    rows = []
    for seed in range(1, SEEDS + 1):
        # So many that no quarter of a small county is empty, which `did` cannot take.
        drawn = simulate(Options(seed=seed, complaints_per_month=50))
        for name in INTERVENTIONS:
            panel, truth = province_panel(drawn, name), mean_effect(drawn, name)
            for method in (did, counts):
                found = method.estimate(panel, method.Options(), np.random.default_rng(1)).headline
                rows.append(
                    (
                        name,
                        method.__name__.rsplit(".", 1)[1],
                        truth,
                        found.value,
                        found.low,
                        found.high,
                    )
                )
    frame = pd.DataFrame(rows, columns=["intervention", "method", "truth", "value", "low", "high"])
    frame["covered"] = (frame["low"] <= frame["truth"]) & (frame["truth"] <= frame["high"])
    table = frame.groupby(["intervention", "method"]).agg(
        truth=("truth", "first"),
        mean=("value", "mean"),
        sd=("value", "std"),
        low=("low", "mean"),
        high=("high", "mean"),
        covered=("covered", "mean"),
    )
    table["error"] = table["sd"] / np.sqrt(SEEDS)
    for line in table.round(4).to_string().splitlines():
        row(line)
    assert ((table["mean"] - table["truth"]).abs() < 4 * table["error"]).all()
    assert (table["covered"] >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / SEEDS)).all()
