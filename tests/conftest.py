"""Fixtures shared by every room."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from threadpoolctl import threadpool_limits

from iomodel.table.mrio import MRIOTable

# The suite draws the same examples on every run; `pytest --hypothesis-profile=search` draws others.
settings.register_profile("suite", derandomize=True, deadline=None)
settings.register_profile("search", derandomize=False, deadline=None)
settings.load_profile("suite")


def pytest_configure(config: pytest.Config) -> None:
    """Keep BLAS to one thread in each of several workers, which share the processors."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        limits = threadpool_limits(1, "blas")
        config.add_cleanup(limits.restore_original_limits)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that compare with raw statistics, so that ``-m raw_data`` runs them alone."""
    for item in items:
        if "raw_data" in getattr(item, "fixturenames", ()):
            item.add_marker("raw_data")


@pytest.fixture(scope="session")
def raw_data() -> Path:
    """Folder of raw statistics; the test is skipped where the environment names none."""
    folder = os.environ.get("IOMODEL_RAW_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("raw data are absent; set IOMODEL_RAW_DATA to their folder")
    return Path(folder)


def random_table(
    seed: int, regions: int = 3, sectors: int = 4, final_uses: int = 2, *, idle: bool = False
) -> MRIOTable:
    """A productive table with zeros, a negative inventory, tariffs and an extension.

    With `idle`, the last industry has neither output nor inputs.
    """
    rng = np.random.default_rng(seed)
    n = regions * sectors
    A = rng.pareto(1.5, (n, n)) * (rng.random((n, n)) < 0.7)
    A *= rng.uniform(0.1, 0.9, n) / np.maximum(A.sum(axis=0), 1e-300)
    Y = rng.lognormal(2.0, 1.5, (n, regions * final_uses))
    if idle and n > 1:
        A[-1], A[:, -1], Y[-1] = 0.0, 0.0, 0.0
    x = np.linalg.solve(np.eye(n) - A, Y.sum(axis=1))
    if final_uses > 1:
        drawn = rng.uniform(0.5, 2.0) * Y[0, -1]
        Y[0, -1] -= drawn
        Y[0, 0] += drawn
    return MRIOTable.from_arrays(
        A * x,
        Y,
        x=x,
        regions=[f"R{k}" for k in range(regions)],
        sectors=[f"s{k}" for k in range(sectors)],
        sector_names=[f"Sector {k}" for k in range(sectors)],
        final_uses=[f"use{k}" for k in range(final_uses)],
        tariff=rng.uniform(0.0, 0.3, (regions, sectors, regions)),
        unusual_tariffs="accept",
        extensions={"jobs": rng.uniform(0.0, 9.0, n), "energy": rng.uniform(0.0, 9.0, n)},
        extension_units={"jobs": "persons", "energy": "TJ"},
        history=["made for a test"],
        name=f"random-{seed}",
        year=2022,
        unit="million USD",
    )


@pytest.fixture(scope="session")
def make_table() -> Callable[..., MRIOTable]:
    """The function :func:`random_table`, so that tests can draw tables of their own."""
    return random_table
