"""World Input-Output Database, release 2013: 40 countries and the rest of the world, 1995 to 2011.

Source: [Timmer2015]_, CC BY 4.0. The tables come as NumPy archives with the arrays ``Z`` (1435
x 1435), ``F`` (1435 x 205, five final uses per country), ``x`` (1435), ``countries`` and
``industries``, in current million USD with cells rounded to whole millions.
"""

from __future__ import annotations

import os
import re
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iomodel.errors import TableError
from iomodel.table.mrio import MRIOTable
from iomodel.typing import Float

__all__ = ["read_wiod"]


INDUSTRIES = {
    "c1": "Agriculture, hunting, forestry and fishing",
    "c2": "Mining and quarrying",
    "c3": "Food, beverages and tobacco",
    "c4": "Textiles and textile products",
    "c5": "Leather, leather products and footwear",
    "c6": "Wood and products of wood and cork",
    "c7": "Pulp, paper, printing and publishing",
    "c8": "Coke, refined petroleum and nuclear fuel",
    "c9": "Chemicals and chemical products",
    "c10": "Rubber and plastics",
    "c11": "Other non-metallic minerals",
    "c12": "Basic metals and fabricated metal",
    "c13": "Machinery, not elsewhere classified",
    "c14": "Electrical and optical equipment",
    "c15": "Transport equipment",
    "c16": "Manufacturing, not elsewhere classified; recycling",
    "c17": "Electricity, gas and water supply",
    "c18": "Construction",
    "c19": "Sale and repair of motor vehicles; retail sale of fuel",
    "c20": "Wholesale and commission trade, except motor vehicles",
    "c21": "Retail trade, except motor vehicles; repair of household goods",
    "c22": "Hotels and restaurants",
    "c23": "Inland transport",
    "c24": "Water transport",
    "c25": "Air transport",
    "c26": "Other transport activities; travel agencies",
    "c27": "Post and telecommunications",
    "c28": "Financial intermediation",
    "c29": "Real estate activities",
    "c30": "Renting of machinery and equipment; other business activities",
    "c31": "Public administration and defence; compulsory social security",
    "c32": "Education",
    "c33": "Health and social work",
    "c34": "Other community, social and personal services",
    "c35": "Private households with employed persons",
}
# Households, non-profit institutions serving households, government, fixed capital formation,
# changes in inventories and valuables: the order of the columns of each country.
FINAL_USES = ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT")
INVENTORIES = FINAL_USES.index("INVNT")
# The release predates ISO's change of Romania's code and writes the rest of the world its own way.
ISO_CODES = {"ROM": "ROU", "RoW": "ROW"}
RESIDUAL_INPUT = "VA+TLS+margins"
ARRAYS = ("Z", "F", "x", "countries", "industries")
UNREADABLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error)

# Cells are whole millions. Rounding can move a row of 1640 cells by a few hundred million in the
# worst case and by about a hundred in fact; more means that the arrays do not belong together.
LARGEST_ROUNDING = 1000.0


def read_wiod(path: str | os.PathLike[str], year: int | None = None) -> MRIOTable:
    r"""Read one year of the World Input-Output Database, release 2013.

    Parameters
    ----------
    path : path-like
        A NumPy archive such as ``wiod2013_2008.npz``, or the folder that holds one per year.
    year : int, optional
        Year of the table. Needed with a folder; with a file, taken from its name.

    Returns
    -------
    MRIOTable
        41 regions by 35 sectors, million USD at current basic prices.

    Raises
    ------
    TableError
        If the file is missing, damaged or of another layout, or names no year.

    Notes
    -----
    Cells of the release are rounded to whole millions, so that rows miss output by -7 to +113
    million. The difference goes to the changes in inventories that an industry's own country makes
    of its product (column ``INVNT``): no flow between industries is touched.

    The archives hold no primary inputs. The residual :math:`x' - e'Z` is value added at basic
    prices *plus* taxes less subsidies on products and international transport margins; it is the
    one row ``VA+TLS+margins`` and counts as value added, so "GDP" of this table lies between GDP
    at basic and at market prices. Eighteen to twenty-two industries have no output and no inputs.
    """
    source, year = _locate(Path(path), year)
    arrays = _arrays(source)
    codes = [str(c) for c in arrays["countries"]]
    regions = [ISO_CODES.get(c, c) for c in codes]
    sectors = [str(s) for s in arrays["industries"]]
    R, S, U = len(regions), len(sectors), len(FINAL_USES)
    n = R * S
    z, final, output = _cells(source, arrays, n, R * U)
    gap = output - z.sum(axis=1) - final.sum(axis=1)
    if np.abs(gap).max() > LARGEST_ROUNDING:
        k = int(np.argmax(np.abs(gap)))
        raise TableError(
            f"{source}: the row of {regions[k // S]}/{sectors[k % S]} misses its output by "
            f"{gap[k]:.6g} million, which rounding cannot explain; fetch the file again"
        )
    final_demand = final.reshape(R, S, R, U)
    home = np.arange(R)
    final_demand[home, :, home, INVENTORIES] += gap.reshape(R, S)
    history = [f"read_wiod: {source.name}", _rounding_note(gap, regions, sectors)]
    history += _notes(codes, output, regions, sectors)
    return MRIOTable.from_arrays(
        z,
        final,
        None,
        output,
        regions=regions,
        sectors=sectors,
        final_uses=FINAL_USES,
        primary_inputs=[RESIDUAL_INPUT],
        sector_names=[INDUSTRIES[s] for s in sectors],
        history=history,
        name=f"wiod-2013-{year}",
        title=f"World Input-Output Table {year}, WIOD release 2013",
        unit="million USD",
        year=year,
        source="World Input-Output Database, release 2013",
        citation=(
            "Timmer, M. P., Dietzenbacher, E., Los, B., Stehrer, R. and de Vries, G. J. (2015). An "
            "illustrated user guide to the World Input-Output Database. Review of International "
            "Economics 23(3), 575-605."
        ),
        licence="CC BY 4.0",
        price_basis=(
            "current basic prices; the primary input is value added plus taxes less subsidies on "
            "products plus international transport margins"
        ),
        classification="wiod-2013",
    )


# ---------------------------------------------------------------------- helpers
def _locate(path: Path, year: int | None) -> tuple[Path, int]:
    """File and year."""
    if path.is_dir():
        if year is None:
            raise TableError(f"{path} is a folder; pass year=, or the path of one file")
        archives = sorted(path.glob(f"*wiod2013*{year}.npz"))
        if not archives:
            years = [
                m[0] for p in sorted(path.glob("*.npz")) if (m := re.search(r"\d{4}$", p.stem))
            ]
            raise TableError(f"{path} has no WIOD table for {year}; years: {', '.join(years)}")
        path = archives[0]
    if not path.is_file():
        raise TableError(f"there is no file {path}; give a WIOD 2013 archive (.npz)")
    year_in_name = re.search(r"(?:19|20)\d{2}$", path.stem)
    if year_in_name is None:
        if year is None:
            raise TableError(f"the name of {path} tells no year; pass year=")
        return path, year
    if year not in (None, int(year_in_name[0])):
        raise TableError(f"{path} holds {year_in_name[0]}, not {year}; leave year out")
    return path, int(year_in_name[0])


def _arrays(source: Path) -> dict[str, NDArray[Any]]:
    try:
        # NumPy leaves a file that it cannot parse open; a stream of our own is closed.
        with source.open("rb") as stream, np.load(stream, allow_pickle=False) as archive:
            missing = [name for name in ARRAYS if name not in archive]
            if not missing:
                return {name: archive[name] for name in ARRAYS}
    except UNREADABLE as error:
        raise TableError(
            f"cannot read {source}: it is truncated or no NumPy archive ({error}); fetch it again"
        ) from error
    raise TableError(f"{source} lacks {', '.join(missing)}; a WIOD 2013 archive holds them")


def _cells(
    source: Path, arrays: dict[str, NDArray[Any]], n: int, columns: int
) -> tuple[Float, Float, Float]:
    """Z, F and x copied to float64, in the shapes of the labels."""
    unknown = [str(s) for s in arrays["industries"] if str(s) not in INDUSTRIES]
    if unknown:
        raise TableError(
            f"{source} has industry {unknown[0]!r}; WIOD 2013 has c1 to c35, so this is another "
            "release"
        )
    cells: list[Float] = []
    for name, shape in (("Z", (n, n)), ("F", (n, columns)), ("x", (n,))):
        array = arrays[name]
        if array.dtype.kind not in "iuf" or array.size != int(np.prod(shape)):
            raise TableError(
                f"{source}: {name} has shape {array.shape} and type {array.dtype}; the labels ask "
                f"for numbers of shape {shape}"
            )
        cells.append(np.array(array, dtype=np.float64, order="C").reshape(shape))
        if not np.isfinite(cells[-1]).all():
            raise TableError(f"{source}: {name} holds a cell that is not finite; fetch it again")
    return cells[0], cells[1], cells[2]


def _rounding_note(gap: Float, regions: list[str], sectors: list[str]) -> str:
    k = int(np.argmax(np.abs(gap)))
    label = f"{regions[k // len(sectors)]}/{sectors[k % len(sectors)]}"
    return (
        f"row residuals from rounding, {gap.min():g} to {gap.max():g} million USD and "
        f"{np.abs(gap).sum():.0f} in all, added to domestic changes in inventories (INVNT); "
        f"largest at {label}"
    )


def _notes(codes: list[str], output: Float, regions: list[str], sectors: list[str]) -> list[str]:
    renamed = [f"{old} to {new}" for old, new in ISO_CODES.items() if old in codes]
    S = len(sectors)
    idle = [f"{regions[k // S]}/{sectors[k % S]}" for k in np.flatnonzero(output == 0)]
    notes = [f"region codes made ISO 3166: {', '.join(renamed)}"] if renamed else []
    notes += [f"industries without output: {', '.join(idle)}"] if idle else []
    return [*notes, f"{RESIDUAL_INPUT} is the residual of each column, not published value added"]
