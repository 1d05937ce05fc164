"""National use matrices of 2022: products by industries and final uses, fitted by RAS."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from datasets.builders.donors import Donors
from datasets.builders.technology import Technology
from datasets.builders.value_added import ValueAdded
from iomodel.errors import TableError
from iomodel.table.balancing.ras import ras
from iomodel.typing import Float


@dataclass(frozen=True)
class NationalUse:
    """Use of every product, imports included, in every region.

    Attributes
    ----------
    use : ndarray, shape (81, 37, 40)
        Product by user (37 sectors, then HFCE, GGFC, GCF), million USD.
    seed : ndarray, shape (81, 37, 40)
        The same before RAS: donors' 2014 technology on 2022 column totals.
    iterations : int
        Sweeps of RAS.
    error : float
        Largest relative error of a column total.
    """

    use: Float
    seed: Float
    iterations: int
    error: float


def fit_national_use(
    technology: Technology, donors: Donors, trade: Float, accounts: ValueAdded
) -> NationalUse:
    """Fit each region's use matrix to the absorption and the costs of 2022.

    Row totals are absorption by product; column totals are output less primary inputs for an
    industry and, for final uses, what is left of absorption, split as in 2014.

    Parameters
    ----------
    trade : ndarray, shape (81, 37, 81)
        Seller, product, buyer.

    Raises
    ------
    TableError
        If a region's intermediate inputs exceed all it absorbs; the regions are named.
    """
    output, absorbed = trade.sum(axis=2), trade.sum(axis=0).T
    absorbed = np.ascontiguousarray(absorbed)
    bought = output - accounts.value_added - accounts.taxes
    final_total = absorbed.sum(axis=1) - bought.sum(axis=1)
    if (final_total <= 0).any() or (bought < 0).any():
        raise TableError(f"no room for final demand in regions {np.flatnonzero(final_total <= 0)}")
    coefficients = np.einsum("rd,dij->rij", donors.weights, technology.inputs)
    final = np.einsum("rd,dif->rif", donors.weights, technology.final)
    uses = final_total[:, None] * final.sum(axis=1)
    columns = np.concatenate([bought, uses], axis=1)
    seed = np.concatenate([coefficients * output[:, None, :], final], axis=2)
    sums = seed.sum(axis=1)
    scale = np.divide(columns, sums, out=np.zeros_like(sums), where=sums > 0)
    seed *= scale[:, None, :]
    # Turned round, so that absorption of every product, which is data, is met to rounding.
    fit = ras(seed.transpose(0, 2, 1), columns, absorbed, tolerance=1e-13, max_iterations=20_000)
    use = np.ascontiguousarray(fit.matrix.transpose(0, 2, 1))
    return NationalUse(use, seed, fit.iterations, fit.residual)
