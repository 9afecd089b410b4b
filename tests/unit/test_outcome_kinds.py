"""Outcomes that are no counts: shares of a base, scores, rates and amounts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import yaml

from analysis.data.dataset import read_dataset
from analysis.data.frames.outcomes import counts_of, kind_of
from analysis.data.frames.panel_loader import panel
from analysis.errors import ContractError, DesignError

ABOUT = {
    "title": {"en": "Fiction", "zh": "虚构"},
    "status": "simulated",
    "licence": "CC0",
    "origin": "made in a test",
    "words": {
        "late": {"en": "late case", "zh": "逾期件", "base": {"en": "closed case", "zh": "办结件"}},
        "score": {
            "en": "satisfaction score",
            "zh": "满意度得分",
            "unit": {"en": "point", "zh": "分"},
        },
        "recovered": {
            "en": "recovered loss",
            "en_plural": "recovered losses",
            "zh": "挽回损失",
            "adds_up": True,
            "unit": {"en": "yuan", "en_plural": "yuan", "zh": "元"},
        },
    },
}
REGIONS, MONTHS = 16, 36
EFFECTS = {"late": 0.7, "score": -4.0, "recovered": 300.0, "rating": 2.0}


def write_fiction(folder, seed=1):
    """Monthly shares, scores and amounts of sixteen regions, half of which adopt."""
    rng = np.random.default_rng(seed)
    codes = [f"R{i:02d}" for i in range(REGIONS)]
    starts = {code: 13 + 3 * (i % 3) for i, code in enumerate(codes[:8])}
    regions = {"region_code": codes, "name_en": codes, "name_zh": codes, "level": "county"}
    rows = []
    for place, code in enumerate(codes):
        for month in range(MONTHS):
            on = starts.get(code, 99) <= month
            period = f"{2020 + month // 12}-{month % 12 + 1:02d}"
            closed = int(rng.poisson(200))
            late = rng.binomial(closed, 0.2 * (EFFECTS["late"] if on else 1))
            score = 70 + place + 0.1 * month + (EFFECTS["score"] * on) + rng.normal(0, 1)
            amount = 2000 + 100 * place + (EFFECTS["recovered"] * on) + rng.normal(0, 50)
            rows += [
                {"outcome": "late", "count": late, "base": closed},
                {"outcome": "score", "value": round(score, 3), "base": int(rng.integers(10, 90))},
                {"outcome": "recovered", "value": round(amount, 2)},
                {"outcome": "rating", "value": round(score - 80, 3)},
                {"outcome": "visits", "count": int(rng.poisson(40))},
            ]
            for row in rows[-5:]:
                row.update(region_code=code, period=period)
    folder.mkdir(exist_ok=True)
    text = yaml.safe_dump(ABOUT, allow_unicode=True)
    (folder / "dataset.yml").write_text(text, encoding="utf-8")
    pd.DataFrame(regions).to_csv(folder / "regions.csv", index=False)
    table = pd.DataFrame(rows).astype({"count": "Int64", "base": "Int64"})
    table.to_csv(folder / "outcomes.csv", index=False)
    begun = [f"{2020 + month // 12}-{month % 12 + 1:02d}-01" for month in starts.values()]
    adopted = {"region_code": list(starts), "intervention": "scheme", "started_on": begun}
    pd.DataFrame(adopted).to_csv(folder / "interventions.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def fiction(tmp_path_factory):
    """The folder of a fictional dataset."""
    return write_fiction(tmp_path_factory.mktemp("fiction") / "data")


@pytest.fixture(scope="module")
def data(fiction):
    """The dataset read."""
    return read_dataset(fiction)


def rows_of(data, outcome):
    """The rows of an outcome with their quarter."""
    rows = data.tables["outcomes"].query("outcome == @outcome")
    quarter = pd.PeriodIndex(rows["period"], freq="M").asfreq("Q").astype(str)
    return rows.assign(quarter=quarter)


def test_the_kind_follows_from_the_columns(data):
    """A count alone, a count out of a base, a value."""
    kinds = {name: kind_of(data, name) for name in ("visits", "late", "score", "recovered")}
    assert kinds == {"visits": "count", "late": "share", "score": "level", "recovered": "level"}


def test_shares_add_numerator_and_base(data):
    """A quarter is out of all that was closed in it."""
    found = panel(data, outcome="late", intervention="scheme", period="quarter")
    wanted = rows_of(data, "late").groupby(["region_code", "quarter"])[["count", "base"]].sum()
    assert found.kind == "share"
    assert found.has_exposure
    assert not found.yearly
    assert np.array_equal(found.frame["count"], wanted["count"])
    assert np.array_equal(found.frame["exposure"], wanted["base"])


def test_scores_average_by_their_base_and_amounts_add(data):
    """What a score is a mean of weighs it; without a base all periods weigh alike."""
    by = ["region_code", "quarter"]
    rows = rows_of(data, "score").assign(product=lambda r: r["value"] * r["base"])
    wanted = rows.groupby(by)[["product", "base"]].sum().eval("product / base")
    found = panel(data, outcome="score", intervention="scheme", period="quarter")
    assert found.kind == "level"
    assert np.allclose(found.frame["value"], wanted)
    amounts = panel(data, outcome="recovered", intervention="scheme", period="quarter")
    assert amounts.yearly
    assert np.allclose(
        amounts.frame["value"], rows_of(data, "recovered").groupby(by)["value"].sum()
    )
    plain = panel(data, outcome="rating", intervention="scheme", period="quarter")
    assert np.allclose(plain.frame["value"], rows_of(data, "rating").groupby(by)["value"].mean())


def test_all_that_is_wrong_with_an_outcome_is_said_at_once(tmp_path):
    """Neither filled, both filled, mixed within an outcome, a share above one."""
    folder = write_fiction(tmp_path / "data")
    file = folder / "outcomes.csv"
    rows = pd.read_csv(file, dtype=str)
    rows.loc[0, "count"] = ""
    rows.loc[1, "count"] = "5"
    rows.loc[5, "base"] = "1"
    rows.loc[7, "base"] = "9"
    rows.to_csv(file, index=False)
    with pytest.raises(ContractError) as caught:
        read_dataset(folder)
    message = str(caught.value)
    for said in (
        "column count, row 2: is empty",
        "column value, row 3: is filled beside count",
        "column count, row 7: is above its base",
        "column base, row 9: is filled in some rows of its outcome only",
    ):
        assert said in message


def test_counts_may_be_left_out_where_values_stand_for_them(tmp_path):
    """A file without a column of counts; without either, one is asked for."""
    folder = write_fiction(tmp_path / "data")
    file = folder / "outcomes.csv"
    rows = pd.read_csv(file, dtype=str).query("outcome == 'score'").drop(columns="count")
    rows.to_csv(file, index=False)
    assert kind_of(read_dataset(folder), "score") == "level"
    rows.drop(columns="value").to_csv(file, index=False)
    with pytest.raises(ContractError, match="column count: is missing"):
        read_dataset(folder)


def test_a_share_has_no_other_exposure(tmp_path):
    """It is out of its own base."""
    folder = write_fiction(tmp_path / "data")
    rows = [f"R{i:02d},2020,people,1000" for i in range(REGIONS)]
    text = "\n".join(["region_code,period,exposure,value", *rows])
    (folder / "exposures.csv").write_text(text + "\n")
    with pytest.raises(DesignError, match="out of its own base"):
        panel(
            read_dataset(folder),
            outcome="late", intervention="scheme", exposure="people", period="quarter",
        )  # fmt: skip


def test_regions_are_compared_by_counts_only(data):
    """A level is no rate."""
    with pytest.raises(DesignError, match="outcome score: is a level"):
        counts_of(data, "score", "year")
