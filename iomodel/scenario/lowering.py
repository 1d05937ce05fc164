"""From shocks with names to arrays in the order of a table's labels.

Tariffs add up in the order of the shocks (or set the level), trade costs multiply, and what is left
of a delivery after several cuts multiplies. A flow is [exporter, sector, importer].
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from iomodel.errors import IOModelError, LabelError, ScenarioError
from iomodel.scenario import shocks as sh
from iomodel.scenario.checks import Labels, ProductShare
from iomodel.scenario.content import apply_content_control
from iomodel.scenario.layers import layer_state
from iomodel.scenario.policy import PolicyArrays
from iomodel.scenario.timeline import YEAR, mean_policy, spans, steps_from
from iomodel.table.groups import groups_for, is_split, region_groups, resolve
from iomodel.typing import Bool, Float

if TYPE_CHECKING:
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["Draft", "PolicyArrays", "blank", "lower"]


@dataclass
class Draft:
    """The arrays of a :class:`PolicyArrays` while shocks are applied, with the labels to resolve.

    Attributes are those of :class:`PolicyArrays`, and `table`, `date` (the day asked for, or None).
    """

    table: MRIOTable
    date: dt.date | None
    tariff_observed: Float
    tariff_base: Float
    tariff_new: Float
    trade_cost: Float
    delivered: Float
    supply: Float
    demand: Float
    productivity: Float
    notes: dict[str, None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.regions, self.sectors = self.table.regions, self.table.sectors
        self._region_index = {label: k for k, label in enumerate(self.regions)}
        self._sector_index = {label: k for k, label in enumerate(self.sectors)}
        self._region_groups = region_groups()
        self._sector_groups = groups_for(self.sectors, str(self.table.attrs["classification"]))

    def note(self, sentence: str) -> None:
        """Keep a sentence for the reader, once."""
        self.notes[sentence] = None

    def region_mask(self, spec: Labels) -> Bool:
        """Return which regions a specification stands for, (R,)."""
        return self._mask("region", spec, self._region_index, self._region_groups)

    def sector_mask(self, spec: Labels) -> Bool:
        """Return which sectors a specification stands for, (S,)."""
        return self._mask("sector", spec, self._sector_index, self._sector_groups)

    def _mask(
        self,
        kind: str,
        spec: Labels,
        index: Mapping[str, int],
        groups: Mapping[str, Any],
    ) -> Bool:
        found = resolve(kind, spec, list(index), groups)
        for name, members in found.absent:
            self.note(
                f"The {kind} group {name} is taken without {', '.join(members)}: not in the table."
            )
        mask = np.zeros(len(index), dtype=bool)
        mask[[index[label] for label in found.labels]] = True
        return mask

    def pairs(self, importer: Labels, exporter: Labels) -> Bool:
        """Return which cross-border pairs [exporter, importer] are meant, (R, R)."""
        if importer == "others":
            sources = self.region_mask(exporter)
            users = ~sources
        else:
            users = self.region_mask(importer)
            sources = ~users if exporter == "others" else self.region_mask(exporter)
        both = users & sources
        pairs = np.outer(sources, users)
        np.fill_diagonal(pairs, False)
        if not pairs.any():
            raise ScenarioError(
                f"no cross-border flow runs from {_say(exporter)} to {_say(importer)}; name two "
                "different regions"
            )
        if both.sum() > 1:
            named = ", ".join(r for r, hit in zip(self.regions, both, strict=True) if hit)
            self.note(f"Trade among {named} is included: they are on both sides of a shock.")
        return pairs

    def pairs_of(self, shock: sh.TradeCost | sh.Embargo) -> Bool:
        """Return the pairs [exporter, importer] of a shock that names blocs or one way, (R, R)."""
        if shock.between is None:
            return self.pairs(shock.importer or "others", shock.exporter or "others")
        first, second = (self.region_mask(bloc) for bloc in shock.between)
        shared = [r for r, hit in zip(self.regions, first & second, strict=True) if hit]
        if shared:
            raise ScenarioError(
                f"between has {', '.join(shared)} in both blocs; they must be disjoint"
            )
        return np.outer(first, second) | np.outer(second, first)

    def flows(self, pairs: Bool, sectors: Labels) -> Bool:
        """Return the flows [exporter, sector, importer] of some pairs and sectors, (R, S, R)."""
        return pairs[:, None, :] & self.sector_mask(sectors)[None, :, None]

    def product_shares(self, sectors: Labels, shares: ProductShare) -> Float:
        """Return the share of the controlled product in each sector, zero elsewhere, (S,).

        A share given for a sector that this table splits says nothing of its parts: those that
        `sectors` names are the product itself.
        """
        mask = self.sector_mask(sectors)
        cells = np.zeros(len(self.sectors))
        told = np.zeros(len(self.sectors), dtype=bool)
        if isinstance(shares, int | float):
            cells, told = np.where(mask, float(shares), 0.0), mask
            shares = {}
        for name, share in dict(shares).items():
            part = self.sector_mask(name)
            if share and (part & ~mask).any() and (part & mask).any() and is_split(name):
                part, share = part & mask, 1.0
            cells[part], told = share, told | part
        if not np.array_equal(mask, told):
            k = int(np.flatnonzero(mask != told)[0])
            what = "lacks" if mask[k] else "names, beyond sectors,"
            raise ScenarioError(f"product_share {what} {self.sectors[k]!r}; give one per sector")
        partial = (cells > 0.0) & (cells < 1.0)
        if partial.any():
            said = ", ".join(
                f"{self.sectors[k]} {cells[k]:.3g}" for k in np.flatnonzero(partial).tolist()
            )
            self.note(
                f"The controlled product is a part of its sectors here ({said}): a small cut of a "
                "large sector understates what the loss of the product stops. A table that has it "
                "as a sector of its own says more."
            )
        return cells


def lower(scenario: Scenario, table: MRIOTable, date: dt.date | None = None) -> PolicyArrays:
    """Turn the shocks of a scenario into arrays with the labels of a table.

    Parameters
    ----------
    scenario : Scenario
        Shocks with names of regions, sectors and groups.
    table : MRIOTable
        Gives the labels, and the tariffs that new ones start from.
    date : datetime.date, optional
        Only the shocks in force on that day, and tariff layers as of that day. Default: all shocks
        together; where shocks end or licences take time, the mean over the year from the first
        start (:mod:`iomodel.scenario.timeline`).

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
    begin = steps_from(scenario) if date is None else None
    if begin is not None:
        stretches = spans([scenario], begin, YEAR)
        policies = [lower(scenario, table, day) for day, _ in stretches]
        return mean_policy(policies, stretches)
    chosen = scenario if date is None else scenario.on(date)
    draft = blank(table, date)
    if "tariff" in chosen.kinds:
        draft.note(
            "Tariffs start from the table's own rates."
            if "tariff" in table
            else "The table has no tariffs: base rates are zero."
        )
    for position, shock in enumerate(chosen.shocks):
        try:
            _APPLY[shock.kind](draft, shock)
            _check_tariffs(draft)
        except IOModelError as error:
            kind = LabelError if isinstance(error, LabelError) else ScenarioError
            raise kind(f"{chosen.where(position)}: {error}") from error
    return PolicyArrays(
        tariff_observed=draft.tariff_observed,
        tariff_base=draft.tariff_base,
        tariff_new=draft.tariff_new,
        trade_cost=draft.trade_cost,
        delivered=draft.delivered,
        supply=draft.supply,
        demand=draft.demand,
        productivity=draft.productivity,
        kinds=chosen.kinds,
        notes=(*scenario.notes, *draft.notes),
    )


def blank(table: MRIOTable, date: dt.date | None) -> Draft:
    """Return a draft in which nothing has happened yet."""
    R, S = table.shape
    base = np.array(table.tariff.values) if "tariff" in table else np.zeros((R, S, R))
    return Draft(
        table=table,
        date=date,
        tariff_observed=base.copy(),
        tariff_base=base,
        tariff_new=base.copy(),
        trade_cost=np.ones((R, S, R)),
        delivered=np.ones((R, S, R)),
        supply=np.ones((R, S)),
        demand=np.ones((R, S, R, len(table.final_uses))),
        productivity=np.ones((R, S)),
    )


def _check_tariffs(draft: Draft) -> None:
    if float(draft.tariff_new.min()) > -1.0:
        return
    e, s, i = np.unravel_index(int(draft.tariff_new.argmin()), draft.tariff_new.shape)
    raise ScenarioError(
        f"the duty of {draft.regions[i]} on {draft.sectors[s]} from {draft.regions[e]} becomes "
        f"{draft.tariff_new[e, s, i]:.0%}; it must stay above -100%"
    )


# ---------------------------------------------------------------------- one function per shock
def _tariff(draft: Draft, shock: sh.Tariff) -> None:
    flows = draft.flows(draft.pairs(shock.importer, shock.exporter), shock.sectors)
    if shock.add:
        draft.tariff_new[flows] += shock.rate
    else:
        draft.tariff_new[flows] = shock.rate


def _tariff_layer(draft: Draft, shock: sh.TariffLayer) -> None:
    rows, note = layer_state(shock.name, shock.date or draft.date)
    if not rows and shock.date is not None:
        raise ScenarioError(note)
    if note:
        draft.note(note)
    missing: list[LabelError] = []
    for row in rows:
        try:
            flows = draft.flows(draft.pairs(row.importer, row.exporter), row.sectors)
        except LabelError as error:
            # A layer lists every partner of a country; a small table may lack some, not all.
            missing.append(error)
            draft.note(f"Tariff layer {row.layer} without {_say(row.exporter)}: not in the table.")
            continue
        if shock.mode != "lift":
            draft.tariff_new[flows] += row.rate
        if shock.mode != "add":
            draft.tariff_base[flows] += row.rate
        if shock.mode in ("lift", "in-force"):
            draft.tariff_observed[flows] += row.rate
    if rows and len(missing) == len(rows):
        raise missing[0]


def _export_cut(draft: Draft, shock: sh.ExportCut) -> None:
    pairs = draft.pairs(shock.importers, shock.exporter)
    left = 1.0 - shock.share_on(draft.date) * draft.product_shares(
        shock.sectors, shock.product_share
    )
    np.multiply(draft.delivered, left[None, :, None], out=draft.delivered, where=pairs[:, None, :])


def _supply_cut(draft: Draft, shock: sh.SupplyCut) -> None:
    regions = draft.region_mask(shock.region)
    left = 1.0 - shock.share * draft.product_shares(shock.sectors, shock.product_share)
    draft.supply[regions] *= left


def _trade_cost(draft: Draft, shock: sh.TradeCost) -> None:
    draft.trade_cost[draft.flows(draft.pairs_of(shock), shock.sectors)] *= 1.0 + shock.increase


def _embargo(draft: Draft, shock: sh.Embargo) -> None:
    draft.delivered[draft.flows(draft.pairs_of(shock), shock.sectors)] = 0.0


def _content_control(draft: Draft, shock: sh.ContentControl) -> None:
    origin = draft.region_mask(shock.origin)
    importers = draft.region_mask(shock.importers)
    shares = draft.product_shares(shock.sectors, shock.product_share)
    stopped, note = apply_content_control(draft.table, shock, origin, importers, shares)
    draft.delivered[stopped] *= 1.0 - shock.share
    draft.note(note)


def _demand(draft: Draft, shock: sh.DemandChange) -> None:
    users, sectors = draft.region_mask(shock.region), draft.sector_mask(shock.sectors)
    uses = draft.table.final_uses
    columns = np.isin(uses, resolve("final use", shock.final_uses, uses, {}).labels)
    draft.demand[np.ix_(np.ones_like(users), sectors, users, columns)] *= 1.0 + shock.change


def _productivity(draft: Draft, shock: sh.Productivity) -> None:
    cells = np.ix_(draft.region_mask(shock.region), draft.sector_mask(shock.sectors))
    draft.productivity[cells] *= 1.0 + shock.change


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


def _say(spec: Labels) -> str:
    return spec if isinstance(spec, str) else ", ".join(spec)
