"""Bibliography of the package: works by citation key."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

__all__ = ["citations"]

ENTRY = re.compile(r"@\w+\{(?P<key>[^,\s]+),(?P<body>.*?)\n\}", re.DOTALL)
FIELD = re.compile(r"^\s*(\w+)\s*=\s*\{(.*?)\},?\s*$", re.DOTALL | re.MULTILINE)
PUBLISHED_IN = ("journal", "booktitle", "institution", "publisher", "howpublished")


def citations(text: str) -> dict[str, str]:
    """Return the works cited in a text by their keys.

    Parameters
    ----------
    text : str
        A scenario, parameters, or the citation of a table.

    Returns
    -------
    dict of str to str
        Key to author, year, title, journal and link; sorted by key.
    """
    words = set(re.findall(r"[A-Za-z][\w-]*", text))
    return {key: work for key, work in sorted(_bibliography().items()) if key in words}


@cache
def _bibliography() -> dict[str, str]:
    text = Path(__file__).parents[1].joinpath("references.bib").read_text(encoding="utf-8")
    return {entry["key"]: _described(entry["body"]) for entry in ENTRY.finditer(text)}


def _described(body: str) -> str:
    fields = {k.lower(): _plain(v) for k, v in FIELD.findall(body)}
    journal = next((fields[k] for k in PUBLISHED_IN if k in fields), "")
    link = f"https://doi.org/{fields['doi']}" if "doi" in fields else fields.get("url", "")
    authors = fields.get("author", "").replace(" and ", "; ")
    year = fields.get("year", "n.d.")
    facts = [f"{authors} ({year})", fields.get("title", ""), journal, link]
    return ". ".join(fact for fact in facts if fact)


def _plain(value: str) -> str:
    """Drop the commands, braces and line breaks of BibTeX."""
    bare = re.sub(r"\\url|[{}]", "", value)
    return " ".join(bare.replace("--", "–").split())
