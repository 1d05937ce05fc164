"""Real income of the world on the paths of the diffusion model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iomodel.effects.aggregates import weighted_mean
from iomodel.typing import Float

if TYPE_CHECKING:
    from iomodel.effects import Effects

__all__ = ["world_path"]


def world_path(effects: Effects) -> Float:
    """Return the world's real income in percent of the baseline, year by year, (T,).

    Weights are the GDP of the baseline in the same year.
    """
    change = effects["real_income_path_pct"].values
    growth = 1.0 + effects["gdp_baseline_path_pct"].values / 100.0
    gdp = effects["gdp_base"].values / growth[-1] * growth
    return weighted_mean(change, gdp)
