"""Ratings as a bureau collects them or as a ready frame brings them: one row per rating.

The table ``assessments`` has officers rated by enterprises in five dimensions, with complaints and
penalties counted in; a ready frame ``ratings`` has one row per score.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd

from analysis.data.dataset import Dataset
from analysis.data.frames.names import not_held
from analysis.data.periods import period_of
from analysis.data.settings import Words
from analysis.data.tables import TABLES
from analysis.errors import DesignError, ParamsError, Problem, nearest
from analysis.params import Params, RatingsQuestion

LEAST_RATED, LEAST_RATERS = 5, 2
LEAST_BESIDE = LEAST_RATED - 1
"""Of the rated, so many must stand beside another of their region for these to be compared."""
LEAST_ANSWERS = 100
"""Ratings that went on, of which quarters are looked at."""
EVENTS = ("complaints", "penalties")
DIMENSIONS = {c.name: c for c in TABLES["assessments"].columns if c.maximum == 10}
FORMS = ("count", "rate")
USUAL_NAMES = {
    "rated": Words(en="officer", zh="服务人员", zh_measure="名"),
    "rater": Words(en="enterprise", zh="企业", zh_measure="家"),
    "attitude": Words(en="attitude", zh="服务态度"),
    "ability": Words(en="ability", zh="服务能力"),
    "quality": Words(en="quality", zh="服务质量"),
    "efficiency": Words(en="efficiency", zh="服务效率"),
    "discipline": Words(en="discipline", zh="服务纪律"),
    "complaints": Words(en="complaint", zh="投诉"),
    "penalties": Words(en="penalty", en_plural="penalties", zh="处罚"),
}
"""Who is rated and who rates, on what, and what is counted, where the dataset does not say."""
NOTEBOOK = "service_assessment"
"""By which the truth of simulated data names it."""
WITHIN, ONE, BOUND, UNKNOWN = "within", "one", "bound", "unknown"
"""Whether the rated are told apart from their place: compared within regions, all of one region,
hardly two of them in one, or where they work is not known."""


@dataclass(frozen=True)
class Assessment:
    """Ratings, ready to be looked at.

    ``frame`` has ``period`` (blank where none is known), ``rated``, ``rater`` (absent where scores
    are means), ``region_code`` (absent where it is not known where they work) and a column for each
    of the ``items``; of a bureau also ``complaints``, ``penalties`` and, of each, ``expected_…``
    among enterprises alike. ``every`` is the same of all rounds; ``top`` is the best score that can
    be given; ``dropped`` counts ratings that lack an item; ``idle`` are events that never vary;
    ``paired`` says until when pairs last, ``early`` how many regions were rated before the start;
    ``truth`` is of simulated data.
    """

    frame: pd.DataFrame
    every: pd.DataFrame
    items: tuple[str, ...]
    top: float
    dropped: int
    idle: tuple[str, ...]
    paired: pd.DataFrame | None
    early: int
    truth: Mapping[str, float]

    @property
    def raters_known(self) -> bool:
        """Whether it is known who rated."""
        return "rater" in self.frame

    @property
    def rounds(self) -> list[str]:
        """The rounds of all ratings, in order."""
        return sorted(self.every["period"].unique())

    @property
    def regulated(self) -> bool:
        """Whether those who rate are regulated by those they rate."""
        return "complaints" in self.frame

    @property
    def alone(self) -> bool:
        """Whether every rater rated one in a round."""
        return not self.frame.duplicated(["period", "rater"]).any()

    @cached_property
    def place(self) -> str:
        """Whether the rated are told apart from their place."""
        if "region_code" not in self.frame:
            return UNKNOWN
        if self.frame["region_code"].nunique() < 2:
            return ONE
        by_round = self.frame.groupby(["period", "region_code"], observed=True)["rated"]
        several = by_round.transform("nunique") > 1
        pairs = self.frame.loc[several, ["region_code", "rated"]].drop_duplicates()
        beside = len(pairs) - pairs["region_code"].nunique()
        return WITHIN if beside >= LEAST_BESIDE else BOUND

    @property
    def blocks(self) -> np.ndarray:
        """Number of the round of each rating, or of its region and round; shape (M,)."""
        keys = ["period", "region_code"] if self.place == WITHIN else ["period"]
        return np.asarray(self.frame.groupby(keys, observed=True).ngroup())

    def beside(self) -> pd.DataFrame:
        """Scores as they stand beside others of their region and round, where these are compared.

        The mean of region and round is replaced by that of the round. Who has no other of the
        rated beside them is left out.
        """
        scores = self.scores()
        if self.place != WITHIN:
            return scores
        block = self.blocks
        several = scores.groupby(block)["rated"].transform("nunique") > 1
        score = scores["score"]
        by_round = score.groupby(scores["period"], observed=True).transform("mean")
        own = score - score.groupby(block).transform("mean") + by_round
        return scores.assign(score=own)[several].drop(columns="region")

    @cached_property
    def regions_compared(self) -> int:
        """How many regions have several of the rated in a round."""
        if self.place != WITHIN:
            return 0
        keys = ["period", "region_code"]
        size = self.frame.groupby(keys, observed=True)["rated"].nunique()
        return int(size[size > 1].index.get_level_values("region_code").nunique())

    @property
    def rows(self) -> pd.DataFrame:
        """Scores of the last round looked at, of those with two at least, one row a rating.

        Without raters there is one row an item.
        """
        last = self.frame[self.frame["period"] == self.frame["period"].max()]
        if not self.raters_known:
            return last.melt("rated", list(self.items), "item", "score")
        several = last.groupby("rated", observed=True)["rated"].transform("size") > 1
        return last[several].assign(score=last[list(self.items)].mean(axis=1))

    def scores(self, by_item: bool = False) -> pd.DataFrame:
        """The frame of the method ``reliability``: means over items, or one row for each.

        It has ``region`` where the rated are compared within regions.
        """
        frame = self.frame.rename(columns={"region_code": "region"})
        keys = [k for k in ("rated", "rater", "period") if k in frame]
        keys += ["region"] if self.place == WITHIN else []
        if by_item and len(self.items) > 1:
            columns = {"var_name": "dimension", "value_name": "score"}
            return frame.melt(keys, list(self.items), **columns)
        return frame[keys].assign(score=frame[list(self.items)].mean(axis=1))


def ratings_tables(question: RatingsQuestion) -> set[str]:
    """The tables that ratings are read from, and those that explain them."""
    mix = {"enterprises"} if question.case_mix else set()
    return {"assessments", "ratings", "pairings", "truth"} | mix


def unknown_in_ratings(dataset: Dataset, question: RatingsQuestion) -> list[Problem]:
    """Parameters that name something the ratings do not hold."""
    if not (dataset.has("assessments") or dataset.has("ratings")):
        remedy = "Add one of them, or choose a dataset that has it"
        what = "is needed: table assessments, or a ready frame ratings"
        return [Problem(f"dataset {dataset.folder.name}", what, remedy)]
    every, items = _wide(dataset)
    asked = [("dimensions", name, items) for name in question.dimensions]
    rounds = sorted(every["period"].unique())
    asked += [("round", question.round, rounds)] if question.round else []
    if question.case_mix:
        held = dataset.tables.get("enterprises", pd.DataFrame())
        asked += [("case_mix", name, list(held)) for name in question.case_mix]
    return [*not_held(asked), *_composite_problems(question, "complaints" in every)]


def _composite_problems(question: RatingsQuestion, counted: bool) -> Iterator[Problem]:
    given = question.composite
    if given and not counted:
        yield Problem("composite", "counts complaints, and these ratings hold none", "Leave it out")
    for name, value in given.items():
        if name not in (*EVENTS, "form"):
            yield Problem(f"composite, {name}", "is not known", nearest(name, [*EVENTS, "form"]))
        elif name == "form" and value not in FORMS:
            yield Problem("composite, form", f"is '{value}'", "Write count or rate")
        elif name != "form" and not isinstance(value, (int, float)):
            yield Problem(f"composite, {name}", "is no number of points", "Write -2, for example")


def build_assessment(dataset: Dataset, question: RatingsQuestion) -> Assessment:
    """The ratings of one question.

    Raises
    ------
    ParamsError: a name that the dataset does not hold.
    DesignError: with everything that these ratings cannot bear.
    """
    ParamsError.raise_for(unknown_in_ratings(dataset, question))
    every, held = _wide(dataset)
    items = tuple(question.dimensions or held)
    whole = every[list(items)].notna().all(axis=1)
    every = every[whole].reset_index(drop=True)
    if "complaints" in every:
        every = _with_expected(dataset, every, question.case_mix)
    chosen = every["period"] == question.round if question.round else every["period"].notna()
    frame = every[chosen].reset_index(drop=True)
    limits = [DIMENSIONS[name].maximum for name in items if dataset.has("assessments")]
    idle = tuple(name for name in EVENTS if name in frame and frame[name].nunique() < 2)
    rows = dataset.tables.get("truth", pd.DataFrame(columns=["name", "value", "notebook"]))
    rows = rows[rows["notebook"] == NOTEBOOK]
    found = Assessment(
        frame,
        every,
        items,
        float(limits[0] or 0) if limits else float(every[list(items)].max().max()),
        int((~whole).sum()),
        idle,
        dataset.tables.get("pairings"),
        early_regions(dataset, every, question),
        dict(zip(rows["name"], rows["value"].astype(float), strict=True)),
    )
    DesignError.raise_for(list(_too_little(found, question)))
    return found


def _wide(dataset: Dataset) -> tuple[pd.DataFrame, list[str]]:
    """One row per rating of any round, and the items that there are."""
    return dataset.once("ratings", lambda: _read(dataset))


def _read(dataset: Dataset) -> tuple[pd.DataFrame, list[str]]:
    if dataset.has("assessments"):
        table = dataset.tables["assessments"]
        names = {"officer_id": "rated", "enterprise_id": "rater"}
        kept = ["period", "region_code", *names, *DIMENSIONS, *EVENTS]
        return table[kept].rename(columns=names), list(DIMENSIONS)
    rows = dataset.tables["ratings"].rename(columns={"round": "period"})
    rows = rows.assign(period=rows["period"].astype(str) if "period" in rows else "")
    rows = rows.rename(columns={"region": "region_code"})
    if "region_code" in rows and rows["region_code"].isna().any():
        rows = rows.drop(columns="region_code")
    rows = rows.assign(item=rows["item"].astype(str) if "item" in rows else "score")
    keys = [name for name in ("period", "region_code", "rated", "rater") if name in rows]
    wide = rows.pivot(index=keys, columns="item", values="score").reset_index()
    wide.columns.name = None
    # Items in the order of the file, not of the alphabet.
    return wide, [str(item) for item in rows["item"].unique()]


def _with_expected(dataset: Dataset, frame: pd.DataFrame, mix: list[str]) -> pd.DataFrame:
    """Beside each count of events its mean among enterprises alike, in the round."""
    kinds: list[pd.Series] = [frame["period"]]
    if mix:
        register = dataset.tables["enterprises"].set_index("enterprise_id")
        kinds += [frame["rater"].map(register[name]).astype(str) for name in mix]
    groups = frame.groupby(kinds, observed=True)
    return frame.assign(**{f"expected_{n}": groups[n].transform("mean") for n in EVENTS})


def early_regions(dataset: Dataset, every: pd.DataFrame, question: Params) -> int:
    """How many regions were rated in a round before that in which the intervention began."""
    name = getattr(question, "intervention", "")
    if not name or not dataset.has("interventions") or "region_code" not in every:
        return 0
    rows = dataset.tables["interventions"]
    begun = rows[rows["intervention"] == name].groupby("region_code")["started_on"].min()
    first = (
        every.groupby("region_code", observed=True)["period"]
        .min()
        .map(lambda label: period_of(label).end_time)
    )
    return int((first < begun.reindex(first.index)).sum())


def _too_little(found: Assessment, question: RatingsQuestion) -> Iterator[Problem]:
    rated = found.frame["rated"].nunique()
    if rated < LEAST_RATED:
        what = f"are {rated}; at least {LEAST_RATED} are needed"
        yield Problem("rated", what, "Add ratings, or choose a longer span")
    if found.raters_known:
        mean = len(found.frame) / max(len(found.frame[["rated", "period"]].drop_duplicates()), 1)
        if mean < LEAST_RATERS:
            what = f"are {mean:.1f} a rated on average; at least {LEAST_RATERS} are needed"
            yield Problem("raters", what, "Have more of them rate, or put rounds together")
    elif len(found.items) < 2:
        what = "is one, and who rated is not known: nothing can be held against anything"
        yield Problem("items", what, "Add a column rater, or items")
    values = found.frame[list(found.items)]
    if len(values) and values.to_numpy().min() == values.to_numpy().max():
        yield Problem("scores", "are the same in every row", "Check the export")
    per_round = found.frame.groupby("period")["rated"].nunique()
    if question.composite and found.raters_known and per_round.max() < LEAST_RATED <= rated:
        what = f"are at most {per_round.max()} in a round; at least {LEAST_RATED} are needed"
        yield Problem("composite, rated", what, "Add ratings, or leave composite out")
    if question.stability and (len(found.rounds) < 2 or not found.raters_known):
        what = f"compares rounds, and there is {len(found.rounds)}"
        yield Problem("stability", what, "Add rounds, or set stability: false")


def quarters_again(found: Assessment) -> pd.DataFrame:
    """By quarters of scores, lowest first: ``low``, ``high``, and the share that answered again."""
    given = answers_again(found)
    if len(given) < LEAST_ANSWERS:
        return pd.DataFrame({"low": [], "high": [], "again": []})
    quarters = given.groupby(pd.qcut(given["score"].rank(method="first"), 4, labels=False))
    return quarters.agg(low=("score", "min"), high=("score", "max"), again=("again", "mean"))


def answers_again(found: Assessment) -> pd.DataFrame:
    """Ratings that a next round followed: ``score`` and whether the same pair was in it, ``again``.

    Those still count whose pair lasts into the next round, where pairings are given.
    """
    every, rounds = found.every, found.rounds
    if len(rounds) < 2 or not found.raters_known:
        return pd.DataFrame({"score": [], "again": []})
    place = {label: number for number, label in enumerate(rounds)}
    turn = every["period"].map(place)
    keys = [every["rated"].to_numpy(), every["rater"].to_numpy()]
    there = pd.MultiIndex.from_arrays([*keys, turn])
    again = pd.MultiIndex.from_arrays([*keys, turn + 1]).isin(there)
    # In a round in which the rated was not rated at all, nobody was asked.
    asked = pd.MultiIndex.from_arrays([every["rated"], turn + 1])
    asked = asked.isin(pd.MultiIndex.from_arrays([every["rated"], turn]).unique())
    if found.paired is not None:
        asked &= _lasting(found.paired, every, rounds)
    score = every[list(found.items)].mean(axis=1)
    # Where no pair ever meets again, raters are new in every round.
    return pd.DataFrame({"score": score, "again": again})[asked & again.any()]


def _lasting(pairs: pd.DataFrame, every: pd.DataFrame, rounds: list[str]) -> np.ndarray:
    """Whether a pair lasts into the next round."""
    following = dict(pairwise(rounds))
    begins = {now: period_of(then).start_time for now, then in following.items()}
    day = every["period"].map(begins)
    # A pair without an end lasts.
    ended = pairs["ended_on"].fillna(day.max()) if "ended_on" in pairs else day.max()
    last = pairs.assign(ended_on=ended).groupby(["officer_id", "enterprise_id"])["ended_on"].max()
    held = last.reindex(pd.MultiIndex.from_arrays([every["rated"], every["rater"]])).to_numpy()
    return np.asarray((held >= day.to_numpy()) & day.notna().to_numpy())
