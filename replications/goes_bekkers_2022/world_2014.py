"""World table of 2014: the recipe of world-2022 with trade, tariffs and GDP of 2014.

``python -m replications.goes_bekkers_2022.world_2014 --raw FOLDER [--out FOLDER]``, from the root
of a checkout, writes ``world-2014.nc``. FOLDER holds the raw statistics behind world-2022, and
``icio/ICIO2014.npz``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from datasets.builders.compact_file import to_dataset, write_compact
from datasets.builders.raw import Macro, raw_folder, read_icio, read_macro
from datasets.builders.world_2022 import build_world
from iomodel.table.mrio import MRIOTable

FILE = Path(__file__).with_name("world-2014.nc")
YEAR, RECIPE_YEAR = 2014, 2022
ATTRS = {
    "name": "world-2014",
    "title": "World input-output table 2014: 81 regions, 37 sectors",
    "year": YEAR,
    "source": (
        "OECD Inter-Country Input-Output tables, extended 2023 edition (trade 2014); World "
        "Input-Output Database, 2016 release (technology 2014); World Bank, World Development "
        "Indicators (GDP and population 2014); Teti, Global Tariff Database (tariffs)"
    ),
    "description": (
        "The recipe of world-2022 (datasets/world-2022.md) with trade, tariffs and GDP of 2014; an "
        "estimate consistent with ICIO 2014 trade, not an official table."
    ),
}


def load_world_2014() -> MRIOTable:
    """Read the table: 81 regions, 37 sectors."""
    return MRIOTable.from_netcdf(FILE)


def build(raw: Path, out: Path = FILE.parent) -> Path:
    """Write ``world-2014.nc``: the same statistics give the same bytes on one machine."""
    macro = read_macro(raw)
    # The recipe reads the columns of its own year.
    gdp, population = (
        frame.drop(columns=RECIPE_YEAR).join(frame[YEAR].rename(RECIPE_YEAR))
        for frame in (macro.gdp, macro.population)
    )
    dataset = to_dataset(build_world(raw, read_icio(raw, YEAR), Macro(gdp, population)))
    steps = dataset.attrs["history"].replace(str(RECIPE_YEAR), str(YEAR))
    dataset.attrs.update(ATTRS, history=steps)
    published = dataset["gdp_published"].attrs
    published["long_name"] = published["long_name"].replace(str(RECIPE_YEAR), str(YEAR))
    path = out / FILE.name
    write_compact(dataset, path, shuffle=False)
    return path


def main(argv: Sequence[str] | None = None) -> None:
    """Write the table and print its size."""
    options = raw_folder(argv, __doc__ or "", FILE.parent)
    path = build(options.raw, options.out)
    print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
