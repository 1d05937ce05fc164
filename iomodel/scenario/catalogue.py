"""The library of scenarios: the files in ``library`` beside this one, and their variants."""

from __future__ import annotations

import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iomodel.errors import ScenarioError
from iomodel.scenario.fields import AnyScenario, ScenarioFields
from iomodel.scenario.files import read_file
from iomodel.scenario.template import Template

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["load", "scenario_names", "scenarios"]


def scenarios() -> pd.DataFrame:
    """List the scenarios of the library, variants included.

    Returns
    -------
    pandas.DataFrame
        Columns: name, theme, title, kinds (of policy), announced, effective, expires, rates,
        sources, parameters (names and values).
    """
    import pandas as pd

    rows = []
    for template in _templates(ScenarioFields):
        for name in template.names:
            scenario = template.fill(name)
            rows.append(
                {
                    "name": name,
                    "theme": scenario.theme,
                    "title": scenario.title,
                    "kinds": ", ".join(sorted(scenario.kinds)),
                    "announced": scenario.dates.announced,
                    "effective": scenario.dates.effective,
                    "expires": scenario.dates.expires,
                    "rates": scenario.rates,
                    "sources": "; ".join(scenario.sources),
                    "parameters": ", ".join(f"{k}={v}" for k, v in scenario.settings.items()),
                }
            )
    return pd.DataFrame(rows)


def scenario_names() -> list[str]:
    """Names of the library's scenarios, variants included."""
    return [name for template in _templates(ScenarioFields) for name in template.names]


def load(
    name_or_path: str | os.PathLike[str], parameters: Mapping[str, Any], kind: type[AnyScenario]
) -> AnyScenario:
    """Read a scenario of the library or a file; see :meth:`Scenario.load`."""
    text = os.fspath(name_or_path)
    is_path = not isinstance(name_or_path, str) or text.endswith((".yaml", ".yml"))
    if is_path or os.sep in text:
        path = Path(text)
        if not path.is_file():
            raise ScenarioError(
                f"no scenario file {text!r}; give the path of a file, or a name that "
                "iom.scenarios() lists"
            )
        return read_file(path, kind).fill(parameters=parameters)
    # A variant is named after its scenario: the files whose names begin the text are read first.
    for path in sorted(_files(), key=lambda path: not text.startswith(path.stem)):
        template = read_file(path, kind)
        if text in template.names:
            return template.fill(text, parameters)
    names = scenario_names()
    matches = get_close_matches(text, names, n=1)
    hint = f" (did you mean {matches[0]!r}?)" if matches else ""
    raise ScenarioError(
        f"unknown scenario {text!r}{hint}; valid: {', '.join(names)}; or give the path of a "
        ".yaml file"
    )


def _templates(kind: type[AnyScenario]) -> list[Template[AnyScenario]]:
    return [read_file(path, kind) for path in _files()]


def _files() -> list[Path]:
    """Files of the library in the order of their names."""
    return sorted(Path(__file__).with_name("library").glob("*.yaml"))
