"""Labels of a table as masks: regions, sectors, pairs of countries, flows, product shares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from iomodel.errors import ScenarioError
from iomodel.scenario.checks import ProductShare
from iomodel.scenario.own_groups import OwnGroups
from iomodel.table.groups import groups_for, is_split, region_groups, resolve
from iomodel.typing import Bool, Float, Labels

if TYPE_CHECKING:
    from iomodel.scenario.trade_shocks import BilateralShock
    from iomodel.table.mrio import MRIOTable

__all__ = ["LabelResolver", "spelled"]


class LabelResolver:
    """Masks over the labels of a table, from labels and group names.

    Parameters
    ----------
    table : MRIOTable
    own_groups : OwnGroups, optional
        Groups that the scenario defines.

    Attributes
    ----------
    regions, sectors, final_uses : list of str
        Labels of the table.
    notes : dict of str to None
        Sentences on the reading of names, each once: members that the table lacks, and the like.
    """

    def __init__(self, table: MRIOTable, own_groups: OwnGroups | None = None) -> None:
        self.regions, self.sectors = table.regions, table.sectors
        self.final_uses = table.final_uses
        self.notes: dict[str, None] = {}
        self._region_index = {label: k for k, label in enumerate(self.regions)}
        self._sector_index = {label: k for k, label in enumerate(self.sectors)}
        self._region_groups = region_groups()
        self._sector_groups = groups_for(self.sectors, str(table.attrs["classification"]))
        self._own_groups = OwnGroups() if own_groups is None else own_groups
        self._own_groups.refuse_labels("region", self.regions)
        self._own_groups.refuse_labels("sector", self.sectors)

    def note(self, sentence: str) -> None:
        """Add a sentence to the notes, once."""
        self.notes[sentence] = None

    def region_mask(self, spec: Labels) -> Bool:
        """Regions of a specification, (R,)."""
        return self._mask("region", spec, self._region_index, self._region_groups)

    def sector_mask(self, spec: Labels) -> Bool:
        """Sectors of a specification, (S,)."""
        return self._mask("sector", spec, self._sector_index, self._sector_groups)

    def final_use_mask(self, spec: Labels) -> Bool:
        """Mask of the final uses of a specification, (U,)."""
        return np.isin(self.final_uses, resolve("final use", spec, self.final_uses, {}).labels)

    def _mask(
        self,
        kind: str,
        spec: Labels,
        index: Mapping[str, int],
        groups: Mapping[str, Any],
    ) -> Bool:
        resolution = resolve(kind, spec, list(index), groups, self._own_groups.of(kind))
        for name, members in resolution.absent:
            self.note(
                f"The {kind} group {name} is taken without {', '.join(members)}: not in the table."
            )
        mask = np.zeros(len(index), dtype=bool)
        mask[[index[label] for label in resolution.labels]] = True
        return mask

    def pairs(self, importer: Labels, exporter: Labels) -> Bool:
        """Cross-border pairs [exporter, importer], (R, R)."""
        if importer == "others":
            sources = self.region_mask(exporter)
            users = ~sources
        else:
            users = self.region_mask(importer)
            sources = ~users if exporter == "others" else self.region_mask(exporter)
        on_two_sides = users & sources
        pairs = np.outer(sources, users)
        np.fill_diagonal(pairs, False)
        if not pairs.any():
            raise ScenarioError(
                f"no cross-border flow runs from {spelled(exporter)} to {spelled(importer)}; name "
                "two different regions"
            )
        if on_two_sides.sum() > 1:
            names = ", ".join(self._selected(on_two_sides))
            self.note(f"Trade among {names} is included: they are on both sides of a shock.")
        return pairs

    def pairs_of(self, shock: BilateralShock) -> Bool:
        """Pairs [exporter, importer] of a shock between blocs or in one direction, (R, R)."""
        if shock.between is None:
            return self.pairs(shock.importer or "others", shock.exporter or "others")
        bloc_a, bloc_b = (self.region_mask(bloc) for bloc in shock.between)
        shared = self._selected(bloc_a & bloc_b)
        if shared:
            raise ScenarioError(
                f"between has {', '.join(shared)} in both blocs; they must be disjoint"
            )
        return np.outer(bloc_a, bloc_b) | np.outer(bloc_b, bloc_a)

    def flows(self, pairs: Bool, sectors: Labels) -> Bool:
        """Flows [exporter, sector, importer] of some pairs and sectors, (R, S, R)."""
        return pairs[:, None, :] & self.sector_mask(sectors)[None, :, None]

    def product_shares(self, sectors: Labels, shares: ProductShare) -> Float:
        """Share of the controlled product in each sector, zero elsewhere, (S,).

        A share for a sector that this table splits says nothing of its parts: the parts among
        `sectors` are the product itself.
        """
        mask = self.sector_mask(sectors)
        if isinstance(shares, int | float):
            cells = np.where(mask, float(shares), 0.0)
        else:
            cells = self._shares_by_name(mask, dict(shares))
        partial = (cells > 0.0) & (cells < 1.0)
        if partial.any():
            listed = ", ".join(
                f"{self.sectors[k]} {cells[k]:.3g}" for k in np.flatnonzero(partial).tolist()
            )
            self.note(
                f"The controlled product is a part of its sectors here ({listed}): a small cut of "
                "a large sector understates what the loss of the product stops. A table that has "
                "it as a sector of its own says more."
            )
        return cells

    def _shares_by_name(self, mask: Bool, shares: Mapping[str, float]) -> Float:
        cells = np.zeros(len(self.sectors))
        covered = np.zeros(len(self.sectors), dtype=bool)
        for name, share in shares.items():
            members = self.sector_mask(name)
            if share and (members & ~mask).any() and (members & mask).any() and is_split(name):
                members, share = members & mask, 1.0
            cells[members], covered = share, covered | members
        if not np.array_equal(mask, covered):
            k = int(np.flatnonzero(mask != covered)[0])
            problem = "lacks" if mask[k] else "names, beyond sectors,"
            raise ScenarioError(f"product_share {problem} {self.sectors[k]!r}; give one per sector")
        return cells

    def _selected(self, mask: Bool) -> list[str]:
        return [region for region, selected in zip(self.regions, mask, strict=True) if selected]


def spelled(spec: Labels) -> str:
    """Text of a specification, for messages."""
    return spec if isinstance(spec, str) else ", ".join(spec)
