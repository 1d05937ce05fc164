"""What static equilibria say of two blocs, and of the United States without China.

``python -m replications.static_decoupling.page [--out docs]``, from the root of a checkout, writes
``decoupling-static.md``. The same tables give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

import iomodel as iom
import iomodel.equilibrium as ge
from datasets.published import WIOD_YEARS
from iomodel.studies.decoupling.blocs import FULL, POINTS
from replications.pages import fill, markdown, signed, write_page
from replications.static_decoupling.laboratory import Blocs, Laboratory, gdp, wiod

TEMPLATE = Path(__file__).with_name("page.template.md")
UNIFORM = (8.0, 4.0, 2.0, 1.0)
# Of the chain of real GDP.
LINKS = (1, 2, 4, 8, 16)
# Tradable goods of WIOD 2013: c1 to c16.
GOODS = 16


def by_elasticity(lab: Laboratory, blocs: Blocs, cost: float) -> list[list[str]]:
    """Return losses without inputs, with them and in nested CES, for each set of elasticities."""
    rows = []
    for elasticities in (*UNIFORM, "CP-99"):
        theta = lab.theta(elasticities)
        results = [
            lab.solve(blocs, theta, cost=cost, inputs=inputs, nested=nested)
            for inputs, nested in (("none", False), ("common", False), ("common", True))
        ]
        plain = results[1].by_region
        name = "`CP-99`" if elasticities == "CP-99" else f"{elasticities:g}"
        rows.append([name, *(signed(r.world) for r in results)])
        rows[-1] += [signed(plain[c]) for c in ("USA", "CHN")]
    return rows


def by_placement(lab: Laboratory) -> list[list[str]]:
    """Return losses by where the rest of the world goes."""
    rows = []
    for side, name in (("east", "East"), ("west", "West"), ("", "neither")):
        results = [lab.solve(lab.blocs(side), lab.theta(t)) for t in UNIFORM]
        rows.append([name, f"{100 * results[1].cross_trade:.1f}"])
        rows[-1] += [signed(r.world) for r in results]
    return rows


def by_choice(lab: Laboratory, blocs: Blocs) -> list[list[str]]:
    """Return losses by model choice."""
    choices: dict[str, dict[str, object]] = {
        "as above": {},
        "deficits kept as shares of world income": {"balance": "fixed"},
        "deficits kept as shares of own income": {"balance": "share"},
        "factors cannot change industry": {"labour": "specific"},
        "goods only": {"sectors": GOODS},
        "iceberg of 32 percent": {"cost": 1.0 + POINTS},
        "duty of 32 points, rebated": {"duty": POINTS},
        "duty of 160 points, rebated": {"duty": FULL},
    }
    rows = [
        [name, *(signed(lab.solve(blocs, lab.theta(t), **choice).world) for t in UNIFORM)]  # type: ignore[arg-type]
        for name, choice in choices.items()
    ]
    # Some five seconds each: two of the four.
    by_user = {t: signed(lab.solve(blocs, lab.theta(t), inputs="own").world) for t in (4.0, 1.0)}
    last = ["each industry buys from its own origins", *(by_user.get(t, "") for t in UNIFORM)]
    return [*rows, last]


def by_links(lab: Laboratory, blocs: Blocs) -> list[list[str]]:
    """Return changes of world GDP by shock and by links of the chain, beside real income."""
    theta, rows = ge.Elasticities.caliendo_parro(lab.theta(4.0)), []
    base, _ = ge.rebase(lab.economy(), theta)
    weight = gdp(base) / gdp(base).sum()
    shocks = {
        "duty of 32 points": ge.Shock(tariff=base.tariff + lab.between(blocs, POINTS, 0.0)),
        "duty of 160 points": ge.Shock(tariff=base.tariff + lab.between(blocs, FULL, 0.0)),
        "iceberg of 160 percent": ge.Shock(trade_cost=lab.between(blocs, 1.0 + FULL, 1.0)),
    }
    for name, shock in shocks.items():
        path = ge.homotopy(base, theta, shock, steps=LINKS[-1])
        # Fewer links are every second, fourth, ... point of the same path.
        chains = [path[LINKS[-1] // n - 1 :: LINKS[-1] // n] for n in LINKS]
        changes = [*(ge.real_gdp(chain)[0] for chain in chains), ge.chained_gdp(chains[2])[0]]
        changes.append(path[-1].real_income[0])
        rows.append([name, *(signed(100.0 * float((c - 1.0) @ weight)) for c in changes)])
    return rows


def by_table(labs: Mapping[str, Laboratory]) -> list[list[str]]:
    """Return losses by table, with the trade that the split cuts."""
    rows = []
    for name, lab in labs.items():
        blocs = lab.blocs("east")
        results = [lab.solve(blocs, lab.theta(t)) for t in (4.0, 1.0)]
        rows.append([name, f"{100 * results[0].cross_trade:.1f}"])
        for r in results:
            rows[-1] += [signed(r.world), f"{r.world / (100 * r.cross_trade):.3f}"]
    return rows


def page() -> str:
    """Return the page in Markdown."""
    labs = {f"WIOD {year}": wiod(year) for year in WIOD_YEARS}
    lab = labs["WIOD 2011"]
    labs["world-2022"] = world = Laboratory(iom.load("world-2022"))
    labs["world-2022 in the regions of WIOD"] = world.merged(lab.regions)
    blocs = lab.blocs("east")
    embargo = by_elasticity(lab, lab.pair(), np.inf)
    heading = ["elasticities", "no inputs", "inputs", "nested CES", "United States", "China"]
    uniform = [f"{t:g}" for t in UNIFORM]
    parts = {
        "blocs": markdown(heading, by_elasticity(lab, blocs, 1.0 + FULL)),
        "embargo": markdown(heading, embargo),
        "placement": markdown(["rest of world", "cross trade", *uniform], by_placement(lab)),
        "choices": markdown(["model choice", *uniform], by_choice(lab, blocs)),
        "links": markdown(
            [
                "shock",
                *(f"{n} link{'s' * (n > 1)}" for n in LINKS),
                f"{LINKS[2]}, extrapolated",
                "real income",
            ],
            by_links(lab, blocs),
        ),
        "tables": markdown(
            ["table", "cross trade", "at 4", "per point", "at 1", "per point"],
            by_table(labs),
        ),
    }
    return fill(TEMPLATE, parts)


def main(argv: Sequence[str] | None = None) -> None:
    """Write the page."""
    write_page("decoupling-static.md", page, __doc__, argv)


if __name__ == "__main__":
    main()
