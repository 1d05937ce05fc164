"""docs/elasticities.md is what its script writes."""

from __future__ import annotations

from pathlib import Path

from iomodel.models.elasticities import SETS, elasticities
from iomodel.table.catalogue import load
from replications.trade_elasticities.page import page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "elasticities.md"


def test_the_page_is_what_the_script_writes() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


def test_the_page_has_every_set_in_every_sector() -> None:
    text, table = PAGE.read_text(encoding="utf-8"), load("world-2022")
    for sector in ("A01", "C19", "C29"):
        [line] = [line for line in text.splitlines() if line.startswith(f"| {sector} |")]
        cells = [cell.strip() for cell in line.split("|")][3 : 3 + len(SETS)]
        values = [elasticities(name, table).sel(sector=sector).item() for name in SETS]
        assert cells == [f"{value:.2f}" for value in values]
