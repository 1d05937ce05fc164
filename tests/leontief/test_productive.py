"""The Hawkins-Simon check and the bounds of the spectral radius."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iomodel.errors import NonProductiveError, TableError
from iomodel.leontief import LeontiefSystem, spectral_radius


def random_matrix(seed, n, density, radius):
    rng = np.random.default_rng(seed)
    A = rng.random((n, n)) * (rng.random((n, n)) < density)
    rho = np.abs(np.linalg.eigvals(A)).max()
    return A * radius / rho if rho > 1e-8 else np.triu(A, 1)


@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(1, 15),
    density=st.sampled_from([0.1, 0.3, 1.0]),
    radius=st.sampled_from([0.2, 0.97, 0.9999, 1.0001, 1.5]),
)
@settings(deadline=None, max_examples=120)
def test_bounds_hold_and_decide_also_where_a_is_reducible(seed, n, density, radius):
    A = random_matrix(seed, n, density, radius)
    rho = np.abs(np.linalg.eigvals(A)).max()
    bounds = spectral_radius(A)
    # eigvals of a defective nilpotent part is good to eps^(1/m) only; triangular ones are exact.
    assert bounds.lower <= rho * (1 + 1e-7) + 1e-7
    assert bounds.upper >= rho * (1 - 1e-7) - 1e-7
    assert bounds.upper - bounds.lower <= 2e-10 * bounds.upper
    if bounds.upper < 1:
        LeontiefSystem.from_coefficients(A)
    else:
        with pytest.raises(NonProductiveError):
            LeontiefSystem.from_coefficients(A)


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 6))
@settings(deadline=None, max_examples=60)
def test_agrees_with_the_principal_minors_of_hawkins_and_simon(seed, n):
    A = random_matrix(seed, n, 0.8, float(np.random.default_rng(seed).choice([0.9, 1.1])))
    minors = [np.linalg.det(np.eye(k) - A[:k, :k]) for k in range(1, n + 1)]
    assert (spectral_radius(A).upper < 1) == (min(minors) > 0)


def test_periodic_reducible_and_nilpotent_cases():
    assert spectral_radius(np.array([[0.0, 2.0], [0.32, 0.0]])).value == pytest.approx(
        0.8, rel=1e-9
    )
    assert spectral_radius(np.triu(np.ones((4, 4)), 1)).upper == 0.0
    assert spectral_radius(np.diag([0.1, 0.7, 0.3])).value == 0.7
    assert spectral_radius(np.zeros((3, 3))).upper == 0.0


def test_column_sums_above_one_may_still_be_productive():
    A = np.array([[0.1, 1.5], [0.2, 0.1]])
    assert (LeontiefSystem.from_coefficients(A).inverse() > 0).all()


def test_nearly_separate_regions_are_decided():
    # Two eigenvalues 1e-7 apart: the power method alone would need millions of steps.
    block = np.full((5, 5), 0.19)
    A = np.block([[block, np.full((5, 5), 1e-8)], [np.full((5, 5), 1e-8), block * (1 - 1e-7)]])
    A[:, 0] *= 1.3
    A[0] /= 1.3
    bounds = spectral_radius(A)
    assert bounds.upper - bounds.lower < 1e-9
    assert bounds.value == pytest.approx(np.abs(np.linalg.eigvals(A)).max(), rel=1e-9)


def test_only_the_industries_of_the_circuit_at_fault_are_named():
    A = np.zeros((6, 6))
    A[4, 5], A[5, 4] = 1.5, 1.2  # the circuit
    A[0, 1] = 5.0  # a large column sum outside any circuit does no harm
    with pytest.raises(NonProductiveError) as caught:
        LeontiefSystem.from_coefficients(A)
    text = str(caught.value)
    assert "industry 4 (column sum 1.2)" in text
    assert "industry 5 (column sum 1.5)" in text
    assert "industry 1 " not in text


def test_every_separate_offender_is_named():
    with pytest.raises(NonProductiveError, match=r"industry 0 .*industry 2 "):
        LeontiefSystem.from_coefficients(np.diag([1.2, 0.5, 1.1]))


def test_a_closed_technology_is_not_productive():
    with pytest.raises(NonProductiveError, match="spectral radius of A is 1 "):
        LeontiefSystem.from_coefficients(np.array([[0.4, 0.7], [0.6, 0.3]]))


def test_spectral_radius_refuses_negative_cells():
    with pytest.raises(TableError, match="not negative"):
        spectral_radius(np.array([[0.1, -0.2], [0.1, 0.1]]))
