"""docs/seven-percent.md says what the code says, as far as it can be worked out in seconds."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from iomodel.studies.decoupling import published_estimates
from iomodel.table.mrio import MRIOTable
from replications.long_run import page as long_run
from replications.long_run import waterfall
from replications.seven_percent.runs import OTHER_ORDER, Inputs, ladder
from replications.seven_percent.tables import (
    by_region,
    family,
    published,
    rungs,
    switching,
)

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "seven-percent.md"
NUMBER = re.compile(r"(?<![\w.])[+-]?\d+\.\d+")
# Printed with two decimals; another processor may round the last one the other way.
PRINTED = 0.0101


@pytest.fixture(scope="module")
def text() -> str:
    return PAGE.read_text(encoding="utf-8")


def same(found: str, page: str) -> None:
    """Compare a table with the one on the page that has the same words and any numbers."""
    words = NUMBER.sub("#", found)
    blocks = [block for block in page.split("\n\n") if NUMBER.sub("#", block.strip()) == words]
    assert blocks, f"no table like this on the page:\n{found}"
    numbers = np.array([float(n) for n in NUMBER.findall(found)])
    gaps = [np.abs(numbers - [float(n) for n in NUMBER.findall(block)]).max() for block in blocks]
    assert min(gaps) <= PRINTED


def test_static_tables_are_the_codes(
    text: str, world: MRIOTable, small: MRIOTable, centres: xr.DataArray
) -> None:
    inputs = Inputs(world, small, centres, Path())
    same(switching(inputs), text)
    same(family(inputs), text)
    same(published(), text)


def test_the_ladder_is_the_codes(
    text: str, world: MRIOTable, small: MRIOTable, centres: xr.DataArray
) -> None:
    inputs = Inputs(world, small, centres, Path())
    printed = ladder(inputs)
    same(rungs(printed), text)
    same(by_region(printed), text)
    same(rungs(ladder(inputs, OTHER_ORDER)), text)


def test_the_printed_specification_is_that_of_the_long_run_page(text: str) -> None:
    same(long_run.world(), text)
    same(waterfall.steps_table(), text)
    assert waterfall.image() in text


def test_a_changed_number_is_found(text: str) -> None:
    changed = published().replace("5.4", "5.5")
    with pytest.raises(AssertionError):
        same(changed, text)


def test_headlines_have_their_intervals(text: str) -> None:
    for name in ("US-China embargo", "Two blocs, +160%"):
        row = next(line for line in text.splitlines() if line.startswith(f"| {name} |"))
        for cell in row.split("|")[2:-1]:
            # The low end is open where more than a twentieth of the draws have no equilibrium.
            cell = cell.replace("no equilibrium", "-100.0")
            middle, low, high = (float(n) for n in NUMBER.findall(cell))
            assert low <= middle <= high < 0.0


def test_published_estimates_have_sources_in_the_bibliography() -> None:
    frame = published_estimates()
    text = (ROOT / "iomodel" / "references.bib").read_text(encoding="utf-8")
    keys = set(re.findall(r"^@\w+\{([^,]+),", text, flags=re.M))
    assert set(frame["citation"]) <= keys
    assert (frame["low"] <= frame["high"]).all()
    assert (frame["low"].min(), frame["high"].max()) == (0.2, 12.0)
