r"""Split of a sector into parts with known shares: the inverse of aggregation.

With output weights alone there is one natural answer, that of [Wolsky1984]_: every part buys and
sells like its parent. It is the starting point here; end uses, cost structures and own trade make
the parts differ, and a balancing step makes the result add up again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from numpy.typing import ArrayLike

from iomodel.table.labelled import Table
from iomodel.table.splitting.closed_cells import refuse_closed_cells
from iomodel.table.splitting.layout import SplitLayout
from iomodel.table.splitting.scaling import fit
from iomodel.table.splitting.seed import seed_cells
from iomodel.table.splitting.shares import Shares
from iomodel.table.splitting.specification import read_spec

__all__ = ["split"]


def split(
    table: Table,
    sector: str,
    parts: Sequence[str],
    *,
    output: object,
    use: Mapping[str, Shares] | None = None,
    inputs: Mapping[str, Shares] | None = None,
    trade: Mapping[str, ArrayLike | pd.DataFrame] | None = None,
    extensions: Mapping[str, object] | None = None,
    names: Sequence[str] | None = None,
    tolerance: float = 1e-11,
    max_iterations: int = 5000,
) -> Table:
    r"""Split one sector of every region into parts.

    Parameters
    ----------
    table : MRIOTable
    sector : str
        The sector to split.
    parts : sequence of str
        Labels of the parts, two or more. The parent's own label may be one of them.
    output : mapping, DataFrame or array_like
        Shares of the parts in the parent's output: ``{part: share}`` for all regions alike,
        ``{part: {region: share}}``, a frame (region by part) or an array (P,) or (R, P). A mapping
        or frame may leave out one part: its share is one less the others.
    use : mapping of str to mapping, Series or DataFrame, optional
        End uses: for a part, the share of each user (sector, final use or part) in its sales, the
        same in all buying regions or as a frame (buying region by user). A share of zero closes the
        cell. Users that are not named share the remainder as they share the parent's product.
    inputs : mapping of str to mapping, Series or DataFrame, optional
        Cost structure: for a part, input (sector, primary input or part) per unit of output, or a
        frame (region by input). Inputs that are not named share the remainder as in the parent.
    trade : mapping of str to array_like or DataFrame, optional
        For a part, the share of each buying region in the sales of each selling region (R, R).
        Regions that are not named share the remainder as they share the parent's sales.
    extensions : mapping of str to weights, optional
        Shares of the parts in a satellite row, in the forms of `output`. Default: as output.
    names : sequence of str, optional
        Long names of the parts. Default: their labels.
    tolerance : float
        Largest gap of a part's row or column, relative to its cells, at which balancing stops.
    max_iterations : int
        Sweeps after which to give up.

    Returns
    -------
    MRIOTable
        With the parts where the sector stood. Aggregating them gives the parent table back; no
        cell opens that is empty in the parent, and none has another sign than there.

    Raises
    ------
    LabelError
        If a label is unknown or taken.
    TableError
        If shares make no sense, or no part may use a cell that the parent has.
    SolverError
        If the shares contradict the parent's cells; names the part.

    Notes
    -----
    Output weights and, where given, trade are met exactly; end uses and cost structures are the
    seed and are changed by balancing as little as the parent's cells ask for, in the sense of
    relative entropy (see :mod:`iomodel.table.splitting.scaling`). Parts inherit
    the parent's tariff rate, its place in sector groups and, through the attribute
    ``parent_sector``, its elasticities; the parent's label becomes a group that stands for them.

    With `output` alone the result is [Wolsky1984]_ exactly: the part is a scaled copy of its
    parent, which says nothing about the part itself; see
    :func:`iomodel.table.splitting.sampling.sample_splits` for the spread that this hides.
    """
    spec = read_spec(table, sector, parts, output, use, inputs, trade)
    layout = SplitLayout(table, spec)
    totals = layout.totals()
    seed = seed_cells(totals, spec, layout.S - 1)
    refuse_closed_cells(layout, totals, seed)
    labels = [f"{r}/{p}" for r in table.regions for p in spec.parts]
    cells, sweeps, residual = fit(seed, totals, labels, tolerance, max_iterations)
    text = (
        f"split: {sector} into {', '.join(spec.parts)} by "
        + ", ".join(["output weights", *_stated(use, inputs, trade)])
        + f"; GRAS, {sweeps} sweeps, residual {residual:.1e}"
    )
    return layout.assemble(cells, totals, extensions or {}, names, text)


def _stated(*shares: Mapping[str, Any] | None) -> list[str]:
    kinds = ("end uses", "cost structures", "own trade")
    return [f"{kind} of {', '.join(s)}" for kind, s in zip(kinds, shares, strict=True) if s]
