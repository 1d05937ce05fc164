"""The text for terminals fits any width and needs no colours."""

import io

import numpy as np
import pytest
from rich.console import Console

from iomodel.errors import InfeasibleError
from iomodel.report.numbers import number
from iomodel.report.text import comparison_text, effects_text
from iomodel.scenario.scenario import Scenario
from iomodel.studies import Case, Ensemble


def printed(renderable, width):
    stream = io.StringIO()
    Console(file=stream, width=width, markup=False, highlight=False).print(renderable)
    return stream.getvalue()


@pytest.mark.parametrize("width", [60, 80, 200])
def test_text_fits_and_has_no_colour_codes(quantity_effects, price_effects, width):
    for effects in (quantity_effects, price_effects):
        text = printed(effects_text(effects), width)
        assert max(map(len, text.splitlines())) <= width
        assert "\x1b" not in text
        assert "United States" in text
        assert "World" in text


def test_closures_are_shown_with_what_they_assume(quantity_effects):
    text = printed(effects_text(quantity_effects), 100)
    assert "Closure lost: no other supplier steps in" in text
    assert "Closure diverted: other origins supply" in text
    assert "Note: Closure" not in text
    assert "truth" not in text
    assert "Note: GDP at base-year prices." in text


def test_comparison_shows_columns_and_refusals(quantity_effects, price_effects):
    comparison = Ensemble(
        tuple(Case(name, Scenario(), name) for name in ("leontief", "price", "mixed")),
        {"leontief": quantity_effects, "price": price_effects},
        {"mixed": InfeasibleError("no feasible answer")},
    )
    text = printed(comparison_text(comparison), 100)
    assert "mixed refuses: no feasible answer" in text
    assert "Change in GDP" in text
    assert "Change in consumer prices" in text


def test_numbers():
    assert [number(v) for v in (np.nan, -0.001, 1.234, -12.3)] == ["-", "0.00", "+1.23", "-12.30"]
