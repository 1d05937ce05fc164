"""Elasticities of the nests, by industry and draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from iomodel.errors import IOModelError
from iomodel.typing import Float

__all__ = ["Elasticities"]


@dataclass(frozen=True)
class Elasticities:
    r"""Elasticities of the nests; each may carry a leading axis of draws.

    Attributes
    ----------
    theta : ndarray, shape (S,) or (B, S)
        Trade elasticity :math:`\theta = \sigma - 1` across origins; 0 is Cobb-Douglas and -1
        Leontief.
    value_added : float or ndarray, shape (B,), (S, N) or (B, S, N)
        :math:`\sigma_v`, between value added and the intermediate bundle of an industry.
    inputs : float or ndarray, shape (B,), (S, N) or (B, S, N)
        :math:`\sigma_m`, across input sectors of an industry.
    final : float or ndarray, shape (B,)
        :math:`\sigma_c`, across sectors in final demand.

    Notes
    -----
    The number of axes says how an array is read, never its length: one axis is draws, two are
    (industry, region), three are (draw, industry, region), and axes of length one are repeated. An
    elasticity per industry is thus ``values[:, None]``, of shape (S, 1).

    One is Cobb-Douglas and zero Leontief; both are branches of their own, not limits. With all
    three at one the model is that of [CaliendoParro2015]_; (.5, .2, .9) is the benchmark of
    [BaqaeeFarhi2024]_. Further nests are industries without value added that sell at home only, the
    standard form of [BaqaeeFarhi2024]_, each with an elasticity of its own.
    """

    theta: Float
    value_added: float | Float = 1.0
    inputs: float | Float = 1.0
    final: float | Float = 1.0

    @classmethod
    def caliendo_parro(cls, theta: ArrayLike) -> Elasticities:
        """Preset of [CaliendoParro2015]_: Cobb-Douglas but for origins."""
        return cls(np.asarray(theta, dtype=np.float64))

    @classmethod
    def baqaee_farhi(cls, theta: ArrayLike) -> Elasticities:
        """Benchmark of [BaqaeeFarhi2024]_: .5, .2 and .9."""
        return cls(np.asarray(theta, dtype=np.float64), 0.5, 0.2, 0.9)

    def expanded(self) -> tuple[Float, Float, Float, Float]:
        """Expand theta to (B, S) and the rest to (B, S, N), with axes of length one if repeated.

        Raises
        ------
        IOModelError
            If an array has too many axes.
        """
        theta = np.asarray(self.theta, dtype=np.float64)
        if theta.ndim not in (1, 2):
            raise IOModelError(f"theta has shape {theta.shape}; it needs (S,) or (draws, S)")
        if np.ndim(self.final) > 1:
            raise IOModelError(
                f"final has shape {np.shape(self.final)}; it takes one number, or one per draw"
            )
        return (
            np.atleast_2d(theta),
            _cube("value_added", self.value_added),
            _cube("inputs", self.inputs),
            _cube("final", self.final),
        )

    def drawn(self, draws: slice) -> Elasticities:
        """Select draws; elasticities without draws stay."""
        theta, value_added, inputs, final = (
            array if len(array) == 1 else array[draws] for array in self.expanded()
        )
        return Elasticities(theta, value_added, inputs, final[:, 0, 0])


def _cube(name: str, value: ArrayLike) -> Float:
    array = np.asarray(value, dtype=np.float64)
    if array.ndim > 3:
        raise IOModelError(
            f"{name} has shape {array.shape}; it needs (draws,), (S, N) or (draws, S, N)"
        )
    # Draws come first: they are the only axis, or the one before two.
    return array[None] if array.ndim == 2 else array.reshape(array.shape + (1,) * (3 - array.ndim))
