"""The world of 1993 of Caliendo and Parro (2015) as arrays [sector, exporter, importer].

``python -m replications.caliendo_parro_2015.data --raw FOLDER [--out FOLDER]``, from the root of a
checkout, packs the text files of the article's supplement (``caliendo_parro/*.txt``) into
``data.npz``. Numbers are those of the files, in float64.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from datasets.builders.archive import write_archive
from datasets.builders.elasticities import NOT_TRADED
from datasets.builders.raw import raw_folder
from iomodel.typing import Float

DATA = Path(__file__).with_name("data.npz")
# Bilateral trade (thousand USD), gross output (USD), shares of value added, shares of inputs,
# trade elasticities, tariffs (percent).
FILES = ("xbilat1993", "GO", "B", "IO", "T", "tariffs1993", "tariffs2005")
REGIONS, SECTORS, TRADABLE = 31, 40, 20
MEXICO, CANADA, USA = 19, 4, 29
NAFTA = (MEXICO, CANADA, USA)


@dataclass(frozen=True)
class NaftaData:
    """Flows before duty with domestic sales, tariffs, technology and elasticities.

    Attributes
    ----------
    flow : ndarray, shape (40, 31, 31)
        Sales in USD, exporter before importer.
    tariff_1993, tariff_2005 : ndarray, shape (40, 31, 31)
        Fractions.
    value_added_share : ndarray, shape (40, 31)
        In gross output.
    input_share : ndarray, shape (31, 40, 40)
        Country, input, using sector; shares in the cost of materials.
    theta : ndarray, shape (40,)
        Trade elasticities.
    """

    flow: Float
    tariff_1993: Float
    tariff_2005: Float
    value_added_share: Float
    input_share: Float
    theta: Float


def load_nafta(path: Path = DATA) -> NaftaData:
    """Read the archive and put what is not exported on the diagonal of the flows."""
    with np.load(path, allow_pickle=False) as archive:
        files: dict[str, Float] = {name: archive[name] for name in FILES}
    return NaftaData(
        flow=with_domestic_sales(_cube(files["xbilat1993"], 1e3), files["GO"]),
        tariff_1993=_cube(files["tariffs1993"], 0.01),
        tariff_2005=_cube(files["tariffs2005"], 0.01),
        value_added_share=files["B"],
        input_share=files["IO"].reshape(REGIONS, SECTORS, SECTORS),
        theta=np.append(files["T"], np.full(SECTORS - TRADABLE, NOT_TRADED)),
    )


def with_domestic_sales(trade: Float, output: Float) -> Float:
    """Add domestic sales, output less exports; output is at least exports."""
    exports = trade.sum(axis=2)
    home = np.arange(trade.shape[1])
    flow = trade.copy()
    flow[:, home, home] += np.maximum(output, exports) - exports
    return flow


def nafta_only(base: Float, new: Float) -> Float:
    """Tariffs of `new` among Mexico, Canada and the USA, of `base` elsewhere."""
    mixed = base.copy()
    members = np.ix_(range(len(base)), NAFTA, NAFTA)
    mixed[members] = new[members]
    return mixed


def build(raw: Path, out: Path = DATA.parent) -> Path:
    """Write ``data.npz``: the same text files give the same bytes."""
    folder = raw / "caliendo_parro"
    return write_archive(
        out / DATA.name, {name: np.loadtxt(folder / f"{name}.txt") for name in FILES}
    )


def main(argv: Sequence[str] | None = None) -> None:
    """Write the archive and print its size."""
    options = raw_folder(argv, __doc__ or "", DATA.parent)
    path = build(options.raw, options.out)
    print(f"{path.name}: {path.stat().st_size} bytes")


# ---------------------------------------------------------------------- helpers
def _cube(rows: Float, scale: float) -> Float:
    """Files have importers in rows and exporters in columns, 31 rows per tradable sector."""
    cube = np.zeros((SECTORS, REGIONS, REGIONS))
    by_sector = rows.reshape(TRADABLE, REGIONS, REGIONS)
    cube[:TRADABLE] = scale * by_sector.transpose(0, 2, 1)
    return cube


if __name__ == "__main__":
    main()
