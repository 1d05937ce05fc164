"""Report of a run as one HTML page: headline, figures, caveats, provenance and sources."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iomodel._io import atomic_path
from iomodel._text import printable
from iomodel.effects.tables import WORLD
from iomodel.report.bibliography import citations
from iomodel.report.figures.canvas import Chart
from iomodel.report.headline import headline, undetermined_note
from iomodel.report.names import region_name
from iomodel.report.numbers import digits, number
from iomodel.report.provenance import closure_notes, identity
from iomodel.report.rankings import industries_hit, ranked_regions

if TYPE_CHECKING:
    import pandas as pd

    from iomodel.effects import Effects

__all__ = ["report_html", "write_report"]

STYLE = """
body{font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif;color:#1a1a1a;max-width:62rem;
margin:2.5rem auto;padding:0 1.2rem}
h1{font-size:1.7rem;margin:0 0 .2rem}h2{font-size:1.15rem;margin:2.2rem 0 .5rem}
.origin{color:#5f6670;font-size:.9rem;margin:0 0 1rem}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:.22rem .9rem .22rem 0;text-align:right;border-bottom:1px solid #e4e7eb}
th:first-child,td:first-child{text-align:left}thead th{border-bottom:2px solid #1a1a1a}
tr.part td{color:#5f6670;font-style:italic;padding-top:.7rem}tr.world td{font-weight:700}
img{width:100%;height:auto;margin:.6rem 0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1.2rem;font-size:.92rem}
dt{color:#5f6670}dd{margin:0;overflow-wrap:anywhere}
pre{background:#f4f5f7;padding:.9rem;overflow-x:auto;font-size:.85rem}
"""
TABLE_WORDS = {
    "table_name": "table",
    "table_title": "title",
    "table_description": "what it is",
    "table_year": "year",
    "table_price_basis": "price basis",
    "table_unit": "unit",
    "table_source": "source",
    "table_citation": "citation",
    "table_licence": "licence",
    "table_history": "history",
}


def write_report(effects: Effects, path: str | os.PathLike[str]) -> Path:
    """Write the page, whole or not at all.

    Parameters
    ----------
    effects : Effects
    path : path-like
        The file.

    Returns
    -------
    pathlib.Path

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    target = Path(path)
    text = report_html(effects)
    with atomic_path(target) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return target


def report_html(effects: Effects) -> str:
    """Return the page as text, the same for the same effects."""
    summary = headline(effects)
    title = escape(effects.scenario_title)
    assumptions, notes = closure_notes(effects)
    attrs = effects.dataset.attrs
    figures = [(effects.plot.regions(), f"{summary.title}, by region")]
    if summary.industry in effects:
        figures.append((effects.plot.sectors(), f"{summary.industry_title}, by industry"))
    sections = [
        f"<h1>{title}</h1>",
        f'<p class="origin">{escape(" · ".join(identity(effects)))}</p>',
        f"<h2>{escape(summary.title)}</h2>",
        _headline_table(effects),
        *(f"<p>{escape(assumption)}</p>" for assumption in assumptions),
        *(_figure(chart, words) for chart, words in figures),
        _industries(effects),
        "<h2>What to know</h2>" if notes else "",
        *(f"<p>{escape(note)}</p>" for note in notes),
        "<h2>What the numbers stand on</h2>",
        _definitions(_model_facts(effects)),
        _definitions({words: attrs.get(key, "") for key, words in TABLE_WORDS.items()}),
        "<h2>Scenario</h2>",
        f"<pre>{escape(str(attrs['scenario']).rstrip())}</pre>",
        _sources(effects),
    ]
    body = "\n".join(section for section in sections if section)
    return printable(
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n<title>{title}</title>\n'
        f'<meta name="viewport" content="width=device-width">\n<style>{STYLE}</style></head>\n'
        f"<body>\n{body}\n</body></html>\n"
    )


# ---------------------------------------------------------------------- sections
def _headline_table(effects: Effects) -> str:
    summary, ranked = headline(effects), ranked_regions(effects, 8)
    columns, printed = summary.shown, list[str]()

    def rows(frame: pd.DataFrame) -> list[str]:
        texts = {str(name): summary.cells(row, ranked.decimals) for name, row in frame.iterrows()}
        printed.extend(cell for cells in texts.values() for cell in cells)
        return [_row(name, cells) for name, cells in texts.items()]

    lines = rows(ranked.headline)
    for words, frame in (("most hit", ranked.losers), (ranked.gain_words, ranked.gainers)):
        if len(frame):
            heading = escape(words.capitalize())
            lines.append(f'<tr class="part"><td colspan="{len(columns) + 1}">{heading}</td></tr>')
            lines += rows(frame)
    notes = [f"<p>{escape(note)}</p>" for note in undetermined_note(printed)]
    return "\n".join([_table(["", *columns.values()], lines), *notes])


def _industries(effects: Effects) -> str:
    frame = industries_hit(effects, 12)
    if not len(frame):
        return ""
    columns = [c for c in frame.columns if c not in ("region", "sector", "sector_name")]
    decimals = digits(frame[columns])
    lines = [
        _cells(
            [
                f"{region_name(r['region'])}, {r['sector_name']}",
                *(number(r[c], decimals) for c in columns),
            ]
        )
        for r in frame.to_dict("records")
    ]
    heads = ["", *("" if c == "value" else c for c in columns)]
    words = headline(effects).industry_title
    return f"<h2>Most hit industries: {escape(words.lower())}</h2>\n{_table(heads, lines)}"


def _figure(chart: Chart, words: str) -> str:
    data = base64.b64encode(chart.png()).decode("ascii")
    return f'<img alt="{escape(words)}" src="data:image/png;base64,{data}">'


def _model_facts(effects: Effects) -> dict[str, object]:
    facts: dict[str, object] = {
        "model": effects.model,
        "closures": ", ".join(effects.closures),
        "elasticities": effects.elasticities,
    }
    facts |= {k: _plain(v) for k, v in effects.parameters.items() if k != "elasticities"}
    facts |= {f"solver: {k}": _plain(v) for k, v in effects.diagnostics.items() if k != "seconds"}
    attrs = effects.dataset.attrs
    software = ", ".join(f"{name} {version}" for name, version in effects.versions.items())
    return facts | {
        "software": software,
        "table by content": attrs["table_fingerprint"],
        "scenario by content": attrs["scenario_fingerprint"],
    }


def _sources(effects: Effects) -> str:
    attrs = effects.dataset.attrs
    works = citations(f"{attrs['parameters']}\n{attrs['scenario']}\n{attrs['table_citation']}")
    return "<h2>Sources</h2>\n" + _definitions(works) if works else ""


def _plain(value: Any) -> str:
    if isinstance(value, Mapping) and "value" in value:
        hidden = ("value", "by_sector")
        details = "; ".join(f"{k} {v}" for k, v in value.items() if k not in hidden)
        return f"{_plain(value['value'])} ({details})" if details else _plain(value["value"])
    if isinstance(value, Mapping):
        return "; ".join(f"{name} {_plain(item)}" for name, item in value.items())
    if isinstance(value, list) and len(value) > 12:
        return f"{len(value)} values, see the effects file"
    return value if isinstance(value, str) else json.dumps(value)


def _definitions(facts: Mapping[str, object]) -> str:
    lines = [
        f"<dt>{escape(key)}</dt><dd>{escape(str(value)).replace(chr(10), '<br>')}</dd>"
        for key, value in facts.items()
        if value not in ("", 0)
    ]
    return f"<dl>{''.join(lines)}</dl>"


def _row(code: str, cells: Iterable[str]) -> str:
    kind = ' class="world"' if code == WORLD else ""
    return _cells([region_name(code), *cells], kind)


def _cells(texts: Iterable[str], kind: str = "") -> str:
    return f"<tr{kind}>{''.join(f'<td>{escape(t)}</td>' for t in texts)}</tr>"


def _table(heads: Iterable[str], lines: Iterable[str]) -> str:
    head = "".join(f"<th>{escape(h)}</th>" for h in heads)
    body = "\n".join(lines)
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table>"
