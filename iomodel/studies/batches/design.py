"""Design of draws: values of options for each draw, from a mapping, a data frame or arrays."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
import xarray as xr

from iomodel.errors import LabelError
from iomodel.studies.elasticity_draws import drawn_elasticities

__all__ = ["Design"]


@dataclass(frozen=True)
class Design:
    """Values of options by draw.

    Attributes
    ----------
    numbers : tuple of int
        Numbers of the draws.
    values : mapping of str to sequence
        One value for each draw, by name of the option.
    """

    numbers: tuple[int, ...]
    values: Mapping[str, Sequence[Any]]

    @classmethod
    def of(cls, draws: Mapping[str, Any] | pd.DataFrame | xr.Dataset) -> Self:
        """Design of values by draw.

        Parameters
        ----------
        draws : mapping, DataFrame or Dataset
            A mapping of options to sequences, to arrays along draws, or to DataArrays with a
            dimension ``draw``, whose labels number the draws; a data frame with one column for each
            option and one row for each draw, numbered by an index of integers; or the sample of
            :func:`iomodel.studies.draw_elasticities`.

        Raises
        ------
        LabelError
            If there is no draw, options differ in their number or the labels of their draws, or a
            number stands twice.
        """
        if isinstance(draws, xr.Dataset):
            count = draws.sizes["draw"]
            return cls(
                tuple(range(count)),
                {"elasticities": [drawn_elasticities(draws, k) for k in range(count)]},
            )
        numbers = _numbers(draws)
        columns = {
            str(name): _values(_aligned(str(name), column, numbers))
            for name, column in draws.items()
        }
        if numbers is None:
            numbers = list(range(max(map(len, columns.values()), default=0)))
        for name, values in columns.items():
            if len(values) != len(numbers):
                raise LabelError(
                    f"draws of option {name!r} are {len(values)} where others are {len(numbers)}; "
                    "give one value for each draw"
                )
        if not numbers or len(set(numbers)) < len(numbers):
            problem = "a number twice" if numbers else "no draw"
            raise LabelError(f"the draws have {problem}; give at least one, each its own number")
        return cls(tuple(numbers), columns)

    @property
    def options(self) -> tuple[str, ...]:
        """Names of the options that are drawn."""
        return tuple(self.values)

    def rows(self, names: Collection[str]) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield number and values of each draw, of some options."""
        drawn = {name: values for name, values in self.values.items() if name in names}
        for k, number in enumerate(self.numbers):
            yield number, {name: values[k] for name, values in drawn.items()}


# ---------------------------------------------------------------------- helpers
def _aligned(name: str, column: Any, numbers: list[int] | None) -> Any:
    """Column in the order of the draws by its labels, where it has labels of draws."""
    if numbers is None or not isinstance(column, xr.DataArray) or "draw" not in column.coords:
        return column
    labels = [int(label) for label in column["draw"].values]
    missing = set(labels) ^ set(numbers)
    if missing or len(set(labels)) < len(labels):
        problem = f"draw {min(missing)} is not one of all options" if missing else "a draw twice"
        raise LabelError(f"the draws of option {name!r} have other labels: {problem}")
    return column.isel(draw=[labels.index(number) for number in numbers])


def _values(column: Any) -> list[Any]:
    if isinstance(column, xr.DataArray):
        if "draw" not in column.dims:
            raise LabelError(f"draws over {column.dims} have no dimension 'draw'")
        return [column.isel(draw=k, drop=True) for k in range(column.sizes["draw"])]
    if isinstance(column, np.ndarray | pd.Series):
        return [value.item() if isinstance(value, np.generic) else value for value in column]
    if isinstance(column, str) or not isinstance(column, Sequence):
        raise LabelError(f"draws are {column!r}; give a sequence of values, one for each draw")
    return list(column)


def _numbers(draws: Mapping[str, Any] | pd.DataFrame) -> list[int] | None:
    """Numbers of the draws by an index of integers or labels of ``draw``; None for none."""
    if isinstance(draws, pd.DataFrame):
        integers = pd.api.types.is_integer_dtype(draws.index)
        return [int(k) for k in draws.index] if integers else list(range(len(draws)))
    for column in draws.values():
        if isinstance(column, xr.DataArray) and "draw" in column.coords:
            return [int(k) for k in column["draw"].values]
    return None
