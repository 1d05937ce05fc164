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
from iomodel.leontief.solvers.blocks import MAX_BLOCK, best_block
from iomodel.typing import AnyFloat, Float

__all__ = ["OnDisk", "RawMatrix", "write_raw"]

DTYPES = ("float32", "float64")


class Strips(Protocol):
    """An n x n matrix of which rows are read by slicing: RawMatrix, zarr, h5py, memmap."""

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
        cells, rest = divmod(os.path.getsize(self.path), self.dtype.itemsize)
        n = round(cells**0.5)
        if n * n != cells or rest or n == 0:
            raise TableError(
                f"{self.path} holds {cells:,} cells of {dtype}, which make no square matrix; it is "
                "truncated or has cells of another type"
            )
        self.shape = (n, n)

    def __getitem__(self, rows: slice) -> AnyFloat:
        n = self.shape[0]
        first, last, _ = rows.indices(n)
        cells = np.fromfile(
            self.path,
            dtype=self.dtype,
            count=(last - first) * n,
            offset=first * n * self.dtype.itemsize,
        )
        return cells.reshape(last - first, n)


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


class OnDisk:
    """Coefficients that are read from disk for every product.

    Parameters
    ----------
    matrix : RawMatrix, or an array of zarr, h5py or numpy.memmap, shape (n, n)
        Input per unit of output, users in columns; float32 or float64.
    memory : int
        Bytes that strips may take in all; no less than some rows need.
    sectors : int
        Number of sectors of a region, where it is known: national blocks speed up the solve.

    Raises
    ------
    TableError
        If the matrix is not square, a cell is negative or not finite, or `sectors` is no divisor.

    Notes
    -----
    The cells are taken as exact, also where they are float32: residuals are made in float64.
    """

    def __init__(self, matrix: Strips, *, memory: int = 2**29, sectors: int = 0) -> None:
        if len(matrix.shape) != 2 or matrix.shape[0] != matrix.shape[1] or matrix.shape[0] == 0:
            raise TableError(f"coefficients must be square; their shape is {tuple(matrix.shape)}")
        self._matrix, self._n = matrix, int(matrix.shape[0])
        if sectors and self._n % sectors:
            raise TableError(f"{self._n:,} industries are no multiple of {sectors} sectors")
        # Two strips are in memory, and one of them once more in the other precision.
        row = self._n * (2 * np.dtype(matrix.dtype).itemsize + 8)
        self.height = max(1, min(self._n, int(memory) // row))
        self._sectors = sectors
        self._sums = self._scan()

    # ------------------------------------------------------------------ passes
    def _strips(self) -> Iterator[tuple[int, AnyFloat]]:
        """Yield each strip with its first row; the next one is read meanwhile."""
        starts = range(0, self._n, self.height)
        with ThreadPoolExecutor(1) as reader:
            coming = reader.submit(self._read, starts[0])
            for first in starts:
                strip = coming.result()
                if first + self.height < self._n:
                    coming = reader.submit(self._read, first + self.height)
                yield first, strip

    def _read(self, first: int) -> AnyFloat:
        return np.asarray(self._matrix[first : min(first + self.height, self._n)])

    def _scan(self) -> tuple[Float, Float]:
        n = self._n
        rows, columns = np.empty(n), np.zeros(n)
        for first, strip in self._strips():
            bad = ~(strip >= 0) | ~np.isfinite(strip)
            if bad.any():
                i, j = (int(k) for k in np.argwhere(bad)[0])
                raise TableError(
                    f"the input coefficient from industry {first + i} to industry {j} is "
                    f"{strip[i, j]:.6g}; coefficients must be finite and not negative"
                )
            rows[first : first + strip.shape[0]] = strip.sum(axis=1, dtype=np.float64)
            columns += strip.sum(axis=0, dtype=np.float64)
        return rows, columns

    def _pass(self, x: AnyFloat, transposed: bool) -> AnyFloat:
        y = np.zeros_like(x)
        for first, strip in self._strips():
            cells = strip.astype(x.dtype, copy=False)
            own = slice(first, first + strip.shape[0])
            if transposed:
                y += x[:, own] @ cells
            else:
                y[:, own] = x @ cells.T
        return y

    # ------------------------------------------------------------------ as an operator
    @property
    def n(self) -> int:
        """Number of industries."""
        return self._n

    @property
    def kind(self) -> str:
        """Name of the method."""
        return "blocked"

    @property
    def how(self) -> str:
        """Why, in words for a plan."""
        size = self._n**2 * np.dtype(self._matrix.dtype).itemsize
        return (
            f"{size / 1e9:,.2f} GB of coefficients lie on disk and are read in strips of "
            f"{self.height:,} rows, once for each product with all right-hand sides"
        )

    @property
    def extra_bytes(self) -> int:
        """Bytes of the strips in memory."""
        return int(self.height * self._n * (2 * np.dtype(self._matrix.dtype).itemsize + 8))

    def times(self, x: Float, *, transposed: bool = False) -> Float:
        """Return A times each row of x (k, n), or A' times each, in one pass over the file."""
        product: Any = self._pass(x, transposed)
        return product  # type: ignore[no-any-return]

    def times_single(self, x: AnyFloat, *, transposed: bool = False) -> AnyFloat:
        """Return the same in single precision."""
        return self._pass(x, transposed)

    def sums(self) -> tuple[Float, Float]:
        """Return the row sums and the column sums, shapes (n,)."""
        return self._sums

    def diagonal(self) -> Float:
        """Return the diagonal of A, shape (n,)."""
        return self.blocks(1)[:, 0, 0]

    def blocks(self, size: int) -> Float:
        """Return the diagonal blocks, shape (n / size, size, size)."""
        n = self._n
        blocks = np.empty((n // size, size, size))
        flat = blocks.reshape(n, size)
        for first, strip in self._strips():
            rows = np.arange(first, first + strip.shape[0])
            columns = (rows // size * size)[:, None] + np.arange(size)
            flat[rows] = np.take_along_axis(strip, columns, axis=1)
        return blocks

    def guess_block(self) -> int:
        """Return the number of sectors, or blocks that hold most of a sample of rows."""
        if 0 < self._sectors <= MAX_BLOCK:
            return self._sectors
        rows = np.unique(np.linspace(0, self._n - 1, 64).astype(np.intp))
        sample = np.stack([np.asarray(self._matrix[int(i) : int(i) + 1])[0] for i in rows])
        found: int = best_block(sample.T.astype(np.float64), rows)
        return found
