"""Sectoral value added of 2022, fixed to published GDP by one logit shift per country."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from datasets.builders.donors import Donors
from datasets.builders.raw import Icio, Macro
from datasets.builders.technology import Technology
from iomodel.errors import TableError
from iomodel.typing import Float

MAX_TAX_SHARE = 0.2


@dataclass(frozen=True)
class ValueAdded:
    """Value added and taxes by region and sector, with their derivation.

    Attributes
    ----------
    value_added, taxes : ndarray, shape (81, 37)
        Million USD.
    gdp_published : ndarray, shape (81,)
        GDP at market prices 2022, million USD; NaN where the source has none.
    tax_share : ndarray, shape (81,)
        Taxes less subsidies on products over GDP.
    tax_source : list of str
        ``"WIOD 2014"`` or ``"assumed (median)"``.
    status : list of str
        ``"calibrated"`` or ``"technology"``.
    before : ndarray, shape (81,)
        Value added at 2014 shares, million USD.
    shift : ndarray, shape (81,)
        Logit shift of value-added shares; zero where not calibrated.
    """

    value_added: Float
    taxes: Float
    gdp_published: Float
    tax_share: Float
    tax_source: list[str]
    status: list[str]
    before: Float
    shift: Float


def tax_shares(icio: Icio, macro: Macro, technology: Technology) -> tuple[Float, list[str]]:
    """Taxes less subsidies on products over GDP for 81 regions, and their sources.

    WIOD countries: one less WIOD value added over published GDP, both of 2014, clipped to
    [0, 0.2]. All others, and a WIOD country without published GDP: the median of the former.
    """
    gdp = macro.gdp[2014].reindex(technology.regions).to_numpy()
    measured = np.clip(1.0 - technology.total_value_added / gdp, 0.0, MAX_TAX_SHARE)
    median = float(np.nanmedian(measured))
    by_region = dict(zip(technology.regions, measured.tolist(), strict=True))
    shares = np.array([by_region.get(region, np.nan) for region in icio.regions])
    is_measured = np.isfinite(shares)
    source = ["WIOD 2014" if k else "assumed (median)" for k in is_measured]
    return np.where(is_measured, shares, median), source


def calibrate_value_added(
    icio: Icio, macro: Macro, technology: Technology, donors: Donors, output: Float
) -> ValueAdded:
    """Shift donors' value-added shares until each country's total meets published GDP.

    With tax share t_j, the share of value added may move in (max(0, -t_j), min(1, 1 - t_j)):
    value added stays positive, intermediate inputs stay positive and a column of coefficients
    stays below one. On that interval one logit shift per country is solved by bisection.

    Parameters
    ----------
    output : ndarray, shape (81, 37)
        Gross output 2022, million USD.

    Raises
    ------
    TableError
        If a published total lies outside what the bounds allow; the regions are named.
    """
    share = np.einsum("rd,dj->rj", donors.weights, technology.value_added)
    taxes = np.einsum("rd,dj->rj", donors.weights, technology.taxes)
    gdp = macro.gdp[2022].reindex(icio.regions).to_numpy()
    tax_share, source = tax_shares(icio, macro, technology)
    low, high = np.maximum(0.0, -taxes), np.minimum(1.0, 1.0 - taxes)
    share = np.clip(share, low + 1e-3 * (high - low), high - 1e-3 * (high - low))
    before = (share * output).sum(axis=1)
    target = np.where(np.isfinite(gdp), gdp * (1.0 - tax_share), before)
    shift = _logit_shift(share, low, high, output, target)
    fitted = _shifted(share, low, high, shift)
    value_added = fitted * output
    gap = value_added.sum(axis=1) / target - 1.0
    if (np.abs(gap) > 1e-9).any():
        missed = ", ".join(np.array(icio.regions)[np.abs(gap) > 1e-9])
        raise TableError(f"published GDP cannot be met with shares inside their bounds: {missed}")
    # Bisection leaves rounding: spread it, so that the published total is met to the last digit.
    value_added *= (target / value_added.sum(axis=1))[:, None]
    return ValueAdded(
        value_added=value_added,
        taxes=taxes * output,
        gdp_published=gdp,
        tax_share=tax_share,
        tax_source=source,
        status=["calibrated" if k else "technology" for k in np.isfinite(gdp)],
        before=before,
        shift=np.where(np.isfinite(gdp), shift, 0.0),
    )


def _shifted(share: Float, low: Float, high: Float, shift: Float) -> Float:
    """Move shares along the logistic curve between their bounds."""
    position = (share - low) / (high - low)
    odds = position / (1.0 - position) * np.exp(shift)[:, None]
    moved: Float = low + (high - low) * odds / (1.0 + odds)
    return moved


def _logit_shift(share: Float, low: Float, high: Float, output: Float, target: Float) -> Float:
    """Bisect the shift of every country at once; the total rises with the shift."""
    lower: Float = np.full(target.shape, -20.0)
    upper: Float = np.full(target.shape, 20.0)
    for _ in range(100):
        middle = 0.5 * (lower + upper)
        short = (_shifted(share, low, high, middle) * output).sum(axis=1) < target
        lower, upper = np.where(short, middle, lower), np.where(short, upper, middle)
    return 0.5 * (lower + upper)
