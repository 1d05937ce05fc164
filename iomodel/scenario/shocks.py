"""The shocks: what a policy does, as small frozen dataclasses.

Every shock is checked when it is made (types, ranges, dates in order) and against the labels of a
table when it is lowered (:mod:`iomodel.scenario.lowering`). A group name stands wherever a region
or a sector stands. Rates, shares and increases are fractions: 0.25 is 25 percent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Literal

from iomodel.scenario.checks import (
    FieldError,
    Labels,
    ProductShare,
    day,
    flag,
    labels,
    number,
    shares,
)

__all__ = [
    "SHOCKS",
    "ContentControl",
    "DemandChange",
    "Embargo",
    "ExportCut",
    "Productivity",
    "Shock",
    "SupplyCut",
    "Tariff",
    "TariffLayer",
    "TradeCost",
]

CONTENT_COUNTS = ("chain", "direct")
LAYER_MODES = ("add", "in-force", "baseline", "lift")


@dataclass(frozen=True)
class Shock:
    """Base of every shock.

    Parameters
    ----------
    start, end : datetime.date, optional
        The shock is in force from `start` on and before `end`; an open end is None.

    Raises
    ------
    ScenarioError
        If a value has the wrong type or lies outside its range, or the dates are not in order.
    """

    kind: ClassVar[str] = ""
    """Name of the shock in scenario files."""
    lowers_to: ClassVar[str] = ""
    """Kind of policy that a model sees."""

    start: dt.date | None = field(default=None, kw_only=True)
    end: dt.date | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        self._set("start", day("start", self.start))
        self._set("end", day("end", self.end))
        if self.start is not None and self.end is not None and self.end <= self.start:
            raise FieldError("end", f"is {self.end}, not after start {self.start}; swap the dates")
        self._validate()

    def _validate(self) -> None:
        """Bring the fields of a kind of shock into normal form."""

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def _labels(self, *names: str) -> None:
        for name in names:
            self._set(name, labels(name, getattr(self, name)))

    def in_force(self, date: dt.date) -> bool:
        """Tell whether the shock is in force on a day: ``start <= date < end``."""
        begun = self.start is None or self.start <= date
        return begun and (self.end is None or date < self.end)

    @property
    def changes(self) -> tuple[dt.date, ...]:
        """Days on which something about the shock changes, in order."""
        return tuple(day for day in (self.start, self.end) if day is not None)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields that differ from their defaults, lists as lists."""
        pairs = ((f, getattr(self, f.name)) for f in fields(self))
        return {f.name: _plain(f.name, v) for f, v in pairs if v != f.default}


@dataclass(frozen=True)
class Tariff(Shock):
    """An import duty on cross-border flows.

    Parameters
    ----------
    importer, exporter : str or sequence of str
        Who levies it, and on whose goods. ``"others"`` stands for all but the other side.
    sectors : str or sequence of str
        Products.
    rate : float
        Ad-valorem rate as a fraction, at least -1 (a negative one is a cut).
    add : bool
        Whether the rate comes on top of the duty so far; otherwise it replaces it.
    """

    kind: ClassVar[str] = "tariff"
    lowers_to: ClassVar[str] = "tariff"

    importer: Labels
    exporter: Labels
    sectors: Labels = "all"
    rate: float = 0.0
    add: bool = True

    def _validate(self) -> None:
        self._labels("importer", "exporter", "sectors")
        _one_others(self.importer, self.exporter, "exporter")
        self._set("rate", number("rate", self.rate, -1.0))
        self._set("add", flag("add", self.add))


@dataclass(frozen=True)
class ExportCut(Shock):
    """A share of an exporter's deliveries that no longer leaves the country.

    Parameters
    ----------
    exporter : str or sequence of str
        Who withholds.
    sectors : str or sequence of str
        Products.
    share : float
        Fraction of the controlled product that is withheld, in [0, 1].
    importers : str or sequence of str
        From whom; ``"others"``: every region but the exporters.
    product_share : float or mapping of str to float
        Fraction of the sector's flow that is the controlled product: one number, or one per sector.
        Rare earths are a sliver of basic chemicals; the flow falls by ``share * product_share``.
    delay : int
        Days that licences take, from `start` on: until they have passed the controlled product is
        withheld whole, afterwards `share` of it is. Orders still waiting at `end` lapse.
    """

    kind: ClassVar[str] = "export_cut"
    lowers_to: ClassVar[str] = "export_cut"

    exporter: Labels
    sectors: Labels
    share: float
    importers: Labels = "others"
    product_share: ProductShare = 1.0
    delay: int = 0

    def _validate(self) -> None:
        self._labels("exporter", "sectors", "importers")
        _one_others(self.importers, self.exporter, "exporter")
        self._set("share", number("share", self.share, 0.0, 1.0))
        self._set("product_share", shares("product_share", self.product_share))
        delay = number("delay", self.delay, 0.0, 3650.0)
        if delay != int(delay):
            raise FieldError("delay", f"is {delay:g}; give whole days")
        if delay and self.start is None:
            raise FieldError("delay", "needs a start, the day from which licences are asked for")
        self._set("delay", int(delay))

    @property
    def changes(self) -> tuple[dt.date, ...]:
        """Days on which something about the shock changes: licences arrive on one of them."""
        days = {day for day in (self.start, self.licensed, self.end) if day is not None}
        return tuple(sorted(day for day in days if self.end is None or day <= self.end))

    @property
    def licensed(self) -> dt.date | None:
        """First day on which licensed deliveries arrive, None where licences take no time."""
        if self.start is None or not self.delay:
            return None
        return self.start + dt.timedelta(days=self.delay)

    def share_on(self, date: dt.date | None) -> float:
        """Return the share that is withheld on a day; without one, once licences have come."""
        licensed = self.licensed
        waits = date is not None and licensed is not None and date < licensed
        return 1.0 if waits else self.share


@dataclass(frozen=True)
class SupplyCut(Shock):
    """A share of output that can no longer be made, for users at home and abroad alike.

    Parameters
    ----------
    region, sectors : str or sequence of str
        The industries.
    share : float
        Fraction of output that is lost, in [0, 1].
    product_share : float or mapping of str to float
        Fraction of the industry's output that is the product in question.
    """

    kind: ClassVar[str] = "supply_cut"
    lowers_to: ClassVar[str] = "supply_cut"

    region: Labels
    sectors: Labels
    share: float
    product_share: ProductShare = 1.0

    def _validate(self) -> None:
        self._labels("region", "sectors")
        self._set("share", number("share", self.share, 0.0, 1.0))
        self._set("product_share", shares("product_share", self.product_share))


@dataclass(frozen=True)
class TradeCost(Shock):
    """An iceberg cost: of every ``1 + increase`` units shipped one arrives.

    Parameters
    ----------
    between : pair of str or sequence of str, optional
        Two blocs; every flow from one to the other, both ways.
    importer, exporter : str or sequence of str, optional
        One way; where one of the two is left out, it stands for all others.
    sectors : str or sequence of str
        Products.
    increase : float
        Increase of the iceberg factor, at least 0; 1.6 is +160 percent.
    """

    kind: ClassVar[str] = "trade_cost"
    lowers_to: ClassVar[str] = "trade_cost"

    between: Sequence[Labels] | None = None
    importer: Labels | None = None
    exporter: Labels | None = None
    sectors: Labels = "all"
    increase: float = 0.0

    def _validate(self) -> None:
        self._labels("sectors")
        _sides(self)
        self._set("increase", number("increase", self.increase, 0.0))


@dataclass(frozen=True)
class Embargo(Shock):
    """No delivery at all: a prohibitive barrier.

    Parameters
    ----------
    between : pair of str or sequence of str, optional
        Two blocs; every flow from one to the other, both ways.
    importer, exporter : str or sequence of str, optional
        One way; where one of the two is left out, it stands for all others.
    sectors : str or sequence of str
        Products.
    """

    kind: ClassVar[str] = "embargo"
    lowers_to: ClassVar[str] = "embargo"

    between: Sequence[Labels] | None = None
    importer: Labels | None = None
    exporter: Labels | None = None
    sectors: Labels = "all"

    def _validate(self) -> None:
        self._labels("sectors")
        _sides(self)


@dataclass(frozen=True)
class ContentControl(Shock):
    """A control on third countries' products that hold enough of an origin's controlled content.

    Parameters
    ----------
    origin : str or sequence of str
        Whose content counts.
    sectors : str or sequence of str
        The origin's controlled sectors.
    threshold : float
        Embodied content per unit of output from which a product falls under the rule, in [0, 1].
    importers : str or sequence of str
        Deliveries of third countries to these regions are controlled.
    share : float
        Fraction of the flows under the rule that is stopped, in [0, 1].
    product_share : float or mapping of str to float
        Fraction of each controlled sector's output that is the controlled product.
    counts : {"chain", "direct"}
        Whether content is counted through the whole chain, each controlled product once, or in the
        inputs that a product's maker buys himself (:mod:`iomodel.scenario.content`).

    Notes
    -----
    A ban has a share of one. A licence that takes d of the year's 260 working days holds back
    :math:`d / 260` of a year's deliveries; a model in time takes the dates instead: with `end` so
    many days after `start` everything is stopped until licences come.
    """

    kind: ClassVar[str] = "content_control"
    lowers_to: ClassVar[str] = "content_control"

    origin: Labels
    sectors: Labels
    threshold: float
    importers: Labels
    share: float = 1.0
    product_share: ProductShare = 1.0
    counts: Literal["chain", "direct"] = "chain"

    def _validate(self) -> None:
        self._labels("origin", "sectors", "importers")
        self._set("threshold", number("threshold", self.threshold, 0.0, 1.0))
        self._set("share", number("share", self.share, 0.0, 1.0))
        self._set("product_share", shares("product_share", self.product_share))
        if self.counts not in CONTENT_COUNTS:
            raise FieldError("counts", f"is {self.counts!r}; valid: {', '.join(CONTENT_COUNTS)}")


@dataclass(frozen=True)
class DemandChange(Shock):
    """A change of final demand in a region, whoever delivers.

    Parameters
    ----------
    region : str or sequence of str
        Whose final demand changes.
    sectors : str or sequence of str
        Products demanded.
    change : float
        Relative change, at least -1.
    final_uses : str or sequence of str
        Which final uses.
    """

    kind: ClassVar[str] = "demand"
    lowers_to: ClassVar[str] = "demand"

    region: Labels
    sectors: Labels
    change: float
    final_uses: Labels = "all"

    def _validate(self) -> None:
        self._labels("region", "sectors", "final_uses")
        self._set("change", number("change", self.change, -1.0))


@dataclass(frozen=True)
class Productivity(Shock):
    """A change of total factor productivity.

    Parameters
    ----------
    region, sectors : str or sequence of str
        The industries.
    change : float
        Relative change, above -1: 0.01 makes one percent more from the same inputs.
    """

    kind: ClassVar[str] = "productivity"
    lowers_to: ClassVar[str] = "productivity"

    region: Labels
    sectors: Labels
    change: float

    def _validate(self) -> None:
        self._labels("region", "sectors")
        self._set("change", number("change", self.change, above=-1.0))


@dataclass(frozen=True)
class TariffLayer(Shock):
    """A dated, sourced set of trade-war duties; :func:`iomodel.scenario.layers.tariff_layers`.

    Parameters
    ----------
    name : str
        Name of the layer.
    date : datetime.date, optional
        Day whose rates are taken. Default: the day for which the scenario is lowered, else the last
        state that the layer has.
    mode : {"add", "in-force", "baseline", "lift"}
        ``"add"``: the scenario introduces the duties. ``"in-force"``: they applied when the table's
        flows were observed and go on, so that later duties start from them. ``"baseline"``: they
        came later, but before the scenario, and go on. ``"lift"``: they applied when the flows
        were observed and the scenario ends them.
    """

    kind: ClassVar[str] = "tariff_layer"
    lowers_to: ClassVar[str] = "tariff"

    name: str
    date: dt.date | None = None
    mode: Literal["add", "in-force", "baseline", "lift"] = "add"

    def _validate(self) -> None:
        if not isinstance(self.name, str) or not self.name:
            raise FieldError("name", f"is {self.name!r}; give the name of a tariff layer")
        self._set("date", day("date", self.date))
        if self.mode not in LAYER_MODES:
            raise FieldError("mode", f"is {self.mode!r}; valid: {', '.join(LAYER_MODES)}")


_CLASSES: tuple[type[Shock], ...] = (
    Tariff,
    ExportCut,
    SupplyCut,
    TradeCost,
    Embargo,
    ContentControl,
    DemandChange,
    Productivity,
    TariffLayer,
)
SHOCKS: Mapping[str, type[Shock]] = {cls.kind: cls for cls in _CLASSES}


# ---------------------------------------------------------------------- helpers
def _names(spec: Labels | None) -> Iterator[str]:
    yield from [] if spec is None else [spec] if isinstance(spec, str) else spec


def _one_others(importer: Labels | None, exporter: Labels | None, field_name: str) -> None:
    if "others" in _names(importer) and "others" in _names(exporter):
        raise FieldError(field_name, "is 'others', as the other side is; name one of the two sides")


def _sides(shock: TradeCost | Embargo) -> None:
    """Check that a shock names two blocs, or an importer or exporter, and not both."""
    if shock.between is not None:
        if shock.importer is not None or shock.exporter is not None:
            raise FieldError("between", "stands beside importer or exporter; name either, not both")
        blocs = shock.between
        if isinstance(blocs, str) or not isinstance(blocs, Sequence) or len(blocs) != 2:
            raise FieldError("between", f"is {blocs!r}; give a list of two blocs")
        pair = (labels("between", blocs[0]), labels("between", blocs[1]))
        shared = sorted(set(_names(pair[0])) & set(_names(pair[1])))
        if shared:
            raise FieldError("between", f"has {shared[0]!r} in both blocs; they must be disjoint")
        object.__setattr__(shock, "between", pair)
        return
    if shock.importer is None and shock.exporter is None:
        raise FieldError("between", "is missing; name two blocs, or an importer or an exporter")
    for name in ("importer", "exporter"):
        if getattr(shock, name) is not None:
            object.__setattr__(shock, name, labels(name, getattr(shock, name)))
    _one_others(shock.importer, shock.exporter, "exporter")


def _plain(name: str, value: object) -> object:
    """Return a field as a file holds it: mappings for product shares, lists for tuples."""
    if name == "product_share" and isinstance(value, tuple):
        return dict(value)
    if isinstance(value, tuple):
        return [_plain("", v) for v in value]
    return value
