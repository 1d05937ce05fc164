"""The second base year, the full table of WIOD: nearer in places, two of the bounds not met.

What issues ask of the main base year is asked there (test_figure_10.py). Numbers here are those of
the page, docs/goes-bekkers.md.
"""

from __future__ import annotations

import numpy as np
import pytest

from iomodel.models.long_run.diffusion.options import BETA
from replications.goes_bekkers_2022.page import MAIN, SECOND
from replications.goes_bekkers_2022.runs import (
    PUBLISHED,
    REGIONS,
    Simulation,
    root_mean_square,
    spearman,
)

# Other processors and another round of assigning sectors move the fits by less.
FIT = 0.03
REST_OF_EAST = REGIONS.index("gb-rwc")


@pytest.mark.parametrize("case", PUBLISHED)
@pytest.mark.parametrize("specification", [MAIN, SECOND])
def test_the_world_loses_as_published_to_nine_tenths_of_a_point(
    full_table: dict[str, Simulation], specification: str, case: tuple[str, float]
) -> None:
    simulated = full_table[specification]
    assert abs(simulated.world(simulated.losses[case] - PUBLISHED[case])) < 0.9


@pytest.mark.parametrize(("specification", "rms"), [(MAIN, 2.51), (SECOND, 2.37)])
def test_the_forty_numbers_are_over_two_points_away(
    full_table: dict[str, Simulation], specification: str, rms: float
) -> None:
    """The rest of East, most of it WIOD's residual, loses 15 to 17 percent where print has 10.3."""
    simulated = full_table[specification]
    gaps = np.array([simulated.losses[case] - PUBLISHED[case] for case in PUBLISHED])
    assert root_mean_square(gaps) == pytest.approx(rms, abs=FIT)
    full = simulated.losses["full", BETA]
    assert full[REST_OF_EAST] < PUBLISHED["full", BETA][REST_OF_EAST] - 4.0


@pytest.mark.parametrize(("specification", "ranks"), [(MAIN, (0.82, 0.81)), (SECOND, (0.84, 0.85))])
def test_ranks_are_below_those_of_the_main_base_year(
    full_table: dict[str, Simulation], specification: str, ranks: tuple[float, float]
) -> None:
    """Two regions near each other may change places: .02 of ten."""
    losses = full_table[specification].losses
    for scenario, rank in zip(("full", "tariff"), ranks, strict=True):
        case = (scenario, BETA)
        assert spearman(losses[case], PUBLISHED[case]) == pytest.approx(rank, abs=0.02)


def test_terms_of_the_inferred_specification(full_table: dict[str, Simulation]) -> None:
    """Print to 1.34 points, of which the main base year has .54; correlation .92."""
    published = PUBLISHED["full", BETA] - PUBLISHED["full", 0.0]
    term = full_table[SECOND].term()
    assert root_mean_square(term - published) == pytest.approx(1.34, abs=FIT)
    # Two digits on the page.
    assert np.corrcoef(term, published)[0, 1] == pytest.approx(0.92, abs=0.01)


def test_one_sign_of_the_inferred_specification_is_not_the_published_one(
    full_table: dict[str, Simulation],
) -> None:
    """Latin America under tariff decoupling, beta .44: +.04 where print has -.83."""
    signs = {
        name: sum(int((simulated.losses[case] < 0.0).sum()) for case in PUBLISHED)
        for name, simulated in full_table.items()
    }
    assert signs == {MAIN: 40, SECOND: 39}
