"""Threads that share one system: the same answers as one thread alone."""

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from iomodel.leontief import LeontiefSystem
from iomodel.leontief.solvers import table as solver_table
from iomodel.leontief.solvers.dense_lu import DenseLU, identity_minus
from tests.leontief.technologies import technology

ANSWERS = 10_000


def in_threads(threads, work):
    """Run work(0), work(1), ... in as many threads and raise the first refusal."""
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, range(threads)))


@pytest.mark.parametrize("threads", [2, 4, 8])
@pytest.mark.parametrize("transposed", [False, True])
def test_every_answer_of_threads_on_shared_factors_is_right(threads, transposed):
    n = 12
    A = technology(1, n)
    rhs = np.random.default_rng(0).random((64, n))
    M = np.eye(n) - A
    expected = np.linalg.solve(M.T if transposed else M, rhs.T).T
    bound = 1e-9 * expected.max()
    system = LeontiefSystem.from_coefficients(A, method="lu")

    def work(thread):
        wrong = 0
        for k in range(ANSWERS // threads):
            row = (k + thread) % 64
            x, _ = system.answer(rhs[row], transposed=transposed)
            wrong += not (abs(x - expected[row]) <= bound).all()
        return wrong

    assert in_threads(threads, work) == [0] * threads


@pytest.mark.parametrize("question", ["solve", "columns", "inverse"])
def test_every_use_of_the_pivots_by_threads_is_right(question):
    n = 15
    M = np.eye(n)[::-1] + technology(2, n) / 10  # rows must be exchanged
    inverse = np.linalg.inv(M)
    factors = DenseLU.overwrite(M.copy())
    pivots = factors.pivots.copy()
    questions = {
        "solve": lambda: factors.solve(np.eye(n)),
        "columns": lambda: factors.columns(np.arange(n)),
        "inverse": factors.inverse,
    }

    def work(_):
        return all(np.allclose(questions[question](), inverse, rtol=1e-9) for _ in range(200))

    assert in_threads(4, work) == [True] * 4
    np.testing.assert_array_equal(factors.pivots, pivots)


@pytest.mark.parametrize("method", ["lu", "mixed", "krylov", "auto"])
def test_threads_make_factors_once(monkeypatch, method):
    """All threads ask at once a system without factors."""
    n = 40
    A = technology(3, n)
    f = np.random.default_rng(4).lognormal(0, 1, (n, 8))
    expected = np.linalg.solve(np.eye(n) - A, f)
    made = []

    def counted(*arguments):
        made.append(arguments)
        return identity_minus(*arguments)

    monkeypatch.setattr(solver_table, "identity_minus", counted)
    system = LeontiefSystem.from_coefficients(A, method=method)
    answers = in_threads(8, lambda k: system.solve(f[:, k]))
    np.testing.assert_allclose(np.stack(answers, axis=1), expected, rtol=1e-9)
    assert len(made) == (method != "krylov")


def test_a_system_can_still_be_copied_and_pickled():
    A = technology(5, 10)
    system = LeontiefSystem.from_coefficients(A)
    f = np.ones(10)
    x = system.solve(f)
    for twin in (copy.deepcopy(system), pickle.loads(pickle.dumps(system))):
        np.testing.assert_array_equal(twin.solve(f), x)
