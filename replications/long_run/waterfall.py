"""The "7 percent" one assumption at a time, from the committed results: table and figure."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import xarray as xr

from iomodel.effects.tables import WORLD
from iomodel.report.figures.canvas import Chart
from iomodel.report.figures.waterfall import waterfall
from replications.goes_bekkers_2022.runs import INFERRED, PRINTED
from replications.long_run.results import main_losses
from replications.long_run.runs import POLICY_YEAR, TITLES
from replications.pages import markdown, signed

__all__ = ["FIGURE", "STEPS", "image", "steps_chart", "steps_table", "totals"]

FIGURE = "long-run-waterfall.svg"
STEPS: Sequence[str] = (
    "US-China embargo, static",
    "two blocs, +160%, in place of the embargo",
    f"capital and labour on their path, sum of {POLICY_YEAR}-2040",
    "ideas travel with trade (beta .44)",
    "last year in place of the sum",
)


def totals(specification: str) -> list[float]:
    """Return the change of world income after each step, percent."""
    pair = main_losses(specification, "us-china-decoupling")
    blocs = main_losses(specification, "two-bloc-decoupling")
    return [
        pair["static"],
        blocs["static"],
        blocs["cumulative"] - blocs["diffusion"],
        blocs["cumulative"],
        blocs["level"],
    ]


def steps_table() -> str:
    """Return the steps by specification as a table."""
    columns = [(np.diff(totals(s), prepend=0.0), totals(s)) for s in (PRINTED, INFERRED)]
    rows = [
        [step, *(signed(cells[k]) for column in columns for cells in column)]
        for k, step in enumerate(STEPS)
    ]
    header = ["", *(f"{TITLES[s]}, {n}" for s in (PRINTED, INFERRED) for n in ("adds", "together"))]
    return markdown(header, rows)


def steps_chart() -> Chart:
    """Draw the steps of the printed specification."""
    record = json.dumps({"elasticities": {"value": "GB"}, "specification": PRINTED})
    ladder = xr.Dataset(
        {
            "real_income_pct": (("step", "region"), np.array(totals(PRINTED))[:, None]),
            "model": ("step", ["diffusion"] * len(STEPS)),
            "parameters": ("step", [record] * len(STEPS)),
        },
        coords={"step": list(STEPS), "region": [WORLD]},
        attrs={"blocs": "GoesBekkers2022", "table_name": "world-2022"},
    )
    return waterfall(ladder, title='The "7 percent" as printed, one assumption at a time')


def image() -> str:
    """Return the figure in Markdown, with its numbers for readers who do not see it."""
    steps = zip(STEPS, np.diff(totals(PRINTED), prepend=0.0), strict=True)
    added = "; ".join(f"{step} {signed(change)}" for step, change in steps)
    together = signed(totals(PRINTED)[-1])
    return (
        f"![Waterfall of the world's real income, percent, printed specification: {added}; "
        f"together {together}]({FIGURE})"
    )
