r"""Labour and capital: the composite factor of a region and its growth.

With labour and capital moving between the industries of a region and one labour share
:math:`a_n` in all of them, the two are one composite factor, with endowment

.. math:: \hat F_{nt} = \hat L_{nt}^{a_n} \hat K_{nt}^{1-a_n}.

A fixed share of income is invested, so that real investment moves with nominal income over the
price of investment goods, a CES index, and

.. math::
    \hat K_{n,t+1} = (1-\delta)\hat K_{nt} + \iota_n \frac{\hat E_{nt}}{\hat P^I_{nt}}, \qquad
    \iota_n = I_{n0}/K_{n0}.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iomodel.equilibrium import Solution
from iomodel.errors import IOModelError
from iomodel.typing import Float

__all__ = ["Factors"]


@dataclass(frozen=True)
class Factors:
    r"""The law of motion of labour and capital in N regions.

    Attributes
    ----------
    labour : ndarray, shape (T + 1, N)
        Labour over that of the base year, at every point of time; the first row is one.
    labour_share : ndarray, shape (N,)
        Share of labour in the income of labour and capital.
    investment_rate : ndarray, shape (N,)
        :math:`\iota_n`, investment over capital in the base year. With `depreciation` zero too,
        capital is constant.
    depreciation : float
        :math:`\delta` a year.
    investment_share : ndarray, shape (S, N)
        Shares of goods in investment; columns sum to one.
    investment_nest : float
        Elasticity of substitution across them: one is Cobb-Douglas, zero Leontief.
    """

    labour: Float
    labour_share: Float
    investment_rate: Float
    depreciation: float
    investment_share: Float
    investment_nest: float = 1.0

    def __post_init__(self) -> None:
        """Check that shares are shares and quantities positive."""
        for name, array, upper in (
            ("labour", self.labour, np.inf),
            ("labour_share", self.labour_share, 1.0),
            ("investment_rate", self.investment_rate, np.inf),
            ("depreciation", np.array(self.depreciation), 1.0),
            ("investment_share", self.investment_share, np.inf),
            ("investment_nest", np.array(self.investment_nest), np.inf),
        ):
            if not (np.isfinite(array).all() and array.min() >= 0.0 and array.max() <= upper):
                raise IOModelError(
                    f"{name} runs from {array.min():g} to {array.max():g}; it must lie between 0 "
                    f"and {upper:g}"
                )
        if np.any(self.labour[0] != 1.0) or self.labour.min() <= 0.0:
            raise IOModelError("labour must be positive and one in the base year")

    def endowment(self, period: int, capital: Float) -> Float:
        """Composite factor over base, (M, N), at capital (M, N). Eq. (7)."""
        labour = self.labour[period] ** self.labour_share
        return np.asarray(labour * capital ** (1.0 - self.labour_share), dtype=np.float64)

    def investment_price(self, solution: Solution) -> Float:
        """Hats of the price of investment goods, (M, N).

        Eq. (8). Investment is final demand: with import shares by user it has those of final demand
        (Eq. (19)).
        """
        goods, regions = self.investment_share.shape
        log_price = np.log(solution.price[:, :goods, -regions:])
        power = 1.0 - self.investment_nest
        # A power of zero is geometric; expm1 and log1p keep the digits near it.
        term = np.expm1(power * log_price) if power else log_price
        mean = np.einsum("sn,msn->mn", self.investment_share, term)
        log_index = np.log1p(mean) / power if power else mean
        return np.asarray(np.exp(log_index), dtype=np.float64)

    def accumulate(self, capital: Float, solution: Solution, years: float) -> Float:
        """Capital over base after some years at the investment of a solution, (M, N). Eq. (9)."""
        volume = solution.expenditure / solution.base.expenditure
        volume = volume / self.investment_price(solution)
        net = self.investment_rate * volume - self.depreciation * capital
        return np.asarray(capital + years * net, dtype=np.float64)
