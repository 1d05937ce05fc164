"""Import shares of a table read from a file: common to all users of a region, or by user.

Both kinds have the same totals by seller, product and buyer region, and by product and user.
"""

from __future__ import annotations

import os
from typing import TypeVar

import numpy as np

from iomodel.errors import TableError, unknown_label
from iomodel.table.labelled import LabelledTable
from iomodel.table.storage.compact import Factors, expand, read_factors
from iomodel.table.storage.header import table_variables
from iomodel.table.storage.import_odds import IMPORT_LOG_ODDS, expand_import_odds
from iomodel.typing import Float

__all__ = [
    "IMPORT_SHARES",
    "check_import_shares",
    "import_shares_text",
    "with_common_shares",
    "with_import_shares",
]

IMPORT_SHARES = ("common", "by-user")

Table = TypeVar("Table", bound=LabelledTable)


def check_import_shares(import_shares: str | None) -> None:
    """Raise LabelError unless the value is one of IMPORT_SHARES or None."""
    if import_shares is not None and import_shares not in IMPORT_SHARES:
        raise unknown_label("import_shares", import_shares, IMPORT_SHARES)


def import_shares_text(path: str | os.PathLike[str]) -> str:
    """Import shares that the table of a file has, and those that it can be loaded with."""
    variables = table_variables(path)
    if "origin_share" in variables:
        return "by-user (common on request)"
    if IMPORT_LOG_ODDS in variables:
        return "common (by-user on request)"
    if "part_sales" in variables:
        return "common but for split parts (common for all on request)"
    return "common" if "trade" in variables else "cell by cell (common on request)"


def with_import_shares(
    table: Table, path: str | os.PathLike[str], import_shares: str | None
) -> Table:
    """Table with import shares of another kind.

    Parameters
    ----------
    table : LabelledTable
        Table read from the file.
    path : path-like
        Its file.
    import_shares : {"common", "by-user"} or None
        None leaves the table as it stands.

    Returns
    -------
    LabelledTable
        Of the kind of `table`; `table` itself where it has these shares.

    Raises
    ------
    LabelError
        If `import_shares` is unknown.
    TableError
        If the file holds no import shares by user, or as :func:`with_common_shares`.
    """
    check_import_shares(import_shares)
    if import_shares is None:
        return table
    variables = table_variables(path)
    if import_shares == "common":
        is_common = "trade" in variables and "part_sales" not in variables
        return table if is_common else with_common_shares(table)
    if "origin_share" in variables:
        return table
    if IMPORT_LOG_ODDS not in variables:
        raise TableError(
            f"{os.fspath(path)} has no import shares by user beside its flows; leave import_shares "
            "out, or name 'common'"
        )
    factors, dataset = read_factors(path)
    flows = expand_import_odds(factors, dataset[IMPORT_LOG_ODDS].values.astype(np.float64))
    return _with_flows(
        table,
        flows,
        "import shares by user: odds of the file, fitted to imports; origins of imports common to "
        "all users of a region",
    )


def with_common_shares(table: Table) -> Table:
    """Table in which every user of a region buys a product from the same origins.

    The proportional table of :mod:`iomodel.table.storage.compact`, from the sums of `table`.

    Raises
    ------
    TableError
        If a region uses a product whose purchases do not exceed zero in sum, so that it has no
        origin shares; the message names the first.
    """
    Z, Y = table.Z.values, table.Y.values
    trade = Z.sum(axis=3) + Y.sum(axis=3)
    use = np.concatenate([Z.sum(axis=0), Y.sum(axis=0)], axis=2).transpose(1, 0, 2)
    is_open = (trade.sum(axis=0).T <= 0.0) & (use != 0.0).any(axis=2)
    if is_open.any():
        region, sector = np.argwhere(is_open)[0]
        raise TableError(
            f"table {table.name!r} has no common import shares of {table.sectors[sector]} in "
            f"{table.regions[region]}, whose purchases do not exceed zero in sum"
        )
    flows = expand(Factors(trade, use, table.V.values))
    return _with_flows(table, flows, "import shares common to all users of a region")


# ---------------------------------------------------------------------- helpers
def _with_flows(table: Table, flows: tuple[Float, Float], text: str) -> Table:
    """Table with other flows of the same totals."""
    Z, Y = flows
    for cells in flows:
        cells.flags.writeable = False
    return table.with_history(text, Z=table.Z.copy(data=Z), Y=table.Y.copy(data=Y))
