"""A fictional province with known true effects, for tests, tutorials and studies of methods.

Everything is drawn theme by theme, each with random numbers of its own: how counties would have
gone and what is recorded (:mod:`.incidents`), who adopts (:mod:`.adoption`), who stands in the
register (:mod:`.register`). What is written of it record by record is in :mod:`.province_records`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.errors import ParamsError, Problem
from analysis.simulated.adoption import Adoption, adopt
from analysis.simulated.incidents import (
    INJURIES,
    Course,
    Moved,
    draw_counts,
    draw_course,
    draw_injuries,
    moved,
)
from analysis.simulated.tables.register import NO_REGISTER, Register, draw_register
from analysis.simulated.worlds import INTERVENTIONS, Options, out_of_range

RECORDS_PER_FILE_LIMIT = 20_000_000


@dataclass(frozen=True)
class Province:
    """Arrays of a simulated province; N counties, T months.

    ``counts`` maps a kind to an (N, T) array; ``expected`` are complaints without interventions;
    ``expected_injuries`` the same of injuries, which hospitals count; ``exposure`` is the number of
    enterprises, (N, T). ``register`` is empty where only their number is known.
    """

    options: Options
    months: pd.PeriodIndex
    course: Course
    adoption: Adoption
    effects: Moved
    expected: np.ndarray
    expected_injuries: np.ndarray
    counts: Mapping[str, np.ndarray]
    injuries: np.ndarray
    exposure: np.ndarray
    register: Register = NO_REGISTER

    @property
    def starts(self) -> Mapping[str, np.ndarray]:
        """Month number of each county's start of each intervention, −1 for never."""
        return self.adoption.starts

    def effect(self, name: str) -> float:
        """Log ratio of all complaints with an intervention to those without any, where active.

        What counties have beside it is left out: its interactions are told apart.
        """
        return self.effect_on(name, "all")

    def effect_on(self, name: str, part: str, expected: np.ndarray | None = None) -> float:
        """The same of a part: ``ordinary`` or ``professional`` claimants' incidents, ``platform``
        (incidents of all), ``officers`` (what officers record of them).

        Parameters
        ----------
        expected: what cells weigh; by default the complaints expected.
        """
        active = self.adoption.active(name, self.options.months)
        if not active.any():
            return 0.0
        found = moved(self.options, self.adoption, [name])
        everyone = Moved(found.ordinary, found.professional, np.zeros_like(found.recording)).total
        factor = {
            "all": found.total,
            "ordinary": np.exp(found.ordinary),
            "professional": np.exp(found.professional),
            "platform": everyone,
            "officers": everyone * np.exp(found.recording),
        }
        weight = (self.expected if expected is None else expected)[active]
        return float(np.log(np.average(factor[part][active], weights=weight)))


def simulate(options: Options) -> Province:
    """Draw a province.

    Raises
    ------
    ParamsError: sizes out of range.
    """
    problems = out_of_range(options, 24)
    if options.counties * options.months * options.complaints_per_month > RECORDS_PER_FILE_LIMIT:
        problems.append(Problem("size", "is over 20 million complaints", "Choose a smaller one"))
    if options.complaints_per_month <= 0:
        problems.append(Problem("complaints_per_month", "is not positive", "For example 25"))
    if problems:
        raise ParamsError(problems)
    course, adoption, months = before_records(options)
    register = draw_register(options, adoption, months)
    return draw(options, course, adoption, register.standing["enterprises"], register)


def before_records(options: Options) -> tuple[Course, Adoption, pd.PeriodIndex]:
    """How counties would have gone, who adopts, and the months."""
    months = pd.period_range(options.first_month, periods=options.months, freq="M")
    course = draw_course(options, months)
    return course, adopt(options, course.propensity, course.noise), months


def draw(
    options: Options,
    course: Course,
    adoption: Adoption,
    exposure: np.ndarray,
    register: Register = NO_REGISTER,
) -> Province:
    """Counts, given the sizes of counties; ``exposure`` is (N, T)."""
    months = pd.period_range(options.first_month, periods=options.months, freq="M")
    base = options.complaints_per_month / options.enterprises
    expected = exposure * base * np.exp(course.log_rate)
    effects = moved(options, adoption)
    lasting = np.exp(0.5 * course.propensity[:, None])
    injuries = np.repeat(INJURIES * lasting, options.months, axis=1)
    return Province(
        options,
        months,
        course,
        adoption,
        effects,
        expected,
        injuries,
        draw_counts(options, expected, effects),
        draw_injuries(options, injuries, adoption),
        exposure,
        register,
    )


__all__ = ["INTERVENTIONS", "Options", "Province", "before_records", "draw", "simulate"]
