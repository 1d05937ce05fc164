"""Aggregation of regions and sectors of a table."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from iomodel.errors import TableError
from iomodel.table.arrays import VARIABLE_DIMS
from iomodel.table.concordance import Concordance, Grouping, grouping
from iomodel.table.groups import region_groups, resolve_regions, resolve_sectors, sector_groups
from iomodel.table.labelled import LabelledTable, Table
from iomodel.typing import Float

__all__ = ["aggregate"]


def aggregate(
    table: Table,
    regions: Concordance | None = None,
    sectors: Concordance | None = None,
    *,
    unmapped: str = "error",
) -> Table:
    r"""Add regions and sectors together.

    With the 0/1 concordance :math:`C` (new by old industries) the new flows are
    :math:`C Z C'`, outputs :math:`C x` and primary inputs :math:`V C'` [MillerBlair2009]_.
    Every accounting identity of the table is kept.

    Parameters
    ----------
    table : MRIOTable
        Table to aggregate.
    regions, sectors : mapping, pandas.Series, pandas.DataFrame or None
        Concordance: ``{old: new}``, ``{new: [old or group name, ...]}``, a Series with old labels
        as its index, a frame with columns ``old`` and ``new``, or a 0/1 frame (old by new). None
        leaves the labels alone.
    unmapped : str
        Treatment of labels outside the concordance: ``"error"``, ``"keep"``, or the new label for
        them all.

    Returns
    -------
    MRIOTable
        New labels in the order in which they first appear along the old ones.

    Raises
    ------
    LabelError
        Lists labels that are unknown, not mapped, or mapped to two new labels.
    TableError
        If the table holds a variable that cannot be added up.

    Notes
    -----
    Flows, primary inputs, outputs and extensions are summed. A tariff becomes the average weighted
    by the value of the flows that it covers, intermediate and final, so that the revenue at base
    flows is unchanged; where these flows are zero it is the simple mean. Trade between regions that
    are merged becomes domestic and keeps its average rate. After sectors are merged the labels are
    no longer codes of the old classification, so that attribute is emptied.
    """
    unknown = [str(name) for name in table.dataset.data_vars if name not in VARIABLE_DIMS]
    if unknown:
        raise TableError(f"do not know how to aggregate {', '.join(unknown)}; drop it first")
    code = str(table.attrs["classification"])
    by_region = grouping(
        "region",
        table.regions,
        regions,
        unmapped,
        lambda name: resolve_regions(name, table.regions),
        region_groups(),
    )
    by_sector = grouping(
        "sector",
        table.sectors,
        sectors,
        unmapped,
        lambda name: resolve_sectors(name, table.sectors, code),
        sector_groups(code),
    )
    if by_region.is_identity and by_sector.is_identity:
        return table.with_history("aggregate: no label changed")
    industries = sparse.csr_array(sparse.kron(by_region.matrix, by_sector.matrix))
    users = sparse.csr_array(sparse.kron(by_region.matrix, sparse.eye_array(len(table.final_uses))))
    attrs = {k: v for k, v in table.attrs.items() if k != "history"}
    if not by_sector.is_identity:
        attrs["classification"] = ""
    primary = table.V["primary_input"].values
    extensions = _extensions(table, industries)
    return type(table).from_arrays(
        _aggregated(industries, table.Z2, industries),
        _aggregated(industries, table.Y2, users),
        _aggregated_columns(table.V2, industries),
        industries @ table.x1,
        regions=by_region.new,
        sectors=by_sector.new,
        final_uses=table.final_uses,
        primary_inputs=primary,
        value_added_inputs=primary[table.V["counts_as_value_added"].values],
        sector_names=_sector_names(table, by_sector),
        tariff=_tariff(table, industries, by_region) if "tariff" in table else None,
        extensions=extensions,
        extension_units=_extension_units(table),
        validate=False,
        # Trade within a merged region keeps its mean duty.
        unusual_tariffs="accept",
        history=[*table.history, *_history(by_region, by_sector)],
        **attrs,
    )


# ---------------------------------------------------------------------- helpers
def _aggregated_columns(cells: Float, concordance: sparse.csr_array) -> Float:
    """``cells @ concordance.T``, C-contiguous."""
    return np.ascontiguousarray((concordance @ cells.T).T)


def _aggregated(rows: sparse.csr_array, cells: Float, columns: sparse.csr_array) -> Float:
    """``rows @ cells @ columns.T``; rows first, so that `cells` is read once in order."""
    return _aggregated_columns(np.asarray(rows @ cells), columns)


def _extensions(table: LabelledTable, industries: sparse.csr_array) -> dict[str, Float] | None:
    if "extensions" not in table:
        return None
    names = [str(name) for name in table.extensions["extension"].values]
    cells = _aggregated_columns(table.extensions.values.reshape(len(names), table.n), industries)
    return dict(zip(names, cells, strict=True))


def _extension_units(table: LabelledTable) -> dict[str, str]:
    if "extensions" not in table:
        return {}
    names = map(str, table.extensions["extension"].values)
    return dict(zip(names, map(str, table.extensions["extension_unit"].values), strict=True))


def _tariff(table: LabelledTable, industries: sparse.csr_array, by_region: Grouping) -> Float:
    """Average tariffs (exporter, sector, importer) by the flows that they cover."""
    n, importers = table.n, by_region.matrix
    flows = table.Z.values.sum(axis=3).reshape(n, -1) + table.Y.values.sum(axis=3).reshape(n, -1)
    # A drawn-down inventory can make a flow negative; it pays no tariff and carries no weight.
    weights = np.maximum(flows, 0.0)
    rates = table.tariff.values.reshape(n, -1)
    total = _aggregated(industries, weights, importers)
    count = _aggregated(industries, np.ones_like(weights), importers)
    mean = _aggregated(industries, rates, importers) / count
    revenue = _aggregated(industries, rates * weights, importers)
    average = np.divide(revenue, total, out=mean, where=total > 0)
    return average.reshape(len(by_region.new), -1, len(by_region.new))


def _sector_names(table: LabelledTable, by_sector: Grouping) -> list[str]:
    """Long name of an unmerged sector; the new label for a merged one."""
    name_by_sector = dict(zip(table.sectors, map(str, table.x["sector_name"].values), strict=True))
    return [
        name_by_sector[merged[0]] if len(merged) == 1 else label
        for label, merged in by_sector.members().items()
    ]


def _history(by_region: Grouping, by_sector: Grouping) -> list[str]:
    changes = [
        f"{len(g.old)} {kind} to {len(g.new)} ({g})"
        for kind, g in (("regions", by_region), ("sectors", by_sector))
        if not g.is_identity
    ]
    return [f"aggregate: {', '.join(changes)}"]
