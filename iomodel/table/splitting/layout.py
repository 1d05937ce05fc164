"""Layout of a sector split: the parent's cells out of a table, and the parts' cells into one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Generic

import numpy as np

from iomodel.errors import LabelError, unknown_label
from iomodel.table.balancing.ras import gras
from iomodel.table.groups import split_classification
from iomodel.table.labelled import Table
from iomodel.table.splitting.cells import Cells, Totals
from iomodel.table.splitting.seed import complete_shares, fill_unstated_parts, is_stated
from iomodel.table.splitting.shares import read_weights
from iomodel.table.splitting.specification import SplitSpec
from iomodel.typing import Float, Index

__all__ = ["SplitLayout"]


class SplitLayout(Generic[Table]):
    """Positions of a parent sector and its parts in a table.

    Attributes
    ----------
    table : MRIOTable
        With the parent.
    spec : SplitSpec
    R, S, P, k : int
        Numbers of regions, sectors and parts, and the position of the parent.
    unsplit : ndarray of int, shape (S - 1,)
        Positions of the sectors that are not split.
    """

    def __init__(self, table: Table, spec: SplitSpec) -> None:
        self.table, self.spec = table, spec
        self.R, self.S = table.shape
        self.P, self.k = len(spec.parts), spec.position
        self.unsplit = np.flatnonzero(np.arange(self.S) != self.k)

    def totals(self) -> Totals:
        """Parent's cells, output of the parts and, with known trade, their bilateral sales."""
        table, k, unsplit = self.table, self.k, self.unsplit
        Z, Y, V = table.Z.values, table.Y.values, table.V.values
        rows = np.concatenate([Z[:, k][:, :, unsplit], Y[:, k]], axis=2)
        bought = Z[..., k][:, unsplit].reshape(-1, self.R)
        columns = np.concatenate([bought, V[:, :, k]], axis=0)
        weights = self.spec.weights
        totals = Totals(
            rows=rows,
            columns=columns,
            block=np.ascontiguousarray(Z[:, k, :, k]),
            output=weights * table.x.values[:, k, None],
            bilateral=np.zeros((self.R, self.P, 0)),
        )
        if np.isnan(self.spec.trade).all():
            return totals
        return Totals(rows, columns, totals.block, totals.output, self._bilateral(totals))

    def _bilateral(self, totals: Totals) -> Float:
        """Balance the sales of parts to regions: stated shares, parent's sales, part's output."""
        parent = totals.rows.sum(axis=2) + totals.block
        share = complete_shares(self.spec.trade.transpose(1, 0, 2), parent[:, None, :])
        seed = np.maximum(totals.output[..., None] * share, 0.0) * (parent[:, None] != 0)
        stated = is_stated(self.spec.trade)
        seed = fill_unstated_parts(seed, np.abs(parent), self.spec.weights, stated)
        seed *= np.sign(parent)[:, None]
        labels = list(self.spec.parts)
        return gras(seed, totals.output, parent, row_labels=labels).matrix

    def assemble(
        self,
        cells: Cells,
        totals: Totals,
        extensions: Mapping[str, object],
        names: Sequence[str] | None,
        text: str,
    ) -> Table:
        """Table with the parts in the parent's place."""
        table, R, S, P, k = self.table, self.R, self.S, self.P, self.k
        parent = np.repeat(np.arange(S), np.where(np.arange(S) == k, P, 1))
        unsplit, split = np.flatnonzero(parent != k), slice(k, k + P)
        n_other = S - 1
        Z = table.Z.values[:, parent][..., parent]
        Z[:, unsplit, :, split] = cells.columns[: R * n_other].reshape(R, n_other, R, P)
        Z[:, split, :, unsplit] = cells.rows[..., :n_other]
        Z[:, split, :, split] = cells.block
        Y = table.Y.values[:, parent]
        Y[:, split] = cells.rows[..., n_other:]
        V = table.V.values[..., parent]
        V[..., split] = cells.columns[R * n_other :]
        x = table.x.values[:, parent]
        x[:, split] = totals.output
        primary = table.V["primary_input"].values
        attrs = {a: v for a, v in table.attrs.items() if a != "history"}
        attrs["classification"] = split_classification(
            str(attrs["classification"]), self.spec.sector, self.spec.parts
        )
        family = dict(attrs.pop("parent_sector", {}))
        origin = family.get(self.spec.sector, self.spec.sector)
        attrs["parent_sector"] = {**family, **dict.fromkeys(self.spec.parts, origin)}
        return type(table).from_arrays(
            Z,
            Y,
            V,
            x,
            regions=table.regions,
            sectors=self._relabelled(table.sectors, self.spec.parts),
            sector_names=self._relabelled(
                [str(s) for s in table.x["sector_name"].values], self._names(names)
            ),
            final_uses=table.final_uses,
            primary_inputs=primary,
            value_added_inputs=primary[table.V["counts_as_value_added"].values],
            tariff=table.tariff.values[:, parent] if "tariff" in table else None,
            history=[*table.history, text],
            negative_value_added="accept",
            unusual_tariffs="accept",
            **self._extensions(extensions, parent, split),
            **attrs,
        )

    def _names(self, names: Sequence[str] | None) -> Sequence[str]:
        if names is not None and len(names) != self.P:
            raise LabelError(f"{len(names)} names for {self.P} parts")
        return self.spec.parts if names is None else names

    def _relabelled(self, labels: Sequence[str], parts: Sequence[str]) -> list[str]:
        return [*labels[: self.k], *parts, *labels[self.k + 1 :]]

    def _extensions(
        self, weights_by_name: Mapping[str, object], parent: Index, split: slice
    ) -> dict[str, Any]:
        table = self.table
        if "extensions" not in table:
            if weights_by_name:
                name = next(iter(weights_by_name))
                raise LabelError(f"the table has no extension {name!r} to split")
            return {}
        labels = [str(e) for e in table.extensions["extension"].values]
        for name in weights_by_name:
            if name not in labels:
                raise unknown_label("extension", name, labels)
        cells = table.extensions.values[..., parent]
        for e, name in enumerate(labels):
            weights = self.spec.weights
            if name in weights_by_name:
                weights = read_weights(weights_by_name[name], table.regions, self.spec.parts)
            cells[e][:, split] = weights * table.extensions.values[e, :, self.k, None]
        units = [str(u) for u in table.extensions["extension_unit"].values]
        return {
            "extensions": dict(zip(labels, cells, strict=True)),
            "extension_units": dict(zip(labels, units, strict=True)),
        }
