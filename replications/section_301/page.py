"""The section 301 episode beside the sets of trade elasticities.

``python -m replications.section_301.page [--out docs]``, from the root of a checkout, writes
``section-301.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from datasets.builders.elasticities import GOODS
from replications.pages import fill, markdown, signed, write_page
from replications.section_301.data import load_episode
from replications.section_301.runs import Laboratory, all_sets

__all__ = ["page", "totals"]

TEMPLATE = Path(__file__).with_name("page.template.md")
SECTOR_SETS = ("median", "CP", "Boehm", "4")


def page() -> str:
    """Return the whole page."""
    lab = Laboratory(load_episode())
    reference, collected = lab.episode.reference, lab.episode.collected
    parts = {
        "observed": f"{-lab.observed.total:.1f}",
        "reference": f"{lab.mean_duty(reference):.1f}",
        "collected": f"{lab.mean_duty(collected):.1f}",
        "fit_reference": f"{lab.fitting(reference):.1f}",
        "fit_collected": f"{lab.fitting(collected):.1f}",
        "regions": str(lab.episode.before.shape[1]),
        "cube_sectors": str(lab.episode.before.shape[0]),
        "totals": totals(lab),
        "sectors": _sectors(lab),
    }
    return fill(TEMPLATE, parts)


def totals(lab: Laboratory) -> str:
    """Return predicted totals by set at both weights of the duty, with rank correlations."""
    rows = []
    for name, theta in all_sets().items():
        row = [f"theta {name}" if name[0].isdigit() else f"`{name}`"]
        for duty in (lab.episode.reference, lab.episode.collected):
            changes = lab.predicted(theta, duty)
            row.append(signed(changes.total, 1))
            row.append(signed(lab.correlation(changes)))
        rows.append(row)
    observed = signed(lab.observed.total, 1)
    rows.append(["observed", observed, "", observed, ""])
    header = ["", "reference weights", "rank correlation", "as collected", "rank correlation"]
    return markdown(header, rows)


def main(argv: Sequence[str] | None = None) -> None:
    """Write the page from the command line."""
    write_page("section-301.md", page, __doc__, argv)


# ---------------------------------------------------------------------- helpers
def _sectors(lab: Laboratory) -> str:
    """Return duties, observed changes and predicted ones at reference weights, by sector."""
    sets, duty = all_sets(), lab.episode.reference
    predicted = [lab.predicted(sets[name], duty).by_sector for name in SECTOR_SETS]
    rows = [
        [
            sector,
            f"{lab.imports[k] / 1e3:.1f}",
            f"{100.0 * duty[k]:.1f}",
            f"{100.0 * lab.episode.collected[k]:.1f}",
            signed(lab.observed.by_sector[k], 0),
            *(signed(changes[k], 0) for changes in predicted),
        ]
        for k, sector in enumerate(GOODS)
    ]
    names = [f"theta {name}" if name[0].isdigit() else f"`{name}`" for name in SECTOR_SETS]
    header = ["sector", "imports 2017", "duty", "collected", "observed", *names]
    return markdown(header, rows)


if __name__ == "__main__":
    main()
