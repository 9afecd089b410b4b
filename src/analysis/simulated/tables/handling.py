"""How long cases take: Weibull times, counties of unlike speed, and legal days in working days."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.simulated.worlds import Options, stream

ROUTES = ("bureau", "odr", "station", "transferred")
OFFLINE_SHARE = (0.88, 0.0, 0.08, 0.04)
SHAPE, SCALE = 1.3, 32.0
"""Of the Weibull times, in days, of the bureau."""
SLOWER = 0.2
"""Spread of log times over counties."""
LEGAL_DAYS = {"complaint": 45, "report": 15, "enquiry": 7}
"""Working days from receipt."""
STILL_OPEN = 0.05
WAVE = 20
"""Days by which a case may be late and still be closed on the legal day instead."""
HOLIDAYS = ("01-01", "05-01", "05-02", "05-03", "10-01", "10-02", "10-03", "10-04", "10-05",
            "10-06", "10-07")  # fmt: skip


def calendar(months: pd.PeriodIndex) -> pd.DataFrame:
    """Working days: neither weekends nor some fixed holidays, without days worked in exchange."""
    days = pd.date_range(months[0].start_time, months[-1].end_time.normalize())
    return pd.DataFrame({"day": days.strftime("%Y-%m-%d"), "working": _worked(days)})


def _worked(days: pd.DatetimeIndex) -> np.ndarray:
    """Which days are working days."""
    holiday = days.strftime("%m-%d").isin(HOLIDAYS)
    return np.asarray(np.is_busday(days.to_numpy().astype("datetime64[D]")) & ~holiday)


def after(day: Any, number: npt.ArrayLike) -> Any:
    """So many days after a day, or after each of many."""
    return day + np.asarray(number).astype("timedelta64[D]")


def legal_day(received: np.ndarray, number: int) -> np.ndarray:
    """The last of so many working days after the day of receipt."""
    first, last = received.min(), after(received.max(), 2 * number + 30)
    days = np.arange(first, last)
    working = days[_worked(pd.DatetimeIndex(days))]
    return np.asarray(working[np.searchsorted(working, received, side="right") + number - 1])


def slowness(options: Options) -> np.ndarray:
    """Log factor on the times of each county."""
    return stream(options, "handling").normal(0, SLOWER, options.counties)


def routes(online: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Numbers of ``ROUTES``; ``online``: whether the enterprise settles disputes itself."""
    return np.where(online, 1, rng.choice(len(ROUTES), online.size, p=OFFLINE_SHARE))


def days_to_close(
    options: Options,
    kind: str,
    county: np.ndarray,
    route: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """Whole days from receipt until each case of a kind would be closed."""
    log_scale = slowness(options)[county] + options.truth.odr * (route == 1)
    log_scale = log_scale + (np.log(0.15) if kind == "enquiry" else 0.0)
    days = SCALE * np.exp(log_scale) * rng.weibull(SHAPE, county.size)
    return np.asarray(np.ceil(days).astype(int))


def rushed(
    options: Options, days: np.ndarray, legal: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Which cases, late by a little otherwise, are closed on the legal day or the day before."""
    late = (days > legal) & (days <= legal + WAVE)
    return np.asarray(late & (rng.random(days.size) < options.truth.rush))
