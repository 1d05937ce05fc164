"""The bracket of an 80 percent cut of rare earths, set beside published figures.

``python -m replications.rare_earth_cuts.page [--out docs]``, from the root of a checkout, writes
``rare-earths.md`` and its figure, and the headline in the README.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from textwrap import fill as fill_text
from typing import NamedTuple

import pandas as pd

import iomodel as iom
from iomodel.models.workbench import Workbench
from iomodel.report.headline import banded
from iomodel.report.names import region_name
from iomodel.report.numbers import few_digits, number
from iomodel.scenario.reach import content_reach
from iomodel.studies.cut_cases import FAMILIES, HEADLINE, MONTHS, cut_sectors
from iomodel.studies.cut_headline import CutHeadline, cut_headline
from iomodel.studies.supply_cuts import CutBracket, cut_bracket
from replications.pages import DOCS, facts, fill, markdown, options, row, write
from replications.rare_earth_cuts.country_order import (
    COUNTRIES,
    country_factors,
    multiples,
    own_magnet_gain,
)

TEMPLATE = Path(__file__).with_name("page.template.md")
README = DOCS.parent / "README.md"
START, END = "<!-- rare-earths:start -->\n", "<!-- rare-earths:end -->\n"
STUDIES = Path(__file__).with_name("studies.csv")
REGIONS = ["USA", "EU27", "DEU", "JPN", "KOR", "CHN", "ASEAN", "WORLD"]
SCENARIO, SHORT, RULE = "rare-earth-80", "rare-earth-80-3m", "content-control-0.1"
HEADLINE_REGIONS = ["USA", "JPN", "DEU", "FRA", "GBR", "EU27", "KOR", "CHN", "WORLD"]
IMF = "IMF2026n73"
PLACE = "USA"
WHY_IMF = (
    "The IMF's figures lie inside the bands of its three countries. Its countries differ by "
    "composition of industries, factor shares and forward linkages, ours by who buys Chinese "
    "magnets and who makes magnets of its own."
)
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
    accounts = {name: bracket.account(name) for name in ("USA", "JPN", "DEU")}
    us = -frame["USA"]
    seen = us[us > 0]
    reach = content_reach(table, iom.Scenario.load(RULE))
    at = reach.by_threshold()
    japan = frame["JPN"].to_dict()
    answer = headline_of(bracket)
    figures = studies(bracket.restricted["gdp"])
    return {
        "headline": headline_sentence(answer),
        "headline_rows": _headline_rows(answer, figures),
        "why_imf": _inside(answer, figures),
        **_order(table, bracket, answer),
        "us_expenditure": f"{accounts['USA']['expenditure']:,.0f}",
        "us_share": few_digits(100 * accounts["USA"]["expenditure"] / accounts["USA"]["gdp"]),
        "jp_expenditure": f"{accounts['JPN']['expenditure']:,.0f}",
        "de_expenditure": f"{accounts['DEU']['expenditure']:,.0f}",
        "bracket": _bracket(frame),
        "factor": f"{_rounded(seen.max() / seen.min()):,}",
        "implied": _implied(bracket),
        "published": _published(figures, frame, answer),
        "jp_two": few_digits(japan["stocks", "inventories, 2 months"]),
        "jp_six": few_digits(japan["stocks", "inventories, 6 months"]),
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


def headline_of(bracket: CutBracket) -> CutHeadline:
    """Return the headline of the page; ValueError if the bracket has none."""
    answer = cut_headline(bracket, HEADLINE_REGIONS)
    if answer is None:
        raise ValueError("the bracket has no case of the headline")
    return answer


def headline_sentence(answer: CutHeadline) -> str:
    """Return the headline in words, for the page and the readme."""
    stocks = number(answer.frame["with_stocks"].to_dict()[PLACE], 2)
    return (
        f"**{answer.question}: real income of the {region_name(PLACE)} changes by "
        f"{_banded(answer, PLACE)} percent.** With stocks of two months and no substitution its "
        f"GDP changes by {stocks}."
    )


def _banded(answer: CutHeadline, region: str) -> str:
    change, low, high = (answer.frame[c].to_dict()[region] for c in ("change", "low", "high"))
    return banded(change, low, high, 2)


def _headline_rows(answer: CutHeadline, figures: Iterable[Study]) -> str:
    theirs = {study.region: few_digits(study.low) for study in figures if study.key == IMF}
    return "\n".join(
        row(
            [
                region_name(name),
                _banded(answer, name),
                number(answer.frame["with_stocks"].to_dict()[name], 2),
                theirs.get(name, "-"),
            ]
        )
        for name in answer.frame.index.tolist()
    )


def _inside(answer: CutHeadline, figures: Iterable[Study]) -> str:
    """Return why the IMF differs; its figures are inside the band, or this is refused."""
    for study in figures:
        low, high = (answer.frame[end].to_dict()[study.region] for end in ("low", "high"))
        if study.key == IMF and not low <= study.low <= high:
            raise ValueError(f"the IMF's figure for {study.region} is outside the band")
    return WHY_IMF


def _order(table: iom.MRIOTable, bracket: CutBracket, answer: CutHeadline) -> dict[str, str]:
    """Return the parts on the order of countries."""
    factors = country_factors(table, iom.Scenario.load(SCENARIO))
    gain = own_magnet_gain(bracket, HEADLINE, COUNTRIES)
    scale = {"users": 100.0, "china": 100.0, "home": 100.0, "exported": 100.0}
    names = {
        "restricted": "restricted imports, .01% of GDP",
        "magnets": "of which magnets",
        "others": "compounds, metals",
        "users": "output of users, % of GDP",
        "intensity": "magnets, .01% of it",
        "china": "China's share, %",
        "home": "own, %",
        "exported": "users' sales abroad, %",
        "embodied": "in final purchases, .01% of GDP",
    }
    rows = [
        [region_name(str(name)), *(few_digits(record[c] * scale.get(c, 1.0)) for c in names)]
        for name, record in zip(factors.index, factors.to_dict("records"), strict=True)
    ]
    parts = {"order": markdown(["", *names.values()], rows)}
    for code, name in (("us", "USA"), ("jp", "JPN"), ("de", "DEU"), ("ko", "KOR")):
        times = multiples(factors, name)
        parts |= {
            f"{code}_change": number(answer.frame["change"].to_dict()[name], 2),
            f"{code}_gain": few_digits(gain[name]),
            f"{code}_multiple": few_digits(times["magnets"]),
            **{f"{code}_{c}": few_digits(times[c]) for c in ("users", "intensity", "china")},
        }
    shares = {
        "jp_home": ("JPN", "home"),
        "de_exported": ("DEU", "exported"),
        "us_exported": ("USA", "exported"),
        "de_embodied": ("DEU", "embodied"),
        "us_embodied": ("USA", "embodied"),
        "fr_intensity": ("FRA", "intensity"),
        "jp_others": ("JPN", "others"),
        "jp_restricted": ("JPN", "restricted"),
        "de_intensity_level": ("DEU", "intensity"),
    }
    for part, (name, column) in shares.items():
        parts[part] = few_digits(factors[column].to_dict()[name] * scale.get(column, 1.0))
    for column in ("embodied", "restricted"):
        cells = factors[column].to_dict()
        parts[f"{column}_ratio"] = few_digits(cells["DEU"] / cells["USA"])
    template = TEMPLATE.read_text(encoding="utf-8")
    return {name: text for name, text in parts.items() if f"{{{name}}}" in template}


def _published(figures: Iterable[Study], frame: pd.DataFrame, answer: CutHeadline) -> str:
    rows = []
    for study in figures:
        ends = dict.fromkeys([few_digits(study.low), few_digits(study.high)])
        about = [f"{study.name} [{study.key}]", study.shock, region_name(study.region)]
        headline = _banded(answer, study.region)
        rows.append([*about, " to ".join(ends), headline, *beside(study, frame)])
    ours = ["ours, headline (band)", "next smaller", "within", "next larger"]
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
    if folder.resolve() == DOCS:
        head, rest = README.read_text(encoding="utf-8").split(START)
        words = fill_text(f"{headline_sentence(headline_of(bracket))} {WHY_IMF}", width=120)
        README.write_text(f"{head}{START}{words}\n{END}{rest.split(END)[1]}", encoding="utf-8")


if __name__ == "__main__":
    main()
