"""Stack of rows: arrays over cases, or over the factors of a product, whole or by blocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from iomodel.studies.ensembles.rows import NO_DRAW, Row
from iomodel.studies.journal.answers import PlainEffects, PlainVariable
from iomodel.typing import Float

__all__ = ["Stack"]

# Labels of cells that every result on a table has.
CELL_LABELS = ("region", "sector", "sector_name", "time")


@dataclass
class Stack:
    """Dimensions, labels and variables of a stack, from its rows.

    Attributes
    ----------
    labels : dict of str to dict
        Labels along the dimensions of the rows with their positions, in order of appearance.
    variables : dict of str to (dims, attrs)
        Variables over cells, in order of appearance.
    cell_labels : dict of str to PlainVariable
        Labels of regions, sectors and times.
    texts : tuple of str
        Names of the coordinates along rows.
    """

    labels: dict[str, dict[Any, int]] = field(default_factory=dict)
    variables: dict[str, tuple[tuple[str, ...], Mapping[str, Any]]] = field(default_factory=dict)
    cell_labels: dict[str, PlainVariable] = field(default_factory=dict)
    texts: tuple[str, ...] = ()

    def add(self, rows: Sequence[Row], plain: PlainEffects) -> None:
        """Make room for the rows of one case."""
        for row in rows:
            for dim, label in row.place.items():
                positions = self.labels.setdefault(dim, {})
                positions.setdefault(label, len(positions))
            for name, variable in row.cells.items():
                if name not in self.variables:
                    self.variables[name] = variable.dims, variable.attrs
            self.texts = tuple(dict.fromkeys([*self.texts, *row.texts]))
        for name in CELL_LABELS:
            if name in plain.labels:
                self._add_labels(name, plain.labels[name])

    def _add_labels(self, name: str, labels: PlainVariable) -> None:
        if name not in self.cell_labels:
            self.cell_labels[name] = labels
        elif name == "time" and not np.array_equal(labels.values, self.cell_labels[name].values):
            times = {*labels.values.tolist(), *self.cell_labels[name].values.tolist()}
            ordered = sorted(times, key=lambda time: (isinstance(time, str), time))
            values = np.array(
                ordered, dtype=object if any(isinstance(t, str) for t in times) else None
            )
            self.cell_labels[name] = labels._replace(values=values)

    def finish(self) -> Self:
        """Order the draws, and drop their dimension where no case is a draw."""
        draws = sorted(self.labels.get("draw", {}))
        if draws in ([], [NO_DRAW]):
            self.labels.pop("draw", None)
        else:
            self.labels["draw"] = {number: k for k, number in enumerate(draws)}
        return self

    # ------------------------------------------------------------------ shape
    @property
    def dims(self) -> tuple[str, ...]:
        """Dimensions of the rows."""
        return tuple(self.labels)

    @property
    def shape(self) -> tuple[int, ...]:
        """Numbers of labels along the dimensions of the rows."""
        return tuple(len(positions) for positions in self.labels.values())

    def position(self, row: Row) -> tuple[int, ...]:
        """Position of a row."""
        return tuple(positions[row.place[dim]] for dim, positions in self.labels.items())

    def cell_shape(self, name: str) -> tuple[int, ...]:
        """Shape of the cells of a variable in one row."""
        return tuple(len(self.cell_labels[dim].values) for dim in self.variables[name][0])

    # ------------------------------------------------------------------ values
    def filled(
        self, rows: Iterable[Row], origin: Sequence[int], shape: Sequence[int]
    ) -> tuple[dict[str, Float], dict[str, NDArray[Any]]]:
        """Variables and texts of a block of the stack; NaN and empty where it has no row.

        Parameters
        ----------
        rows : iterable of Row
            All of the block.
        origin, shape : sequence of int
            First position and extent of the block along the dimensions of the rows.

        Returns
        -------
        tuple of dict
            Variables that one of the rows has, and all texts.
        """
        values: dict[str, Float] = {}
        texts = {name: np.full(tuple(shape), "", dtype=object) for name in self.texts}
        for row in rows:
            place = tuple(p - o for p, o in zip(self.position(row), origin, strict=True))
            times = self._times(row)
            for name, variable in row.cells.items():
                if name not in values:
                    values[name] = np.full((*shape, *self.cell_shape(name)), np.nan)
                if variable.dims[0] == "time":
                    values[name][place][times] = variable.values
                else:
                    values[name][place] = variable.values
            for name, text in row.texts.items():
                texts[name][place] = text
        return values, texts

    def _times(self, row: Row) -> list[int]:
        """Positions of the times of a row among those of all."""
        if not row.times:
            return []
        positions = {time: k for k, time in enumerate(self.cell_labels["time"].values.tolist())}
        return [positions[time] for time in row.times]

    def dataset(self, rows: Sequence[Row], attrs: Mapping[str, Any]) -> xr.Dataset:
        """Labelled dataset of all rows in memory."""
        values, texts = self.filled(rows, [0] * len(self.shape), self.shape)
        data: dict[str, Any] = {}
        for name, (dims, variable_attrs) in self.variables.items():
            data[name] = ((*self.dims, *dims), values[name], dict(variable_attrs))
        coords: dict[str, Any] = {
            dim: list(positions) if dim == "draw" else np.array(list(positions), dtype=object)
            for dim, positions in self.labels.items()
        }
        coords |= {name: (self.dims, cells) for name, cells in texts.items()}
        coords |= {name: (label.dims, label.values) for name, label in self.cell_labels.items()}
        return xr.Dataset(data, coords=coords, attrs=dict(attrs))
