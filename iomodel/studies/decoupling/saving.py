"""A sample as a file: saved whole after every chunk, and never mixed with another sample."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xarray as xr

from iomodel._io import atomic_path
from iomodel.errors import OutputError
from iomodel.table.storage.header import DAMAGED

if TYPE_CHECKING:
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["identity_of", "load_sample", "save_sample"]


def identity_of(
    table: MRIOTable,
    sample: xr.Dataset,
    scenarios: Mapping[str, Scenario],
    model: str,
    options: Mapping[str, Any],
) -> str:
    """Return what a saved file must have been made from, the number of draws aside."""
    parts = {
        "table": [table.name, *table.history],
        "sample": {k: str(v) for k, v in sample.attrs.items()},
        "first": [repr(v) for v in sample["theta"].values[0].tolist()],
        "scenarios": {name: scenario.to_yaml() for name, scenario in scenarios.items()},
        "model": model,
        "options": {k: str(v) for k, v in options.items()},
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def save_sample(result: xr.Dataset, path: str | os.PathLike[str], identity: str) -> None:
    """Write what is done so far, whole or not at all."""
    with atomic_path(Path(path)) as temporary:
        result.assign_attrs(identity=identity).to_netcdf(temporary, engine="h5netcdf")


def load_sample(path: str | os.PathLike[str], identity: str) -> xr.Dataset | None:
    """Return what a file holds of this sample, None where there is no file.

    Raises
    ------
    OutputError
        If the file is damaged or holds another sample.
    """
    target = Path(path)
    if not target.exists():
        return None
    try:
        with xr.open_dataset(target, engine="h5netcdf") as opened:
            found = opened.load()
    except DAMAGED as error:
        raise OutputError(
            f"cannot read {target}: it is damaged; delete it to start anew"
        ) from error
    if found.attrs.get("identity") != identity:
        raise OutputError(
            f"{target} holds another sample; give another file, or delete it to start anew"
        )
    return found
