"""Questions of a batch: a list of cases as it is, or a product expanded to cases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from iomodel.errors import LabelError, unknown_label
from iomodel.models.workbench import Workbench
from iomodel.scenario.scenario import Scenario
from iomodel.studies.batches.design import Design
from iomodel.studies.batches.product import ElasticityDraws, product
from iomodel.studies.case import Case, distinct
from iomodel.table.catalogue import load
from iomodel.table.mrio import MRIOTable

__all__ = ["AnyTables", "questions", "workbenches"]

AnyTable = MRIOTable | Workbench | str
AnyTables = AnyTable | Sequence[AnyTable] | Mapping[str, AnyTable]


def workbenches(tables: AnyTables) -> dict[str, Workbench]:
    """Workbenches by label of the table; one table alone has the empty label.

    Parameters
    ----------
    tables : MRIOTable, Workbench, str, or a sequence or mapping of them
        A text is the name of an embedded table or the path of a file. Labels of a sequence are the
        names of its tables.

    Raises
    ------
    LabelError
        If there is no table, or two have the same name.
    """
    if isinstance(tables, MRIOTable | Workbench | str):
        return {"": _workbench(tables)}
    if isinstance(tables, Mapping):
        labelled = [(str(label), _workbench(table)) for label, table in tables.items()]
    else:
        benches = [_workbench(table) for table in tables]
        labelled = [(bench.table.name, bench) for bench in benches]
    labels = [label for label, _ in labelled]
    repeated = [label for label in labels if labels.count(label) > 1]
    if repeated or not labels:
        problem = f"two tables are called {repeated[0]!r}" if repeated else "there is no table"
        raise LabelError(f"{problem}; give a mapping of labels to tables")
    return {"": labelled[0][1]} if len(labelled) == 1 else dict(labelled)


def questions(
    benches: Mapping[str, Workbench],
    scenarios: Scenario | str | Iterable[Case | Scenario | str],
    *,
    models: str | Iterable[str | None] | None = None,
    options: Mapping[str, Any] | None = None,
    draws: Any = None,
    seed: int = 0,
    exclude: Sequence[Mapping[str, Any]] = (),
) -> tuple[Case, ...]:
    """Cases of a batch, each under a key of its own.

    Parameters
    ----------
    benches : mapping of str to Workbench
        As of :func:`workbenches`.
    scenarios : Scenario, str, or an iterable of Case, of Scenario or of str
        A text is a scenario of the library or the path of a file.
    models, options, draws, seed, exclude
        As of :func:`iomodel.run_batch`.

    Raises
    ------
    LabelError
        If cases are mixed with factors of a product, a label is unknown or stands twice.
    """
    entries = [scenarios] if isinstance(scenarios, Scenario | str) else list(scenarios)
    cases = [entry for entry in entries if isinstance(entry, Case)]
    factors = {"models": models, "options": options, "draws": draws, "exclude": exclude or None}
    named = [name for name, value in factors.items() if value is not None]
    if len(cases) == len(entries) and not named:
        for case in cases:
            if case.table not in benches:
                raise unknown_label(f"table of case {case.label!r}", case.table, benches)
        return distinct(cases)
    if cases:
        problem = f"{', '.join(named)} with" if named else "scenarios among"
        raise LabelError(f"a batch has {problem} cases; a case says model, options and draw itself")
    return distinct(
        product(
            {label: bench.table for label, bench in benches.items()},
            [
                entry if isinstance(entry, Scenario) else Scenario.load(str(entry))
                for entry in entries
            ],
            models=[models] if isinstance(models, str | None) else list(models),
            options=options,
            draws=_drawn(draws, seed),
            exclude=exclude,
        )
    )


# ---------------------------------------------------------------------- helpers
def _workbench(table: AnyTable) -> Workbench:
    if isinstance(table, Workbench):
        return table
    return Workbench(load(table) if isinstance(table, str) else table)


def _drawn(draws: Any, seed: int) -> Design | ElasticityDraws | None:
    if draws is None or isinstance(draws, Design | ElasticityDraws):
        return draws
    if isinstance(draws, int):
        return ElasticityDraws(draws, seed)
    return Design.of(draws)
