"""The bracket of an 80 percent cut of rare earths, set beside published figures.

``python docs/builders/rare_earths.py [--out docs]`` writes ``rare-earths.md`` and its figure.
"""

from __future__ import annotations

import argparse
import csv
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

import iomodel as iom
from iomodel._io import atomic_path
from iomodel.bracket.cases import FAMILIES, MONTHS, cut_sectors
from iomodel.bracket.supply_cuts import CutBracket, cut_bracket
from iomodel.report.cut_text import few_digits
from iomodel.report.names import region_name
from iomodel.scenario.reach import content_reach

HERE = Path(__file__).parent
TEMPLATE, STUDIES = HERE / "rare-earths.template.md", HERE / "rare-earth-studies.csv"
REGIONS = ["USA", "EU27", "DEU", "JPN", "KOR", "CHN", "ASEAN", "WORLD"]
SCENARIO, SHORT, RULE = "rare-earth-80", "rare-earth-80-3m", "content-control-0.1"
# Arithmetic on an assumed price is no finding of a method, and accounting cannot speak of shortage.
COMPARED = ("equilibrium", "allocation", "stocks", "bottleneck")


class Study(NamedTuple):
    """One published figure, in percent of GDP."""

    name: str
    shock: str
    region: str
    low: float
    high: float
    key: str


def studies(gdp: pd.Series[float]) -> list[Study]:
    """Return the published figures; dollars become percent with the table's GDP, million USD."""
    with STUDIES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    found = []
    for row in rows:
        ends = [row["low"], row["high"]]
        if row["usd"]:
            ends = [100.0 * 1000.0 * float(row["usd"]) / float(gdp[row["region"]])] * 2
        low, high = map(float, ends)
        found.append(Study(row["study"], row["shock"], row["region"], low, high, row["key"]))
    return found


def beside(study: Study, frame: pd.DataFrame) -> tuple[str, str, str]:
    """Return our runs beside a published figure: the next smaller loss, within, the next larger."""
    own = frame.loc[[f for f, _ in frame.index if f in COMPARED], study.region]
    own = -own[~own.index.duplicated()]
    smaller = own[own < -study.high].nlargest(1)
    within = own[(own >= -study.high) & (own <= -study.low)].sort_values()
    larger = own[own > -study.low].nsmallest(1)
    return _named(smaller), _named(within), _named(larger)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE.parent)
    folder = parser.parse_args(arguments).out
    table = iom.load("world-2022-ree")
    bracket = cut_bracket(table, iom.Scenario.load(SCENARIO), progress=print)
    page = TEMPLATE.read_text(encoding="utf-8").format_map(_Parts(parts(table, bracket)))
    with atomic_path(folder / "rare-earths.md") as temporary:
        temporary.write_text(page, encoding="utf-8")
    bracket.plot.bracket().save(folder / "rare-earths.png")
    return 0


class _Parts(dict[str, str]):
    """Parts of the page by name; braces of formulas stay as they are."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def parts(table: iom.MRIOTable, bracket: CutBracket) -> dict[str, str]:
    """Return everything on the page that is computed."""
    frame = bracket.losses(REGIONS)
    own = {name: bracket.account(name) for name in ("USA", "JPN", "DEU", "KOR")}
    us = -frame["USA"]
    seen = us[us > 0]
    reach = content_reach(table, iom.Scenario.load(RULE))
    at = reach.by_threshold()
    stocks = frame.loc["stocks", "JPN"]
    korea = frame.loc[("allocation", "rationing, weight 1"), "KOR"]
    return {
        "us_bill": f"{own['USA']['bill']:,.0f}",
        "us_share": few_digits(100 * own["USA"]["bill"] / own["USA"]["gdp"]),
        "jp_bill": f"{own['JPN']['bill']:,.0f}",
        "de_bill": f"{own['DEU']['bill']:,.0f}",
        "bracket": _bracket(frame),
        "factor": f"{_rounded(seen.max() / seen.min()):,}",
        "implied": _implied(bracket),
        "published": _published(studies(bracket.bill["gdp"]), frame),
        "jp_two": few_digits(stocks["inventories, 2 months"]),
        "jp_six": few_digits(stocks["inventories, 6 months"]),
        "korea_loss": few_digits(-korea),
        "korea_share": few_digits(100 * own["KOR"]["bill"] / own["KOR"]["gdp"]),
        "de_share": few_digits(100 * own["DEU"]["bill"] / own["DEU"]["gdp"]),
        "months": _months(table),
        "content": _content(at),
        "licence": few_digits(reach.held_back(45) / 1000),
        "ban": few_digits(reach.held_back(260) / 1000),
    }


# ---------------------------------------------------------------------- tables
def _bracket(frame: pd.DataFrame) -> str:
    lines = _head(["method", *(_place(c) for c in frame.columns)])
    last = ""
    for (family, label), row in frame.iterrows():
        if family != last:
            lines.append(f"| *{FAMILIES[family]}* |" + " |" * len(frame.columns))
            last = family
        lines.append(_row([label, *(few_digits(float(v)) for v in row)]))
    return "\n".join(lines)


def _implied(bracket: CutBracket) -> str:
    loss = bracket.losses(["USA"])["USA"] / -100 * bracket.account("USA")["gdp"] / 1000
    times = bracket.multiples(["USA"])["USA"]
    price = bracket.implied_prices(["USA"])["USA"]
    return "\n".join(
        _row([key[1], few_digits(loss[key]), few_digits(times[key]), few_digits(price[key])])
        for key in loss.index
    )


def _published(found: Iterable[Study], frame: pd.DataFrame) -> str:
    lines = _head(
        [
            "study",
            "shock",
            "where",
            "published",
            "ours, next smaller",
            "within",
            "next larger",
        ]
    )
    for study in found:
        ends = dict.fromkeys([few_digits(study.low), few_digits(study.high)])
        lines.append(
            _row(
                [
                    f"{study.name} [{study.key}]",
                    study.shock,
                    region_name(study.region),
                    " to ".join(ends),
                    *beside(study, frame),
                ]
            )
        )
    return "\n".join(lines)


def _months(table: iom.MRIOTable) -> str:
    scenario = iom.Scenario.load(SHORT)
    scarce = cut_sectors(table, scenario)
    places = ["USA", "DEU", "JPN", "WORLD"]
    lines = _head(["stocks of scarce inputs", *(_place(c) for c in places)])
    for months in MONTHS:
        stocks = {(name, "all"): float(months) for name in scarce}
        effects = iom.run(table, scenario, "inventories", stocks=stocks)
        values = effects.by_region().loc[places, "gdp_pct"]
        lines.append(_row([f"{months} months", *(few_digits(float(v)) for v in values)]))
    return "\n".join(lines)


def _content(frame: pd.DataFrame) -> str:
    lines = _head(
        [
            "content at least",
            "trade, billion USD",
            "share of trade in reach",
            "direct content alone",
        ]
    )
    for threshold, row in frame.iterrows():
        cells = [f"{100 * float(threshold):g}%", few_digits(row["trade"] / 1000, 3)]
        lines.append(
            _row([*cells, f"{few_digits(row['share_pct'])}%", few_digits(row["direct"] / 1000, 3)])
        )
    return "\n".join(lines)


# ---------------------------------------------------------------------- helpers
def _head(names: Sequence[str]) -> list[str]:
    return [_row(names), "| --- |" + " ---: |" * (len(names) - 1)]


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _named(own: pd.Series[float]) -> str:
    return "; ".join(f"{few_digits(-float(v))} ({key[1]})" for key, v in own.items()) or "-"


def _place(name: str) -> str:
    return "World" if name == "WORLD" else name


def _rounded(value: float) -> int:
    """Return a number to one significant digit."""
    return int(round(value, -math.floor(math.log10(value))))


if __name__ == "__main__":
    raise SystemExit(main())
