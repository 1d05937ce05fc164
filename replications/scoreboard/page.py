"""Published estimates of trade policy beside ours, at default options.

``python -m replications.scoreboard.page [--out docs]``, from the root of a checkout, writes
``scoreboard.md``. The same tables give the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np

from iomodel.report.names import region_name
from iomodel.report.numbers import few_digits
from replications.pages import fill, markdown, write_page
from replications.scoreboard.runs import Answer, Estimate, answer, estimates

__all__ = ["Comparison", "compare", "line", "page"]

TEMPLATE = Path(__file__).with_name("page.template.md")
FACTOR = 2.0
MEASURES = {
    "gdp_pct": "real GDP",
    "real_income_pct": "real income",
    "gni_pct": "national income",
    "real_consumption_pct": "real consumption",
    "consumer_price_pct": "consumer prices",
    "exports_pct": "exports",
    "output": "output",
    "buyers_share_pct": "buyers' share of the duty",
    "best_duty": "best uniform duty",
}
# Positive by their definition: they say nothing about signs.
WITHOUT_SIGN = ("buyers_share_pct", "best_duty")
PLACES = {"BRIC": "BRIC", "political-west": "West", "WORLD": "World"}
PRODUCTS = {"F": "construction"}


@dataclass(frozen=True)
class Comparison:
    """One published figure beside ours.

    Attributes
    ----------
    estimate : Estimate
    answer : Answer
    """

    estimate: Estimate
    answer: Answer

    @property
    def nearest(self) -> tuple[float, float]:
        """Our and the published figure, of ranges the points that are nearest to each other."""
        low, high = self.answer.span
        published = (self.estimate.low, self.estimate.high)
        ours = float(np.clip(np.clip(low, *published), low, high))
        return ours, float(np.clip(ours, *published))

    @property
    def signed(self) -> bool:
        """Whether the measure is a change."""
        return self.estimate.measure not in WITHOUT_SIGN

    @property
    def same_sign(self) -> bool:
        """Whether our figure, however small, has the published sign."""
        ours, published = self.nearest
        return ours * published > 0.0

    @property
    def ratio(self) -> float:
        """Our figure over the published one, of ranges at their nearest points."""
        ours, published = self.nearest
        return ours / published

    @property
    def near(self) -> bool:
        """Whether the two have one sign and differ by a factor of two at most."""
        return 1.0 / FACTOR <= self.ratio <= FACTOR

    @property
    def in_band(self) -> bool:
        """Whether the published figure or range meets our band."""
        return self.answer.low <= self.estimate.high and self.estimate.low <= self.answer.high


def compare() -> list[Comparison]:
    """Return all published figures beside ours."""
    return [Comparison(estimate, answer(estimate)) for estimate in estimates()]


def page() -> str:
    """Return the page in Markdown."""
    compared = compare()
    shocks = groupby(compared, lambda c: c.estimate.shock)
    tables = [f"### {_capital(shock)}\n\n{_table(list(group))}" for shock, group in shocks]
    return fill(TEMPLATE, {"tables": "\n\n".join(tables), **_summary(compared)})


def line(compared: Comparison) -> list[str]:
    """Return the cells of one row of the page."""
    estimate = compared.estimate
    product = PRODUCTS.get(estimate.sectors, estimate.sectors)
    place = PLACES.get(estimate.region) or region_name(estimate.region)
    return [
        f"{estimate.source} ({estimate.year}) [{estimate.key}]",
        f"{place}, {MEASURES[estimate.measure]}" + (f" of {product}" if product else ""),
        estimate.horizon,
        _published(estimate),
        _ours(compared.answer),
        f"`{estimate.scenario}` {estimate.options.replace('horizon=', '')}",
        estimate.why,
    ]


# ---------------------------------------------------------------------- helpers
def _table(group: Sequence[Comparison]) -> str:
    header = ["source", "measure", "horizon", "published", "ours", "our run", "why they differ"]
    return markdown(header, map(line, group), len(header))


def _ours(figure: Answer) -> str:
    ends = dict.fromkeys([few_digits(figure.low), few_digits(figure.high)])
    band = " to ".join(ends)
    if figure.band_alone:
        return band
    return f"{few_digits(figure.value)} ({band})" if len(ends) > 1 else few_digits(figure.value)


def _published(estimate: Estimate) -> str:
    """Return a published figure with the digits of its source."""
    return " to ".join(dict.fromkeys([f"{estimate.low:g}", f"{estimate.high:g}"]))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _summary(compared: Sequence[Comparison]) -> dict[str, str]:
    """Return counts and ratios, and the rows that are far apart."""
    changes = [c for c in compared if c.signed]
    unequal = [c for c in changes if not c.same_sign]
    far = [c for c in compared if c not in unequal and not c.near]
    banded = [c for c in compared if c.answer.low < c.answer.high]
    ratios = [c.ratio for c in compared if not c.signed or c.same_sign]
    return {
        "count": str(len(compared)),
        "sources": str(len({c.estimate.key for c in compared})),
        "changes": str(len(changes)),
        "same_sign": str(sum(c.same_sign for c in changes)),
        "near": str(sum(c.near for c in compared)),
        "banded": str(len(banded)),
        "in_band": str(sum(c.in_band for c in banded)),
        "smaller": str(sum(ratio < 1.0 for ratio in ratios)),
        "larger": str(sum(ratio > 1.0 for ratio in ratios)),
        "median": few_digits(float(np.median(ratios))),
        "unequal": _listed(unequal),
        "far": _listed(far),
    }


def _listed(compared: Sequence[Comparison]) -> str:
    """Return one line for each row: shock, measure, source, published and ours."""
    rows = [
        f"* {c.estimate.shock}, {line(c)[1]}, {c.estimate.horizon}: {c.estimate.source} "
        f"{_published(c.estimate)}, ours {_ours(c.answer)}"
        for c in compared
    ]
    return "\n".join(rows) or "* none"


def main(argv: Sequence[str] | None = None) -> None:
    """Write the page."""
    write_page("scoreboard.md", page, __doc__, argv)


if __name__ == "__main__":
    main()
