"""What a simulated province was made with, as rows of ``truth.csv``.

Effects that differ between counties are those of the counties drawn; the others are settings.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.simulated.adoption import REVERSE, SERVICE
from analysis.simulated.incidents import MERGED_BY, moved
from analysis.simulated.places import county_codes
from analysis.simulated.province import Province
from analysis.simulated.tables import samples
from analysis.simulated.tables.inspections import CUTOFFS, EVERY, LIFTED_TO, Inspections, plan_names
from analysis.simulated.tables.ratings import DIMENSIONS, Rated
from analysis.simulated.tables.register import EXIT
from analysis.simulated.worlds import INTERVENTIONS

Row = tuple[str, str, float, str]
"""Name, estimand, value, notebook."""
RATIO = "log rate ratio where it was adopted, without what else was active there"
PARTS = {
    "ordinary": ("complaints by ordinary claimants", "claimants"),
    "professional": ("complaints by professional claimants", "claimants"),
    "platform": ("complaints on the platform and by letter", "service_assessment"),
    "officers": ("complaints by telephone and in person", "service_assessment"),
}


def of_counts(province: Province) -> pd.DataFrame:
    """What stands behind counts of counties."""
    return _table(_counted(province))


def of_province(
    province: Province,
    inspections: Inspections,
    rated: Rated,
    hurried: float,
    undervalued: float,
) -> pd.DataFrame:
    """The same, and what stands behind records of single enterprises and officers.

    Parameters
    ----------
    hurried, undervalued: share of closed complaints that were closed for the legal day; of listed
        first violations after the list began that were valued just under the limit.
    """
    rows = [
        *_counted(province),
        *_settings(province),
        *_inspected(province, inspections),
        *_rated(rated),
        ("hurried", "share of closed complaints hurried to the legal day", hurried,
         "complaint_handling"),
        ("undervalued", "share of listed first violations valued just under the limit", undervalued,
         "enforcement_leniency"),
        ("padded", "share of counties and years whose target was filled up",
         float(province.register.filled.mean()), "target_progress"),
    ]  # fmt: skip
    return _table(rows)


def _table(rows: Iterator[Row] | list[Row]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["name", "estimand", "value", "notebook"])
    return table.assign(value=table["value"].astype(float).round(6) + 0.0)


def _counted(province: Province) -> Iterator[Row]:
    world, codes = province.options.truth, county_codes(province.options.counties)
    for name in INTERVENTIONS:
        yield f"{name}/complaint", RATIO, province.effect(name), "intervention_effect"
        yield f"{name}/complaint", RATIO, province.effect(name), "compare_interventions"
        yield f"{name}/enquiry", RATIO, 0.0, "intervention_effect"
        for part, (what, notebook) in PARTS.items():
            yield f"{name}/{part}", f"{RATIO}, of {what}", province.effect_on(name, part), notebook
        at_last = np.log(moved(province.options, province.adoption, [name]).total[:, -1])
        for county in np.flatnonzero(province.starts[name] >= 0):
            value = at_last[county]
            of_one = f"{name}/complaint/{codes[county]}"
            yield of_one, "log rate ratio in one county", value, "compare_interventions"
            if name == REVERSE:
                yield of_one, "log rate ratio in one county", value, "single_region"
    injured = province.effect_on(REVERSE, "ordinary", province.expected_injuries)
    yield f"{REVERSE}/hospital_injuries", RATIO, injured, "intervention_effect"
    both = f"{REVERSE}*{SERVICE}/complaint"
    yield both, "log points beside the sum of both", world.interaction, "compare_interventions"
    yield "per_dose", "log points per unit of the dose", world.per_dose, "compare_interventions"
    spread = float(province.course.propensity.std())
    yield "counties", "standard deviation of lasting log rates", spread, "region_rates"
    yield "merged", "log points by which records rise in July 2021", MERGED_BY, "monthly_monitor"
    yield "entered", "share of the last month's records entered", world.entered, "monthly_monitor"


def _settings(province: Province) -> Iterator[Row]:
    world = province.options.truth
    yield (f"{SERVICE}/registrations", "log ratio of new enterprises where it was adopted",
           world.registrations, "market_entry_exit")  # fmt: skip
    yield "exit", "chance to leave the register in a month", EXIT, "market_entry_exit"
    yield ("model_shop/complaint", "log rate ratio on those that joined", world.joined,
           "enterprise_comparison")  # fmt: skip
    yield (
        "odr/time",
        "log ratio of times to closing, ODR to bureau",
        world.odr,
        "complaint_handling",
    )
    yield ("leniency", "log ratio of repeat hazards, listed after the list began",
           world.leniency, "enforcement_leniency")  # fmt: skip
    yield ("sections", "share of the variance of scores between sections", world.sections,
           "target_progress")  # fmt: skip
    chance = float(samples.weights() @ samples.failing())
    yield (
        "failing",
        "post-stratified failing share of routine samples",
        chance,
        "sampling_pass_rates",
    )


def _inspected(province: Province, found: Inspections) -> Iterator[Row]:
    world, months = province.options.truth, province.months
    for plan, name in enumerate(plan_names(months)):
        slope = -world.list_head * (plan % 2)
        what = "log odds to be drawn, end of the list to its head"
        yield f"{name}/place", what, slope, "random_inspection"
    random = found.visits[found.visits["selection"] == "random"]
    weight = province.register.rows["weight"].to_numpy()[random["row"]]
    factor = np.exp(world.visit + world.colour * (random["band"] - 2))
    value = float(np.log((weight * factor).sum() / weight.sum()))
    what = f"log rate ratio in the {EVERY} months after, drawn to not drawn"
    yield "drawn/complaint", what, value, "random_inspection"
    for cutoff in CUTOFFS:
        what = "jump of log complaints at the cut-off"
        yield f"cutoff {cutoff}", what, world.colour, "rating_threshold"
    lifted = random["lifted"].sum() / max(int(random["just_under"].sum()), 1)
    what = "share lifted over it, of scores up to three points under the cut-off"
    yield f"lifted over {LIFTED_TO}", what, float(lifted), "rating_threshold"


def _rated(rated: Rated) -> Iterator[Row]:
    """How far one rating, and an officer's mean of a quarter, follow the officer's skill."""
    points = rated.table[[*DIMENSIONS]].mean(axis=1).to_numpy()
    frame = pd.DataFrame({"points": points, "skill": rated.skill})
    means = frame.groupby([rated.table["period"].to_numpy(), rated.officer]).mean()
    what = "squared correlation with the officer's skill, of "
    yield "rating", what + "one rating", _explained(frame), "service_assessment"
    yield "officer's quarter", what + "an officer's mean", _explained(means), "service_assessment"


def _explained(frame: pd.DataFrame) -> float:
    if frame["skill"].std() == 0 or len(frame) < 3:
        return 0.0
    return float(np.corrcoef(frame["points"], frame["skill"])[0, 1] ** 2)
