"""Distance of the base that was solved from the table: output, exports, imports and GDP."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

import iomodel.equilibrium as ge
from iomodel.models.general_equilibrium.base_year import ratio
from iomodel.models.general_equilibrium.foreign_trade import is_foreign
from iomodel.models.general_equilibrium.lowering import table_industries
from iomodel.typing import BY_INDUSTRY, BY_REGION, Float, Variables

__all__ = ["base_shift", "base_shift_note"]

# Percent; a smaller shift is the solver's tolerance.
NO_SHIFT = 1e-4


def base_shift(base: ge.Economy, observed: ge.Economy, sectors: int | None = None) -> Variables:
    """Levels of the base less those of the table, in percent of the base.

    Parameters
    ----------
    base : Economy
        The base that was solved.
    observed : Economy
        Accounts of the table.
    sectors : int, optional
        Number of sectors of the table, if the base has others after them.

    Returns
    -------
    dict of str to (dims, ndarray)
    """
    foreign = is_foreign(base.shape[1])
    new_trade, old_trade = base.flow[:sectors] * foreign, observed.flow[:sectors] * foreign
    output = base.output[:sectors], observed.output[:sectors]
    return {
        "output_base_shift_pct": (BY_INDUSTRY, table_industries(_shift(*output))),
        "gdp_base_shift_pct": (BY_REGION, _shift(base.income, observed.income)),
        "exports_base_shift_pct": (
            BY_REGION,
            _shift(new_trade.sum(axis=(0, 2)), old_trade.sum(axis=(0, 2))),
        ),
        "imports_base_shift_pct": (
            BY_REGION,
            _shift(new_trade.sum(axis=(0, 1)), old_trade.sum(axis=(0, 1))),
        ),
    }


def base_shift_note(
    base: ge.Economy, observed: ge.Economy, regions: Sequence[str], sectors: int | None = None
) -> list[str]:
    """Return a sentence on how far the base moved; empty if it did not.

    Parameters
    ----------
    base, observed, sectors
        As in :func:`base_shift`.
    regions : sequence of str
    """
    shift = {
        name: np.asarray(cells) for name, (_, cells) in base_shift(base, observed, sectors).items()
    }
    trade = base.flow[:sectors] * is_foreign(base.shape[1])
    output = _mean_size(shift["output_base_shift_pct"], table_industries(base.output[:sectors]))
    exports = _mean_size(shift["exports_base_shift_pct"], trade.sum(axis=(0, 2)))
    imports = _mean_size(shift["imports_base_shift_pct"], trade.sum(axis=(0, 1)))
    if max(output, exports, imports) < NO_SHIFT:
        return []
    region = int(np.abs(shift["imports_base_shift_pct"]).argmax())
    return [
        "Levels are those of the base that was solved, not of the table. It differs from the table "
        f"by {output:.2g} percent of an industry's output, {exports:.2g} percent of a region's "
        f"exports and {imports:.2g} of its imports (means); most in {regions[region]}, whose "
        f"imports move by {shift['imports_base_shift_pct'][region]:+.3g} percent of the base."
    ]


def _shift(base: Float, observed: Float) -> Float:
    return 100.0 * ratio(base - observed, base, 0.0)


def _mean_size(shift: Float, level: Float) -> float:
    total = float(np.sum(level))
    return float(np.sum(np.abs(shift) * level)) / total if total > 0.0 else 0.0
