"""What the README says is what the code does."""

from __future__ import annotations

import json
import re

import pytest

import iomodel as iom
from iomodel.models.elasticities import LONG_RUN_SET
from tests.readme_headlines import (
    BANDED_ROWS,
    HORIZONS,
    README,
    ROWS,
    SCENARIOS,
    headlines,
    in_readme,
    signed,
)


def test_the_table_of_headlines_is_what_the_code_produces() -> None:
    assert in_readme() == headlines()


@pytest.mark.parametrize(
    ("name", "links"), list(zip(SCENARIOS, (16, 32, 64), strict=True)), ids=SCENARIOS
)
def test_real_gdp_is_that_of_a_long_chain_to_the_printed_digit(name: str, links: int) -> None:
    effects = iom.run(
        iom.load("world-2022"),
        iom.Scenario.load(name),
        model="equilibrium",
        elasticities=LONG_RUN_SET,
        links=links,
    )
    gdp = effects.by_region(groups=["ASEAN", "EU27"])["gdp_pct"]
    rows, column = table_in_readme("in the long run"), SCENARIOS.index(name)
    for title, label in ROWS.items():
        assert rows[title][column].split(" / ")[0] == signed(gdp.loc[label]), title


def test_every_number_by_horizon_has_a_band_that_holds_it() -> None:
    rows = table_in_readme("with its band")
    assert len(rows) == len(BANDED_ROWS) * len(HORIZONS)
    for title, cells in rows.items():
        for cell in cells:
            *number, low, high = map(float, re.findall(r"[+-]?\d+\.\d\d", cell))
            assert low <= high, title
            assert cell.endswith("?") == (low < 0.0 < high), title
            # Alone stands only what is withheld within a year.
            assert len(number) == 1 or "`short`" in title


def table_in_readme(words: str) -> dict[str, list[str]]:
    """The cells of a table by the title of the row; `words` are of the line above it."""
    paragraphs = in_readme().split("\n\n")
    [place] = [k for k, text in enumerate(paragraphs) if words in text and "|" not in text]
    lines = [line.strip("| ").split(" | ") for line in paragraphs[place + 1].splitlines()]
    return {title: cells for title, *cells in lines[2:]}


def test_the_python_of_the_readme_runs() -> None:
    text = README.read_text(encoding="utf-8")
    [block] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names: dict[str, object] = {}
    exec(compile(block, "README.md", "exec"), names)
    assert {"table", "scenario", "effects", "mine", "system"} <= set(names)


def test_the_figures_of_large_tables_are_those_of_the_committed_run() -> None:
    """Every ratio and time of the table, from the results file that the README names."""
    text = README.read_text()
    (name,) = re.findall(r"figures\]\((benchmarks/results/[\d-]+\.json)\)", text)
    run = json.loads((README.parent / name).read_text())
    best = {(row["spec"], row["problem"]): row["min_s"] for row in run["figures"]}
    cases = {row["case"]: row for row in run["cases"]}
    large, usual = "49x200", "49x163"
    inverse, lu = best["numpy inverse", large], best["factorize", usual]
    both, cuts = best["factorize and 1,000 row cuts", usual], best["1,000 row cuts", usual]
    first, one = best["first answer", large], best["answer 1", large]
    hundred, other = best["answer 100", large], best["answer 1", usual]
    disk, ten = cases["from disk"], cases["ten answers"]
    for row in (
        f"table included | {first:.2f} s | {inverse:.1f} s | {inverse / first:.0f} |",
        f"checked table | {one:.2f} s | | {inverse / one:.0f} |",
        f"100 answers, 9,800 industries | {hundred:.1f} s | {inverse:.1f} s | "
        f"{inverse / hundred:.0f} |",
        f"(pymrio: {best['pymrio', usual]:.1f} s) | {other:.2f} s | "
        f"{best['numpy inverse', usual]:.1f} s | {best['numpy inverse', usual] / other:.0f} |",
        f"with their LU | {both:.1f} s | | {both / lu:.2f} LUs of ours, "
        f"{both / best['scipy LU', usual]:.2f} of SciPy's |",
        f"on an LU at hand | {cuts:.2f} s | | {cuts / lu:.2f} LUs |",
        f"{ten['peak_bytes'] / 1e9:.1f} GB at most | {ten['seconds']:.1f} s |",
        f"{disk['peak_bytes'] / 1e9:.1f} GB of memory | {disk['seconds']:.0f} s |",
    ):
        assert row in text
