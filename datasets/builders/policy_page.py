"""Write docs/policy-2026.md: events, and what the layers of US duties hold."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from string import Template

import numpy as np
import pandas as pd

import iomodel as iom
from datasets.builders.concordance import DATA
from datasets.builders.markdown import markdown
from datasets.published import PUBLISHED
from iomodel._io import atomic_path
from iomodel.scenario.duties import ADDITIONAL_DUTIES

__all__ = ["policy_page", "write_page"]

PAGE = Path(__file__).resolve().parents[2] / "docs" / "policy-2026.md"
DATES = (
    *("2025-04-08", "2025-06-03", "2025-08-07", "2025-11-14", "2026-02-20", "2026-02-24"),
    *("2026-04-06", "2026-07-24", "2026-08-19"),
)
PARTNERS = ("CHN", "CAN", "MEX", "EU27", "JPN", "KOR", "VNM", "IND", "BRA", "GBR")
LAST = DATES[-1]
# Budget Lab: total and section 301, percent, as in its table by authority.
YALE = {"november": ("2025-11-17", 15.20, 2.21), "february": ("2026-02-25", 9.75, 2.03)}


def policy_page() -> str:
    """Text of the page, from the embedded layers and the committed events."""
    template = Template((DATA / "policy_page.md").read_text(encoding="utf-8"))
    imports = pd.read_csv(PUBLISHED / "us_imports_2024.csv", comment="#", index_col="partner")
    layers = iom.tariff_layers()
    covered = layers[layers["layer"] == ADDITIONAL_DUTIES]["covered"].dropna().iloc[-1]
    gap = iom.duties("2026-02-24", primary_metals=True).attrs["mean"]
    gap -= iom.duties("2026-02-24").attrs["mean"]
    return template.substitute(
        events=_events(),
        means=_means(imports),
        sectors=_sectors(),
        covered=covered,
        last=LAST,
        without_sector=f"{imports['without_sector'].sum() / 1e3:.0f}",
        metals_gap=f"{100 * gap:.1f}",
        **_second_source(),
    )


def write_page(path: Path = PAGE) -> None:
    """Write the page as Markdown."""
    with atomic_path(path) as temporary:
        temporary.write_text(policy_page(), encoding="utf-8", newline="\n")


def _events() -> str:
    events = pd.read_csv(DATA / "policy_events.csv", dtype=str)
    columns = (events[name].tolist() for name in ("date", "authority", "measure", "source"))
    rows = [[date, by, words, f"[{key}]"] for date, by, words, key in zip(*columns, strict=True)]
    return markdown(["date", "authority", "measure", "source"], rows, 4)


def _means(imports: pd.DataFrame) -> str:
    sectors = [name for name in imports.columns if name != "without_sector"]
    rows = []
    for date in DATES:
        duties = iom.duties(date)
        with_metals = iom.duties(date, primary_metals=True).attrs["mean"]
        cells = [100 * duties.attrs["mean"], 100 * (with_metals - duties.attrs["mean"])]
        for partner in PARTNERS:
            # Members of the European Union pay the same: Germany stands for all.
            region = "DEU" if partner == "EU27" else partner
            rates = duties.sel(region=region, sector=sectors).values
            cells.append(100 * float(np.average(rates, weights=imports.loc[partner, sectors])))
        rows.append([date, *(f"{cell:.1f}" for cell in cells)])
    return markdown(["date", "mean", "primary metals", *PARTNERS], rows)


def _sectors() -> str:
    duties = iom.duties(LAST)
    names = iom.load("world-2022").dataset["sector_name"]
    rows = []
    for sector in duties["sector"].values:
        cells = [
            100 * float(duties.sel(region="DEU" if p == "EU27" else p, sector=sector))
            for p in PARTNERS
        ]
        if any(cells):
            name = str(names.sel(sector=sector).values)
            rows.append([str(sector), name, *(f"{cell:.1f}" for cell in cells)])
    return markdown(["sector", "", *PARTNERS], rows, 2)


def _second_source() -> dict[str, str]:
    cells: dict[str, str] = {}
    for name, (date, total, section_301) in YALE.items():
        ours = 100 * iom.duties(date).attrs["mean"]
        with_metals = 100 * iom.duties(date, primary_metals=True).attrs["mean"]
        numbers = {"yale": total, "yale_301": section_301, "yale_net": total - section_301}
        numbers |= {"ours": ours, "metals": with_metals}
        cells |= {f"{key}_{name}": f"{number:.1f}" for key, number in numbers.items()}
    return cells


def main(argv: Sequence[str] | None = None) -> int:
    """Write the page to ``--out`` (default: docs/policy-2026.md)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=PAGE)
    write_page(parser.parse_args(argv).out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
