"""Lowering: the shocks of a scenario applied to arrays in the order of a table's labels.

Tariffs add up in the order of the shocks (or set the level), trade costs multiply, and so do the
fractions delivered after several cuts. A flow is [exporter, sector, importer].
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from iomodel.errors import IOModelError, LabelError, ScenarioError
from iomodel.scenario.content import apply_content_control
from iomodel.scenario.detailed_rates import duty_array
from iomodel.scenario.label_resolver import LabelResolver, spelled
from iomodel.scenario.layers import LayerRow, layer_state
from iomodel.scenario.policy import PolicyArrays, ShockArrays, neutral_arrays
from iomodel.scenario.rent_holders import RENT_SHARES, blended
from iomodel.scenario.timeline import policy_in_force
from iomodel.typing import Float

if TYPE_CHECKING:
    from iomodel.scenario.economy_shocks import DemandChange, Productivity, SupplyCut
    from iomodel.scenario.fields import ScenarioFields
    from iomodel.scenario.tariff_shocks import Tariff, TariffLayer
    from iomodel.scenario.trade_shocks import ContentControl, Embargo, ExportCut, TradeCost
    from iomodel.table.mrio import MRIOTable

__all__ = ["PolicyArrays", "lower"]


@dataclass(frozen=True)
class Draft:
    """Arrays of a policy while its shocks are applied, in place.

    Attributes
    ----------
    table : MRIOTable
    date : datetime.date, optional
        Day for which the scenario is lowered.
    arrays : ShockArrays
    labels : LabelResolver
    """

    table: MRIOTable
    date: dt.date | None
    arrays: ShockArrays
    labels: LabelResolver


def lower(scenario: ScenarioFields, table: MRIOTable, date: dt.date | None = None) -> PolicyArrays:
    """Arrays of a scenario in the order of a table's labels.

    Parameters
    ----------
    scenario : Scenario
        Shocks with names of regions, sectors and groups.
    table : MRIOTable
        Source of the labels and of the tariffs before the shocks.
    date : datetime.date, optional
        Only the shocks in force on that day, and tariff layers as of that day. Default: all shocks
        together; where shocks end or licences take time, the first day on which most shocks hold
        (:mod:`iomodel.scenario.timeline`).

    Returns
    -------
    PolicyArrays

    Raises
    ------
    LabelError
        If a region, sector or final use is neither in the table nor a known group.
    ScenarioError
        If blocs overlap, a shock touches no flow, a product share lacks a sector, or tariffs add up
        to -100 percent or less. Every message names the shock and, for a file, its line.
    """
    in_force = policy_in_force(scenario) if date is None else None
    if in_force is not None:
        policy = lower(scenario, table, in_force.first_day)
        return replace(policy, kinds=scenario.kinds, notes=(*policy.notes, in_force.note))
    current = scenario if date is None else scenario.on(date)
    draft = Draft(table, date, neutral_arrays(table), LabelResolver(table, scenario.groups))
    if "tariff" in current.kinds:
        draft.labels.note(
            "Tariffs start from the table's own rates."
            if "tariff" in table
            else "The table has no tariffs: base rates are zero."
        )
    for position, shock in enumerate(current.shocks):
        try:
            _APPLY[shock.kind](draft, shock)
            _check_tariffs(draft)
        except IOModelError as error:
            kind = LabelError if isinstance(error, LabelError) else ScenarioError
            raise kind(f"{current.where(position)}: {error}") from error
    cells = {item.name: getattr(draft.arrays, item.name) for item in fields(ShockArrays)}
    return PolicyArrays(**cells, kinds=current.kinds, notes=(*scenario.notes, *draft.labels.notes))


def _check_tariffs(draft: Draft) -> None:
    rates, labels = draft.arrays.tariff_new, draft.labels
    if float(rates.min()) > -1.0:
        return
    e, s, i = np.unravel_index(int(rates.argmin()), rates.shape)
    raise ScenarioError(
        f"the duty of {labels.regions[i]} on {labels.sectors[s]} from {labels.regions[e]} becomes "
        f"{rates[e, s, i]:.0%}; it must stay above -100%"
    )


# ---------------------------------------------------------------------- one function per shock
def _tariff(draft: Draft, shock: Tariff) -> None:
    flows = draft.labels.flows(draft.labels.pairs(shock.importer, shock.exporter), shock.sectors)
    if shock.add:
        draft.arrays.tariff_new[flows] += shock.rate
    else:
        draft.arrays.tariff_new[flows] = shock.rate


def _tariff_layer(draft: Draft, shock: TariffLayer) -> None:
    arrays = draft.arrays
    rates = _layer_rates(draft, shock.name, shock.date, may_end=shock.baseline_date is not None)
    if shock.mode != "lift":
        arrays.tariff_new[:] += rates
    if shock.mode != "add":
        arrays.tariff_base[:] += rates
    if shock.mode in ("lift", "in-force"):
        arrays.tariff_observed[:] += rates
    # Before the layer begins there is no duty, which a baseline may well mean.
    if shock.baseline_date is not None and layer_state(shock.name, shock.baseline_date)[0]:
        arrays.tariff_base[:] += _layer_rates(draft, shock.name, shock.baseline_date)


def _layer_rates(draft: Draft, name: str, date: dt.date | None, *, may_end: bool = False) -> Float:
    """Rates of a layer on a day, by default the day of the draft, (R, S, R)."""
    rows, note = layer_state(name, date or draft.date)
    if not rows and date is not None and not may_end:
        raise ScenarioError(note)
    if note:
        draft.labels.note(note)
    rates = np.zeros_like(draft.arrays.tariff_new)
    missing: list[LabelError] = []
    for row in rows:
        try:
            rates += _row_rates(row, draft.labels)
        except LabelError as error:
            # A layer lists every partner of a country; a small table may lack some, not all.
            missing.append(error)
            draft.labels.note(
                f"Tariff layer {row.layer} without {spelled(row.exporter)}: not in the table."
            )
    if rows and len(missing) == len(rows):
        raise missing[0]
    return rates


def _row_rates(row: LayerRow, labels: LabelResolver) -> Float:
    """Rates of one row of a layer, by sector where it has details, (R, S, R)."""
    pairs = labels.pairs(row.importer, row.exporter)
    if row.detail:
        try:
            by_sector: Float = pairs[:, None, :] * duty_array(row, labels)[:, :, None]
            return by_sector
        except LabelError:
            # The mean over goods of one partner is a rate of its; that over partners is nobody's.
            if row.exporter == "others":
                raise
            labels.note(
                f"Tariff layer {row.layer} has one rate here, its mean over goods: the table lacks "
                "the sectors of its rates."
            )
    return np.where(labels.flows(pairs, row.sectors), row.rate, 0.0)


def _export_cut(draft: Draft, shock: ExportCut) -> None:
    pairs = draft.labels.pairs(shock.importers, shock.exporter)
    product_shares = draft.labels.product_shares(shock.sectors, shock.product_share)
    remaining = 1.0 - shock.share_on(draft.date) * product_shares
    _restrict(draft, np.where(pairs[:, None, :], remaining[None, :, None], 1.0), shock.rents)


def _restrict(draft: Draft, remaining: Float, rents: str) -> None:
    """Restrict flows to a fraction of what the rules before leave, (R, S, R)."""
    arrays = draft.arrays
    before = arrays.delivered.copy()
    arrays.delivered[:] *= remaining
    for share, new in zip(
        (arrays.seller_share, arrays.buyer_share), RENT_SHARES[rents], strict=True
    ):
        share[:] = blended(share, before, arrays.delivered, new)


def _supply_cut(draft: Draft, shock: SupplyCut) -> None:
    regions = draft.labels.region_mask(shock.region)
    product_shares = draft.labels.product_shares(shock.sectors, shock.product_share)
    draft.arrays.supply[regions] *= 1.0 - shock.share * product_shares


def _trade_cost(draft: Draft, shock: TradeCost) -> None:
    draft.arrays.trade_cost[draft.labels.flows(draft.labels.pairs_of(shock), shock.sectors)] *= (
        1.0 + shock.increase
    )


def _embargo(draft: Draft, shock: Embargo) -> None:
    draft.arrays.delivered[draft.labels.flows(draft.labels.pairs_of(shock), shock.sectors)] = 0.0


def _content_control(draft: Draft, shock: ContentControl) -> None:
    origin = draft.labels.region_mask(shock.origin)
    importers = draft.labels.region_mask(shock.importers)
    shares = draft.labels.product_shares(shock.sectors, shock.product_share)
    stopped, note = apply_content_control(draft.table, shock, origin, importers, shares)
    _restrict(draft, np.where(stopped, 1.0 - shock.share, 1.0), shock.rents)
    draft.labels.note(note)


def _demand(draft: Draft, shock: DemandChange) -> None:
    users, sectors = draft.labels.region_mask(shock.region), draft.labels.sector_mask(shock.sectors)
    final_uses = draft.labels.final_use_mask(shock.final_uses)
    draft.arrays.demand[np.ix_(np.ones_like(users), sectors, users, final_uses)] *= (
        1.0 + shock.change
    )


def _productivity(draft: Draft, shock: Productivity) -> None:
    cells = np.ix_(draft.labels.region_mask(shock.region), draft.labels.sector_mask(shock.sectors))
    draft.arrays.productivity[cells] *= 1.0 + shock.change


_APPLY: Mapping[str, Callable[[Draft, Any], None]] = {
    "tariff": _tariff,
    "tariff_layer": _tariff_layer,
    "export_cut": _export_cut,
    "supply_cut": _supply_cut,
    "trade_cost": _trade_cost,
    "embargo": _embargo,
    "content_control": _content_control,
    "demand": _demand,
    "productivity": _productivity,
}
