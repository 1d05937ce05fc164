"""List of the cases of a batch in its folder: every question with its fate, as Parquet."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from iomodel.errors import IOModelError, OutputError
from iomodel.models.option_records import restored
from iomodel.scenario.files import read_text
from iomodel.scenario.scenario import Scenario
from iomodel.studies.case import Case
from iomodel.studies.journal.answers import refusal

__all__ = ["CASES", "CaseRecord", "RecordedOptions", "read_cases", "write_cases"]

CASES = "cases.parquet"
ANSWERED, REFUSED = "answered", "refused"


class CaseRecord(NamedTuple):
    """A case with its fate.

    Attributes
    ----------
    case : Case
    options : str
        All options of the run as JSON, empty where they were refused.
    group : str
        Identity of the group of answers that holds its own, empty without one.
    position : int
        Place among the answers of the group.
    error : IOModelError or None
    """

    case: Case
    options: str
    group: str
    position: int
    error: IOModelError | None


class RecordedOptions(Mapping[str, Any]):
    """Options of a recorded case, read when they are asked for."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _values(self) -> dict[str, Any]:
        return restored(json.loads(self._text)) if self._text else {}

    def __getitem__(self, name: str) -> Any:
        """Return the value of an option."""
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        """Names of the options."""
        return iter(self._values)

    def __len__(self) -> int:
        """Return the number of options."""
        return len(self._values)


def write_cases(folder: Path, records: Sequence[CaseRecord]) -> None:
    """Write the list of cases to a folder.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    import pyarrow as pa  # type: ignore[import-untyped]
    import pyarrow.parquet as parquet  # type: ignore[import-untyped]

    cases = [record.case for record in records]
    errors = [record.error for record in records]
    columns: dict[str, list[Any]] = {
        "key": [case.key for case in cases],
        "table": [case.table for case in cases],
        "scenario": [case.scenario.name for case in cases],
        "model": [case.model for case in cases],
        "case": [case.point or case.label for case in cases],
        "draw": [case.draw for case in cases],
        "fate": [ANSWERED if error is None else REFUSED for error in errors],
        "sentence": ["" if error is None else str(error) for error in errors],
        "error": ["" if error is None else type(error).__name__ for error in errors],
        "label": [case.label for case in cases],
        "point": [case.point for case in cases],
        "family": [case.family for case in cases],
        "detailed": [case.detailed for case in cases],
        "group": [record.group for record in records],
        "position": [record.position for record in records],
        "options": [record.options for record in records],
        "scenario_text": _texts(cases),
    }
    types = {"draw": pa.int64(), "position": pa.int64(), "detailed": pa.bool_()}
    schema = pa.schema([(name, types.get(name, pa.string())) for name in columns])
    parquet.write_table(pa.table(columns, schema=schema), folder / CASES, compression="zstd")


def read_cases(folder: Path) -> list[CaseRecord]:
    """Read the list of cases of a folder.

    Raises
    ------
    OutputError
        If it is missing or damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as parquet

    path = folder / CASES
    try:
        rows = parquet.read_table(path).to_pylist()
        scenarios = {
            text: read_text(text, Scenario, CASES).fill()
            for text in dict.fromkeys(row["scenario_text"] for row in rows)
        }
        return [_record(row, scenarios) for row in rows]
    except (OSError, pa.ArrowException, KeyError, TypeError) as error:
        raise OutputError(
            f"cannot read {path}: it is missing or damaged; run the batch again"
        ) from error


# ---------------------------------------------------------------------- helpers
def _texts(cases: Sequence[Case]) -> list[str]:
    """Text of the scenario of each case, made once for each."""
    texts: dict[int, str] = {}
    for case in cases:
        if id(case.scenario) not in texts:
            texts[id(case.scenario)] = case.scenario.to_yaml()
    return [texts[id(case.scenario)] for case in cases]


def _record(row: Mapping[str, Any], scenarios: Mapping[str, Scenario]) -> CaseRecord:
    case = Case(
        label=row["label"],
        scenario=scenarios[row["scenario_text"]],
        model=row["model"],
        options=RecordedOptions(row["options"]),
        family=row["family"],
        draw=row["draw"],
        detailed=row["detailed"],
        table=row["table"],
        point=row["point"],
    )
    error = refusal(row["error"], row["sentence"]) if row["fate"] == REFUSED else None
    return CaseRecord(case, row["options"], row["group"], row["position"], error)
