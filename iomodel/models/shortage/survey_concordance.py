r"""The survey on sectors of other classifications, through the concordance to ISIC rev. 4.

The survey rates industries of WIOD 2016; :mod:`iomodel.models.shortage.survey` has it for the
classifications that its builder knows. On any other, with :math:`w_{ia}` the weight of industry
:math:`a` in sector :math:`i` (:mod:`iomodel.table.classifications`), a rating is

.. math:: \rho_{ij} = \delta_{ij} \sum_{a,b} w_{ia}\, \rho_{ab}\, w_{jb} ,

the plain mean over the industries behind the input and the user. Several sectors with one parent do
not each stop a user that lives on one of them: :math:`\delta_{ij}` is what user :math:`j` buys of
sector :math:`i` in the table, over what it buys of the largest of these. It is one elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from iomodel.models.shortage.survey import (
    family_of,
    months_of_cover,
    rated_pairs,
    rated_sectors,
)
from iomodel.table.classifications import (
    Correspondence,
    classification_with,
    classifications,
    correspondences,
    mapping_text,
    weights,
)
from iomodel.typing import Float

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = [
    "industries_behind",
    "mapped_months",
    "mapped_ratings",
    "survey_mapping",
]

# Classification of the survey.
INDUSTRIES = "wiod-2016"
# Goods as in a classification that the survey's builder knows; it goes by that one.
KNOWN_BY_GOODS = "icio-28"

Behind = Mapping[str, Correspondence]


def industries_behind(table: MRIOTable, parents: Mapping[str, str] | None = None) -> Behind | None:
    """Return the surveyed industries behind each sector of a table, by the concordance.

    Parameters
    ----------
    table : MRIOTable
    parents : mapping of str to str, optional
        Sector of a published classification that a sector of the table was split from, beside
        those that the table records.

    Returns
    -------
    mapping of str to Correspondence or None
        None where the survey is known for the classification itself, or for no sector.
    """
    classification = _classification(table, parents)
    if classification is None or classification in {*rated_sectors(), KNOWN_BY_GOODS}:
        return None
    by_code = correspondences(classification, INDUSTRIES)
    codes = _codes(table, parents)
    return {s: by_code[codes[s]] for s in table.sectors if codes[s] in by_code}


def mapped_ratings(table: MRIOTable, behind: Behind, rated: set[str]) -> Float:
    """Return critical and important shares by the concordance, (2, input, user).

    Parameters
    ----------
    table : MRIOTable
        Its purchases, added up over regions, tell sectors of one parent apart.
    behind : mapping of str to Correspondence
        From :func:`industries_behind`.
    rated : set of str
        Sectors whose criticality as an input is known; other rows are zero.
    """
    industries = rated_sectors()[INDUSTRIES]
    position = {code: k for k, code in enumerate(industries)}
    surveyed = np.zeros((2, len(industries), len(industries)))
    for (product, user), shares in rated_pairs()[INDUSTRIES].items():
        surveyed[:, position[product], position[user]] = shares
    user_weights = weights(table.sectors, behind, industries)
    input_weights = user_weights * np.isin(table.sectors, list(rated))[:, None]
    ratings: Float = _dominance(table, behind) * (input_weights @ surveyed @ user_weights.T)
    return ratings


def mapped_months(behind: Behind) -> dict[str, float]:
    """Return months of cover by the concordance, for sectors with data."""
    surveyed = months_of_cover()[INDUSTRIES]
    months = {s: [surveyed[k] for k in m.sources if k in surveyed] for s, m in behind.items()}
    return {sector: float(np.mean(values)) for sector, values in months.items() if values}


def survey_mapping(table: MRIOTable) -> str:
    """Return how surveyed industries go to the sectors of a table, in words; empty if unknown."""
    classification = _classification(table)
    if classification is None:
        return ""
    codes = dict.fromkeys(_codes(table).values())
    return mapping_text(codes, correspondences(classification, INDUSTRIES))


# ---------------------------------------------------------------------- helpers
def _codes(table: MRIOTable, parents: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the code of each sector, for a part of a sector that of its parent."""
    family = {**family_of(table), **(parents or {})}
    return {sector: family.get(sector, sector) for sector in table.sectors}


def _classification(table: MRIOTable, parents: Mapping[str, str] | None = None) -> str | None:
    declared, codes = str(table.attrs["classification"]), set(_codes(table, parents).values())
    surveyed = rated_sectors()
    if declared.split("/")[0] not in classifications():
        # Codes that the survey has under some name need no concordance.
        covering = (name for name, rated in surveyed.items() if codes <= set(rated))
        declared = next(covering, declared)
    return classification_with(codes, declared)


def _dominance(table: MRIOTable, behind: Behind) -> Float:
    """Return purchases relative to the largest sector of the same parent, (input, user)."""
    purchases: Float = np.maximum(table.Z.values.sum(axis=(0, 2)), 0.0)
    relative: Float = np.ones_like(purchases)
    families: dict[str, list[int]] = {}
    for k, sector in enumerate(table.sectors):
        if sector in behind and behind[sector].kind == "parent":
            families.setdefault(behind[sector].sources[0], []).append(k)
    for members in families.values():
        siblings = purchases[members]
        largest = siblings.max(axis=0)
        ones = np.ones_like(siblings)
        relative[members] = np.divide(siblings, largest, out=ones, where=largest > 0)
    return relative
