"""Effects of the daily model: means over the run, cumulative loss, and paths."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np

from iomodel.effects import Effects
from iomodel.models.fixed_price.quantities import quantity_variables, value_added_coefficients
from iomodel.models.shortage.inventories.economy import DAYS
from iomodel.models.shortage.inventories.state import DailyPaths

if TYPE_CHECKING:
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["effects_of"]

NOTES = (
    "An upper bound where the criticality is honest: no substitution, no new products, no time to "
    "adapt beyond the options.",
    "Levels are means over the run and stand beside the base; the path is in gdp_path_pct, "
    "output_path_pct and stock_path_pct.",
    "Every input is held for at least one day of use. Final demand is that of the scenario: there "
    "is no feedback from incomes.",
)
WARNINGS = {
    "contracts": (
        "Variant contracts: suppliers deliver to contract, even if another constraint keeps a "
        "customer from using the delivery and it goes to stock; stocks are not rebuilt.",
    ),
    "pichler": (),
    "ario": (
        "Variant ario cuts production as soon as a stock falls below psi of its target, not when "
        "it is empty: with stocks of a few days, as in most services, small shortages spread.",
    ),
}


def effects_of(
    table: MRIOTable,
    scenario: Scenario,
    paths: DailyPaths,
    b: int,
    begin: dt.date | None,
    parameters: dict[str, Any],
    diagnostics: dict[str, Any],
    notes: tuple[str, ...],
) -> Effects:
    """Return the effects of scenario number `b`."""
    days, shape = paths.output.shape[0], table.shape
    output = paths.output[:, :, b]
    value_added = table.value_added.values
    gdp_change = ((output - 1.0).reshape(days, *shape) * value_added).sum(axis=2)
    gdp = value_added.sum(axis=1)
    coords: dict[str, Any] = {"time": np.arange(days)}
    if begin is not None:
        first_day = np.datetime64(begin.isoformat(), "D")
        # As text, which every file format keeps.
        coords["time"] = [str(day) for day in first_day + np.arange(days)]
    gdp_pct = np.divide(100.0 * gdp_change, gdp, out=np.zeros_like(gdp_change), where=gdp > 0)
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
                table, table.x1 * output.mean(axis=0), value_added_coefficients(table)
            ),
            "final_demand_base": (("region",), final),
            "final_demand_new": (
                ("region",),
                final + base_final * (paths.final[:, :, b].mean(axis=0) - 1.0),
            ),
            "gdp_path_pct": (("time", "region"), gdp_pct),
            "gdp_cumulative_pct": (("region",), gdp_pct.sum(axis=0) / DAYS),
            "output_path_pct": (
                ("time", "region", "sector"),
                100.0 * (output - 1.0).reshape(days, *shape),
            ),
            "stock_path_pct": (
                ("time", "region", "sector"),
                100.0 * (paths.stock[:, :, b] - 1.0).reshape(days, *shape),
            ),
        },
        parameters=parameters,
        diagnostics=diagnostics,
        notes=[*notes, *NOTES, *WARNINGS[str(parameters["variant"])]],
        follows_days=True,
    )
