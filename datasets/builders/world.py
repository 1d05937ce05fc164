"""The built world of 2022: raw statistics, technology, trade and accounts."""

from __future__ import annotations

from dataclasses import dataclass

from datasets.builders.concordance import Concordance
from datasets.builders.donors import Donors
from datasets.builders.duties import Duties
from datasets.builders.national_use import NationalUse
from datasets.builders.raw import Icio, Macro, Wiod2014
from datasets.builders.technology import Technology
from datasets.builders.value_added import ValueAdded
from iomodel.typing import Float


@dataclass(frozen=True)
class World:
    """Inputs and results of the build of world-2022.

    Attributes
    ----------
    trade, tariff : ndarray, shape (81, 37, 81)
        Seller, sector, buyer.
    duties : Duties or None
        Origin of the tariffs; None where they are the cube's.
    primary : ndarray, shape (2, 81, 37)
        Value added; taxes with international margins.
    import_log_odds : ndarray, shape (81, 37, 40)
        Logarithm of imported over domestic use, by user.
    """

    icio: Icio
    wiod: Wiod2014
    macro: Macro
    concordance: Concordance
    technology: Technology
    donors: Donors
    trade: Float
    tariff: Float
    duties: Duties | None
    accounts: ValueAdded
    national: NationalUse
    primary: Float
    import_log_odds: Float
