"""The recursive model beside Figure 10 of Goes and Bekkers (2022), and what the gap is made of.

``python -m docs.builders.goes_bekkers --raw FOLDER [--out docs]``, from the root of a checkout,
writes ``goes-bekkers.md``. FOLDER holds the raw statistics that world-2022 is built from, of 2014
too, and defaults to the environment variable IOMODEL_RAW_DATA. The same data give the same bytes.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import gamma

from docs.builders.goes_bekkers_runs import (
    BETA,
    LATER,
    PUBLISHED,
    REGIONS,
    Base,
    Case,
    Found,
    base_of,
    rungs,
    solve,
    spearman,
    world_2014,
)
from iomodel._io import atomic_path
from iomodel.decoupling.goes_bekkers import EAST, WEST
from iomodel.diffusion import arrivals
from iomodel.models.diffusion.run import DEPRECIATION, GROWTH, LABOUR_SHARE

Float = NDArray[np.float64]

TEMPLATE = Path(__file__).with_name("goes-bekkers.template.md")
# Mean and standard deviation of growth of the baseline, percent a year.
GROWN = ("3.64", "2.56")
COLUMNS = (
    *("choice", "full, .44", "full, 0", "tariff, .44", "tariff, 0", "East", "West"),
    *("most in West", "rank, .44", "rank, 0", "growth", "s.d."),
)
TITLES = {"full": "full decoupling", "tariff": "tariff decoupling"}


def beside(found: Found) -> list[list[str]]:
    """Return published and computed losses by case, their differences and rank correlation."""
    rows = []
    for (scenario, beta), published in PUBLISHED.items():
        ours = found.losses[scenario, beta]
        agree = int((np.sign(ours) == np.sign(published)).sum())
        name = f"{TITLES[scenario]}, beta {beta:g}: "
        for what, row, more in (
            ("published", published, ["", ""]),
            ("here", ours, [f"{spearman(ours, published):.2f}", f"{agree} of {len(ours)}"]),
            ("difference", ours - published, ["", ""]),
        ):
            rows.append([name + what, *_signed(row), *_signed([found.world(row)]), *more])
    return rows


def parts(found: Found, still: Found) -> list[list[str]]:
    """Return what the loss of full decoupling is made of; `still` has no ideas at all."""
    plain = found.losses["full", 0.0]
    quiet = still.losses["full", 0.0]
    rows = {
        "static, first year": found.static,
        "less capital": quiet - found.static,
        "another baseline": plain - quiet,
        "**beta 0**": plain,
        "published, beta 0": PUBLISHED["full", 0.0],
        "diffusion": found.term(),
        "published, diffusion": PUBLISHED["full", BETA] - PUBLISHED["full", 0.0],
        "**beta .44**": found.losses["full", BETA],
    }
    return [[k, *_signed(row), *_signed([found.world(row)])] for k, row in rows.items()]


def multiplier(years: int, rate: float = DEPRECIATION + GROWTH / 100.0) -> float:
    r"""Return by how much a small permanent loss grows as capital follows, after some years.

    One good: :math:`y = a k^{1-l}` and :math:`k_{t+1} = k_t + \iota y_t - \delta k_t`, against the
    same path without the loss.
    """
    loss, power = 1e-6, 1.0 - LABOUR_SHARE
    capital = np.ones(2)
    level = np.array([1.0, 1.0 - loss])
    for _ in range(years):
        capital = capital + rate * level * capital**power - DEPRECIATION * capital
    income = level * capital**power
    return float((1.0 - income[1] / income[0]) / loss)


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

    def learnt(part: Float, beta: float) -> Float:
        found = arrivals(part[None], level[None], cost, np.array([beta]))[0]
        return np.asarray(found, dtype=np.float64)

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
    return [*rows, ["ideas, were the other bloc one region", *alone]]


def ladder(choices: Mapping[str, Found]) -> list[list[str]]:
    """Return a row for each choice, with the published figures first."""
    main = choices["as above"]
    rows = [["**published**", *figures(PUBLISHED, main.weight), "", "", *GROWN]]
    for name, found in choices.items():
        ranks = [spearman(found.losses["full", b], PUBLISHED["full", b]) for b in (BETA, 0.0)]
        grown = found.growth[0]
        texts = [f"{x:.2f}" for x in (*ranks, grown.mean(), grown.std())]
        rows.append([name, *figures(found.losses, found.weight), *texts])
    return rows


def figures(losses: Mapping[Case, Float], weight: Float) -> list[str]:
    """Return the world's losses in four cases, and the diffusion terms of the two blocs."""
    term = losses["full", BETA] - losses["full", 0.0]
    east = np.isin(REGIONS, EAST)
    sides = [float(term[s] @ weight[s] / weight[s].sum()) for s in (east, ~east)]
    extreme = float(term[~east][np.abs(term[~east]).argmax()])
    return _signed([*(float(losses[case] @ weight) for case in PUBLISHED), *sides, extreme])


def sentences(choices: Mapping[str, Found]) -> dict[str, str]:
    """Return the figures inside the prose."""
    found, still, later = (choices[k] for k in ("as above", "no ideas", LATER))
    fixed, tenth = choices["no ideas, capital fixed"], choices["a tenth of the ideas"]
    equal = choices["knowledge equal"]
    both = choices["no ideas, profits in value added"]
    full, plain = ("full", BETA), ("full", 0.0)
    east, india = np.isin(REGIONS, EAST), REGIONS.index("gb-ind")

    def share(term: Float, side: NDArray[np.bool_]) -> str:
        return f"{term[side] @ found.weight[side] / found.weight[side].sum():+.2f}"

    world = {case: found.world(losses) for case, losses in found.losses.items()}
    told = {case: found.world(losses) for case, losses in PUBLISHED.items()}
    published = PUBLISHED[full] - PUBLISHED[plain]
    return {
        "{ratio}": f"{world[full] / told[full]:.1f}",
        "{plain_ratio}": f"{world[plain] / told[plain]:.1f}",
        "{plain_rank}": f"{spearman(found.losses[plain], PUBLISHED[plain]):.2f}",
        "{solow}": f"{multiplier(26):.2f}",
        "{accumulated}": f"{still.world(still.losses[plain]) / found.world(found.static):.2f}",
        "{static}": f"{found.world(found.static):+.2f}",
        "{static_rank}": f"{spearman(found.static, PUBLISHED[plain]):.2f}",
        "{published_plain}": f"{told[plain]:+.2f}",
        "{still}": f"{fixed.world(fixed.losses[plain]):+.2f}",
        "{still_rank}": f"{spearman(fixed.losses[plain], PUBLISHED[plain]):.2f}",
        "{idle}": f"{still.growth[0].mean():.1f}",
        "{tenth_east}": share(tenth.term(), east),
        "{tenth_west}": share(tenth.term(), ~east),
        "{published_east}": share(published, east),
        "{published_west}": share(published, ~east),
        "{tenth_growth}": f"{tenth.growth[0].mean() - still.growth[0].mean():.1f}",
        "{later_rank}": f"{spearman(later.static, PUBLISHED[plain]):.2f}",
        "{quiet_rank}": f"{spearman(still.losses[plain], PUBLISHED[plain]):.2f}",
        "{equal_rank}": f"{spearman(equal.losses[plain], PUBLISHED[plain]):.2f}",
        "{low}": f"{both.world(both.static):+.2f}",
        "{low_later}": f"{both.world(both.losses[plain]):+.2f}",
        "{low_rank}": f"{spearman(both.losses[plain], PUBLISHED[plain]):.2f}",
        "{india}": f"{PUBLISHED[plain][india]:+.2f}",
        "{india_least}": f"{max(c.losses[plain][india] for c in choices.values()):+.2f}",
    }


def page(raw: Path) -> str:
    """Return the page in Markdown."""
    base = base_of(world_2014(raw))
    found = solve(base)
    choices = rungs(raw, base, found)
    head = ["", *(r.removeprefix("gb-") for r in REGIONS), "world"]
    marks = {
        "{beside}": markdown([*head, "rank", "signs"], beside(found)),
        "{later}": markdown([*head, "rank", "signs"], beside(choices[LATER])),
        "{parts}": markdown(head, parts(found, choices["no ideas"])),
        "{lessons}": markdown(head[:-1], lessons(base)),
        "{ladder}": markdown(COLUMNS, ladder(choices)),
        **sentences(choices),
    }
    text = TEMPLATE.read_text(encoding="utf-8")
    for mark, words in marks.items():
        text = text.replace(mark, words)
    return text


def markdown(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table whose first column is text and the rest numbers."""
    rule = ["---", *["---:"] * (len(header) - 1)]
    return "\n".join("| " + " | ".join(row) + " |" for row in [header, rule, *rows])


# ---------------------------------------------------------------------- helpers
def _signed(percents: Iterable[float]) -> list[str]:
    texts = [f"{p:+.2f}" for p in percents]
    return ["0.00" if float(t) == 0.0 else t for t in texts]


def main(argv: Sequence[str] | None = None) -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--raw", type=Path, default=os.environ.get("IOMODEL_RAW_DATA"))
    parser.add_argument("--out", type=Path, default=Path(__file__).resolve().parents[1])
    options = parser.parse_args(argv)
    if options.raw is None:
        parser.error("pass --raw, or set IOMODEL_RAW_DATA")
    target = options.out / "goes-bekkers.md"
    with atomic_path(target) as temporary:
        temporary.write_text(page(Path(options.raw)), encoding="utf-8", newline="\n")
    print(target)


if __name__ == "__main__":
    main()
