"""World table of 2014 as rebuilt from WIOD 2016: 44 regions, 50 sectors, read into its factors."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import pandas as pd

from datasets.builders.concordance import DATA, indicator_matrix, sector_2014_of
from datasets.builders.flows_2014 import Flows2014
from datasets.builders.raw import Wiod2014, read_wiod_2014
from iomodel.errors import TableError
from iomodel.typing import Float

__all__ = [
    "CLASSIFICATION",
    "COSTS",
    "Table2014",
    "read_table_2014",
    "sectors_2014",
]

CLASSIFICATION = "wiod-2016-50"
# Sums of rows of WIOD's costs (raw.COST_ROWS): inputs; taxes, adjustments and margins; value added.
COSTS = {"inputs": (0,), "taxes": (1, 2, 3, 4, 6), "value_added": (5,)}


@dataclass(frozen=True)
class Table2014(Flows2014):
    """Factors of the table and the costs that WIOD publishes, million USD.

    Attributes
    ----------
    names : list of str
        Names of 50 sectors.
    costs : dict of str to ndarray, shape (43, 50)
        Keys of COSTS and ``output``, of every region but ROW.
    """

    names: list[str]
    costs: dict[str, Float]

    def cost_share(self, row: str) -> Float:
        """Share of a row of costs in output as WIOD publishes both, shape (43, 50)."""
        cost, output = self.costs[row], self.costs["output"]
        share: Float = np.divide(cost, output, out=np.zeros_like(cost), where=output != 0.0)
        return share


def sectors_2014() -> dict[str, tuple[str, ...]]:
    """Industries of WIOD 2016 behind each of the 50 sectors, in the order of the table."""
    members: dict[str, tuple[str, ...]] = {}
    for industry, sector in sector_2014_of().items():
        members[sector] = (*members.get(sector, ()), industry)
    return members


def read_table_2014(folder: Path) -> Table2014:
    """Read the full table of 2014 and the costs of WIOD, added up to its sectors.

    Raises
    ------
    TableError
        If labels differ from WIOD's, or as :func:`datasets.builders.flows_2014.read_flows_2014`.
    """
    wiod = read_wiod_2014(folder)
    flows = wiod.flows
    names, to_sector = _merging(flows.sectors)
    factors = {field.name: getattr(flows, field.name) for field in fields(flows)}
    return Table2014(**factors, names=names, costs=_costs(wiod, to_sector))


# ---------------------------------------------------------------------- helpers
def _merging(sectors: list[str]) -> tuple[list[str], Float]:
    """Names of sectors and the 0/1 matrix (56, 50) from industries to sectors."""
    members = sectors_2014()
    if sectors != list(members):
        different = ", ".join(sorted(set(sectors) ^ set(members))) or "their order"
        raise TableError(f"sectors of the table of 2014 are not those expected: {different}")
    industries = pd.read_csv(DATA / "concordance_wiod2016.csv").set_index("industry")["name"]
    names = ["; ".join(industries[list(codes)]) for codes in members.values()]
    return names, indicator_matrix(list(sector_2014_of().values()), sectors)


def _costs(wiod: Wiod2014, to_sector: Float) -> dict[str, Float]:
    """Rows of WIOD's costs, added up to sectors."""
    rows = {name: wiod.costs[list(members)].sum(axis=0) for name, members in COSTS.items()}
    rows["output"] = wiod.costs[7]
    return {name: row @ to_sector for name, row in rows.items()}
