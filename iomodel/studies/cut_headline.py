"""Headline of a supply cut: one number with its band, for one question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from iomodel.scenario.rent_holders import RENT_SHARES
from iomodel.studies.cut_cases import CORNERS, HEADLINE, WITH_STOCKS

if TYPE_CHECKING:
    from iomodel.scenario.scenario import Scenario
    from iomodel.studies.supply_cuts import CutBracket

__all__ = ["CutHeadline", "cut_headline"]

HOLDERS = {
    "sellers": "sellers keep the rent",
    "buyers": "buyers keep the rent",
    "shared": "sellers and buyers share the rent",
    "burnt": "the rent is burnt",
}


@dataclass(frozen=True, eq=False)
class CutHeadline:
    """Change of real income from one supply cut, with its band.

    Attributes
    ----------
    question : str
        What is asked: the cut, the time, stocks, and who has the rent.
    frame : DataFrame
        By region: ``change`` of real income in percent (model ``scarce``, horizon short, elasticity
        .2 between scarce inputs and all else); ``low`` and ``high``, the least and the largest of
        that and the corners of the band, elasticity .1 and .5 by rents of sellers and of buyers;
        ``with_stocks``, the change of GDP with stocks of two months (model ``inventories``), NaN
        where it has no answer.
    missing : tuple of str
        Corners of the band without an answer.
    """

    question: str
    frame: pd.DataFrame
    missing: tuple[str, ...]


def cut_headline(bracket: CutBracket, regions: Sequence[str] | None = None) -> CutHeadline | None:
    """Headline of a supply cut, read off its bracket.

    The rule is one for all cuts and was fixed before its results were seen: an elasticity of .2
    within a year, about the middle of .1 to .5 on a log scale, and rents as the cut says.

    Parameters
    ----------
    bracket : CutBracket
        With the cases of :func:`iomodel.compare`.
    regions : sequence of str, optional
        Regions, groups or ``WORLD``. Default: those of the bracket.

    Returns
    -------
    CutHeadline or None
        None if the bracket lacks the case of the headline or all corners, or another horizon than
        short was asked for.

    Examples
    --------
    >>> import iomodel as iom
    >>> from iomodel.studies.cut_headline import cut_headline
    >>> table = iom.load("world-2022-ree")
    >>> bracket = iom.cut_bracket(table, iom.Scenario.load("rare-earth-80"))  # doctest: +SKIP
    >>> cut_headline(bracket).frame.loc["USA"]  # doctest: +SKIP
    """
    ensemble = bracket.ensemble
    corners = [label for label in CORNERS if label in ensemble.effects]
    if HEADLINE not in ensemble.effects or not corners:
        return None
    central = ensemble[HEADLINE]
    if central.parameters["horizon"]["value"] != "short":
        return None
    losses = bracket.losses(regions).droplevel("family").T
    band = losses[[HEADLINE, *corners]]
    frame = pd.DataFrame(
        {"change": losses[HEADLINE], "low": band.min(axis=1), "high": band.max(axis=1)}
    )
    frame["with_stocks"] = losses.get(WITH_STOCKS, float("nan"))
    missing = tuple(label for label in CORNERS if label not in corners)
    case = next(case for case in ensemble.cases if case.key == HEADLINE)
    return CutHeadline(_question(case.scenario), frame, missing)


# ---------------------------------------------------------------------- helpers
def _question(scenario: Scenario) -> str:
    """Return the question in words."""
    holders = {str(getattr(shock, "rents", "")) for shock in scenario.shocks} & set(RENT_SHARES)
    words = HOLDERS[holders.pop()] if len(holders) == 1 else "rents as the cut says"
    return f"{scenario.title or scenario.name}; within a year, no stocks, {words}"
