"""Miller & Blair (2009), chapters 2, 6 and the supply-cut algebra built on them.

Printed digits: every tolerance is half a unit of the last digit printed.
"""

import numpy as np
import pytest

from iomodel.errors import LabelError, NonProductiveError, TableError
from iomodel.leontief import Households, LeontiefSystem, LowRankUpdate
from iomodel.table.mrio import MRIOTable

# The 2 x 2 table of section 2.3 and its households of section 2.5: they buy 50 and 400 from the
# two sectors and 50 from each other, earn 300 and 500 from them and 150 from other final demand.
Z = np.array([[150.0, 500.0], [200.0, 100.0]])
Y = np.array([[50.0, 300.0], [400.0, 1300.0]])
V = np.array([[300.0, 500.0], [350.0, 900.0]])
# Cell (2, households) is left out: it is quoted as .5955, but the matrix gives .595365. The exact
# inverse is compared in full below.
CLOSED_INVERSE = np.array(
    [[1.3651, 0.4253, 0.2509], [0.5273, 1.3481, np.nan], [0.5698, 0.4890, 1.2885]]
)
QUOTED = np.isfinite(CLOSED_INVERSE)
CLOSED = np.array([[0.15, 0.25, 0.05], [0.20, 0.05, 0.40], [0.30, 0.25, 0.05]])


@pytest.fixture
def table():
    return MRIOTable.from_arrays(
        Z,
        Y,
        V,
        regions=["one"],
        sectors=["1", "2"],
        final_uses=["households", "other"],
        primary_inputs=["labour", "other"],
        extensions={"jobs": [100.0, 400.0]},
        name="Miller-Blair 2.3",
    )


@pytest.fixture
def households():
    return Households("households", "labour", total_income=[1000.0], transfers=0.05)


def test_coefficients_and_leontief_inverse(table):
    system = LeontiefSystem(table)
    np.testing.assert_allclose(system.A, [[0.15, 0.25], [0.20, 0.05]], rtol=1e-15)
    L = system.inverse().values.reshape(2, 2)
    expected = [[1.25412541, 0.33003300], [0.26402640, 1.12211221]]
    np.testing.assert_allclose(L, expected, atol=5e-9)


def test_output_and_labour_for_a_new_final_demand(table):
    system = LeontiefSystem(table)
    x = system.solve(np.array([600.0, 1500.0]))
    np.testing.assert_allclose(x, [1247.5248, 1841.5842], atol=5e-5)
    labour = np.array([0.30, 0.25]) * x
    np.testing.assert_allclose(labour, [374.25, 460.40], atol=1e-2)  # printed from rounded x
    embodied = system.multipliers("labour").values.ravel()
    np.testing.assert_allclose(embodied @ [600.0, 1500.0], labour.sum(), rtol=1e-13)


def test_base_output_is_reproduced(table):
    x = LeontiefSystem(table).solve(table.Y.sum(("user_region", "final_use")))
    np.testing.assert_allclose(x.values.ravel(), [1000.0, 2000.0], rtol=1e-14)


def test_simple_multipliers(table):
    system = LeontiefSystem(table)
    output = system.multipliers()
    assert output.dims == ("region", "sector")
    # Column sums of the inverse above.
    np.testing.assert_allclose(output.values.ravel(), [1.51815181, 1.45214521], atol=1e-8)
    # One closed region: a unit of final demand is a unit of value added.
    np.testing.assert_allclose(system.multipliers("value_added"), 1.0, rtol=1e-14)
    np.testing.assert_allclose(system.solve_prices(table.v1 / table.x1), [1.0, 1.0], rtol=1e-14)
    jobs = system.multipliers("jobs").values.ravel()
    np.testing.assert_allclose(jobs @ Y.sum(axis=1), 500.0, rtol=1e-14)


def test_closed_model_inverse_by_blocks(table, households):
    closed = households.close(LeontiefSystem(table))
    np.testing.assert_allclose(closed.consumption.ravel(), [0.05, 0.40], rtol=1e-15)
    np.testing.assert_allclose(closed.income.ravel(), [0.30, 0.25], rtol=1e-15)
    unit = np.eye(3)
    x, earned, report = closed.solve(unit[:2], unit[2:])
    by_blocks = np.vstack([x, earned])
    np.testing.assert_allclose(by_blocks[QUOTED], CLOSED_INVERSE[QUOTED], atol=5e-5)
    np.testing.assert_allclose(by_blocks, np.linalg.inv(unit - CLOSED), rtol=1e-14)
    p, p_h, _ = closed.solve_prices(unit[:2], unit[2:])
    np.testing.assert_allclose(np.vstack([p, p_h]), by_blocks.T, rtol=1e-14)
    assert report.residual < 1e-14


def test_type_two_multipliers(table, households):
    system = LeontiefSystem(table)
    truncated = system.multipliers(closure="household", households=households)
    # Sums of two or three printed cells: up to 1.5 units of the last digit.
    np.testing.assert_allclose(
        truncated.values.ravel(), CLOSED_INVERSE[:2, :2].sum(axis=0), atol=1.5e-4
    )
    whole = Households("households", "labour", total_income=[1000.0], transfers=0.05, intensity=1.0)
    total = system.multipliers(closure="household", households=whole)
    np.testing.assert_allclose(total.values.ravel(), CLOSED_INVERSE[:, :2].sum(axis=0), atol=1.5e-4)
    # What households earn in all: the last row of the closed inverse is h_r times its upper block,
    # plus what they earn from each other.
    income = system.multipliers("labour", "household", households=households).values.ravel()
    np.testing.assert_allclose(income, 0.95 * CLOSED_INVERSE[2, :2], atol=5e-5)


def test_closure_from_arrays_equals_closure_from_names(table, households):
    arrays = Households(
        consumption=np.array([[0.05], [0.40]]), income=np.array([[0.30, 0.25]]), transfers=0.05
    )
    by_name = LeontiefSystem(table).multipliers(closure="household", households=households)
    plain = LeontiefSystem.from_coefficients(np.array([[0.15, 0.25], [0.20, 0.05]]))
    by_array = plain.multipliers(closure="household", households=arrays)
    np.testing.assert_allclose(by_array, by_name.values.ravel(), rtol=1e-14)
    with pytest.raises(TableError, match="give consumption and income as arrays"):
        plain.multipliers(closure="household", households=households)


def test_closure_refusals(table):
    system = LeontiefSystem(table)
    with pytest.raises(LabelError, match=r"final use 'HFCE'.*households, other"):
        system.multipliers(closure="household", households=Households("HFCE", "labour"))
    with pytest.raises(LabelError, match=r"primary input 'VA'.*labour, other"):
        system.multipliers(closure="household", households=Households("households", "VA"))
    # Households that spend far beyond an income of 20 pull more than the economy can make.
    poor = Households("households", "labour", total_income=[20.0])
    with pytest.raises(NonProductiveError, match="households of one"):
        system.multipliers(closure="household", households=poor)


def test_hypothetical_extraction_by_update_equals_brute_force(table):
    system = LeontiefSystem(table)
    f = np.array([350.0, 1700.0])
    update = LowRankUpdate.from_rows(system, [1], -0.5 * system.A[[1]])
    changed = system.A.copy()
    changed[1] *= 0.5
    np.testing.assert_allclose(update.solve(f), np.linalg.solve(np.eye(2) - changed, f), rtol=1e-13)
