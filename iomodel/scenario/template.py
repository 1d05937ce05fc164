"""Template of a scenario file: parameters, variants, and shocks to be filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Generic

from iomodel.errors import ScenarioError
from iomodel.scenario.checks import FieldError
from iomodel.scenario.fields import AnyScenario
from iomodel.scenario.shock import Shock
from iomodel.scenario.shocks import SHOCKS
from iomodel.scenario.yaml_nodes import Node

__all__ = ["Template"]


@dataclass(frozen=True)
class Template(Generic[AnyScenario]):
    """A scenario file with parameters that take values.

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
    plain: AnyScenario
    parameters: dict[str, Any]
    variants: dict[str, dict[str, Any]]
    shock_nodes: tuple[Node, ...]

    @property
    def names(self) -> list[str]:
        """Names of the scenarios in the file: its own and those of the variants."""
        return [self.plain.name, *self.variants]

    def fill(
        self, name: str | None = None, parameters: Mapping[str, Any] | None = None
    ) -> AnyScenario:
        """Scenario of the file for values of its parameters.

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
        arguments = dict(parameters or {})
        for key in arguments:
            if key not in self.parameters:
                valid = ", ".join(self.parameters) or "none"
                raise ScenarioError(
                    f"unknown parameter {key!r} of scenario {self.plain.name!r}; "
                    f"valid parameters: {valid}"
                )
        variant = dict(self.variants.get(name, {})) if name else {}
        title = variant.pop("title", self.plain.title)
        values = {**self.parameters, **variant, **arguments}
        filling = _Filling(values)
        pairs = [filling.shock(node) for node in self.shock_nodes]
        active = [(shock, origin) for shock, origin in pairs if shock is not None]
        return replace(
            self.plain,
            name=name or self.plain.name,
            title=title,
            shocks=tuple(shock for shock, _ in active),
            origins=tuple(origin for _, origin in active),
            settings={**self.plain.settings, **values},
        )

    @property
    def used_parameters(self) -> set[str]:
        """Names of the parameters in the shocks."""
        return {name for node in self.shock_nodes for name in _references(node)}


# ---------------------------------------------------------------------- helpers
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
        """Shock, or None where its `when` is false, and its place in the file."""
        entries = node.mapping("a shock")
        origin = f"{node.file}, line {node.line}"
        kinds = [key for key in entries if key != "when"]
        valid = ", ".join(SHOCKS)
        if len(kinds) != 1:
            node.fail(f"a shock must have exactly one kind, and has {len(kinds)}; valid: {valid}")
        kind = kinds[0]
        if kind not in SHOCKS:
            node.fail(f"unknown shock {kind!r}; valid shocks: {valid}", kind)
        if not self._is_active(entries):
            return None, origin
        return self._make(SHOCKS[kind], kind, entries[kind]), origin

    def _is_active(self, entries: Mapping[str, Node]) -> bool:
        if "when" not in entries:
            return True
        condition = self.value(entries["when"])
        if not isinstance(condition, bool):
            entries["when"].fail(f"when is {condition!r}; give true, false or a parameter that is")
        return condition

    def _make(self, cls: type[Shock], kind: str, node: Node) -> Shock:
        # The two dates come last in a message: every shock has them and few use them.
        items = sorted(fields(cls), key=lambda item: item.name in ("start", "end"))
        node.refuse_unknown(kind, [item.name for item in items])
        entries = node.mapping(kind)
        for item in items:
            required = item.default is item.default_factory  # MISSING twice
            if required and item.name not in entries:
                node.fail(f"{kind} needs the key {item.name!r}")
        values = {key: self.value(entry) for key, entry in entries.items()}
        try:
            return cls(**values)
        except FieldError as error:
            node.fail(f"{kind}: {error}", error.field)

    def value(self, node: Node) -> Any:
        """Value of a node, with parameters filled in."""
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
