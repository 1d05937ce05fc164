r"""Nest of sector-specific factors: land and resources beside the mobile factor.

Value added of industry s becomes a CES composite of the mobile factor (labour and capital, price
:math:`w_n`) and a factor that does not leave the industry (price :math:`r_{sn}`), with base share
:math:`\phi_{sn}` and elasticity :math:`\sigma_{Fs}`:

.. math::
    \hat P^V_{sn} = \big((1-\phi_{sn})\hat w_n^{1-\sigma_{Fs}}
                  + \phi_{sn}\hat r_{sn}^{1-\sigma_{Fs}}\big)^{1/(1-\sigma_{Fs})}.

To the engine these are three more industries for each such sector, which sell at home only: the
specific factor, with a market of its own (:mod:`iomodel.equilibrium.factor_markets`); the
composite, with the mobile factor as its value added; and the intermediate bundle of s. Sector s has
no value added in return and buys composite and bundle [BaqaeeFarhi2024]_. In the base nothing
changes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from iomodel.equilibrium.economy import Economy, by_user
from iomodel.equilibrium.elasticities import Elasticities
from iomodel.equilibrium.home_industries import with_home_industries
from iomodel.equilibrium.shock import Shock
from iomodel.errors import IOModelError
from iomodel.typing import Float, Index

__all__ = ["SpecificFactorNest", "nest_specific_factors"]


@dataclass(frozen=True, eq=False)
class SpecificFactorNest:
    """Economy with specific factors in K of its S sectors.

    Attributes
    ----------
    economy : Economy
        S industries as before, then K specific factors, K composites of factors, and K
        intermediate bundles.
    base : Economy
        Without specific factors.
    sectors : ndarray of int, shape (K,)
        Sectors with a specific factor.
    """

    economy: Economy
    base: Economy
    sectors: Index

    def elasticities(self, elasticities: Elasticities, sigma: Float) -> Elasticities:
        """Elasticities of the nested economy.

        Eq. (61).

        Parameters
        ----------
        elasticities : Elasticities
            Of the base, for one member.
        sigma : ndarray, shape (S,)
            Between the specific and the mobile factor.

        Returns
        -------
        Elasticities
        """
        S, K = self.base.shape[0], len(self.sectors)
        theta, sigma_v, sigma_m, sigma_c = elasticities.expanded()
        over_value = np.broadcast_to(sigma_v[0], (S, sigma_v.shape[2]))
        over_input = np.broadcast_to(sigma_m[0], (S, sigma_m.shape[2]))
        regions = max(over_value.shape[1], over_input.shape[1])
        over_value, over_input = (
            np.broadcast_to(array, (S, regions)) for array in (over_value, over_input)
        )
        one = np.ones((K, regions))
        factors = np.broadcast_to(sigma[self.sectors, None], (K, regions))
        # A sector's two inputs are now its value added and its bundle.
        inputs = np.array(over_input)
        inputs[self.sectors] = over_value[self.sectors]
        # Factors and composites have one input at most, over which any elasticity does.
        any_input = over_input[self.sectors]
        inputs = np.concatenate([inputs, any_input, any_input, any_input])
        # One number for all keeps the sum over inputs a matrix product.
        is_common = bool((inputs == inputs[0, 0]).all())
        return Elasticities(
            np.concatenate([theta[0], np.ones(3 * K)]),
            np.concatenate([over_value, one, factors, one]),
            float(inputs[0, 0]) if is_common else inputs,
            float(sigma_c[0, 0, 0]),
        )

    def shock(self, shock: Shock, endowment: Float, supply: Float) -> Shock:
        """Shock of the nested economy.

        Parameters
        ----------
        shock : Shock
            Of the base.
        endowment : ndarray, shape (M, N)
            Hats of the mobile factor.
        supply : ndarray, shape (S,)
            Hats of specific factors, common to all regions.

        Returns
        -------
        Shock
        """
        S, K = self.base.shape[0], len(self.sectors)
        hats = np.repeat(endowment[:, None, :], S + 3 * K, axis=1)
        hats[:, S : S + K] = supply[self.sectors, None]
        return replace(shock.with_home_industries(3 * K), endowment=hats)

    def traded_share(self, share: Float) -> Float:
        """Shares of origins by good and user of the base, (M, S, I, D), of those of the nests."""
        M, S, N = len(share), self.base.shape[0], self.base.shape[1]
        by_buyer = by_user(share[:, :S], N)[:, :, :, _buyers(self.base, self.sectors)]
        return np.ascontiguousarray(by_buyer).reshape(M, S, N, -1)


def nest_specific_factors(base: Economy, share: Float) -> SpecificFactorNest:
    """Put specific factors into the value added of industries.

    Eq. (61).

    Parameters
    ----------
    base : Economy
        Import shares common to all users or by user.
    share : ndarray, shape (S, N)
        Share of the specific factor in value added, from zero to below one.

    Returns
    -------
    SpecificFactorNest
        The same equilibrium, with a specific factor in every sector that has one anywhere.

    Raises
    ------
    IOModelError
        If a share is out of range or none is positive.

    Examples
    --------
    >>> flow = np.array([[[60.0, 12.0], [9.0, 40.0]]])
    >>> from iomodel.equilibrium.calibration import without_materials
    >>> base = without_materials(flow, np.zeros_like(flow))
    >>> nest = nest_specific_factors(base, np.array([[0.4, 0.25]]))
    >>> nest.economy.shape, nest.economy.specific
    ((4, 2), (1,))
    """
    if share.shape != base.shape or not ((share >= 0.0) & (share < 1.0)).all() or not share.any():
        raise IOModelError(
            f"shares of specific factors have shape {share.shape} and run from {share.min():g} to "
            f"{share.max():g}; they need {base.shape}, and must be at least 0 and below 1, one of "
            "them above 0"
        )
    sectors = np.flatnonzero(share.any(axis=1))
    (S, N), K = base.shape, len(sectors)
    land, composite, bundle = S + np.arange(3 * K).reshape(3, K)
    phi = share[sectors]
    value, materials = base.value_added[sectors], _materials(base)[sectors]
    names = [base.names.sector(s) for s in sectors.tolist()]
    spending, origins = _purchases(base, sectors, [phi * value, value, materials])
    value_added_share = np.concatenate(
        [base.value_added_share, np.ones((K, N)), 1.0 - phi, np.zeros((K, N))]
    )
    value_added_share[sectors] = 0.0
    value_added = np.concatenate(
        [base.value_added, phi * value, (1.0 - phi) * value, np.zeros((K, N))]
    )
    value_added[sectors] = 0.0
    economy = with_home_industries(
        base,
        [
            *(f"the specific factor of {name}" for name in names),
            *(f"value added of {name}" for name in names),
            *(f"intermediates of {name}" for name in names),
        ],
        spending=spending,
        share=origins,
        value_added_share=value_added_share,
        input_share=_inputs(base, sectors, phi, (land, composite, bundle)),
        value_added=value_added,
    )
    specific = (*base.specific, *land.tolist())
    return SpecificFactorNest(replace(economy, specific=specific), base, sectors)


# ---------------------------------------------------------------------- helpers
def _buyers(base: Economy, sectors: Index) -> Index:
    """Users of the nested economy that buy what those of the base did."""
    if base.users == 1:
        return np.zeros(1, dtype=np.intp)
    S, K = base.shape[0], len(sectors)
    buyers = np.arange(S + 1)
    buyers[sectors] = S + 2 * K + np.arange(K)
    buyers[S] = S + 3 * K
    return buyers


def _value_share(base: Economy) -> Float:
    """Shares of value added in costs, one for industries without inputs, (S, N)."""
    return np.where(base.input_share.sum(axis=1).T != 0.0, base.value_added_share, 1.0)


def _materials(base: Economy) -> Float:
    """Spending of industries on intermediates, (S, N)."""
    return np.asarray((1.0 - _value_share(base)) * base.output, dtype=np.float64)


def _inputs(base: Economy, sectors: Index, phi: Float, places: tuple[Index, Index, Index]) -> Float:
    """Input shares of the nested economy, (N, K, S)."""
    land, composite, bundle = places
    S, N = base.shape
    size = S + 3 * len(sectors)
    inputs = np.zeros((N, size, size))
    inputs[:, :S, :S] = base.input_share
    inputs[:, :S, bundle] = base.input_share[:, :, sectors]
    inputs[:, :, sectors] = 0.0
    value_share = _value_share(base)[sectors].T
    inputs[:, composite, sectors] = value_share
    inputs[:, bundle, sectors] = 1.0 - value_share
    inputs[:, land, composite] = (phi > 0.0).T
    return inputs


def _purchases(base: Economy, sectors: Index, sales: list[Float]) -> tuple[Float, Float]:
    """Spending (S', D') and shares of origins (S', I, D'), the goods of nests bought at home."""
    (S, N), K = base.shape, len(sectors)
    goods = S + 3 * K
    users = 1 if base.users == 1 else goods + 1
    spending, share = np.zeros((goods, users, N)), np.zeros((goods, N, users, N))
    buyers = _buyers(base, sectors)
    spending[:S, buyers] = by_user(base.spending, N)
    share[:S, :, buyers] = by_user(base.share, N)
    # The specific factor is bought by the composite, and that and the bundle by the sector.
    clients = np.concatenate([S + K + np.arange(K), sectors, sectors])
    places = np.zeros(3 * K, dtype=np.intp) if users == 1 else clients
    new = S + np.arange(3 * K)
    sold = np.concatenate(sales)
    spending[new, places] = sold
    share[new, :, places] = np.eye(N) * (sold > 0.0)[:, None, :]
    return spending.reshape(goods, -1), share.reshape(goods, N, -1)
