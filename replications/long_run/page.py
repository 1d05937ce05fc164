"""The long run on all regions of world-2022, beside the static effects.

``python -m replications.long_run.page [--out docs]``, from the root of a checkout, writes
``long-run.md``, its figure, and the table of the long run in the README, from the committed
results.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from iomodel.effects.tables import WORLD
from replications.goes_bekkers_2022.runs import INFERRED, PRINTED
from replications.long_run.results import (
    CAUSES,
    Range,
    loss_range,
    main_losses,
    results,
    without_solution,
)
from replications.long_run.runs import (
    MAIN,
    NUMBERS,
    REGIONS,
    RESULTS,
    TITLES,
    VARIANTS,
    VARIED,
    distinct_memberships,
)
from replications.long_run.waterfall import FIGURE, image, steps_chart, steps_table
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


def world(specifications: Sequence[str] = (PRINTED, INFERRED)) -> str:
    """Return the table of world losses by scenario and specification, with ranges."""
    varied = {name for group in VARIED for name in group}
    rows = []
    for scenario, title in SCENARIO_TITLES.items():
        for specification in specifications:
            losses = main_losses(specification, scenario)
            cells = {n: signed(losses[n]) for n in NUMBERS}
            if scenario in varied:
                for n in NUMBERS:
                    changes = loss_range(specification, scenario, n)
                    # A variant without an equilibrium says nothing of the part due to ideas.
                    if changes and n == "diffusion":
                        changes = changes._replace(unsolved=0)
                    cells[n] += f" ({_words(changes)})"
            words = f", {TITLES[specification]}" if len(specifications) > 1 else ""
            rows.append([title + words, *cells.values()])
    return markdown(HEADER, rows)


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


def causes() -> str:
    """Return ranges of the cumulative loss of the world by cause, and their union."""
    columns = [(name, s) for group in VARIED for name in reversed(group) for s in TITLES]
    rows = [
        [title, *(_words(loss_range(s, name, "cumulative", cause)) for name, s in columns)]
        for cause, title in {**CAUSES, "": "union"}.items()
    ]
    header = ["", *(f"{SCENARIO_TITLES[name]}, {TITLES[s]}" for name, s in columns)]
    return markdown(header, rows)


def without_equilibrium() -> str:
    """Return a sentence on variants whose barriers cost more than there is."""
    missing = [f"{name} ({SCENARIO_TITLES[scenario]})" for name, scenario in without_solution()]
    if not missing:
        return ""
    return (
        "With Leontief nests and elasticities near one barriers may cost more than there is. No "
        "equilibrium, and left out of the ranges, which are open to that side (an asterisk): "
        f"{'; '.join(missing)}."
    )


def market_rates() -> str:
    """Return a sentence on knowledge from GDP per head at market rates."""
    moves = []
    for specification, title in TITLES.items():
        blocs = main_losses(specification, "two-bloc-decoupling")["cumulative"]
        variant = results()[f"market rates, {title}", "two-bloc-decoupling", WORLD]["cumulative"]
        moves.append(f"from {signed(blocs)} to {signed(variant)} percent ({title})")
    return (
        'The default of the model, `productivity="data"`, is GDP per head at market rates; in '
        "place of purchasing-power parities it moves the cumulative loss of two blocs "
        f"{' and '.join(moves)}."
    )


def page() -> str:
    """Return the page in Markdown."""
    seconds = {row["variant"]: int(row["process_seconds"]) for row in facts(RESULTS)}
    return fill(
        TEMPLATE,
        {
            "seconds": str(sum(s for v, s in seconds.items() if VARIANTS[v].kind == MAIN)),
            "all_seconds": str(sum(seconds.values())),
            "n_printed": str(_count(PRINTED)),
            "n_inferred": str(_count(INFERRED)),
            "n_memberships": str(len(distinct_memberships())),
            "same_blocs": "; ".join(
                f"{', '.join(names)} has the blocs of our {name}"
                for name, names in distinct_memberships().items()
                if names
            ),
            "market_rates": market_rates(),
            "causes": causes(),
            "pair": signed(main_losses(PRINTED, "us-china-decoupling")["cumulative"]),
            "blocs": signed(main_losses(PRINTED, "two-bloc-decoupling")["cumulative"]),
            "neutral": signed(main_losses(PRINTED, "two-bloc-decoupling-neutral")["cumulative"]),
            "world": world(),
            "waterfall": steps_table(),
            "image": image(),
            "regions": regions(),
            "variants": variants(),
            "without": without_equilibrium(),
        },
    )


def readme_table() -> str:
    """Return the table of the README: the printed specification beside published figures."""
    caption = (
        "Change in the world's real income, percent, in the long run with ideas that travel with "
        "trade, beside its static part: model `diffusion` (specification "
        "`goes-bekkers-2022-printed`), table `world-2022`, policy from 2026. In brackets the range "
        f"over {_count(PRINTED)} variants of elasticities, beta, arrival, knowledge and "
        "membership; "
        "with elasticities of one (`Boehm`) two blocs have no equilibrium, and the range is open "
        "to that side (*)."
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
    print(steps_chart().save(folder / FIGURE))
    text = README.read_text(encoding="utf-8")
    before, rest = text.split(START)
    write(README, f"{before}{START}{readme_table()}\n{END}{rest.split(END)[1]}")


# ---------------------------------------------------------------------- helpers
def _count(specification: str) -> int:
    """Return the number of variants of a specification that have an equilibrium."""
    solved = {name for name, _, _ in results() if VARIANTS[name].kind != MAIN}
    return sum(VARIANTS[name].specification == specification for name in solved)


def _words(changes: Range | None) -> str:
    """Return a range in words, its lower end with an asterisk if it is open."""
    if changes is None:
        return ""
    mark = "\\*" if changes.unsolved else ""
    return f"{signed(changes.low)}{mark} to {signed(changes.high)}"


if __name__ == "__main__":
    main()
