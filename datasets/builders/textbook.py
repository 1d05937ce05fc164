"""Build the small tables of textbooks and teaching examples that ship with the package.

Run ``python -m datasets.builders.textbook`` from the checkout. Figures are typed in from the
sources named in each table; nothing is read.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from iomodel.table.mrio import MRIOTable

__all__ = ["build", "tables"]

# Metadata of every example.
COMMON: dict[str, Any] = {
    "final_uses": ["final demand"],
    "unit": "currency",
    "price_basis": "not stated",
}
PUBLISHED = "figures of a published example"
EMBEDDED = Path(__file__).resolve().parents[1] / "embedded"


def miller_blair() -> MRIOTable:
    """Two-sector economy of Miller and Blair (2009), Table 2.3.

    Labour coefficients are (0.30, 0.25) per unit of output, their household input coefficients.
    """
    output, labour = (1000.0, 2000.0), (0.30, 0.25)
    return MRIOTable.from_arrays(
        [[150.0, 500.0], [200.0, 100.0]],
        [[350.0], [1700.0]],
        x=output,
        regions=["MB"],
        sectors=["1", "2"],
        sector_names=["Sector 1", "Sector 2"],
        extensions={"employment": [e * x for e, x in zip(labour, output, strict=True)]},
        extension_units={"employment": "labour input"},
        name="miller-blair",
        title="Two-sector example of Miller and Blair (2009), Table 2.3",
        source="Miller, R. E. and Blair, P. D. (2009), Table 2.3",
        citation=(
            "Miller, R. E. and Blair, P. D. (2009). Input-Output Analysis: Foundations and "
            "Extensions. 2nd edition. Cambridge University Press."
        ),
        licence=PUBLISHED,
        history=["textbook: figures as printed; value added is the column residual (650, 1400)"],
        **COMMON,
    )


def leather() -> MRIOTable:
    """Three countries by three sectors of the decompr package's leather example."""
    return MRIOTable.from_arrays(
        [
            [16.1, 5.1, 1.8, 3.2, 4.3, 0.4, 3.1, 2.8, 4.9],
            [2.4, 8.0, 3.2, 0.1, 3.2, 1.6, 1.2, 3.9, 11.5],
            [0.9, 0.5, 4.0, 0.0, 0.1, 0.3, 0.0, 0.4, 0.5],
            [1.1, 1.9, 0.2, 18.0, 13.2, 6.1, 9.0, 3.1, 8.9],
            [0.3, 2.8, 0.1, 6.1, 28.1, 6.3, 2.1, 2.5, 25.6],
            [0.0, 0.1, 0.3, 4.1, 3.2, 8.9, 0.2, 0.0, 1.8],
            [1.2, 4.2, 0.3, 4.1, 1.2, 0.6, 29.0, 19.5, 17.9],
            [1.3, 1.1, 0.0, 3.2, 4.8, 2.6, 5.1, 29.1, 24.1],
            [2.1, 1.4, 3.0, 4.1, 3.1, 3.9, 11.3, 8.1, 51.3],
        ],
        [
            [21.5, 6.1, 8.4],
            [16.2, 1.9, 5.1],
            [11.0, 0.5, 0.8],
            [7.5, 29.5, 14.2],
            [8.9, 24.9, 16.9],
            [1.2, 18.5, 4.9],
            [9.2, 17.9, 51.2],
            [7.9, 10.1, 38.5],
            [25.1, 35.2, 68.4],
        ],
        x=[77.7, 58.3, 19.0, 112.7, 124.6, 43.2, 156.3, 127.8, 217.0],
        regions=["ARG", "TUR", "DEU"],
        sectors=["AGR", "TXL", "TRQ"],
        sector_names=["Agriculture", "Textile and leather", "Transport equipment"],
        name="leather",
        title="Leather example: three countries, three sectors, invented figures",
        source="teaching example of the R package decompr",
        citation=(
            "Quast, B. and Kummritz, V. (2015). decompr: Global Value Chain decomposition in R. "
            "CTEI Working Paper 2015-01."
        ),
        licence=PUBLISHED,
        history=["textbook: figures as printed; value added is the column residual"],
        **COMMON,
    )


def ree_toy() -> MRIOTable:
    """Economy of four sectors, closed, with rare earths at 0.16% of output."""
    return MRIOTable.from_arrays(
        [
            [0.0, 0.8, 0.05, 0.05],
            [0.0, 0.5, 4.0, 0.5],
            [0.0, 0.0, 10.0, 5.0],
            [0.3, 1.2, 30.0, 80.0],
        ],
        [[0.1], [1.0], [185.0], [288.5]],
        x=[1.0, 6.0, 200.0, 400.0],
        regions=["TOY"],
        sectors=["REE", "MAG", "VEH", "SRV"],
        sector_names=["Rare earths", "Magnets", "Vehicles", "Services"],
        name="ree-toy",
        title="Teaching example: a closed economy with rare earths, magnets, vehicles and services",
        source="invented for teaching by the authors of iomodel; no data stand behind it",
        citation="iomodel, teaching example ree-toy",
        licence="Apache-2.0",
        history=["teaching example: every figure is invented; GDP is 474.6"],
        **COMMON,
    )


def tables() -> list[MRIOTable]:
    """Every small table, in the order in which they are written."""
    return [miller_blair(), leather(), ree_toy()]


def build(folder: Path = EMBEDDED) -> list[Path]:
    """Write the small tables as NetCDF; the same code gives the same bytes.

    Parameters
    ----------
    folder : pathlib.Path
        Where to write them.

    Returns
    -------
    list of pathlib.Path
        The files.
    """
    return [table.to_netcdf(folder / f"{table.name}.nc") for table in tables()]


if __name__ == "__main__":
    for path in build():
        print(f"{path.name}: {path.stat().st_size} bytes")
