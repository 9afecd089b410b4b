"""The verdict on how long cases of one route take, against like ones of another.

A direction needs the range of the ratio of times to leave out no difference, and Cox's rates of
ending to lie beyond no difference on the same side: where curves cross, it depends on the time that
is looked at which route is faster. It is too small to matter where the range lies within the
smallest effect. Its certainty is never more than low: nobody drew lots for the route that a case
took, or for the group that a change met.
"""

from __future__ import annotations

import math

from analysis.result import Estimate
from analysis.verdicts.rule import Verdict


def verdict_of_times(ratio: Estimate, hazard: Estimate, smallest: float) -> Verdict:
    """Of a log ratio of times, and the log ratio of rates of ending beside it."""
    limits = (ratio.low, ratio.high, hazard.low, hazard.high)
    low, high, slow, fast = (math.nan if v is None else v for v in limits)
    if high < 0 < slow:
        return Verdict("lower", "low")
    if low > 0 > fast:
        return Verdict("higher", "low")
    if math.log1p(-smallest) <= low and high <= math.log1p(smallest):
        return Verdict("too_small_to_matter", "low")
    return Verdict("cannot_tell")
