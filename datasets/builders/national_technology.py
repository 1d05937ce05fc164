r"""Technology of the two largest economies from their own tables.

Where a national industry holds several sectors s, u of the table, the technology of 2014 parts it:
with :math:`P` the technology of 2014, :math:`\omega_u` the share of sector u in the output of its
group and :math:`a_{gh}` the coefficient of the national table between groups,

.. math:: a_{su} = P_{su}\, a_{gh} \Big/ \sum_{s' \in g,\, u' \in h} P_{s'u'}\, \omega_{u'},

so that each group's mean is the national table's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from datasets.builders.national_tables import NationalTable, sector_groups
from datasets.builders.technology import (
    MAX_VALUE_ADDED,
    MIN_VALUE_ADDED,
    WORLD_WEIGHT,
    Technology,
)
from iomodel.typing import Float


def with_national_tables(
    technology: Technology,
    tables: Sequence[NationalTable],
    sectors: list[str],
    output: dict[str, Float],
) -> Technology:
    """Replace inputs, value added and final demand of some countries.

    Parameters
    ----------
    technology : Technology
        That of WIOD 2014; it keeps a weight of WORLD_WEIGHT, so that no cell closes.
    tables : sequence of NationalTable
    sectors : list of str
        The 37 sectors.
    output : dict of ndarray, shape (goods,)
        Output of the goods sectors of each country, million USD.

    Returns
    -------
    Technology
    """
    inputs, final = technology.inputs.copy(), technology.final.copy()
    value_added = technology.value_added.copy()
    for table in tables:
        r = technology.regions.index(table.region)
        groups, member = sector_groups(table.source, table.sectors, sectors)
        weight = _output_share(groups, output[table.region])
        group_output = member @ table.output
        coarse = member @ table.use @ member.T / group_output
        inputs[r] = _blend(_parted(coarse, inputs[r], groups, weight), inputs[r])
        shares = member @ table.value_added / group_output
        mean = groups @ (weight * value_added[r])
        value_added[r] *= (shares / mean) @ groups
        value_added[r] = np.clip(value_added[r], MIN_VALUE_ADDED, MAX_VALUE_ADDED)
        bought = np.maximum(member @ table.final, 0.0)
        bought /= bought.sum()
        parted = _ratio(bought, groups @ final[r]).T @ groups
        final[r] = _blend(parted.T * final[r], final[r])
        final[r] /= final[r].sum()
    return replace(technology, inputs=inputs, value_added=value_added, final=final)


def _output_share(groups: Float, output: Float) -> Float:
    """Share of each sector in the output of its group; services are groups of one."""
    size = np.ones(groups.shape[1])
    size[: len(output)] = output
    share: Float = size / ((groups @ size) @ groups)
    return share


def _parted(coarse: Float, prior: Float, groups: Float, weight: Float) -> Float:
    """Coefficients between sectors from those between groups."""
    mean = groups @ (prior * weight) @ groups.T
    parted: Float = prior * (groups.T @ _ratio(coarse, mean) @ groups)
    return parted


def _ratio(numerator: Float, denominator: Float) -> Float:
    return np.divide(numerator, denominator, out=np.zeros_like(numerator), where=denominator > 0)


def _blend(national: Float, prior: Float) -> Float:
    blended: Float = (1.0 - WORLD_WEIGHT) * national + WORLD_WEIGHT * prior
    return blended
