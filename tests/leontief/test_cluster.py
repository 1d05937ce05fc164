"""The same answer from a cluster, also when a worker dies on the way."""

import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from iomodel.errors import IOModelError, TableError
from iomodel.leontief import LeontiefSystem, OnCluster, write_raw


def technology(seed, n, top=0.9):
    rng = np.random.default_rng(seed)
    A = rng.pareto(1.5, (n, n))
    return A * rng.uniform(0.2, top, n) / A.sum(axis=0)


@pytest.fixture(scope="module")
def client():
    distributed = pytest.importorskip("dask.distributed", reason="install iomodel[dask]")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


def test_answers_equal_those_of_one_process_and_bad_cells_are_named(client, tmp_path):
    A = technology(0, 120)
    f = np.random.default_rng(1).lognormal(0, 2, (120, 3))
    alone = LeontiefSystem.from_coefficients(A, method="krylov")
    for source in (A, write_raw(tmp_path / "A.raw", [A], "float64")):
        system = LeontiefSystem.from_coefficients(OnCluster(source, client, sectors=12))
        assert system.plan.method == "distributed"
        x, report = system.solve(f, report=True)
        assert report.method == "distributed"
        # Conditions below 20, backward errors below 1e-14.
        np.testing.assert_allclose(x, alone.solve(f), rtol=1e-12)
        np.testing.assert_allclose(system.solve_prices(f), alone.solve_prices(f), rtol=1e-12)
    bad = technology(2, 20)
    bad[3, 4] = -1.0
    for source in (bad, write_raw(tmp_path / "bad.raw", [bad], "float64")):
        with pytest.raises(TableError, match="from industry 3 to industry 4"):
            OnCluster(source, client)
    with pytest.raises(TableError, match="square"):
        OnCluster(np.zeros((2, 3)), client)


class Mortal(OnCluster):
    """Kills a worker, once, in the middle of a solve."""

    products = 0

    def times_single(self, x, *, transposed=False):
        self.products += 1
        if self.products == 3:
            os.kill(next(iter(self._client.run(os.getpid).values())), signal.SIGKILL)
        return super().times_single(x, transposed=transposed)


def test_a_worker_killed_in_the_middle_changes_nothing(client, tmp_path):
    A = technology(1, 90)
    f = np.ones(90)
    alone = LeontiefSystem.from_coefficients(A, method="krylov").solve(f)
    for source in (A, write_raw(tmp_path / "A.raw", [A], "float64")):
        mortal = Mortal(source, client)
        x = LeontiefSystem.from_coefficients(mortal).solve(f)
        assert mortal.products > 3
        np.testing.assert_allclose(x, alone, rtol=1e-12)


def test_without_dask_the_error_says_how_to_install_it():
    code = (
        "import sys; sys.modules['dask'] = None; import numpy as np\n"
        "from iomodel.leontief import OnCluster\n"
        "OnCluster(np.zeros((2, 2)), None)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "pip install 'iomodel[dask]'" in done.stderr
    assert IOModelError.__name__ in done.stderr
