r"""China's share of US imports under the duties of section 301, by set of elasticities.

The world of 2017, without input linkages, meets the duties. Shares are of value before duty:

.. math:: s_k = m^{CHN}_k \Big/ \sum_i m^i_k, \qquad
    \text{change} = 100\,(s'_k / s_k - 1),

and the total weights sectors by the imports from China of 2017. Deficits are fixed, factors are
mobile; ordinary duties are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr
from scipy.optimize import brentq
from scipy.stats import spearmanr

import iomodel as iom
import iomodel.equilibrium as ge
from datasets.builders.elasticities import GOODS
from iomodel.models.elasticities import SETS, published_sectors
from iomodel.typing import Float
from replications.section_301.data import CHINA, USA, Episode

__all__ = ["UNIFORM", "Laboratory", "SectorChanges", "all_sets"]

UNIFORM = (1.0, 2.0, 4.0)
CLOSURE = ge.Closure("mobile", "fixed")
# Uniform elasticities between which the fitting one is sought.
SEARCH = (-0.5, 20.0)
# Correlations are over sectors that sold at least so much to the United States, million USD.
SMALL = 1_000.0


@dataclass(frozen=True)
class SectorChanges:
    """Changes of China's share of US imports, percent.

    Attributes
    ----------
    by_sector : ndarray, shape (27,)
    total : float
        Weighted by imports from China before.
    """

    by_sector: Float
    total: float


class Laboratory:
    """One world of 2017 and experiments on it."""

    def __init__(self, episode: Episode) -> None:
        self.episode = episode
        sectors, regions, _ = episode.before.shape
        economy = ge.calibrate(
            episode.before,
            np.zeros_like(episode.before),
            np.ones((sectors, regions)),
            np.zeros((regions, sectors, sectors)),
        )
        self.economy = economy
        self.imports = episode.before[: len(GOODS), CHINA, USA]

    @property
    def observed(self) -> SectorChanges:
        """Change between the two years."""
        return self._changes(_share(self.episode.before), _share(self.episode.after))

    def predicted(self, theta: Float, duty: Float) -> SectorChanges:
        """Solve the world of 2017 under a duty by sector on Chinese goods.

        Parameters
        ----------
        theta : ndarray, shape (28,)
        duty : ndarray, shape (27,)
        """
        elasticities = ge.Elasticities(theta)
        base, _ = ge.rebase(self.economy, elasticities, CLOSURE)
        tariff = base.tariff.copy()
        tariff[: len(GOODS), CHINA, USA] = duty
        solution = ge.solve(base, elasticities, ge.Shock(tariff=tariff), CLOSURE)
        return self._changes(_share(base.flow), _share(solution.flow[0]))

    def uniform(self, theta: float, duty: Float) -> SectorChanges:
        """Solve with one elasticity in every sector."""
        return self.predicted(np.full(len(self.episode.before), theta), duty)

    def fitting(self, duty: Float) -> float:
        """Return the uniform elasticity with the observed total."""
        observed = self.observed.total
        return float(brentq(lambda t: self.uniform(t, duty).total - observed, *SEARCH, xtol=1e-4))

    def correlation(self, changes: SectorChanges) -> float:
        """Return the rank correlation with what was observed, over sectors above the threshold."""
        large = self.imports > SMALL
        ranks = spearmanr(changes.by_sector[large], self.observed.by_sector[large])
        return float(ranks.statistic)

    def mean_duty(self, duty: Float) -> float:
        """Return the mean duty in percent, weighted by imports from China after."""
        after = self.episode.after[: len(GOODS), CHINA, USA]
        return 100.0 * float(duty @ after / after.sum())

    def _changes(self, before: Float, after: Float) -> SectorChanges:
        change = 100.0 * (after / before - 1.0)
        return SectorChanges(change, float(change @ self.imports / self.imports.sum()))


def all_sets() -> Mapping[str, Float]:
    """Return the sets by sector of the cube, and uniform ones."""
    sets, _ = published_sectors(list(SETS), iom.load("world-2022"))
    named: dict[str, Float] = {name: _values(sets, name) for name in SETS if name != "U4"}
    return named | {f"{level:g}": np.full(sets.sizes["sector"], level) for level in UNIFORM}


# ---------------------------------------------------------------------- helpers
def _values(sets: xr.DataArray, name: str) -> Float:
    return np.asarray(sets.sel(set=name).values, dtype=np.float64)


def _share(flow: Float) -> Float:
    """Return China's share of US imports of goods by sector, before duty."""
    imports = flow[: len(GOODS), :, USA].copy()
    imports[:, USA] = 0.0
    share: Float = imports[:, CHINA] / imports.sum(axis=1)
    return share
