"""Coefficients on the workers of a Dask cluster: only vectors travel.

A is cut into strips of rows, one or more for each worker, and stays there. A product sends x to the
workers and gathers their parts. A strip that is lost with its worker is put on another one, and the
product is asked again, so an answer survives the death of a worker.

Dask starts workers with one BLAS thread for each of their threads (``distributed.nanny``
configuration), so cores are not oversubscribed; a cluster made in another way must see to that.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import CancelledError
from itertools import pairwise
from typing import Any

import numpy as np

from iomodel.errors import IOModelError, SolverError, TableError
from iomodel.leontief.forms.disk import RawMatrix
from iomodel.leontief.forms.operators import sums_by_products
from iomodel.leontief.productive import refuse_bad_cells
from iomodel.leontief.solvers.blocks import MAX_BLOCK
from iomodel.typing import AnyFloat, Float

__all__ = ["OnCluster"]

# How often a product is asked again before the cluster is given up.
TRIES = 6
# Dask warns of tasks that carry more than 10 MB: right-hand sides are sent in groups.
LARGEST_MESSAGE = 8_000_000


class OnCluster:
    """Coefficients that lie on the workers of a Dask cluster.

    Parameters
    ----------
    A : ndarray or RawMatrix, shape (n, n)
        Input per unit of output, users in columns. An array is sent to the workers; of a raw file,
        which all workers must see under its path, each reads its rows.
    client : dask.distributed.Client
        The cluster.
    parts : int
        Number of strips; 0 for two for each worker.
    sectors : int
        Number of sectors of a region, where it is known: national blocks speed up the solve.

    Raises
    ------
    IOModelError
        If Dask is not installed.
    TableError
        If A is not square, or a cell is negative or not finite.
    SolverError
        If the cluster has no workers or loses them again and again.
    """

    def __init__(
        self, A: Float | RawMatrix, client: Any, *, parts: int = 0, sectors: int = 0
    ) -> None:
        self._lost = _lost_errors()
        if len(A.shape) != 2 or A.shape[0] != A.shape[1] or A.shape[0] == 0:
            raise TableError(f"coefficients must be square; their shape is {tuple(A.shape)}")
        self._source: Any = A if isinstance(A, RawMatrix) else np.ascontiguousarray(A, np.float64)
        self._client, self._n, self._sectors = client, int(A.shape[0]), sectors
        if sectors and self._n % sectors:
            raise TableError(f"{self._n:,} industries are no multiple of {sectors} sectors")
        if isinstance(self._source, np.ndarray):
            refuse_bad_cells(self._source, lambda i: f"industry {i}")
        workers = len(client.scheduler_info(n_workers=-1)["workers"])
        if workers == 0:
            raise SolverError("the cluster has no workers; start some, or check its address")
        count = min(self._n, parts or 2 * workers)
        edges = np.linspace(0, self._n, count + 1).astype(int)
        self._rows = [slice(int(a), int(b)) for a, b in pairwise(edges)]
        self._strips = [self._put(rows) for rows in self._rows]
        self._singles = [client.submit(_in_single, s, pure=False) for s in self._strips]
        if isinstance(self._source, RawMatrix):
            self._refuse_bad_cells()

    def _put(self, rows: slice) -> Any:
        """Return a future of one strip, on some worker."""
        if isinstance(self._source, RawMatrix):
            return self._client.submit(_read, self._source, rows, pure=False)
        return self._client.scatter(self._source[rows], hash=False)

    def _on_each(self, work: Callable[..., Any], x: Any) -> list[Any]:
        """Return work(strip, first, last, x) for every strip; lost strips are put anew.

        The strips are those in the precision of x.
        """
        reason = ""
        for again in range(TRIES):
            try:
                if again:
                    self._replace_lost()
                # x goes with the tasks: data that are scattered die with the worker they lie on.
                tasks = [
                    self._client.submit(work, strip, rows.start, rows.stop, x, pure=False)
                    for strip, rows in zip(
                        self._singles if x.dtype == np.float32 else self._strips,
                        self._rows,
                        strict=True,
                    )
                ]
                return list(self._client.gather(tasks))
            except self._lost as error:
                reason = str(error)
        raise SolverError(
            f"the cluster lost its workers {TRIES} times during one product ({reason}); give them "
            "more memory, or solve from disk with OnDisk"
        )

    def _replace_lost(self) -> None:
        # Workers that died are replaced by their nanny; there must be one to go on with.
        self._client.wait_for_workers(1, timeout=60)
        for k, (strip, rows) in enumerate(zip(self._strips, self._rows, strict=True)):
            if strip.status in ("cancelled", "lost", "error"):
                self._strips[k] = self._put(rows)
                self._singles[k] = self._client.submit(_in_single, self._strips[k], pure=False)

    def _refuse_bad_cells(self) -> None:
        for answer in self._on_each(_bad_cell, np.zeros(0)):
            if answer:
                i, j, value = answer
                raise TableError(
                    f"the input coefficient from industry {i} to industry {j} is {value:.6g}; "
                    "coefficients must be finite and not negative"
                )

    def _product(self, x: AnyFloat, transposed: bool) -> AnyFloat:
        work = _times_transposed if transposed else _times
        height = max(1, LARGEST_MESSAGE // (self._n * x.itemsize))
        y = np.zeros_like(x)
        for first in range(0, x.shape[0], height):
            some = slice(first, first + height)
            parts = self._on_each(work, x[some])
            if transposed:
                for part in parts:
                    y[some] += part
            else:
                np.concatenate(parts, axis=1, out=y[some])
        return y

    # ------------------------------------------------------------------ as an operator
    @property
    def n(self) -> int:
        """Number of industries."""
        return self._n

    @property
    def kind(self) -> str:
        """Name of the method."""
        return "distributed"

    @property
    def how(self) -> str:
        """Why, in words for a plan."""
        return f"the coefficients lie in {len(self._rows)} strips of rows on a cluster"

    @property
    def extra_bytes(self) -> int:
        """Bytes in this process; the strips lie on the workers."""
        return 0

    def times(self, x: Float, *, transposed: bool = False) -> Float:
        """Return A times each row of x (k, n), or A' times each."""
        product: Any = self._product(x, transposed)
        return product  # type: ignore[no-any-return]

    def times_single(self, x: AnyFloat, *, transposed: bool = False) -> AnyFloat:
        """Return the same for float32 vectors: half the traffic."""
        return self._product(x, transposed)

    def sums(self) -> tuple[Float, Float]:
        """Return the row sums and the column sums, shapes (n,)."""
        return sums_by_products(self)

    def diagonal(self) -> Float:
        """Return the diagonal of A, shape (n,)."""
        return self.blocks(1)[:, 0, 0]

    def blocks(self, size: int) -> Float:
        """Return the diagonal blocks, shape (n / size, size, size)."""
        parts = self._on_each(_own_columns, np.array([size]))
        blocks: Float = np.concatenate(parts).reshape(self._n // size, size, size)
        return blocks

    def guess_block(self) -> int:
        """Return the number of sectors where it was given and is not too large, else 1."""
        return self._sectors if 0 < self._sectors <= MAX_BLOCK else 1


def _lost_errors() -> tuple[type[BaseException], ...]:
    """Return what Dask raises when a worker dies with what it held.

    Raises
    ------
    IOModelError
        If Dask is not installed; says how to install it.
    """
    try:
        from dask.distributed import KilledWorker
        from distributed.comm.core import CommClosedError
    except ImportError as error:
        raise IOModelError(
            "solving on a cluster needs Dask; install it with: pip install 'iomodel[dask]'"
        ) from error
    return (KilledWorker, CancelledError, CommClosedError, TimeoutError)


# ---------------------------------------------------------------------- on the workers
def _read(matrix: RawMatrix, rows: slice) -> AnyFloat:
    return matrix[rows]


def _in_single(strip: AnyFloat) -> AnyFloat:
    return strip.astype(np.float32, copy=False)


def _times(strip: AnyFloat, first: int, last: int, x: AnyFloat) -> AnyFloat:
    product: AnyFloat = x @ strip.T.astype(x.dtype, copy=False)
    return product


def _times_transposed(strip: AnyFloat, first: int, last: int, x: AnyFloat) -> AnyFloat:
    product: AnyFloat = x[:, first:last] @ strip.astype(x.dtype, copy=False)
    return product


def _own_columns(strip: AnyFloat, first: int, last: int, size: Any) -> Float:
    rows = np.arange(first, last)
    columns = (rows // size[0] * size[0])[:, None] + np.arange(size[0])
    own: Float = np.take_along_axis(strip, columns, axis=1).astype(np.float64)
    return own


def _bad_cell(strip: AnyFloat, first: int, last: int, _: Any) -> tuple[int, int, float] | None:
    bad = ~(strip >= 0) | ~np.isfinite(strip)
    if not bad.any():
        return None
    i, j = (int(k) for k in np.argwhere(bad)[0])
    return first + i, j, float(strip[i, j])
