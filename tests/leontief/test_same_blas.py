import numpy as np
import pytest

from iomodel.leontief.solvers.same_blas import matmul


@pytest.mark.parametrize("b", [(7,), (7, 3), (7, 1), (7, 0)])
def test_products_in_any_memory_order(b):
    rng = np.random.default_rng(0)
    a, x = rng.standard_normal((5, 7)), rng.standard_normal(b)
    sparse_a, sparse_x = np.zeros((10, 14)), np.zeros((14, *b[1:]))
    sparse_a[::2, ::2], sparse_x[::2] = a, x
    for left in (a, np.asfortranarray(a), sparse_a[::2, ::2]):
        for right in (x, np.asfortranarray(x), sparse_x[::2]):
            before = left.copy(), right.copy()
            product = matmul(left, right)
            assert product.shape == (5, *b[1:])
            np.testing.assert_allclose(product, a @ x, rtol=1e-13)
            np.testing.assert_array_equal(left, before[0])
            np.testing.assert_array_equal(right, before[1])
