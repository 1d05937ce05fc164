"""Coefficients on the workers of a Dask cluster; only vectors travel.

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

from iomodel.errors import IOModelError, SolverError
from iomodel.leontief.forms.block_size import MAX_BLOCK
from iomodel.leontief.forms.disk import RawMatrix
from iomodel.leontief.forms.operators import Form, square_size
from iomodel.leontief.forms.strips import (
    diagonal_cells,
    first_bad_cell,
    refuse_bad_cell,
    strip_product,
)
from iomodel.leontief.productive import refuse_bad_cells
from iomodel.typing import AnyFloat, Float

__all__ = ["OnCluster"]

# How often a product is asked again before the cluster is given up.
TRIES = 6
# Dask warns of tasks that carry more than 10 MB: right-hand sides are sent in groups.
LARGEST_MESSAGE = 8_000_000


class OnCluster(Form):
    """Coefficients in strips of rows on the workers of a Dask cluster.

    Parameters
    ----------
    A : ndarray or RawMatrix, shape (n, n)
        Input per unit of output, users in columns. An array is sent to the workers; a raw file
        must be visible to all workers under its path, and each reads its rows.
    client : dask.distributed.Client
        The cluster.
    parts : int
        Number of strips; 0 for two for each worker.
    sectors : int
        Number of sectors of a region, if known: national blocks speed up the solve.

    Raises
    ------
    IOModelError
        If Dask is not installed.
    TableError
        If A is not square, or a cell is negative or not finite.
    SolverError
        If the cluster has no workers or loses them again and again.
    """

    kind = "distributed"
    extra_bytes = 0

    def __init__(
        self, A: Float | RawMatrix, client: Any, *, parts: int = 0, sectors: int = 0
    ) -> None:
        self._lost_worker_errors = _lost_worker_errors()
        self.n = square_size(A.shape, sectors)
        self._source: Any = A if isinstance(A, RawMatrix) else np.ascontiguousarray(A, np.float64)
        self._client, self._sectors = client, sectors
        if isinstance(self._source, np.ndarray):
            refuse_bad_cells(self._source, lambda i: f"industry {i}")
        workers = len(client.scheduler_info(n_workers=-1)["workers"])
        if workers == 0:
            raise SolverError("the cluster has no workers; start some, or check its address")
        count = min(self.n, parts or 2 * workers)
        edges = np.linspace(0, self.n, count + 1).astype(int)
        self._rows = [slice(int(a), int(b)) for a, b in pairwise(edges)]
        self._strips = [self._put(rows) for rows in self._rows]
        self._single_strips = [client.submit(_in_single, s, pure=False) for s in self._strips]
        if isinstance(self._source, RawMatrix):
            for cell in self._on_each_strip(first_bad_cell, self._strips):
                refuse_bad_cell(cell)

    def _put(self, rows: slice) -> Any:
        """Return a future of one strip, on some worker."""
        if isinstance(self._source, RawMatrix):
            return self._client.submit(_read, self._source, rows, pure=False)
        return self._client.scatter(self._source[rows], hash=False)

    def _on_each_strip(self, work: Callable[..., Any], strips: list[Any], *args: Any) -> list[Any]:
        """Return work(strip, rows, *args) for every strip; lost strips are put on a worker anew."""
        reason = ""
        for attempt in range(TRIES):
            try:
                if attempt:
                    self._replace_lost()
                # x goes with the tasks: data that are scattered die with the worker they lie on.
                tasks = [
                    self._client.submit(work, strip, rows, *args, pure=False)
                    for strip, rows in zip(strips, self._rows, strict=True)
                ]
                return list(self._client.gather(tasks))
            except self._lost_worker_errors as error:
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
                self._single_strips[k] = self._client.submit(
                    _in_single, self._strips[k], pure=False
                )

    def _product(self, x: AnyFloat, transposed: bool) -> AnyFloat:
        strips = self._single_strips if x.dtype == np.float32 else self._strips
        height = max(1, LARGEST_MESSAGE // (self.n * x.itemsize))
        y = np.zeros_like(x)
        for start in range(0, x.shape[0], height):
            group = slice(start, start + height)
            products = self._on_each_strip(strip_product, strips, x[group], transposed)
            if transposed:
                for product in products:
                    y[group] += product
            else:
                np.concatenate(products, axis=1, out=y[group])
        return y

    # ------------------------------------------------------------------ as an operator
    @property
    def how(self) -> str:
        """Reason in words for a plan."""
        return f"the coefficients lie in {len(self._rows)} strips of rows on a cluster"

    def blocks(self, size: int) -> Float:
        """Return the diagonal blocks, shape (n / size, size, size)."""
        cells = self._on_each_strip(diagonal_cells, self._strips, size)
        blocks: Float = np.concatenate(cells).reshape(self.n // size, size, size)
        return blocks

    def guess_block(self) -> int:
        """Return the number of sectors if it was given and is not too large, else 1."""
        return self._sectors if 0 < self._sectors <= MAX_BLOCK else 1


def _lost_worker_errors() -> tuple[type[BaseException], ...]:
    """Return the errors that Dask raises when a worker dies with its data.

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
