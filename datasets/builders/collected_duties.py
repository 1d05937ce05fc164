r"""Duties that the United States collected in 2024: ordinary ones and section 301, by sector.

The ordinary rate of a tariff line l (HS, eight digits) is the most-favoured-nation rate that was
paid, with duties d and imports m summed over partners j without a trade agreement, preferences or
section 301:

.. math:: t_l = \sum_j d_{jl} \Big/ \sum_j m_{jl}.

Goods of China paid both. Ordinary are :math:`\min(d_{cl}, t_l m_{cl})`, and the difference to what
was paid is section 301. Its average over a sector is taken at two sets of weights: China's own
imports (the rate as collected; goods with the highest duty vanish from it) and those of all other
partners, which the duty did not push away (reference weights).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from datasets.builders.concordance import DATA
from datasets.builders.us_imports import read_us_imports
from iomodel.typing import Float

__all__ = [
    "CHINA",
    "EUROPEAN_UNION",
    "LAYER",
    "REFERENCE_LAYER",
    "CollectedDuties",
    "read_collected_duties",
]

CHINA, EUROPEAN_UNION = "CHN", "EU27"
# Names of section 301 among the tariff layers, as collected and at reference weights.
LAYER = "us-section-301-2018-2020"
REFERENCE_LAYER = "us-section-301-reference-weights"
BILLION = 1e9
# Digits of a rate of section 301.
DIGITS = 6


@dataclass(frozen=True)
class CollectedDuties:
    """Duties collected by the United States in 2024.

    Attributes
    ----------
    ordinary : pandas.DataFrame, partner x sector
        Ordinary rate as a fraction; undefined where nothing was imported.
    mfn : ndarray, shape (S,)
        Mean rate of partners without agreement.
    section_301, section_301_reference : ndarray, shape (S,)
        Additional rate on Chinese goods, as collected and at reference weights.
    section_301_mean, section_301_reference_mean : float
        Means of the two over all Chinese goods that have a sector, weighted by their imports.
    revenue : dict of str to float
        ``imports``, ``ordinary`` and ``section_301``, billion USD, goods without a sector included.
    """

    ordinary: pd.DataFrame
    mfn: Float
    section_301: Float
    section_301_reference: Float
    section_301_mean: float
    section_301_reference_mean: float
    revenue: dict[str, float]


def read_collected_duties(raw: Path, sectors: list[str]) -> CollectedDuties:
    """Average the duties of 2024 over sectors.

    Parameters
    ----------
    raw : pathlib.Path
        The folder of raw data.
    sectors : list of str
        Codes of the table; services and sectors without a tariff line get zero.

    Returns
    -------
    CollectedDuties

    Raises
    ------
    TableError
        If a product has no sector, a partner is unknown, or the European Union's goods do not
        contain those of a member listed apart.
    """
    lines = _tariff_lines(raw)
    chinese = lines["partner"] == CHINA
    with_terms = set(pd.read_csv(DATA / "us_partners.csv")["region"])
    most_favoured = lines[~lines["partner"].isin(with_terms)]
    paid = lines["duty"]
    full_rate = _line_rates(lines, most_favoured)
    ordinary = paid.where(~chinese, np.minimum(paid, full_rate * lines["imports"]))
    lines = lines.assign(ordinary=ordinary, additional=paid - ordinary)
    revenue = {
        "imports": float(lines["imports"].sum()) / BILLION,
        "ordinary": float(ordinary.sum()) / BILLION,
        "section_301": float((paid - ordinary).sum()) / BILLION,
    }
    with_sector = lines[lines["sector"] != ""]
    from_china = with_sector[with_sector["partner"] == CHINA]
    rates = _mean(with_sector, "ordinary", ["partner", "sector"]).unstack("sector")
    collected = _mean(from_china, "additional", ["sector"])
    reference = _reference_rates(with_sector, from_china).combine_first(collected)
    weight = from_china.groupby("sector")["imports"].sum() / from_china["imports"].sum()
    return CollectedDuties(
        ordinary=rates.reindex(columns=sectors),
        mfn=_by_sector(_mean(most_favoured, "duty", ["sector"]), sectors),
        section_301=_by_sector(collected, sectors).round(DIGITS),
        section_301_reference=_by_sector(reference, sectors).round(DIGITS),
        section_301_mean=float((weight * collected).sum()),
        section_301_reference_mean=float((weight * reference).sum()),
        revenue=revenue,
    )


def _tariff_lines(raw: Path) -> pd.DataFrame:
    """Read imports and duties (USD) by partner and tariff line, with the sector, empty for none."""
    imports = read_us_imports(raw)
    names = np.array([*imports.sectors, ""])
    products = pd.DataFrame(
        {
            "partner": np.array(imports.partners)[imports.partner],
            "sector": names[imports.sector],
            "product": imports.product.to_numpy(),
            "imports": imports.value,
            # Whole dollars, as in the source.
            "duty": np.rint(imports.value * imports.paid_rate),
        }
    )
    products["line"] = products["product"].str[:8]
    return products.groupby(["partner", "line", "sector"], as_index=False)[
        ["imports", "duty"]
    ].sum()


def _line_rates(lines: pd.DataFrame, most_favoured: pd.DataFrame) -> pd.Series:
    """Most-favoured-nation rate of each line; of its heading or sector where nobody paid it."""
    rates = lines["line"].map(_mean(most_favoured, "duty", ["line"]))
    heading = most_favoured.assign(heading=most_favoured["line"].str[:6])
    by_heading = _mean(heading, "duty", ["heading"])
    rates = rates.fillna(lines["line"].str[:6].map(by_heading))
    return rates.fillna(lines["sector"].map(_mean(most_favoured, "duty", ["sector"]))).fillna(0.0)


def _reference_rates(lines: pd.DataFrame, from_china: pd.DataFrame) -> pd.Series:
    """Section 301 by sector, its lines weighted by the imports of all other partners."""
    other_imports = lines[lines["partner"] != CHINA].groupby("line")["imports"].sum()
    weight = from_china["line"].map(other_imports).fillna(0.0)
    weighted = from_china.assign(
        imports=weight, duty=weight * from_china["additional"] / from_china["imports"]
    )
    return _mean(weighted, "duty", ["sector"])


def _mean(lines: pd.DataFrame, duty: str, by: list[str]) -> pd.Series:
    """Duty over imports by group; groups without imports are left out."""
    sums = lines.groupby(by)[["imports", duty]].sum()
    sums = sums[sums["imports"] > 0]
    return sums[duty] / sums["imports"]


def _by_sector(rates: pd.Series, sectors: list[str]) -> Float:
    values: Float = rates.reindex(sectors).fillna(0.0).to_numpy(dtype=np.float64)
    return values
