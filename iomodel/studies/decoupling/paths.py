r"""Real income by region and of the world in runs of static and of recursive models.

The measure of [GoesBekkers2022]_ (p. 25) is the cumulative change of the years from the policy's
first, :math:`p`, to the last, :math:`T`:

.. math:: \hat x = \frac{\sum_{t=p}^{T} (x'_t - x_t)}{\sum_{t=p}^{T} x_t}.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from iomodel.effects.aggregates import weighted_mean
from iomodel.effects.tables import WORLD
from iomodel.errors import unknown_label
from iomodel.studies.case import Case
from iomodel.typing import Float

if TYPE_CHECKING:
    from iomodel.effects import Effects
    from iomodel.studies.ensembles.ensemble import Ensemble
    from iomodel.table.mrio import MRIOTable

__all__ = [
    "CUMULATIVE",
    "INCOME_VARIABLES",
    "LEVEL",
    "MEASURES",
    "ONSET",
    "income_change",
    "income_changes",
    "world_path",
]

# Of a path: the policy's first year; the sum over its years; the last year.
ONSET, CUMULATIVE, LEVEL = MEASURES = ("onset", "cumulative", "level")
INCOME_VARIABLES = (
    "real_income_pct",
    "real_income_cumulative_pct",
    "real_income_path_pct",
    "gdp_baseline_path_pct",
)


def income_change(effects: Effects, table: MRIOTable, measure: str = CUMULATIVE) -> Float:
    """Change of real income by region, the world first.

    Parameters
    ----------
    effects : Effects
        Of model ``equilibrium`` or ``diffusion``, with :data:`INCOME_VARIABLES`.
    table : MRIOTable
        Of the run.
    measure : {"cumulative", "level", "onset"}
        Of the paths of ``diffusion``: over the years of the policy together, of the last year, or
        of the policy's first year. A static model has one number.

    Returns
    -------
    ndarray, shape (1 + R,)
        Percent. The world of paths is the mean at GDP of the table, so that regions that grow fast
        weigh no more in the last year than in the first.

    Raises
    ------
    LabelError
        If the measure is unknown.
    """
    if measure not in MEASURES:
        raise unknown_label("measure of real income", measure, MEASURES)
    regions = list(map(str, table.regions))
    if effects.model != "diffusion":
        income = effects.by_region()["real_income_pct"]
        return np.asarray(income[[WORLD, *regions]], dtype=np.float64)
    if measure == ONSET:
        begins = effects.parameters["policy_year"]["value"]
        change = effects["real_income_path_pct"].sel(time=begins).values
    else:
        name = "real_income_cumulative_pct" if measure == CUMULATIVE else "real_income_pct"
        change = effects[name].values
    return np.concatenate([[weighted_mean(change, table.gdp.values)], change])


def income_changes(
    ensemble: Ensemble, cases: Sequence[Case], table: MRIOTable, measure: str = CUMULATIVE
) -> Float:
    """Change of real income by case and region, the world first; NaN for refused cases.

    Parameters
    ----------
    ensemble : Ensemble
    cases : sequence of Case
        Of the ensemble.
    table, measure
        As in :func:`income_change`.

    Returns
    -------
    ndarray, shape (cases, 1 + R)
        Percent.
    """
    refused = np.full(1 + len(table.regions), np.nan)
    return np.stack(
        [
            refused
            if case.key in ensemble.refusals
            else income_change(ensemble[case.key], table, measure)
            for case in cases
        ]
    )


def world_path(effects: Effects) -> Float:
    """Return the world's real income in percent of the baseline, year by year, (T,).

    Weights are the GDP of the baseline in the same year.
    """
    change = effects["real_income_path_pct"].values
    growth = 1.0 + effects["gdp_baseline_path_pct"].values / 100.0
    gdp = effects["gdp_base"].values / growth[-1] * growth
    return weighted_mean(change, gdp)
