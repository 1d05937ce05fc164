"""Forms of the input coefficients A, each with its own way to make products.

``operators`` the interface and the dense form; ``sparse`` compressed rows; ``shared_imports``
import shares common to all users; ``strips`` pieces of ``disk`` and ``cluster``; ``block_size`` the
diagonal blocks of a preconditioner; ``choice`` the form of an array.
"""
