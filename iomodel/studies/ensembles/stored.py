"""Ensembles of finished batches, opened from their folders."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from iomodel.errors import OutputError
from iomodel.studies.ensembles.ensemble import Ensemble
from iomodel.studies.ensembles.results import StoredResults
from iomodel.studies.ensembles.stored_effects import StoredEffects
from iomodel.studies.journal.case_list import CaseRecord, read_cases
from iomodel.studies.journal.checkpoint import recorded_batch

__all__ = ["ensemble_of", "open_ensemble"]


def open_ensemble(path: str | os.PathLike[str]) -> Ensemble:
    """Open a finished batch; its numbers stay on disk until they are asked for.

    Parameters
    ----------
    path : path-like
        Folder of the batch, as given to :func:`iomodel.run_batch` or written by ``iomodel batch``.

    Returns
    -------
    Ensemble
        ``dataset`` reads from the Zarr store, ``ensemble[key]`` one case from its file.

    Raises
    ------
    OutputError
        If there is no batch in the folder, it is not finished, or its files are damaged.

    Examples
    --------
    >>> import iomodel as iom
    >>> ensemble = iom.open_ensemble("results/tariffs")  # doctest: +SKIP
    >>> ensemble.dataset["real_income_pct"].sel(region=["USA", "CHN"])  # doctest: +SKIP
    """
    folder = Path(path)
    if not recorded_batch(folder):
        raise OutputError(f"the batch in {folder} is not finished; run it again to go on")
    return ensemble_of(folder, read_cases(folder), StoredResults.of(folder).groups)


def ensemble_of(folder: Path, records: Sequence[CaseRecord], groups: Mapping[str, str]) -> Ensemble:
    """Ensemble of recorded cases whose answers and results lie in a folder."""
    return Ensemble(
        tuple(record.case for record in records),
        StoredEffects.of(folder, records),
        {record.case.key: record.error for record in records if record.error is not None},
        results=StoredResults(folder, groups),
    )
