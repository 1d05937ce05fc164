"""The recursive model beside the figures of Goes and Bekkers (2022).

``python -m replications.goes_bekkers_2022.page [--out docs]``, from the root of a checkout, writes
``goes-bekkers.md``. The same tables give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import xarray as xr

from iomodel.models.long_run.diffusion.options import BETA
from iomodel.studies.decoupling.goes_bekkers import EAST
from iomodel.typing import Float
from replications.goes_bekkers_2022.base_year import base_year
from replications.goes_bekkers_2022.knowledge import (
    GROWTH_BY_BETA,
    PRINTED_CHANGES,
    assigned_knowledge,
)
from replications.goes_bekkers_2022.runs import (
    INFERRED,
    PUBLISHED,
    REGIONS,
    Base,
    Case,
    Simulation,
    growth_by_beta,
    root_mean_square,
    rungs,
    solve,
    spearman,
)
from replications.pages import fill, markdown, signed, write_page

TEMPLATE = Path(__file__).with_name("page.template.md")
COLUMNS = (
    *("choice", "full, .44", "full, 0", "tariff, .44", "tariff, 0", "East", "West"),
    *("rms of 40", "rms of terms", "correlation", "growth, .44", "growth, 0"),
)
TITLES = {"full": "full decoupling", "tariff": "tariff decoupling"}
MAIN, SECOND = "**as printed**", "**inferred**"


def fitted_knowledge(base: Base) -> xr.DataArray:
    """Return knowledge by region and sector: values of Figure 3, sectors as Figure 11 fits best."""
    return assigned_knowledge(
        lambda stock: solve(base, specification=INFERRED, productivity=stock).knowledge["full"]
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
    published = PUBLISHED["full", BETA] - PUBLISHED["full", 0.0]
    rows = {"published": published, **{k: choices[k].term() for k in (MAIN, SECOND)}}
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
    main = choices[MAIN]
    rows = [["**published**", *figures(PUBLISHED, main.weight), "", "", "", "3.64", "2.17"]]
    told = PUBLISHED["full", BETA] - PUBLISHED["full", 0.0]
    for name, simulated in choices.items():
        gaps = np.array([simulated.losses[case] - PUBLISHED[case] for case in PUBLISHED])
        term = simulated.term()
        fit = [root_mean_square(gaps), root_mean_square(term - told)]
        # Without ideas there is no term to correlate.
        correlation = f"{np.corrcoef(term, told)[0, 1]:.2f}" if term.std() > 1e-6 else ""
        grown = [f"{x:.2f}" for x in simulated.growth.mean(axis=1)]
        texts = [*(f"{x:.2f}" for x in fit), correlation, *grown]
        rows.append([name, *figures(simulated.losses, simulated.weight), *texts])
    return rows


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
    names = [r.removeprefix("gb-") for r in REGIONS]
    head = ["", *names, "world"]
    both = {name: choices[name] for name in (MAIN, SECOND)}
    return fill(
        TEMPLATE,
        {
            "printed": markdown([*head, "rank", "signs"], beside(choices[MAIN])),
            "inferred": markdown([*head, "rank", "signs"], beside(choices[SECOND])),
            "last": markdown(head, last_year(choices[MAIN])),
            "terms": markdown(["", *names], terms(choices)),
            "changes": markdown(["", "rms", "correlation"], changes(both)),
            "growth": markdown(["", *(f"{beta:g}" for beta in GROWTH_BY_BETA)], growth(base)),
            "ladder": markdown(COLUMNS, ladder(choices)),
        },
    )


def last_year(simulated: Simulation) -> list[list[str]]:
    """Return losses of the last year by case."""
    return [
        [f"{TITLES[s]}, beta {b:g}", *_signed(row), *_signed([simulated.world(row)])]
        for (s, b), row in simulated.last.items()
    ]


# ---------------------------------------------------------------------- helpers
def _signed(percents: Iterable[float]) -> list[str]:
    return [signed(p) for p in percents]


def main(argv: Sequence[str] | None = None) -> None:
    """Write the page."""
    write_page("goes-bekkers.md", page, __doc__, argv)


if __name__ == "__main__":
    main()
