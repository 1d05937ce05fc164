"""Random technologies, tables, scenarios and damaged bytes, each drawn from one generator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shock import Shock
from iomodel.scenario.shocks import (
    DemandChange,
    Embargo,
    ExportCut,
    Productivity,
    SupplyCut,
    Tariff,
    TradeCost,
)
from iomodel.table.mrio import MRIOTable
from iomodel.typing import Float

__all__ = ["DAMAGES", "PlainPolicy", "damaged", "draw_policy", "draw_table", "draw_technology"]

Generator = np.random.Generator


# ---------------------------------------------------------------------- technologies and tables
def draw_technology(rng: Generator, n: int, *, scales: float = 6.0, slack: float = 0.0) -> Float:
    """Productive input coefficients with zeros, empty industries and units of many sizes.

    Column sums lie below one before the units change, A -> D A D^-1, which keeps the spectrum.

    Parameters
    ----------
    rng : numpy.random.Generator
    n : int
        Number of industries.
    scales : float
        Largest power of ten of a unit.
    slack : float
        Least distance of column sums from one; zero lets them come as near as 1e-6.
    """
    A = rng.pareto(1.5, (n, n)) * (rng.random((n, n)) < rng.uniform(0.05, 1.0))
    nearest = slack or 10.0 ** rng.uniform(-6.0, -1.0)
    sums = rng.uniform(0.0, 1.0 - nearest, n)
    if rng.random() < 0.3:
        sums[:] = 1.0 - nearest
    total = A.sum(axis=0)
    A *= np.divide(sums, total, out=np.zeros(n), where=total > 0.0)
    empty = rng.random(n) < 0.05
    A[empty], A[:, empty] = 0.0, 0.0
    if scales and rng.random() < 0.5:
        unit = 10.0 ** rng.uniform(-scales, scales, n)
        A = A * unit[:, None] / unit
    return A


def draw_table(
    rng: Generator, *, most_regions: int = 4, most_sectors: int = 5, complete: bool = False
) -> MRIOTable:
    """Productive table with zeros, missing sectors, duties and one size of all values.

    Parameters
    ----------
    rng : numpy.random.Generator
    most_regions, most_sectors : int
        Largest numbers of regions, from two, and of sectors, from one.
    complete : bool
        Whether every industry produces and no final use is negative.
    """
    R, S, U = (int(rng.integers(low, high + 1)) for low, high in
               ((2, most_regions), (1, most_sectors), (1, 3)))  # fmt: skip
    n = R * S
    A = draw_technology(rng, n, scales=0.0, slack=0.3)
    # Domestic deliveries are larger than imports, as in real tables.
    home = np.kron(np.eye(R), np.ones((S, S)))
    A = A * np.where(home > 0.0, 1.0, rng.uniform(0.05, 1.0))
    Y = rng.lognormal(2.0, 1.5, (n, R * U)) * (rng.random((n, R * U)) < 0.8)
    Y[:, 0] += 1.0
    if not complete:
        # The first sector stays: no region is without any industry.
        missing = (rng.random(n) < 0.1) & (np.arange(n) % S > 0)
        A[missing], A[:, missing], Y[missing] = 0.0, 0.0, 0.0
    size = 10.0 ** rng.uniform(-4.0, 9.0)
    Y *= size
    x = np.linalg.solve(np.eye(n) - A, Y.sum(axis=1))
    if U > 1 and not complete:
        # A withdrawal from stocks beside an equally larger use: the row sum stays.
        withdrawal = rng.uniform(0.5, 2.0) * Y[0, U - 1]
        Y[0, U - 1] -= withdrawal
        Y[0, 0] += withdrawal
    tariff = rng.uniform(0.0, 0.3, (R, S, R)) * (rng.random((R, S, R)) < 0.7)
    tariff[np.arange(R), :, np.arange(R)] = 0.0
    return MRIOTable.from_arrays(
        A * x,
        Y,
        x=x,
        regions=[f"R{k}" for k in range(R)],
        sectors=[f"s{k}" for k in range(S)],
        final_uses=[f"use{k}" for k in range(U)],
        tariff=tariff if rng.random() < 0.7 else None,
        extensions={"jobs": rng.uniform(0.0, 9.0, n)},
        history=["drawn by the campaign"],
        name="drawn",
        year=2022,
    )


# ---------------------------------------------------------------------- scenarios
@dataclass(frozen=True)
class PlainPolicy:
    """A scenario and its arrays, written beside it from the definition of each shock.

    Attributes
    ----------
    scenario : Scenario
    tariff_base, tariff, trade_cost, delivered : ndarray, shape (R, S, R)
        Exporter, sector, importer.
    supply, productivity : ndarray, shape (R, S)
    demand : ndarray, shape (R, S, R, U)
    """

    scenario: Scenario
    tariff_base: Float
    tariff: Float
    trade_cost: Float
    delivered: Float
    supply: Float
    productivity: Float
    demand: Float


@dataclass
class _Draft:
    rng: Generator
    table: MRIOTable
    policy: PlainPolicy

    def region(self) -> int:
        return int(self.rng.integers(self.table.shape[0]))

    def flow(self) -> tuple[int, int]:
        """Exporter and importer, never the same."""
        exporter, importer = self.rng.choice(self.table.shape[0], 2, replace=False)
        return int(exporter), int(importer)

    def products(self) -> list[int]:
        S = self.table.shape[1]
        return sorted(int(k) for k in self.rng.choice(S, self.rng.integers(1, S + 1), False))

    def share(self) -> float:
        """A fraction, the ends included."""
        return float(self.rng.choice([0.0, 1.0, self.rng.random(), self.rng.random()]))


def draw_policy(rng: Generator, table: MRIOTable, kinds: tuple[str, ...]) -> PlainPolicy:
    """One to three shocks of the kinds, on a table, with their arrays.

    Parameters
    ----------
    rng : numpy.random.Generator
    table : MRIOTable
    kinds : tuple of str
        Names among :data:`SHOCK_DRAWS`.
    """
    R, S = table.shape
    base = np.array(table.tariff.values) if "tariff" in table else np.zeros((R, S, R))
    cube = np.ones((R, S, R))
    policy = PlainPolicy(
        Scenario(()), base, base.copy(), cube, cube.copy(), np.ones((R, S)), np.ones((R, S)),
        np.ones(table.Y.shape),
    )  # fmt: skip
    draft = _Draft(rng, table, policy)
    shocks = [SHOCK_DRAWS[str(rng.choice(kinds))](draft) for _ in range(rng.integers(1, 4))]
    arrays = {name: value for name, value in vars(policy).items() if name != "scenario"}
    return PlainPolicy(Scenario(tuple(shocks), name="drawn"), **arrays)


def _tariff(draft: _Draft) -> Shock:
    (e, m), s, rate = draft.flow(), draft.products(), float(draft.rng.uniform(0.0, 1.5))
    add = bool(draft.rng.random() < 0.5)
    draft.policy.tariff[e, s, m] = rate + (draft.policy.tariff[e, s, m] if add else 0.0)
    return Tariff(f"R{m}", f"R{e}", _sectors(s), rate, add)


def _trade_cost(draft: _Draft) -> Shock:
    (e, m), s, increase = draft.flow(), draft.products(), float(draft.rng.uniform(0.0, 1.0))
    draft.policy.trade_cost[e, s, m] *= 1.0 + increase
    draft.policy.trade_cost[m, s, e] *= 1.0 + increase
    return TradeCost(between=[f"R{e}", f"R{m}"], sectors=_sectors(s), increase=increase)


def _embargo(draft: _Draft) -> Shock:
    (e, m), s = draft.flow(), draft.products()
    draft.policy.delivered[e, s, m] = 0.0
    return Embargo(importer=f"R{m}", exporter=f"R{e}", sectors=_sectors(s))


def _export_cut(draft: _Draft) -> Shock:
    (e, m), s = draft.flow(), draft.products()
    share, product_share = draft.share(), draft.share()
    importers = [m] if draft.rng.random() < 0.5 else [
        k for k in range(draft.table.shape[0]) if k != e
    ]  # fmt: skip
    for k in importers:
        draft.policy.delivered[e, s, k] *= 1.0 - share * product_share
    names = f"R{m}" if importers == [m] else "others"
    return ExportCut(f"R{e}", _sectors(s), share, names, product_share)


def _supply_cut(draft: _Draft) -> Shock:
    r, s, share = draft.region(), draft.products(), draft.share()
    draft.policy.supply[r, s] *= 1.0 - share
    return SupplyCut(f"R{r}", _sectors(s), share)


def _demand(draft: _Draft) -> Shock:
    r, s, change = draft.region(), draft.products(), float(draft.rng.uniform(-1.0, 1.0))
    draft.policy.demand[:, s, r] *= 1.0 + change
    return DemandChange(f"R{r}", _sectors(s), change)


def _productivity(draft: _Draft) -> Shock:
    r, s, change = draft.region(), draft.products(), float(draft.rng.uniform(-0.2, 0.5))
    draft.policy.productivity[r, s] *= 1.0 + change
    return Productivity(f"R{r}", _sectors(s), change)


def _sectors(products: list[int]) -> list[str]:
    return [f"s{k}" for k in products]


SHOCK_DRAWS: dict[str, Callable[[_Draft], Shock]] = {
    "tariff": _tariff,
    "trade_cost": _trade_cost,
    "embargo": _embargo,
    "export_cut": _export_cut,
    "supply_cut": _supply_cut,
    "demand": _demand,
    "productivity": _productivity,
}


# ---------------------------------------------------------------------- damage
def damaged(rng: Generator, content: bytes) -> tuple[str, bytes]:
    """Name of a kind of damage, and a copy of a file with it."""
    name = str(rng.choice(list(DAMAGES)))
    return name, DAMAGES[name](rng, content)


def _truncated(rng: Generator, content: bytes) -> bytes:
    return content[: int(rng.integers(len(content)))]


def _flipped_bit(rng: Generator, content: bytes) -> bytes:
    copy = bytearray(content)
    copy[int(rng.integers(len(copy)))] ^= 1 << int(rng.integers(8))
    return bytes(copy)


def _swapped_blocks(rng: Generator, content: bytes) -> bytes:
    """Two blocks of one size in each other's place."""
    size = int(rng.integers(1, max(2, min(512, len(content) // 3))))
    a = int(rng.integers(0, len(content) - 2 * size))
    b = int(rng.integers(a + size, len(content) - size + 1))
    return b"".join(
        (content[:a], content[b : b + size], content[a + size : b], content[a : a + size],
         content[b + size :])
    )  # fmt: skip


def _zeroed(rng: Generator, content: bytes) -> bytes:
    a, size = int(rng.integers(len(content))), int(rng.integers(1, 512))
    lost = content[a : a + size]
    return content[:a] + bytes(len(lost)) + content[a + size :]


def _noise(rng: Generator, content: bytes) -> bytes:
    a, size = int(rng.integers(len(content))), int(rng.integers(1, 64))
    lost = content[a : a + size]
    return content[:a] + rng.bytes(len(lost)) + content[a + size :]


DAMAGES: dict[str, Callable[[Generator, bytes], bytes]] = {
    "truncated": _truncated,
    "flipped bit": _flipped_bit,
    "swapped blocks": _swapped_blocks,
    "zeroed block": _zeroed,
    "noise": _noise,
}
