"""What makes no sense is refused before anything is solved."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from iomodel.errors import InfeasibleError, IOModelError
from iomodel.typing import Bool, Float

__all__ = ["check_ranges", "check_suppliers"]


def check_ranges(parts: Mapping[str, Float], shape: tuple[int, int]) -> None:
    """Refuse elasticities and factors out of range.

    Parameters
    ----------
    parts : mapping of str to ndarray
        As :func:`iomodel.equilibrium.solver.preparation.prepare` has them, with a leading axis.
    shape : (int, int)
        Sectors and regions.

    Raises
    ------
    IOModelError
    """
    if parts["theta"].shape[1] != shape[0]:
        raise IOModelError(f"theta has {parts['theta'].shape[1]} sectors; the base has {shape[0]}")
    substitution = "elasticities of substitution must be finite and not negative"
    for name, lowest, what in (
        ("theta", -1.0, "theta = sigma - 1 must be finite and at least -1"),
        ("sigma_v", 0.0, substitution),
        ("sigma_m", 0.0, substitution),
        ("sigma_c", 0.0, substitution),
    ):
        part = parts[name]
        if not (np.isfinite(part).all() and part.min() >= lowest):
            raise IOModelError(f"{name} runs from {part.min():g} to {part.max():g}; {what}")
        if name.startswith("sigma") and any(
            a not in (1, b) for a, b in zip(part.shape[1:], shape, strict=True)
        ):
            raise IOModelError(
                f"{name} has shape {part.shape[1:]}; it needs {shape}, axes of one being repeated"
            )
    for name in ("cost", "productivity", "endowment"):
        if not (parts[name] > 0.0).all():
            raise IOModelError(f"{name} has a factor that is not positive; one means no change")
    for name in ("tariff", "export_tax"):
        if not (parts[name] > -1.0).all():
            raise IOModelError(f"a new {name} is -100 percent or less; check the rates")


def check_suppliers(shut: Bool, theta: Float, used: Bool) -> None:
    """Refuse closed flows that leave a destination without something it needs.

    Parameters
    ----------
    shut : ndarray of bool, shape (B, S, I, N)
        Closed flows.
    theta : ndarray, shape (B, S, 1)
    used : ndarray of bool, shape (S, I, U, N)
        Flows there are in the base.

    Raises
    ------
    InfeasibleError
    """
    if not shut.any():
        return
    closed = shut[:, :, :, None, :] & used
    bought = used.any(axis=1)
    lost = bought & ~(used & ~closed).any(axis=2)
    needed = (closed & (theta <= 0.0)[..., None, None]).any(axis=2)
    for bad, why in (
        (lost, "has no supplier left"),
        (needed, "loses an origin that cannot be replaced (theta is not positive)"),
    ):
        if bad.any():
            _, sector, _, region = (int(k) for k in np.argwhere(bad)[0])
            raise InfeasibleError(
                f"sector {sector} in region {region} {why}; leave a flow open, or aggregate the "
                "sectors"
            )
