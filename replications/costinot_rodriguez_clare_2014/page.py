"""Gains from trade in 2008 set beside Table 4.1 of Costinot and Rodriguez-Clare (2014).

``python -m replications.costinot_rodriguez_clare_2014.page [--out docs]``, from the root of a
checkout, writes ``published.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

import iomodel.equilibrium as ge
from iomodel.equilibrium.formulas.reliance import reliance
from iomodel.typing import Float
from replications.costinot_rodriguez_clare_2014.accounts import SERVICES, Accounts, positive
from replications.pages import facts, fill, markdown, write_page

TEMPLATE = Path(__file__).with_name("page.template.md")
TABLE_4_1 = Path(__file__).with_name("table-4-1.csv")
COLUMNS = (
    "one sector",
    "many sectors, perfect competition",
    "many sectors, entry of firms",
    "inputs as observed, perfect competition",
    "inputs in the proportions of all spending, perfect competition",
    "the same inputs, entry of firms (Krugman)",
    "the same inputs, entry and selection of firms (Melitz)",
)
# Agriculture and mining come first.
PRIMARY = 2
# Where the two releases differ most, and Greece, where a sector has no domestic sales.
REVISED = ("CHN", "TUR", "RoW", "DNK", "GRC")
# epsilon / (sigma - 1) - 1 at epsilon = 4.6 and sigma = 3.8 of [BalistreriHillberryRutherford2011]_
# is .643; recalled as .65 in the chapter, which was not at hand.
SELECTION = 0.65


def published() -> dict[str, list[float]]:
    """Return the printed table by region, percent."""
    numbers = [str(c + 1) for c in range(len(COLUMNS))]
    return {row["region"]: [float(row[n]) for n in numbers] for row in facts(TABLE_4_1)}


def columns(data: Accounts) -> Float:
    """Return the seven columns of the table in percent, (N, 7)."""
    domestic, final, theta = data.own_share, data.final_share, data.theta
    total = data.flow.sum(axis=0)
    gains = [
        ge.gains_one_sector(np.diag(total) / total.sum(axis=0), SERVICES),
        ge.gains_multi_sector(domestic, final, theta),
        _with_entry(data),
        ge.gains_from_trade(domestic, final, theta, input_cost_share=data.observed_inputs),
        ge.gains_from_trade(domestic, final, theta, input_cost_share=data.proportional_inputs),
        _with_inputs(data),
        _with_inputs(data, SELECTION),
    ]
    return 100.0 * np.stack(gains, axis=1)


def gaps(data: Accounts) -> Float:
    """Return our columns less the printed ones, percentage points, (N, 7)."""
    return np.asarray(columns(data) - np.array([published()[r] for r in data.regions]))


def alternatives(data: Accounts) -> list[tuple[str, int, str, Float]]:
    """Return other readings of the chapter: question, column, reading and gains, percent."""
    final, theta, every = data.final_share, data.theta, data.spending_share
    domestic, observed = data.own_share, data.observed_inputs
    labour = (1.0 - observed.sum(axis=1).T) * data.output
    everywhere = np.ones_like(theta)
    manufactures = np.where(np.arange(len(theta)) < PRIMARY, 0.0, data.scale)
    weights, spending = "weights of goods", "shares in all spending"
    entry, scale = "sectors with entry of firms", "shares in the scale terms"
    readings = [
        *_without_deficits(data),
        (weights, 2, spending, ge.gains_multi_sector(domestic, every, theta)),
        (
            weights,
            4,
            spending,
            ge.gains_from_trade(domestic, every, theta, input_cost_share=observed),
        ),
        (entry, 3, "services too", _with_entry(data, scale=everywhere)),
        (entry, 6, "services too", _with_inputs(data, scale=everywhere)),
        (entry, 3, "manufactures only", _with_entry(data, scale=manufactures)),
        (entry, 6, "manufactures only", _with_inputs(data, scale=manufactures)),
        (scale, 3, "final demand, not all spending", _with_entry(data, spending=final)),
        (scale, 3, "value added, not output", _with_entry(data, output=labour)),
        (
            "inputs",
            5,
            "as observed",
            ge.gains_from_trade(domestic, final, theta, input_cost_share=observed),
        ),
        ("what column 5 is", 5, "entry of firms (our notes said so)", _with_inputs(data)),
        (
            "inputs count for more with entry",
            6,
            "no: the inverse of I - a alone",
            _with_plain_inverse(data),
        ),
        ("spending of the base", 7, "with its deficit", _with_deficits(data)),
        *(
            ("strength of selection", 7, f"{eta:g}", _with_inputs(data, selection=eta))
            for eta in (0.55, 0.6, 0.7, 0.75)
        ),
    ]
    return [(question, k, reading, 100.0 * gains) for question, k, reading, gains in readings]


def explosive(data: Accounts, selection: float) -> list[str]:
    """Return the regions where observed inputs and scale effects have no finite gains."""
    amplified = data.observed_inputs * (1.0 + data.scale * (1.0 + selection) / data.theta)
    radius = np.abs(np.linalg.eigvals(amplified)).max(axis=1)
    return [r for r, size in zip(data.regions, radius, strict=True) if size >= 1.0]


def page(data: Accounts) -> str:
    """Return the page in Markdown."""
    gains, gap = columns(data), gaps(data)
    printed = np.array([published()[r] for r in data.regions])
    comparable = [k for k, r in enumerate(data.regions) if r not in REVISED]

    def sizes(error: Float) -> list[str]:
        size = np.abs(error)
        return [
            f"{v:.2f}"
            for v in (
                size[comparable].mean(),
                np.median(size[comparable]),
                size[comparable].max(),
                size.mean(),
            )
        ]

    summary = [[str(c + 1), COLUMNS[c], *sizes(gap[:, c])] for c in range(len(COLUMNS))]
    rows = [
        [region, *(f"{p:.1f} / {f:.1f}" for p, f in zip(theirs, ours, strict=True))]
        for region, theirs, ours in zip(data.regions, printed, gains, strict=True)
    ]
    readings = []
    for question, column, reading, alternative in alternatives(data):
        adopted = np.abs(gap[comparable, column - 1]).mean()
        size = np.abs(alternative - printed[:, column - 1])[comparable].mean()
        readings.append([question, str(column), reading, f"{size:.2f}", f"{adopted:.2f}"])
    header = ["question", "column", "answer tried", "mean gap", "as adopted"]
    parts = {
        "summary": markdown(["column", "model", "mean", "median", "largest", "all 34"], summary, 2),
        "countries": markdown(["", *(str(c + 1) for c in range(len(COLUMNS)))], rows),
        "alternatives": markdown(header, readings, 3),
        "krugman": str(len(explosive(data, 0.0))),
        "melitz": str(len(explosive(data, SELECTION))),
    }
    return fill(TEMPLATE, parts)


# ---------------------------------------------------------------------- helpers
def _with_entry(
    data: Accounts,
    scale: Float | None = None,
    spending: Float | None = None,
    output: Float | None = None,
) -> Float:
    """Return gains with entry of firms and no inputs, as in column 3."""
    bought = data.spending if spending is None else spending
    sold = data.output if output is None else output
    return ge.gains_multi_sector(
        data.own_share,
        data.final_share,
        data.theta,
        scale=data.scale if scale is None else scale,
        spending_share=positive(bought / bought.sum(axis=0)),
        sales_share=positive(sold / sold.sum(axis=0)),
    )


def _without_deficits(data: Accounts) -> list[tuple[str, int, str, Float]]:
    """Return the gains of columns 1 and 3 with deficits set to zero beforehand."""
    free = np.zeros_like(data.flow)
    one = ge.without_materials(data.flow.sum(axis=0, keepdims=True), free[:1])
    one = _balanced(one, np.array([SERVICES]))
    many = _balanced(ge.without_materials(data.flow, free), data.theta)
    question = "deficits set to zero first"
    many_gains = ge.gains_multi_sector(
        positive(ge.own_shares(many)),
        data.final_share,
        data.theta,
        scale=data.scale,
        spending_share=positive(many.spending / many.spending.sum(axis=0)),
        sales_share=positive(many.output / many.output.sum(axis=0)),
    )
    return [
        (
            question,
            1,
            "yes, by the one-sector model",
            ge.gains_one_sector(ge.own_shares(one)[0], SERVICES),
        ),
        (question, 3, "yes, by the model of column 2", many_gains),
    ]


def _with_plain_inverse(data: Accounts) -> Float:
    """Return column 6 where inputs count by the inverse of I - a alone."""
    return ge.gains_from_trade(
        data.own_share,
        data.final_share,
        data.theta,
        input_cost_share=data.proportional_inputs,
        scale=data.scale,
        spending_share=positive(_autarky_sales(data)),
        sales_share=positive(data.output),
    )


def _with_inputs(data: Accounts, selection: float = 0.0, scale: Float | None = None) -> Float:
    """Return gains with entry of firms and proportional inputs, as in columns 6 and 7."""
    return ge.gains_with_scale(
        data.own_share,
        data.final_share,
        data.theta,
        input_cost_share=data.proportional_inputs,
        spending=positive(data.spending),
        output=positive(data.output),
        scale=data.scale if scale is None else scale,
        selection=selection,
    )


def _with_deficits(data: Accounts) -> Float:
    """Return column 7 with spending as it is, not scaled to the value of output."""
    ratio = np.log(data.output.sum(axis=0) / data.spending.sum(axis=0))
    amplified = data.proportional_inputs * (1.0 + data.scale * (1.0 + SELECTION) / data.theta)
    weight = reliance(data.final_share, amplified) * (data.scale * SELECTION / data.theta)[:, None]
    remains = 1.0 - _with_inputs(data, SELECTION)
    return np.asarray(1.0 - remains * np.exp((weight * ratio).sum(axis=0)), dtype=np.float64)


def _balanced(economy: ge.Economy, theta: Float) -> ge.Economy:
    return ge.rebase(economy, ge.Elasticities.caliendo_parro(theta))[0]


def _autarky_sales(data: Accounts) -> Float:
    """Return sales in autarky at the value added of the base, (S, N)."""
    inputs = data.proportional_inputs
    per_unit = np.linalg.solve(np.eye(len(data.theta)) - inputs, data.final_share.T[:, :, None])
    value_added = ((1.0 - inputs.sum(axis=1).T) * data.output).sum(axis=0)
    return np.asarray(per_unit[:, :, 0].T * value_added, dtype=np.float64)


def main(argv: Sequence[str] | None = None) -> None:
    """Write the page."""
    write_page("published.md", lambda: page(Accounts()), __doc__, argv)


if __name__ == "__main__":
    main()
