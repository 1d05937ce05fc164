"""Embedded datasets: their files, their attributes, and loading by name."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from iomodel.errors import unknown_label
from iomodel.table.mrio import MRIOTable
from iomodel.table.storage.embedded import data_folder, embedded
from iomodel.table.storage.header import is_table, table_attributes, table_sizes
from iomodel.table.storage.user_imports import IMPORT_SHARES, with_user_imports

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["datasets", "embedded", "load"]

COLUMNS = (
    *("name", "title", "year", "regions", "sectors", "unit"),
    *("source", "licence", "price_basis"),
)


def load(name: str | os.PathLike[str], *, import_shares: str = "common") -> MRIOTable:
    """Load a table by the name of an embedded dataset or from a NetCDF file of iomodel.

    Parameters
    ----------
    name : str or path-like
        A name listed by :func:`datasets`, such as ``"world-2022"``, or the path of a file written
        by :meth:`MRIOTable.to_netcdf`. A text that ends in ``.nc`` or holds a path separator is
        taken as a path.
    import_shares : {"common", "by-user"}
        Import shares common to all users in a region, or specific to each using industry and final
        demand. Only ``"world-2022"`` holds the latter. Totals by buyer, product and user are the
        same; linear models, indicators and exposure then follow each user's imports, while
        ``equilibrium`` keeps to common shares unless its own option says otherwise.

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
    """
    if import_shares not in IMPORT_SHARES:
        raise unknown_label("import_shares", import_shares, IMPORT_SHARES)
    path = _path(name)
    table = MRIOTable.from_netcdf(path)
    return table if import_shares == "common" else with_user_imports(table, path)


def datasets() -> pd.DataFrame:
    """List the embedded tables, read from the attributes of their files alone.

    Returns
    -------
    pandas.DataFrame
        One row per table, sorted by name: name, title, year, numbers of regions and sectors, unit,
        source, licence and price basis.
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
    row["regions"], row["sectors"] = sizes.get("region", 0), sizes.get("sector", 0)
    return row
