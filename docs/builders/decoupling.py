"""What static equilibria say of two blocs, and of the United States without China.

``python docs/builders/decoupling.py --raw FOLDER [--out docs]`` writes ``decoupling-static.md``.
FOLDER holds ``wiod2013/wiod2013_YEAR.npz`` and defaults to the environment variable
IOMODEL_RAW_DATA. The same tables give the same bytes.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

import iomodel as iom
import iomodel.equilibrium as ge
from iomodel._io import atomic_path
from iomodel.equilibrium.calibration import from_flows
from iomodel.models.elasticities import resolve_elasticities
from iomodel.models.equilibrium import economy_of
from iomodel.table.groups import resolve_regions
from iomodel.table.mrio import MRIOTable

Float = NDArray[np.float64]

YEARS = (1995, 2000, 2005, 2008, 2011)
UNIFORM = (8.0, 4.0, 2.0, 1.0)
FULL, TARIFF = 1.6, 0.32
ROW = "ROW"
# Of the chain of real GDP.
LINKS = (1, 2, 4, 8, 16)
# Tradable goods of WIOD 2013: c1 to c16.
GOODS = 16
TEMPLATE = Path(__file__).with_name("decoupling-static.template.md")


class Blocs(NamedTuple):
    """Two sides, as places of regions."""

    west: list[int]
    east: list[int]


class Result(NamedTuple):
    """Real income in percent: the world's by GDP of the base, and each region's; cross trade."""

    world: float
    by_region: dict[str, float]
    cross_trade: float


class Laboratory:
    """One table, and experiments on it."""

    def __init__(self, table: MRIOTable) -> None:
        self.table = table
        self.regions = list(table.regions)

    def economy(self, inputs: str = "common") -> ge.Economy:
        """Return the table with its tariffs (WIOD has none)."""
        table = self.table
        R, S = table.shape
        rates = np.zeros((R, S, R))
        if "tariff" in table:
            rates = np.asarray(table.tariff.values, dtype=np.float64)
        if inputs == "own":
            return from_flows(table.Z.values, table.Y.values, rates)
        whole = economy_of(table, rates)
        return whole if inputs == "common" else ge.without_materials(whole.flow, whole.tariff)

    def merged(self, regions: Sequence[str]) -> Laboratory:
        """Return the laboratory of these regions, all others in the rest of the world."""
        where = {r: r if r in regions else ROW for r in self.regions}
        return Laboratory(self.table.aggregate(regions=where))

    def theta(self, elasticities: str | float) -> Float:
        """Return one trade elasticity per sector."""
        return resolve_elasticities(elasticities, self.table)[0]

    def blocs(self, rest_of_world: str = "east") -> Blocs:
        """Return west and east; the rest of the world goes with one of them or with neither."""
        sides = {
            side: [self.regions.index(r) for r in resolve_regions(side, self.regions) if r != ROW]
            for side in ("west", "east")
        }
        if rest_of_world in sides:
            sides[rest_of_world].append(self.regions.index(ROW))
        return Blocs(sides["west"], sides["east"])

    def pair(self, one: str = "USA", other: str = "CHN") -> Blocs:
        """Return two countries."""
        return Blocs([self.regions.index(one)], [self.regions.index(other)])

    def between(
        self, blocs: Blocs, value: float, neutral: float, sectors: int | None = None
    ) -> Float:
        """Return an array (S, I, N) with a value on flows between two sides."""
        R, S = self.table.shape
        array = np.full((S, R, R), neutral)
        which = range(S if sectors is None else sectors)
        for one, other in (blocs, blocs[::-1]):
            array[np.ix_(which, one, other)] = value
        return array

    def cross_trade(self, economy: ge.Economy, blocs: Blocs) -> float:
        """Return sales across the two sides as a share of the world's GDP."""
        total = economy.flow.sum(axis=0)
        crossing = total[np.ix_(*blocs)].sum() + total[np.ix_(*blocs[::-1])].sum()
        return float(crossing / gdp(economy).sum())

    def solve(
        self,
        blocs: Blocs,
        theta: Float,
        *,
        cost: float = 1.0 + FULL,
        duty: float | None = None,
        inputs: str = "common",
        nested: bool = False,
        sectors: int | None = None,
        labour: str = "mobile",
        balance: str = "zero",
    ) -> Result:
        """Return the effects of an iceberg cost, or of a duty, between two sides.

        Industries use no inputs ("none"), buy each from the origins that are common to all users of
        their country ("common"), or from their own ("own").
        """
        preset = ge.Elasticities.baqaee_farhi if nested else ge.Elasticities.caliendo_parro
        nests = preset(theta)
        base, _ = ge.rebase(self.economy(inputs), nests, ge.Closure(balance=balance))
        if duty is None:
            shock = ge.Shock(trade_cost=self.between(blocs, cost, 1.0, sectors))
        else:
            shock = ge.Shock(tariff=base.tariff + self.between(blocs, duty, 0.0, sectors))
        solution = ge.solve(base, nests, shock, ge.Closure(labour, balance))
        change = 100.0 * (solution.real_income[0] - 1.0)
        weight = gdp(base)
        return Result(
            float(change @ weight / weight.sum()),
            dict(zip(self.regions, change.tolist(), strict=True)),
            self.cross_trade(base, blocs),
        )


def gdp(economy: ge.Economy) -> Float:
    """Return factor income and tariff revenue, (N,)."""
    return np.asarray(economy.income + economy.revenue, dtype=np.float64)


def wiod(raw: Path, year: int) -> Laboratory:
    """Return the laboratory of one year of WIOD 2013."""
    return Laboratory(iom.read_wiod(raw / "wiod2013", year))


def by_elasticity(lab: Laboratory, blocs: Blocs, cost: float) -> list[list[str]]:
    """Return losses without inputs, with them and in nested CES, for each set of elasticities."""
    rows = []
    for elasticities in (*UNIFORM, "CP"):
        theta = lab.theta(elasticities)
        results = [
            lab.solve(blocs, theta, cost=cost, inputs=inputs, nested=nested)
            for inputs, nested in (("none", False), ("common", False), ("common", True))
        ]
        plain = results[1].by_region
        name = "Caliendo-Parro" if elasticities == "CP" else f"{elasticities:g}"
        rows.append([name, *(_signed(r.world) for r in results)])
        rows[-1] += [_signed(plain[c]) for c in ("USA", "CHN")]
    return rows


def by_placement(lab: Laboratory) -> list[list[str]]:
    """Return losses by where the rest of the world goes."""
    rows = []
    for side, name in (("east", "East"), ("west", "West"), ("", "neither")):
        results = [lab.solve(lab.blocs(side), lab.theta(t)) for t in UNIFORM]
        rows.append([name, f"{100 * results[1].cross_trade:.1f}"])
        rows[-1] += [_signed(r.world) for r in results]
    return rows


def by_choice(lab: Laboratory, blocs: Blocs) -> list[list[str]]:
    """Return losses by model choice."""
    choices: dict[str, dict[str, object]] = {
        "as above": {},
        "deficits kept as shares of world income": {"balance": "fixed"},
        "deficits kept as shares of own income": {"balance": "share"},
        "factors cannot change industry": {"labour": "specific"},
        "goods only": {"sectors": GOODS},
        "iceberg of 32 percent": {"cost": 1.0 + TARIFF},
        "duty of 32 points, rebated": {"duty": TARIFF},
        "duty of 160 points, rebated": {"duty": FULL},
    }
    rows = [
        [name, *(_signed(lab.solve(blocs, lab.theta(t), **choice).world) for t in UNIFORM)]  # type: ignore[arg-type]
        for name, choice in choices.items()
    ]
    # Some five seconds each: two of the four.
    own = {t: _signed(lab.solve(blocs, lab.theta(t), inputs="own").world) for t in (4.0, 1.0)}
    return [*rows, ["each industry buys from its own origins", *(own.get(t, "") for t in UNIFORM)]]


def by_links(lab: Laboratory, blocs: Blocs) -> list[list[str]]:
    """Return changes of world GDP by shock and by links of the chain, beside real income."""
    theta, rows = ge.Elasticities.caliendo_parro(lab.theta(4.0)), []
    base, _ = ge.rebase(lab.economy(), theta)
    weight = gdp(base) / gdp(base).sum()
    shocks = {
        "duty of 32 points": ge.Shock(tariff=base.tariff + lab.between(blocs, TARIFF, 0.0)),
        "duty of 160 points": ge.Shock(tariff=base.tariff + lab.between(blocs, FULL, 0.0)),
        "iceberg of 160 percent": ge.Shock(trade_cost=lab.between(blocs, 1.0 + FULL, 1.0)),
    }
    for name, shock in shocks.items():
        path = ge.homotopy(base, theta, shock, steps=LINKS[-1])
        # Fewer links are every second, fourth, ... point of the same path.
        chains = [path[LINKS[-1] // n - 1 :: LINKS[-1] // n] for n in LINKS]
        changes = [*(ge.real_gdp(chain)[0] for chain in chains), ge.chained_gdp(chains[2])[0]]
        changes.append(path[-1].real_income[0])
        rows.append([name, *(_signed(100.0 * float((c - 1.0) @ weight)) for c in changes)])
    return rows


def by_table(labs: Mapping[str, Laboratory]) -> list[list[str]]:
    """Return losses by table, with the trade that the split cuts."""
    rows = []
    for name, lab in labs.items():
        blocs = lab.blocs("east")
        results = [lab.solve(blocs, lab.theta(t)) for t in (4.0, 1.0)]
        rows.append([name, f"{100 * results[0].cross_trade:.1f}"])
        for r in results:
            rows[-1] += [_signed(r.world), f"{r.world / (100 * r.cross_trade):.3f}"]
    return rows


def page(raw: Path) -> str:
    """Return the page in Markdown."""
    labs = {f"WIOD {year}": wiod(raw, year) for year in YEARS}
    lab = labs["WIOD 2011"]
    labs["world-2022"] = world = Laboratory(iom.load("world-2022"))
    labs["world-2022 in the regions of WIOD"] = world.merged(lab.regions)
    blocs = lab.blocs("east")
    embargo = by_elasticity(lab, lab.pair(), np.inf)
    heading = ["elasticities", "no inputs", "inputs", "nested CES", "United States", "China"]
    uniform = [f"{t:g}" for t in UNIFORM]
    tables = {
        "{blocs}": markdown(heading, by_elasticity(lab, blocs, 1.0 + FULL)),
        "{embargo}": markdown(heading, embargo),
        "{placement}": markdown(["rest of world", "cross trade", *uniform], by_placement(lab)),
        "{choices}": markdown(["model choice", *uniform], by_choice(lab, blocs)),
        "{links}": markdown(
            [
                "shock",
                *(f"{n} link{'s' * (n > 1)}" for n in LINKS),
                f"{LINKS[2]}, extrapolated",
                "real income",
            ],
            by_links(lab, blocs),
        ),
        "{tables}": markdown(
            ["table", "cross trade", "at 4", "per point", "at 1", "per point"],
            by_table(labs),
        ),
    }
    text = TEMPLATE.read_text(encoding="utf-8")
    for mark, table in tables.items():
        text = text.replace(mark, table)
    return text


def markdown(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table whose first column is text and the rest numbers."""
    rule = ["---", *["---:"] * (len(header) - 1)]
    return "\n".join("| " + " | ".join(row) + " |" for row in [header, rule, *rows])


# ---------------------------------------------------------------------- helpers
def _signed(percent: float) -> str:
    text = f"{percent:+.2f}"
    return "0.00" if float(text) == 0.0 else text


def main(argv: Sequence[str] | None = None) -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--raw", type=Path, default=os.environ.get("IOMODEL_RAW_DATA"))
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parents[1])
    options = parser.parse_args(argv)
    if options.raw is None:
        parser.error("pass --raw, or set IOMODEL_RAW_DATA")
    target = options.out / "decoupling-static.md"
    with atomic_path(target) as temporary:
        temporary.write_text(page(Path(options.raw)), encoding="utf-8", newline="\n")
    print(target)


if __name__ == "__main__":
    main()
