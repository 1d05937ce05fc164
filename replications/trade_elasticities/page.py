"""All sets of trade elasticities by sector, with their median, their spread and the horizons.

``python -m replications.trade_elasticities.page [--out docs]``, from the root of a checkout, writes
``elasticities.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import xarray as xr
from scipy.stats import spearmanr

import iomodel as iom
from datasets.builders.elasticities import BOEHM_RANGE, GOODS, SERVICES, TRANSPORT
from iomodel.models.elasticities import (
    LONG_RUN_SET,
    SETS,
    SOURCES,
    elasticity_sets,
    published_sectors,
)
from iomodel.models.general_equilibrium.horizons import (
    ADJUSTMENT,
    HORIZONS,
    SHORT_RUN,
    SHORT_RUN_CLOSED,
    trade_elasticity_at,
)
from iomodel.studies.decoupling.goes_bekkers import trade_across_borders
from iomodel.studies.elasticity_draws import CV, scattered
from iomodel.table.mrio import MRIOTable
from replications.pages import fill, markdown, write_page
from replications.section_301.data import load_episode
from replications.section_301.runs import Laboratory

__all__ = ["page"]

TEMPLATE = Path(__file__).with_name("page.template.md")
DRAWS, SEED = 10_000, 2022
BAND = (0.05, 0.95)


def page() -> str:
    """Return the whole page."""
    table = iom.load("world-2022")
    theta, _ = published_sectors(list(SETS), table)
    sources = theta.sel(set=list(SOURCES))
    sample = scattered(sources, DRAWS, SEED)
    estimates = (f"`{name}` {len(np.unique(sources.sel(set=name)))}" for name in SOURCES)
    parts = {
        "sets": _sets(),
        "by_sector": _by_sector(theta, sample, table),
        "sources": ", ".join(f"`{name}`" for name in SOURCES),
        "estimates": ", ".join(estimates),
        "count": f"{DRAWS:,}",
        "long_run_set": LONG_RUN_SET,
        **_agreement(sources),
        **_intervals(sources, sample, table),
        **_episode(),
        **{name: f"{value:g}" for name, value in _parameters(theta).items()},
        "after_seven": f"{100.0 * trade_elasticity_at(7.0, 1.0, 0.0):.0f}",
        "after_ten": f"{100.0 * trade_elasticity_at(10.0, 1.0, 0.0):.0f}",
    }
    return fill(TEMPLATE, parts)


def main(argv: Sequence[str] | None = None) -> None:
    """Write the page from the command line."""
    write_page("elasticities.md", page, __doc__, argv)


# ---------------------------------------------------------------------- helpers
def _sets() -> str:
    """Return the sets with their sources and their range over goods."""
    spread = elasticity_sets()
    rows = [
        [
            f"`{name}`",
            entry.title,
            "the seven" if name == "median" else entry.citation or "-",
            *(f"{float(spread[bound][name]):.2f}" for bound in ("smallest", "median", "largest")),
        ]
        for name, entry in SETS.items()
    ]
    return markdown(["set", "title", "source", "smallest", "median of goods", "largest"], rows, 3)


def _parameters(theta: xr.DataArray) -> dict[str, float]:
    """Return single numbers of the page: of Caliendo and Parro, of Boehm et al., of horizons."""
    by_set = {name: theta.sel(set=name).to_series() for name in ("CP", "CP-99")}
    low, high = BOEHM_RANGE
    sigma_low, sigma, sigma_high = HORIZONS["short"].sigmas
    return {
        "transport": by_set["CP"][TRANSPORT[0]],
        "transport_99": by_set["CP-99"][TRANSPORT[0]],
        "services": by_set["CP"][SERVICES],
        "services_99": by_set["CP-99"][SERVICES],
        "boehm_low": low,
        "boehm_theta_low": low - 1.0,
        "boehm_high": high,
        "boehm_theta_high": high - 1.0,
        "sticky_low": sigma_low,
        "sticky_sigma": sigma,
        "sticky_high": sigma_high,
        "short_theta": SHORT_RUN,
        "short_sigma": SHORT_RUN + 1.0,
        "closed_sigma": SHORT_RUN_CLOSED + 1.0,
        "adjustment": ADJUSTMENT,
        "cv": CV,
        "seed": SEED,
    }


def _by_sector(theta: xr.DataArray, sample: xr.Dataset, table: MRIOTable) -> str:
    """Return all sets by sector, with the range of the sources and that of the draws."""
    labels = table.dataset["sector_name"]
    names = dict(zip(table.sectors, map(str, labels.values), strict=True))
    sources = theta.sel(set=list(SOURCES))
    bounds = np.quantile(sample["theta"].values, BAND, axis=0).T
    rows = []
    for k, sector in enumerate(map(str, theta["sector"].values)):
        values = theta.isel(sector=k)
        published = sources.isel(sector=k)
        rows.append(
            [
                sector,
                names.get(sector, "all services"),
                *(f"{value:.2f}" for value in values.values),
                _span(float(published.min()), float(published.max())),
                _span(*bounds[k]),
            ]
        )
    return markdown(["sector", "name", *SETS, "range", "drawn"], rows, 2)


def _episode() -> dict[str, str]:
    """Return what section 301 did to China's share of US imports, and the theta that fits it."""
    lab = Laboratory(load_episode())
    numbers = {"share_fall": -lab.observed.total}
    for name in ("reference", "collected"):
        duty = getattr(lab.episode, name)
        numbers |= {f"duty_{name}": lab.mean_duty(duty), f"fit_{name}": lab.fitting(duty)}
    return {name: f"{value:.1f}" for name, value in numbers.items()}


def _agreement(sources: xr.DataArray) -> dict[str, str]:
    """Return rank correlations between the sources that vary by sector, over goods."""
    goods = sources.sel(sector=list(GOODS))
    varying = [values for values in goods.values if np.ptp(values) > 0.0]
    ranks = [float(spearmanr(a, b).statistic) for a, b in combinations(varying, 2)]
    named = {"rank_correlation": np.mean(ranks), "rank_low": min(ranks), "rank_high": max(ranks)}
    return {name: f"{value:.2f}" for name, value in named.items()}


def _intervals(sources: xr.DataArray, sample: xr.Dataset, table: MRIOTable) -> dict[str, str]:
    """Return intervals of the mean elasticity of goods: sets drawn whole, and sector by sector."""
    trade = trade_across_borders(table).sel(sector=list(GOODS)).values
    weight = trade / trade.sum()
    columns = [list(sources["sector"].values).index(sector) for sector in GOODS]
    apart = np.stack(
        [
            scattered(sources, DRAWS // 10, SEED + 1 + k)["theta"].values[:, column]
            for k, column in enumerate(columns)
        ],
        axis=1,
    )
    means = {"whole": sample["theta"].values[:, columns] @ weight, "apart": apart @ weight}
    return {name: _span(*np.quantile(mean, BAND)) for name, mean in means.items()}


def _span(low: float, high: float) -> str:
    return f"{low:.1f} to {high:.1f}"


if __name__ == "__main__":
    main()
