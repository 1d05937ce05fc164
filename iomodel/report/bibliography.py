"""The package's bibliography: citation keys in words."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

__all__ = ["citations"]

ENTRY = re.compile(r"@\w+\{(?P<key>[^,\s]+),(?P<body>.*?)\n\}", re.DOTALL)
FIELD = re.compile(r"^\s*(\w+)\s*=\s*\{(.*?)\},?\s*$", re.DOTALL | re.MULTILINE)
WHERE = ("journal", "booktitle", "institution", "publisher", "howpublished")


def citations(text: str) -> dict[str, str]:
    """Return the works whose keys occur in a text.

    Parameters
    ----------
    text : str
        Anything that holds keys: a scenario, parameters, a table's citation.

    Returns
    -------
    dict of str to str
        Key to author, year, title and where it appeared; sorted by key.
    """
    words = set(re.findall(r"[A-Za-z][\w-]*", text))
    return {key: work for key, work in sorted(_bibliography().items()) if key in words}


@cache
def _bibliography() -> dict[str, str]:
    text = Path(__file__).parents[1].joinpath("references.bib").read_text(encoding="utf-8")
    return {entry["key"]: _described(entry["body"]) for entry in ENTRY.finditer(text)}


def _described(body: str) -> str:
    fields = {k.lower(): _plain(v) for k, v in FIELD.findall(body)}
    where = next((fields[k] for k in WHERE if k in fields), "")
    link = f"https://doi.org/{fields['doi']}" if "doi" in fields else fields.get("url", "")
    by = fields.get("author", "").replace(" and ", "; ")
    parts = [f"{by} ({fields.get('year', 'n.d.')})", fields.get("title", ""), where, link]
    return ". ".join(part for part in parts if part)


def _plain(value: str) -> str:
    """Drop the commands, braces and line breaks of BibTeX."""
    bare = re.sub(r"\\url|[{}]", "", value)
    return " ".join(bare.replace("--", "–").split())
