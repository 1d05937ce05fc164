"""The table of headlines in the README; `python tests/readme_headlines.py` writes it."""

from __future__ import annotations

from pathlib import Path

import iomodel as iom

README = Path(__file__).resolve().parents[1] / "README.md"
START, END = "<!-- headline:start -->\n", "<!-- headline:end -->\n"
SCENARIOS = ("us-china-tariff-100", "us-china-decoupling", "two-bloc-decoupling")
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
    """Return the table in Markdown: GDP in percent, lost and diverted, for three scenarios."""
    table = iom.load("world-2022")
    frames = {}
    for name in SCENARIOS:
        effects = iom.run(table, iom.Scenario.load(name), model="leontief", elasticities="CP")
        frames[name] = effects.by_region(groups=["ASEAN", "EU27"])
    lines = [
        "Change in GDP, percent: model `leontief`, closures lost / diverted, elasticities `CP`, "
        "table `world-2022`.",
        "",
        "| | " + " | ".join(f"`{name}`" for name in SCENARIOS) + " |",
        "|---|" + "---:|" * len(SCENARIOS),
    ]
    for title, label in ROWS.items():
        cells = [
            f"{_signed(frame.loc[label, 'gdp_pct_lost'])} / "
            f"{_signed(frame.loc[label, 'gdp_pct_diverted'])}"
            for frame in frames.values()
        ]
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _signed(percent: float) -> str:
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
