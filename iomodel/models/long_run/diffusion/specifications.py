r"""Named specifications of the long run, with sources line by line.

``goes-bekkers-2022-printed`` holds what [GoesBekkers2022]_ print and nothing fitted: productivity
moves with knowledge to the power :math:`1/\theta`, and the arrival rate, which they do not print,
follows from what ideas add to growth in their validation run (Table A3), as does the unit of
knowledge from growth over beta. No line hangs on the published effects of decoupling.

``goes-bekkers-2022-inferred`` differs in two numbers that are inferred from their figures and not
printed: productivity is knowledge itself (their Figures 10 and 11 together: income follows
knowledge three times as closely as with :math:`1/\theta`), and the arrival rate is .0045 a year
with knowledge in thousand dollars a worker (Figure 11 alone).

All else is common, and the default of an option of the model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["DEFAULT", "INVERSE_THETA", "SCALED", "SPECIFICATIONS", "Specification", "SpecifiedLine"]

INVERSE_THETA = "1/theta"
SCALED = "scaled"


class SpecifiedLine(NamedTuple):
    """One line of a specification: an option, its value in words, and where that stands."""

    option: str
    value: str
    source: str


@dataclass(frozen=True)
class Specification:
    """Values of the options that specifications set, and sources of all lines.

    Attributes
    ----------
    name, title : str
    exponent : str or float
        Of knowledge in productivity.
    alpha : str or float
        Arrival rate of the base year, or ``scaled`` to what ideas add to growth.
    knowledge_unit : float
        Dollars a worker in one unit of knowledge.
    lines : tuple of SpecifiedLine
    """

    name: str
    title: str
    exponent: str | float
    alpha: str | float
    knowledge_unit: float
    lines: tuple[SpecifiedLine, ...]


COMMON = (
    SpecifiedLine("elasticities", "GB: six trade elasticities", "p. 17"),
    SpecifiedLine(
        "nest",
        "Leontief between value added and inputs and across inputs, Cobb-Douglas in final demand",
        "pp. 6, 17 (rho = mu = 0)",
    ),
    SpecifiedLine("investment_nest", "Leontief", "p. 17"),
    SpecifiedLine("beta", ".44", "pp. 38-40, Tables A1 and A3"),
    SpecifiedLine("insight", "goods bought, lag of one period", "p. 11, eq. 24"),
    SpecifiedLine("alpha_growth", ".0118 a year: world population 2021-2040", "p. 18"),
    SpecifiedLine("profits", "1/(1 + theta) of sales", "p. 17"),
    SpecifiedLine(
        "labour_share",
        ".75: capital income cut by half before calibration",
        "p. 17; our arithmetic",
    ),
    SpecifiedLine("saving", "a fixed share of income, that of the table", "p. 6"),
    SpecifiedLine("depreciation", ".04 a year", "not printed; the rate of GTAP"),
    SpecifiedLine("capital_output", "3 years of GDP", "not printed; a convention"),
    SpecifiedLine("horizon", "2040", "p. 25"),
    SpecifiedLine(
        "productivity",
        "value added per worker at purchasing power parity, by region and sector; without such "
        "data GDP per head",
        "p. 18, Appendix B, Figure 3",
    ),
)

SPECIFICATIONS: Mapping[str, Specification] = {
    entry.name: entry
    for entry in (
        Specification(
            "goes-bekkers-2022-printed",
            "as printed by Goes and Bekkers (2022), nothing fitted",
            INVERSE_THETA,
            SCALED,
            3.0,
            (
                *COMMON,
                SpecifiedLine("exponent", "1/theta", "p. 11"),
                SpecifiedLine(
                    "alpha",
                    "one for every beta, such that ideas add 1.47 points of growth at beta .44",
                    "Table A3: 3.64 percent at beta .44, 2.17 at beta 0",
                ),
                SpecifiedLine(
                    "knowledge_unit",
                    "3 dollars a worker: additions to growth over beta stand in the printed "
                    "proportions",
                    "Table A3: 1 to 10 dollars fit",
                ),
            ),
        ),
        Specification(
            "goes-bekkers-2022-inferred",
            "exponent and arrival rate inferred from figures of Goes and Bekkers (2022)",
            1.0,
            0.0045,
            1000.0,
            (
                *COMMON,
                SpecifiedLine("exponent", "1", "inferred: Figures 10 and 11; p. 11 prints 1/theta"),
                SpecifiedLine("alpha", ".0045 a year, one for every beta", "inferred: Figure 11"),
                SpecifiedLine("knowledge_unit", "thousand dollars a worker", "Figure 3"),
            ),
        ),
    )
}
DEFAULT = "goes-bekkers-2022-printed"
