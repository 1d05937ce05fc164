"""The recursive model beside Figure 10 of Goes and Bekkers (2022), and what the gap is made of.

``python -m replications.goes_bekkers_2022.page [--out docs]``, from the root of a checkout, writes
``goes-bekkers.md``. The same tables give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from scipy.special import gamma

from iomodel.diffusion import arrivals
from iomodel.models.long_run.diffusion.options import BETA
from iomodel.studies.decoupling.goes_bekkers import EAST, WEST
from iomodel.typing import Float
from replications.goes_bekkers_2022.base_year import base_year
from replications.goes_bekkers_2022.runs import (
    GROWN,
    LATER,
    PRODUCERS,
    PUBLISHED,
    REGIONS,
    Base,
    Case,
    Simulation,
    rungs,
    solve,
    spearman,
)
from replications.goes_bekkers_2022.words import sentences, summary
from replications.pages import fill, markdown, signed, write_page

TEMPLATE = Path(__file__).with_name("page.template.md")
# Standard deviation of growth of the baseline over regions, percent a year.
SPREAD = 2.56
COLUMNS = (
    *("choice", "full, .44", "full, 0", "tariff, .44", "tariff, 0", "East", "West"),
    *("most in West", "rank, .44", "rank, 0", "growth", "s.d."),
)
TITLES = {"full": "full decoupling", "tariff": "tariff decoupling"}


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


def parts(simulated: Simulation, still: Simulation) -> list[list[str]]:
    """Return what the loss of full decoupling is made of; `still` has no ideas at all."""
    plain = simulated.losses["full", 0.0]
    quiet = still.losses["full", 0.0]
    rows = {
        "static, first year": simulated.static,
        "less capital": quiet - simulated.static,
        "another baseline": plain - quiet,
        "**beta 0**": plain,
        "published, beta 0": PUBLISHED["full", 0.0],
        "diffusion": simulated.term(),
        "published, diffusion": PUBLISHED["full", BETA] - PUBLISHED["full", 0.0],
        "**beta .44**": simulated.losses["full", BETA],
    }
    return [[k, *_signed(row), *_signed([simulated.world(row)])] for k, row in rows.items()]


def lessons(base: Base) -> list[list[str]]:
    """Return what comes from the other bloc in percent, of inputs and of ideas, by region."""
    table = base.table
    flow = (table.Z.values.sum(axis=3) + table.Y.values.sum(axis=3)).transpose(1, 0, 2)
    share = np.maximum(flow, 0.0)
    share = share / share.sum(axis=1, keepdims=True)
    cost = (table.Z.values.sum(axis=0) / table.x.values).transpose(1, 0, 2)
    west = np.isin(table.regions, WEST)
    foreign = west[:, None] != west[None, :]
    order = [list(table.regions).index(r) for r in REGIONS]
    weight = (table.value_added.values / table.value_added.values.sum(axis=1, keepdims=True)).T
    level = np.broadcast_to(base.ppp.values, share.shape[::2])

    def learnt(part: Float, beta: float, insight: str = "goods") -> Float:
        simulated = arrivals(part[None], level[None], cost, np.array([beta]), insight)[0]
        return np.asarray(simulated, dtype=np.float64)

    def percent(across: Float, within: Float) -> list[str]:
        mean = ((across / (across + within)) * weight).sum(axis=0)[order]
        return [f"{100.0 * p:.1f}" for p in mean]

    # At beta 0 arrivals are purchases: shares of origins, weighted by inputs.
    rows = [
        [name, *percent(*(learnt(share * part, beta) for part in (foreign, ~foreign)))]
        for name, beta in (("inputs bought", 0.0), ("ideas", BETA))
    ]
    # One seller instead of several, of their mean knowledge.
    total = (share * foreign).sum(axis=1)
    mean = np.einsum("sin,si->sn", share * foreign, level) / total
    seen = total ** (1.0 - BETA) * mean**BETA * gamma(1.0 - BETA)
    alone = percent(np.einsum("nki,kn->in", cost, seen), learnt(share * ~foreign, BETA))
    large = percent(*(learnt(share * part, BETA, "producers") for part in (foreign, ~foreign)))
    return [
        *rows,
        ["ideas, were the other bloc one region", *alone],
        [PRODUCERS, *large],
    ]


def ladder(choices: Mapping[str, Simulation]) -> list[list[str]]:
    """Return a row for each choice, with the published figures first."""
    main = choices["as above"]
    rows = [
        ["**published**", *figures(PUBLISHED, main.weight), "", "", f"{GROWN:.2f}", f"{SPREAD:.2f}"]
    ]
    for name, simulated in choices.items():
        ranks = [spearman(simulated.losses["full", b], PUBLISHED["full", b]) for b in (BETA, 0.0)]
        grown = simulated.growth[0]
        texts = [f"{x:.2f}" for x in (*ranks, grown.mean(), grown.std())]
        rows.append([name, *figures(simulated.losses, simulated.weight), *texts])
    return rows


def figures(losses: Mapping[Case, Float], weight: Float) -> list[str]:
    """Return the world's losses in four cases, and the diffusion terms of the two blocs."""
    west = ~np.isin(REGIONS, EAST)
    term = (losses["full", BETA] - losses["full", 0.0])[west]
    extreme = float(term[np.abs(term).argmax()])
    return _signed([*summary(losses, weight).values(), extreme])


def page() -> str:
    """Return the page in Markdown."""
    base = base_year()
    simulated = solve(base)
    choices = rungs(base, simulated)
    head = ["", *(r.removeprefix("gb-") for r in REGIONS), "world"]
    return fill(
        TEMPLATE,
        {
            "beside": markdown([*head, "rank", "signs"], beside(simulated)),
            "later": markdown([*head, "rank", "signs"], beside(choices[LATER])),
            "parts": markdown(head, parts(simulated, choices["no ideas"])),
            "lessons": markdown(head[:-1], lessons(base)),
            "ladder": markdown(COLUMNS, ladder(choices)),
            **sentences(choices),
        },
    )


# ---------------------------------------------------------------------- helpers
def _signed(percents: Iterable[float]) -> list[str]:
    return [signed(p) for p in percents]


def main(argv: Sequence[str] | None = None) -> None:
    """Write the page."""
    write_page("goes-bekkers.md", page, __doc__, argv)


if __name__ == "__main__":
    main()
