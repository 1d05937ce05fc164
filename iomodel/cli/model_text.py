"""Models in words: shocks, table, results, and options with ranges, defaults and sources."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from iomodel.models.model import Model
    from iomodel.models.options import Declaration

__all__ = ["model_text"]

# Widest line; a terminal or a pipe of 80 columns gets 80.
WIDTH = 96
INDENT = 4
# Section of a docstring with its underline.
SECTION = re.compile(r"\n\n(\w[\w ]*)\n-{3,}\n")
CITATION = re.compile(r"\[(\w+)\]_")


def model_text(model: Model[Any], width: int = WIDTH) -> str:
    """Text about a model, without markup, in lines of a width.

    Parameters
    ----------
    model : Model
    width : int
        Columns of the terminal.

    Returns
    -------
    str
        Summary, kinds of shock, table, results; each option with meaning, values, default, unit and
        source; the works cited.
    """
    columns = min(width, WIDTH)
    declared = model.options_type.declared().values()
    blocks = [_wrapped(f"{model.name}: {model.summary}", columns), *_opening(model, columns)]
    blocks += ["Options" if declared else "Options: none"]
    blocks += [_option(declaration, columns) for declaration in declared]
    if declared:
        usage = (
            f"Give one with --option NAME=VALUE, for example `iomodel run SCENARIO --model "
            f"{model.name} --option {_example(next(iter(declared)))}`. Values are as in scenario "
            "files: 0.3, true, [1, 0.5, 1], {C20: 0.1}, 2025-11-10. DataArrays and pairs of labels "
            "come from Python only."
        )
        blocks.append(_wrapped(usage, columns))
    works = _works("\n".join(blocks), columns)
    return "\n\n".join([*blocks, "Sources", *works] if works else blocks)


# ---------------------------------------------------------------------- helpers
def _opening(model: Model[Any], columns: int) -> Iterator[str]:
    """Yield the docstring without its list of errors, and the kinds of shock."""
    from iomodel.models.registry import kinds_in_words
    from iomodel.scenario.policy import KINDS

    text, *sections = SECTION.split("\n\n" + (inspect.getdoc(model.solve) or model.summary))
    bodies = dict(zip(sections[::2], sections[1::2], strict=True))
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        yield _wrapped(paragraph, columns)
    handles = "all kinds of shock" if model.handles == KINDS else kinds_in_words(model.handles)
    facts = {"handles": handles, **_entries(bodies.get("Parameters", ""))}
    facts["returns"] = " ".join(_entries(bodies.get("Returns", "")).values())
    if model.on_request:
        facts["runs"] = "by name only; `iomodel compare` leaves it out"
    yield _facts(facts, columns, 0)


def _entries(section: str) -> dict[str, str]:
    """Names and descriptions of a numpydoc section."""
    entries = re.findall(r"^(\w+).*((?:\n[ ]+.*|\n)*)", section, re.MULTILINE)
    return {name: words for name, text in entries if (words := _plain(text))}


def _option(declaration: Declaration, columns: int) -> str:
    """One option: meaning, then a line for each fact."""
    chosen_by_model = re.search(r"\bdefault\b", declaration.meaning, re.IGNORECASE)
    default = _value(declaration.default)
    if declaration.default is None:
        default = "as said above" if chosen_by_model else "none"
    facts = {"values": declaration.kind.words, "default": default}
    if declaration.unit:
        facts["unit"] = "a pure number" if declaration.unit == "1" else declaration.unit
    if declaration.source:
        facts["source"] = f"[{declaration.source}]"
    meaning = _wrapped(declaration.meaning, columns, INDENT)
    return "\n".join([declaration.name, meaning, _facts(facts, columns, INDENT)])


def _example(declaration: Declaration) -> str:
    """NAME=VALUE of an option."""
    from iomodel.models.kinds import known_words

    words = known_words(declaration.kind)
    default = declaration.default
    value = _value(default) if default is not None else words[0] if words else "VALUE"
    return f"{declaration.name}={value}"


def _value(value: Any) -> str:
    """Value as the command line takes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _facts(facts: dict[str, str], columns: int, indent: int) -> str:
    """Lines of a word and its text, the texts below each other."""
    hanging = indent + max(map(len, facts)) + 2
    return "\n".join(
        textwrap.fill(
            _plain(text),
            columns,
            initial_indent=f"{' ' * indent}{name}".ljust(hanging),
            subsequent_indent=" " * hanging,
            break_on_hyphens=False,
        )
        for name, text in facts.items()
    )


def _wrapped(text: str, columns: int, indent: int = 0) -> str:
    margin = " " * indent
    return textwrap.fill(
        _plain(text),
        columns,
        initial_indent=margin,
        subsequent_indent=margin,
        break_on_hyphens=False,
    )


def _plain(text: str) -> str:
    """Text in one line, without the marks of reStructuredText."""
    text = re.sub(r":\w+:`~?([^`]*)`", r"\1", CITATION.sub(r"[\1]", text))
    return " ".join(text.replace("``", "`").split())


def _works(text: str, columns: int) -> list[str]:
    """Works cited in a text by key, spelled out."""
    from iomodel.report.bibliography import citations

    keys = " ".join(re.findall(r"\[(\w+)\]", text))
    return [
        textwrap.fill(
            f"[{key}] {work}",
            columns,
            subsequent_indent=" " * INDENT,
            break_on_hyphens=False,
            break_long_words=False,
        )
        for key, work in citations(keys).items()
    ]
