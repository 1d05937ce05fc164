"""The bracket of an 80 percent cut of rare earths, set beside published figures.

``python -m replications.rare_earth_cuts.page [--out docs]``, from the root of a checkout, writes
``rare-earths.md`` and its figure.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

import iomodel as iom
from iomodel.models.workbench import Workbench
from iomodel.report.names import region_name
from iomodel.report.numbers import few_digits
from iomodel.scenario.reach import content_reach
from iomodel.studies.cut_cases import FAMILIES, MONTHS, cut_sectors
from iomodel.studies.supply_cuts import CutBracket, cut_bracket
from replications.pages import facts, fill, markdown, options, row, write

TEMPLATE = Path(__file__).with_name("page.template.md")
STUDIES = Path(__file__).with_name("studies.csv")
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
    figures = []
    for study in facts(STUDIES):
        region = study["region"]
        if study["usd"]:
            low = high = 100.0 * 1000.0 * float(study["usd"]) / float(gdp[region])
        else:
            low, high = float(study["low"]), float(study["high"])
        figures.append(Study(study["study"], study["shock"], region, low, high, study["key"]))
    return figures


def beside(study: Study, frame: pd.DataFrame) -> tuple[str, str, str]:
    """Return our runs beside a published figure: the next smaller loss, within, the next larger."""
    losses = frame.loc[[f for f, _ in frame.index if f in COMPARED], study.region]
    losses = -losses[~losses.index.duplicated()]
    smaller = losses[losses < -study.high].nlargest(1)
    within = losses[(losses >= -study.high) & (losses <= -study.low)].sort_values()
    larger = losses[losses > -study.low].nsmallest(1)
    return _named(smaller), _named(within), _named(larger)


def parts(table: iom.MRIOTable, bracket: CutBracket) -> dict[str, str]:
    """Return everything on the page that is computed."""
    frame = bracket.losses(REGIONS)
    accounts = {name: bracket.account(name) for name in ("USA", "JPN", "DEU", "KOR")}
    us = -frame["USA"]
    seen = us[us > 0]
    reach = content_reach(table, iom.Scenario.load(RULE))
    at = reach.by_threshold()
    japan, korea = frame["JPN"].to_dict(), frame["KOR"].to_dict()
    return {
        "us_expenditure": f"{accounts['USA']['expenditure']:,.0f}",
        "us_share": few_digits(100 * accounts["USA"]["expenditure"] / accounts["USA"]["gdp"]),
        "jp_expenditure": f"{accounts['JPN']['expenditure']:,.0f}",
        "de_expenditure": f"{accounts['DEU']['expenditure']:,.0f}",
        "bracket": _bracket(frame),
        "factor": f"{_rounded(seen.max() / seen.min()):,}",
        "implied": _implied(bracket),
        "published": _published(studies(bracket.restricted["gdp"]), frame),
        "jp_two": few_digits(japan["stocks", "inventories, 2 months"]),
        "jp_six": few_digits(japan["stocks", "inventories, 6 months"]),
        "korea_loss": few_digits(-korea["allocation", "rationing, weight 1"]),
        "korea_share": few_digits(100 * accounts["KOR"]["expenditure"] / accounts["KOR"]["gdp"]),
        "de_share": few_digits(100 * accounts["DEU"]["expenditure"] / accounts["DEU"]["gdp"]),
        "months": _months(table),
        "content": _content(at),
        "licence": few_digits(reach.held_back(45) / 1000),
        "ban": few_digits(reach.held_back(260) / 1000),
    }


# ---------------------------------------------------------------------- tables
def _bracket(frame: pd.DataFrame) -> str:
    lines = [markdown(["method", *(_place(c) for c in frame.columns)], [])]
    last = ""
    for (family, label), values in zip(frame.index.tolist(), frame.values.tolist(), strict=True):
        if family != last:
            lines.append(f"| *{FAMILIES[family]}* |" + " |" * len(frame.columns))
            last = family
        lines.append(row([label, *map(few_digits, values)]))
    return "\n".join(lines)


def _implied(bracket: CutBracket) -> str:
    loss = bracket.losses(["USA"])["USA"] / -100 * bracket.account("USA")["gdp"] / 1000
    times = bracket.multiples(["USA"])["USA"]
    price = bracket.implied_prices(["USA"])["USA"]
    return "\n".join(
        row([key[1], few_digits(loss[key]), few_digits(times[key]), few_digits(price[key])])
        for key in loss.index
    )


def _published(figures: Iterable[Study], frame: pd.DataFrame) -> str:
    rows = []
    for study in figures:
        ends = dict.fromkeys([few_digits(study.low), few_digits(study.high)])
        about = [f"{study.name} [{study.key}]", study.shock, region_name(study.region)]
        rows.append([*about, " to ".join(ends), *beside(study, frame)])
    ours = ["ours, next smaller", "within", "next larger"]
    return markdown(["study", "shock", "where", "published", *ours], rows)


def _months(table: iom.MRIOTable) -> str:
    scenario = iom.Scenario.load(SHORT)
    scarce = cut_sectors(Workbench(table), scenario)
    places = ["USA", "DEU", "JPN", "WORLD"]
    rows = []
    for months in MONTHS:
        stocks = {(name, "all"): float(months) for name in scarce}
        effects = iom.run(table, scenario, "inventories", stocks=stocks)
        values = effects.by_region().loc[places, "gdp_pct"]
        rows.append([f"{months} months", *(few_digits(float(v)) for v in values)])
    return markdown(["stocks of scarce inputs", *(_place(c) for c in places)], rows)


def _content(frame: pd.DataFrame) -> str:
    rows = [
        [
            f"{100 * threshold:g}%",
            few_digits(at["trade"] / 1000, 3),
            f"{few_digits(at['share_pct'])}%",
            few_digits(at["direct"] / 1000, 3),
        ]
        for threshold, at in zip(frame.index.tolist(), frame.to_dict("records"), strict=True)
    ]
    names = ["trade, billion USD", "share of trade in reach", "direct content alone"]
    return markdown(["content at least", *names], rows)


# ---------------------------------------------------------------------- helpers
def _named(losses: pd.Series[float]) -> str:
    cases = zip(losses.index.tolist(), losses.tolist(), strict=True)
    return "; ".join(f"{few_digits(-loss)} ({label})" for (_, label), loss in cases) or "-"


def _place(name: str) -> str:
    return "World" if name == "WORLD" else name


def _rounded(value: float) -> int:
    """Return a number to one significant digit."""
    return int(round(value, -math.floor(math.log10(value))))


def main(argv: Sequence[str] | None = None) -> None:
    """Write the page and its figure."""
    folder = options(__doc__).parse_args(argv).out
    table = iom.load("world-2022-ree")
    bracket = cut_bracket(table, iom.Scenario.load(SCENARIO), progress=print)
    write(folder / "rare-earths.md", fill(TEMPLATE, parts(table, bracket)))
    bracket.plot.bracket().save(folder / "rare-earths.png")


if __name__ == "__main__":
    main()
