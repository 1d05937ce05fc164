"""The laboratory of 2011 of docs/decoupling-static.md."""

from __future__ import annotations

import pytest

from replications.static_decoupling.laboratory import Laboratory, wiod


@pytest.fixture(scope="session")
def world() -> Laboratory:
    """WIOD 2011."""
    return wiod(2011)
