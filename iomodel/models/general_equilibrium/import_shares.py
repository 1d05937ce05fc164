"""Import shares of users: the option, common to models."""

from __future__ import annotations

from typing import Any

from iomodel.models.kinds import Choice
from iomodel.models.options import option
from iomodel.table.import_shares import IMPORT_SHARES

__all__ = ["import_shares_option"]


def import_shares_option() -> Any:
    """Declare the option of import shares."""
    return option(
        "common",
        Choice(IMPORT_SHARES),
        "Import shares common to all users in a region, or specific to each using industry and "
        "final demand; the latter takes tens of times as long, and differs on tables that have "
        "them: world-2014, or world-2022 loaded with import_shares='by-user'.",
    )
