"""Titles, notes and labels of users: never mathematics, markup, formulas or terminal control."""

import csv
import io

import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from rich.console import Console

from iomodel._text import cell_text, printable
from iomodel.effects import Effects
from iomodel.effects.files import write_csv
from iomodel.report.html import report_html
from iomodel.report.text import effects_text
from iomodel.table.mrio import MRIOTable

HOSTILE = "Costs of $1 to $x_2^ [bold]markup[/bold] <b>\x1b[31m\x9b2J\x07"
REGIONS = ["=1+1", "@cmd", "[red]R[/red]", "$a$"]


class Scenario:
    name = "hostile"
    title = HOSTILE
    fingerprint = "0" * 64

    def to_yaml(self):
        return "name: hostile\nshocks: []\n"


@pytest.fixture(scope="module")
def effects():
    rng = np.random.default_rng(4)
    table = MRIOTable.from_arrays(
        rng.uniform(0.5, 1.0, (8, 8)),
        rng.uniform(5.0, 9.0, (8, 4)),
        regions=REGIONS,
        sectors=["-A", "B"],
        sector_names=["+sum", "$b$ [i]name"],
        name="$toy$",
        description=f"Made {HOSTILE}.",
    )
    change = np.array([-3.0, -2.0, -1.0, 1.0])
    return Effects.build(
        table,
        Scenario(),
        model="leontief",
        variables={
            "gdp_new": (("region",), table.v1.reshape(4, 2).sum(axis=1) * (1 + change / 100)),
            "output_new": (("region", "sector"), table.x.values * (1 + change[:, None] / 100)),
        },
        notes=[HOSTILE],
    )


@pytest.mark.parametrize("kind", ["regions", "sectors", "overview"])
def test_figures_show_dollars_as_dollars(effects, kind, tmp_path):
    figure = getattr(effects.plot, kind)()
    assert figure.png()
    assert figure.save(tmp_path / "figure.svg").is_file()
    texts = figure.findobj(Text)
    assert not any(text.get_parse_math() for text in texts)
    words = " ".join(text.get_text() for text in texts)
    assert "$1 to $x_2^" in words
    assert "$toy$" in words
    assert not set(words) & {"\x1b", "\x9b", "\x07"}


@pytest.mark.parametrize("markup", [False, True])
def test_terminals_show_brackets_and_obey_nothing(effects, markup):
    stream = io.StringIO()
    Console(file=stream, width=200, markup=markup).print(effects_text(effects))
    text = stream.getvalue()
    assert "[bold]markup[/bold]" in text
    assert "[red]R[/red]" in text
    assert "$b$ [i]name" in text
    assert not set(text) & {"\x1b", "\x9b", "\x07"}


def test_page_escapes_everything(effects):
    page = report_html(effects)
    assert "<b>" not in page
    assert "[bold]markup[/bold] &lt;b&gt;" in page
    assert not set(page) & {"\x1b", "\x9b", "\x07"}


def test_cells_of_csv_begin_no_formula(effects, tmp_path):
    for path in effects.to_csv(tmp_path):
        with path.open(encoding="utf-8", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        text = [cell for cell in cells if not _is_number(cell)]
        assert "'=1+1" in text
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in text)
    frame = pd.read_csv(tmp_path / "by_region.csv", index_col="region")
    assert frame.loc["'=1+1", "gdp_pct"] == pytest.approx(-3.0)


def test_numbers_and_plain_text_of_csv_stay(tmp_path):
    frame = pd.DataFrame({"name": ["a b", None], "value": [-1.5, np.nan]}, index=["x", "y"])
    path = write_csv(frame.rename_axis("key"), tmp_path / "plain.csv")
    assert path.read_text().splitlines() == ["key,name,value", "x,a b,-1.5", "y,,"]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", " =1", "\t=1", "\x1b=1"])
def test_beginnings_of_formulas_are_guarded(text):
    assert cell_text(text).startswith("'")


def test_words_of_any_script_stay():
    for text in ("Côte d'Ivoire", "中国\n日本", "a\tb", "São Tomé − 1"):
        assert printable(text) == text
    assert printable("a\u202eb\x00c\r") == "abc"


def _is_number(cell):
    try:
        float(cell)
    except ValueError:
        return False
    return True
