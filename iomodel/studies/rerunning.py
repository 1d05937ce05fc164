"""Repetition of a run from its file of effects alone."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from iomodel.effects import Effects
from iomodel.errors import LabelError, TableError
from iomodel.models.option_records import restored
from iomodel.models.registry import MODELS
from iomodel.models.running import run
from iomodel.models.workbench import Workbench
from iomodel.scenario.files import read_text
from iomodel.scenario.scenario import Scenario
from iomodel.studies.elasticity_interval import with_interval
from iomodel.table.catalogue import load

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = ["Rerun", "rerun"]

# Attributes compared version by version.
SOFTWARE = ("versions", "package_version")


@dataclass(frozen=True)
class Rerun:
    """A repeated run beside its record.

    Attributes
    ----------
    effects : Effects
        Of the repeated run.
    same_bytes : bool
        Whether its file has the bytes of the recorded one.
    differences : mapping of str to float
        Largest absolute difference of each variable that differs; infinite where one of both is
        undefined or missing.
    changed : tuple of str
        Attributes that differ, and versions of software as ``numpy 2.1.0 -> 2.2.0``.
    """

    effects: Effects
    same_bytes: bool
    differences: Mapping[str, float]
    changed: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether every number is the same to the last bit."""
        return not self.differences

    @property
    def sentence(self) -> str:
        """The outcome in words."""
        if self.same_bytes:
            return "The run repeats: same bytes."
        changes = f" Changed: {'; '.join(self.changed)}." if self.changed else ""
        if self.agrees:
            return f"The run repeats: same numbers in another file.{changes}"
        sizes = ", ".join(f"{name} by {size:.3g}" for name, size in self.differences.items())
        return f"The run does not repeat: {sizes} at most.{changes}"


def rerun(
    path: str | os.PathLike[str],
    *,
    table: MRIOTable | None = None,
    progress: Callable[[str], None] | None = None,
) -> Rerun:
    """Repeat a run from its file of effects and compare.

    Scenario, model, options and the draws of an interval come from the file; the embedded table by
    its name, checked by its content.

    Parameters
    ----------
    path : path-like
        A file written by ``effects.to_netcdf`` or ``iomodel run``.
    table : MRIOTable, optional
        The table of the run, if it is not an embedded one. Its content is checked, too.
    progress : callable, optional
        Called with a few words on the state of long work.

    Returns
    -------
    Rerun
        ``agrees``, ``sentence`` and the repeated effects.

    Raises
    ------
    TableError
        If the file cannot be read, names no options, or the table is missing or of other content.
    IOModelError
        If scenario, model or options are refused.
    """
    source = Path(path)
    recorded = Effects.from_netcdf(source)
    model = recorded.model
    if model not in MODELS or set(recorded.options) - set(MODELS[model].options):
        raise TableError(
            f"{source} was made by model {model!r} with options that this version of iomodel does "
            "not know; run the scenario anew"
        )
    baseline = _checked(_embedded(recorded, source) if table is None else table, recorded, source)
    scenario = read_text(str(recorded.dataset.attrs["scenario"]), Scenario, source.name).fill()
    options = restored(recorded.options)
    workbench = Workbench(baseline, progress)
    repeated = run(workbench, scenario, model, **options)
    if "interval" in recorded.parameters:
        sampling = {key: recorded.parameters["interval"][key] for key in ("draws", "seed")}
        repeated = with_interval(workbench, scenario, repeated, **sampling)
    # A file of a batch may hold some of the variables only.
    variables = [name for name in repeated.dataset.data_vars if name in recorded]
    repeated = Effects(repeated.dataset[variables])
    with tempfile.TemporaryDirectory() as folder:
        file = repeated.to_netcdf(Path(folder) / source.name)
        same_bytes = file.read_bytes() == source.read_bytes()
        written = Effects.from_netcdf(file)
    return Rerun(repeated, same_bytes, _differences(recorded, written), _changed(recorded, written))


# ---------------------------------------------------------------------- helpers
def _embedded(recorded: Effects, source: Path) -> MRIOTable:
    name = str(recorded.dataset.attrs["table_name"])
    try:
        return load(name)
    except (LabelError, TableError) as error:
        raise TableError(
            f"{source} is of table {name!r}, which is no embedded one; give the table"
        ) from error


def _checked(table: MRIOTable, recorded: Effects, source: Path) -> MRIOTable:
    attrs = recorded.dataset.attrs
    if table.fingerprint != attrs["table_fingerprint"]:
        raise TableError(
            f"table {table.name!r} has other cells or labels than table {attrs['table_name']!r} of "
            f"{source}; give the table of that run"
        )
    return table


def _differences(recorded: Effects, repeated: Effects) -> dict[str, float]:
    """Return the largest absolute difference of every variable that differs."""
    differences = {}
    for name, before in recorded.dataset.data_vars.items():
        after = repeated.dataset.data_vars.get(name)
        if after is None or after.dims != before.dims or after.shape != before.shape:
            differences[str(name)] = np.inf
        elif not np.array_equal(before.values, after.values, equal_nan=True):
            gap = np.abs(after.values - before.values)
            undefined = np.isnan(before.values) != np.isnan(after.values)
            differences[str(name)] = float(np.nanmax(np.where(undefined, np.inf, gap)))
    return differences


def _changed(recorded: Effects, repeated: Effects) -> tuple[str, ...]:
    """Return the names of attributes that differ, and versions of software that differ."""
    before, after = recorded.dataset.attrs, repeated.dataset.attrs
    names = [k for k in sorted({*before, *after} - {*SOFTWARE}) if before.get(k) != after.get(k)]
    old, new = json.loads(before["versions"]), json.loads(after["versions"])
    software = [
        f"{name} {old.get(name, 'unknown')} -> {new.get(name, 'unknown')}"
        for name in sorted({*old, *new})
        if old.get(name) != new.get(name)
    ]
    return (*software, *(name.replace("_", " ") for name in names))
