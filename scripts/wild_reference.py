"""Print wild cluster bootstrap p-values of two other implementations, for the tests.

    pip install pyfixest==0.60.0 wildboottest==0.3.2    (an environment of its own)
    python scripts/wild_reference.py

Ten regions have 1,024 sign draws, which all implementations can list: no chance is left.
"""

from __future__ import annotations

from importlib import metadata

import numpy as np
import pandas as pd
import pyfixest
import statsmodels.api as sm
from wildboottest.wildboottest import wildboottest

REGIONS, PERIODS = 10, 6
STARTS = np.array([0, 0, 0, 0, 2, 3, 3, 4, 5, 5])


def small_panel(seed: int) -> pd.DataFrame:
    """Whole-number outcomes, so that any machine makes the same."""
    rng = np.random.default_rng(seed)
    after = (STARTS[:, None] > 0) & (np.arange(1, PERIODS + 1) >= STARTS[:, None])
    noise = rng.integers(-20, 21, (REGIONS, PERIODS)).cumsum(axis=1)
    return pd.DataFrame(
        {
            "region": np.repeat(np.arange(REGIONS), PERIODS),
            "period": np.tile(np.arange(PERIODS), REGIONS),
            "treated": after.ravel().astype(float),
            "y": (noise + 15 * after).ravel().astype(float),
        }
    )


def main() -> None:
    """One line per panel, weights and implementation."""
    for name in ("pyfixest", "wildboottest", "statsmodels", "numpy"):
        print(name, metadata.version(name))
    for seed in (1, 2, 3):
        frame = small_panel(seed)
        dummies = pd.get_dummies(frame[["region", "period"]].astype(str), drop_first=True)
        design = pd.concat([frame[["treated"]], dummies.astype(float)], axis=1)
        model = sm.OLS(frame["y"], sm.add_constant(design))
        for weights in ("rademacher", "webb"):
            found = wildboottest(
                model,
                param="treated",
                cluster=frame["region"],
                B=99_999,
                weights_type=weights,
                seed=1,
                show=False,
            )
            print(seed, weights, "wildboottest", found.to_dict("records"))
        fit = pyfixest.feols("y ~ treated + C(region) + C(period)", frame, vcov={"CRV1": "region"})
        found = fit.wildboottest(
            param="treated", cluster="region", reps=99_999, weights_type="rademacher", seed=1
        )
        print(seed, "rademacher", "pyfixest", found.to_dict())


if __name__ == "__main__":
    main()
