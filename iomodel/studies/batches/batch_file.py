"""Batch files: YAML with the questions of a batch.

A file holds::

    name: tariffs                          # names the folder of results
    tables: [world-2022, world-2014]       # or one; embedded tables, or paths of .nc files
    scenarios:                             # of the library, or paths of .yaml files
      - us-china-tariff-100
      - {scenario: us-china-tariff-100, set: {rate: 0.5}, name: half}
    models: [equilibrium, leontief]        # optional: by default that of each scenario
    options:                               # optional: a list holds alternatives
      elasticities: [CP, GYY]
      horizon: long
    draws: 10                              # of trade elasticities, or values by option:
    # draws: {elasticities: [3.0, 4.5, 6.0]}
    seed: 1
    keep: [gdp_pct, real_income_pct]       # optional: by default all variables
    exclude:
      - {model: leontief, scenario: half}

It says what :func:`iomodel.run_batch` is told in Python. Paths are relative to the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from iomodel.effects.variables import variable
from iomodel.errors import IOModelError, ScenarioError
from iomodel.models.registry import MODELS
from iomodel.scenario.checks import FieldError
from iomodel.scenario.files import read_nodes
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.yaml_nodes import Node

__all__ = ["BatchFile"]

KEYS = (
    *("name", "tables", "scenarios", "models", "options"),
    *("draws", "seed", "keep", "exclude"),
)
SCENARIO_KEYS = ["scenario", "set", "name"]


@dataclass(frozen=True)
class BatchFile:
    """Questions of a batch as a file has them.

    Attributes
    ----------
    name : str
    tables : tuple of str
        Names of embedded tables or paths.
    scenarios : tuple of Scenario
    models : tuple of str or None
    options : mapping
        Grid.
    draws : int, mapping or None
    seed : int
    keep : tuple of str or None
    exclude : tuple of mapping
    """

    name: str
    tables: tuple[str, ...]
    scenarios: tuple[Scenario, ...]
    models: tuple[str, ...] | None = None
    options: Mapping[str, Any] | None = None
    draws: int | Mapping[str, Any] | None = None
    seed: int = 0
    keep: tuple[str, ...] | None = None
    exclude: tuple[Mapping[str, Any], ...] = ()

    @classmethod
    def read(cls, path: Path) -> BatchFile:
        """Read a batch file, within the bounds of scenario files.

        Raises
        ------
        ScenarioError
            If the file cannot be read or has an error; the message names the file and the line.
        """
        root = read_nodes(path, "batch file")
        root.refuse_unknown("the batch", list(KEYS))
        nodes = root.mapping("a batch file")
        for key in ("name", "tables", "scenarios"):
            if key not in nodes:
                root.fail(f"the batch has no {key}; add them as '{key}: ...'")
        folder = path.parent
        return cls(
            name=_name(nodes["name"]),
            tables=tuple(_beside(folder, text) for text in _texts(nodes["tables"], "tables")),
            scenarios=tuple(_scenario(node, folder) for node in _listed(nodes["scenarios"])),
            models=_models(nodes.get("models")),
            options=_plain_mapping(nodes.get("options"), "options"),
            draws=_draws(nodes.get("draws")),
            seed=_whole(nodes.get("seed"), "seed", 0),
            keep=_keep(nodes.get("keep")),
            exclude=tuple(
                _plain_mapping(node, "an entry of exclude") or {}
                for node in (nodes["exclude"].items("exclude") if "exclude" in nodes else ())
            ),
        )

    @property
    def settings(self) -> dict[str, Any]:
        """Factors of the product for :func:`iomodel.run_batch`."""
        return {
            "models": self.models,
            "options": self.options,
            "draws": self.draws,
            "seed": self.seed,
            "exclude": self.exclude,
        }


# ---------------------------------------------------------------------- helpers
def _name(node: Node) -> str:
    """Name of a batch, which names a folder."""
    text = node.text("name")
    try:
        Scenario((), name=text)
    except FieldError as error:
        node.fail(str(error))
    return text


def _listed(node: Node) -> list[Node]:
    return node.value if isinstance(node.value, list) else [node]


def _texts(node: Node, role: str) -> list[str]:
    texts = [item.text(f"an entry of {role}") for item in _listed(node)]
    if not texts:
        node.fail(f"{role} is an empty list; name at least one")
    return texts


def _beside(folder: Path, text: str) -> str:
    """Path relative to the folder of the file, a name as it is."""
    is_path = text.endswith((".nc", ".yaml", ".yml")) or Path(text).name != text
    return str(folder / text) if is_path else text


def _scenario(node: Node, folder: Path) -> Scenario:
    if isinstance(node.value, str):
        return _loaded(node, node.value, {}, folder)
    node.refuse_unknown("an entry of scenarios", SCENARIO_KEYS)
    entry = node.mapping("an entry of scenarios")
    if "scenario" not in entry:
        node.fail("an entry of scenarios has no scenario; add it as 'scenario: ...'")
    values = _plain_mapping(entry.get("set"), "set") or {}
    scenario = _loaded(node, entry["scenario"].text("scenario"), values, folder)
    if "name" not in entry:
        return scenario
    try:
        return replace(scenario, name=entry["name"].text("name"))
    except FieldError as error:
        entry["name"].fail(str(error))


def _loaded(node: Node, name: str, values: Mapping[str, Any], folder: Path) -> Scenario:
    try:
        return Scenario.load(_beside(folder, name), **values)
    except ScenarioError as error:
        node.fail(str(error))


def _models(node: Node | None) -> tuple[str, ...] | None:
    if node is None:
        return None
    names = _texts(node, "models")
    for item in _listed(node):
        if item.value not in MODELS:
            item.fail(f"unknown model {item.value!r}; valid: {', '.join(MODELS)}")
    return tuple(names)


def _plain_mapping(node: Node | None, role: str) -> dict[str, Any] | None:
    if node is None:
        return None
    return {key: value.plain() for key, value in node.mapping(role).items()}


def _draws(node: Node | None) -> int | dict[str, Any] | None:
    if node is None:
        return None
    if isinstance(node.value, dict):
        for key, values in node.value.items():
            values.items(f"draws of {key}")
        return _plain_mapping(node, "draws")
    count = _whole(node, "draws", 0)
    if count < 1:
        node.fail(f"draws is {count}; give one or more, or a mapping of options to values")
    return count


def _whole(node: Node | None, role: str, default: int) -> int:
    if node is None:
        return default
    if not isinstance(node.value, int) or isinstance(node.value, bool) or node.value < 0:
        node.fail(f"{role} is {node.plain()!r}; give a whole number, zero or more")
    return node.value


def _keep(node: Node | None) -> tuple[str, ...] | None:
    if node is None:
        return None
    for item in _listed(node):
        try:
            variable(item.text("an entry of keep"))
        except IOModelError as error:
            item.fail(str(error))
    return tuple(_texts(node, "keep"))
