"""One BLAS thread inside a solve, and the user's number after it, whatever happens."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, get_ident
from types import SimpleNamespace

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

import iomodel.equilibrium as ge
from iomodel import _threads
from iomodel._threads import blas_threads, one_blas_thread, processors
from iomodel.equilibrium import counterfactuals

ELASTICITIES = ge.Elasticities.caliendo_parro(np.full(2, 4.0))


@pytest.fixture(autouse=True)
def two_threads():
    """As many as can be told from one, on any machine."""
    with threadpool_limits(2, "blas"):
        yield
        assert blas_threads() == 2
        assert not _threads._LIMIT.blocks


def economy():
    rng = np.random.default_rng(0)
    flow = rng.lognormal(0.0, 1.0, (2, 3, 3))
    return ge.without_materials(flow, np.zeros(flow.shape))


@pytest.fixture
def threads_within(monkeypatch):
    """Numbers of threads at the beginning of each solve."""
    seen = []

    def prepare(*arguments):
        seen.append(blas_threads())
        return original(*arguments)

    original = counterfactuals.prepare
    monkeypatch.setattr(counterfactuals, "prepare", prepare)
    return seen


def test_a_solve_has_one_thread_and_restores_the_rest(threads_within):
    ge.solve(economy(), ELASTICITIES)
    assert threads_within == [1]


def test_a_path_keeps_one_limit_for_its_points(threads_within):
    base, _ = ge.rebase(economy(), ELASTICITIES)
    ge.gdp_chain(base, ELASTICITIES, ge.Shock(tariff=base.tariff + 0.1))
    assert len(threads_within) > 2
    assert set(threads_within) == {1}


def test_draws_on_several_workers_have_one_thread_each(threads_within):
    drawn = ge.Elasticities.caliendo_parro(np.linspace(2.0, 6.0, 8)[:, None] * np.ones(2))
    list(ge.solve_many(economy(), drawn, ge.Shock(), group=1, workers=4))
    assert set(threads_within) == {1}


def test_a_generator_of_draws_holds_no_limit_between_them():
    drawn = ge.Elasticities.caliendo_parro(np.linspace(2.0, 6.0, 4)[:, None] * np.ones(2))
    draws = ge.solve_many(economy(), drawn, ge.Shock(), group=2, workers=1)
    next(draws)
    list(draws)
    assert blas_threads() == 2


def test_nested_blocks_share_the_limit():
    with one_blas_thread():
        with one_blas_thread():
            assert blas_threads() == 1
        assert blas_threads() == 1
    assert blas_threads() == 2


def test_of_two_user_threads_the_last_restores():
    begun, ended = Event(), Event()

    def long_block():
        with one_blas_thread():
            begun.set()
            assert ended.wait(10.0)
            return blas_threads()

    with ThreadPoolExecutor(1) as pool:
        later = pool.submit(long_block)
        assert begun.wait(10.0)
        with one_blas_thread():
            pass
        assert blas_threads() == 1  # the other is still at work
        ended.set()
        assert later.result() == 1
    assert blas_threads() == 2


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_errors_and_interrupts_restore(monkeypatch, error):
    def fail(*_):
        assert blas_threads() == 1
        raise error

    monkeypatch.setattr(counterfactuals, "prepare", fail)
    with pytest.raises(error):
        ge.solve(economy(), ELASTICITIES)


@pytest.mark.parametrize("moment", ["get_num_threads", "set_num_threads"])
def test_an_interrupt_while_the_limit_is_set_restores(monkeypatch, moment):
    library = _threads._blas().lib_controllers[-1]
    original, calls = getattr(library, moment), []

    def interrupted(*arguments):
        calls.append(arguments)
        if len(calls) == 1:
            raise KeyboardInterrupt
        return original(*arguments)

    monkeypatch.setattr(library, moment, interrupted)
    with pytest.raises(KeyboardInterrupt), one_blas_thread():
        pytest.fail("the block began")


def test_an_interrupt_while_the_limit_is_lifted_is_mended_by_the_next_block(monkeypatch):
    library = _threads._blas().lib_controllers[0]
    original = library.set_num_threads

    def interrupted(threads):
        if threads != 1:
            raise KeyboardInterrupt
        original(threads)

    with monkeypatch.context() as patch:
        patch.setattr(library, "set_num_threads", interrupted)
        with pytest.raises(KeyboardInterrupt), one_blas_thread():
            pass
    with one_blas_thread():
        assert blas_threads() == 1
    assert blas_threads() == 2


def test_the_number_of_the_user_is_restored_and_not_that_of_the_machine():
    with threadpool_limits(3, "blas"):
        ge.solve(economy(), ELASTICITIES)
        assert blas_threads() == 3


class OpenMP:
    """OpenBLAS built on OpenMP: a number of threads for each Python thread."""

    threading_layer = "openmp"

    def __init__(self):
        self.numbers = {}

    def get_num_threads(self):
        return self.numbers.get(get_ident(), 5)

    def set_num_threads(self, threads):
        self.numbers[get_ident()] = threads


def test_numbers_by_thread_are_set_and_restored_in_each(monkeypatch):
    library, barrier = OpenMP(), Barrier(2)
    monkeypatch.setattr(_threads, "_blas", lambda: SimpleNamespace(lib_controllers=[library]))

    def work():
        with one_blas_thread(), one_blas_thread():
            barrier.wait(10.0)
            within = library.get_num_threads()
        barrier.wait(10.0)
        return within, library.get_num_threads()

    with ThreadPoolExecutor(2) as pool:
        assert [f.result() for f in [pool.submit(work), pool.submit(work)]] == [(1, 5), (1, 5)]


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no affinity on this system")
def test_workers_are_counted_by_affinity():
    allowed = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(allowed)})
        assert processors() == 1
    finally:
        os.sched_setaffinity(0, allowed)
    assert processors() == (os.process_cpu_count() if sys.version_info >= (3, 13) else len(allowed))
