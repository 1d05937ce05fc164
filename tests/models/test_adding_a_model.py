"""The model in CONTRIBUTING.md runs as it stands there, through every door."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from iomodel.errors import LabelError, NotApplicableError
from iomodel.models import MODELS, applicable, run
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import DemandChange, Embargo

PAGE = Path(__file__).resolve().parents[2] / "CONTRIBUTING.md"
SECTION = re.compile(
    r"<!-- how-to-add-a-model: start -->(.*)<!-- how-to-add-a-model: end -->", re.S
)
NAME = "first_rounds"
DEMAND = Scenario(DemandChange("R0", "s1", -0.3), name="less-demand")


def code_block(text: str) -> str:
    """The one block of Python in the section on models."""
    (section,) = SECTION.findall(text)
    (block,) = re.findall(r"```python\n(.*?)```", section, re.S)
    return str(block)


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    path = tmp_path / f"{NAME}.py"
    path.write_text(code_block(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    spec = importlib.util.spec_from_file_location(NAME, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, NAME, module)
    spec.loader.exec_module(module)
    monkeypatch.setitem(MODELS, NAME, module.first_rounds)
    return module


def test_it_runs_by_name_and_by_itself(module, make_table):
    table = make_table(0)
    effects = run(table, DEMAND, NAME, rounds=3)
    again = module.first_rounds(table, DEMAND, rounds=3)
    np.testing.assert_array_equal(effects["output_pct"], again["output_pct"])
    assert effects.parameters == {"rounds": 3}
    assert "Orders after round 3 are left out." in effects.notes


def test_it_is_the_power_series_of_the_leontief_inverse(module, make_table):
    table = make_table(0)
    policy = DEMAND.lower(table)
    change = (table.Y.values * (policy.demand - 1.0)).sum(axis=(2, 3)).reshape(-1)
    direct = module.first_rounds(table, DEMAND, rounds=0)
    np.testing.assert_allclose(
        (direct["output_new"] - direct["output_base"]).values.ravel(), change, atol=1e-10
    )
    # Spectral radii of these tables are below .9, and .9**100 is 3e-5.
    gaps = [
        np.abs(
            module.first_rounds(table, DEMAND, rounds=k)["output_pct"]
            - run(table, DEMAND, "leontief")["output_pct"]
        ).max()
        for k in (1, 10, 100)
    ]
    assert gaps[0] > gaps[1] > gaps[2]
    assert gaps[2] < 1e-2


def test_its_declaration_serves_docstring_and_refusals(module, make_table):
    table = make_table(0)
    assert "rounds : a whole number from 0 to 100; default 2" in module.first_rounds.__doc__
    assert NAME in applicable(table, DEMAND)
    with pytest.raises(
        LabelError, match=r"rounds of model first_rounds is 1\.5; give a whole number"
    ):
        run(table, DEMAND, NAME, rounds=1.5)
    with pytest.raises(NotApplicableError, match="nothing to say about embargo"):
        run(table, Scenario(Embargo(between=["R0", "R1"])), NAME)
