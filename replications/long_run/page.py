"""The long run on all regions of world-2022, beside the static effects.

``python -m replications.long_run.page [--out docs]``, from the root of a checkout, writes
``long-run.md`` and the table of the long run in the README, from the committed results.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from iomodel.effects.tables import WORLD
from replications.goes_bekkers_2022.runs import INFERRED, PRINTED
from replications.long_run.runs import (
    INFERRED_SETS,
    MAIN,
    NUMBERS,
    REGIONS,
    RESULTS,
    TITLES,
    VARIANTS,
    VARIED,
)
from replications.pages import facts, fill, markdown, options, row, signed, write

TEMPLATE = Path(__file__).with_name("page.template.md")
README = Path(__file__).resolve().parents[2] / "README.md"
START, END = "<!-- long-run:start -->\n", "<!-- long-run:end -->"
HEADER = ("", "static", "cumulative to 2040", "level 2040", "diffusion part")
SCENARIO_TITLES = {
    "us-china-tariff-100": "US duties of 100 points on China",
    "us-china-decoupling": "US-China embargo",
    "two-bloc-electronics": "Two blocs, electronics alone",
    "two-bloc-decoupling-neutral": "Two blocs and neutral countries",
    "two-bloc-decoupling": "Two blocs, +160%",
}
Losses = Mapping[str, float]


@cache
def results() -> Mapping[tuple[str, str, str], Losses]:
    """Return results with an equilibrium by variant, scenario and region."""
    return {
        (row["variant"], row["scenario"], row["region"]): {n: float(row[n]) for n in NUMBERS}
        for row in facts(RESULTS)
        if row[NUMBERS[0]]
    }


def main_losses(specification: str, scenario: str, region: str = WORLD) -> Losses:
    """Return the losses of a specification without a change."""
    return results()[f"{MAIN}, {TITLES[specification]}", scenario, region]


def ranges(specification: str, scenario: str) -> dict[str, tuple[float, float]]:
    """Return the smallest and largest loss over a specification and its variants, by column."""
    rows = [
        losses
        for (variant, name, region), losses in results().items()
        if (name, region) == (scenario, WORLD) and VARIANTS[variant].specification == specification
    ]
    return {n: (min(row[n] for row in rows), max(row[n] for row in rows)) for n in NUMBERS}


def world(specifications: Sequence[str] = (PRINTED, INFERRED)) -> str:
    """Return the table of world losses by scenario and specification, with ranges."""
    varied = {name for group in VARIED for name in group}
    rows = []
    for scenario, title in SCENARIO_TITLES.items():
        for specification in specifications:
            losses = main_losses(specification, scenario)
            cells = {n: signed(losses[n]) for n in NUMBERS}
            if scenario in varied:
                for n, (low, high) in ranges(specification, scenario).items():
                    cells[n] += f" ({signed(low)} to {signed(high)})"
            words = f", {TITLES[specification]}" if len(specifications) > 1 else ""
            rows.append([title + words, *cells.values()])
    return markdown(HEADER, rows)


def waterfall() -> str:
    """Return the steps from the static embargo to the level of 2040, by specification."""
    columns = []
    for specification in (PRINTED, INFERRED):
        pair, blocs = (
            main_losses(specification, name)
            for name in ("us-china-decoupling", "two-bloc-decoupling")
        )
        columns.append(
            (
                pair["static"],
                blocs["static"],
                blocs["cumulative"] - blocs["diffusion"],
                blocs["cumulative"],
                blocs["level"],
            )
        )
    steps = (
        "US-China embargo, static",
        "two blocs, +160% in place of the embargo",
        "capital and labour on their path, sum of 2026-2040",
        "ideas travel with trade (beta .44)",
        "last year in place of the sum",
    )
    rows = []
    for number, step in enumerate(steps):
        cells = []
        for totals in columns:
            before = totals[number - 1] if number else 0.0
            cells += [signed(totals[number] - before), signed(totals[number])]
        rows.append([step, *cells])
    header = ["", *(f"{TITLES[s]}, {n}" for s in (PRINTED, INFERRED) for n in ("adds", "together"))]
    return markdown(header, rows)


def regions() -> str:
    """Return losses by region for two scenarios under the printed specification."""
    names = [name for group in VARIED for name in reversed(group)]
    header = [
        "",
        *(f"{SCENARIO_TITLES[name]}: {column}" for name in names for column in HEADER[1:]),
    ]
    rows = [
        [
            region,
            *(signed(main_losses(PRINTED, name, region)[n]) for name in names for n in NUMBERS),
        ]
        for region in REGIONS
    ]
    return markdown(header, rows)


def variants() -> str:
    """Return cumulative losses of the world and the part due to ideas, by variant."""
    names = [name for group in VARIED for name in reversed(group)]
    rows = []
    for variant in VARIANTS:
        cells = []
        for name in names:
            losses = results().get((variant, name, WORLD))
            cells += [signed(losses[n]) if losses else "" for n in ("cumulative", "diffusion")]
        rows.append([variant, *cells])
    header = [
        "",
        *(f"{SCENARIO_TITLES[name]}{part}" for name in names for part in ("", ": diffusion part")),
    ]
    return markdown(header, rows)


def without_equilibrium() -> str:
    """Return a sentence on variants whose barriers cost more than there is."""
    missing = [
        f"{variant} ({SCENARIO_TITLES[name]})"
        for variant in VARIANTS
        for group in VARIED
        for name in group
        if (variant, name, WORLD) not in results()
    ]
    if not missing:
        return ""
    return (
        "With Leontief nests and elasticities near one barriers may cost more than there is. No "
        f"equilibrium, and left out of the ranges, which to that side are open: "
        f"{'; '.join(missing)}."
    )


def page() -> str:
    """Return the page in Markdown."""
    seconds = {row["variant"]: int(row["process_seconds"]) for row in facts(RESULTS)}
    counts = {
        s: len({v for v, _, _ in results() if VARIANTS[v].specification == s})
        for s in (PRINTED, INFERRED)
    }
    return fill(
        TEMPLATE,
        {
            "seconds": str(sum(s for v, s in seconds.items() if VARIANTS[v].kind == MAIN)),
            "all_seconds": str(sum(seconds.values())),
            "n_printed": str(counts[PRINTED] - 1),
            "n_inferred": str(counts[INFERRED] - 1),
            "n_sets": str(len(INFERRED_SETS)),
            "pair": signed(main_losses(PRINTED, "us-china-decoupling")["cumulative"]),
            "blocs": signed(main_losses(PRINTED, "two-bloc-decoupling")["cumulative"]),
            "neutral": signed(main_losses(PRINTED, "two-bloc-decoupling-neutral")["cumulative"]),
            "world": world(),
            "waterfall": waterfall(),
            "regions": regions(),
            "variants": variants(),
            "without": without_equilibrium(),
        },
    )


def readme_table() -> str:
    """Return the table of the README: the printed specification beside published figures."""
    count = len({v for v, _, _ in results() if VARIANTS[v].specification == PRINTED}) - 1
    caption = (
        "Change in the world's real income, percent, in the long run with ideas that travel with "
        "trade, beside its static part: model `diffusion` (specification "
        "`goes-bekkers-2022-printed`), table `world-2022`, policy from 2026. In brackets the range "
        f"over {count} variants; with elasticities of one (`Boehm`) two blocs have no equilibrium."
    )
    published = ["*published:* two blocs, Goes and Bekkers 2022, data of 2014"]
    published += ["", "-4.95", "", "-1.23"]
    wto = ["*published:* two blocs, WTO 2025, measure not named", "", "", "-6.4, up to -7", ""]
    return "\n".join([caption, "", world((PRINTED,)), *(row(cells) for cells in (published, wto))])


def in_readme() -> str:
    """Return the table as the README has it."""
    return README.read_text(encoding="utf-8").split(START)[1].split(END)[0].rstrip("\n")


def main(argv: Sequence[str] | None = None) -> None:
    """Write the page and the table of the README."""
    folder = options(__doc__).parse_args(argv).out
    write(folder / "long-run.md", page())
    text = README.read_text(encoding="utf-8")
    before, rest = text.split(START)
    write(README, f"{before}{START}{readme_table()}\n{END}{rest.split(END)[1]}")


if __name__ == "__main__":
    main()
