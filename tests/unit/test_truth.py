"""Estimates beside the truth of simulated data: changes with their sign, shares without."""

from __future__ import annotations

import math
from functools import partial
from types import SimpleNamespace

import pytest

from analysis.page.numbers import number
from analysis.page.shared.truth import Held, truth_table
from analysis.page.wording import translator

FALL = [math.log1p(value) for value in (-0.2, -0.18, -0.25, -0.1)]
SHARE = [math.log1p(value) for value in (0.0469, 0.0469, 0.0466, 0.0472)]


def table(language, *held):
    """The table as a report speaks it."""
    voice = SimpleNamespace(
        language=language,
        say=translator(language),
        number=partial(number, language=language),
        plate=lambda key: {"key": key, "simulated": True, "language": language},
    )
    return truth_table(voice, "What", held)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_share_has_no_sign_and_decimals_that_tell_its_range_apart(language):
    """−18.0% is a change; 4.66% to 4.72% is a share, both ends of which 4.7% would hide."""
    one, other = Held("fall", "Fall", *FALL), Held("share", "Share", *SHARE, share=True)
    change, share = (list(row[1:5]) for row in table(language, one, other).data.rows)
    assert change == ["−20.0%", "−18.0%", "−25.0%", "−10.0%"]
    assert share == ["4.69%", "4.69%", "4.66%", "4.72%"]


@pytest.mark.parametrize(
    ("truth", "words"),
    [(-0.2, ("inside the range", "可能范围包含")), (0.2, ("outside the range", "不包含"))],
)
def test_a_single_range_is_not_counted(truth, words):
    """Of one range nobody says that it is one of one."""
    held = Held("fall", "Fall", math.log1p(truth), *FALL[1:])
    titles = [table(language, held).title for language in ("en", "zh")]
    assert all(word in title for word, title in zip(words, titles, strict=True))
    assert "1" not in "".join(titles)
