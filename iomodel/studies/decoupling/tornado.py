"""One assumption moved at a time: what the loss hangs on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from iomodel.errors import IOModelError
from iomodel.models.long_run.projections import labour_productivity
from iomodel.studies.batches.batch import run_batch
from iomodel.studies.case import Case
from iomodel.studies.decoupling.blocs import FULL, Blocs
from iomodel.studies.decoupling.draws import BETA, by_sector
from iomodel.studies.decoupling.estimates import LONG
from iomodel.studies.decoupling.goes_bekkers import default_blocs
from iomodel.studies.decoupling.paths import INCOME_VARIABLES, income_changes
from iomodel.typing import Float

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = ["Assumptions", "levers", "tornado"]

# Brings gaps at market rates near those at purchasing-power parity; an assumption.
PENN = 0.65
Levers = Mapping[str, Mapping[str, Mapping[str, Any]]]


@dataclass(frozen=True)
class Assumptions:
    """One full set of assumptions about iceberg costs between two blocs.

    Attributes
    ----------
    theta : ndarray, shape (S,)
        Trade elasticities.
    blocs : Blocs
    increase : float
        Of the iceberg factor between the blocs.
    options : mapping
        Of the model.
    model : {"equilibrium", "diffusion"}
    """

    theta: Float
    blocs: Blocs
    increase: float = FULL
    options: Mapping[str, Any] = field(default_factory=dict)
    model: str = "equilibrium"

    def case(self, label: str, table: MRIOTable) -> Case:
        """Return the case of these assumptions on a table."""
        theta = xr.DataArray(self.theta, dims=("sector",), coords={"sector": list(table.sectors)})
        usual: Mapping[str, Any] = LONG if self.model == "equilibrium" else {"split": False}
        options = {**usual, "elasticities": theta, **self.options}
        return Case(label, self.blocs.costs(self.increase), self.model, options)

    def changed(self, changes: Mapping[str, Any]) -> Assumptions:
        """Return the assumptions with some fields changed; options of the model by their names."""
        fields = {k: v for k, v in changes.items() if k in ("theta", "blocs", "increase")}
        options = {k: v for k, v in changes.items() if k not in fields}
        return replace(self, **fields, options={**self.options, **options})


def levers(table: MRIOTable, centre: Assumptions, centres: xr.DataArray) -> Levers:
    """Return the assumptions that :func:`tornado` moves by default.

    Parameters
    ----------
    table : MRIOTable
        Gives the regions that may change sides.
    centre : Assumptions
    centres : DataArray (set, sector)
        Published sets of elasticities, for the sectors of the table.

    Returns
    -------
    mapping of str to mapping of str to mapping
        Assumption to alternative to what it changes: fields of :class:`Assumptions` or options of
        the model.
    """
    centres = by_sector(centres, table)
    median = np.median(centres.values, axis=1)
    order = np.argsort(median)
    ends = {str(centres["set"].values[k]): centres.values[k] for k in (order[0], order[-1])}
    assumptions: dict[str, dict[str, dict[str, Any]]] = {
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
    if centre.model == "equilibrium":
        assumptions["Input-output linkages"] = {"none": {"linkages": False}}
        assumptions["Nests"] = {"Baqaee-Farhi": {"nest": "baqaee-farhi"}}
        assumptions["Factors"] = {"specific": {"closure": "specific"}}
    else:
        assumptions["Diffusion, beta"] = {f"{value:g}": {"beta": value} for value in BETA}
        knowledge: dict[str, dict[str, Any]] = {"equal": {"productivity": "equal"}}
        if "productivity" in centre.options:
            knowledge["market rates"] = {"productivity": "data"}
        else:
            near_parity = labour_productivity(table, PENN)
            knowledge[f"Penn exponent {PENN:g}"] = {"productivity": near_parity}
        assumptions["Knowledge at the start"] = knowledge
        assumptions["Specification"] = {"inferred": {"specification": "goes-bekkers-2022-inferred"}}
        assumptions["Nests"] = {"Cobb-Douglas": {"nest": "cobb-douglas", "investment_nest": 1.0}}
        assumptions["Horizon"] = {str(year): {"horizon": year} for year in (2030, 2050)}
    return assumptions


def tornado(
    table: MRIOTable,
    centre: Assumptions | None = None,
    moved: Levers | None = None,
    *,
    centres: xr.DataArray | None = None,
    progress: Callable[[str], None] | None = None,
) -> pd.DataFrame:
    """Move one assumption at a time and return the change of the world's loss.

    The loss is real income; of the model ``diffusion`` the cumulative change, over the policy's
    years together, in the specification ``goes-bekkers-2022-printed`` unless the centre names
    another.

    Parameters
    ----------
    table : MRIOTable
    centre : Assumptions
        All others are kept at it.
    moved : mapping, optional
        Assumption to alternative to changed fields. Default: :func:`levers`, for which `centres`
        is needed.
    centres : DataArray (set, sector), optional
    progress : callable, optional
        Told the name of each case.

    Returns
    -------
    pandas.DataFrame
        One row per alternative, assumptions with the widest range first: ``assumption``,
        ``alternative``, ``world_pct`` and ``difference`` from the centre, which is the column
        ``centre``. Without alternatives that have no equilibrium.
    """
    if centre is None:
        if centres is None:
            raise IOModelError("give a centre, or centres whose median is taken")
        median = np.median(by_sector(centres, table).values, axis=0)
        centre = Assumptions(median, default_blocs(table))
    if moved is None:
        if centres is None:
            raise IOModelError("give centres, or what to move")
        moved = levers(table, centre, centres)
    names = [(name, alternative) for name, among in moved.items() for alternative in among]
    cases = [centre.case("centre", table)]
    cases += [
        centre.changed(moved[name][alternative]).case(f"{name}: {alternative}", table)
        for name, alternative in names
    ]
    ensemble = run_batch(
        table, cases, keep=INCOME_VARIABLES, progress=progress, on_error="infeasible"
    )
    middle, *moves = income_changes(ensemble, cases, table)[:, 0].tolist()
    rows = [
        (name, alternative, value, value - middle, middle)
        for (name, alternative), value in zip(names, moves, strict=True)
        if np.isfinite(value)
    ]
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
    labels, alternatives = set(map(str, table.regions)), {}
    for words, names in (
        ("Latin America neutral", ("gb-lac",)),
        ("India neutral", ("gb-ind", "IND")),
        ("rest of East neutral", ("gb-rwc",)),
    ):
        name = next((n for n in names if n in labels), names[0])
        alternatives[words] = blocs.moved(name, "neutral")
    return alternatives
