r"""The rest of the world of a WIOD table, parted by trade of ICIO.

WIOD's rest of the world holds ASEAN, Latin America but for two countries, Africa, the Gulf and
others. A sale of sector i from or to it is parted in proportion to the sales of ICIO, domestic ones
included:

.. math:: T_{ki,d} = T_{\mathrm{ROW}\,i,d}\, \frac{X_{ki,d}}{\sum_h X_{hi,d}}, \qquad
          T_{oi,l} = T_{oi,\mathrm{ROW}}\, \frac{X_{oi,l}}{\sum_h X_{oi,h}}

and inside it in proportion to the sales between parts. Services, one sector in ICIO, are parted
alike. Industries of all parts spend on inputs the share of output that those of the rest of the
world do; RAS fits which part buys what for which use, from the uses of the rest of the world.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from datasets.builders.raw import Icio
from iomodel.errors import TableError
from iomodel.table.balancing.ras import ras
from iomodel.table.groups import REST_OF_WORLD
from iomodel.table.mrio import MRIOTable
from iomodel.typing import Float

__all__ = ["SECTORS_ICIO", "part_rest_of_world"]

USES = {"HFCE": ("HFCE", "NPISH"), "GGFC": ("GGFC",), "GCF": ("GFCF", "INVNT")}
# Sectors of ICIO behind the six; the services aggregate stands behind both of services.
SECTORS_ICIO: Mapping[str, Sequence[str]] = {
    "gb-pri": ("A01", "A02", "A03", "B05", "B06", "B07", "B08", "B09"),
    "gb-lig": ("C10T12", "C13T15", "C16", "C17_18", "C19", "C31T33"),
    "gb-hea": (
        *("C20", "C21", "C22", "C23", "C24A", "C24B", "C25", "C28", "C29", "C301"),
        "C302T309",
    ),
    "gb-elm": ("C26", "C27"),
}


def part_rest_of_world(
    table: MRIOTable,
    countries: Mapping[str, Sequence[str]],
    parts: Mapping[str, Sequence[str]],
    icio: Icio,
) -> MRIOTable:
    """Replace the region ``ROW`` of a table by its parts.

    Parameters
    ----------
    table : MRIOTable
        Six sectors, WIOD's five final uses, region ``ROW`` last.
    countries, parts : mapping of str to sequence of str
        Regions of ICIO behind the table's regions, and behind the parts of ``ROW``.
    icio : Icio
        Trade and tariffs of the same year.

    Returns
    -------
    MRIOTable
        Final uses ``HFCE`` (with institutions serving households), ``GGFC`` and ``GCF`` (with
        changes in inventories).

    Raises
    ------
    TableError
        If ``ROW`` is not the last region, or parts and countries do not make up ICIO.
    """
    if table.regions[-1] != REST_OF_WORLD:
        raise TableError("the rest of the world must be the last region of the table")
    named_regions = table.regions[:-1]
    count = len(named_regions)
    names = [*named_regions, *parts]
    members = {**{name: countries[name] for name in named_regions}, **parts}
    trade, tariff = _cube(icio, members, table.sectors)
    use = _use(table)
    seller, S = _sellers(trade, count), len(table.sectors)
    # Parts as sellers, to all users alike; the last buyer is still the whole rest of the world.
    sold = np.concatenate([use[:-1], seller[..., None] * use[-1][None]])
    flows = _bought(sold, trade, count)
    output = flows.sum(axis=(2, 3))
    share = output[count:] / table.x.values[-1]
    primary = table.V.values
    inner = np.concatenate([primary[:, :-1], share[None] * primary[:, -1:]], axis=1)
    columns = output - inner.sum(axis=0)
    flows[:, :, count:] = _fitted(flows[:, :, count:], columns[count:], S)
    return MRIOTable.from_arrays(
        np.ascontiguousarray(flows[..., :S]),
        np.ascontiguousarray(flows[..., S:]),
        inner,
        output,
        regions=names,
        sectors=table.sectors,
        final_uses=list(USES),
        primary_inputs=table.V["primary_input"].values.tolist(),
        value_added_inputs=["VA"],
        tariff=_duties(table, tariff, count),
        # Trade between countries of one region keeps its duty, as in any aggregation.
        unusual_tariffs="accept",
        history=[*table.attrs["history"], "ROW parted by trade of ICIO 2014, uses fitted by RAS"],
        **{key: table.attrs[key] for key in ("unit", "year", "licence", "price_basis")},
        name="world-2014-parts",
        title="World input-output table 2014: six sectors, regions of uncertain membership apart",
        source=f"{table.attrs['source']}; OECD Inter-Country Input-Output tables (trade 2014)",
        citation=f"{table.attrs['citation']}; OECD2023ICIO",
    )


# ---------------------------------------------------------------------- helpers
def _cube(
    icio: Icio, regions: Mapping[str, Sequence[str]], sectors: Sequence[str]
) -> tuple[Float, Float]:
    """Trade of ICIO between regions by sector, and its mean duty, both (seller, S, buyer)."""
    missing = set(icio.regions) ^ {code for codes in regions.values() for code in codes}
    if missing:
        raise TableError(f"regions of ICIO in no part, or unknown to it: {', '.join(missing)}")
    services = len(icio.sectors) - 1
    rows = [
        [icio.sectors.index(code) for code in SECTORS_ICIO[name]]
        if name in SECTORS_ICIO
        else [services]
        for name in sectors
    ]
    to_region = np.zeros((len(icio.regions), len(regions)))
    for column, codes in enumerate(regions.values()):
        to_region[[icio.regions.index(code) for code in codes], column] = 1.0
    duty = icio.trade * icio.tariff
    duty[:, services] = 0.0
    trade, revenue = (
        np.einsum(
            "isj,ir,jq->rsq",
            np.stack([cube[:, row].sum(axis=1) for row in rows], axis=1),
            to_region,
            to_region,
            optimize=True,
        )
        for cube in (icio.trade, duty)
    )
    return trade, revenue / np.maximum(trade, 1e-9)


def _use(table: MRIOTable) -> Float:
    """Sales to industries and three final uses (R, S, R, S + 3)."""
    final = [table.Y.sel(final_use=list(uses)).sum("final_use").values for uses in USES.values()]
    return np.concatenate([table.Z.values, np.stack(final, axis=3)], axis=3)


def _sellers(trade: Float, count: int) -> Float:
    """Share of each part in the sales of all to the named regions and to all parts together."""
    sales = np.concatenate(
        [trade[count:, :, :count], trade[count:, :, count:].sum(axis=2, keepdims=True)], axis=2
    )
    share: Float = sales / sales.sum(axis=0)
    return share


def _bought(sold: Float, trade: Float, count: int) -> Float:
    """Sales with the last buyer parted, each seller and sector by its own destinations."""
    bought = trade[:, :, count:]
    share = bought / bought.sum(axis=2, keepdims=True)
    parted = sold[:, :, -1:] * share[..., None]
    flows: Float = np.concatenate([sold[:, :, :-1], parted], axis=2)
    return flows


def _fitted(flows: Float, inputs: Float, S: int) -> Float:
    """Fit uses of each part to its purchases by seller and sector and its industries' inputs.

    Parameters
    ----------
    flows : ndarray, shape (R, S, P, S + 3)
        Sales to parts as uses of the whole.
    inputs : ndarray, shape (P, S)
        Inputs of the industries of each part.
    """
    R, _, P, users = flows.shape
    by_part = flows.transpose(2, 0, 1, 3).reshape(P, R * S, users)
    # Inventories drawn down abroad are a few millions: they stay out of the fit.
    seed, below = np.maximum(by_part, 0.0), np.minimum(by_part, 0.0)
    rows = seed.sum(axis=2)
    final = seed[..., S:].sum(axis=1)
    final *= ((rows.sum(axis=1) - inputs.sum(axis=1)) / final.sum(axis=1))[:, None]
    fit = ras(
        seed, rows, np.concatenate([inputs, final], axis=1), tolerance=1e-13, max_iterations=20_000
    )
    fitted: Float = (fit.matrix + below).reshape(P, R, S, users).transpose(1, 2, 0, 3)
    return fitted


def _duties(table: MRIOTable, cube: Float, count: int) -> Float:
    """Duties: parts take those of the whole, and between themselves the mean of the cube."""
    rates = table.dataset["tariff"].values
    P = cube.shape[0] - count
    index = [*range(count), *([count] * P)]
    duties = rates[np.ix_(index, range(rates.shape[1]), index)].copy()
    duties[count:, :, count:] = cube[count:, :, count:]
    own = np.arange(count, count + P)
    duties[own, :, own] = 0.0
    return duties
