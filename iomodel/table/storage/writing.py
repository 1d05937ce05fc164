"""Datasets written to NetCDF-4 files by h5netcdf, without the libraries of lazy arrays."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import xarray as xr

__all__ = ["write_dataset"]


def write_dataset(dataset: xr.Dataset, path: Path, encoding: Mapping[Any, Any]) -> None:
    """Write a dataset of NumPy arrays to a new file.

    The bytes are those of ``Dataset.to_netcdf``, which asks Dask for its cluster first, if it is
    installed: .2 seconds in every run for arrays that are in memory.

    Parameters
    ----------
    dataset : Dataset
    path : pathlib.Path
    encoding : mapping
        As for ``Dataset.to_netcdf``, by variable.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    # One thread writes the new file, and h5py has a lock of its own: xarray's is not needed.
    store = xr.backends.H5NetCDFStore.open(str(path), mode="w", lock=False)
    try:
        dataset.dump_to_store(store, encoding=encoding)
    finally:
        store.close()
