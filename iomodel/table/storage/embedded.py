"""Files of data that ship with the package."""

from __future__ import annotations

from pathlib import Path

from iomodel.errors import TableError, unknown_label

__all__ = ["data_folder", "embedded"]


def embedded(name: str) -> Path:
    """Path of a file that ships with the package.

    Parameters
    ----------
    name : str
        File name, for example ``"world-2022.nc"``. A name without a suffix means ``.nc``.

    Returns
    -------
    pathlib.Path
        The file: in ``iomodel/embedded`` of an installed package, in ``datasets/embedded`` of a
        checkout.

    Raises
    ------
    LabelError
        If no such file ships; the message lists those that do.
    """
    file = name if Path(name).suffix else f"{name}.nc"
    folder = data_folder()
    files = sorted(p.name for p in folder.iterdir() if p.is_file() and p.name[0] != ".")
    if file not in files:
        raise unknown_label("embedded file", file, files)
    return folder / file


def data_folder() -> Path:
    """Folder of the embedded data; TableError where it is missing."""
    package = Path(__file__).resolve().parents[2]
    for folder in (package / "embedded", package.parent / "datasets" / "embedded"):
        if folder.is_dir():
            return folder
    raise TableError(f"the embedded data are missing beside {package}; install the package again")
