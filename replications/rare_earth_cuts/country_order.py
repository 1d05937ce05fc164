r"""Order of countries in a cut of rare earths: expenditure on restricted magnets by factor.

Chinese magnets over GDP are a product of three ratios,

.. math:: \frac{m^{CHN}}{Y} = \frac{x_U}{Y}\; \frac{m}{x_U}\; \frac{m^{CHN}}{m},

with :math:`x_U` the output of the industries that buy magnets, m their purchases of magnets from
all origins and :math:`Y` GDP, so that logs of a country's multiple of the American ratio add up.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

import iomodel as iom
from iomodel.models.workbench import Workbench
from iomodel.studies.supply_cuts import CutBracket
from iomodel.typing import Float

__all__ = ["COUNTRIES", "country_factors", "multiples", "own_magnet_gain"]

# The IMF's three, two more of its six that the scenario cuts, and Korea.
COUNTRIES = ("USA", "JPN", "DEU", "FRA", "GBR", "KOR")
MAGNET, CHAIN, SELLER = "C27_REE", ("C20_REE", "C24A_REE", "C27_REE"), "CHN"


def country_factors(
    table: iom.MRIOTable, scenario: iom.Scenario, regions: Sequence[str] = COUNTRIES
) -> pd.DataFrame:
    """Expenditure on restricted imports by country, in factors.

    Parameters
    ----------
    table : MRIOTable
        world-2022-ree.
    scenario : Scenario
        A cut of China's exports of the chain.
    regions : sequence of str

    Returns
    -------
    pandas.DataFrame
        By region: ``restricted``, restricted imports over GDP, of which ``magnets`` and ``others``
        (compounds, metals, alloys), in hundredths of a percent; ``users``, output of the buyers of
        magnets over GDP; ``intensity``, magnets over that output, in hundredths of a percent;
        ``china``, China's share in them; ``home``, the country's own; ``exported``, share of the
        users' output sold abroad; ``embodied``, restricted imports by anybody in what the country
        finally buys, over its GDP, in hundredths of a percent.
    """
    sectors, labels = table.sectors, table.regions
    magnet, china = sectors.index(MAGNET), labels.index(SELLER)
    chain = [sectors.index(name) for name in CHAIN]
    purchases = table.Z.values[:, magnet].sum(axis=(0, 1))
    users = [j for j in np.flatnonzero(purchases).tolist() if j != magnet]
    gdp, output = table.value_added.values.sum(axis=1), table.x.values
    embodied = _embodied(table, scenario)
    rows = {}
    for name in regions:
        n = labels.index(name)
        size = output[n, users].sum()
        bought = table.Z.values[:, magnet, n][:, users].sum(axis=1)
        cut = table.Z.values[china][:, n].sum(axis=1) + table.Y.values[china][:, n].sum(axis=1)
        at_home = table.Z.values[n, :, n].sum(axis=1) + table.Y.values[n, :, n].sum(axis=1)
        rows[name] = {
            "restricted": 1e4 * cut[chain].sum() / gdp[n],
            "magnets": 1e4 * bought[china] / gdp[n],
            "others": 1e4 * (cut[chain].sum() - bought[china]) / gdp[n],
            "users": size / gdp[n],
            "intensity": 1e4 * bought.sum() / size,
            "china": bought[china] / bought.sum(),
            "home": bought[n] / bought.sum(),
            "exported": 1.0 - at_home[users].sum() / size,
            "embodied": 1e4 * embodied[n] / gdp[n],
        }
    return pd.DataFrame(rows).T


def multiples(factors: pd.DataFrame, region: str, of: str = "USA") -> dict[str, float]:
    """Ratios of a country's factors to those of another; their product is that of ``magnets``."""
    return {
        name: factors[name].to_dict()[region] / factors[name].to_dict()[of]
        for name in ("magnets", "users", "intensity", "china")
    }


def own_magnet_gain(bracket: CutBracket, case: str, regions: Sequence[str]) -> dict[str, float]:
    """Rise in the value of a country's own magnets in a case, percent of its GDP."""
    effects = bracket.ensemble[case]
    cells = effects.dataset.sel(sector=MAGNET)
    value = cells["output_new"] * (1.0 + cells["price_pct"] / 100.0) - cells["output_base"]
    share = 100.0 * value / effects["gdp_base"]
    return {name: float(share.sel(region=name)) for name in regions}


# ---------------------------------------------------------------------- helpers
def _embodied(table: iom.MRIOTable, scenario: iom.Scenario) -> Float:
    """Return restricted imports of all regions embodied in final purchases of each, (R,)."""
    delivered = Workbench(table).policy(scenario).delivered
    cut = np.where(delivered < 1.0, 1.0, 0.0)
    flows, output = table.Z.values, table.x.values
    bought = np.einsum("rsn,rsnj->nj", cut, flows)
    content = np.divide(bought, output, out=np.zeros_like(bought), where=output > 0)
    unit = iom.LeontiefSystem(table).solve_prices(content.reshape(-1)).reshape(content.shape)
    direct = np.einsum("rsn,rsnf->n", cut, table.Y.values)
    return np.asarray(direct + np.einsum("rs,rsnf->n", unit, table.Y.values))
