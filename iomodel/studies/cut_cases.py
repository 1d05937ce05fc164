"""Which runs make up the bracket of a supply cut: every method, with what decides its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["FAMILIES", "Case", "cut_cases", "cut_sectors"]

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


@dataclass(frozen=True)
class Case:
    """One run of one model.

    Attributes
    ----------
    label : str
        Short and unique; names the run in tables and files.
    model : str
    family : str
        Key of :data:`FAMILIES`.
    options : mapping
        Options of the model.
    telling : bool
        Whether its industries are worth a look.
    """

    label: str
    model: str
    family: str
    options: Mapping[str, Any] = field(default_factory=dict)
    telling: bool = False


def cut_sectors(table: MRIOTable, scenario: Scenario) -> list[str]:
    """Return the sectors of which a scenario cuts deliveries or output."""
    policy = scenario.lower(table)
    cut = (policy.delivered < 1.0).any(axis=(0, 2)) | (policy.supply < 1.0).any(axis=0)
    return [s for s, hit in zip(table.sectors, np.asarray(cut).tolist(), strict=True) if hit]


def cut_cases(models: Sequence[str], scarce: Sequence[str]) -> list[Case]:
    """Return the runs of a supply cut.

    Parameters
    ----------
    models : sequence of str
        Those that apply to table and scenario.
    scarce : sequence of str
        Sectors that are cut; stocks are varied for them alone.

    Returns
    -------
    list of Case
        In the order of families. A model without known sensitivities runs once.
    """
    cases = [
        Case("leontief", "leontief", "accounting"),
        Case("extraction", "extraction", "accounting"),
        Case("ghosh", "ghosh", "accounting"),
        Case("mixed", "mixed", "accounting"),
        Case("usual nests", "equilibrium", "equilibrium", {"horizon": "short"}),
        *(
            Case(f"sigma {value:g}", "scarce", "equilibrium", {"sigma": value}, value == 0.2)
            for value in SIGMAS
        ),
        *(
            Case(
                f"sigma {value:g}, rent stays",
                "scarce",
                "equilibrium",
                {"sigma": value, "rents": "buyer"},
            )
            for value in SIGMAS[:-1]
        ),
        *(
            Case(
                f"sigma {value:g}, new origins",
                "scarce",
                "equilibrium",
                {"sigma": value, "elasticities": 1.0},
            )
            for value in (0.2, 0.1)
        ),
        *(
            Case(f"rationing, weight {w:g}", "rationing", "allocation", {"important": w}, w == 1.0)
            for w in WEIGHTS
        ),
        *(
            Case(
                f"inventories, {months} months",
                "inventories",
                "stocks",
                {"stocks": {(name, "all"): float(months) for name in scarce}},
                months == 2,
            )
            for months in MONTHS
        ),
        *(Case(f"bottleneck {w:g}", "bottleneck", "bottleneck", {"important": w}) for w in WEIGHTS),
    ]
    known = {case.model for case in cases}
    cases += [Case(name, name, "other") for name in models if name not in known]
    order = list(FAMILIES)
    kept = [case for case in cases if case.model in models]
    return sorted(kept, key=lambda case: order.index(case.family))
