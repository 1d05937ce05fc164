"""Shocks to trade: export cuts, trade costs, embargoes and content controls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from iomodel.scenario.checks import FieldError, ProductShare, flag, fraction, labels, number, shares
from iomodel.scenario.rent_holders import rent_holder
from iomodel.scenario.shock import Shock, names_in, refuse_two_others
from iomodel.typing import Labels

__all__ = ["BilateralShock", "ContentControl", "Embargo", "ExportCut", "TradeCost"]

# Largest iceberg increase that needs no word: trade is gone well below 1,000 percent.
USUAL_INCREASE = 10.0

CONTENT_COUNTS = ("chain", "direct")

RentHolder = Literal["sellers", "buyers", "shared", "burnt"]
"""Holder of licences: a key of :data:`iomodel.scenario.rent_holders.RENT_SHARES`."""


@dataclass(frozen=True)
class ExportCut(Shock):
    """A share of an exporter's deliveries that no longer leaves the country.

    Parameters
    ----------
    exporter : str or sequence of str
        Seller that withholds.
    sectors : str or sequence of str
        Products.
    share : float
        Fraction of the controlled product that is withheld, in [0, 1].
    importers : str or sequence of str
        Buyers cut off; ``"others"``: every region but the exporters.
    product_share : float or mapping of str to float
        Fraction of the sector's flow that is the controlled product: one number, or one per sector.
        Rare earths are a sliver of basic chemicals; the flow falls by ``share * product_share``.
    delay : int
        Days that licences take, from `start` on: until they have passed the controlled product is
        withheld whole, afterwards `share` of it is. Orders still waiting after `end` lapse.
    rents : {"sellers", "buyers", "shared", "burnt"}
        Who earns the scarcity rent of what is still delivered: the exporter's region, the buyers',
        both by halves, or nobody, as dealing with licences uses up the good itself. Models without
        prices ignore it.

    Notes
    -----
    By default the rent is shared. A licence of the state, granted without an auction for one
    consignment, names the exporter and the end user; neither can trade without the other, and two
    who need each other split the gain, by halves if they bargain on equal terms. Under the quotas
    of the Multi-Fibre Arrangement, allotted to exporters, buyers had part of the rent all the same
    [KrishnaErzanTan1994]_. ``"sellers"`` is a quota that is auctioned at home or sold by a cartel,
    ``"buyers"`` one delivered at regulated or contract prices; the two are the bracket.
    """

    kind: ClassVar[str] = "export_cut"
    lowers_to: ClassVar[str] = "export_cut"

    exporter: Labels
    sectors: Labels
    share: float
    importers: Labels = "others"
    product_share: ProductShare = 1.0
    delay: int = 0
    rents: RentHolder = "shared"

    def _validate(self) -> None:
        self._labels("exporter", "sectors", "importers")
        refuse_two_others(self.importers, self.exporter, "exporter")
        self._set("share", number("share", self.share, 0.0, 1.0))
        self._set("product_share", shares("product_share", self.product_share))
        delay = number("delay", self.delay, 0.0, 3650.0)
        if delay != int(delay):
            raise FieldError("delay", f"is {delay:g}; give whole days")
        if delay and self.start is None:
            raise FieldError("delay", "needs a start, the day from which licences are asked for")
        self._set("delay", int(delay))
        self._set("rents", rent_holder(self.rents))

    @property
    def changes(self) -> tuple[dt.date, ...]:
        """Days on which something about the shock changes: licences arrive on one of them."""
        licensed = self.licensed
        if licensed is None or (self.end is not None and licensed > self.end):
            return super().changes
        return tuple(sorted({*super().changes, licensed}))

    @property
    def licensed(self) -> dt.date | None:
        """First day on which licensed deliveries arrive, None where licences take no time."""
        if self.start is None or not self.delay:
            return None
        return self.start + dt.timedelta(days=self.delay)

    def awaits_licences(self, date: dt.date) -> bool:
        """Whether no licence has arrived yet on a day of the control."""
        return self.in_force(date) and self.licensed is not None and date < self.licensed

    def share_on(self, date: dt.date | None) -> float:
        """Share withheld on a day; without a day, the share after licences have arrived."""
        return 1.0 if date is not None and self.awaits_licences(date) else self.share


@dataclass(frozen=True)
class BilateralShock(Shock):
    """Base of the shocks to trade between two blocs, or in one direction; see :class:`Embargo`."""

    between: Sequence[Labels] | None = None
    importer: Labels | None = None
    exporter: Labels | None = None
    sectors: Labels = "all"

    def _validate(self) -> None:
        self._labels("sectors")
        if self.between is not None:
            if self.importer is not None or self.exporter is not None:
                raise FieldError(
                    "between", "stands beside importer or exporter; name either, not both"
                )
            self._set("between", _disjoint_blocs(self.between))
            return
        if self.importer is None and self.exporter is None:
            raise FieldError("between", "is missing; name two blocs, or an importer or an exporter")
        self._labels(*(n for n in ("importer", "exporter") if getattr(self, n) is not None))
        refuse_two_others(self.importer, self.exporter, "exporter")


@dataclass(frozen=True)
class TradeCost(BilateralShock):
    """An iceberg cost: of every ``1 + increase`` units shipped one arrives.

    Parameters
    ----------
    between, importer, exporter, sectors
        As :class:`Embargo`.
    increase : float
        Increase of the iceberg factor, at least 0; 1.6 is +160 percent.
    extreme : bool
        Whether an increase above 1,000 percent is meant. Without it such a value is refused, as it
        looks like a percentage.
    """

    kind: ClassVar[str] = "trade_cost"
    lowers_to: ClassVar[str] = "trade_cost"

    # Named after `sectors`, which has a default; a cost without an increase is refused.
    increase: float = None  # type: ignore[assignment]
    extreme: bool = field(default=False, kw_only=True)

    def _validate(self) -> None:
        super()._validate()
        self._set("extreme", flag("extreme", self.extreme))
        increase = fraction("increase", self.increase, 0.0, USUAL_INCREASE, self.extreme)
        self._set("increase", increase)


@dataclass(frozen=True)
class Embargo(BilateralShock):
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


@dataclass(frozen=True)
class ContentControl(Shock):
    """A control on third countries' products that hold enough of an origin's controlled content.

    Parameters
    ----------
    origin : str or sequence of str
        Origin of the content.
    sectors : str or sequence of str
        The origin's controlled sectors.
    threshold : float
        Least embodied content per unit of output of a product under the rule, in [0, 1].
    importers : str or sequence of str
        Deliveries of third countries to these regions are controlled.
    share : float
        Fraction of the flows under the rule that is stopped, in [0, 1].
    product_share : float or mapping of str to float
        Fraction of each controlled sector's output that is the controlled product.
    counts : {"chain", "direct"}
        Whether content is counted through the whole chain, each controlled product once, or in the
        inputs that a product's maker buys himself (:mod:`iomodel.scenario.content`).
    rents : {"sellers", "buyers", "shared", "burnt"}
        Who earns the scarcity rent of what is still delivered, as :class:`ExportCut`; sellers are
        the third countries.

    Notes
    -----
    A ban has a share of one. A licence that takes d of the year's 260 working days holds back
    :math:`d / 260` of a year's deliveries; a model in time takes the dates instead: with `end` so
    many days after `start` everything is stopped until licences come.

    By default rents are burnt. A content rule allots no quantities: whoever proves what his goods
    hold, or gets a licence for them, may sell, so that no holder can charge for scarcity, and what
    buyers pay on top goes into proofs, tracing, separate lines and waiting. Entry that is free
    dissipates the whole rent [Krueger1974]_; non-tariff measures of this kind are costs, not rents,
    in the literature [FugazzaMaur2008]_. Sellers would be the third countries that the rule stops:
    ``"sellers"`` makes them a cartel that gains by it.
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
    rents: RentHolder = "burnt"

    def _validate(self) -> None:
        self._labels("origin", "sectors", "importers")
        self._set("threshold", number("threshold", self.threshold, 0.0, 1.0))
        self._set("share", number("share", self.share, 0.0, 1.0))
        self._set("product_share", shares("product_share", self.product_share))
        if self.counts not in CONTENT_COUNTS:
            raise FieldError("counts", f"is {self.counts!r}; valid: {', '.join(CONTENT_COUNTS)}")
        self._set("rents", rent_holder(self.rents))


# ---------------------------------------------------------------------- helpers
def _disjoint_blocs(blocs: object) -> tuple[Labels, Labels]:
    if isinstance(blocs, str) or not isinstance(blocs, Sequence) or len(blocs) != 2:
        raise FieldError("between", f"is {blocs!r}; give a list of two blocs")
    pair = (labels("between", blocs[0]), labels("between", blocs[1]))
    shared = sorted(set(names_in(pair[0])) & set(names_in(pair[1])))
    if shared:
        raise FieldError("between", f"has {shared[0]!r} in both blocs; they must be disjoint")
    return pair
