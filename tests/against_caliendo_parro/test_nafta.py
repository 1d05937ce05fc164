"""Caliendo and Parro (2015), Review of Economic Studies 82: Tables 2, 5, 9 and 11."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import iomodel.equilibrium as ge
from iomodel.typing import Float
from replications.caliendo_parro_2015.data import CANADA, MEXICO, NAFTA, USA, nafta_only
from tests.against_caliendo_parro.plain_iteration import Start, balanced, first_order_welfare

# Printed with two decimals of a percent.
PRINTED = 0.005 + 1e-9


def percent(values: Float) -> Float:
    return 100.0 * values[0, list(NAFTA)]


def experiment(economy: ge.Economy, theta: Float, tariff: Float) -> ge.Solution:
    elasticities = ge.Elasticities.caliendo_parro(theta)
    base, _ = ge.rebase(economy, elasticities)
    return ge.solve(base, elasticities, ge.Shock(tariff=nafta_only(base.tariff, tariff)))


@pytest.fixture(scope="module")
def base(published: Any) -> ge.Economy:
    economy = ge.calibrate(
        published.flow, published.tariff_1993, published.value_added_share, published.input_share
    )
    rebased, solution = ge.rebase(economy, ge.Elasticities.caliendo_parro(published.theta))
    assert solution.certificate.worst < 1e-9
    # Balanced trade was asked for and every equation of the base now holds.
    assert np.abs(rebased.deficit).max() == 0.0
    assert rebased.imbalance() < 1e-9
    return rebased


@pytest.fixture(scope="module")
def nafta(published: Any, base: ge.Economy) -> ge.Solution:
    shock = ge.Shock(tariff=nafta_only(base.tariff, published.tariff_2005))
    return ge.solve(base, ge.Elasticities.caliendo_parro(published.theta), shock)


def test_table_2_welfare_terms_and_volume_of_trade_real_wages(nafta: ge.Solution) -> None:
    parts = ge.decompose(nafta)
    found = [
        percent(parts.first_order_welfare),
        percent(parts.terms_of_trade),
        percent(parts.volume_of_trade),
        percent(nafta.real_wage - 1.0),
    ]
    printed = [[1.31, -0.06, 0.08], [-0.41, -0.11, 0.04], [1.72, 0.04, 0.04], [1.72, 0.32, 0.11]]
    np.testing.assert_allclose(found, printed, rtol=0, atol=PRINTED)


def test_exact_real_income_is_not_the_printed_welfare(nafta: ge.Solution) -> None:
    exact = [0.00732, -0.11010, 0.07415]
    np.testing.assert_allclose(percent(nafta.real_income - 1.0), exact, rtol=0, atol=1e-5)


def test_table_5_import_growth(nafta: ge.Solution) -> None:
    """Imports before duty, all sectors together, in the numeraire."""
    before, after = nafta.base.flow.sum(axis=0), nafta.flow[0].sum(axis=0)
    for importer, exporter, printed in (
        (MEXICO, CANADA, 116.60),
        (MEXICO, USA, 118.31),
        (CANADA, MEXICO, 58.57),
        (CANADA, USA, 9.49),
        (USA, MEXICO, 109.54),
        (USA, CANADA, 6.57),
    ):
        growth = 100.0 * (after[exporter, importer] / before[exporter, importer] - 1.0)
        assert growth == pytest.approx(printed, abs=PRINTED)


def test_table_9_nafta_given_world_tariff_changes(published: Any, base: ge.Economy) -> None:
    """Effects of all tariff changes over those of all but NAFTA's, each from the base of 1993."""
    elasticities = ge.Elasticities.caliendo_parro(published.theta)
    world = published.tariff_2005
    everything = ge.solve(base, elasticities, ge.Shock(tariff=world))
    without = ge.solve(
        base, elasticities, ge.Shock(tariff=nafta_only(world, published.tariff_1993))
    )
    one, other = ge.decompose(everything), ge.decompose(without)
    found = [
        percent((1.0 + a) / (1.0 + b) - 1.0)
        for a, b in (
            (one.first_order_welfare, other.first_order_welfare),
            (one.terms_of_trade, other.terms_of_trade),
            (one.volume_of_trade, other.volume_of_trade),
            (everything.real_wage - 1.0, without.real_wage - 1.0),
        )
    ]
    printed = [[1.17, -0.06, 0.08], [-0.38, -0.09, 0.04], [1.55, 0.03, 0.04], [1.63, 0.31, 0.11]]
    np.testing.assert_allclose(found, printed, rtol=0, atol=PRINTED)


def test_table_11_no_materials(published: Any) -> None:
    economy = ge.without_materials(published.flow, published.tariff_1993)
    found = ge.decompose(experiment(economy, published.theta, published.tariff_2005))
    np.testing.assert_allclose(
        percent(found.first_order_welfare), [0.50, -0.03, 0.03], rtol=0, atol=PRINTED
    )


def test_table_11_no_input_output_linkages(published: Any) -> None:
    """Own-sector materials only, with one less the diagonal of the input shares as value added."""
    own = np.einsum("nkk->kn", published.input_share)
    economy = ge.own_inputs_only(published.flow, published.tariff_1993, 1.0 - own)
    found = ge.decompose(experiment(economy, published.theta, published.tariff_2005))
    np.testing.assert_allclose(
        percent(found.first_order_welfare), [0.66, -0.04, 0.04], rtol=0, atol=PRINTED
    )


def in_two(array: Float, how: Any) -> Float:
    """Tradable and non-tradable sectors of an array [sector, ...], each made one."""
    return np.stack([how(array[:20], axis=0), how(array[20:], axis=0)])


@dataclass(frozen=True)
class TwoSectors:
    """One tradable and one non-tradable sector: medians of tariffs and of value-added shares."""

    flow: Float
    base: Float
    new: Float
    value_added_share: Float
    input_share: Float


@pytest.fixture(scope="module")
def two(published: Any) -> TwoSectors:
    inputs = published.input_share.reshape(-1, 2, 20, 2, 20).mean(axis=(2, 4))
    return TwoSectors(
        flow=in_two(published.flow, np.sum),
        base=in_two(published.tariff_1993, np.median),
        new=in_two(published.tariff_2005, np.median),
        value_added_share=in_two(published.value_added_share, np.median),
        input_share=inputs / inputs.sum(axis=1, keepdims=True),
    )


@pytest.fixture(scope="module")
def one_tradable_sector(two: TwoSectors) -> Float:
    economy = ge.calibrate(two.flow, two.base, two.value_added_share, two.input_share)
    found = ge.decompose(experiment(economy, np.full(2, 4.55), two.new))
    return percent(found.first_order_welfare)


def test_table_11_one_tradable_sector(one_tradable_sector: Float) -> None:
    np.testing.assert_allclose(one_tradable_sector[:2], [0.41, -0.08], rtol=0, atol=PRINTED)


def test_table_11_one_tradable_sector_by_the_plainest_route(
    two: TwoSectors, one_tradable_sector: Float
) -> None:
    """The same from a program that shares nothing with the package.

    The article's own programs, as its supplement has them, aggregate as above (sums of flows and
    output, medians of tariffs and of value-added shares, means of input shares, 4.55) and iterate
    as here.
    """
    to, turned = 1.0 + two.base.transpose(0, 2, 1), two.flow.transpose(0, 2, 1)
    data = Start(turned * to, to, two.value_added_share, two.input_share, 4.55)
    final = data.final_share()
    base, _ = balanced(data, data.duty, final)
    duty = 1.0 + nafta_only(two.base, two.new).transpose(0, 2, 1)
    after, cost = balanced(base, duty, final)
    found = 100.0 * first_order_welfare(base, after, cost)[list(NAFTA)]
    # Percent: excess demand of either route is zero to 1e-9 of value added.
    np.testing.assert_allclose(found, one_tradable_sector, rtol=0, atol=1e-6)
    np.testing.assert_allclose(found, [0.4077, -0.0849, 0.0554], rtol=0, atol=5e-5)


@pytest.mark.xfail(reason="a slip of the article: its own program gives .0554, and it prints .05")
def test_table_11_one_tradable_sector_usa(one_tradable_sector: Float) -> None:
    assert one_tradable_sector[2] == pytest.approx(0.05, abs=PRINTED)
