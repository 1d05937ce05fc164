"""Costinot and Rodriguez-Clare (2014), Table 4.1, columns 1 to 7: gains from trade in 2008.

The chapter used the release of WIOD of April 2012, which is no longer distributed; here it is that
of November 2013, so the digits cannot all agree. What each column is, and what else was tried, is
in docs/published.md, which the same script writes.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from iomodel.errors import InfeasibleError
from iomodel.typing import Float
from replications.costinot_rodriguez_clare_2014 import page as gains_2008
from replications.costinot_rodriguez_clare_2014.accounts import Accounts

PAGE = Path(__file__).resolve().parents[2] / "docs" / "published.md"


@pytest.fixture(scope="module")
def gaps(accounts: Accounts) -> Float:
    """Ours less printed, points, (29, 7): without the regions whose data were revised most."""
    found: Float = gains_2008.gaps(accounts)
    for name, row in zip(accounts.regions, found, strict=True):
        print(name, *(f"{gap:+.2f}" for gap in row))
    kept = [k for k, name in enumerate(accounts.regions) if name not in gains_2008.REVISED]
    return found[kept]


BEYOND = "a finding: {} points on average, carried by Taiwan, Poland, Slovenia, Czechia and Hungary"


@pytest.mark.parametrize(
    ("column", "expected"),
    # Expected of another release before anything was computed: .1 points on average in column 1,
    # and at most .5 in the others.
    [
        (1, 0.1),
        (2, 0.5),
        (3, 0.5),
        (4, 0.5),
        (5, 0.5),
        pytest.param(6, 0.5, marks=pytest.mark.xfail(reason=BEYOND.format(".53"))),
        pytest.param(7, 0.5, marks=pytest.mark.xfail(reason=BEYOND.format(".64"))),
    ],
)
def test_table_4_1_is_as_near_as_another_release_allows(
    gaps: Float, column: int, expected: float
) -> None:
    assert np.abs(gaps[:, column - 1]).mean() <= expected


@pytest.mark.parametrize("column", range(1, 8))
def test_half_of_the_countries_come_out_to_half_a_point(gaps: Float, column: int) -> None:
    """A median is not moved by the few countries whose data were revised."""
    assert np.median(np.abs(gaps[:, column - 1])) <= 0.5


@pytest.mark.parametrize(
    ("column", "average", "largest"),
    # Regression guards: our own gaps rounded up. They prove no agreement.
    [
        (1, 0.06, 0.4),
        (2, 0.3, 1.7),
        (3, 0.25, 1.2),
        (4, 0.5, 2.6),
        (5, 0.5, 2.7),
        (6, 0.6, 2.2),
        (7, 0.75, 3.3),
    ],
)
def test_regression_guard_gaps_to_table_4_1_do_not_grow(
    gaps: Float, column: int, average: float, largest: float
) -> None:
    gap = np.abs(gaps[:, column - 1])
    assert gap.mean() < average
    assert gap.max() < largest


def test_what_was_tried_instead_is_further_away(accounts: Accounts) -> None:
    printed = np.array([gains_2008.published()[r] for r in accounts.regions])
    adopted = np.abs(gains_2008.gaps(accounts)).mean(axis=0)
    for what, column, answer, found in gains_2008.alternatives(accounts):
        gap = np.abs(found - printed[:, column - 1]).mean()
        assert gap > adopted[column - 1], (what, column, answer)


def test_observed_inputs_and_entry_of_firms_have_no_finite_gains(accounts: Accounts) -> None:
    """Why the chapter spreads inputs like all spending in its last columns."""
    from iomodel.equilibrium.formulas.scale_effects import gains_with_scale

    assert len(gains_2008.explosive(accounts, 0.0)) > len(accounts.regions) / 3
    with pytest.raises(InfeasibleError, match="without bound"):
        gains_with_scale(
            accounts.own_share,
            accounts.final_share,
            accounts.theta,
            input_cost_share=accounts.observed_inputs,
            spending=accounts.spending,
            output=accounts.output,
            scale=accounts.scale,
        )


def test_the_page_is_what_the_script_writes(accounts: Accounts) -> None:
    assert PAGE.read_text(encoding="utf-8") == gains_2008.page(accounts)
