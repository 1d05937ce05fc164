"""Scenario files: YAML in and out.

A file holds::

    name: my-policy                 # required; the other keys are optional
    title: One line
    description: What it stands for.
    sources: [BibKey, free text]
    dates: {announced: 2025-10-10, effective: 2025-11-01, expires: 2026-11-10}
    rates: statutory                # or average, or effective
    notes: [A sentence for the reader of results.]
    parameters: {rate: 1.0, retaliation: false}
    variants:
      my-policy-with-answer: {retaliation: true, title: With an answer}
    shocks:
      - tariff: {importer: USA, exporter: CHN, sectors: goods, rate: $rate}
      - tariff: {importer: CHN, exporter: USA, sectors: goods, rate: $rate}
        when: $retaliation

``$name`` stands for the parameter of that name (``$$`` for a dollar sign at the beginning of a
text), and a shock whose `when` is false is left out. A shock may have a `start` and
an `end`; several in a row are the steps of a policy in time (:mod:`iomodel.scenario.timeline`). A
file written by :func:`dump` has `settings`, the parameter values with which its scenario was read,
in place of parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from iomodel.errors import ScenarioError
from iomodel.scenario.checks import FieldError
from iomodel.scenario.scenario import Dates, Scenario
from iomodel.scenario.shocks import SHOCKS, Shock
from iomodel.scenario.yaml_nodes import Node, parse, to_text

__all__ = ["Template", "dump", "read_file", "read_text"]

KEYS = [
    "name",
    "title",
    "description",
    "sources",
    "dates",
    "rates",
    "notes",
    "parameters",
    "settings",
    "variants",
    "shocks",
]


@dataclass(frozen=True)
class Template:
    """A scenario file: with values for its parameters it gives a scenario.

    Attributes
    ----------
    file : str
        Name of the file, for messages.
    plain : Scenario
        The scenario without shocks: name, title, sources, dates and so on.
    parameters : dict of str to object
        Names and default values.
    variants : dict of str to dict
        Names of further scenarios and the parameter values that make them; `title` is theirs.
    shock_nodes : tuple of Node
        The shocks, not yet filled in.
    """

    file: str
    plain: Scenario
    parameters: dict[str, Any]
    variants: dict[str, dict[str, Any]]
    shock_nodes: tuple[Node, ...]

    @property
    def names(self) -> list[str]:
        """Names of the scenarios in the file: its own and those of the variants."""
        return [self.plain.name, *self.variants]

    def fill(
        self, name: str | None = None, parameters: Mapping[str, Any] | None = None
    ) -> Scenario:
        """Return a scenario of the file.

        Parameters
        ----------
        name : str, optional
            The file's own name or that of a variant. Default: the file's own.
        parameters : mapping of str to object, optional
            Values that replace the defaults and those of the variant.

        Returns
        -------
        Scenario

        Raises
        ------
        ScenarioError
            If a parameter is unknown or a shock cannot be made from the values.
        """
        given = dict(parameters or {})
        for key in given:
            if key not in self.parameters:
                valid = ", ".join(self.parameters) or "none"
                raise ScenarioError(
                    f"unknown parameter {key!r} of scenario {self.plain.name!r}; "
                    f"valid parameters: {valid}"
                )
        variant = dict(self.variants.get(name, {})) if name else {}
        title = variant.pop("title", self.plain.title)
        values = {**self.parameters, **variant, **given}
        filling = _Filling(values)
        made = [filling.shock(node) for node in self.shock_nodes]
        kept = [(shock, origin) for shock, origin in made if shock is not None]
        return replace(
            self.plain,
            name=name or self.plain.name,
            title=title,
            shocks=tuple(shock for shock, _ in kept),
            origins=tuple(origin for _, origin in kept),
            settings={**self.plain.settings, **values},
        )


def read_file(path: Path) -> Template:
    """Read a scenario file.

    Parameters
    ----------
    path : pathlib.Path
        A YAML file.

    Returns
    -------
    Template

    Raises
    ------
    ScenarioError
        If the file cannot be read or has an error; the message names the file and the line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ScenarioError(f"cannot read scenario file {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{path.name} is no text in UTF-8, so no scenario file") from error
    return read_text(text, path.name)


def read_text(text: str, file: str = "scenario.yaml") -> Template:
    """Read the text of a scenario file.

    Parameters
    ----------
    text : str
        YAML.
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
    single = ("name", "title", "description", "rates")
    words: dict[str, Any] = {key: nodes[key].text(key) for key in single if key in nodes}
    for key in ("sources", "notes"):
        if key in nodes:
            words[key] = tuple(_texts(nodes[key], key))
    try:
        plain = Scenario(**words, dates=_dates(nodes), settings=_mapping(nodes, "settings"))
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


def dump(scenario: Scenario) -> str:
    """Return a scenario as the text of a file.

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
    for key in ("title", "description", "rates"):
        if getattr(scenario, key):
            content[key] = getattr(scenario, key)
    for key in ("sources", "notes"):
        if getattr(scenario, key):
            content[key] = list(getattr(scenario, key))
    if scenario.dates:
        pairs = ((item.name, getattr(scenario.dates, item.name)) for item in fields(Dates))
        content["dates"] = {name: date for name, date in pairs if date is not None}
    if scenario.settings:
        content["settings"] = {k: _listed(v) for k, v in scenario.settings.items()}
    if scenario.shocks:
        content["shocks"] = [{s.kind: _escaped(s.to_dict())} for s in scenario.shocks]
    return to_text(content)


# ---------------------------------------------------------------------- parts of a file
def _texts(node: Node, what: str) -> list[str]:
    if isinstance(node.value, str):
        return [node.value]
    return [item.text(f"an entry of {what}") for item in node.items(what)]


def _dates(nodes: Mapping[str, Node]) -> Dates:
    if "dates" not in nodes:
        return Dates()
    node = nodes["dates"]
    node.refuse_unknown("dates", [item.name for item in fields(Dates)])
    try:
        return Dates(**node.plain())
    except FieldError as error:
        node.fail(str(error), error.field)


def _mapping(nodes: Mapping[str, Node], key: str) -> dict[str, Any]:
    if key not in nodes:
        return {}
    return {name: node.plain() for name, node in nodes[key].mapping(key).items()}


def _variants(nodes: Mapping[str, Node], own: str) -> dict[str, dict[str, Any]]:
    if "variants" not in nodes:
        return {}
    node = nodes["variants"]
    valid = ["title", *_mapping(nodes, "parameters")]
    found = node.mapping("variants")
    for name, values in found.items():
        values.refuse_unknown(f"variant {name!r}", valid)
        if name == own:
            node.fail(f"variant {name!r} has the name of the scenario itself", name)
        if "title" in values.mapping(name):
            values.mapping(name)["title"].text("title")
    return {name: values.plain() for name, values in found.items()}


def _check_use(root: Node, nodes: Mapping[str, Node], template: Template) -> None:
    """Fail for a parameter that no shock uses: to set it would silently do nothing."""
    used = {name for node in template.shock_nodes for name in _references(node)}
    for name in template.parameters:
        if name not in used:
            nodes["parameters"].fail(f"no shock uses the parameter {name!r}", name)


def _references(node: Node) -> set[str]:
    if isinstance(node.value, dict):
        return {name for item in node.value.values() for name in _references(item)}
    if isinstance(node.value, list):
        return {name for item in node.value for name in _references(item)}
    text = node.value
    is_reference = isinstance(text, str) and text.startswith("$") and not text.startswith("$$")
    return {text[1:]} if is_reference else set()


@dataclass(frozen=True)
class _Filling:
    """Parameter values, to be put into shocks."""

    values: Mapping[str, Any] = field(default_factory=dict)

    def shock(self, node: Node) -> tuple[Shock | None, str]:
        """Return a shock, or None where its `when` is false, and its place."""
        parts = node.mapping("a shock")
        origin = f"{node.file}, line {node.line}"
        kinds = [key for key in parts if key != "when"]
        valid = ", ".join(SHOCKS)
        if len(kinds) != 1:
            node.fail(f"a shock must have exactly one kind, and has {len(kinds)}; valid: {valid}")
        kind = kinds[0]
        if kind not in SHOCKS:
            node.fail(f"unknown shock {kind!r}; valid shocks: {valid}", kind)
        if not self._wanted(parts):
            return None, origin
        return self._make(SHOCKS[kind], kind, parts[kind]), origin

    def _wanted(self, parts: Mapping[str, Node]) -> bool:
        if "when" not in parts:
            return True
        wanted = self.value(parts["when"])
        if not isinstance(wanted, bool):
            parts["when"].fail(f"when is {wanted!r}; give true, false or a parameter that is")
        return wanted

    def _make(self, cls: type[Shock], kind: str, node: Node) -> Shock:
        # The two dates come last in a message: every shock has them and few use them.
        items = sorted(fields(cls), key=lambda item: item.name in ("start", "end"))
        node.refuse_unknown(kind, [item.name for item in items])
        parts = node.mapping(kind)
        for item in items:
            required = item.default is item.default_factory  # both MISSING
            if required and item.name not in parts:
                node.fail(f"{kind} needs the key {item.name!r}")
        values = {key: self.value(part) for key, part in parts.items()}
        try:
            return cls(**values)
        except FieldError as error:
            node.fail(f"{kind}: {error}", error.field)

    def value(self, node: Node) -> Any:
        """Return a value without places, with parameters filled in."""
        if isinstance(node.value, list):
            return [self.value(item) for item in node.value]
        if isinstance(node.value, dict):
            return {key: self.value(item) for key, item in node.value.items()}
        text = node.value
        if not isinstance(text, str) or not text.startswith("$"):
            return text
        if text.startswith("$$"):
            return text[1:]
        if text[1:] not in self.values:
            valid = ", ".join(self.values) or "none"
            node.fail(f"unknown parameter {text!r}; valid parameters: {valid}")
        return self.values[text[1:]]


# ---------------------------------------------------------------------- writing
def _listed(value: Any) -> Any:
    return [_listed(v) for v in value] if isinstance(value, tuple | list) else value


def _escaped(value: Any) -> Any:
    """Double the dollar sign at the beginning of a text, which would be read as a parameter."""
    if isinstance(value, dict):
        return {key: _escaped(v) for key, v in value.items()}
    if isinstance(value, list):
        return [_escaped(v) for v in value]
    return f"${value}" if isinstance(value, str) and value.startswith("$") else value
