"""What the builders of pages share: tables in Markdown, templates, numbers, options and writing."""

from __future__ import annotations

import argparse
import csv
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from iomodel._io import atomic_path

DOCS = Path(__file__).resolve().parents[1] / "docs"
# Formulas have braces too: only names of parts are filled in.
MARK = re.compile(r"\{(\w+)\}")


def row(cells: Iterable[str]) -> str:
    """Return one line of a Markdown table."""
    return "| " + " | ".join(cells) + " |"


def markdown(header: Sequence[str], rows: Iterable[Sequence[str]], text_columns: int = 1) -> str:
    """Return a Markdown table whose first `text_columns` columns are text and the rest numbers."""
    rule = ["---"] * text_columns + ["---:"] * (len(header) - text_columns)
    return "\n".join(row(cells) for cells in [header, rule, *rows])


def signed(value: float, digits: int = 2) -> str:
    """Return a number with its sign, a zero without."""
    text = f"{value:+.{digits}f}"
    return text if float(text) else text.lstrip("+-")


def fill(template: Path, parts: Mapping[str, str]) -> str:
    """Return a template with every ``{name}`` replaced by the part of that name.

    Raises
    ------
    KeyError
        If the template has no place for a part.
    """
    text = template.read_text(encoding="utf-8")
    homeless = sorted(set(parts) - set(MARK.findall(text)))
    if homeless:
        raise KeyError(f"{template.name} has no place for {', '.join(homeless)}")
    return MARK.sub(lambda mark: parts.get(mark[1], mark[0]), text)


def facts(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file, without the comments on its sources."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def options(about: str | None) -> argparse.ArgumentParser:
    """Return a parser of ``--out``, the folder of the page."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--out", type=Path, default=DOCS)
    return parser


def write(path: Path, text: str) -> None:
    """Write a page whole or not at all, and say where it is."""
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
    print(path)


def write_page(
    name: str, page: Callable[[], str], about: str | None, argv: Sequence[str] | None
) -> None:
    """Write a page to the folder of ``--out``."""
    folder = options(about).parse_args(argv).out
    write(folder / name, page())
