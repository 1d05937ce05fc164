"""Batches: many cases on one or several tables, in this process, in processes or on a cluster."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from iomodel.effects.variables import variable
from iomodel.errors import InfeasibleError, IOModelError, unknown_label
from iomodel.studies.batches.assembly import batch_on_disk
from iomodel.studies.batches.executors import executed
from iomodel.studies.batches.groups import group_answers
from iomodel.studies.batches.plan import BatchPlan
from iomodel.studies.batches.progress import BatchProgress, progress_of
from iomodel.studies.batches.questions import AnyTables, questions, workbenches
from iomodel.studies.batches.worker import tables_of
from iomodel.studies.case import Case
from iomodel.studies.ensembles.ensemble import Ensemble
from iomodel.studies.journal.answers import PlainEffects, decoded
from iomodel.studies.journal.checkpoint import Checkpoint

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from iomodel.effects import Effects
    from iomodel.scenario.scenario import Scenario
    from iomodel.studies.batches.product import ElasticityDraws

__all__ = ["run_batch"]

# Refusals that stand in the ensemble as sentences; all else stops the batch.
RECORDED: Mapping[str, tuple[type[IOModelError], ...]] = {
    "record": (IOModelError,),
    "refusals": (IOModelError,),
    "infeasible": (InfeasibleError,),
    "raise": (),
}


def run_batch(
    table: AnyTables,
    scenarios: Scenario | str | Iterable[Case | Scenario | str],
    *,
    models: str | Iterable[str | None] | None = None,
    options: Mapping[str, Any] | None = None,
    draws: int | ElasticityDraws | Mapping[str, Any] | pd.DataFrame | xr.Dataset | None = None,
    seed: int = 0,
    exclude: Sequence[Mapping[str, Any]] = (),
    keep: Sequence[str] | None = None,
    path: str | os.PathLike[str] | None = None,
    workers: int | None = None,
    client: Any = None,
    progress: Callable[[str], None] | BatchProgress | bool | None = None,
    on_error: Literal["record", "refusals", "infeasible", "raise"] = "record",
) -> Ensemble:
    """Run many cases: a list of them, or a product of tables, scenarios, models, options and draws.

    Parameters
    ----------
    table : MRIOTable, Workbench, str, or a sequence or mapping of them
        One table or several; a text is the name of an embedded table or the path of a file. A
        workbench keeps what several batches on a table have in common.
    scenarios : iterable of Case, or of Scenario and str
        Cases as they are, or scenarios of a product; a text is a scenario of the library or the
        path of a file.
    models : str or iterable of str, optional
        Models of a product; default: that of :func:`iomodel.default_model`.
    options : mapping, optional
        Grid of options of a product: a list holds alternatives, a mapping labelled alternatives,
        any other value is fixed. A model without an option is asked without it.
    draws : int, mapping, DataFrame, Dataset, optional
        Draws of a product: a number of draws of trade elasticities, within the set that a case
        names or among the seven published ones; or values of options by draw, as a mapping of
        options to sequences or to DataArrays over ``draw``, or a data frame with a column for each
        option.
    seed : int
        Of the draws by number; equal for all cases.
    exclude : sequence of mapping
        Parts of a product that are left out, such as ``{"model": "leontief", "scenario": "a"}``.
    keep : sequence of str, optional
        Variables to keep, of every case whose model gives them; default: all. Draws of elasticities
        of the model ``equilibrium`` are solved side by side where real GDP and income, consumer
        prices, output, exports, imports or trade are all that is kept: to the tolerance recorded
        with them instead of to the last bit, real GDP to some .01 percentage points.
    path : path-like, optional
        Folder of the batch. Answers and refusals that it has are not worked out again, whoever
        asked; at the end it holds ``results.zarr`` and tidy Parquet files, and the ensemble reads
        from there. Its bytes depend on the questions alone, not on workers or interruptions.
    workers : int, optional
        Worker processes; by default this one.
    client : dask.distributed.Client or str, optional
        Dask cluster, or the address of its scheduler, to work on.
    progress : callable or bool, optional
        Told the key of each case before it runs, of draws solved side by side the two ends; True
        shows a bar with rate and remaining time.
    on_error : {"record", "refusals", "infeasible", "raise"}
        Errors that are kept as sentences in ``ensemble.refusals``: all of single cases; refusals of
        models; those of infeasible scenarios, which are answers; or none. Any other stops the
        batch; finished cases stay in `path`. A full disk or exhausted memory always stops it.

    Returns
    -------
    Ensemble

    Raises
    ------
    LabelError
        If two cases have one key, or a label or a variable to keep is unknown.
    OutputError
        If `path` cannot be written, holds cases of another table, or another batch is at work
        there.
    IOModelError
        Whatever a model refuses, as `on_error` says.

    Examples
    --------
    >>> import iomodel as iom
    >>> ensemble = iom.run_batch(
    ...     iom.load("world-2022"),
    ...     ["us-china-tariff-100"],
    ...     models=["equilibrium"],
    ...     options={"elasticities": ["CP", "GYY"]},
    ... )
    >>> frame = ensemble.to_dataframe("real_income_pct", ["USA", "CHN"])

    Notes
    -----
    A list of :class:`Case` asks for any other set of questions; a product is expanded to one
    (:mod:`iomodel.studies.batches.product`).
    """
    if on_error not in RECORDED:
        raise unknown_label("value of on_error", on_error, RECORDED)
    for name in keep or ():
        variable(name)
    benches = workbenches(table)
    cases = questions(
        benches,
        scenarios,
        models=models,
        options=options,
        draws=draws,
        seed=seed,
        exclude=exclude,
    )
    recorded = RECORDED[on_error]
    plan = BatchPlan.of(benches, cases, keep, recorded, strict=on_error != "record")
    with progress_of(progress) as shown:
        if path is None:
            return _in_memory(plan, recorded, shown, workers, client)
        with Checkpoint(path, list(tables_of(benches).values())) as checkpoint:
            return batch_on_disk(plan, checkpoint, recorded, shown, workers, client)


# ---------------------------------------------------------------------- helpers
def _in_memory(
    plan: BatchPlan,
    recorded: tuple[type[IOModelError], ...],
    progress: BatchProgress,
    workers: int | None,
    client: Any,
) -> Ensemble:
    """Answer all cases and keep the answers."""
    answers: dict[str, Effects | IOModelError] = {**plan.refusals}
    progress.start(len(plan.cases), len(plan.refusals))
    for number, results in _results(plan, progress, workers, client):
        cases = plan.tasks[number].group.cases
        for case, answer in zip(cases, results, strict=True):
            if isinstance(answer, IOModelError) and not isinstance(answer, recorded):
                raise answer
            answers[case.key] = answer
        progress.advance(len(cases))
    # In the order of the questions, whichever was answered before the others.
    effects: dict[str, Effects] = {}
    errors: dict[str, IOModelError] = {}
    for case in plan.cases:
        answer = answers[case.key]
        if isinstance(answer, IOModelError):
            errors[case.key] = answer
        else:
            effects[case.key] = answer
    return Ensemble(plan.cases, effects, errors)


def _results(
    plan: BatchPlan, progress: BatchProgress, workers: int | None, client: Any
) -> Iterator[tuple[int, list[Effects | IOModelError]]]:
    if workers is None and client is None:
        for number, task in enumerate(plan.tasks):
            progress.begin(task.group.words)
            yield number, group_answers(plan.benches[task.table], task.group)
        return
    solved = executed(plan.benches, plan.tasks, workers, client, progress.begin)
    for number, content in solved:
        answers = decoded(content)
        yield number, [a.effects() if isinstance(a, PlainEffects) else a for a in answers]
