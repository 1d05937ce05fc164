"""Trade balances: the option, common to models, and sentences on transfers between regions."""

from __future__ import annotations

from typing import Any

import numpy as np

import iomodel.equilibrium as ge
from iomodel.equilibrium.closures import BALANCE
from iomodel.models.kinds import Choice
from iomodel.models.options import option

__all__ = ["balance_notes", "balance_option"]

REBASED = "Changes start from the base re-solved with balanced trade in every region."


def balance_option(default: str) -> Any:
    """Declare the option of trade balances."""
    return option(
        default,
        Choice(BALANCE),
        "Trade balances: none; the base deficit as a share of world income; or as a share of the "
        "region's own income, the gap being shared out among the regions that still trade with "
        "one another.",
    )


def balance_notes(balance: str, solution: ge.Solution) -> list[str]:
    """Return sentences on balanced trade in the base, and on transfers that end.

    Parameters
    ----------
    balance : str
    solution : Solution
        Of the scenario.
    """
    if balance == "zero":
        return [REBASED]
    ended = ge.ended_transfers(solution) != 0.0
    if not ended.any():
        return []
    component = solution.problem.component[0]
    smallest = min(
        (np.flatnonzero(component == group) for group in np.unique(component[ended])), key=len
    )
    regions = solution.base.names.listed(smallest)
    return [
        f"Trade of {regions} with the others ends, and so do the transfers "
        "that pay for deficits between them: income contains the end of a transfer."
    ]
