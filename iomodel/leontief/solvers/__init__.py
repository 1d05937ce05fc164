"""Solvers of (I - A) x = f and its dual, one file per method behind one interface.

``interface`` the protocol; ``table`` the solvers and factors of one technology; ``direct``,
``mixed`` and ``iterative`` the three methods; ``dense_lu`` LU factors; ``krylov`` GMRES;
``preconditioners``; ``refinement``; ``backward_error`` and ``freivalds`` the checks; ``same_blas``
products by the BLAS that factorizes.
"""
