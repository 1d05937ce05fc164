"""A small batch on two tables, run from a script that may be killed: ``... FOLDER [WORKERS]``."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import iomodel as iom
from iomodel.scenario.scenario import Scenario
from iomodel.studies import Ensemble
from iomodel.table.mrio import MRIOTable
from tests.cli.conftest import SECTORS, build_table

TARIFF = Scenario(iom.Tariff("USA", "CHN", rate=0.25), name="tariff")
COST = Scenario(iom.TradeCost(between=["USA", "CHN"], increase=0.1), name="cost")
SETTINGS: dict[str, Any] = {
    "models": ["equilibrium", "leontief", "price"],
    "options": {"elasticities": {"low": 2.0, "high": 5.0}, "horizon": "long"},
    "draws": {"balance": ["zero", "share"]},
}


def tables() -> dict[str, MRIOTable]:
    table = build_table()
    return {"four": table, "two": table.aggregate(sectors={"goods": SECTORS[:3], "G": ["G"]})}


def run_small(folder: Path | None, **executor: Any) -> Ensemble:
    return iom.run_batch(tables(), [TARIFF, COST], **SETTINGS, path=folder, **executor)


def digests(folder: Path) -> Mapping[str, str]:
    """Digest of every file of a folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


if __name__ == "__main__":
    run_small(Path(sys.argv[1]), workers=int(sys.argv[2]) if sys.argv[2:] else None)
