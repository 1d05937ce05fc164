"""One assumption moved at a time: what the loss hangs on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from iomodel.errors import IOModelError
from iomodel.models.long_run.diffusion import diffusion_paths
from iomodel.models.long_run.projections import labour_productivity
from iomodel.studies.decoupling.blocs import FULL, Blocs
from iomodel.studies.decoupling.draws import BETA, by_sector
from iomodel.studies.decoupling.dynamic import final_income
from iomodel.studies.decoupling.goes_bekkers import default_blocs
from iomodel.studies.decoupling.static import COBB_DOUGLAS, static_income
from iomodel.typing import Float

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = ["Case", "levers", "tornado", "world_loss"]

# Brings gaps at market rates near those at purchasing-power parity; an assumption.
PENN = 0.65
Levers = Mapping[str, Mapping[str, Mapping[str, Any]]]


@dataclass(frozen=True)
class Case:
    """One full set of assumptions about iceberg costs between two blocs.

    Attributes
    ----------
    theta : ndarray, shape (S,)
        Trade elasticities.
    blocs : Blocs
    increase : float
        Of the iceberg factor between the blocs.
    linkages : bool
    nest : tuple of float
    labour, balance : str
        Closure.
    beta : float, optional
        With a value the diffusion model to `horizon`, which knows linkages, Cobb-Douglas nests and
        mobile factors only; without, the static model.
    horizon : int
    """

    theta: Float
    blocs: Blocs
    increase: float = FULL
    linkages: bool = True
    nest: tuple[float, float, float] = COBB_DOUGLAS
    labour: str = "mobile"
    balance: str = "zero"
    beta: float | None = None
    horizon: int = 2040
    step: int = 1
    productivity: str | xr.DataArray = "data"


def world_loss(table: MRIOTable, case: Case) -> float:
    """Return the change of the world's real income under a case, percent."""
    scenario = case.blocs.costs(case.increase)
    if case.beta is None:
        return static_income(
            table,
            scenario,
            case.theta,
            linkages=case.linkages,
            nest=case.nest,
            labour=case.labour,
            balance=case.balance,
        ).world
    theta = xr.DataArray(case.theta, dims=("sector",), coords={"sector": list(table.sectors)})
    paths = diffusion_paths(
        table,
        [scenario],
        betas=(case.beta,),
        horizon=case.horizon,
        step=case.step,
        productivity=case.productivity,
        elasticities=theta,
        balance=case.balance,
    )
    return float(final_income(paths.isel(scenario=0, beta=0), table)[0])


def levers(table: MRIOTable, centre: Case, centres: xr.DataArray) -> Levers:
    """Return the assumptions that :func:`tornado` moves by default.

    Parameters
    ----------
    table : MRIOTable
        Gives the regions that may change sides.
    centre : Case
    centres : DataArray (set, sector)
        Published sets of elasticities, for the sectors of the table.

    Returns
    -------
    mapping of str to mapping of str to mapping
        Assumption to alternative to the fields of :class:`Case` that it changes.
    """
    centres = by_sector(centres, table)
    median = np.median(centres.values, axis=1)
    order = np.argsort(median)
    ends = {str(centres["set"].values[k]): centres.values[k] for k in (order[0], order[-1])}
    found: dict[str, dict[str, dict[str, Any]]] = {
        "Trade elasticities, set": {name: {"theta": theta} for name, theta in ends.items()},
        "Trade elasticities, level": {
            f"{level:g} everywhere": {"theta": np.full_like(centre.theta, level)}
            for level in (2.0, 8.0)
        },
        "Iceberg cost": {
            f"+{100 * increase:g}%": {"increase": increase} for increase in (0.8, 2.4)
        },
        "Membership": {
            name: {"blocs": blocs} for name, blocs in _memberships(table, centre.blocs).items()
        },
    }
    if centre.beta is None:
        found["Input-output linkages"] = {"none": {"linkages": False}}
        found["Nests"] = {"Baqaee-Farhi": {"nest": (0.5, 0.2, 0.9)}}
        found["Factors"] = {"specific": {"labour": "specific"}}
    else:
        found["Diffusion, beta"] = {f"{value:g}": {"beta": value} for value in BETA}
        found["Knowledge at the start"] = {
            "equal": {"productivity": "equal"},
            f"Penn exponent {PENN:g}": {"productivity": labour_productivity(table, PENN)},
        }
        found["Horizon"] = {str(year): {"horizon": year} for year in (2030, 2050)}
    return found


def tornado(
    table: MRIOTable,
    centre: Case | None = None,
    moved: Levers | None = None,
    *,
    centres: xr.DataArray | None = None,
    progress: Callable[[str], None] | None = None,
) -> pd.DataFrame:
    """Move one assumption at a time and return what becomes of the world's loss.

    Parameters
    ----------
    table : MRIOTable
    centre : Case
        What all others are kept at.
    moved : mapping, optional
        Assumption to alternative to changed fields. Default: :func:`levers`, for which `centres`
        is needed.
    centres : DataArray (set, sector), optional
    progress : callable, optional
        Called with the name of each assumption.

    Returns
    -------
    pandas.DataFrame
        One row per alternative, assumptions with the widest range first: ``assumption``,
        ``alternative``, ``world_pct`` and ``difference`` from the centre, which is the column
        ``centre``.
    """
    if centre is None:
        if centres is None:
            raise IOModelError("give a centre, or centres whose mean is taken")
        centre = Case(by_sector(centres, table).values.mean(axis=0), default_blocs(table))
    if moved is None:
        if centres is None:
            raise IOModelError("give centres, or what to move")
        moved = levers(table, centre, centres)
    middle = world_loss(table, centre)
    rows = []
    for assumption, alternatives in moved.items():
        if progress is not None:
            progress(assumption)
        for alternative, changes in alternatives.items():
            value = world_loss(table, replace(centre, **changes))
            rows.append((assumption, alternative, value, value - middle, middle))
    frame = pd.DataFrame(
        rows, columns=["assumption", "alternative", "world_pct", "difference", "centre"]
    )
    width = frame.groupby("assumption")["difference"].agg(
        lambda d: max(d.max(), 0) - min(d.min(), 0)
    )
    rank = width.sort_values(ascending=False, kind="stable").index
    place = frame["assumption"].map({name: k for k, name in enumerate(rank)})
    return frame.iloc[np.argsort(place.to_numpy(), kind="stable")].reset_index(drop=True)


def _memberships(table: MRIOTable, blocs: Blocs) -> dict[str, Blocs]:
    """Return who might stand aside: Latin America, and India."""
    labels, found = set(map(str, table.regions)), {}
    for words, names in (
        ("Latin America neutral", ("gb-lac",)),
        ("India neutral", ("gb-ind", "IND")),
        ("rest of East neutral", ("gb-rwc",)),
    ):
        name = next((n for n in names if n in labels), names[0])
        found[words] = blocs.moved(name, "neutral")
    return found
