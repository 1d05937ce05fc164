"""Ten regions by six sectors of Goes and Bekkers (2022) in 2014, from the full table world-2014.

``python -m replications.goes_bekkers_2022.ten_by_six --raw FOLDER [--out FOLDER]``, from the root
of a checkout, writes ``world-2014-parts.nc``: the paper's six sectors, in regions that its print
leaves in one of its ten or another. :func:`load_ten_by_six` adds them up; which part belongs
where is a parameter, since the paper does not list its members.

Sectors are those of page 43 of the paper: light manufacturing with refining, technology services
without broadcasting, computer services and administration. Import shares are the industries' own.
The rest of the world of WIOD is parted by :mod:`replications.goes_bekkers_2022.rest_of_world`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import xarray as xr

import iomodel as iom
from datasets.builders.raw import raw_folder, read_icio
from iomodel.errors import unknown_label
from iomodel.table.groups import region_groups
from iomodel.table.mrio import MRIOTable
from replications.goes_bekkers_2022.rest_of_world import part_rest_of_world
from replications.goes_bekkers_2022.runs import REGIONS

__all__ = [
    "COUNTRIES",
    "FILE",
    "MEMBERSHIPS",
    "REST",
    "SECTORS_2014",
    "capital_formation",
    "countries_of",
    "load_ten_by_six",
]

FILE = Path(__file__).with_name("world-2014-parts.nc")
# Page 43. C33 cannot be told from C28, nor M74-75 from M71 and M73, in the table.
SECTORS_2014: Mapping[str, Sequence[str]] = {
    "gb-pri": ("A01", "A02", "A03", "B"),
    "gb-lig": ("C10-C12", "C13-C15", "C16", "C17", "C18", "C19", "C31_C32"),
    "gb-hea": ("C20", "C21", "C22", "C23", "C24", "C25", "C28_C33", "C29", "C30"),
    "gb-elm": ("C26", "C27"),
    "gb-tas": ("J58", "J61", "K64", "K65_K66", "M71_M73-M75", "M72"),
    "gb-ots": (
        *("D35", "E36", "E37-E39", "F", "G45", "G46", "G47", "H49", "H50", "H51", "H52", "H53"),
        *("I", "J59_J60", "J62_J63", "L68", "M69_M70", "N", "O84", "P85", "Q", "R-U"),
    ),
}
# Parts that world-2014 has, by its regions.
COUNTRIES: Mapping[str, Sequence[str]] = {
    "china": ("CHN",),
    "india": ("IND",),
    "russia": ("RUS",),
    "indonesia": ("IDN",),
    "turkey": ("TUR",),
    "brazil-mexico": ("BRA", "MEX"),
    "japan": ("JPN",),
    "korea": ("KOR",),
    "taiwan": ("TWN",),
    "developed": ("AUS", "CAN", "CHE", "GBR", "NOR"),
    "usa": ("USA",),
}
UNION = "eu27"
# Parts of its rest of the world, by regions of ICIO; "rest" is the rest of the world of ICIO.
REST: Mapping[str, Sequence[str]] = {
    "hong-kong": ("HKG",),
    "latin-america": ("ARG", "CHL", "COL", "CRI", "PER"),
    "small-developed": ("ISL", "ISR", "NZL"),
    "ukraine": ("UKR",),
    "asean": ("BRN", "KHM", "LAO", "MMR", "MYS", "PHL", "SGP", "THA", "VNM"),
    "east": (
        *("ARE", "BGD", "BLR", "CIV", "CMR", "EGY", "JOR", "KAZ", "MAR", "NGA", "PAK", "SAU"),
        *("SEN", "TUN", "ZAF", "AGO", "COD", "STP"),
    ),
    "rest": ("ROW",),
}
# Our reading: groups.yaml of the package. Every other membership names what it moves.
READING: Mapping[str, str] = {
    "china": "gb-chn",
    "hong-kong": "gb-chn",
    "india": "gb-ind",
    "russia": "gb-rus",
    "indonesia": "gb-rwc",
    "asean": "gb-rwc",
    "east": "gb-rwc",
    "rest": "gb-rwc",
    "turkey": "gb-rwu",
    "ukraine": "gb-rwu",
    "brazil-mexico": "gb-lac",
    "latin-america": "gb-lac",
    UNION: "gb-e27",
    "japan": "gb-jpn",
    "korea": "gb-ode",
    "taiwan": "gb-ode",
    "developed": "gb-ode",
    "small-developed": "gb-ode",
    "usa": "gb-usa",
}
MOVES: Mapping[str, Mapping[str, str]] = {
    "reading": {},
    "turkey in rest of East": {"turkey": "gb-rwc"},
    "Taiwan in China": {"taiwan": "gb-chn"},
    "Hong Kong in rest of East": {"hong-kong": "gb-rwc"},
    "ASEAN and Indonesia in rest of West": {"asean": "gb-rwu", "indonesia": "gb-rwu"},
    "rest of the world in rest of West": {"rest": "gb-rwu"},
    "all of WIOD's rest in rest of East": dict.fromkeys(REST, "gb-rwc"),
}
MEMBERSHIPS: Mapping[str, Mapping[str, str]] = {
    name: {**READING, **moves} for name, moves in MOVES.items()
}


def load_ten_by_six(membership: str = "reading") -> MRIOTable:
    """Read the table of ten regions and six sectors.

    Parameters
    ----------
    membership : str
        One of MEMBERSHIPS.

    Returns
    -------
    MRIOTable
        Labels ``gb-chn`` to ``gb-usa`` and ``gb-pri`` to ``gb-ots``; final uses ``HFCE``,
        ``GGFC`` and ``GCF``.

    Raises
    ------
    LabelError
        If there is no such membership.
    """
    region_of = _membership(membership)
    parts_by_region: dict[str, list[str]] = {region: [] for region in REGIONS}
    table = MRIOTable.from_netcdf(FILE)
    for part in table.regions:
        parts_by_region[region_of[part]].append(part)
    return table.aggregate(regions=parts_by_region)


def countries_of(membership: str = "reading") -> dict[str, list[str]]:
    """Regions of ICIO, ROW among them, in each of the ten regions."""
    region_of = _membership(membership)
    countries: dict[str, list[str]] = {region: [] for region in REGIONS}
    members = {**COUNTRIES, UNION: region_groups()["EU27"], **REST}
    for part, codes in members.items():
        countries[region_of[part]] += sorted(codes)
    return countries


def capital_formation(table: MRIOTable) -> xr.DataArray:
    """Gross capital formation over value added by region, s = I / Y."""
    formation = table.Y.sel(final_use="GCF").sum(("region", "sector"))
    value_added = table.value_added.sum("sector")
    return (formation.rename(user_region="region") / value_added).rename("saving share")


def build(raw: Path, out: Path = FILE.parent) -> Path:
    """Write the table of parts; the same statistics give the same bytes on one machine."""
    full = iom.load("world-2014")
    regions = {**COUNTRIES, UNION: sorted(region_groups()["EU27"]), "ROW": ["ROW"]}
    table = full.aggregate(regions=dict(regions), sectors=dict(SECTORS_2014))
    parted = part_rest_of_world(table, regions, REST, read_icio(raw, 2014))
    return parted.to_netcdf(out / FILE.name)


def main(argv: Sequence[str] | None = None) -> None:
    """Write the table and print its size."""
    options = raw_folder(argv, __doc__ or "", FILE.parent)
    path = build(options.raw, options.out)
    print(f"{path.name}: {path.stat().st_size} bytes")


# ---------------------------------------------------------------------- helpers
def _membership(name: str) -> Mapping[str, str]:
    if name not in MEMBERSHIPS:
        raise unknown_label("membership", name, MEMBERSHIPS)
    return MEMBERSHIPS[name]


if __name__ == "__main__":
    main()
