r"""Capital in its steady state: accumulated until its return is what savers require.

Value added is Cobb-Douglas in labour (share :math:`a_n`) and capital, with reward :math:`w_n` of
the composite. The rental :math:`r_n = (\rho + \delta) P^I_n` follows the price of investment,
:math:`\ln\hat P^I_n = \sum_s g_{sn}\ln\hat P_{sn}` with :math:`g_{sn}` the composition of
investment, so that capital and the composite factor are

.. math::
    \hat K_n = \Big(\frac{\hat w_n}{\hat P^I_n}\Big)^{1/a_n}, \qquad
    \hat F_n = \hat K_n^{1-a_n} = \Big(\frac{\hat w_n}{\hat P^I_n}\Big)^{(1-a_n)/a_n} .

Real investment follows capital. Capital is owned at home. Source: [BaqaeeMalmberg2025]_.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from iomodel.errors import TableError
from iomodel.typing import Float

__all__ = ["SteadyCapital"]


@dataclass(frozen=True)
class SteadyCapital:
    """Labour shares and investment of the base, for a steady state of capital.

    Attributes
    ----------
    labour_share : ndarray, shape (N,)
        Share of labour in value added, above zero and up to one; one leaves capital out.
    composition : ndarray, shape (S, N)
        Shares of goods in investment; columns sum to one, or are zero in a region that does not
        invest.
    investment : ndarray, shape (N,)
        Base spending on investment, at prices with duty.
    """

    labour_share: Float
    composition: Float
    investment: Float

    @cached_property
    def elasticity(self) -> Float:
        """Elasticity of the composite factor by its reward over the price of investment, (N,)."""
        return np.where(self.composition.any(axis=0), 1.0 / self.labour_share - 1.0, 0.0)

    def price(self, log_price: Float) -> Float:
        """Log hats of the price of investment (B, N) at those of final goods, (B, S, N)."""
        return np.asarray(np.einsum("sn,bsn->bn", self.composition, log_price), dtype=np.float64)

    def deepening(self, wage: Float, log_price: Float) -> Float:
        r"""Log hats of the composite factor :math:`\hat F`, (B, N), or their differentials.

        Eq. (49).

        Parameters
        ----------
        wage : ndarray, shape (B, S, N)
            Logs of factor rewards, equal across sectors.
        log_price : ndarray, shape (B, S, N)
            Logs of prices of final goods.
        """
        return np.asarray(self.elasticity * (wage[:, 0] - self.price(log_price)))

    def capital(self, wage: Float, log_price: Float) -> Float:
        r"""Log hats of capital :math:`\hat K`, (B, N); arguments as in :meth:`deepening`."""
        gap = wage[:, 0] - self.price(log_price)
        return np.asarray(np.where(self.composition.any(axis=0), gap / self.labour_share, 0.0))

    def check(self, shape: tuple[int, int]) -> None:
        """Check shapes and ranges.

        Raises
        ------
        TableError
            Naming the array that does not fit.
        """
        for name, array, needed in (
            ("labour_share", self.labour_share, shape[1:]),
            ("composition", self.composition, shape),
            ("investment", self.investment, shape[1:]),
        ):
            if array.shape != needed:
                raise TableError(f"{name} has shape {array.shape}; the economy needs {needed}")
            if not (np.isfinite(array).all() and array.min(initial=0.0) >= 0.0):
                raise TableError(f"{name} must be finite and not negative; clip it first")
        if not ((self.labour_share > 0.0) & (self.labour_share <= 1.0)).all():
            raise TableError("labour shares must be above zero and at most one")
        total = self.composition.sum(axis=0)
        if not (np.minimum(np.abs(total - 1.0), total) < 1e-9).all():
            raise TableError("shares of goods in investment must sum to one, or be zero throughout")
