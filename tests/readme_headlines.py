"""The table of headlines in the README; `python tests/readme_headlines.py` writes it."""

from __future__ import annotations

from pathlib import Path

import iomodel as iom
from iomodel.models.elasticities import LONG_RUN_SET

README = Path(__file__).resolve().parents[1] / "README.md"
START, END = "<!-- headline:start -->\n", "<!-- headline:end -->\n"
SCENARIOS = ("us-china-tariff-100", "us-china-decoupling", "two-bloc-decoupling")
MODELS = {
    "equilibrium": (
        "Change in real GDP / real income in the long run, factors mobile, trade balanced",
        ("gdp_pct", "real_income_pct"),
    ),
    "leontief": (
        "Change in GDP if deliveries are lost / diverted, prices fixed",
        ("gdp_pct_lost", "gdp_pct_diverted"),
    ),
}
HORIZONS = {
    "after ten years and more": "long",
    "after three years": "medium",
    "within a year": "short",
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


def headlines() -> str:
    """Return one table in Markdown for each model: three scenarios in percent."""
    table = iom.load("world-2022")
    lines = []
    for model, (what, columns) in MODELS.items():
        lines += [
            f"{what}, percent: model `{model}`, elasticities `{LONG_RUN_SET}`, table `world-2022`.",
            "",
            "| | " + " | ".join(f"`{name}`" for name in SCENARIOS) + " |",
            "|---|" + "---:|" * len(SCENARIOS),
        ]
        frames = [
            iom.run(
                table, iom.Scenario.load(name), model=model, elasticities=LONG_RUN_SET
            ).by_region(groups=["ASEAN", "EU27"])
            for name in SCENARIOS
        ]
        for title, label in ROWS.items():
            cells = [" / ".join(signed(f.loc[label, c]) for c in columns) for f in frames]
            lines.append(f"| {title} | " + " | ".join(cells) + " |")
        lines.append("")
        if model == "equilibrium":
            lines += _horizons(table)
    return "\n".join(lines)


def _horizons(table: iom.MRIOTable) -> list[str]:
    """Return the table of world GDP by horizon."""
    lines = [
        "Change in real GDP of the world by horizon, percent: model `equilibrium`, table "
        "`world-2022`, elasticities of the horizon.",
        "",
        "| | " + " | ".join(f"`{name}`" for name in SCENARIOS) + " |",
        "|---|" + "---:|" * len(SCENARIOS),
    ]
    for words, horizon in HORIZONS.items():
        cells = [
            signed(
                iom.run(table, iom.Scenario.load(name), model="equilibrium", horizon=horizon)
                .by_region()
                .loc["WORLD", "gdp_pct"]
            )
            for name in SCENARIOS
        ]
        lines.append(f"| {words} | " + " | ".join(cells) + " |")
    return [*lines, ""]


def signed(percent: float) -> str:
    text = f"{percent:+.2f}"
    return "0.00" if float(text) == 0.0 else text


def in_readme() -> str:
    """Return the table as the README has it."""
    return README.read_text(encoding="utf-8").split(START)[1].split(END)[0]


def main() -> None:
    """Write the table into the README."""
    text = README.read_text(encoding="utf-8")
    head, tail = text.split(START)[0], text.split(END)[1]
    README.write_text(head + START + headlines() + END + tail, encoding="utf-8")


if __name__ == "__main__":
    main()
