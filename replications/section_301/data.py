"""Trade of 2017 and 2022 and the duties of section 301, by sector of the OECD ICIO.

``python -m replications.section_301.data --raw FOLDER [--out FOLDER]``, from a checkout's root,
packs the trade of both years and the additional duties collected on Chinese goods in 2024 into
``episode.npz``. The United States and China stand alone; all others, Hong Kong with them, are
grouped as in Goes and Bekkers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from datasets.builders.archive import write_archive
from datasets.builders.collected_duties import read_collected_duties
from datasets.builders.elasticities import GOODS
from datasets.builders.raw import raw_folder, read_icio
from iomodel.errors import TableError
from iomodel.studies.decoupling.goes_bekkers import EAST, WEST
from iomodel.table.groups import region_groups
from iomodel.typing import Float

__all__ = ["DATA", "REGIONS", "Episode", "build", "load_episode"]

DATA = Path(__file__).with_name("episode.npz")
BEFORE, AFTER = 2017, 2022
ALONE = ("USA", "CHN")
REGIONS = (*ALONE, *WEST[1:], *EAST)
USA, CHINA = 0, 1


@dataclass(frozen=True)
class Episode:
    """Trade before and after, and the duties between.

    Attributes
    ----------
    before, after : ndarray, shape (28, 11, 11)
        Sales in million USD, exporter before importer, domestic sales included; services last.
    reference, collected : ndarray, shape (27,)
        Additional duty on Chinese goods as a fraction, weighted by the imports of all other
        partners and by China's own.
    """

    before: Float
    after: Float
    reference: Float
    collected: Float


def load_episode(path: Path = DATA) -> Episode:
    """Read the archive."""
    with np.load(path, allow_pickle=False) as archive:
        return Episode(**{name: archive[name] for name in Episode.__annotations__})


def build(raw: Path, out: Path = DATA.parent) -> Path:
    """Write ``episode.npz``; the same raw data give the same bytes.

    Raises
    ------
    TableError
        If a region of the cube is in none of ours.
    """
    duties = read_collected_duties(raw, list(GOODS))
    arrays = {
        "before": _flows(raw, BEFORE),
        "after": _flows(raw, AFTER),
        "reference": duties.section_301_reference,
        "collected": duties.section_301,
    }
    return write_archive(out / DATA.name, arrays)


def main(argv: Sequence[str] | None = None) -> None:
    """Write the archive and print its size."""
    options = raw_folder(argv, __doc__ or "", DATA.parent)
    path = build(options.raw, options.out)
    print(f"{path.name}: {path.stat().st_size} bytes")


# ---------------------------------------------------------------------- helpers
def _flows(raw: Path, year: int) -> Float:
    """Trade of one year in our regions, (sector, exporter, importer)."""
    icio, groups = read_icio(raw, year), region_groups()
    member = np.array(
        [
            [
                region == name if region in ALONE or name in ALONE else region in groups[name]
                for name in REGIONS
            ]
            for region in icio.regions
        ]
    )
    if not (member.sum(axis=1) == 1).all():
        lost = icio.regions[int((member.sum(axis=1) != 1).argmax())]
        raise TableError(f"region {lost!r} of the cube is not in one of {', '.join(REGIONS)}")
    weight = member.astype(np.float64)
    return np.ascontiguousarray(np.einsum("isj,ia,jb->sab", icio.trade, weight, weight))


if __name__ == "__main__":
    main()
