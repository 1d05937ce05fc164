"""Figures inside the prose of docs/goes-bekkers.md, computed like its tables."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from iomodel.models.long_run.diffusion.options import BETA, DEPRECIATION, LABOUR_SHARE
from iomodel.studies.decoupling.goes_bekkers import EAST
from iomodel.typing import Float
from replications.goes_bekkers_2022.runs import (
    FROM_BEGUN,
    GROWN,
    LATER,
    OUTSIDE,
    PRODUCERS,
    PRODUCERS_WITH_LESS_PROFIT,
    PUBLISHED,
    REGIONS,
    WITH_LESS_OF_ALL,
    WITH_LESS_PROFIT,
    Case,
    Simulation,
    spearman,
)
from replications.pages import signed


def multiplier(years: int, rate: float = DEPRECIATION + GROWN / 100.0) -> float:
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


def summary(losses: Mapping[Case, Float], weight: Float) -> dict[str, float]:
    """Return the world's losses in four cases, and the means of the diffusion term over the blocs.

    Named ``full``, ``full_plain``, ``tariff``, ``tariff_plain`` (those with beta 0), ``east`` and
    ``west`` (of full decoupling).
    """
    cases = zip(("full", "full_plain", "tariff", "tariff_plain"), PUBLISHED, strict=True)
    term = losses["full", BETA] - losses["full", 0.0]
    east = np.isin(REGIONS, EAST)
    return {
        **{name: float(losses[case] @ weight) for name, case in cases},
        "east": float(term[east] @ weight[east] / weight[east].sum()),
        "west": float(term[~east] @ weight[~east] / weight[~east].sum()),
    }


def explained(main: Simulation, changed: Simulation) -> dict[str, float]:
    """Return the part of the gap to the chart that a choice closes, percent, named as above."""
    published = summary(PUBLISHED, main.weight)
    before, after = (summary(simulated.losses, simulated.weight) for simulated in (main, changed))
    return {
        k: 100.0 * (1.0 - abs(after[k] - published[k]) / abs(before[k] - published[k]))
        for k in published
    }


def sentences(choices: Mapping[str, Simulation]) -> dict[str, str]:
    """Return the figures inside the prose."""
    simulated, without_ideas, later = (choices[k] for k in ("as above", "no ideas", LATER))
    fixed, tenth = choices["no ideas, capital fixed"], choices["a tenth of the ideas"]
    equal = choices["knowledge equal"]
    both = choices["no ideas, profits in value added"]
    full, plain = ("full", BETA), ("full", 0.0)
    india = REGIONS.index("gb-ind")
    published, less = (summary(c, simulated.weight) for c in (PUBLISHED, tenth.losses))
    main = summary(simulated.losses, simulated.weight)
    accumulated = without_ideas.world(without_ideas.losses[plain]) / simulated.world(
        simulated.static
    )
    world = {case: simulated.world(losses) for case, losses in simulated.losses.items()}
    published_world = {case: simulated.world(losses) for case, losses in PUBLISHED.items()}
    return {
        **_later(choices),
        **_suffices(choices),
        "ratio": f"{world[full] / published_world[full]:.1f}",
        "plain_ratio": f"{world[plain] / published_world[plain]:.1f}",
        "plain_rank": f"{spearman(simulated.losses[plain], PUBLISHED[plain]):.2f}",
        "solow": f"{multiplier(26):.2f}",
        "accumulated": f"{accumulated:.2f}",
        "static": f"{simulated.world(simulated.static):+.2f}",
        "static_rank": f"{spearman(simulated.static, PUBLISHED[plain]):.2f}",
        "published_plain": f"{published_world[plain]:+.2f}",
        "still": f"{fixed.world(fixed.losses[plain]):+.2f}",
        "still_rank": f"{spearman(fixed.losses[plain], PUBLISHED[plain]):.2f}",
        "idle": f"{without_ideas.growth[0].mean():.1f}",
        "tenth_east": signed(less["east"]),
        "tenth_west": signed(less["west"]),
        "main_east": signed(main["east"]),
        "main_west": signed(main["west"]),
        "published_east": signed(published["east"]),
        "published_west": signed(published["west"]),
        "tenth_growth": f"{tenth.growth[0].mean() - without_ideas.growth[0].mean():.1f}",
        "later_rank": f"{spearman(later.static, PUBLISHED[plain]):.2f}",
        "quiet_rank": f"{spearman(without_ideas.losses[plain], PUBLISHED[plain]):.2f}",
        "equal_rank": f"{spearman(equal.losses[plain], PUBLISHED[plain]):.2f}",
        "low": f"{both.world(both.static):+.2f}",
        "low_later": f"{both.world(both.losses[plain]):+.2f}",
        "low_rank": f"{spearman(both.losses[plain], PUBLISHED[plain]):.2f}",
        "india": f"{PUBLISHED[plain][india]:+.2f}",
        "india_least": f"{max(c.losses[plain][india] for c in choices.values()):+.2f}",
    }


# ---------------------------------------------------------------------- helpers
def _suffices(choices: Mapping[str, Simulation]) -> dict[str, str]:
    """Return the figures on the choices that each account for most of the gap."""
    large, fair, outside = (choices[k] for k in (PRODUCERS, PRODUCERS_WITH_LESS_PROFIT, OUTSIDE))
    shares = {n: summary(f.losses, f.weight) for n, f in (("fair", fair), ("outside", outside))}
    world = ("full", "full_plain", "tariff", "tariff_plain")
    blocs = ("east", "west")
    marks = {f"{n}_{k}": signed(row[k]) for n, row in shares.items() for k in world}
    marks |= {f"outside_{k}": signed(shares["outside"][k]) for k in blocs}
    marks |= {f"large_{k}": signed(summary(large.losses, large.weight)[k]) for k in blocs}
    for name, simulated in (("fair", fair), ("outside", outside)):
        for mark, case in (("rank", ("full", BETA)), ("plain_rank", ("full", 0.0))):
            marks[f"{name}_{mark}"] = f"{spearman(simulated.losses[case], PUBLISHED[case]):.2f}"
    india = REGIONS.index("gb-ind")
    published = PUBLISHED["full", BETA] - PUBLISHED["full", 0.0]
    for name, term in (("told", published), ("large", large.term()), ("outside", outside.term())):
        marks[f"{name}_india"] = signed(term[india])
    return marks


def _later(choices: Mapping[str, Simulation]) -> dict[str, str]:
    """Return the figures on policies that begin after the base year."""
    main, begun = choices["as above"], choices[FROM_BEGUN]
    less, every = choices[WITH_LESS_PROFIT], choices[WITH_LESS_OF_ALL]
    closed = explained(main, begun)
    parts = ("full", "full_plain", "east", "west")
    told = summary(PUBLISHED, main.weight)
    shown = {
        "told": {k: told[k] for k in ("full", "tariff", "tariff_plain")},
        "begun": {k: summary(begun.losses, begun.weight)[k] for k in parts},
        "less": {k: summary(less.losses, less.weight)[k] for k in parts},
        "all": summary(every.losses, every.weight),
    }
    marks = {f"{who}_{k}": signed(v) for who, row in shown.items() for k, v in row.items()}
    marks |= {f"begun_closes_{k}": f"{closed[k]:.0f}" for k in parts}
    marks["less_closes_full"] = f"{explained(main, less)['full']:.0f}"
    marks["all_growth"] = f"{every.growth[0].mean():.2f}"
    for name, simulated, beta in (
        ("begun_plain_rank", begun, 0.0),
        ("all_rank", every, BETA),
        ("all_plain_rank", every, 0.0),
    ):
        marks[name] = f"{spearman(simulated.losses['full', beta], PUBLISHED['full', beta]):.2f}"
    return marks
