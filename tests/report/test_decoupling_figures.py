"""Figures of decoupling: whole, the same each time, and with what they stand on."""

from __future__ import annotations

import io
import json

import matplotlib as mpl
import matplotlib.image
import numpy as np
import pandas as pd
import pytest
import xarray as xr

from iomodel.errors import IOModelError
from iomodel.report.figures.canvas import Chart
from iomodel.report.figures.fan import fan
from iomodel.report.figures.published_range import estimates_chart
from iomodel.report.figures.tornado import tornado_chart
from iomodel.report.figures.waterfall import contributions, waterfall

PNG = b"\x89PNG\r\n\x1a\n"
STEPS = ["start", "linkages", "blocs", "elasticities", "barriers"]
REGIONS = ["WORLD", "gb-usa", "gb-chn", "gb-rwc"]


def ladder() -> xr.Dataset:
    income = np.array(
        [[-0.1, -0.3, -0.3, 0], [-0.2, -0.4, -0.5, 0], [-0.9, -0.2, -1.1, -2.2],
         [-0.7, -0.1, -0.9, -1.8], [-5.1, -2.2, -4.8, -10.4]]
    )  # fmt: skip
    record = json.dumps({"elasticities": {"value": "GB"}})
    text = {
        "model": ("step", ["equilibrium"] * 5),
        "parameters": ("step", [record] * 5),
        "citation": ("step", ["GoesBekkers2022"] * 5),
    }
    dims = ("step", "region")
    parts = np.diff(income, axis=0, prepend=0.0)
    return xr.Dataset(
        {"real_income_pct": (dims, income), "contribution_pct": (dims, parts), **text},
        coords={"step": STEPS, "region": REGIONS},
        attrs={"blocs": "GoesBekkers2022", "table_name": "toy"},
    )


def moves() -> pd.DataFrame:
    rows = [("Elasticities", "LL", -7.0), ("Elasticities", "CP", -2.0), ("Cost", "+80%", -3.2)]
    frame = pd.DataFrame(rows, columns=["assumption", "alternative", "world_pct"])
    return frame.assign(centre=-4.0, difference=frame["world_pct"] + 4.0)


def draws() -> dict[str, xr.DataArray]:
    cells = -np.abs(np.random.default_rng(1).normal(4.0, 1.0, (50, 1))) * np.linspace(0.5, 1, 4)
    return {"diffusion": xr.DataArray(cells, dims=("draw", "time"), coords={"time": range(4)})}


def ours() -> pd.DataFrame:
    rows = [("two blocs", "static", "CP", -3.0), ("two blocs", "static", "LL", -4.0),
            ("embargo", "static", "CP", -0.2)]  # fmt: skip
    return pd.DataFrame(rows, columns=["scenario", "model", "elasticities", "world_pct"])


def published() -> pd.DataFrame:
    rows = [("IMF", "world", 0.2, 7.0, ""), ("GB", "region", 12.0, 12.0, "upper")]
    return pd.DataFrame(rows, columns=["study", "scope", "low", "high", "bound"])


FIGURES = {
    "waterfall": (lambda: waterfall(ladder()), ["toy", "equilibrium", "GB", "Non-tariff costs"]),
    "one region": (lambda: waterfall(ladder(), "gb-rwc"), ["Rest of East"]),
    "contributions": (lambda: contributions(ladder()), ["United States", "World", "linkages"]),
    "tornado": (lambda: tornado_chart(moves(), ["table toy"]), ["table toy", "Elasticities", "LL"]),
    "fan": (lambda: fan(draws(), "time", "Real income", ["table toy"]), ["median", "diffusion"]),
    "estimates": (lambda: estimates_chart(ours(), published()), ["IMF", "up to 12", "two blocs"]),
}


@pytest.mark.parametrize("name", FIGURES)
def test_figures_say_what_they_stand_on(name: str) -> None:
    make, words = FIGURES[name]
    figure = make()
    assert isinstance(figure, Chart)
    figure.draw_without_rendering()
    found = figure.findobj(mpl.text.Text)
    text = " ".join(t.get_text() for t in found if t.get_visible())
    for word in words:
        assert word in text


@pytest.mark.parametrize("name", FIGURES)
def test_figures_are_the_same_each_time_and_stay_on_the_sheet(name: str) -> None:
    make, _ = FIGURES[name]
    first = make().png()
    assert first.startswith(PNG)
    assert make().png() == first
    pixels = mpl.image.imread(io.BytesIO(first))
    strips = (pixels[:3], pixels[-3:], pixels[:, :3], pixels[:, -3:])
    assert all((strip == 1).all() for strip in strips)


def test_the_bars_of_a_waterfall_end_where_the_next_begins() -> None:
    axes = waterfall(ladder()).axes[0]
    bars = [p for p in axes.patches if isinstance(p, mpl.patches.Rectangle)]
    ends = [bar.get_x() + bar.get_width() for bar in bars]
    starts = [bar.get_x() for bar in bars]
    np.testing.assert_allclose(starts[1:-1], ends[:-2], atol=1e-12)
    assert starts[-1] == 0.0
    assert ends[-1] == pytest.approx(ends[-2])


def test_a_fan_needs_draws_along_its_axis() -> None:
    with pytest.raises(IOModelError, match="at least one"):
        fan({}, "time", "nothing")
    with pytest.raises(IOModelError, match="needs draw, year"):
        fan(draws(), "year", "nothing")
