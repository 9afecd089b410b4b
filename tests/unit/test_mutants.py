"""What is broken to see tests fail stands in the package as it is."""

from __future__ import annotations

import pytest
from mutants import MUTANTS


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_breaks_code_that_is_there(root, mutant):
    """Else it would break nothing, and its tests would prove nothing."""
    text = (root / "src" / "analysis" / mutant.file).read_text(encoding="utf-8")
    assert mutant.old in text
    assert text.replace(mutant.old, mutant.new) != text
