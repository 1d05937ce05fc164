"""Options of the equilibrium as the engine takes them, and as the effects record them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import xarray as xr

import iomodel.equilibrium as ge
from iomodel.equilibrium.closures import LABOUR
from iomodel.errors import IOModelError, unknown_label
from iomodel.models.elasticities import resolve_elasticities
from iomodel.models.horizons import NESTS, horizon_elasticities, horizon_of
from iomodel.models.options import closure_of
from iomodel.typing import Nest

if TYPE_CHECKING:
    from iomodel.scenario.policy import PolicyArrays
    from iomodel.table.mrio import MRIOTable

__all__ = ["Given", "Parameters", "numeraire_note", "numeraire_of", "parameters_of"]

NUMERAIRE = {
    "world": "world factor income",
    "wage": "the mean factor reward of {}",
    "price": "the consumer price of {}",
}


@dataclass(frozen=True)
class Given:
    """What a user gives in place of parts of a horizon, None where nothing."""

    closure: str | None
    elasticities: str | float | xr.DataArray | None
    nest: str | Nest | None


@dataclass(frozen=True)
class Parameters:
    """A horizon with what the user gives in place of its parts.

    Attributes
    ----------
    nested : Elasticities
    closure : str
        Labour closure.
    record : mapping
        For the effects, with citations.
    """

    nested: ge.Elasticities
    closure: str
    record: Mapping[str, Any]


def parameters_of(table: MRIOTable, policy: PolicyArrays, horizon: str, given: Given) -> Parameters:
    """Return a horizon's parameters, with what the user gives in place of its own.

    Raises
    ------
    LabelError
        If the horizon, closure, nest or set of elasticities is unknown.
    """
    preset = horizon_of(horizon)
    sigma, source = _nest(preset.nest if given.nest is None else given.nest)
    labour = closure_of("equilibrium", given.closure or preset.closure, LABOUR)
    if given.elasticities is None:
        closes = bool((policy.delivered == 0.0).any() or (policy.supply == 0.0).any())
        theta, used = horizon_elasticities(preset, table, closes=closes)
    else:
        theta, used = resolve_elasticities(given.elasticities, table)
    replaced = [item.name for item in fields(given) if getattr(given, item.name) is not None]
    record = {
        "horizon": {
            "value": preset.name,
            "title": preset.title,
            **({"replaced": replaced} if replaced else {}),
        },
        "elasticities": used,
        "nest": {"value": list(sigma), **({"citation": source} if source else {})},
        "closure": labour,
    }
    return Parameters(ge.Elasticities(theta, *sigma), labour, record)


def numeraire_of(numeraire: str, table: MRIOTable) -> dict[str, Any]:
    """Return what the engine calls a numeraire such as ``price:USA``."""
    kind, _, region = numeraire.partition(":")
    if kind not in NUMERAIRE or bool(region) != (kind != "world"):
        raise unknown_label("numeraire", numeraire, ("world", "wage:REGION", "price:REGION"))
    if not region:
        return {}
    if region not in table.regions:
        raise unknown_label("region", region, table.regions)
    return {"numeraire": kind, "region": table.regions.index(region)}


def numeraire_note(numeraire: str, closure: str) -> str:
    """Say what nominal values are relative to."""
    if closure == "rigid":
        return "Nominal values and prices are relative to wages, which do not move."
    kind, _, region = numeraire.partition(":")
    what = NUMERAIRE[kind].format(region)
    return f"Nominal values and prices are relative to {what}, which is the numeraire."


# ---------------------------------------------------------------------- helpers
def _nest(nest: str | Nest) -> tuple[Nest, str]:
    if isinstance(nest, str):
        if nest not in NESTS:
            raise unknown_label("nest", nest, NESTS)
        return NESTS[nest]
    if len(nest) != 3:
        raise IOModelError(f"a nest has three elasticities (sigma_v, sigma_m, sigma_c); got {nest}")
    first, second, third = (float(value) for value in nest)
    return (first, second, third), ""
