"""Cells beyond the range of float64: refused by name, and no warning before that.

Warnings are errors in this suite.
"""

import numpy as np
import pytest

from iomodel import LeontiefSystem, MRIOTable
from iomodel.errors import IOModelError, TableError
from tests.campaign.generators import draw_table
from tests.campaign.outcomes import sentence_fault
from tests.conftest import random_table

# Largest and smallest numbers, their roots, the smallest of all, and what is no number.
EXTREMES = (
    *(1e300, -1e300, 1.7e308, 1e155, 1e-200, 1e-310, 5e-324, -5e-324, 0.0, -1.0),
    *(np.nan, np.inf, -np.inf),
)


def table_of(arrays, table, **options):
    return MRIOTable.from_arrays(
        **arrays,
        regions=table.regions,
        sectors=table.sectors,
        final_uses=table.final_uses,
        **options,
    )


# Seeds of the campaign.
@pytest.mark.parametrize("seed", [136, 144, 622])
def test_negative_output_is_refused_without_a_warning(seed):
    table = draw_table(np.random.default_rng(seed), most_regions=3, most_sectors=3)
    arrays = {"Z": table.Z2, "Y": table.Y2, "x": -table.x1 - 1.0}
    with pytest.raises(TableError, match="output is not negative fails at R0/s0"):
        table_of(arrays, table)


def test_sums_that_overflow_are_named():
    table = random_table(1)
    arrays = {"Z": np.full_like(table.Z2, 1e308), "Y": table.Y2, "V": table.V2, "x": table.x1}
    with pytest.raises(TableError, match="every cell is finite fails at a sum that overflows"):
        table_of(arrays, table)


def test_an_output_too_small_to_divide_by_is_named():
    table = random_table(2)
    output = table.x1.copy()
    output[5] = 1e-310
    arrays = {"Z": table.Z2, "Y": table.Y2, "x": output}
    with pytest.raises(TableError, match="output of R1/s1 is 1e-310, too small to divide by"):
        LeontiefSystem(table_of(arrays, table, validate=False))


@pytest.mark.parametrize("seed", range(150))
def test_extreme_cells_are_refused_without_a_warning(seed):
    rng = np.random.default_rng(seed)
    table = random_table(seed, regions=2, sectors=3)
    arrays = {
        "Z": table.Z2.copy(),
        "Y": table.Y2.copy(),
        "x": table.x1.copy(),
        "V": table.V2.copy(),
    }
    cells, extreme = arrays[str(rng.choice(list(arrays)))], EXTREMES[seed % len(EXTREMES)]
    if rng.random() < 0.3:
        cells[...] = extreme
    else:
        cells.flat[int(rng.integers(cells.size))] = extreme
    for name in ("x", "V"):
        if rng.random() < 0.4:
            del arrays[name]
    accept = {"negative_value_added": "accept", "validate": bool(rng.random() < 0.5)}
    fault = ""
    try:
        changed = table_of(arrays, table, **accept)
        changed.check()
        LeontiefSystem(changed).solve(np.ones(table.n))
        changed.balance()
    except IOModelError as error:
        fault = sentence_fault(str(error))
    assert not fault
