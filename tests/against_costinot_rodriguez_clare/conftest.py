"""The accounts behind docs/published.md."""

from __future__ import annotations

import pytest

from replications.costinot_rodriguez_clare_2014.accounts import Accounts


@pytest.fixture(scope="session")
def accounts() -> Accounts:
    """World input-output accounts of 2008 in 34 regions and 31 sectors."""
    return Accounts()
