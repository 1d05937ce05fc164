"""The section 301 episode: what is observed, and what the sets of elasticities predict."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from replications.section_301.data import DATA, build, load_episode
from replications.section_301.page import page
from replications.section_301.runs import Laboratory, all_sets

PAGE = Path(__file__).resolve().parents[2] / "docs" / "section-301.md"


@pytest.fixture(scope="module")
def lab() -> Laboratory:
    return Laboratory(load_episode())


def test_what_is_observed(lab: Laboratory) -> None:
    """Research note: -12.3 percent in all; duties of 16.0 and 9.2 points."""
    # Half a unit of the printed digit.
    assert lab.observed.total == pytest.approx(-12.3, abs=0.05)
    assert lab.mean_duty(lab.episode.collected) == pytest.approx(9.2, abs=0.05)
    # Ours are averages of tariff lines of eight digits, the note does not say of what: 15.7.
    assert lab.mean_duty(lab.episode.reference) == pytest.approx(16.0, abs=0.5)


def test_one_sector_alone_follows_the_formula(lab: Laboratory) -> None:
    """Small against the world: s q / (s q + 1 - s), with q = (1 + t)^-(theta + 1)."""
    duty = np.zeros(27)
    # Wood: 4 bn USD, a thousandth of what China sells abroad.
    duty[10] = 0.2
    changes = lab.uniform(3.0, duty).by_sector
    flow = lab.episode.before[10, :, 0]
    share = flow[1] / flow[1:].sum()
    q = 1.2**-4.0
    expected = 100.0 * (share * q / (share * q + 1.0 - share) / share - 1.0)
    # Wages move by about a part in ten thousand, times theta.
    assert changes[10] == pytest.approx(expected, abs=0.1)
    assert np.abs(np.delete(changes, 10)).max() < 0.1


def test_low_elasticities_fit_and_the_sets_but_one_are_too_large(lab: Laboratory) -> None:
    """Research note: theta of 1 to 2 fits, the sets of the long run are about twice too large."""
    reference, collected = lab.episode.reference, lab.episode.collected
    assert lab.fitting(reference) < lab.fitting(collected) < 2.0
    for name, theta in all_sets().items():
        for duty in (reference, collected):
            ratio = lab.predicted(theta, duty).total / lab.observed.total
            if name not in ("Boehm", "1", "2"):
                assert ratio > 1.6, name


def test_the_page_is_what_the_script_writes() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


def test_the_archive_is_what_the_builder_makes(raw_data: Path, tmp_path: Path) -> None:
    assert build(raw_data, tmp_path).read_bytes() == DATA.read_bytes()
