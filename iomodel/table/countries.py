"""Countries by ISO 3166 code or by name, and the labels of a table that stand for them.

Names and codes are those of ISO 3166-1, read from the library pycountry, with everyday names that
the standard lacks. The library is imported when a name is neither a label of the table nor a group.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache

from iomodel.errors import LabelError

__all__ = ["country_codes", "country_label", "labels_by_country"]

# Names in everyday use and in published tables that ISO 3166 does not list.
EVERYDAY_NAMES: Mapping[str, str] = {
    "britain": "GBR",
    "brunei": "BRN",
    "burma": "MMR",
    "cape verde": "CPV",
    "chinese taipei": "TWN",
    "czech republic": "CZE",
    "east timor": "TLS",
    "great britain": "GBR",
    "ivory coast": "CIV",
    "macau": "MAC",
    "macedonia": "MKD",
    "russia": "RUS",
    "swaziland": "SWZ",
    "turkey": "TUR",
    "vatican": "VAT",
}
# Codes of Eurostat that differ from ISO 3166 alpha-2.
EUROSTAT_CODES: Mapping[str, str] = {"EL": "GRC", "UK": "GBR"}
# Rest-of-world regions of EXIOBASE, among them the ISO code of Wallis and Futuna.
EXIOBASE_AGGREGATES = frozenset({"WA", "WE", "WF", "WL", "WM"})

_ALPHA_3 = re.compile("[A-Z]{3}")
_BRACKETS = re.compile(r"\(.*?\)")
_NO_WORD = re.compile(r"[^0-9a-z]+")


def country_codes(name: str) -> tuple[str, ...]:
    """Candidate countries for a code or a name.

    Parameters
    ----------
    name : str
        ISO 3166 alpha-2 or alpha-3 code in capitals, one of Eurostat's (EL, UK), or a name in any
        case, with or without accents.

    Returns
    -------
    tuple of str
        Alpha-3 codes, sorted: none for a name that is no country, two or more for an ambiguous
        one, such as Korea or Congo.

    Examples
    --------
    >>> country_codes("DE"), country_codes("Viet Nam"), country_codes("Korea")
    (('DEU',), ('VNM',), ('KOR', 'PRK'))
    """
    if name in EUROSTAT_CODES:
        return (EUROSTAT_CODES[name],)
    names = _countries_by_name()
    return names.get(name, ()) or names.get(_folded(name), ())


@lru_cache(maxsize=64)
def labels_by_country(labels: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    """Labels of a table that stand for each country.

    Parameters
    ----------
    labels : tuple of str
        Region labels: codes or names. Three capitals are taken as they are, so that a table in
        alpha-3 codes needs no library; labels of aggregates stand for no country.

    Returns
    -------
    mapping of str to tuple of str
        Alpha-3 code to labels.
    """
    aggregates = EXIOBASE_AGGREGATES if set(labels) >= EXIOBASE_AGGREGATES else frozenset()
    labels_by_code: dict[str, tuple[str, ...]] = {}
    for label in labels:
        codes: tuple[str, ...] = ()
        if _ALPHA_3.fullmatch(label):
            codes = (label,)
        elif label not in aggregates:
            codes = country_codes(label)
        if len(codes) == 1:
            labels_by_code[codes[0]] = (*labels_by_code.get(codes[0], ()), label)
    return labels_by_code


def country_label(name: str, valid: Sequence[str]) -> str | None:
    """Label of a table for a country.

    Parameters
    ----------
    name : str
        Code or name of the country.
    valid : sequence of str
        Labels of the table.

    Returns
    -------
    str or None
        None where the name is no country.

    Raises
    ------
    LabelError
        If the name is ambiguous, the country is not in the table, or two labels stand for it.
    """
    codes = country_codes(name)
    if not codes:
        return None
    if len(codes) > 1:
        listed = ", ".join(f"{code} ({_country_names()[code]})" for code in codes)
        raise LabelError(f"region {name!r} is ambiguous; give one of {listed}")
    labels = labels_by_country(tuple(valid)).get(codes[0], ())
    if not labels:
        as_code = "" if name == codes[0] else f" ({codes[0]})"
        raise LabelError(f"region {name!r}{as_code} is not in the table; valid: {', '.join(valid)}")
    if len(labels) > 1:
        raise LabelError(f"region {name!r} has the labels {', '.join(labels)}; give one of them")
    return labels[0]


# ---------------------------------------------------------------------- the library
@cache
def _country_names() -> Mapping[str, str]:
    """Name of each country by its alpha-3 code, in everyday form where ISO 3166 has one."""
    from pycountry import countries

    entries = [dict(country) for country in countries]
    return {entry["alpha_3"]: entry.get("common_name", entry["name"]) for entry in entries}


@cache
def _countries_by_name() -> Mapping[str, tuple[str, ...]]:
    """Alpha-3 codes by code and by folded name; several where a short name is shared."""
    from pycountry import countries

    codes: dict[str, set[str]] = {name: {code} for name, code in EVERYDAY_NAMES.items()}
    for country in countries:
        entry = dict(country)
        alpha_3 = entry["alpha_3"]
        codes[alpha_3] = codes[entry["alpha_2"]] = {alpha_3}
        for key in ("name", "official_name", "common_name"):
            for form in _forms(entry.get(key, "")):
                codes.setdefault(form, set()).add(alpha_3)
    return {name: tuple(sorted(members)) for name, members in codes.items()}


def _forms(name: str) -> Iterator[str]:
    """Folded forms of a name: whole, with its parts in speaking order, without its qualifier."""
    short = _BRACKETS.sub("", name)
    head, comma, qualifier = short.partition(",")
    forms = [name, short, head, f"{qualifier} {head}"] if comma else [name, short]
    yield from filter(None, map(_folded, forms))


def _folded(name: str) -> str:
    """Name in lower case without accents, marks and the article in front."""
    letters = unicodedata.normalize("NFKD", name)
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    words = _NO_WORD.sub(" ", plain.casefold().replace("&", " and ")).strip()
    return words.removeprefix("the ")
