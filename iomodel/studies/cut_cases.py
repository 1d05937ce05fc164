"""Cases of a supply cut: every method, swept over the parameters that decide its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from iomodel.studies.case import Case

if TYPE_CHECKING:
    from iomodel.models.workbench import Workbench
    from iomodel.scenario.scenario import Scenario

__all__ = ["CORNERS", "FAMILIES", "HEADLINE", "WITH_STOCKS", "cut_cases", "cut_sectors"]

FAMILIES: Mapping[str, str] = {
    "accounting": "Accounting: missing inputs come from elsewhere",
    "prices": "Expenditure shares, at a multiple of the price",
    "equilibrium": "Equilibrium: prices and users adjust (real income)",
    "allocation": "Best use of what is left, critical inputs bind",
    "stocks": "Day by day: stocks first, then critical inputs",
    "bottleneck": "Least substitution: critical inputs bind",
    "other": "Other models",
}
"""What each family of methods assumes, from the least binding on."""

SIGMAS = (1.0, 0.5, 0.2, 0.1, 0.05)
MONTHS = (6, 2, 0)
WEIGHTS = (0.5, 1.0)
# Rents of the sellers' side, at the headline's elasticity and the ends of its band.
ABROAD = (0.5, 0.2, 0.1)
HEADLINE = "sigma 0.2"
"""Case of the headline: within a year, no stocks, rents as the cut says."""
CORNERS = tuple(
    f"sigma {sigma:g}, rent {holder}" for sigma in (0.1, 0.5) for holder in ("abroad", "stays")
)
"""Cases at the ends of the headline's band: elasticity .1 to .5, rents of sellers to buyers."""
WITH_STOCKS = "inventories, 2 months"
"""Case of the headline's second line."""
# Label, model, family, options, and whether the industries hit most are printed.
Sweep = tuple[str, str, str, dict[str, Any], bool]
ACCOUNTING = ("leontief", "extraction", "ghosh", "mixed")


def cut_sectors(workbench: Workbench, scenario: Scenario) -> list[str]:
    """Return the sectors of which a scenario cuts deliveries or output."""
    policy = workbench.policy(scenario)
    is_cut = (policy.delivered < 1.0).any(axis=(0, 2)) | (policy.supply < 1.0).any(axis=0)
    return [workbench.table.sectors[k] for k in np.flatnonzero(is_cut).tolist()]


def cut_cases(
    scenario: Scenario, models: Sequence[str], scarce_sectors: Sequence[str]
) -> list[Case]:
    """Return the cases of a supply cut.

    Parameters
    ----------
    scenario : Scenario
    models : sequence of str
        Those that apply to table and scenario.
    scarce_sectors : sequence of str
        Sectors that are cut; stocks are varied for them alone.

    Returns
    -------
    list of Case
        In the order of families. A model without known sensitivities runs once.
    """
    sweeps: list[Sweep] = [
        *((name, name, "accounting", {}, False) for name in ACCOUNTING),
        ("usual nests", "equilibrium", "equilibrium", {"horizon": "short"}, False),
        *_scarce_sweep(),
        *(
            (f"rationing, weight {w:g}", "rationing", "allocation", {"important": w}, w == 1.0)
            for w in WEIGHTS
        ),
        *(
            (
                f"inventories, {months} months",
                "inventories",
                "stocks",
                {"stocks": {(name, "all"): float(months) for name in scarce_sectors}},
                months == 2,
            )
            for months in MONTHS
        ),
        *(
            (f"bottleneck {w:g}", "bottleneck", "bottleneck", {"important": w}, False)
            for w in WEIGHTS
        ),
    ]
    swept = {model for _, model, *_ in sweeps}
    sweeps += [(name, name, "other", {}, False) for name in models if name not in swept]
    order = list(FAMILIES)
    cases = [
        Case(label, scenario, model, options, family, detailed=detailed)
        for label, model, family, options, detailed in sweeps
        if model in models
    ]
    return sorted(cases, key=lambda case: order.index(case.family))


# ---------------------------------------------------------------------- helpers
def _scarce_sweep() -> list[Sweep]:
    """Return the cases of the model scarce: elasticity, holder of the rent, new origins."""
    sweeps: list[tuple[str, tuple[float, ...], dict[str, Any]]] = [
        ("", SIGMAS, {}),
        (", rent stays", SIGMAS[:-1], {"rents": "buyer"}),
        (", rent abroad", ABROAD, {"rents": "seller"}),
        (", new origins", (0.2, 0.1), {"elasticities": 1.0}),
    ]
    return [
        (
            label := f"sigma {value:g}{words}",
            "scarce",
            "equilibrium",
            {"sigma": value, **options},
            label == HEADLINE,
        )
        for words, values, options in sweeps
        for value in values
    ]
