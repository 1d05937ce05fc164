"""Tables larger than memory: coefficients on disk, read in strips of rows, once for each product.

A product with all right-hand sides reads the file once; while one strip is at work the next is
read. Memory is set by the caller, whatever the size of the file.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

import numpy as np

from iomodel._io import atomic_path
from iomodel.errors import TableError
from iomodel.leontief.forms.block_size import MAX_BLOCK, best_block, sampled_industries
from iomodel.leontief.forms.operators import Form, square_size
from iomodel.leontief.forms.strips import (
    diagonal_cells,
    first_bad_cell,
    refuse_bad_cell,
    strip_product,
)
from iomodel.typing import AnyFloat, Float

__all__ = ["OnDisk", "RawMatrix", "write_raw"]

DTYPES = ("float32", "float64")


class Strips(Protocol):
    """An n x n matrix read by slices of rows: RawMatrix, or an array of zarr, h5py or memmap."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Its shape."""
        ...

    @property
    def dtype(self) -> Any:
        """Its type of cell."""
        ...

    def __getitem__(self, rows: slice, /) -> Any:
        """Return some rows."""
        ...


class WatchedFile:
    """A file that must stay as it is.

    Attributes
    ----------
    path : str
    identity : tuple of int
        Device, inode, size and time of the last change.
    """

    def __init__(self, path: str) -> None:
        self.path, self.identity = path, _identity(path)

    def refuse_changes(self) -> None:
        """Raise TableError if the file was deleted, replaced or written to."""
        try:
            unchanged = _identity(self.path) == self.identity
        except OSError as error:
            raise self.refusal(error.strerror or str(error)) from error
        if not unchanged:
            raise self.refusal("it was written to or replaced")

    def refusal(self, reason: str) -> TableError:
        """Error for a file that has changed."""
        return TableError(
            f"{self.path} has changed since it was opened ({reason}); keep the file as it is while "
            "a system works with it, and build the system again"
        )


def _identity(path: str) -> tuple[int, int, int, int]:
    status = os.stat(path)
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


class RawMatrix:
    """A square matrix in a file without a header, row after row.

    Rows are read, not mapped: mapped pages would count as memory of the process.

    Parameters
    ----------
    path : path-like
        The file.
    dtype : {"float32", "float64"}
        Its cells, little-endian.

    Raises
    ------
    TableError
        If the file is missing, the type unknown, or the size not that of a square matrix.
    """

    def __init__(self, path: str | os.PathLike[str], dtype: str = "float32") -> None:
        if dtype not in DTYPES:
            raise TableError(f"unknown type of cells {dtype!r}; valid: {', '.join(DTYPES)}")
        self.path, self.dtype = os.fspath(path), np.dtype(dtype).newbyteorder("<")
        if not os.path.isfile(self.path):
            raise TableError(f"there is no file {self.path}; write it with write_raw")
        cells, excess_bytes = divmod(os.path.getsize(self.path), self.dtype.itemsize)
        n = round(cells**0.5)
        if n * n != cells or excess_bytes or n == 0:
            raise TableError(
                f"{self.path} holds {cells:,} cells of {dtype}, which make no square matrix; it is "
                "truncated or has cells of another type"
            )
        self.shape = (n, n)
        self.file = WatchedFile(self.path)

    def __getitem__(self, rows: slice) -> AnyFloat:
        n = self.shape[0]
        start, stop, _ = rows.indices(n)
        count = (stop - start) * n
        try:
            cells = np.fromfile(
                self.path, dtype=self.dtype, count=count, offset=start * n * self.dtype.itemsize
            )
        except OSError as error:
            raise self.file.refusal(error.strerror or str(error)) from error
        if cells.size < count:
            raise self.file.refusal("it ends early")
        return cells.reshape(stop - start, n)


def write_raw(
    path: str | os.PathLike[str], strips: Iterable[AnyFloat], dtype: str = "float32"
) -> RawMatrix:
    """Write strips of rows, from the first to the last, to a raw file and return it.

    Raises
    ------
    OutputError
        If the file cannot be written.
    TableError
        If the strips do not make a square matrix.
    """
    with atomic_path(path) as temporary:
        with open(temporary, "wb") as file:
            for strip in strips:
                np.ascontiguousarray(strip, dtype=np.dtype(dtype).newbyteorder("<")).tofile(file)
        RawMatrix(temporary, dtype)
    return RawMatrix(path, dtype)


def _file_of(matrix: Strips) -> WatchedFile | None:
    """File of a raw matrix or of numpy.memmap, whose process dies if pages of it are gone."""
    if isinstance(matrix, RawMatrix):
        return matrix.file
    if isinstance(matrix, np.memmap) and matrix.filename is not None:
        return WatchedFile(os.fspath(matrix.filename))
    return None


class OnDisk(Form):
    """Coefficients that are read from disk for every product.

    Parameters
    ----------
    matrix : RawMatrix, or an array of zarr, h5py or numpy.memmap, shape (n, n)
        Input per unit of output, users in columns; float32 or float64.
    memory : int
        Bytes that strips may take in all; no less than some rows need.
    sectors : int
        Number of sectors of a region, if known: national blocks speed up the solve.

    Raises
    ------
    TableError
        If the matrix is not square, a cell is negative or not finite, or `sectors` is no divisor;
        at any product, if the file has changed since it was opened or cannot be read.

    Notes
    -----
    The cells are taken as exact, float32 ones too: residuals are made in float64.
    """

    kind = "blocked"

    def __init__(self, matrix: Strips, *, memory: int = 2**29, sectors: int = 0) -> None:
        if np.dtype(matrix.dtype).kind == "c":
            raise TableError("the coefficient array is complex; give real numbers")
        self.n = square_size(matrix.shape, sectors)
        self._matrix, self._sectors = matrix, sectors
        self._file = _file_of(matrix)
        # Two strips are in memory, and one of them once more in the other precision.
        self._row_bytes = self.n * (2 * np.dtype(matrix.dtype).itemsize + 8)
        self.height = max(1, min(self.n, int(memory) // self._row_bytes))
        self._sums = self._checked_sums()

    # ------------------------------------------------------------------ passes
    def _strips(self) -> Iterator[tuple[slice, AnyFloat]]:
        """Yield the rows and cells of each strip; the next one is read meanwhile.

        A file of raw cells is looked at before the pass and after it; a store of another library
        guards itself.
        """
        self._refuse_changes()
        strips = [
            slice(start, min(start + self.height, self.n))
            for start in range(0, self.n, self.height)
        ]
        with ThreadPoolExecutor(1) as reader:
            next_strip = reader.submit(self._read, strips[0])
            for k, rows in enumerate(strips):
                cells = next_strip.result()
                if k + 1 < len(strips):
                    next_strip = reader.submit(self._read, strips[k + 1])
                yield rows, cells
        self._refuse_changes()

    def _refuse_changes(self) -> None:
        if self._file is not None:
            self._file.refuse_changes()

    def _read(self, rows: slice) -> AnyFloat:
        try:
            return np.asarray(self._matrix[rows])
        except (OSError, KeyError, RuntimeError) as error:
            # A store of zarr or h5py that was deleted, damaged or closed.
            raise TableError(
                f"rows {rows.start} to {rows.stop - 1} of the coefficients cannot be read "
                f"({error}); keep the file as it is while a system works with it"
            ) from error

    def _checked_sums(self) -> tuple[Float, Float]:
        """Return row and column sums from one pass that refuses bad cells."""
        row_sums, column_sums = np.empty(self.n), np.zeros(self.n)
        for rows, strip in self._strips():
            refuse_bad_cell(first_bad_cell(strip, rows))
            row_sums[rows] = strip.sum(axis=1, dtype=np.float64)
            column_sums += strip.sum(axis=0, dtype=np.float64)
        return row_sums, column_sums

    def _product(self, x: AnyFloat, transposed: bool) -> AnyFloat:
        y = np.zeros_like(x)
        for rows, strip in self._strips():
            product = strip_product(strip, rows, x, transposed)
            if transposed:
                y += product
            else:
                y[:, rows] = product
        return y

    # ------------------------------------------------------------------ as an operator
    @property
    def how(self) -> str:
        """Reason in words for a plan."""
        size = self.n**2 * np.dtype(self._matrix.dtype).itemsize
        return (
            f"{size / 1e9:,.2f} GB of coefficients lie on disk and are read in strips of "
            f"{self.height:,} rows, once for each product with all right-hand sides"
        )

    @property
    def extra_bytes(self) -> int:
        """Bytes of the strips in memory."""
        return int(self.height * self._row_bytes)

    def sums(self) -> tuple[Float, Float]:
        """Return the row sums and the column sums, shapes (n,)."""
        return self._sums

    def blocks(self, size: int) -> Float:
        """Return the diagonal blocks, shape (n / size, size, size)."""
        cells = np.empty((self.n, size))
        for rows, strip in self._strips():
            cells[rows] = diagonal_cells(strip, rows, size)
        return cells.reshape(self.n // size, size, size)

    def guess_block(self) -> int:
        """Return the number of sectors, or the size of blocks that hold most of some rows."""
        if 0 < self._sectors <= MAX_BLOCK:
            return self._sectors
        sellers = sampled_industries(self.n)
        self._refuse_changes()
        sample = np.stack([self._read(slice(int(i), int(i) + 1))[0] for i in sellers])
        return best_block(sample.T.astype(np.float64), sellers)
