"""Tidy Parquet files of a batch: one row for each case and region, or industry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

from iomodel.studies.ensembles.rows import Row
from iomodel.studies.ensembles.stack import Stack
from iomodel.studies.journal.answers import PlainVariable
from iomodel.typing import Float, Index

if TYPE_CHECKING:
    import pyarrow as pa  # type: ignore[import-untyped]

__all__ = ["TidyFiles"]

# Cells of the files by the dimensions of their variables.
FILES = {"regions": ("region",), "sectors": ("region", "sector")}
# Factors of a batch in front of every row; empty where a batch does not vary them.
FACTORS = ("table", "scenario", "model", "case", "closure", "elasticities", "horizon")
COMPRESSION = "zstd"


class TidyFiles:
    """Parquet files with the variables over regions and over industries, written block by block.

    Parameters
    ----------
    folder : pathlib.Path
    stacks : mapping of str to Stack
        By table. All variables of all tables are columns of the files; one that a case does not
        have is null, one that is undefined is NaN.
    """

    def __init__(self, folder: Path, stacks: Mapping[str, Stack]) -> None:
        import pyarrow as pa

        self._pa, self._folder, self._stacks = pa, folder, stacks
        self._writers: dict[str, Any] = {}
        self._schemas: dict[str, Any] = {}
        for name, cells in FILES.items():
            columns: dict[str, None] = {}
            for stack in stacks.values():
                matching = (k for k, (dims, _) in stack.variables.items() if _static(dims) == cells)
                columns |= dict.fromkeys(matching)
            if not columns:
                continue
            text = pa.dictionary(pa.int32(), pa.string())
            fields = [(factor, text) for factor in FACTORS]
            fields += [("draw", pa.int64()), *((cell, text) for cell in cells)]
            fields += [("time", text)]
            fields += [(column, pa.float64()) for column in columns]
            self._schemas[name] = pa.schema(fields)

    def __enter__(self) -> Self:
        """Open the files."""
        import pyarrow.parquet as parquet  # type: ignore[import-untyped]

        for name, schema in self._schemas.items():
            path = self._folder / f"{name}.parquet"
            self._writers[name] = parquet.ParquetWriter(path, schema, compression=COMPRESSION)
        return self

    def __exit__(self, *_: object) -> None:
        """Close the files."""
        for writer in self._writers.values():
            writer.close()

    def write(self, table: str, rows: Sequence[Row]) -> None:
        """Append the rows of one block of a table."""
        for name, schema in self._schemas.items():
            pieces = [p for row in rows for p in _pieces(row, FILES[name], schema.names)]
            if pieces:
                content = self._content(table, pieces, FILES[name], schema)
                self._writers[name].write_table(content)

    def _content(
        self, table: str, pieces: Sequence[_Piece], cells: Sequence[str], schema: pa.Schema
    ) -> pa.Table:
        labels = self._stacks[table].cell_labels
        counts = [piece.size(labels, cells) for piece in pieces]
        ends = np.cumsum(counts)
        columns: dict[str, Any] = {}
        for factor in FACTORS:
            texts = [table if factor == "table" else piece.texts[factor] for piece in pieces]
            columns[factor] = self._texts(texts, np.repeat(np.arange(len(pieces)), counts))
        numbers = np.array([piece.draw for piece in pieces])
        columns["draw"] = self._pa.array(np.repeat(numbers, counts))
        for cell in cells:
            places = [piece.places(labels, cells, cell) for piece in pieces]
            columns[cell] = self._texts(labels[cell].values.tolist(), np.concatenate(places))
        columns["time"] = self._times(pieces, labels, cells)
        for name in schema.names[len(columns) :]:
            values, absent = np.full(ends[-1], np.nan), np.ones(ends[-1], dtype=bool)
            for piece, count, end in zip(pieces, counts, ends, strict=True):
                if name in piece.cells:
                    values[end - count : end] = piece.cells[name].ravel()
                    absent[end - count : end] = False
            columns[name] = self._pa.array(values, mask=absent)
        return self._pa.table([columns[name] for name in schema.names], schema=schema)

    def _times(
        self, pieces: Sequence[_Piece], labels: Mapping[str, PlainVariable], cells: Sequence[str]
    ) -> Any:
        texts: list[str | None] = []
        for piece in pieces:
            each = piece.size(labels, cells) // max(1, len(piece.times))
            texts += [str(time) for time in piece.times for _ in range(each)] or [None] * each
        return self._pa.array(texts, type=self._pa.string()).dictionary_encode()

    def _texts(self, texts: Sequence[str], places: Index) -> Any:
        """Column of texts by their places in a list with repetitions."""
        distinct = {text: k for k, text in enumerate(dict.fromkeys(texts))}
        numbers = np.array([distinct[text] for text in texts], dtype=np.int32)
        return self._pa.DictionaryArray.from_arrays(numbers[places], list(distinct))


# ---------------------------------------------------------------------- helpers
class _Piece(NamedTuple):
    """Variables of one row with the same cells: without time, or over its times."""

    texts: Mapping[str, str]
    draw: int
    times: Sequence[Any]
    cells: Mapping[str, Float]

    def size(self, labels: Mapping[str, PlainVariable], cells: Sequence[str]) -> int:
        """Return the number of cells."""
        sizes = [len(labels[cell].values) for cell in cells]
        return int(np.prod(sizes)) * max(1, len(self.times))

    def places(self, labels: Mapping[str, PlainVariable], cells: Sequence[str], cell: str) -> Index:
        """Return places of the labels of each cell along one dimension."""
        shape = [max(1, len(self.times)), *(len(labels[dim].values) for dim in cells)]
        places: Index = np.indices(shape)[1 + list(cells).index(cell)].ravel()
        return places


def _pieces(row: Row, cells: Sequence[str], columns: Sequence[str]) -> list[_Piece]:
    place = {key: str(label) for key, label in row.place.items()}
    texts = {**row.texts, **place}
    draw = int(row.place["draw"])
    pieces = []
    for times in ((), row.times):
        dims = (*(["time"] if times else []), *cells)
        values = {k: v.values for k, v in row.cells.items() if v.dims == dims and k in columns}
        if values:
            pieces.append(_Piece(texts, draw, times, values))
        if not row.times:
            break
    return pieces


def _static(dims: Sequence[str]) -> tuple[str, ...]:
    return tuple(dim for dim in dims if dim != "time")
