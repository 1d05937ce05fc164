"""How many threads the linear algebra runs on."""

from __future__ import annotations

import os

__all__ = ["blas_threads"]

VARIABLES = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "OMP_NUM_THREADS")


def blas_threads() -> int:
    """Return the number of BLAS threads.

    Asked of the libraries themselves where threadpoolctl is installed (``iomodel[bench]``), so that
    limits set by its context manager are seen; else from the environment, else the number of cores.
    Nothing here changes it: what the user set is honoured.
    """
    try:
        from threadpoolctl import threadpool_info  # type: ignore[import-untyped,unused-ignore]
    except ImportError:
        for name in VARIABLES:
            if os.environ.get(name, "").isdigit():
                return max(1, int(os.environ[name]))
        return os.cpu_count() or 1
    counts = [int(p["num_threads"]) for p in threadpool_info() if p["user_api"] == "blas"]
    return max(counts, default=1)
