"""Draws and visits: who is inspected, what score and colour come of it, and what they change."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.simulated.places import county_codes, identifiers, words
from analysis.simulated.tables.register import STATIONS, choose
from analysis.simulated.worlds import Options, World, stream

LISTED, DRAWN = 120, 0.3
"""Enterprises of a county on the list of a plan; the share that is drawn."""
EVERY = 6
"""Months from one plan to the next."""
VISITED, COLOURED = 6, 12
"""Months for which a visit, and the colour it gave, change complaints."""
CUTOFFS = (60, 70, 80, 90)
COLOURS = ("red", "orange", "yellow", "blue", "green")
LIFTED_TO, LIFTED_FROM = 70, 67
"""The cut-off over which lifting stations lift scores, and from which score on."""
STRATA = ("low", "high")
FOUND = {"random": 0.8, "targeted": 1.6, "complaint": 1.2, "follow_up": 0.4}
"""Problems found on average at an enterprise of mean quality."""


@dataclass(frozen=True)
class Inspections:
    """Lists and visits, and what complaints need to know of them.

    ``draws``, ``visits``: by row of the register (``row``); of scored visits ``scored`` holds row
    and month as one sorted number, ``band`` the place of the colour; ``random`` those of visits of
    drawn ones.
    """

    draws: pd.DataFrame
    visits: pd.DataFrame
    span: int
    scored: np.ndarray
    band: np.ndarray
    random: np.ndarray

    def effect(self, world: World, row: np.ndarray, month: np.ndarray) -> np.ndarray:
        """Log points by which visits so far move complaints about a row in a month."""
        key = row * self.span + month
        lately = _latest(self.random, key)
        visited = (lately >= 0) & (key - self.random[lately] <= VISITED)
        visited &= self.random[lately] // self.span == row
        last = _latest(self.scored, key)
        coloured = (last >= 0) & (key - self.scored[last] <= COLOURED)
        coloured &= self.scored[last] // self.span == row
        return np.asarray(world.visit * visited + world.colour * coloured * (self.band[last] - 2))


def _latest(keys: np.ndarray, key: np.ndarray) -> np.ndarray:
    """The place of the last key before each; −1 where there is none."""
    return np.searchsorted(keys, key, side="left") - 1


def draw_inspections(options: Options, rows: pd.DataFrame, months: pd.PeriodIndex) -> Inspections:
    """Lists of every plan, visits of those drawn with scores, visits again, and visits by risk."""
    rng = stream(options, "inspections")
    plans = len(months) // EVERY
    lists = pd.concat([_list(options, rows, plan, rng) for plan in range(plans)], ignore_index=True)
    random = _of_drawn(options, lists[lists["drawn"]], rows, months, rng)
    number = rng.poisson(1.0, (options.counties, len(months)))
    county, when = np.repeat(np.indices(number.shape).reshape(2, -1), number.ravel(), axis=1)
    risky = _visits(choose(rows, county, when, rng), when, "targeted", months, rng)
    parts = [random, _again(random, months, rng), risky]
    visits = pd.concat(parts, ignore_index=True).sort_values("visited_on", kind="stable")
    visits["band"] = np.searchsorted(CUTOFFS, visits["score"].fillna(0), side="right")
    span = len(months) + COLOURED + 1
    scored = visits[visits["score"].notna()]
    visits["previous_score"] = scored.groupby("row")["score"].shift()
    key = (scored["row"] * span + scored["month"]).to_numpy()
    order = np.argsort(key, kind="stable")
    by_draw = np.sort(random["row"] * span + random["month"])
    return Inspections(lists, visits, span, key[order], scored["band"].to_numpy()[order], by_draw)


def _of_drawn(
    options: Options,
    drawn: pd.DataFrame,
    rows: pd.DataFrame,
    months: pd.PeriodIndex,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Visits of those drawn, in the two months after; some stations lift scores over a cut-off."""
    month = (drawn["plan"] * EVERY + rng.integers(0, 2, len(drawn))).to_numpy()
    visits = _visits(drawn["row"].to_numpy(), month, "random", months, rng)
    for name in ("plan", "stratum", "frame_size", "taken"):
        visits[name] = drawn[name].to_numpy()
    quality = rows["quality"].to_numpy()[visits["row"]]
    score = (77 + 7 * quality + rng.normal(0, 6, len(visits))).round().clip(30, 100)
    just_under = (score >= LIFTED_FROM) & (score < LIFTED_TO)
    lifted = just_under & (visits["row"] % STATIONS == 0)
    lifted &= rng.random(len(visits)) < options.truth.lifted
    visits["score"] = np.where(lifted, LIFTED_TO, score)
    return visits.assign(lifted=lifted, just_under=just_under)


def _again(random: pd.DataFrame, months: pd.PeriodIndex, rng: np.random.Generator) -> pd.DataFrame:
    """Visits two months later where the score lay under the lowest cut-off; most score more."""
    low = random[(random["score"] < CUTOFFS[0]) & (random["month"] < len(months) - 2)]
    visits = _visits(low["row"].to_numpy(), low["month"].to_numpy() + 2, "follow_up", months, rng)
    more = rng.normal(8, 4, len(low)).round()
    return visits.assign(score=(low["score"].to_numpy() + more).clip(0, 100))


def _list(
    options: Options, rows: pd.DataFrame, plan: int, rng: np.random.Generator
) -> pd.DataFrame:
    """The list of one plan in every county, in order of its places, and who was drawn."""
    county = np.repeat(np.arange(options.counties), 2 * LISTED)
    row = choose(rows, county, np.full(county.size, plan * EVERY), rng)
    found = pd.DataFrame({"county": county, "row": row}).drop_duplicates("row")
    found = found[found.groupby("county").cumcount() < LISTED].reset_index(drop=True)
    by_county = found.groupby("county")
    found["place"] = by_county.cumcount() + 1
    length = by_county["row"].transform("size")
    weight = rows["weight"].to_numpy()[found["row"]]
    middle = pd.Series(weight).groupby(found["county"]).transform("median")
    found["stratum"] = (weight > middle).astype(int)
    strata = found.groupby(["county", "stratum"])
    found["frame_size"] = strata["row"].transform("size")
    found["taken"] = (DRAWN * found["frame_size"]).round().clip(lower=1).astype(int)
    # Faulty plans, every second one, draw more readily from the head of the list.
    slope = options.truth.list_head * (plan % 2)
    luck = rng.gumbel(size=len(found)) - slope * found["place"] / length
    rank = luck.groupby([found["county"], found["stratum"]]).rank(ascending=False)
    return found.assign(drawn=rank <= found["taken"], plan=plan)


def _visits(
    row: np.ndarray, month: np.ndarray, why: str, months: pd.PeriodIndex, rng: np.random.Generator
) -> pd.DataFrame:
    """A row per visit, on a day of its month."""
    firsts = months.to_timestamp().to_numpy().astype("datetime64[D]")[month]
    day = firsts + rng.integers(0, 28, row.size)
    return pd.DataFrame({"row": row, "month": month, "selection": why, "visited_on": day})


def draw_table(options: Options, found: Inspections, months: pd.PeriodIndex) -> pd.DataFrame:
    """Lists as a table of the contract."""
    lists, codes = found.draws, county_codes(options.counties)
    strata = [f"{code}-{name}" for code in codes for name in STRATA]
    firsts = months.to_timestamp().to_numpy().astype("datetime64[us]")
    return pd.DataFrame(
        {
            "plan": words(plan_names(months), lists["plan"].to_numpy()),
            "enterprise_id": identifiers("E", lists["row"].to_numpy(), 7),
            "stratum": words(strata, (lists["county"] * 2 + lists["stratum"]).to_numpy()),
            "place": lists["place"],
            "drawn": lists["drawn"],
            "announced_on": firsts[lists["plan"] * EVERY],
        }
    )


def plan_names(months: pd.PeriodIndex) -> list[str]:
    """Every plan by the month it begins in."""
    return [f"draw {months[plan * EVERY]}" for plan in range(len(months) // EVERY)]


def inspection_table(
    options: Options,
    found: Inspections,
    complained: pd.DataFrame,
    rows: pd.DataFrame,
    months: pd.PeriodIndex,
) -> pd.DataFrame:
    """Visits as a table of the contract, with those that a complaint led to, by day.

    Parameters
    ----------
    complained: ``row`` and ``received`` of complaints, of which some lead to a visit.
    """
    rng, codes = stream(options, "visits"), county_codes(options.counties)
    led = complained[rng.random(len(complained)) < 0.07].reset_index(drop=True)
    led["visited_on"] = led.pop("received") + rng.integers(5, 20, len(led)).astype("timedelta64[D]")
    visits = pd.concat([found.visits, led.assign(selection="complaint")], ignore_index=True)
    visits = visits[visits["visited_on"] <= months[-1].end_time]
    visits = visits.sort_values(["visited_on", "row"], kind="stable", ignore_index=True)
    row, size = visits["row"].to_numpy(), len(visits)
    county = rows["county"].to_numpy()[row]
    average = visits["selection"].map(FOUND).to_numpy() * np.exp(
        -0.3 * rows["quality"].to_numpy()[row]
    )
    problems = rng.poisson(average)
    corrected = visits["visited_on"] + rng.integers(5, 40, size).astype("timedelta64[D]")
    plan = visits["plan"].fillna(-1).astype(int).to_numpy()
    stratum = np.where(plan < 0, -1, county * 2 + visits["stratum"].fillna(0).astype(int))
    colour = np.where(visits["score"].notna(), visits["band"].fillna(0), -1).astype(int)
    return pd.DataFrame(
        {
            "inspection_id": identifiers("V", np.arange(size), 7),
            "enterprise_id": identifiers("E", row, 7),
            "region_code": words(codes, county),
            "visited_on": visits["visited_on"].astype("datetime64[us]"),
            "selection": visits["selection"],
            "stratum": words([f"{code}-{name}" for code in codes for name in STRATA], stratum),
            "frame_size": visits["frame_size"],
            "drawn": visits["taken"],
            "problems": problems,
            "corrected_on": corrected.where(problems > 0).astype("datetime64[us]"),
            "score": visits["score"],
            "previous_score": visits["previous_score"],
            "colour": words(COLOURS, colour),
            "station": words(
                [f"S{c}{n}" for c in codes for n in range(STATIONS)],
                county * STATIONS + row % STATIONS,
            ),
            "plan": words(plan_names(months), plan),
            "departments": np.where(plan >= len(plan_names(months)) // 2, 3, 1),
        }
    )
