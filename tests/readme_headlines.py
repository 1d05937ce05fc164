"""The tables of headlines in the README; `python tests/readme_headlines.py` writes them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import iomodel as iom
from iomodel.errors import NotApplicableError
from iomodel.models import Workbench
from iomodel.models.elasticities import LONG_RUN_SET
from iomodel.report.headline import UNDETERMINED, headline

if TYPE_CHECKING:
    import pandas as pd

    from iomodel.effects import Effects

README = Path(__file__).resolve().parents[1] / "README.md"
START, END = "<!-- headline:start -->\n", "<!-- headline:end -->\n"
SCENARIOS = ("us-china-tariff-100", "us-china-decoupling", "two-bloc-decoupling")
GROUPS = ("ASEAN", "EU27")
HORIZONS = {
    "short": "within a year",
    "medium": "after three years",
    "long": "after ten years and more",
    "steady": "in the steady state of capital",
}
ROWS = {
    "World": "WORLD",
    "United States": "USA",
    "China": "CHN",
    "ASEAN": "ASEAN",
    "EU27": "EU27",
    "Japan": "JPN",
    "Korea": "KOR",
}
BANDED_ROWS = ("World", "United States")
# Columns of model leontief by its two closures.
LEONTIEF = ("gdp_pct_lost", "gdp_pct_diverted")


def headlines() -> str:
    """Return the tables in Markdown: real GDP by horizon with bands, by region, at fixed prices."""
    workbench = Workbench(iom.load("world-2022"))
    runs = {
        (name, horizon): equilibrium_run(workbench, name, horizon)
        for name in SCENARIOS
        for horizon in HORIZONS
    }
    fixed_prices = [
        iom.run(workbench, iom.Scenario.load(name), "leontief", elasticities=LONG_RUN_SET)
        for name in SCENARIOS
    ]
    return "\n".join(
        [
            *by_horizon(runs),
            *_table(
                "Change in real GDP / real income in the long run, factors mobile, percent: model "
                f"`equilibrium`, elasticities `{LONG_RUN_SET}`, table `world-2022`.",
                [runs[name, "long"] for name in SCENARIOS],
                ("gdp_pct", "real_income_pct"),
            ),
            *_table(
                "Change in GDP if deliveries are lost / diverted, prices fixed, percent: model "
                f"`leontief`, elasticities `{LONG_RUN_SET}`, table `world-2022`.",
                fixed_prices,
                LEONTIEF,
            ),
        ]
    )


def equilibrium_run(table: iom.MRIOTable | Workbench, name: str, horizon: str) -> Effects:
    """Return a run of model equilibrium with its band, as `iomodel run` makes it."""
    scenario = iom.Scenario.load(name)
    effects = iom.run(table, scenario, "equilibrium", horizon=horizon)
    try:
        return iom.with_interval(table, scenario, effects)
    except NotApplicableError:
        # The short run has a band over sigma.
        return effects


def by_horizon(runs: dict[tuple[str, str], Effects]) -> list[str]:
    """Return the table of real GDP by horizon, with bands as `iomodel run` prints them."""
    some = runs[SCENARIOS[0], "long"].parameters["interval"]
    lines = [
        "Change in real GDP, percent, with its band: model `equilibrium`, table `world-2022`, "
        "elasticities of the horizon.",
        "",
        *_heads(),
    ]
    for title in BANDED_ROWS:
        for horizon, words in HORIZONS.items():
            cells = [banded(runs[name, horizon], ROWS[title]) for name in SCENARIOS]
            lines.append(f"| {title}, {words} (`{horizon}`) | " + " | ".join(cells) + " |")
    return [
        *lines,
        "",
        f"Bands: 5 to 95 percent over {some['draws']} draws of trade elasticities from "
        f"{len(some['sets'])} published sets (seed {some['seed']}); within a year from sigma 1.5 "
        "to 2.5, and no number in front where deliveries stop. "
        f"{UNDETERMINED} = sign not determined.",
        "",
    ]


def banded(effects: Effects, row: str) -> str:
    """Return real GDP of a row with its band, as `iomodel run` prints it."""
    frame: pd.DataFrame = effects.by_region(groups=list(GROUPS))
    summary = headline(effects)
    return dict(zip(summary.shown, summary.cells(frame.loc[row], 2), strict=True))["gdp_pct"]


def signed(percent: float) -> str:
    text = f"{percent:+.2f}"
    return "0.00" if float(text) == 0.0 else text


def in_readme() -> str:
    """Return the tables as the README has them."""
    return README.read_text(encoding="utf-8").split(START)[1].split(END)[0]


def main() -> None:
    """Write the tables into the README."""
    text = README.read_text(encoding="utf-8")
    head, tail = text.split(START)[0], text.split(END)[1]
    README.write_text(head + START + headlines() + END + tail, encoding="utf-8")


# ---------------------------------------------------------------------- helpers
def _heads() -> list[str]:
    return [
        "| | " + " | ".join(f"`{name}`" for name in SCENARIOS) + " |",
        "|---|" + "---:|" * len(SCENARIOS),
    ]


def _table(words: str, runs: list[Effects], columns: tuple[str, ...]) -> list[str]:
    """Return a table of all rows: one column for each scenario, its numbers by ` / `."""
    frames = [effects.by_region(groups=list(GROUPS)) for effects in runs]
    lines = [words, "", *_heads()]
    for title, label in ROWS.items():
        cells = [" / ".join(signed(f.loc[label, c]) for c in columns) for f in frames]
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    return [*lines, ""]


if __name__ == "__main__":
    main()
