"""Cases of a supply cut: every method, swept over the parameters that decide its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from iomodel.studies.case import Case

if TYPE_CHECKING:
    from iomodel.models.workbench import Workbench
    from iomodel.scenario.scenario import Scenario

__all__ = ["FAMILIES", "cut_cases", "cut_sectors"]

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
    sweeps: list[tuple[str, str, str, dict[str, Any], bool]] = [
        *((name, name, "accounting", {}, False) for name in ACCOUNTING),
        ("usual nests", "equilibrium", "equilibrium", {"horizon": "short"}, False),
        *(
            (f"sigma {value:g}", "scarce", "equilibrium", {"sigma": value}, value == 0.2)
            for value in SIGMAS
        ),
        *(
            (
                f"sigma {value:g}, rent stays",
                "scarce",
                "equilibrium",
                {"sigma": value, "rents": "buyer"},
                False,
            )
            for value in SIGMAS[:-1]
        ),
        *(
            (
                f"sigma {value:g}, new origins",
                "scarce",
                "equilibrium",
                {"sigma": value, "elasticities": 1.0},
                False,
            )
            for value in (0.2, 0.1)
        ),
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
