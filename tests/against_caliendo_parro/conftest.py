"""The data of Caliendo and Parro (2015) as arrays [sector, exporter, importer]."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from iomodel.typing import Float

REGIONS, SECTORS, TRADABLE = 31, 40, 20
MEXICO, CANADA, USA = 19, 4, 29
NAFTA = (MEXICO, CANADA, USA)


@dataclass(frozen=True)
class Published:
    """Flows before duty with domestic sales, tariffs, technology and elasticities."""

    flow: Float
    tariff_1993: Float
    tariff_2005: Float
    value_added_share: Float
    input_share: Float
    theta: Float


def _cube(path: Path, scale: float) -> Float:
    """Files have importers in rows and exporters in columns, 31 rows per tradable sector."""
    cube = np.zeros((SECTORS, REGIONS, REGIONS))
    raw = np.loadtxt(path).reshape(TRADABLE, REGIONS, REGIONS)
    cube[:TRADABLE] = scale * raw.transpose(0, 2, 1)
    return cube


def with_domestic_sales(trade: Float, output: Float) -> Float:
    """Put what is not exported on the diagonal; output is at least exports."""
    exports = trade.sum(axis=2)
    here = np.arange(trade.shape[1])
    flow = trade.copy()
    flow[:, here, here] += np.maximum(output, exports) - exports
    return flow


@pytest.fixture(scope="session")
def published(raw_data: Path) -> Published:
    folder = raw_data / "caliendo_parro"
    if not (folder / "GO.txt").is_file():
        pytest.skip("the data of Caliendo and Parro (2015) are absent")
    trade = _cube(folder / "xbilat1993.txt", 1e3)  # thousand USD, before duty
    return Published(
        flow=with_domestic_sales(trade, np.loadtxt(folder / "GO.txt")),
        tariff_1993=_cube(folder / "tariffs1993.txt", 0.01),
        tariff_2005=_cube(folder / "tariffs2005.txt", 0.01),
        value_added_share=np.loadtxt(folder / "B.txt"),
        input_share=np.loadtxt(folder / "IO.txt").reshape(REGIONS, SECTORS, SECTORS),
        theta=np.append(np.loadtxt(folder / "T.txt"), np.full(SECTORS - TRADABLE, 8.22)),
    )


def nafta_only(base: Float, new: Float) -> Float:
    """Tariffs of `new` among Mexico, Canada and the USA, of `base` elsewhere."""
    mixed = base.copy()
    inside = np.ix_(range(len(base)), NAFTA, NAFTA)
    mixed[inside] = new[inside]
    return mixed
