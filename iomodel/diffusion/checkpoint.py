"""Checkpoint of a run: histories and the last solution, to go on from to the same bits.

Every digit is saved, the solver's approximate inverse included: the next solve then has the start
it would have had without the break, and ends on the same bits.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from iomodel._io import atomic_path
from iomodel.equilibrium import Solution
from iomodel.errors import IOModelError
from iomodel.typing import Arrays

__all__ = ["load", "restore", "save"]

Record = TypeVar("Record")

FORM = 3
TRIAL = "trial."


def save(path: Path, mark: str, history: Arrays, solution: Solution) -> None:
    """Write histories and the last solution, all or nothing.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    arrays: dict[str, Any] = {"form": np.array(FORM), "mark": np.array(mark), **history}
    arrays["inverse"] = solution.inverse
    arrays |= {TRIAL + k: v for k, v in _leaves(solution.trial, "") if isinstance(v, np.ndarray)}
    with atomic_path(_named(path)) as temporary:
        np.savez(temporary, **arrays)


def load(path: Path, mark: str) -> dict[str, NDArray[Any]] | None:
    """Read the arrays of the same run from a file, None if there is no file.

    Raises
    ------
    IOModelError
        If the file is damaged or belongs to another run.
    """
    source = _named(path)
    if not source.is_file():
        return None
    try:
        # Opened here, so that it is closed if it turns out to be no archive.
        with source.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise IOModelError(
            f"cannot read the checkpoint {source}: it is truncated or damaged; delete it to begin "
            "anew"
        ) from error
    if int(arrays.get("form", 0)) != FORM or str(arrays.get("mark", "")) != mark:
        raise IOModelError(
            f"the checkpoint {source} belongs to another run (other data, scenarios or options); "
            "delete it, or name another file"
        )
    return arrays


def restore(template: Solution, arrays: Arrays) -> Solution:
    """Put saved wages, prices and levels into a solution."""
    trial = _filled(template.trial, arrays, TRIAL)
    return replace(template, trial=trial, inverse=arrays["inverse"])


# ---------------------------------------------------------------------- helpers
def _named(path: Path) -> Path:
    return path if path.suffix == ".npz" else path.with_name(path.name + ".npz")


def _leaves(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield arrays, numbers and words of nested dataclasses, with dotted names."""
    if is_dataclass(value):
        for field in fields(value):
            place = f"{name}.{field.name}" if name else field.name
            yield from _leaves(getattr(value, field.name), place)
    elif isinstance(value, tuple):
        for k, item in enumerate(value):
            yield from _leaves(item, f"{name}.{k}")
    elif value is not None:
        yield name, value


def _filled(record: Record, arrays: Arrays, prefix: str) -> Record:
    values: dict[str, Any] = {}
    for field in fields(record):  # type: ignore[arg-type]
        old = getattr(record, field.name)
        if is_dataclass(old):
            values[field.name] = _filled(old, arrays, f"{prefix}{field.name}.")
        elif isinstance(old, np.ndarray):
            values[field.name] = arrays[prefix + field.name]
    return replace(record, **values)  # type: ignore[type-var]
