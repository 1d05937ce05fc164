"""YAML nodes with their lines, so that every error names its place."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import yaml

from iomodel.errors import ScenarioError

__all__ = ["MAX_CHARACTERS", "Node", "parse", "to_text"]

# YAML 1.1, which PyYAML follows, reads 1e-3 as text for want of a dot, and 010 as eight, 1_000 as a
# thousand, 1:30 as ninety, NO (Norway) and off as false, and a title such as 2025-10-10 as a date.
# Here decimal and scientific numbers are numbers and true and false truth values; a date is text
# until a field asks for one.
_INT = re.compile(r"^[-+]?(0|[1-9][0-9]*)$")
_EXPONENT = re.compile(r"^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)[eE][-+]?[0-9]+$")
_FLOAT = re.compile(r"^([-+]?([0-9]+\.[0-9]*|\.[0-9]+|\.(inf|Inf|INF))|\.(nan|NaN|NAN))$")
_TRUTH = re.compile(r"^(true|True|TRUE|false|False|FALSE)$")
_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
_BOOL, _DATE = "tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp"
# Sign of a default value in YAML 1.1, and of nothing in a scenario.
_VALUE = "tag:yaml.org,2002:value"
_FIRST = list("-+.0123456789")
_LINE_BREAKS = re.compile("[\x85\u2028\u2029]")


# Bounds of a file that somebody else may have written; ours are far inside.
MAX_CHARACTERS, MAX_DEPTH, MAX_VALUES, MAX_DIGITS = 1_000_000, 20, 100_000, 30
_DIGITS = re.compile(r"^[-+.0-9eE_]+$")


class _BeyondBounds(Exception):
    """A document that is too deep or too long: the sentence and the line."""

    def __init__(self, problem: str, line: int) -> None:
        super().__init__(problem)
        self.line = line


class _Loader(yaml.SafeLoader):
    """Reads numbers, truth values and dates as people write them, and all within bounds."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._depth = self._values = 0
        # Values and levels under each anchor, by the identity of its node.
        self._extents: dict[int, tuple[int, int]] = {}
        self._deepest = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Compose a node and count it; a node behind an alias counts each time it stands."""
        mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
        if self.check_event(yaml.AliasEvent):
            node = super().compose_node(parent, index)
            values, levels = self._extents.get(id(node), (1, 1))
            self._count(values, self._depth + levels, mark)
            return node
        self._depth += 1
        outer, self._deepest = self._deepest, self._depth
        before = self._values
        self._count(1, self._depth, mark)
        node = super().compose_node(parent, index)
        self._extents[id(node)] = (self._values - before, self._deepest - self._depth + 1)
        self._deepest = max(outer, self._deepest)
        self._depth -= 1
        return node

    def _count(self, values: int, depth: int, mark: Any) -> None:
        self._values += values
        self._deepest = max(self._deepest, depth)
        if depth > MAX_DEPTH:
            problem = f"lists and mappings in more than {MAX_DEPTH} levels"
        elif self._values > MAX_VALUES:
            problem = f"more than {MAX_VALUES:,} values, those behind an alias counted each time"
        else:
            return
        raise _BeyondBounds(problem, mark.line + 1)

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:
        """Return the tag of a node; a long scalar is text, for patterns of numbers take long."""
        if kind is yaml.ScalarNode and len(value) > MAX_DIGITS and implicit[0]:
            return str(self.DEFAULT_SCALAR_TAG)
        tag: str = super().resolve(kind, value, implicit)  # type: ignore[no-untyped-call]
        return tag


class _Dumper(yaml.SafeDumper):
    """Quotes a text that the loader would read as a number or fold as a line break; no aliases."""

    def ignore_aliases(self, data: object) -> bool:
        """Write a value that stands in two places, such as a date, twice."""
        return True


_Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in forms if tag not in (*_NUMBERS, _BOOL, _DATE, _VALUE)]
    for first, forms in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
# Dates and texts alike are written without quotes; what YAML 1.1 would take for numbers or truth
# values is quoted, so that other programs read it as we do.
_Dumper.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in forms if tag != _DATE]
    for first, forms in yaml.SafeDumper.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(_BOOL, _TRUTH, list("tTfF"))
_Loader.add_implicit_resolver(_NUMBERS[0], _INT, _FIRST)
_Loader.add_implicit_resolver(_NUMBERS[1], _FLOAT, _FIRST)
for _class in (_Loader, _Dumper):
    _class.add_implicit_resolver(_NUMBERS[1], _EXPONENT, _FIRST)


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if _LINE_BREAKS.search(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _represent_date(dumper: yaml.SafeDumper, date: dt.date) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", date.isoformat())


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(dt.date, _represent_date)


@dataclass(frozen=True)
class Node:
    """A value of a YAML file with its place.

    Attributes
    ----------
    value : object
        A scalar, a list of nodes, or a dictionary of nodes.
    line : int
        Line of the value, from 1.
    file : str
        Name of the file, for messages.
    lines : dict of str to int
        For a dictionary, the line of each key.
    """

    value: Any
    line: int
    file: str
    lines: Mapping[str, int] = field(default_factory=dict)

    def fail(self, problem: str, key: str | None = None) -> NoReturn:
        """Raise a ScenarioError that begins with file and line."""
        line = self.line if key is None else self.lines.get(key, self.line)
        raise ScenarioError(f"{self.file}, line {line}: {problem}")

    def mapping(self, role: str) -> dict[str, Node]:
        """Nodes of a dictionary, or an error."""
        if not isinstance(self.value, dict):
            self.fail(f"{role} must be a mapping of names to values")
        return self.value

    def items(self, role: str) -> list[Node]:
        """Nodes of a list, or an error."""
        if not isinstance(self.value, list):
            self.fail(f"{role} must be a list")
        return self.value

    def text(self, role: str) -> str:
        """Text, or an error."""
        if not isinstance(self.value, str):
            self.fail(f"{role} is {self.plain()!r}; give text")
        return self.value

    def plain(self) -> Any:
        """Value without places."""
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        return self.value

    def refuse_unknown(self, role: str, valid: Iterator[str] | list[str]) -> None:
        """Fail at the first key that is not among the valid ones."""
        names = list(valid)
        for key in self.mapping(role):
            if key not in names:
                self.fail(f"unknown key {key!r} in {role}; valid keys: {', '.join(names)}", key)


def parse(text: str, file: str) -> Node:
    """Read one YAML document.

    Parameters
    ----------
    text : str
        The document.
    file : str
        Its name, for messages.

    Returns
    -------
    Node

    Raises
    ------
    ScenarioError
        If the text is not YAML, holds more than one document or none, repeats a key, refers to
        itself, or is beyond the bounds of size, depth and length of numbers; the message names the
        line.
    """
    if len(text) > MAX_CHARACTERS:
        line = text.count("\n", 0, MAX_CHARACTERS) + 1
        raise ScenarioError(f"{file}, line {line}: more than {MAX_CHARACTERS:,} characters")
    try:
        root = yaml.compose(text, Loader=_Loader)
    except _BeyondBounds as error:
        raise ScenarioError(f"{file}, line {error.line}: {error}") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise ScenarioError(f"{file}, line {line}: not valid YAML: {error.problem}") from error
    except yaml.reader.ReaderError as error:
        # Its own text has two lines, and the position in place of the line.
        line = text.count("\n", 0, error.position) + 1
        raise ScenarioError(
            f"{file}, line {line}: not valid YAML: the character U+{error.character:04X} must "
            "not stand in a text; delete it"
        ) from error
    if root is None:
        raise ScenarioError(f"{file}, line 1: the file is empty")
    return _convert(root, file, ())


def to_text(content: Mapping[str, Any]) -> str:
    """Write plain values as one YAML document that :func:`parse` reads back as they are.

    Parameters
    ----------
    content : mapping of str to object
        Texts, numbers, truth values, dates, and lists and mappings of them.

    Returns
    -------
    str
    """
    text: str = yaml.dump(
        dict(content), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=96
    )
    return text


def _convert(node: yaml.Node, file: str, above: tuple[int, ...]) -> Node:
    line = node.start_mark.line + 1
    if id(node) in above:
        raise ScenarioError(f"{file}, line {line}: an alias that contains itself")
    inside = (*above, id(node))
    if isinstance(node, yaml.SequenceNode):
        return Node([_convert(item, file, inside) for item in node.value], line, file)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, file, inside)
    if isinstance(node, yaml.ScalarNode):
        return Node(_scalar(node, file), line, file)
    raise ScenarioError(f"{file}, line {line}: neither a value, a list nor a mapping")


def _mapping(node: yaml.MappingNode, file: str, inside: tuple[int, ...]) -> Node:
    values: dict[str, Node] = {}
    lines: dict[str, int] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise ScenarioError(f"{file}, line {line}: a key must be a name")
        # Keys stay text: YAML 1.1 would turn a key such as `on` into a truth value.
        key = str(key_node.value)
        if key in values:
            raise ScenarioError(
                f"{file}, line {line}: duplicate key {key!r}, first on line {lines[key]}"
            )
        values[key], lines[key] = _convert(value_node, file, inside), line
    return Node(values, node.start_mark.line + 1, file, lines)


def _scalar(node: yaml.ScalarNode, file: str) -> Any:
    if node.style is None and len(node.value) > MAX_DIGITS and _DIGITS.match(node.value):
        line = node.start_mark.line + 1
        raise ScenarioError(
            f"{file}, line {line}: a number of {len(node.value):,} characters; give at most "
            f"{MAX_DIGITS}, or quote it as text"
        )
    constructor = _Loader("")
    try:
        return constructor.construct_object(node)
    except (yaml.YAMLError, ValueError) as error:
        line = node.start_mark.line + 1
        raise ScenarioError(f"{file}, line {line}: cannot read {node.value!r}") from error
    finally:
        constructor.dispose()
