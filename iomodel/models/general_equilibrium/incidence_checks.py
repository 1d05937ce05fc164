"""Checks of plausibility on every run: incidence of duties, imports, and employment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import iomodel.equilibrium as ge
from iomodel.errors import NotApplicableError

__all__ = ["IncidenceChecks", "incidence_checks", "refuse_overemployment"]


# Percent: measured within a year are 86 to 96 [FajgelbaumEtAl2020].
LOWEST_BUYERS_SHARE = 80.0
# Percent: rounding of the inner solves, of 1e-13, through the nests.
NO_RISE = 1e-6


@dataclass(frozen=True)
class IncidenceChecks:
    """Values of the checks for the diagnostics, and sentences on those that fail.

    Attributes
    ----------
    values : dict
        ``incidence``: by region that raises duties, ``imports_pct`` of the products concerned and
        ``buyers_share_pct``, absent without duties; ``highest_employment_pct``: the largest rise of
        employment of any industry, absent where factors are in full use by assumption.
    notes : list of str
    """

    values: dict[str, Any]
    notes: list[str]


def incidence_checks(
    solution: ge.Solution, regions: Sequence[str], horizon: str
) -> IncidenceChecks:
    """Check the incidence of duties and employment of one solution.

    Imports are not judged where duties on the same products fall for other origins.

    Parameters
    ----------
    solution : Solution
        A single one.
    regions : sequence of str
    horizon : str
        The share that buyers bear is checked within a year only.

    Returns
    -------
    IncidenceChecks
    """
    measured = ge.incidence(solution)
    imports = 100.0 * (measured.imports[0] - 1.0)
    share = 100.0 * measured.buyers_share[0]
    levies = np.flatnonzero(measured.levies[0]).tolist()
    values: dict[str, Any] = {}
    if levies:
        values["incidence"] = {
            regions[n]: {"imports_pct": float(imports[n]), "buyers_share_pct": float(share[n])}
            for n in levies
        }
    notes = [
        f"Check: imports of the products on which {regions[n]} raises duties rise by "
        f"{imports[n]:.2g} percent in volume; duties should lower them."
        for n in levies
        if imports[n] > NO_RISE and not measured.lowers[0, n]
    ]
    notes += [
        f"Check: buyers in {regions[n]} bear {share[n]:.0f} percent of its new duties; measured "
        "within a year are 86 to 96 percent."
        for n in levies
        if horizon == "short" and share[n] < LOWEST_BUYERS_SHARE
    ]
    if solution.closure.fixes_spending:
        values["highest_employment_pct"] = float(100.0 * (solution.employment[0].max() - 1.0))
    return IncidenceChecks(values, notes)


def refuse_overemployment(solution: ge.Solution) -> None:
    """Refuse rigid wages that employ more in an industry than there are.

    Raises
    ------
    NotApplicableError
        Names the industry with the largest excess.
    """
    rise = 100.0 * (solution.employment[0] - 1.0)
    if solution.closure.labour != "rigid" or rise.max() <= NO_RISE:
        return
    sector, region = (int(k) for k in np.unravel_index(int(rise.argmax()), rise.shape))
    raise NotApplicableError(
        f"rigid wages would employ {rise.max():.2g} percent more than there are in "
        f"{solution.base.names.industry(sector, region)}; use closure='sticky', in which a wage "
        "rises where nobody is left to employ"
    )
