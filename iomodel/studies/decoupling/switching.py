"""What a region gains or loses by changing sides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import xarray as xr

from iomodel.effects.tables import WORLD
from iomodel.models.long_run.diffusion.inputs import theta_of
from iomodel.studies.batches.batch import run_batch
from iomodel.studies.case import Case
from iomodel.studies.decoupling.blocs import Blocs
from iomodel.studies.decoupling.estimates import LONG

if TYPE_CHECKING:
    import pandas as pd

    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["MOVES", "switch_blocs"]

ASSIGNED = "as assigned"
MOVES: Mapping[str, tuple[str, str]] = {
    "Latin America to East": ("gb-lac", "east"),
    "Latin America neutral": ("gb-lac", "neutral"),
    "ASEAN to West": ("ASEAN", "west"),
    "ASEAN neutral": ("ASEAN", "neutral"),
}


def switch_blocs(
    table: MRIOTable,
    blocs: Blocs,
    moves: Mapping[str, tuple[str, str]] = MOVES,
    *,
    elasticities: str | float | xr.DataArray = "GB",
    policy: Callable[[Blocs], Scenario] = Blocs.costs,
) -> pd.DataFrame:
    """Return real income with the blocs as they are and after each move, static model.

    Parameters
    ----------
    table : MRIOTable
    blocs : Blocs
    moves : mapping of str to (str, str)
        Name of the move to the regions that move (label or group) and where to: ``west``,
        ``east`` or ``neutral``.
    elasticities : str, float or DataArray (sector)
    policy : callable
        Barriers between blocs; default: iceberg costs up by 160 percent.

    Returns
    -------
    pandas.DataFrame
        Index region, the world first. Column ``as assigned``: real income, percent of the base.
        One column per move: difference from it, percentage points; positive is a gain from the
        move.

    Raises
    ------
    LabelError
        If a move names an unknown region or bloc.
    """
    theta = theta_of(elasticities, table)[0]
    by_sector = xr.DataArray(theta, dims=("sector",), coords={"sector": list(table.sectors)})
    assignments = {ASSIGNED: blocs}
    assignments |= {name: blocs.moved(regions, to) for name, (regions, to) in moves.items()}
    ensemble = run_batch(
        table,
        [
            Case(name, policy(assignment), "equilibrium", {**LONG, "elasticities": by_sector})
            for name, assignment in assignments.items()
        ],
        keep=["real_income_pct"],
        on_error="raise",
    )
    frame = ensemble.to_dataframe("real_income_pct", [WORLD, *map(str, table.regions)])
    for name in moves:
        frame[name] -= frame[ASSIGNED]
    return frame
