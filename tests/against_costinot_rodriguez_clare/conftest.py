"""The accounts behind docs/published.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from replications.costinot_rodriguez_clare_2014.accounts import Accounts


@pytest.fixture(scope="session")
def accounts(raw_data: Path) -> Accounts:
    """World input-output accounts of 2008 in 34 regions and 31 sectors."""
    if not (raw_data / "wiod2013" / "wiod2013_2008.npz").is_file():
        pytest.skip("the World Input-Output Database of 2008 is absent")
    return Accounts(raw_data)
