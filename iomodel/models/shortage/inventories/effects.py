"""The course of the daily model as effects: levels over the run, the loss, and the paths."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np

from iomodel.effects import Effects
from iomodel.models.fixed_price.quantities import quantity_variables, value_added_coefficients
from iomodel.models.shortage.inventories.economy import DAYS
from iomodel.models.shortage.inventories.state import Course

if TYPE_CHECKING:
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["effects_of"]

NOTES = (
    "An upper bound where the criticality is honest: no substitution, no new products, no time to "
    "adapt but what the options say.",
    "Levels are means over the run and stand beside the base; the path is in gdp_path_pct, "
    "output_path_pct and stock_path_pct.",
    "Every input is held for at least one day of use. Final demand is that of the scenario: there "
    "is no feedback from incomes.",
)
WARNINGS = {
    "contracts": (
        "Variant contracts: suppliers deliver to contract, also what a customer who is stopped by "
        "something else cannot use and puts into stock; stocks are not rebuilt.",
    ),
    "pichler": (),
    "ario": (
        "Variant ario cuts production as soon as a stock falls below psi of its target, not when "
        "it is empty: where stocks are a few days, as in most services, small shortages spread.",
    ),
}


def effects_of(
    table: MRIOTable,
    scenario: Scenario,
    found: Course,
    b: int,
    begin: dt.date | None,
    parameters: dict[str, Any],
    diagnostics: dict[str, Any],
    notes: tuple[str, ...],
) -> Effects:
    """Label the course of one scenario."""
    days, shape = found.output.shape[0], table.shape
    path = found.output[:, :, b]
    added = table.value_added.values
    lost = ((path - 1.0).reshape(days, *shape) * added).sum(axis=2)
    gdp = added.sum(axis=1)
    coords: dict[str, Any] = {"time": np.arange(days)}
    if begin is not None:
        first = np.datetime64(begin.isoformat(), "D")
        # As text, which every file format keeps.
        coords["time"] = [str(day) for day in first + np.arange(days)]
    pct = np.divide(100.0 * lost, gdp, out=np.zeros_like(lost), where=gdp > 0)
    final = table.Y.values.sum(axis=(0, 1, 3))
    base_final = np.maximum(table.Y.values, 0.0).sum(axis=(0, 1, 3))
    return Effects.build(
        table,
        scenario,
        model="inventories",
        closure=str(parameters["variant"]),
        coords=coords,
        variables={
            **quantity_variables(
                table, table.x1 * path.mean(axis=0), value_added_coefficients(table)
            ),
            "final_demand_base": (("region",), final),
            "final_demand_new": (
                ("region",),
                final + base_final * (found.final[:, :, b].mean(axis=0) - 1.0),
            ),
            "gdp_path_pct": (("time", "region"), pct),
            "gdp_cumulative_pct": (("region",), pct.sum(axis=0) / DAYS),
            "output_path_pct": (
                ("time", "region", "sector"),
                100.0 * (path - 1.0).reshape(days, *shape),
            ),
            "stock_path_pct": (
                ("time", "region", "sector"),
                100.0 * (found.stock[:, :, b] - 1.0).reshape(days, *shape),
            ),
        },
        parameters=parameters,
        diagnostics=diagnostics,
        notes=[*notes, *NOTES, *WARNINGS[str(parameters["variant"])]],
    )
