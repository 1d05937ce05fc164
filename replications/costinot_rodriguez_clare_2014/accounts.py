"""The world input-output accounts of 2008 behind docs/published.md, grouped as in the chapter."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from datasets.published import WIOD_2013
from iomodel.typing import Float

SMALL = ("BGR", "CYP", "EST", "LTU", "LUX", "LVA", "MLT")
MERGED = {"c5": "c4", "c20": "c19", "c34": "c31", "c35": "c31"}
GOODS = (8.11, 15.72, 2.55, 5.56, 10.83, 9.07, 51.08, 4.75, 1.66, 2.76, 7.99, 1.52, 10.6, 0.37, 5.0)
SERVICES = 5.0


class Accounts:
    """WIOD 2008 in 34 regions and 31 sectors, negative final demand set to zero.

    Attributes
    ----------
    regions : list of str
    flow : ndarray, shape (S, I, N)
        Sales for all uses, million USD.
    inputs : ndarray, shape (N, K, S)
        Input k of sector s in region n, from all origins.
    theta, scale : ndarray, shape (S,)
        Trade elasticities; one in goods and zero in services.
    """

    def __init__(self, folder: Path = WIOD_2013) -> None:
        with np.load(folder / "wiod2013_2008.npz", allow_pickle=False) as file:
            Z, F, x = (np.asarray(file[k], dtype=np.float64) for k in ("Z", "F", "x"))
            names, industries = (
                [str(c) for c in file["countries"]],
                [str(c) for c in file["industries"]],
            )
        final = np.maximum(F, 0.0)
        A = np.divide(Z, x, out=np.zeros_like(Z), where=x > 0.0)
        output = np.linalg.solve(np.eye(len(x)) - A, final.sum(axis=1))
        self.regions = [c for c in names if c not in SMALL]
        region = [self.regions.index("RoW" if c in SMALL else c) for c in names]
        kept = [c for c in industries if c not in MERGED]
        sector = [kept.index(MERGED.get(c, c)) for c in industries]
        R, S, N = len(self.regions), len(kept), len(names)
        place = (np.array(region)[:, None] * S + np.array(sector)).ravel()
        gather = np.zeros((R * S, len(x)))
        gather[place, np.arange(len(x))] = 1.0
        who = np.zeros((N, R))
        who[np.arange(N), region] = 1.0
        cube = (gather @ (A * output) @ gather.T).reshape(R, S, R, S)
        demand = (gather @ final).reshape(R, S, N, -1).sum(axis=3) @ who
        self.flow: Float = np.ascontiguousarray((cube.sum(axis=3) + demand).transpose(1, 0, 2))
        self.inputs: Float = cube.sum(axis=0).transpose(1, 0, 2)
        self.theta = np.array([*GOODS, *[SERVICES] * (S - len(GOODS))])
        self.scale = np.array([1.0] * len(GOODS) + [0.0] * (S - len(GOODS)))

    @property
    def spending(self) -> Float:
        """On each good, for all uses, (S, N)."""
        return np.asarray(self.flow.sum(axis=1), dtype=np.float64)

    @property
    def output(self) -> Float:
        """Of each sector, (S, N)."""
        return np.asarray(self.flow.sum(axis=2), dtype=np.float64)

    @property
    def spending_share(self) -> Float:
        """Shares of goods in spending for all uses, (S, N)."""
        return np.asarray(self.spending / self.spending.sum(axis=0), dtype=np.float64)

    @property
    def final_share(self) -> Float:
        """Shares of goods in final demand, (S, N)."""
        final = np.maximum(self.spending - self.inputs.sum(axis=2).T, 0.0)
        return np.asarray(final / final.sum(axis=0), dtype=np.float64)

    @property
    def own_share(self) -> Float:
        """Shares of spending that stay at home, (S, N).

        A sector without domestic sales (Greece, other transport equipment) is left out: one.
        """
        here = np.diagonal(self.flow, axis1=1, axis2=2)
        return np.where(here > 0.0, here / np.where(self.spending > 0.0, self.spending, 1.0), 1.0)

    @property
    def observed_inputs(self) -> Float:
        """Shares of input k in the costs of sector s, (N, K, S)."""
        return self.inputs / positive(self.output).T[:, None, :]

    @property
    def proportional_inputs(self) -> Float:
        """The same with each sector's materials spread like its country's spending, (N, K, S)."""
        materials = self.observed_inputs.sum(axis=1)
        return np.asarray(self.spending_share.T[:, :, None] * materials[:, None, :])


def positive(cells: Float) -> Float:
    """Return cells with one in place of zero."""
    return np.where(cells > 0.0, cells, 1.0)
