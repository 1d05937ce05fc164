"""Points of time of a path, the start of the scenario among them, and a note on both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from iomodel.errors import IOModelError, LabelError

if TYPE_CHECKING:
    from iomodel.table.mrio import MRIOTable

__all__ = ["paths_note", "points_of_time", "policy_begins"]


def points_of_time(table: MRIOTable, horizon: int, step: int) -> list[int]:
    """Return the year of a table, every `step` years after it, and the horizon.

    Raises
    ------
    IOModelError
        If the table has no year, or the horizon does not lie after it.
    """
    year = table.attrs.get("year")
    if not year:
        raise IOModelError(f"table {table.name!r} has no year to start from; set its attribute")
    if step < 1 or horizon <= int(year):
        raise IOModelError(
            f"horizon is {horizon} and step {step}; the horizon must lie after {year} and a step "
            "be at least a year"
        )
    return [*range(int(year), horizon, step), horizon]


def policy_begins(years: Sequence[int], policy_year: int | None) -> int:
    """Return the position of the policy year among the years of the path.

    Raises
    ------
    LabelError
        If it is no year of the path.
    """
    if policy_year is None:
        return 0
    if policy_year not in years:
        raise LabelError(
            f"policy year {policy_year} is no point of the path; valid: "
            f"{', '.join(str(year) for year in years)}"
        )
    return years.index(policy_year)


def paths_note(years: Sequence[int], begin: int) -> str:
    """Return a sentence on the base of the paths and the start of the scenario."""
    if begin == 0:
        since = "the base year on, so that the first point is the static effect."
    else:
        since = (
            f"{years[begin]} on, unforeseen: until then nothing changes, and that year shows the "
            "static effect on the economy as it has grown."
        )
    return (
        "Paths and the final year are in percent of a baseline that grows without the scenario; "
        f"the scenario holds from {since}"
    )
