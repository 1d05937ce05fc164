"""Embedded datasets: their files, their attributes, and loading by name."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from iomodel.errors import unknown_label
from iomodel.table.import_shares import (
    check_import_shares,
    import_shares_text,
    with_import_shares,
)
from iomodel.table.mrio import MRIOTable
from iomodel.table.storage.embedded import data_folder, embedded
from iomodel.table.storage.header import is_table, table_attributes, table_sizes

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["datasets", "embedded", "load"]

COLUMNS = (
    *("name", "title", "year", "regions", "sectors", "unit"),
    *("source", "licence", "price_basis", "import_shares"),
)


def load(name: str | os.PathLike[str], *, import_shares: str | None = None) -> MRIOTable:
    """Load a table by the name of an embedded dataset or from a NetCDF file of iomodel.

    Parameters
    ----------
    name : str or path-like
        A name listed by :func:`datasets`, such as ``"world-2022"``, or the path of a file written
        by :meth:`MRIOTable.to_netcdf`. A text that ends in ``.nc`` or holds a path separator is
        taken as a path.
    import_shares : {"common", "by-user"}, optional
        Import shares common to all users in a region, or specific to each using industry and final
        demand; by default as the table stands: ``"world-2022"`` has common ones and estimates by
        user, ``"world-2014"`` data by user (:mod:`iomodel.table.storage` describes the files).
        Totals by seller, product and buyer, and by product and user, are the same. Linear models,
        indicators and exposure follow each user's imports, while ``equilibrium`` keeps to common
        shares unless its own option says otherwise.

    Returns
    -------
    MRIOTable

    Raises
    ------
    LabelError
        If the name is not in the catalogue or `import_shares` is unknown; the message lists the
        valid names.
    TableError
        If a file is missing, truncated or of another kind, or has no import shares by user.

    Examples
    --------
    >>> table = iomodel.load("world-2022", import_shares="by-user")
    >>> proportional = iomodel.load("world-2014", import_shares="common")
    """
    check_import_shares(import_shares)
    path = _path(name)
    return with_import_shares(MRIOTable.from_netcdf(path), path, import_shares)


def datasets() -> pd.DataFrame:
    """List the embedded tables, read from the attributes of their files alone.

    Returns
    -------
    pandas.DataFrame
        One row per table, sorted by name: name, title, year, numbers of regions and sectors, unit,
        source, licence, price basis, and the import shares that it has and can be loaded with.
    """
    import pandas as pd

    rows = [_row(name, path) for name, path in _tables().items()]
    return pd.DataFrame(rows, columns=list(COLUMNS))


# ---------------------------------------------------------------------- helpers
def _path(name: str | os.PathLike[str]) -> Path:
    """File of an embedded table, or the path itself."""
    text = os.fspath(name)
    if not isinstance(name, str) or text.endswith(".nc") or Path(text).name != text:
        return Path(text)
    tables = _tables()
    if text not in tables:
        raise unknown_label("table", text, tables)
    return tables[text]


def _tables() -> dict[str, Path]:
    """Embedded files of tables; others, such as tariff layers, are skipped."""
    files = sorted(data_folder().glob("*.nc"), key=lambda path: path.stem)
    return {path.stem: path for path in files if is_table(path)}


def _row(name: str, path: Path) -> dict[str, object]:
    attributes, sizes = table_attributes(path), table_sizes(path)
    row: dict[str, object] = {column: attributes.get(column, "") for column in COLUMNS}
    row["name"], row["title"] = name, attributes.get("title") or attributes.get("name", name)
    row["import_shares"] = import_shares_text(path)
    row["regions"], row["sectors"] = sizes.get("region", 0), sizes.get("sector", 0)
    return row
