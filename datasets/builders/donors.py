"""Donors of technology: weights of the 43 WIOD countries for every region.

The 43 countries of WIOD lend to themselves. Every other region borrows from the five WIOD
countries nearest to it in output mix and income. Number and weights of the
donors minimise the error of predicting each WIOD country from the others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from datasets.builders.raw import Icio, Macro
from datasets.builders.technology import Technology
from iomodel.typing import Bool, Float, Index

DONORS = 5
POWER = 2.0


@dataclass(frozen=True)
class Donors:
    """Weights of donors.

    Attributes
    ----------
    weights : ndarray, shape (81, 43)
        Weight of each WIOD country in each region's technology; rows sum to one.
    codes : ndarray of str, shape (81, DONORS)
        Donor codes, nearest first, padded with empty strings.
    shares : ndarray, shape (81, DONORS)
        Their weights, padded with zeros.
    own : ndarray of bool, shape (81,)
        Regions that WIOD covers itself.
    """

    weights: Float
    codes: NDArray[np.str_]
    shares: Float
    own: Bool


def gdp_per_capita(icio: Icio, macro: Macro, year: int = 2022) -> Float:
    """GDP per head (USD, 81); ROW is the world less the others, NaN where unpublished."""
    gdp = macro.gdp[year].reindex([*icio.regions, "WLD"])
    heads = macro.population[year].reindex([*icio.regions, "WLD"])
    listed = [r for r in icio.regions if r != "ROW"]
    gdp["ROW"] = gdp["WLD"] - gdp[listed].sum()
    heads["ROW"] = heads["WLD"] - heads[listed].sum()
    return (gdp / heads)[icio.regions].to_numpy() * 1e6


def distances(icio: Icio, macro: Macro, lenders: list[str]) -> Float:
    r"""Distance of every region from every lender, shape (81, 43).

    Two squared terms, each divided by its median over all pairs of a borrower and a lender:
    :math:`d^2 = H_{ik}^2/\mathrm{med}(H^2) + (\ln g_i-\ln g_k)^2/\mathrm{med}`, with H the
    Hellinger distance of the 2022 output mixes (27 goods and services) and g GDP per head. A
    lender without published GDP (Taiwan) is infinitely far from everybody.
    """
    output = icio.trade.sum(axis=2)
    root = np.sqrt(output / output.sum(axis=1, keepdims=True))
    income = np.log(gdp_per_capita(icio, macro))
    column = np.array([icio.regions.index(code) for code in lenders])
    mix = 0.5 * ((root[:, None, :] - root[None, column, :]) ** 2).sum(axis=2)
    gap = (income[:, None] - income[None, column]) ** 2
    published = np.isfinite(income[column])[None, :] & np.isfinite(income)[:, None]
    between = ~np.isin(icio.regions, lenders)[:, None] & published
    squared = mix / np.median(mix[between]) + gap / np.median(gap[between])
    return np.sqrt(np.where(published, squared, np.inf))


def nearest_weights(distance: Float, count: int, power: float) -> tuple[Float, Index]:
    """Weights (rows, lenders) of the `count` nearest lenders, and their positions.

    Weights fall with distance to the given power and sum to one in each row.
    """
    nearest = np.argsort(distance, axis=1, kind="stable")[:, :count]
    closeness = np.maximum(np.take_along_axis(distance, nearest, axis=1), 1e-9) ** -power
    weights = np.zeros_like(distance)
    np.put_along_axis(weights, nearest, closeness / closeness.sum(axis=1, keepdims=True), axis=1)
    return weights, nearest


def choose_donors(icio: Icio, macro: Macro, lenders: list[str]) -> Donors:
    """Choose technology donors by similarity; WIOD countries lend to themselves."""
    is_lender = np.isin(icio.regions, lenders)
    distance = distances(icio, macro, lenders)
    borrowed, nearest = nearest_weights(distance[~is_lender], DONORS, POWER)
    weights = np.zeros_like(distance)
    weights[~is_lender] = borrowed
    rows = np.flatnonzero(is_lender)
    weights[rows, [lenders.index(icio.regions[r]) for r in rows]] = 1.0
    codes = np.full((len(icio.regions), DONORS), "", dtype="<U3")
    shares = np.zeros(codes.shape)
    codes[~is_lender] = np.array(lenders)[nearest]
    shares[~is_lender] = np.take_along_axis(borrowed, nearest, axis=1)
    codes[is_lender, 0], shares[is_lender, 0] = np.array(icio.regions)[is_lender], 1.0
    return Donors(weights, codes, shares, is_lender)


def leave_one_out(
    icio: Icio, macro: Macro, technology: Technology, output: Float, count: int, power: float
) -> tuple[float, float]:
    """Predict every WIOD country from the others; return two mean absolute errors.

    Parameters
    ----------
    output : ndarray, shape (81, 37)
        Weights of the users' columns.
    count, power : int, float
        Number of donors, and power of distance by which their weights fall.

    Returns
    -------
    float, float
        Mean over countries of the error of intermediate inputs, as a share of them, and of
        national value added before calibration, as a share of it.
    """
    lenders = technology.regions
    rows = [icio.regions.index(code) for code in lenders]
    distance = distances(icio, macro, lenders)[rows]
    has_income = np.isfinite(np.diag(distance))
    np.fill_diagonal(distance, np.inf)
    weights = nearest_weights(distance[has_income], count, power)[0]
    x = output[rows][has_income]
    inputs, shares = technology.inputs[has_income], technology.value_added[has_income]
    guess = np.einsum("rd,dij->rij", weights, technology.inputs)
    miss = (np.abs(guess - inputs) * x[:, None, :]).sum(axis=(1, 2))
    total = (inputs * x[:, None, :]).sum(axis=(1, 2))
    value = (np.einsum("rd,dj->rj", weights, technology.value_added) * x).sum(axis=1)
    return (
        float(np.mean(miss / total)),
        float(np.mean(np.abs(value / (shares * x).sum(axis=1) - 1.0))),
    )
