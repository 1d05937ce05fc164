"""Results of a finished batch on disk: a Zarr store and tidy Parquet files, assembled from answers.

``results.zarr`` holds a group for each table, with variables over the factors of the batch and
regions, sectors and times; chunks without a result are not written. ``regions.parquet`` and
``sectors.parquet`` have one row for each case and region, or industry, and one column for each
variable; ``cases.parquet`` has one row for each question with its fate. All are made from the files
of answers in the order of the questions, so that their bytes depend on nothing else. Memory holds
one block of cases at a time.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from iomodel._io import staging_folder
from iomodel.errors import OutputError
from iomodel.studies.case import Case
from iomodel.studies.ensembles.rows import Row, rows_of
from iomodel.studies.ensembles.stack import Stack
from iomodel.studies.ensembles.stored_effects import StoredEffects
from iomodel.studies.ensembles.tidy import TidyFiles
from iomodel.studies.journal.case_list import CaseRecord, write_cases
from iomodel.studies.journal.checkpoint import synchronise_all
from iomodel.typing import Record

__all__ = ["StoredResults", "write_results"]

STORE = "results.zarr"
# Attributes that all results on a table share.
SHARED_ATTRS = ("table_", "package")
# Attribute with the order of the variables.
ORDER = "variables"
# Texts of any length; without a value that stands for a missing one.
TEXT: Record = {"dtype": str, "fill_value": None}
# Rows of a chunk at most.
CHUNK_ROWS = 64
LEVEL = 3


def write_results(folder: Path, records: Sequence[CaseRecord], groups: Mapping[str, str]) -> None:
    """Assemble the store, the tidy files and the list of cases of a batch, whole or not at all.

    Parameters
    ----------
    folder : pathlib.Path
        Folder of the batch.
    records : sequence of CaseRecord
        All cases in the order of the questions, their answers in files of the folder.
    groups : mapping of str to str
        Name of the group of the store by label of the table.

    Raises
    ------
    OSError
        If a file cannot be written; earlier results stay.
    """
    import zarr

    effects = StoredEffects.of(folder, records)
    answered = [record.case for record in records if record.error is None]
    plans = {
        label: _Plan.of([case for case in answered if case.table == label], effects)
        for label in groups
    }
    stacks = {groups[label]: plan.stack for label, plan in plans.items()}
    with staging_folder(folder, STORE) as staging:
        root = zarr.open_group(str(staging / STORE), mode="w", zarr_format=2)
        root.attrs["groups"] = dict(groups)
        write_cases(staging, records)
        with TidyFiles(staging, stacks) as tidy:
            for label, plan in plans.items():
                if plan.places:
                    group = root.create_group(groups[label], attributes=plan.attrs)
                    for rows in _write_group(group, plan, effects):
                        tidy.write(groups[label], rows)
        # Releases of xarray look for the metadata of a group in one place or the other.
        for name in [*sorted(root.group_keys()), ""]:
            zarr.consolidate_metadata(root.store, path=name, zarr_format=2)
        # Thousands of small files reach the disk sooner together than one by one.
        synchronise_all()
        for entry in sorted(staging.iterdir()):
            target = folder / entry.name
            if target.is_dir():
                shutil.rmtree(target)
            os.replace(entry, target)
        synchronise_all()


@dataclass(frozen=True)
class StoredResults:
    """Results of a batch in its folder.

    Attributes
    ----------
    folder : pathlib.Path
    groups : mapping of str to str
        Name of the group of the store by label of the table.
    """

    folder: Path
    groups: Mapping[str, str]

    @classmethod
    def of(cls, folder: Path) -> Self:
        """Results in a folder; OutputError if they are missing or damaged."""
        import zarr

        with _readable(folder):
            root = zarr.open_group(str(folder / STORE), mode="r", zarr_format=2)
            groups: Any = root.attrs["groups"]
            return cls(folder, dict(groups))

    def dataset(self, table: str) -> xr.Dataset:
        """Open the results on one table; values are read when they are asked for."""
        with _readable(self.folder):
            dataset: xr.Dataset = xr.open_zarr(
                self.folder / STORE,
                group=self.groups[table],
                chunks=None,
                consolidated=True,
                zarr_format=2,
                decode_times=False,
            )
            # A store lists its arrays by name.
            names = str(dataset.attrs.pop(ORDER)).split(" ")
            labels = {
                dim: dataset[dim].values.astype(object)
                for dim in map(str, dataset.dims)
                if dim != "draw" and dataset[dim].dtype.kind == "T"
            }
            return dataset[names].assign_coords(labels)


# ---------------------------------------------------------------------- helpers
@contextmanager
def _readable(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, KeyError, ValueError) as error:
        raise OutputError(
            f"cannot read {folder / STORE}: it is missing or damaged; run the batch again"
        ) from error


class _Place(NamedTuple):
    """Row of the store: number of its block, key of its case, and its number among those."""

    block: tuple[int, ...]
    case: Case
    number: int


@dataclass(frozen=True)
class _Plan:
    """Stack of one table with the place of every row, by block."""

    stack: Stack
    places: Sequence[_Place]
    extent: tuple[int, ...]
    attrs: Mapping[str, Any]

    @classmethod
    def of(cls, cases: Sequence[Case], effects: StoredEffects) -> Self:
        stack = Stack()
        positions: list[tuple[Case, int, Row]] = []
        attrs: dict[str, Any] = {}
        for case in cases:
            plain = effects.plain(case.key)
            attrs = attrs or {k: v for k, v in plain.attrs.items() if k.startswith(SHARED_ATTRS)}
            rows = rows_of(case, plain)
            stack.add(rows, plain)
            # Cells are read again with their block.
            positions += [(case, k, Row(row.place, {}, {})) for k, row in enumerate(rows)]
        stack.finish()
        extent = _extent(stack.shape)
        places = [
            _Place(tuple(p // e for p, e in zip(stack.position(row), extent, strict=True)), case, k)
            for case, k, row in positions
        ]
        attrs[ORDER] = " ".join(stack.variables)
        attrs["coordinates"] = " ".join(sorted([*stack.texts, "sector_name"]))
        return cls(stack, sorted(places, key=lambda place: place.block), extent, attrs)


def _extent(shape: Sequence[int]) -> tuple[int, ...]:
    """Extent of a block along the dimensions of the rows: full ones first from the last."""
    extent: list[int] = []
    vacant = CHUNK_ROWS
    for size in reversed(shape):
        extent.insert(0, max(1, min(size, vacant)))
        vacant //= extent[0]
    return tuple(extent)


def _write_group(group: Any, plan: _Plan, effects: StoredEffects) -> Iterator[list[Row]]:
    """Write the arrays of a table block by block; yield the rows of each."""
    stack, extent = plan.stack, plan.extent
    arrays = _arrays(group, stack, extent)
    for block, places in groupby(plan.places, key=lambda place: place.block):
        rows = [
            rows_of(place.case, effects.plain(place.case.key))[place.number] for place in places
        ]
        origin = [number * size for number, size in zip(block, extent, strict=True)]
        stop = [min(o + e, n) for o, e, n in zip(origin, extent, stack.shape, strict=True)]
        region = tuple(slice(a, b) for a, b in zip(origin, stop, strict=True))
        values, texts = stack.filled(
            rows, origin, [b - a for a, b in zip(origin, stop, strict=True)]
        )
        for name, cells in (values | texts).items():
            arrays[name][region] = cells
        yield rows


def _arrays(group: Any, stack: Stack, extent: Sequence[int]) -> dict[str, Any]:
    """Create the arrays of a table, with the labels written."""
    from numcodecs import Shuffle, Zstd  # type: ignore[import-untyped]

    def create(name: str, dims: Sequence[str], shape: Sequence[int], **settings: Any) -> Any:
        attrs = {"_ARRAY_DIMENSIONS": list(dims), **settings.pop("attrs", {})}
        return group.create_array(
            name, shape=shape, attributes=attrs, compressors=Zstd(LEVEL), **settings
        )

    labels: dict[str, tuple[tuple[str, ...], NDArray[Any]]] = {
        dim: ((dim,), np.array(list(stack.labels[dim]))) for dim in stack.dims
    }
    labels |= {name: (label.dims, label.values) for name, label in stack.cell_labels.items()}
    for name, (dims, values) in labels.items():
        is_text = values.dtype.kind in "OUT"
        settings = TEXT if is_text else {"dtype": values.dtype, "fill_value": None}
        array = create(name, dims, values.shape, chunks=values.shape, **settings)
        array[:] = values.astype(object) if is_text else values
    arrays = {
        name: create(name, stack.dims, stack.shape, chunks=extent, **TEXT) for name in stack.texts
    }
    for name, (dims, attrs) in stack.variables.items():
        cells = stack.cell_shape(name)
        arrays[name] = create(
            name,
            (*stack.dims, *dims),
            (*stack.shape, *cells),
            chunks=(*extent, *cells),
            dtype="float64",
            fill_value=np.nan,
            filters=[Shuffle(8)],
            attrs=dict(attrs),
        )
    return arrays
