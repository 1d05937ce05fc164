"""Checks of elasticities, factors and closed flows before a solve."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from iomodel.equilibrium.economy import Economy
from iomodel.equilibrium.names import Names
from iomodel.errors import InfeasibleError, IOModelError
from iomodel.typing import Bool, Float

__all__ = ["check_ranges", "check_regions", "check_suppliers"]


def check_ranges(inputs: Mapping[str, Float], shape: tuple[int, int]) -> None:
    """Check that elasticities and factors are in range.

    Parameters
    ----------
    inputs : mapping of str to ndarray
        As in :func:`iomodel.equilibrium.solver.preparation.prepare`, with a leading axis.
    shape : (int, int)
        Sectors and regions.

    Raises
    ------
    IOModelError
    """
    if inputs["theta"].shape[1] != shape[0]:
        raise IOModelError(f"theta has {inputs['theta'].shape[1]} sectors; the base has {shape[0]}")
    substitution = "elasticities of substitution must be finite and not negative"
    for name, lowest, rule in (
        ("theta", -1.0, "theta = sigma - 1 must be finite and at least -1"),
        ("sigma_v", 0.0, substitution),
        ("sigma_m", 0.0, substitution),
        ("sigma_c", 0.0, substitution),
    ):
        array = inputs[name]
        if not (np.isfinite(array).all() and array.min() >= lowest):
            raise IOModelError(f"{name} runs from {array.min():g} to {array.max():g}; {rule}")
        if name.startswith("sigma") and any(
            a not in (1, b) for a, b in zip(array.shape[1:], shape, strict=True)
        ):
            raise IOModelError(
                f"{name} has shape {array.shape[1:]}; it needs {shape}, axes of one being repeated"
            )
    for name in ("cost", "productivity", "endowment"):
        if not (inputs[name] > 0.0).all():
            raise IOModelError(f"{name} has a factor that is not positive; one means no change")
    for name in ("tariff", "export_tax"):
        if not (inputs[name] > -1.0).all():
            raise IOModelError(f"a new {name} is -100 percent or less; check the rates")


def check_regions(base: Economy) -> None:
    """Check that every region earns something and has something to spend it on.

    Raises
    ------
    InfeasibleError
    """
    earns, spends = base.income > 0.0, base.final_share.sum(axis=0) > 0.0
    if not earns.all():
        regions = base.names.listed(np.flatnonzero(~earns))
        raise InfeasibleError(
            f"no industry of {regions} produces anything, so that nothing is earned there; add its "
            "purchases to a region that produces: table.aggregate(regions=...)"
        )
    if not spends.all():
        regions = base.names.listed(np.flatnonzero(~spends))
        raise InfeasibleError(
            f"no final demand in {regions}: income there can be spent on nothing; correct final "
            "uses, or add the region to another one: table.aggregate(regions=...)"
        )


def check_suppliers(shut: Bool, theta: Float, used: Bool, names: Names) -> None:
    """Check that closed flows leave every destination a supplier of each good it needs.

    Parameters
    ----------
    shut : ndarray of bool, shape (B, S, I, N)
        Closed flows.
    theta : ndarray, shape (B, S, 1)
    used : ndarray of bool, shape (S, I, U, N)
        Flows of the base that are not zero.
    names : Names

    Raises
    ------
    InfeasibleError
    """
    if not shut.any():
        return
    closed = shut[:, :, :, None, :] & used
    bought = used.any(axis=1)
    unsupplied = bought & ~(used & ~closed).any(axis=2)
    irreplaceable = (closed & (theta <= 0.0)[..., None, None]).any(axis=2)
    for violation, reason in (
        (unsupplied, "has no supplier left"),
        (irreplaceable, "loses an origin that cannot be replaced (theta is not positive)"),
    ):
        if violation.any():
            _, sector, _, region = (int(k) for k in np.argwhere(violation)[0])
            raise InfeasibleError(
                f"{names.industry(sector, region)} {reason}; leave a flow open, or aggregate the "
                "sectors"
            )
