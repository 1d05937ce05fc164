"""Options of a run as its file records them, and read back through their declarations."""

import datetime as dt
import json

import numpy as np
import pytest
import xarray as xr

from iomodel.errors import TableError
from iomodel.models.option_records import recorded, restored
from iomodel.models.registry import MODELS


def again(model, options):
    """Return options as they come back from a file."""
    record = json.loads(json.dumps(recorded(MODELS[model].read(options))))
    return MODELS[model].read(restored(record))


@pytest.mark.parametrize("model", list(MODELS))
def test_defaults_come_back(model):
    defaults = MODELS[model].read({})
    assert recorded(again(model, {})) == recorded(defaults)


@pytest.mark.parametrize(
    ("model", "options"),
    [
        ("leontief", {"elasticities": 0.1 + 0.2, "closure": "diverted"}),
        ("equilibrium", {"nest": (0.5, 0.2, 1.0 / 3.0), "horizon": "short"}),
        ("equilibrium", {"nest": "baqaee-farhi", "elasticities": np.float32(2.1)}),
        ("bottleneck", {"criticality": {("C26", "C29"): 0.25, ("A01", "goods"): 1.0}}),
        ("inventories", {"start": dt.date(2025, 11, 10), "days": 20}),
    ],
)
def test_values_come_back_to_the_last_bit(model, options):
    assert again(model, options) == MODELS[model].read(options)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_arrays_come_back_with_labels_and_attributes(dtype):
    theta = xr.DataArray(
        np.array([1.0, 10.0 / 3.0]).astype(dtype),
        dims="sector",
        coords={"sector": ["C26", "A01"]},
        name="theta",
        attrs={"set": "mine", "citation": "Me2020"},
    )
    assert again("equilibrium", {"elasticities": theta}).elasticities.identical(theta)
    assert again("equilibrium", {"elasticities": theta}).elasticities.dtype == dtype


def test_a_file_comes_back_only_as_it_was(tmp_path):
    path = tmp_path / "ratings.csv"
    path.write_text("input,user,criticality\nC26,C29,1\n")
    record = recorded(MODELS["bottleneck"].read({"criticality": path}))
    assert restored(record)["criticality"] == path
    path.write_text("input,user,criticality\nC26,C29,0\n")
    with pytest.raises(
        TableError, match=r"option criticality of this run was the file .*csv, which"
    ):
        restored(record)


def test_working_files_are_no_part_of_the_question(tmp_path):
    options = MODELS["diffusion"].read({"checkpoint": tmp_path / "state.npz"})
    assert "checkpoint" not in recorded(options)


def test_a_damaged_record_is_refused_in_one_sentence():
    with pytest.raises(TableError, match="record of options is damaged"):
        restored({"elasticities": {"array": {"values": [1.0]}}})
