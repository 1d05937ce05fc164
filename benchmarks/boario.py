"""One day of BoARIO [Juhel2024], the published ARIO program, where it is installed.

The steps of its simulation loop are called one by one, without the records that it keeps, so that
the day is as short as it can be.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
import pandas as pd

from iomodel.table.mrio import MRIOTable

__all__ = ["INSTALLED", "model_of", "one_day"]

INSTALLED = all(find_spec(name) is not None for name in ("boario", "pymrio"))
# Days of use that every industry holds of every input, and days over which gaps are made good.
COVER, RESTOCKING = 60, 60


def model_of(table: MRIOTable, lost: np.ndarray[Any, Any]) -> Any:
    """Return the model of a table in which industries lose a part of their capacity, shape (n,)."""
    pymrio = import_module("pymrio")
    industries = pd.MultiIndex.from_product(
        [table.regions, table.sectors], names=["region", "sector"]
    )
    uses = pd.MultiIndex.from_product([table.regions, ["final"]], names=["region", "category"])
    accounts = pymrio.IOSystem(
        Z=pd.DataFrame(table.Z2, index=industries, columns=industries),
        Y=pd.DataFrame(
            table.Y.values.sum(axis=3).reshape(table.n, -1), index=industries, columns=uses
        ),
        x=pd.DataFrame({"indout": table.x1}, index=industries),
    )
    with warnings.catch_warnings():
        # Both libraries announce changes of pandas; that is their news.
        warnings.simplefilter("ignore")
        accounts.calc_all()
        model = import_module("boario.extended_models").ARIOPsiModel(
            accounts,
            order_type="alt",
            psi_param=0.8,
            inventory_restoration_tau=RESTOCKING,
            inventory_dict=dict.fromkeys(table.sectors, COVER),
            productive_capital_to_VA_dict=dict.fromkeys(table.sectors, 4.0),
            infinite_inventories_sect=None,
        )
        model.prod_cap_delta_arbitrary = lost
        model.update_prod_delta()
    return model


def one_day(model: Any) -> object:
    """Run overproduction, production, distribution and orders once."""
    steps: tuple[Callable[[], object], ...] = (
        model.calc_overproduction,
        lambda: model.calc_production(1),
        lambda: model.distribute_production("proportional"),
        model.calc_orders,
    )
    for step in steps:
        step()
    return model.production
