"""The table of solvers: the next one on failure, and one place for all factors."""

import numpy as np
import pytest
from scipy import sparse

from iomodel.errors import SolverError
from iomodel.leontief import LeontiefSystem, OnDisk, SharedImports, Sparse
from iomodel.leontief.forms.operators import Dense, Operator
from iomodel.leontief.plan import SMALL, methods_in_turn
from iomodel.leontief.solvers.iterative import Iterative
from iomodel.leontief.solvers.mixed import Mixed
from tests.leontief.technologies import technology


@pytest.mark.parametrize(
    ("planned", "requested", "factorizable", "methods"),
    [
        ("krylov", "auto", True, ("krylov", "lu")),
        ("structured", "auto", True, ("structured", "lu")),
        ("mixed", "auto", True, ("mixed", "lu")),
        ("lu", "auto", True, ("lu",)),
        ("mixed", "mixed", True, ("mixed",)),
        ("blocked", "auto", False, ("blocked",)),
    ],
)
def test_methods_in_turn(planned, requested, factorizable, methods):
    assert methods_in_turn(planned, requested, factorizable) == methods


def refuse(*_, **__):
    raise SolverError("refused")


@pytest.mark.parametrize(
    ("solver", "method", "columns"), [(Iterative, "krylov", 1), (Mixed, "mixed", 40)]
)
def test_double_precision_follows_a_method_that_fails(monkeypatch, solver, method, columns):
    n = SMALL + 10
    A = technology(6, n)
    f = np.random.default_rng(1).lognormal(0, 1, (n, columns))
    monkeypatch.setattr(solver, "solve", refuse)
    system = LeontiefSystem.from_coefficients(A)
    assert system.plan_for(columns).method == method
    x, report = system.solve(f, report=True)
    assert report.method == "lu"
    # Factors that have failed are forgotten, and nothing counts as iterated.
    assert system.solvers.single is None
    assert system.solvers.iterated == 0
    assert system.solvers.factorized == "lu"
    np.testing.assert_allclose(x, np.linalg.solve(np.eye(n) - A, f), rtol=1e-12)
    with pytest.raises(SolverError, match="refused"):
        LeontiefSystem.from_coefficients(A, method=method).solve(f)


def test_every_form_is_an_operator():
    A = technology(2, 12)
    shares, needs = np.full((3, 4, 3), 1 / 3), np.full((3, 4, 4), 0.1)
    for form in (Dense(A), Sparse(sparse.csr_array(A)), OnDisk(A), SharedImports(shares, needs)):
        assert isinstance(form, Operator)
        assert form.n == 12
        assert form.how
        assert form.extra_bytes > 0
        assert 12 % form.guess_block() == 0
        rows, columns = form.sums()
        assert rows.shape == columns.shape == form.diagonal().shape == (12,)
