"""Options of the model ``diffusion``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import xarray as xr

from iomodel.diffusion import INSIGHTS, PAIRINGS
from iomodel.models.elasticities import SETS
from iomodel.models.general_equilibrium.trade_balance import balance_option
from iomodel.models.kinds import AnyOf, Array, Choice, Elasticity, File, Flag, Number, Whole
from iomodel.models.options import Options, option
from iomodel.typing import BY_INDUSTRY, BY_REGION, BY_YEAR

__all__ = ["ALPHA_GROWTH", "BETA", "DEPRECIATION", "GROWTH", "LABOUR_SHARE", "DiffusionOptions"]

# Published: the exponent, the growth of the arrival rate and mean growth of the baseline.
BETA, ALPHA_GROWTH, GROWTH = 0.44, 0.0118, 3.64
# Ours: the rate that GTAP uses for all regions (from memory), and the labour share of all countries
# of WIOD together, .60 in 2000 and .58 in 2014.
DEPRECIATION, LABOUR_SHARE = 0.04, 0.6


@dataclass(frozen=True)
class DiffusionOptions(Options):
    """Options of the model ``diffusion``."""

    beta: float = option(
        BETA,
        Number(low=0.0, below=1.0),
        "Exponent of the diffusion of ideas.",
        unit="1",
        source="GoesBekkers2022",
    )
    split: bool = option(
        True,
        Flag(),
        "Simulate the same paths without diffusion too, for the part of real income due to it.",
    )
    horizon: int = option(2040, Whole(1), "Final year.", unit="year", source="GoesBekkers2022")
    step: int = option(1, Whole(1), "Length of a period.", unit="years")
    policy_year: int | None = option(
        None,
        Whole(1),
        "Year in which the scenario comes into force, unforeseen: the base year or the end of a "
        "period; default: the base year. Until then paths are those of the baseline; in that year "
        "they show the static effect on the economy as it has grown.",
        unit="year",
    )
    elasticities: str | float | xr.DataArray = option(
        "GB",
        Elasticity(("GB", *SETS)),
        "Trade elasticities theta by sector: GB for those of Goes and Bekkers, or as in model "
        "equilibrium.",
        unit="1",
        source="GoesBekkers2022",
    )
    balance: str = balance_option("zero")
    pairing: str = option(
        "plain",
        Choice(PAIRINGS),
        "Exponents by pair of sectors: beta for all; or beta theta_i / theta_j, refused or capped "
        "if it reaches one.",
    )
    insight: str = option(
        "goods",
        Choice(INSIGHTS),
        "Source of ideas: the purchased goods, as published, with a seller's share to the power "
        "1 - beta, so that small sellers teach much; or the seller's producers at large, in "
        "proportion to purchases (iomodel.diffusion.ideas).",
        source="GoesBekkers2022",
    )
    growth: float = option(
        GROWTH,
        Number(),
        "Mean growth of the baseline's real GDP over regions and years, to which the arrival of "
        "ideas is scaled; capital begins by growing at this rate.",
        unit="percent a year",
        source="GoesBekkers2022",
    )
    alpha: float | None = option(
        None,
        Number(low=0.0),
        "Arrival rate of the base year itself, for all members. Default: scaled to `growth`.",
    )
    alpha_growth: float = option(
        ALPHA_GROWTH,
        Number(above=-1.0),
        "Growth of the arrival rate.",
        unit="fraction a year",
        source="GoesBekkers2022",
    )
    labour: str | float | xr.DataArray = option(
        "data",
        AnyOf(
            (
                Choice(("data",)),
                Number(above=-1.0),
                Array((BY_REGION, BY_YEAR), Number(above=-1.0)),
            )
        ),
        "Projected population; one growth rate, a fraction a year; rates by region; or levels by "
        "time and region.",
    )
    productivity: str | xr.DataArray = option(
        "data",
        AnyOf(
            (
                Choice(("data", "equal")),
                Array((BY_REGION, BY_INDUSTRY), Number(above=0.0)),
            )
        ),
        "Pattern of knowledge in the base year: GDP per head at market rates; equal; or values by "
        "region, or region and sector. The published model takes labour productivity at "
        "purchasing-power parity.",
    )
    capital: str = option(
        "accumulates",
        Choice(("accumulates", "fixed")),
        "Capital accumulates from a fixed share of income, or stays fixed.",
    )
    profits: str = option(
        "value-added",
        Choice(("value-added", "markup")),
        "Profits are part of factor income, as in model equilibrium, or a share 1/(1 + theta) of "
        "sales of their own, as in [GoesBekkers2022]_; coarse tables only.",
    )
    arrival: str = option(
        "own",
        Choice(("own", "baseline")),
        "Ideas arrive as the scenario's own trade brings them, or as in the baseline, so that "
        "knowledge does not respond.",
    )
    investment_rate: float | xr.DataArray | None = option(
        None,
        AnyOf((Number(low=0.0), Array((BY_REGION,), Number(low=0.0)))),
        "Investment over capital in the base year. Default: depreciation plus `growth`.",
        unit="fraction a year",
    )
    depreciation: float = option(
        DEPRECIATION, Number(0.0, below=1.0), "Depreciation of capital.", unit="fraction a year"
    )
    labour_share: float | xr.DataArray = option(
        LABOUR_SHARE,
        AnyOf((Number(0.0, 1.0), Array((BY_REGION,), Number(0.0, 1.0)))),
        "Share of labour in the income of labour and capital.",
        unit="fraction",
    )
    checkpoint: Path | None = option(
        None,
        File(written=True),
        "File written after every period; a run goes on from an existing one.",
    )
