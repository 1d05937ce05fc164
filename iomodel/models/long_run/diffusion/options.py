"""Options of the model ``diffusion``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import xarray as xr

from iomodel.diffusion import INSIGHTS, PAIRINGS
from iomodel.models.elasticities import SETS
from iomodel.models.general_equilibrium.horizons import NESTS
from iomodel.models.general_equilibrium.import_shares import import_shares_option
from iomodel.models.general_equilibrium.trade_balance import balance_option
from iomodel.models.kinds import (
    AnyOf,
    Array,
    Choice,
    Elasticity,
    File,
    Flag,
    ManyNumbers,
    Number,
    Table,
    Whole,
)
from iomodel.models.long_run.diffusion.specifications import (
    DEFAULT,
    INVERSE_THETA,
    SCALED,
    SPECIFICATIONS,
    Specification,
)
from iomodel.models.options import Options, option
from iomodel.typing import BY_INDUSTRY, BY_REGION, BY_YEAR, Nest

__all__ = [
    "ALPHA_GROWTH",
    "BETA",
    "DEPRECIATION",
    "IDEAS_GROWTH",
    "IDEAS_YEARS",
    "LABOUR_SHARE",
    "DiffusionOptions",
]

# Published: the exponent, the growth of the arrival rate, and what ideas add to growth at that
# exponent in the validation run of fifteen years (Table A3, 3.64 less 2.17 percent).
BETA, ALPHA_GROWTH, IDEAS_GROWTH, IDEAS_YEARS = 0.44, 0.0118, 1.47, 15
# The rate that GTAP uses for all regions (from memory), and the labour share after capital income
# is cut by half as published: .6 / (.6 + .2), .6 being that of all countries of WIOD together.
DEPRECIATION, LABOUR_SHARE = 0.04, 0.75
CAPITAL_OUTPUT = 3.0
PROFITS = ("value-added", "markup", "markup-capped")


@dataclass(frozen=True)
class DiffusionOptions(Options):
    """Options of the model ``diffusion``."""

    specification: str = option(
        DEFAULT,
        Choice(tuple(SPECIFICATIONS)),
        "Named specification: sets `exponent`, `alpha` and `knowledge_unit` unless these are "
        "named; as printed, or with two numbers inferred from published figures. All other "
        "defaults are common to both (docs/diffusion.md has them line by line).",
        source="GoesBekkers2022",
    )
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
    nest: str | Nest = option(
        (0.0, 0.0, 1.0),
        AnyOf(
            (
                Choice(tuple(NESTS)),
                ManyNumbers(("sigma_v", "sigma_m", "sigma_c"), Number(low=0.0)),
            )
        ),
        "Elasticities of substitution: between value added and intermediates, across inputs, "
        "across final goods; zero is Leontief.",
        unit="1",
        source="GoesBekkers2022",
    )
    investment_nest: float = option(
        0.0,
        Number(low=0.0),
        "Elasticity of substitution across goods in investment.",
        unit="1",
        source="GoesBekkers2022",
    )
    balance: str = balance_option("zero")
    import_shares: str = import_shares_option()
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
    alpha: str | float | None = option(
        None,
        AnyOf((Choice((SCALED,)), Number(low=0.0))),
        "Arrival rate of ideas in the base year, one for every beta; or scaled on `ideas_growth`. "
        "Default: that of the specification.",
        unit="knowledge to the power 1 - beta, a year",
    )
    ideas_growth: float = option(
        IDEAS_GROWTH,
        Number(above=0.0),
        f"Mean growth over regions that ideas add at beta {BETA:g} in the first {IDEAS_YEARS} "
        "years, for an arrival rate that is scaled.",
        unit="points a year",
        source="GoesBekkers2022",
    )
    ideas_at_zero: bool = option(
        True,
        Flag(),
        "Ideas arrive with beta 0 too, from the industry's inputs as such; without, knowledge "
        "stands still where it does not diffuse.",
    )
    exponent: str | float | None = option(
        None,
        AnyOf((Choice((INVERSE_THETA,)), Number(above=0.0))),
        "Exponent of knowledge in productivity. Default: that of the specification.",
        unit="1",
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
        "Knowledge in the base year: GDP per head at market rates; equal; or values by region, or "
        "region and sector. The published model takes value added per worker at purchasing-power "
        "parity by region and sector.",
        unit="thousand dollars a worker",
    )
    knowledge_unit: float | None = option(
        None,
        Number(above=0.0),
        "One unit of knowledge, for the arrival rate. Default: that of the specification.",
        unit="dollars a worker",
    )
    capital: str = option(
        "accumulates",
        Choice(("accumulates", "fixed")),
        "Capital accumulates from a fixed share of income, or stays fixed.",
    )
    profits: str = option(
        "markup-capped",
        Choice(PROFITS),
        "Profits are part of factor income, as in model equilibrium; or a share 1/(1 + theta) of "
        "sales of their own, refused or capped where that is over nine tenths of an industry's "
        "value added.",
        source="GoesBekkers2022",
    )
    arrival: str = option(
        "own",
        Choice(("own", "baseline")),
        "Ideas arrive as the scenario's own trade brings them, or as in the baseline, so that "
        "knowledge does not respond.",
    )
    saving: float | xr.DataArray | None = option(
        None,
        AnyOf((Number(0.0, 1.0), Array((BY_REGION,), Number(0.0, 1.0)))),
        "Share of income that is invested. Default: that of the table; without a final use of "
        "investment the share that keeps capital as it is.",
        unit="fraction",
        source="GoesBekkers2022",
    )
    capital_output: float = option(
        CAPITAL_OUTPUT, Number(above=0.0), "Capital over GDP in the base year.", unit="years"
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
    specific_share: Mapping[str | tuple[str, str], float] | xr.DataArray | None = option(
        None,
        AnyOf(
            (
                Table("sector, or (region, sector),", Number(0.0, below=1.0)),
                Array((("sector",), BY_INDUSTRY), Number(0.0, below=1.0)),
            )
        ),
        "Share of value added that a factor of the industry's own earns (land, natural resources), "
        "by sector, or region and sector; labels or groups. The published model has one in primary "
        "sectors and prints no share. Default: none.",
        unit="fraction",
    )
    specific_elasticity: str | float | xr.DataArray = option(
        "GB",
        AnyOf(
            (
                Choice(("GB",)),
                Number(above=0.0),
                Array((("sector",),), Number(above=0.0)),
            )
        ),
        "Elasticity of substitution between that factor and labour with capital: GB for those "
        "across factors of Goes and Bekkers; one number; or by sector.",
        unit="1",
        source="GoesBekkers2022",
    )
    specific_growth: float = option(
        0.0, Number(above=-1.0), "Growth of the supply of that factor.", unit="fraction a year"
    )
    checkpoint: Path | None = option(
        None,
        File(written=True),
        "File written after every period; a run goes on from an existing one.",
    )

    @property
    def specified(self) -> Specification:
        """The specification, with the values that the user replaces."""
        base = SPECIFICATIONS[self.specification]
        return replace(
            base,
            exponent=base.exponent if self.exponent is None else self.exponent,
            alpha=base.alpha if self.alpha is None else self.alpha,
            knowledge_unit=base.knowledge_unit
            if self.knowledge_unit is None
            else self.knowledge_unit,
        )
