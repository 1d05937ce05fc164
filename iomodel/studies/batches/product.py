"""Products of questions: tables x scenarios x models x options x draws, less exclusions, as cases.

The order of the cases is that of the product, the last factor running fastest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product as combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from iomodel.errors import LabelError, unknown_label
from iomodel.models.general_equilibrium.horizons import HORIZONS, default_horizon
from iomodel.models.registry import MODELS
from iomodel.models.running import default_model, model_of
from iomodel.studies.batches.design import Design
from iomodel.studies.case import Case
from iomodel.studies.elasticity_draws import CV, draw_elasticities, drawn_elasticities

if TYPE_CHECKING:
    from iomodel.scenario.scenario import Scenario
    from iomodel.table.mrio import MRIOTable

__all__ = ["DEFAULT_POINT", "ElasticityDraws", "product"]

DEFAULT_POINT = "default"
"""Label of the one point of a grid without alternatives."""
ELASTICITIES = "elasticities"
FACTORS = ("table", "scenario", "model", "draw")


@dataclass(frozen=True)
class ElasticityDraws:
    """Number of draws of trade elasticities from published estimates.

    Draws are of the set that a case names as its elasticities; without one of the seven published
    sources, at the horizon of the case. Cases whose model or horizon has no estimated elasticities
    are asked once.

    Attributes
    ----------
    count : int
    seed : int
        Equal seeds give equal draws to all cases, which their differences profit from.
    cv : float
        Coefficient of variation of an estimate.
    """

    count: int
    seed: int = 0
    cv: float = CV


@dataclass(frozen=True)
class Point:
    """One point of the grid of options.

    Attributes
    ----------
    options : dict of str to object
    labels : dict of str to str
        Of the values of options that have alternatives.
    """

    options: Mapping[str, Any] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Options that vary, as text."""
        return ", ".join(f"{k}={v}" for k, v in self.labels.items()) or DEFAULT_POINT

    def of(self, names: Iterable[str]) -> Point:
        """Point with some of the options only."""
        names = set(names)
        return Point(
            {k: v for k, v in self.options.items() if k in names},
            {k: v for k, v in self.labels.items() if k in names},
        )


def product(
    tables: Mapping[str, MRIOTable],
    scenarios: Sequence[Scenario],
    *,
    models: Sequence[str | None] = (None,),
    options: Mapping[str, Any] | None = None,
    draws: Design | ElasticityDraws | None = None,
    exclude: Sequence[Mapping[str, Any]] = (),
) -> tuple[Case, ...]:
    """Expand a product to cases; a pure function of its arguments.

    Parameters
    ----------
    tables : mapping of str to MRIOTable
        By label; one table alone may have the empty label.
    scenarios : sequence of Scenario
        Of different names.
    models : sequence of str or None
        None is the default model of a table and scenario.
    options : mapping, optional
        Grid: a list holds alternatives, a mapping labelled alternatives, any other value is fixed.
        An option that a model does not have is left out of its cases, and points of the grid that
        differ in nothing else are one.
    draws : Design or ElasticityDraws, optional
        Values of options by draw.
    exclude : sequence of mapping
        Each leaves out the cases that agree with all its entries: table, scenario, model, draw,
        option; a value is a label or a list of them.

    Returns
    -------
    tuple of Case
        ``table`` is the label of the table and ``point`` that of the options.

    Raises
    ------
    LabelError
        If a name is unknown or stands twice, an option fits none of the models, or an exclusion
        names what is no part of the product.

    Examples
    --------
    >>> import iomodel as iom
    >>> cases = product(
    ...     {"": iom.load("world-2022")},
    ...     [iom.Scenario.load("us-china-tariff-100")],
    ...     models=["equilibrium", "leontief"],
    ...     options={"elasticities": ["CP", "GYY"]},
    ... )
    >>> [case.label for case in cases]  # doctest: +NORMALIZE_WHITESPACE
    ['equilibrium, elasticities=CP', 'equilibrium, elasticities=GYY', 'leontief']
    """
    _check(scenarios, models)
    grid = _points(options or {})
    named = [MODELS[name] for name in models if name is not None]
    drawn = draws.options if isinstance(draws, Design) else ()
    for name in {**(options or {}), **dict.fromkeys(drawn)}:
        if named and len(named) == len(models) and all(name not in m.options for m in named):
            # Its own words name the valid ones.
            model_of(named[0].name, {name: None})
        if name in drawn and name in (options or {}):
            raise LabelError(f"option {name!r} is both given and drawn; leave one of them out")
    exclusions = [_Exclusion(entry) for entry in exclude]
    samples = _Samples(draws)
    several = (len(scenarios) > 1, len(models) > 1)
    cases: list[Case] = []
    for (label, table), scenario, model in combinations(tables.items(), scenarios, models):
        for point in _points_of(table, scenario, model, grid):
            name = model or default_model(table, scenario, point.options).model
            words = [scenario.name] * several[0] + [name] * several[1]
            words += [point.label] * bool(point.labels)
            case = Case(
                label=", ".join(words) or scenario.name,
                scenario=scenario,
                model=name,
                options=point.options,
                table=label,
                point=point.label,
            )
            place = {"table": label or table.name, "scenario": scenario.name, "model": name}
            for number, values in samples.of(case, table):
                drawn_case = replace(case, draw=number, options={**case.options, **values})
                facts = {**place, **point.labels} | (
                    {} if number is None else {"draw": str(number)}
                )
                if not any(exclusion.covers(facts) for exclusion in exclusions):
                    cases.append(drawn_case)
    for exclusion in exclusions:
        exclusion.check_use()
    return tuple(cases)


# ---------------------------------------------------------------------- grid
def _check(scenarios: Sequence[Scenario], models: Sequence[str | None]) -> None:
    names = [scenario.name for scenario in scenarios]
    for kind, labels in (("scenarios", names), ("models", [str(model) for model in models])):
        repeated = [label for label in labels if labels.count(label) > 1]
        if repeated:
            raise LabelError(f"two {kind} are called {repeated[0]!r}; give each a name of its own")
        if not labels:
            raise LabelError(f"there are no {kind}; name at least one")
    for model in models:
        if model is not None and model not in MODELS:
            raise unknown_label("model", model, MODELS)


def _points(options: Mapping[str, Any]) -> list[Point]:
    """Points of a grid in the order of its options."""
    axes = [_alternatives(name, value) for name, value in options.items()]
    points = []
    for alternatives in combinations(*axes):
        values = {name: value for name, _, value in alternatives}
        points.append(Point(values, {name: text for name, text, _ in alternatives if text}))
    return points


def _alternatives(name: str, value: Any) -> list[tuple[str, str, Any]]:
    """Name, label and value of the alternatives of an option; a fixed value has no label."""
    if isinstance(value, Mapping):
        entries = [(str(label), item) for label, item in value.items()]
    elif isinstance(value, list | tuple):
        entries = [(_text(name, item), item) for item in value]
    else:
        return [(name, "", value)]
    labels = [label for label, _ in entries]
    repeated = [label for label in labels if labels.count(label) > 1]
    if repeated or not entries:
        problem = f"the value {repeated[0]!r} twice" if repeated else "no value"
        raise LabelError(f"option {name!r} of the batch has {problem}; give different ones")
    return [(name, label, item) for label, item in entries]


def _text(name: str, value: Any) -> str:
    if isinstance(value, np.ndarray | xr.DataArray | Mapping):
        raise LabelError(
            f"option {name!r} of the batch lists an array; give alternatives as a mapping of "
            "labels to values"
        )
    if isinstance(value, list | tuple):
        return "+".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _points_of(
    table: MRIOTable, scenario: Scenario, model: str | None, grid: Sequence[Point]
) -> Iterator[Point]:
    """Yield points with the options that the model has, each once."""
    seen = set()
    for point in grid:
        name = model or default_model(table, scenario, point.options).model
        fitting = point.of(MODELS[name].options)
        if fitting.label not in seen:
            seen.add(fitting.label)
            yield fitting


# ---------------------------------------------------------------------- draws
class _Samples:
    """Draws of cases; those of elasticities are made once for a table and set."""

    def __init__(self, draws: Design | ElasticityDraws | None) -> None:
        self._draws = draws
        self._samples: dict[tuple[str, str], xr.Dataset] = {}

    def of(self, case: Case, table: MRIOTable) -> Iterator[tuple[int | None, Mapping[str, Any]]]:
        """Yield number and drawn options of a case; None and none where nothing is drawn."""
        model = MODELS[str(case.model)]
        if isinstance(self._draws, Design):
            if set(self._draws.options) & set(model.options):
                yield from self._draws.rows(model.options)
                return
        elif self._draws is not None and ELASTICITIES in model.options:
            years = _years(case)
            if years is not None:
                yield from self._elasticities(case, table, years, self._draws)
                return
        yield None, {}

    def _elasticities(
        self, case: Case, table: MRIOTable, years: float, draws: ElasticityDraws
    ) -> Iterator[tuple[int, Mapping[str, Any]]]:
        name = case.options.get(ELASTICITIES)
        if not isinstance(name, str | None):
            raise LabelError(
                f"elasticities of case {case.key!r} are numbers, of which nothing is drawn; name a "
                "set, or give draws as values by draw"
            )
        place = (table.fingerprint, name or "")
        if place not in self._samples:
            sets = {} if name in (None, "median") else {"sets": (name,)}
            self._samples[place] = draw_elasticities(
                table, draws.count, draws.seed, cv=draws.cv, **sets
            )
        for k in range(draws.count):
            yield k, {ELASTICITIES: drawn_elasticities(self._samples[place], k, years)}


def _years(case: Case) -> float | None:
    """Years after the shock at which elasticities hold; None where no estimates set them.

    A set that is named holds at any horizon; the horizon's own moves with the years.
    """
    if case.options.get(ELASTICITIES) is not None:
        return float("inf")
    horizon = case.options.get("horizon") or default_horizon(case.scenario)[0]
    if horizon not in HORIZONS or HORIZONS[horizon].sigmas:
        return None
    return HORIZONS[horizon].years


# ---------------------------------------------------------------------- exclusions
class _Exclusion:
    """Cases to be left out, and what was seen of the labels that it names."""

    def __init__(self, entry: Mapping[str, Any]) -> None:
        if not isinstance(entry, Mapping) or not entry:
            raise LabelError(f"an entry of exclude is {entry!r}; give a mapping of names to labels")
        self._labels = {
            key: [_text(key, label) for label in _listed(value)] for key, value in entry.items()
        }
        self._seen: dict[str, dict[str, None]] = {}

    def covers(self, facts: Mapping[str, str]) -> bool:
        """Whether a case with these labels is left out."""
        for key, label in facts.items():
            self._seen.setdefault(key, {})[label] = None
        return all(facts.get(key) in labels for key, labels in self._labels.items())

    def check_use(self) -> None:
        """Refuse names and labels that are no part of the product."""
        for key, labels in self._labels.items():
            if key not in self._seen:
                raise unknown_label("key of exclude", key, list(self._seen))
            for label in labels:
                if label not in self._seen[key]:
                    raise unknown_label(f"{key} in exclude", label, list(self._seen[key]))


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else [value]
