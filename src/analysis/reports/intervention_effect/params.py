"""Parameters of ``notebooks/intervention_effect.ipynb``."""

from __future__ import annotations

from analysis.params import PanelQuestion


class InterventionEffectParams(PanelQuestion):
    """Did an intervention change what is recorded where it was adopted?"""

    dataset: str = "data/enterprise_zones"
    intervention: str = "enterprise_zone"
    outcome: str = "unemployment_claims"
