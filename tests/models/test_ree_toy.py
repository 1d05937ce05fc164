"""One toy economy, one shock, every comparator: rare-earth capacity is halved.

The figures were computed independently of this package; output ratios are printed to six digits and
losses to four, so half a unit of the last digit is the tolerance.
"""

from __future__ import annotations

import numpy as np
import pytest

from iomodel.errors import InfeasibleError
from iomodel.models import run
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import SupplyCut
from iomodel.table.catalogue import load

HALVED = Scenario(SupplyCut("TOY", "REE", 0.5))


def loss(effects):
    return 100 * (1 - float(effects["gdp_new"].sum() / effects["gdp_base"].sum()))


def ratios(effects):
    return (effects["output_new"] / effects["output_base"]).values.ravel()


def test_extraction_of_half_the_deliveries():
    effects = run(load("ree-toy"), HALVED, "extraction")
    np.testing.assert_allclose(ratios(effects), [0.499967, 0.999948, 0.999988, 0.99953], atol=5e-7)
    assert loss(effects) == pytest.approx(0.1053, abs=5e-5)


def test_ghosh_with_half_the_primary_inputs():
    effects = run(load("ree-toy"), HALVED, "ghosh")
    np.testing.assert_allclose(ratios(effects), [0.649954, 0.949051, 0.998811, 0.999847], atol=5e-7)
    assert loss(effects) == pytest.approx(0.1384, abs=5e-5)


def test_mixed_model_refuses_and_says_what_to_use():
    with pytest.raises(
        InfeasibleError, match=r"TOY REE from 0\.1 to -0\.39993.*use model extracti"
    ):
        run(load("ree-toy"), HALVED, "mixed")


def test_models_agree_on_gdp_of_the_base():
    effects = run(load("ree-toy"), HALVED, "ghosh")
    assert float(effects["gdp_base"].sum()) == pytest.approx(474.6, abs=1e-9)


def test_lost_deliveries_are_the_extraction():
    effects = run(load("ree-toy"), HALVED, "leontief")
    np.testing.assert_allclose(ratios(effects), [0.499967, 0.999948, 0.999988, 0.99953], atol=5e-7)
