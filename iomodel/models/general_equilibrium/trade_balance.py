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
# Share of world income; a smaller transfer is rounding.
NO_TRANSFER = 1e-9


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
    if balance != "share" or not solution.problem.component.any():
        return []
    base, component = solution.base, solution.problem.component[0]
    groups = [np.flatnonzero(component == group) for group in range(int(component.max()) + 1)]
    least = NO_TRANSFER * base.income.sum()
    ended = [group for group in groups if abs(base.deficit[group].sum()) > least]
    if not ended:
        return []
    smallest = min(ended, key=len)
    return [
        f"Trade of {base.names.listed(smallest)} with the others ends, and so do the transfers "
        "that pay for deficits between them: income contains the end of a transfer."
    ]
