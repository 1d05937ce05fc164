"""Figures: they are drawn, whole, the same each time, and leave no global state behind."""

import io

import matplotlib as mpl
import matplotlib.image
import numpy as np
import pytest
from matplotlib.figure import Figure

from iomodel.errors import LabelError, OutputError
from iomodel.report.figures.canvas import signed
from iomodel.scenario.scenario import Scenario
from iomodel.studies import Case, Ensemble

PNG = b"\x89PNG\r\n\x1a\n"


def texts(figure):
    figure.draw_without_rendering()
    return [t for t in figure.findobj(mpl.text.Text) if t.get_text() and t.get_visible()]


@pytest.mark.parametrize("kind", ["regions", "sectors", "overview"])
@pytest.mark.parametrize("effects", ["quantity_effects", "price_effects"])
def test_figures_are_drawn_and_say_what_they_stand_on(request, effects, kind):
    figure = getattr(request.getfixturevalue(effects).plot, kind)()
    assert isinstance(figure, Figure)
    words = " ".join(t.get_text() for t in texts(figure))
    for part in ("A toy <cut>", "model", "table toy", "percent"):
        assert part in words
    assert figure.png().startswith(PNG)


@pytest.mark.parametrize("kind", ["regions", "sectors", "overview"])
def test_no_text_leaves_the_sheet(quantity_effects, kind):
    figure = getattr(quantity_effects.plot, kind)()
    pixels = mpl.image.imread(io.BytesIO(figure.png()))
    edge = (
        np.concatenate([pixels[:3], pixels[-3:]]),
        np.concatenate([pixels[:, :3], pixels[:, -3:]]),
    )
    assert all((strip == 1).all() for strip in edge)


def test_rows_do_not_overlap(quantity_effects):
    axes = quantity_effects.plot.regions().axes[0]
    axes.figure.draw_without_rendering()
    boxes = [t.get_window_extent() for t in axes.get_yticklabels()]
    assert not any(a.overlaps(b) for k, a in enumerate(boxes) for b in boxes[k + 1 :])


def test_same_effects_give_the_same_png_and_no_setting_changes(quantity_effects):
    before = dict(mpl.rcParams)
    first = quantity_effects.plot.regions().png()
    assert quantity_effects.plot.regions().png() == first
    assert dict(mpl.rcParams) == before


def test_comparison_has_a_mark_for_every_column(quantity_effects, price_effects):
    cases = tuple(Case(name, Scenario(), name) for name in ("leontief", "price"))
    comparison = Ensemble(cases, {"leontief": quantity_effects, "price": price_effects})
    words = [t.get_text() for t in texts(comparison.plot.bracket())]
    assert "leontief, lost" in words
    assert "leontief, diverted" in words
    assert comparison.plot.bracket("consumer_price_pct").png().startswith(PNG)


def test_prices_of_a_quantity_model_are_refused(quantity_effects):
    with pytest.raises(LabelError, match="says nothing about 'consumer_price_pct'"):
        quantity_effects.plot.consumer_prices()


def test_figure_is_saved_whole_or_not_at_all(price_effects, tmp_path):
    figure = price_effects.plot.consumer_prices()
    assert figure.save(tmp_path / "new" / "prices.svg").read_text().startswith("<?xml")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="cannot write"):
        figure.save(tmp_path / "file" / "prices.png")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "new"]


@pytest.mark.parametrize(
    ("value", "expected"), [(0.004, "0.00"), (-0.004, "0.00"), (-1.234, "−1.23"), (2, "+2.00")]
)
def test_signs(value, expected):
    assert signed(value, 2) == expected
