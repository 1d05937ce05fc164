"""Bad inputs: refused with one sentence of an IOModelError, never accepted, no other class."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from iomodel.errors import IOModelError
from iomodel.leontief import LeontiefSystem
from iomodel.models import run
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import (
    DemandChange,
    Embargo,
    ExportCut,
    Productivity,
    SupplyCut,
    Tariff,
    TradeCost,
)
from iomodel.table.mrio import MRIOTable
from tests.campaign.generators import draw_table
from tests.campaign.outcomes import Outcome, refused, wrong

Generator = np.random.Generator
NAN, INF = float("nan"), float("inf")
LABELS = ("XYZ", "", " ", "R0 ", "r0,R1", "all others", "\n", "🙂", "R" * 300)
NO_LABELS: tuple[Any, ...] = (
    7,
    3.5,
    NAN,
    b"R0",
    {"R0": 1},
    [[]],
    [],
    object,
    True,
    ["R0", 3],
    [None],
)
NO_NUMBERS: tuple[Any, ...] = (
    "0.1",
    "ten",
    None,
    [0.1],
    {},
    NAN,
    INF,
    -INF,
    1j,
    object(),
    True,
    b"1",
    np.array([]),
)


def check(seed: int) -> Outcome:
    """Pass one bad input to one entrance of the package."""
    rng = np.random.default_rng(seed)
    table = draw_table(rng, most_regions=3, most_sectors=3)
    name = str(rng.choice(list(ENTRANCES)))
    action, words = ENTRANCES[name](rng, table)
    try:
        action()
    except IOModelError as error:
        return refused(error)
    except Exception as error:
        return wrong(f"{name}, {words}: {type(error).__name__}: {error}")
    return wrong(f"{name}, {words}: accepted")


Entrance = Callable[[Generator, MRIOTable], tuple[Callable[[], object], str]]


def _pick(rng: Generator, values: Any) -> Any:
    return values[int(rng.integers(len(values)))]


def _cells(rng: Generator, table: MRIOTable) -> tuple[Callable[[], object], str]:
    """Cells of a table that are no numbers, negative output, or of another shape."""
    arrays: dict[str, Any] = {"Z": table.Z2.copy(), "Y": table.Y2.copy(), "x": table.x1.copy()}
    name = str(rng.choice(list(arrays)))
    cells, damage = arrays[name], int(rng.integers(7))
    if damage == 0:
        cells.flat[int(rng.integers(cells.size))] = _pick(rng, (NAN, INF, -INF, 1e300))
    elif damage == 1:
        arrays[name] = cells.reshape(-1)[: int(rng.integers(cells.size))]
    elif damage == 2:
        arrays[name] = cells.astype(str) + "x"
    elif damage == 3:
        arrays[name] = cells + 1j
    elif damage == 4:
        arrays[name] = _pick(rng, ("text", 3, [[1, 2], [3]], {}, object(), [], [None] * cells.size))
    elif damage == 5:
        arrays["x"] = -table.x1 - 1.0
    else:
        arrays[name] = cells * 2.0 + table.x1.max()  # no longer balanced
    words = f"{name} with damage {damage}"
    return lambda: _table(table, arrays), words


def _table(table: MRIOTable, arrays: dict[str, Any], **labels: Any) -> MRIOTable:
    names = {"regions": table.regions, "sectors": table.sectors, "final_uses": table.final_uses}
    return MRIOTable.from_arrays(**arrays, **{**names, **labels})


def _table_labels(rng: Generator, table: MRIOTable) -> tuple[Callable[[], object], str]:
    """Labels of a table that repeat, or are too few or too many."""
    name = str(rng.choice(["regions", "sectors"]))
    labels = list(getattr(table, name))
    bad = _pick(rng, ([], [*labels, "more"], [*labels, labels[0]], labels[:-1], [""] * 9))
    arrays = {"Z": table.Z2, "Y": table.Y2, "x": table.x1}
    return lambda: _table(table, arrays, **{name: bad}), f"{name}={bad!r}"


def _shock_numbers(rng: Generator, _table: MRIOTable) -> tuple[Callable[[], object], str]:
    """Shares outside [0, 1], rates below -1, and values that are no numbers."""
    value = _pick(rng, (*NO_NUMBERS, -1.5, -2, -1e300))
    makers: tuple[Callable[[], object], ...] = (
        lambda: Tariff("R0", "R1", "all", value),
        lambda: ExportCut("R0", "s0", value),
        lambda: SupplyCut("R0", "s0", value),
        lambda: SupplyCut("R0", "s0", 0.1, value if not isinstance(value, dict) else -1.0),
        lambda: TradeCost(importer="R0", increase=value),
        lambda: DemandChange("R0", "s0", value),
        lambda: Productivity("R0", "s0", value),
        lambda: ExportCut("R0", "s0", 0.5, delay=value, start="2026-01-01"),  # type: ignore[arg-type]
    )
    place = int(rng.integers(len(makers)))
    return makers[place], f"maker {place} with {value!r}"


def _shock_labels(rng: Generator, table: MRIOTable) -> tuple[Callable[[], object], str]:
    """Labels of shocks that no table has, or that are no labels."""
    label = _pick(rng, (*LABELS, *NO_LABELS))
    makers: tuple[Callable[[], object], ...] = (
        lambda: Tariff(label, "R1", "all", 0.1),
        lambda: ExportCut("R0", label, 0.1),
        lambda: SupplyCut(label, "s0", 0.1),
        lambda: Embargo(between=[label, "R1"]),
        lambda: DemandChange("R0", "s0", 0.1, label),
    )
    place = int(rng.integers(len(makers)))

    def action() -> object:
        shocks: Any = makers[place]()
        return Scenario(shocks).lower(table)

    return action, f"maker {place} with {label!r}"


def _shock_dates(rng: Generator, _table: MRIOTable) -> tuple[Callable[[], object], str]:
    """Days that are none, or out of order."""
    day: Any = _pick(rng, ("2026-13-01", "yesterday", 20260101, 1.5, [], "2026-02-30", b"2026"))
    if rng.random() < 0.2:
        return lambda: SupplyCut("R0", "s0", 0.1, start="2026-02-01", end="2026-01-01"), "order"  # type: ignore[arg-type]
    return lambda: SupplyCut("R0", "s0", 0.1, start=day), f"start={day!r}"


def _options(rng: Generator, table: MRIOTable) -> tuple[Callable[[], object], str]:
    """Options of models with values outside their kinds."""
    models = {
        "leontief": ("closure", "elasticities"),
        "equilibrium": ("horizon", "closure", "elasticities", "nest", "links", "numeraire"),
        "bottleneck": ("criticality", "rationing", "resourcing", "important"),
        "rationing": ("rule", "objective", "criticality", "idle"),
        "none": ("any",),
    }
    model = str(rng.choice(list(models)))
    name = _pick(rng, models[model])
    value: Any = _pick(rng, ("none such", -1.0, NAN, [], {}, object(), b"lost", 1j, [NAN], ""))
    scenario = Scenario((SupplyCut("R0", "s0", 0.1),))
    return lambda: run(table, scenario, model, **{name: value}), f"{model}, {name}={value!r}"


def _right_hand_sides(rng: Generator, table: MRIOTable) -> tuple[Callable[[], object], str]:
    """Final demand of another size, not finite, or no numbers."""
    n = table.n
    bad: Any = _pick(
        rng,
        (np.ones(n + 1), np.full(n, NAN), np.full(n, INF), np.ones((n + 1, 2)), ["a"] * n, None,
         "text", {}, np.ones(n) * 1j, np.array(1.0), [], np.ones((n, 2, 2))),
    )  # fmt: skip
    system = LeontiefSystem(table)
    question = system.solve if rng.random() < 0.5 else system.solve_prices
    return lambda: question(bad), f"{question.__name__} of {str(bad)[:60]!r}"


def _technologies(rng: Generator, table: MRIOTable) -> tuple[Callable[[], object], str]:
    """Coefficients that are negative, not finite, not square or no numbers."""
    A, n = table.A2.copy(), table.n
    damage = int(rng.integers(5))
    bad: Any = (A[:, :-1], A, A.astype(str) + "x", "text", np.zeros((0, 0)))[damage]
    if damage == 1:
        # On the diagonal: elsewhere a large coefficient may belong to a productive technology.
        np.fill_diagonal(A, _pick(rng, (-0.1, NAN, INF, 1e300)))
    return lambda: LeontiefSystem.from_coefficients(bad).solve(np.ones(n)), f"damage {damage}"


ENTRANCES: dict[str, Entrance] = {
    "cells": _cells,
    "labels": _table_labels,
    "numbers of shocks": _shock_numbers,
    "labels of shocks": _shock_labels,
    "days": _shock_dates,
    "options": _options,
    "right-hand sides": _right_hand_sides,
    "technologies": _technologies,
}
