"""Answers of cases as plain arrays and as bytes: effects and refusals of one group in one file.

A file is a ZIP archive of two members, each with its checksum: ``record.json`` holds attributes,
labels and the place of every array, equal values once; ``cells.npy`` holds all numbers in a row.
The same answers give the same bytes, whoever solved them.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray

import iomodel.errors as errors
from iomodel.effects import Effects
from iomodel.effects.files import without_clock
from iomodel.errors import IOModelError, TableError
from iomodel.typing import Float, Record

__all__ = ["PlainEffects", "UnexpectedError", "decoded", "encoded", "plain_effects", "refusal"]

FORM = "answers-1"
RECORD, CELLS = "record.json", "cells.npy"
# Faults of a file that is truncated or damaged.
DAMAGED = (zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, EOFError, IndexError)


class UnexpectedError(IOModelError):
    """Error of a program in one case of many; the case is run again when the batch is resumed."""


class PlainVariable(NamedTuple):
    """Dimensions, values and attributes of one variable or of the labels of one dimension."""

    dims: tuple[str, ...]
    values: NDArray[Any]
    attrs: Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class PlainEffects:
    """Effects as arrays and attributes, which are read and stacked without building a dataset.

    Attributes
    ----------
    variables : dict of str to PlainVariable
        Numbers.
    labels : dict of str to PlainVariable
        Coordinates.
    attrs : dict
        Attributes of the run.
    """

    variables: Mapping[str, PlainVariable]
    labels: Mapping[str, PlainVariable]
    attrs: Mapping[str, Any]

    def effects(self) -> Effects:
        """Build the labelled effects."""
        dataset = xr.Dataset(
            {name: xr.Variable(*variable) for name, variable in self.variables.items()},
            coords={name: xr.Variable(*labels) for name, labels in self.labels.items()},
            attrs=dict(self.attrs),
        )
        return Effects(dataset)


def plain_effects(effects: Effects) -> PlainEffects:
    """Arrays and attributes of effects, without times of the clock."""
    dataset = effects.dataset

    def plain(names: Any) -> dict[str, PlainVariable]:
        entries = {}
        for name in names:
            variable = dataset.variables[name]
            dims = tuple(map(str, variable.dims))
            entries[str(name)] = PlainVariable(dims, variable.values, variable.attrs)
        return entries

    attrs = without_clock(dataset.attrs)
    return PlainEffects(plain(dataset.data_vars), plain(dataset.coords), attrs)


def encoded(answers: Sequence[Effects | IOModelError]) -> bytes:
    """Bytes of the answers of one group, the same for equal answers.

    Parameters
    ----------
    answers : sequence of Effects or IOModelError

    Returns
    -------
    bytes
    """
    shared = _Shared()
    records: list[Record] = []
    cells: list[Float] = []
    for answer in answers:
        if isinstance(answer, IOModelError):
            records.append({"refusal": [type(answer).__name__, str(answer)]})
            continue
        plain = plain_effects(answer)
        layout = [
            [name, list(v.dims), list(v.values.shape), dict(v.attrs)]
            for name, v in plain.variables.items()
        ]
        labels = [[name, list(v.dims), *_listed(v.values), dict(v.attrs)]
                  for name, v in plain.labels.items()]  # fmt: skip
        records.append(
            {
                "attrs": [[key, shared.place(value)] for key, value in plain.attrs.items()],
                "labels": shared.place(labels),
                "layout": shared.place(layout),
            }
        )
        cells += [np.ravel(v.values) for v in plain.variables.values()]
    record = {"form": FORM, "shared": shared.values, "answers": records}
    block = np.concatenate(cells) if cells else np.empty(0)
    buffer, numbers = io.BytesIO(), io.BytesIO()
    np.save(numbers, block, allow_pickle=False)
    with zipfile.ZipFile(buffer, "w") as archive:
        # ZipInfo has a fixed date; numbers of a solver do not shrink, and text shrinks at once.
        text = json.dumps(record, separators=(",", ":"))
        archive.writestr(zipfile.ZipInfo(RECORD), text, zipfile.ZIP_DEFLATED, 1)
        archive.writestr(zipfile.ZipInfo(CELLS), numbers.getvalue(), zipfile.ZIP_STORED)
    return buffer.getvalue()


def decoded(content: bytes) -> list[PlainEffects | IOModelError]:
    """Answers of one group from their bytes.

    Raises
    ------
    TableError
        If the bytes are truncated or damaged.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            record = json.loads(archive.read(RECORD))
            cells = np.load(io.BytesIO(archive.read(CELLS)), allow_pickle=False)
        if record["form"] != FORM:
            raise ValueError(record["form"])
        return _answers(record, cells)
    except DAMAGED as error:
        raise TableError(f"the answers are damaged: {error}") from error


def refusal(name: str, sentence: str) -> IOModelError:
    """Error of a class of :mod:`iomodel.errors` by its name, with its sentence."""
    if name == UnexpectedError.__name__:
        return UnexpectedError(sentence)
    kind = getattr(errors, name, IOModelError)
    if not (isinstance(kind, type) and issubclass(kind, IOModelError)):
        kind = IOModelError
    return kind(sentence)


# ---------------------------------------------------------------------- helpers
class _Shared:
    """Values that several answers share, each written once."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._places: dict[str, int] = {}

    def place(self, value: Any) -> int:
        """Return the number of a value among the shared ones."""
        text = json.dumps(value)
        if text not in self._places:
            self._places[text] = len(self.values)
            self.values.append(value)
        return self._places[text]


def _listed(labels: NDArray[Any]) -> tuple[str, list[Any]]:
    """Return data type and values of labels; text has none of a fixed width."""
    text = labels.dtype.kind in "OUT"
    return ("text" if text else labels.dtype.str), labels.tolist()


def _answers(record: Record, cells: Float) -> list[PlainEffects | IOModelError]:
    shared = record["shared"]
    labels: dict[int, dict[str, PlainVariable]] = {}
    answers: list[PlainEffects | IOModelError] = []
    start = 0
    for entry in record["answers"]:
        if "refusal" in entry:
            answers.append(refusal(*entry["refusal"]))
            continue
        if entry["labels"] not in labels:
            labels[entry["labels"]] = _labels(shared[entry["labels"]])
        variables = {}
        for name, dims, shape, attrs in shared[entry["layout"]]:
            stop = start + int(np.prod(shape))
            values = cells[start:stop].reshape(shape)
            values.flags.writeable = False
            variables[name] = PlainVariable(tuple(dims), values, attrs)
            start = stop
        attributes = {key: shared[place] for key, place in entry["attrs"]}
        answers.append(PlainEffects(variables, labels[entry["labels"]], attributes))
    if start != cells.size:
        raise ValueError(f"{cells.size - start} numbers too many")
    return answers


def _labels(entries: list[Any]) -> dict[str, PlainVariable]:
    return {
        name: PlainVariable(
            tuple(dims), np.array(values, dtype=object if kind == "text" else kind), attrs
        )
        for name, dims, kind, values, attrs in entries
    }
