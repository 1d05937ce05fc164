"""Scenario files: YAML in and out.

A file holds::

    name: my-policy                 # required; the other keys are optional
    title: One line
    theme: US duties
    description: What it stands for.
    sources: [BibKey, free text]
    dates: {announced: 2025-10-10, effective: 2025-11-01, expires: 2026-11-10}
    rates: statutory                # or average, effective, collected
    notes: [A sentence for the reader of results.]
    groups:
      regions: {friends: [JPN, South Korea, EU27]}
      sectors: {batteries: [C20, C27]}
    parameters: {rate: 1.0, retaliation: false}
    variants:
      my-policy-with-answer: {retaliation: true, title: With an answer}
    shocks:
      - tariff: {importer: USA, exporter: CHN, sectors: goods, rate: $rate}
      - tariff: {importer: CHN, exporter: USA, sectors: goods, rate: $rate}
        when: $retaliation

``$name`` stands for the parameter of that name (``$$`` for a dollar sign at the beginning of a
text), and a shock whose `when` is false is left out. A name under `groups` stands wherever a region
or a sector stands in this file, as the built-in groups do; it may not be the name of one of these,
of a country, or of a label of the table. A shock may have a `start` and an `end`, the
first and the last day on which it is in force; several in a row are the steps of a policy in time
(:mod:`iomodel.scenario.timeline`). A file written by :func:`dump` has `settings`, the parameter
values of its scenario, in place of parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from iomodel.errors import ScenarioError
from iomodel.scenario.checks import FieldError
from iomodel.scenario.fields import AnyScenario, Dates, ScenarioFields
from iomodel.scenario.own_groups import OwnGroups
from iomodel.scenario.template import Template
from iomodel.scenario.yaml_nodes import MAX_CHARACTERS, Node, parse, to_text

__all__ = ["dump", "read_file", "read_nodes", "read_text"]

KEYS = [
    "name",
    "title",
    "theme",
    "description",
    "sources",
    "dates",
    "rates",
    "notes",
    "groups",
    "parameters",
    "settings",
    "variants",
    "shocks",
]


def read_file(path: Path, kind: type[AnyScenario]) -> Template[AnyScenario]:
    """Read a scenario file.

    Parameters
    ----------
    path : pathlib.Path
        A YAML file.
    kind : type
        Class of the scenarios, :class:`iomodel.Scenario`.

    Returns
    -------
    Template

    Raises
    ------
    ScenarioError
        If the file cannot be read or has an error; the message names the file and the line.
    """
    return read_text(_file_text(path, "scenario file"), kind, path.name)


def read_nodes(path: Path, role: str) -> Node:
    """Read a YAML file of another kind within the bounds of scenario files.

    Parameters
    ----------
    path : pathlib.Path
    role : str
        Kind of the file, for messages.

    Raises
    ------
    ScenarioError
        If it cannot be read or is no YAML within bounds; the message names the file and the line.
    """
    return parse(_file_text(path, role), path.name)


def _file_text(path: Path, role: str) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            # One character too many is enough to refuse it.
            return file.read(MAX_CHARACTERS + 1)
    except OSError as error:
        raise ScenarioError(f"cannot read {role} {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{path.name} is no text in UTF-8, so no {role}") from error


def read_text(
    text: str, kind: type[AnyScenario], file: str = "scenario.yaml"
) -> Template[AnyScenario]:
    """Read the text of a scenario file.

    Parameters
    ----------
    text : str
        YAML.
    kind : type
        Class of the scenarios, :class:`iomodel.Scenario`.
    file : str
        Its name, for messages.

    Returns
    -------
    Template

    Raises
    ------
    ScenarioError
        For an unknown or duplicate key, a wrong type, an unknown shock or parameter, or a parameter
        that no shock uses; the message names the file and the line.
    """
    root = parse(text, file)
    root.refuse_unknown("the scenario", KEYS)
    nodes = root.mapping("a scenario file")
    if "name" not in nodes:
        root.fail("the scenario has no name; add one as 'name: ...'")
    single = ("name", "title", "theme", "description", "rates")
    texts: dict[str, Any] = {key: nodes[key].text(key) for key in single if key in nodes}
    for key in ("sources", "notes"):
        if key in nodes:
            texts[key] = tuple(_texts(nodes[key], key))
    try:
        plain = kind(
            **texts,
            dates=_dates(nodes),
            settings=_mapping(nodes, "settings"),
            groups=_own_groups(nodes),
        )
    except FieldError as error:
        root.fail(str(error), error.field)
    template = Template(
        file=file,
        plain=plain,
        parameters=_mapping(nodes, "parameters"),
        variants=_variants(nodes, plain.name),
        shock_nodes=tuple(nodes["shocks"].items("shocks")) if "shocks" in nodes else (),
    )
    _check_use(root, nodes, template)
    for name in template.names:
        template.fill(name)
    return template


def dump(scenario: ScenarioFields) -> str:
    """Text of a scenario file.

    Parameters
    ----------
    scenario : Scenario
        Any scenario.

    Returns
    -------
    str
        YAML; reading it gives an equal scenario.
    """
    content: dict[str, Any] = {"name": scenario.name}
    for key in ("title", "theme", "description", "rates"):
        if getattr(scenario, key):
            content[key] = getattr(scenario, key)
    for key in ("sources", "notes"):
        if getattr(scenario, key):
            content[key] = list(getattr(scenario, key))
    if scenario.dates:
        pairs = ((item.name, getattr(scenario.dates, item.name)) for item in fields(Dates))
        content["dates"] = {name: date for name, date in pairs if date is not None}
    if scenario.groups:
        content["groups"] = scenario.groups.to_dict()
    if scenario.settings:
        content["settings"] = {k: _listed(v) for k, v in scenario.settings.items()}
    if scenario.shocks:
        content["shocks"] = [{s.kind: _escaped(s.to_dict())} for s in scenario.shocks]
    return to_text(content)


# ---------------------------------------------------------------------- parts of a file
def _texts(node: Node, key: str) -> list[str]:
    if isinstance(node.value, str):
        return [node.value]
    return [item.text(f"an entry of {key}") for item in node.items(key)]


def _dates(nodes: Mapping[str, Node]) -> Dates:
    if "dates" not in nodes:
        return Dates()
    node = nodes["dates"]
    node.refuse_unknown("dates", [item.name for item in fields(Dates)])
    try:
        return Dates(**node.plain())
    except FieldError as error:
        node.fail(str(error), error.field)


def _own_groups(nodes: Mapping[str, Node]) -> OwnGroups:
    if "groups" not in nodes:
        return OwnGroups()
    node = nodes["groups"]
    node.refuse_unknown("groups", [item.name for item in fields(OwnGroups)])
    try:
        return OwnGroups(**node.plain())
    except FieldError as error:
        node.fail(f"groups: {error}", error.field)


def _mapping(nodes: Mapping[str, Node], key: str) -> dict[str, Any]:
    if key not in nodes:
        return {}
    return {name: node.plain() for name, node in nodes[key].mapping(key).items()}


def _variants(nodes: Mapping[str, Node], scenario: str) -> dict[str, dict[str, Any]]:
    if "variants" not in nodes:
        return {}
    node = nodes["variants"]
    valid = ["title", *_mapping(nodes, "parameters")]
    variants = node.mapping("variants")
    for name, values in variants.items():
        values.refuse_unknown(f"variant {name!r}", valid)
        if name == scenario:
            node.fail(f"variant {name!r} has the name of the scenario itself", name)
        if "title" in values.mapping(name):
            values.mapping(name)["title"].text("title")
    return {name: values.plain() for name, values in variants.items()}


def _check_use(root: Node, nodes: Mapping[str, Node], template: Template[Any]) -> None:
    """Fail for a parameter that no shock uses: to set it would silently do nothing."""
    for name in template.parameters:
        if name not in template.used_parameters:
            nodes["parameters"].fail(f"no shock uses the parameter {name!r}", name)


def _listed(value: Any) -> Any:
    return [_listed(v) for v in value] if isinstance(value, tuple | list) else value


def _escaped(value: Any) -> Any:
    """Text with its first dollar sign doubled, so that it is not read as a parameter."""
    if isinstance(value, dict):
        return {key: _escaped(v) for key, v in value.items()}
    if isinstance(value, list):
        return [_escaped(v) for v in value]
    return f"${value}" if isinstance(value, str) and value.startswith("$") else value
