"""The glossary speaks of names that exist."""

import re
from collections.abc import Iterator
from functools import reduce

import iomodel as iom
from iomodel.effects.variables import VARIABLES
from tests.architecture.source import ROOT


def unknown_names(text: str) -> Iterator[str]:
    """Names of the package, of a table and of effects, in backticks, that cannot be had."""
    for name in sorted(set(re.findall(r"`([A-Za-z_][\w.]*)", text))):
        start, *attributes = name.split(".")
        owner = {"iom": iom, "table": iom.MRIOTable, "system": iom.LeontiefSystem}.get(start)
        try:
            if owner is not None:
                reduce(getattr, attributes, owner)
        except AttributeError:
            yield name
        if name.endswith("_pct") and name != "_pct" and name not in VARIABLES:
            yield name


def test_names_in_the_glossary_exist() -> None:
    assert list(unknown_names((ROOT / "docs/glossary.md").read_text(encoding="utf-8"))) == []


def test_an_unknown_name_is_found() -> None:
    text = "`iom.run`, `iom.gone.x`, `table.gone()`, `table.Z`, `gdp_pct`, `gone_pct`, `_pct`"
    assert list(unknown_names(text)) == ["gone_pct", "iom.gone.x", "table.gone"]
