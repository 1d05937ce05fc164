"""Reading of files in a process of its own: one line of JSON for each, for :mod:`.checks.files`.

``python -m tests.campaign.reading KIND PATH ...`` says of every path: read, with a digest of the
content, refused, with the sentence, or the class of another error.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable

from iomodel.effects import Effects
from iomodel.errors import IOModelError
from iomodel.fingerprint import fingerprint
from iomodel.scenario.scenario import Scenario
from iomodel.table.catalogue import load

__all__ = ["READERS"]


def _effects_digest(path: str) -> str:
    dataset = Effects.from_netcdf(path).dataset.load()
    variables = {str(name): dataset[name].values for name in sorted(map(str, dataset.variables))}
    return fingerprint(
        *(value.tolist() if value.dtype == object else value for value in variables.values()),
        {str(k): str(v) for k, v in dataset.attrs.items()},
    )


READERS: dict[str, Callable[[str], str]] = {
    "table": lambda path: load(path).fingerprint,
    "effects": _effects_digest,
    "scenario": lambda path: Scenario.load(path).fingerprint,
}


def _main(kind: str, paths: list[str]) -> None:
    warnings.simplefilter("ignore")
    for path in paths:
        try:
            record = {"read": READERS[kind](path)}
        except IOModelError as error:
            record = {"refused": str(error)}
        except Exception as error:
            record = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(record), flush=True)


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2:])
