"""Amounts of records: sums and means whose noise is drawn once, and never for the same records."""

from __future__ import annotations

from functools import reduce
from operator import add

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy.special import ndtr

import analysis as an
from analysis.data.dataset import read_dataset
from analysis.disclosure import amounts
from analysis.disclosure.kept import FOLDER
from analysis.disclosure.noise import Noise, shown_counts
from analysis.disclosure.salt import salt_of
from analysis.disclosure.store import store_of
from analysis.errors import ParamsError

CODES = ("a", "b")
ABOUT = {"title": {"en": "T", "zh": "题"}, "status": "real", "licence": "CC0", "origin": "made"}


def dataset(folder, records):
    """A folder of complaint records of two regions."""
    folder.mkdir(parents=True, exist_ok=True)
    regions = {"region_code": CODES, "name_en": CODES, "name_zh": CODES, "level": "county"}
    pd.DataFrame(regions).to_csv(folder / "regions.csv", index=False)
    given = records.assign(kind="complaint", channel="online")
    given = given.assign(complaint_id=[f"C{n}" for n in range(len(given))])
    given.to_csv(folder / "complaints.csv", index=False)
    (folder / "dataset.yml").write_text(yaml.safe_dump(ABOUT, allow_unicode=True))
    return read_dataset(folder)


def year(size=600, lacking=0.2, seed=3):
    """Records of a year, some of which have no amount."""
    rng = np.random.default_rng(seed)
    yuan = pd.Series(rng.integers(1000, 50_000, size) / 100).mask(rng.random(size) < lacking)
    days = rng.choice(pd.date_range("2023-01-01", "2023-12-31"), size)
    place = rng.choice(CODES, size)
    return pd.DataFrame({"received_on": days, "region_code": place, "recovered_yuan": yuan})


def taken(data, period="month"):
    """Sums by region and period, as they are taken away."""
    found = an.protected(data, "complaint", amount="recovered_yuan", period=period)
    return found.set_index(["region", "period"])[["count", "sum", "mean"]]


@pytest.fixture(autouse=True)
def outside(tmp_path, monkeypatch):
    """No project is around: what is taken away is kept nowhere."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def project(tmp_path):
    """A project with a place for a dataset."""
    for name in ("params", "notebooks"):
        (tmp_path / name).mkdir()
    return tmp_path / "data/own"


def test_a_sum_is_the_same_however_its_records_are_ordered(tmp_path):
    """Fractions of a yuan too: as floating numbers they add up otherwise in another order."""
    records = year()
    yuan = records.loc[records["region_code"] == "a", "recovered_yuan"].dropna()
    orders = [yuan.sample(frac=1, random_state=seed) for seed in range(20)]
    # One after another: ``sum`` of Python 3.12 and later makes up for what rounding loses.
    assert len({reduce(add, one) for one in orders}) > 1
    first = taken(dataset(tmp_path / "a", records))
    again = taken(dataset(tmp_path / "b", records.sample(frac=1, random_state=1)))
    pd.testing.assert_frame_equal(first, again, check_exact=True)


def test_where_every_record_has_an_amount_its_count_is_the_one_shown(tmp_path):
    """Nothing is drawn once more: sum and mean give back the protected count, to rounding."""
    found = taken(dataset(tmp_path / "p", year(lacking=0.0))).dropna()
    assert len(found) == 24
    assert (found["sum"] / found["mean"]).to_numpy() == pytest.approx(found["count"].to_numpy())


def test_of_the_records_that_lack_an_amount_a_number_is_drawn_and_no_other(tmp_path):
    """What is left of the count is a whole number near those without; of none it is nothing."""
    records = year(size=4000, lacking=0.1)
    found = taken(dataset(tmp_path / "p", records), "year")
    lacking = records["recovered_yuan"].isna().groupby(records["region_code"]).sum()
    rest = (found["count"] - found["sum"] / found["mean"]).droplevel("period")
    assert rest.round().to_numpy() == pytest.approx(rest.to_numpy(), abs=1e-6)
    assert (rest - lacking).abs().max() <= 10
    assert (rest.round() != lacking).any()


def test_where_most_records_lack_an_amount_those_that_have_one_are_drawn(tmp_path):
    """Their number is near the true one; that of all less the others' would be twice as far."""
    records = year(size=4000, lacking=0.9)
    found = taken(dataset(tmp_path / "p", records), "year")
    held = records["recovered_yuan"].notna().groupby(records["region_code"]).sum()
    drawn = (found["sum"] / found["mean"]).droplevel("period")
    assert (drawn - held).abs().max() <= 10


def test_there_are_as_many_draws_as_parts_and_no_count_follows_in_two_ways(tmp_path, monkeypatch):
    """Of each region and period: the protected count of all and those of all parts but one.

    Records lack money, an end, both or neither; the parts that they fall into add up to all.
    """
    records, rng = year(size=3000, lacking=0.4), np.random.default_rng(8)
    ends = pd.to_datetime(records["received_on"]) + pd.Timedelta(days=9)
    records["closed_on"] = ends.mask(rng.random(len(records)) < 0.3)
    data, drawn = dataset(tmp_path / "p", records), []

    def noting(counts, *rest):
        drawn.append(counts.reshape(-1, len(amounts.PATTERNS)))
        return shown_counts(counts, *rest)

    monkeypatch.setattr(amounts, "shown_counts", noting)
    for length in ("month", "quarter", "year"):
        shown = {
            name: an.protected(data, "complaint", amount=name, period=length)
            for name in amounts.AMOUNTS
        }
        held = {name: table["sum"] / table["mean"] for name, table in shown.items()}
        rows = data.worked_out["amounts", "complaint/amounts"][length]
        counts = rows[[f"{part}_count" for part in amounts.PATTERNS]].to_numpy()
        assert (counts > 0).all(axis=1).any()
        # Both amounts are drawn from the same numbers.
        assert (drawn[-1] == drawn[-2]).all()
        assert ((drawn[-1] > 0).sum(axis=1) == (counts > 0).sum(axis=1) - 1).all()
        assert (counts.max(axis=1) == (counts - drawn[-1]).max(axis=1)).all()
        level = store_of(data, "complaint").levels[length].shown
        parts = amounts._parts(
            rows.assign(shown=[level.at[r.region, r.period] for r in rows.itertuples()]),
            Noise(), salt_of(data),
        )  # fmt: skip
        assert (parts.sum(axis=1) == level.stack().to_numpy()).all()
        for name, given in held.items():
            wanted = parts[:, amounts.having(name)].sum(axis=1)
            known = given.notna().to_numpy()
            assert known.any()
            assert given[known].to_numpy() == pytest.approx(wanted[known])


def test_parts_of_one_size_are_drawn_apart_and_the_whole_draws_nothing_more(tmp_path):
    """Ten records lack the one and ten the other: their noise is not twice the same."""
    records = year(size=1200, lacking=0.0)
    records["received_on"] = records["received_on"].dt.to_period("M").dt.start_time
    records = records.sort_values(["region_code", "received_on"], ignore_index=True)
    place = records.groupby(["region_code", "received_on"]).cumcount()
    records["recovered_yuan"] = records["recovered_yuan"].mask(place < 10)
    records["closed_on"] = records["received_on"].mask((place >= 10) & (place < 20))
    data = dataset(tmp_path / "p", records)
    held = {
        name: (table["count"] - table["sum"] / table["mean"]).to_numpy()
        for name in amounts.AMOUNTS
        for table in [an.protected(data, "complaint", amount=name, period="month")]
    }
    one, other = (lacking.round() for lacking in held.values())
    assert (one != other).sum() > len(one) / 2


def test_amounts_may_be_taken_away_after_counts_alone(project):
    """What is kept of counts has no columns of amounts yet."""
    records = year()
    an.protected(dataset(project, records), "complaint", period="month")
    first = taken(dataset(project, records))
    assert first["sum"].notna().any()
    pd.testing.assert_frame_equal(first, taken(dataset(project, records)), check_exact=True)


def test_an_amount_that_no_record_can_have_is_refused(tmp_path):
    """The column is named, and what would help."""
    data = dataset(tmp_path / "p", year())
    with pytest.raises(ParamsError, match="column closed_on, which the records lack"):
        an.protected(data, "complaint", amount="handling_days")


def test_amounts_that_were_taken_away_are_corrected_once_when_their_year_is_over(project):
    """A late amount, the new year, and one more late amount; counts and sums alike."""
    records = year()
    half = records[records["received_on"] < "2023-07-01"].reset_index(drop=True)
    first = taken(dataset(project, half))
    late = half.copy()
    place = late.index[late["recovered_yuan"].isna()][0]
    late.loc[place, "recovered_yuan"] = 499.0
    pd.testing.assert_frame_equal(first, taken(dataset(project, late)), check_exact=True)
    month = (late.loc[place, "region_code"], late.loc[place, "received_on"].strftime("%Y-%m"))
    after = pd.DataFrame({"received_on": ["2024-01-05"] * 20, "region_code": "a",
                          "recovered_yuan": 100.0})  # fmt: skip
    over = pd.concat([late.assign(received_on=late["received_on"].astype(str)), after])
    third = taken(dataset(project, over)).loc[first.index]
    assert (third["sum"] != first["sum"])[month]
    assert third.drop(index=[month]).equals(first.drop(index=[month]))
    again = over.reset_index(drop=True)
    again.loc[place, "recovered_yuan"] = 1.0
    fourth = taken(dataset(project, again)).loc[first.index]
    pd.testing.assert_frame_equal(third, fourth, check_exact=True)
    (file,) = (project.parents[1] / FOLDER).glob("*.parquet")
    assert file.stat().st_mode & 0o077 == 0


def test_counts_that_were_taken_away_are_published(project):
    """A late record draws none of them anew."""
    records = year()[lambda rows: rows["received_on"] < "2023-07-01"]
    first = an.protected(dataset(project, records), "complaint", period="month")
    more = pd.concat([records, records.sample(60, random_state=2)])
    again = an.protected(dataset(project, more), "complaint", period="month")
    pd.testing.assert_frame_equal(first, again)
    monthly = store_of(read_dataset(project), "complaint").levels["month"].shown
    assert monthly.stack().tolist() == store_of(dataset(project, records), "complaint").levels[
        "month"].shown.stack().tolist()  # fmt: skip


def _regions(folder):
    """A folder with two regions and no records yet."""
    dataset(folder, year().iloc[:30])


def test_a_researcher_takes_protected_numbers_away(in_root):
    """Counts as on every page, blank where withheld; amounts with noise of their largest part."""
    data = an.read_dataset(in_root / "data/simulated/province")
    table = an.protected(data, "complaint", amount="handling_days", period="year")
    level = store_of(data, "complaint").levels["year"]
    wide = table.pivot(index="region", columns="period", values="count")
    shown = level.shown.mask(level.withheld)
    np.testing.assert_array_equal(wide.to_numpy(float), shown.to_numpy(float))
    records = data.tables["complaints"]
    records = records[records["kind"] == "complaint"]
    days = (records["closed_on"] - records["received_on"]).dt.days
    year = records["received_on"].dt.year.astype(str)
    true = days.groupby([records["region_code"].astype(str), year]).agg(["sum", "max", "count"])
    found = (
        table.set_index(["region", "period"])
        .join(true.add_suffix("_true").rename_axis(["region", "period"]))
        .dropna()
    )
    error = found["sum"] - found["sum_true"]
    assert (error != 0).all()
    # Noise of all and of those without an amount times the mean, and of the largest part.
    spread = np.hypot(np.sqrt(18) * found["sum_true"] / found["count_true"], found["max_true"])
    assert (error.abs() < 5 * spread).all()
    assert 0.8 < (error / spread).std() < 1.2
    assert found["mean"].notna().all()


def test_a_mean_is_over_the_records_that_have_the_amount(tmp_path):
    """Two in five cases have one: of 4,000 a year the mean comes within 1 %, noise and all."""
    folder, rng = tmp_path / "p", np.random.default_rng(5)
    _regions(folder)
    days = rng.choice(pd.date_range("2023-01-01", "2023-12-31"), 8000)
    amount = pd.Series(rng.integers(50, 500, 8000), dtype="Int64").mask(rng.random(8000) > 0.4)
    records = {
        "complaint_id": [f"C{n}" for n in range(8000)],
        "received_on": days,
        "region_code": np.repeat(["a", "b"], 4000),
        "kind": "complaint",
        "channel": "online",
        "recovered_yuan": amount,
        "closed_on": pd.Series(days + pd.to_timedelta(rng.integers(1, 30, 8000), "D")).mask(
            rng.random(8000) > 0.6
        ),
    }
    frame = pd.DataFrame(records)
    frame.to_csv(folder / "complaints.csv", index=False)
    data = read_dataset(folder)
    true = {
        "recovered_yuan": frame["recovered_yuan"],
        "handling_days": (frame["closed_on"] - frame["received_on"]).dt.days,
    }
    for name, values in true.items():
        found = an.protected(data, "complaint", amount=name, period="year").set_index("region")
        wanted = values.groupby(frame["region_code"]).mean()
        assert found["mean"].to_numpy() == pytest.approx(wanted.to_numpy(float), rel=0.01)
        assert (found["sum"] < 0.7 * found["mean"] * found["count"]).all()


@pytest.mark.parametrize(("outlier", "told"), [(-300, False), (-30, True), (300, False)])
def test_a_negative_amount_is_hidden_by_as_much_as_it_is(tmp_path, monkeypatch, outlier, told):
    """One case closed before it came among 29 of ten days: as much as one that took as long.

    Beyond half of all, 29 · 10 = 290 days, it is not told; else the noise is as large as it.
    """
    received = pd.Series(pd.to_datetime(["2023-06-15"] * 30 + ["2023-01-01", "2023-12-31"]))
    days = np.where(np.arange(32) == 7, outlier, 10)
    records = {"received_on": received, "region_code": "a",
               "closed_on": received + pd.to_timedelta(days, "D")}  # fmt: skip
    data = dataset(tmp_path / "p", pd.DataFrame(records))
    moved = []
    for drawn in (0.0, 1.0):
        chance = ndtr(drawn)
        monkeypatch.setattr(amounts, "draws", lambda keys, _, c=chance: np.full(len(keys), c))
        table = an.protected(data, "complaint", amount="handling_days", period="month")
        moved.append(table.set_index(["region", "period"]).loc[("a", "2023-06"), "sum"])
    assert np.isfinite(moved).all() == told
    assert not told or moved[1] - moved[0] == pytest.approx(abs(outlier))


def test_amounts_published_before_signs_were_looked_at_stay_as_they_were(project):
    """What is kept of then has no sums without signs."""
    first = taken(dataset(project, year()))
    (file,) = (project.parents[1] / FOLDER).glob("*.parquet")
    kept = pd.read_parquet(file)
    kept.drop(columns=[name for name in kept if "absolute" in name]).to_parquet(file)
    again = taken(dataset(project, year()))
    assert first["sum"].notna().any()
    pd.testing.assert_frame_equal(first, again, check_exact=True)


def test_an_amount_of_a_dataset_without_records_is_refused(tmp_path):
    """Counts by region and month have no amounts, and no case of their own beside them."""
    dataset(tmp_path / "p", year())
    (tmp_path / "p/complaints.csv").unlink()
    counts = {"region_code": "a", "period": ["2023-01", "2023-02"], "outcome": "food", "count": 90}
    pd.DataFrame(counts).to_csv(tmp_path / "p/outcomes.csv", index=False)
    data = read_dataset(tmp_path / "p")
    assert len(an.protected(data, "food", period="month"))
    for amount in ("recovered_yuan", "handling_days"):
        with pytest.raises(ParamsError, match=f"amount {amount}: is of records"):
            an.protected(data, "food", amount=amount, period="month")


def test_a_sum_that_one_record_makes_is_withheld(tmp_path):
    """More than half of it, or fewer than ten records; the count may stand."""
    folder = tmp_path / "p"
    _regions(folder)
    rows = [
        {
            "complaint_id": f"{code}{n}",
            "received_on": "2023-01-15",
            "region_code": code,
            "kind": "complaint",
            "channel": "online",
            "recovered_yuan": 10_000 if (code, n) == ("a", 0) else 100,
        }
        for code, many in (("a", 40), ("b", 40))
        for n in range(many)
    ]
    rows += [
        {**row, "complaint_id": f"{row['complaint_id']}x", "received_on": "2023-02-27"}
        for row in rows[:45]
    ]
    pd.DataFrame(rows).to_csv(folder / "complaints.csv", index=False)
    data = read_dataset(folder)
    found = an.protected(data, "complaint", amount="recovered_yuan", period="month")
    sums = found.set_index(["region", "period"])["sum"]
    assert np.isnan(sums["a", "2023-01"])
    assert sums["b", "2023-01"] == pytest.approx(4000, abs=100 * 10 + 500)
    assert np.isnan(sums["b", "2023-02"])
    with pytest.raises(ParamsError, match="recovered_yuan"):
        an.protected(data, "complaint", amount="recovred_yuan")
