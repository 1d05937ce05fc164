"""The recursive model beside the figures of Goes and Bekkers (2022).

``python -m replications.goes_bekkers_2022.page [--out docs]``, from the root of a checkout, writes
``goes-bekkers.md``. The same tables give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import xarray as xr

import iomodel as iom
from iomodel.models.long_run.diffusion.options import BETA
from iomodel.studies.decoupling.goes_bekkers import EAST
from iomodel.table.groups import REST_OF_WORLD
from iomodel.table.mrio import MRIOTable
from iomodel.typing import Float
from replications.goes_bekkers_2022.base_year import BASES, base_year
from replications.goes_bekkers_2022.knowledge import (
    GROWTH_BY_BETA,
    PRINTED_CHANGES,
    assigned_knowledge,
)
from replications.goes_bekkers_2022.runs import (
    CAUSES,
    INFERRED,
    PUBLISHED,
    REGIONS,
    Base,
    Case,
    Simulation,
    growth_by_beta,
    knowledge_changes,
    root_mean_square,
    rungs,
    solve,
    spearman,
)
from replications.goes_bekkers_2022.ten_by_six import MEMBERSHIPS
from replications.pages import fill, markdown, signed, write_page

TEMPLATE = Path(__file__).with_name("page.template.md")
COLUMNS = (
    *("choice", "full, .44", "full, 0", "tariff, .44", "tariff, 0", "East", "West"),
    *("rms of 40", "rank, full", "rank, tariff", "rms of terms", "correlation"),
    *("growth, .44", "growth, 0"),
)
BASE_TITLES = {"recipe": "trade of ICIO by the recipe", "full": "full table of WIOD"}
TERM = PUBLISHED["full", BETA] - PUBLISHED["full", 0.0]
TITLES = {"full": "full decoupling", "tariff": "tariff decoupling"}
NAMES = tuple(region.removeprefix("gb-") for region in REGIONS)
MAIN, SECOND = "**as printed**", "**inferred**"


def fitted_knowledge(base: Base) -> xr.DataArray:
    """Return knowledge by region and sector: values of Figure 3, sectors as Figure 11 fits best."""
    return assigned_knowledge(
        lambda stock: knowledge_changes(base, specification=INFERRED, productivity=stock)
    )


def beside(simulated: Simulation) -> list[list[str]]:
    """Return published and computed losses by case, their differences and rank correlation."""
    rows = []
    for (scenario, beta), published in PUBLISHED.items():
        ours = simulated.losses[scenario, beta]
        agree = int((np.sign(ours) == np.sign(published)).sum())
        name = f"{TITLES[scenario]}, beta {beta:g}: "
        for source, row, more in (
            ("published", published, ["", ""]),
            ("here", ours, [f"{spearman(ours, published):.2f}", f"{agree} of {len(ours)}"]),
            ("difference", ours - published, ["", ""]),
        ):
            rows.append([name + source, *_signed(row), *_signed([simulated.world(row)]), *more])
    return rows


def terms(choices: Mapping[str, Simulation]) -> list[list[str]]:
    """Return diffusion terms of full decoupling by region, published and computed."""
    rows = {"published": TERM, **{k: choices[k].term() for k in (MAIN, SECOND)}}
    return [[name, *_signed(row)] for name, row in rows.items()]


def changes(choices: Mapping[str, Simulation]) -> list[list[str]]:
    """Return how changes of knowledge agree with the 60 of Figure 11, by scenario."""
    rows = []
    for name, simulated in choices.items():
        for scenario, published in PRINTED_CHANGES.items():
            ours = simulated.knowledge[scenario]
            correlation = float(np.corrcoef(ours.ravel(), published.ravel())[0, 1])
            gap = root_mean_square(ours - published)
            rows.append([f"{name}, {TITLES[scenario]}", f"{gap:.2f}", f"{correlation:.2f}"])
    return rows


def growth(base: Base) -> list[list[str]]:
    """Return growth by beta, published for 2004-2019 and computed for 15 years, and additions."""
    betas = tuple(GROWTH_BY_BETA)
    ours, published = growth_by_beta(base, betas), np.array(list(GROWTH_BY_BETA.values()))
    rows = {
        "published, 2004-2019": published,
        "here, 2014-2029": ours,
        "published, over beta 0": published - published[0],
        "here, over beta 0": ours - ours[0],
    }
    return [[name, *(f"{x:.2f}" for x in row)] for name, row in rows.items()]


def ladder(choices: Mapping[str, Simulation]) -> list[list[str]]:
    """Return a row for each choice, with the published figures first."""
    weight = next(iter(choices.values())).weight
    published = ["**published**", *figures(PUBLISHED, weight), *[""] * 5, "3.64", "2.17"]
    return [published, *(choice_row(*choice) for choice in choices.items())]


def at_beta_0(choices: Mapping[str, Simulation]) -> list[list[str]]:
    """Return losses by region without diffusion in full decoupling, by candidate cause."""
    case = ("full", 0.0)
    rows = {name: choices[name].losses[case] for name in (MAIN, *CAUSES)}
    return [[name, *_signed(row)] for name, row in {"published": PUBLISHED[case], **rows}.items()]


def choice_row(name: str, simulated: Simulation) -> list[str]:
    """Return the row of a choice: world losses, terms by bloc, fit to the figures and growth."""
    gaps = np.array([simulated.losses[case] - PUBLISHED[case] for case in PUBLISHED])
    term = simulated.term()
    ranks = [
        spearman(simulated.losses[scenario, BETA], PUBLISHED[scenario, BETA]) for scenario in TITLES
    ]
    fit = [root_mean_square(gaps), *ranks, root_mean_square(term - TERM)]
    # Without ideas there is no term to correlate.
    correlation = f"{np.corrcoef(term, TERM)[0, 1]:.2f}" if term.std() > 1e-6 else ""
    grown = [f"{x:.2f}" for x in simulated.growth.mean(axis=1)]
    numbers = [*(f"{x:.2f}" for x in fit), correlation, *grown]
    return [name, *figures(simulated.losses, simulated.weight), *numbers]


def memberships(knowledge: xr.DataArray) -> dict[str, dict[str, Simulation]]:
    """Return both specifications on the full table, by membership of the paper's regions.

    Parameters
    ----------
    knowledge : DataArray (region, sector)
        Of the inferred specification, the same for all memberships.
    """
    return {name: specified(base_year("full", name), knowledge) for name in MEMBERSHIPS}


def specified(base: Base, knowledge: xr.DataArray) -> dict[str, Simulation]:
    """Return both specifications on a base year."""
    return {
        MAIN: solve(base),
        SECOND: solve(base, specification=INFERRED, productivity=knowledge),
    }


def ranges(by_membership: Mapping[str, Mapping[str, Simulation]]) -> list[list[str]]:
    """Return the smallest and largest world loss and fit over memberships, by specification."""
    rows = []
    for specification in (MAIN, SECOND):
        columns = zip(
            *(choice_row("", simulated[specification]) for simulated in by_membership.values()),
            strict=True,
        )
        _, *cells = [
            f"{min(column, key=_number)} to {max(column, key=_number)}" for column in columns
        ]
        rows.append([f"{specification}, {len(by_membership)} memberships", *cells])
    return rows


def rest_of_world() -> list[list[str]]:
    """Return imports and the deficit of the rest of East on both tables, and of WIOD's residual."""
    rows = [
        [f"rest of East, {BASE_TITLES[name]}", *_openness(base_year(name).table, "gb-rwc")]
        for name in BASES
    ]
    residual = iom.load("world-2014")
    return [*rows, ["rest of the world, WIOD", *_openness(residual, REST_OF_WORLD)]]


def figures(losses: Mapping[Case, Float], weight: Float) -> list[str]:
    """Return the world's losses in four cases, and the diffusion terms of the two blocs."""
    term = losses["full", BETA] - losses["full", 0.0]
    east = np.isin(REGIONS, EAST)
    blocs = [float(term[side] @ weight[side] / weight[side].sum()) for side in (east, ~east)]
    return _signed([*(float(losses[case] @ weight) for case in PUBLISHED), *blocs])


def page() -> str:
    """Return the page in Markdown."""
    base = base_year()
    knowledge = fitted_knowledge(base)
    choices = rungs(base, knowledge)
    full_knowledge = fitted_knowledge(base_year("full"))
    by_membership = memberships(full_knowledge)
    return fill(
        TEMPLATE,
        {
            **results(choices),
            "term_rms": f"{root_mean_square(choices[SECOND].term() - TERM):.2f}",
            **base_tables(choices, by_membership["reading"]),
            **membership_tables(by_membership),
            "growth": markdown(["", *(f"{beta:g}" for beta in GROWTH_BY_BETA)], growth(base)),
            "ladder": markdown(COLUMNS, ladder(choices)),
            "causes": markdown(["", *NAMES], at_beta_0(choices)),
        },
    )


def results(choices: Mapping[str, Simulation]) -> dict[str, str]:
    """Return the tables of both specifications on the main base year."""
    head = ["", *NAMES, "world"]
    both = {name: choices[name] for name in (MAIN, SECOND)}
    return {
        "printed": markdown([*head, "rank", "signs"], beside(choices[MAIN])),
        "inferred": markdown([*head, "rank", "signs"], beside(choices[SECOND])),
        "last": markdown(head, by_case(choices[MAIN], choices[MAIN].last)),
        "terms": markdown(["", *NAMES], terms(choices)),
        "changes": markdown(["", "rms", "correlation"], changes(both)),
    }


def base_tables(
    choices: Mapping[str, Simulation], full: Mapping[str, Simulation]
) -> dict[str, str]:
    """Return the tables that set the full table of WIOD beside the main base year."""
    both = {"recipe": choices, "full": full}
    bases = {
        f"{specification}, {BASE_TITLES[name]}": both[name][specification]
        for specification in (MAIN, SECOND)
        for name in BASES
    }
    head = ["", *NAMES, "world"]
    return {
        "bases": markdown(COLUMNS, ladder(bases)),
        "full_printed": markdown(head, by_case(full[MAIN], full[MAIN].losses)),
        "full_inferred": markdown(head, by_case(full[SECOND], full[SECOND].losses)),
        "openness": markdown(
            ["percent of value added", "imports", "imports less exports"], rest_of_world()
        ),
    }


def membership_tables(by_membership: Mapping[str, Mapping[str, Simulation]]) -> dict[str, str]:
    """Return the losses on the full table by membership, and their ranges."""
    moved = {
        f"{specification}, {membership}": simulated[specification]
        for specification in (MAIN, SECOND)
        for membership, simulated in by_membership.items()
    }
    return {
        "memberships": markdown(COLUMNS, [choice_row(*choice) for choice in moved.items()]),
        "ranges": markdown(COLUMNS, ranges(by_membership)),
    }


def by_case(simulated: Simulation, losses: Mapping[Case, Float]) -> list[list[str]]:
    """Return losses by case and region, and the world's."""
    return [
        [f"{TITLES[s]}, beta {b:g}", *_signed(row), *_signed([simulated.world(row)])]
        for (s, b), row in losses.items()
    ]


# ---------------------------------------------------------------------- helpers
def _openness(table: MRIOTable, region: str) -> list[str]:
    """Return imports, and imports less exports, of a region in percent of its value added."""
    flows = (table.Z.sum("user_sector") + table.Y.sum("final_use")).sum("sector")
    home = float(flows.sel(region=region, user_region=region))
    imports = float(flows.sel(user_region=region).sum()) - home
    exports = float(flows.sel(region=region).sum()) - home
    percent = 100.0 / float(table.value_added.sel(region=region).sum())
    return [f"{percent * imports:.0f}", f"{percent * (imports - exports):.0f}"]


def _number(cell: str) -> float:
    return float(cell or 0.0)


def _signed(percents: Iterable[float]) -> list[str]:
    return [signed(p) for p in percents]


def main(argv: Sequence[str] | None = None) -> None:
    """Write the page."""
    write_page("goes-bekkers.md", page, __doc__, argv)


if __name__ == "__main__":
    main()
