"""GRAS on the example of Junius & Oosterhaven (2003), in the corrected form of later authors."""

import numpy as np
import pytest

from iomodel.table.balancing.ras import gras

ROWS = (15.0, 26.0, -1.0)
COLUMNS = (9.0, 16.0, 17.0, -2.0)
PRIOR = np.array([[7.0, 3.0, 5.0, -3.0], [2.0, 9.0, 8.0, 1.0], [-2.0, 0.0, 2.0, 1.0]])
# Lenzen, Wood & Gallego (2007): minimal information gain with the base e in the objective.
BALANCED = [
    [8.976440, 3.743160, 5.721728, -3.441329],
    [2.799335, 12.256840, 9.992314, 0.951511],
    [-2.775776, 0.0, 1.285958, 0.489818],
]
# Temurshoev, Miller & Bouwmeester (2013): a column without positive cells.
PRIOR_NEGATIVE_COLUMN = np.array([[7.0, 3.0, 5.0, -3.0], [2.0, 9.0, 8.0, 0.0], [-2.0, 0.0, 2.0, 0]])
BALANCED_NEGATIVE_COLUMN = [
    [8.424341, 3.375237, 5.200422, -2.0],
    [3.000998, 12.624763, 10.374239, 0.0],
    [-2.425339, 0.0, 1.425339, 0.0],
]
# Six decimals are printed, so half of the last one is all that the print can tell.
PRINTED = {"rtol": 0.0, "atol": 5.1e-7}


@pytest.mark.parametrize(
    ("prior", "printed"),
    [(PRIOR, BALANCED), (PRIOR_NEGATIVE_COLUMN, BALANCED_NEGATIVE_COLUMN)],
    ids=["published example", "all-negative column"],
)
def test_printed_matrix(prior, printed):
    result = gras(prior, ROWS, COLUMNS)
    np.testing.assert_allclose(result.matrix, printed, **PRINTED)
    np.testing.assert_allclose(result.matrix.sum(axis=1), ROWS, rtol=1e-10)
    np.testing.assert_allclose(result.matrix.sum(axis=0), COLUMNS, rtol=1e-12)


def test_both_examples_as_one_batch():
    result = gras(np.stack([PRIOR, PRIOR_NEGATIVE_COLUMN]), ROWS, COLUMNS)
    np.testing.assert_allclose(result.matrix, [BALANCED, BALANCED_NEGATIVE_COLUMN], **PRINTED)
    assert result.row_multipliers.shape == (2, 3)
    assert result.column_multipliers.shape == (2, 4)


def test_the_result_is_the_prior_scaled_by_its_multipliers():
    result = gras(PRIOR, ROWS, COLUMNS)
    factor = np.outer(result.row_multipliers, result.column_multipliers)
    scaled = np.where(PRIOR >= 0, PRIOR * factor, PRIOR / factor)
    # One multiplication and one division apart: a few units in the last place.
    np.testing.assert_allclose(result.matrix, scaled, rtol=1e-13)
