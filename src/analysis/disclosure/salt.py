"""The salt from which noise is drawn: kept by the owner, and never in a page or a log."""

from __future__ import annotations

from analysis.data.dataset import Dataset
from analysis.data.reading.personal import VARIABLE, kept_salt, refuse_lost_salt
from analysis.errors import ParamsError, Problem

OF_SIMULATED = b"simulated data hide nobody: everyone may know this salt"
"""So that pages of a simulated world are the same wherever it is made."""


def salt_of(dataset: Dataset) -> bytes:
    """The salt of the project that a dataset lies in.

    Raises
    ------
    ParamsError: there is none, it is too short, or others can read it.
    """
    if dataset.description.status == "simulated":
        return OF_SIMULATED
    salt = kept_salt(dataset.folder)
    if salt is None:
        refuse_lost_salt(dataset.folder)
        what = (
            "is missing: counts are protected by noise that is drawn from it, and another salt "
            "draws other noise, which gives counts away beside pages of before"
        )
        remedy = f"Make one with: analysis salt, and keep it; or name the old one in {VARIABLE}"
        raise ParamsError([Problem("salt", what, remedy)])
    return salt
