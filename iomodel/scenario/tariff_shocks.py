"""Shocks to tariffs: duties on flows, and dated layers of duties."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from iomodel.scenario.checks import FieldError, day, flag, fraction
from iomodel.scenario.shock import Shock, refuse_two_others
from iomodel.typing import Labels

__all__ = ["Tariff", "TariffLayer"]

# Largest duty that needs no word: prohibitive ones of history stay below 1,000 percent.
USUAL_DUTY = 10.0

LAYER_MODES = ("add", "in-force", "baseline", "lift")


@dataclass(frozen=True)
class Tariff(Shock):
    """An import duty on cross-border flows.

    Parameters
    ----------
    importer, exporter : str or sequence of str
        Country that levies it, and origin of the goods. ``"others"`` stands for all but the other
        side.
    sectors : str or sequence of str
        Products.
    rate : float
        Ad-valorem rate as a fraction, at least -1 (a negative one is a cut).
    add : bool
        Whether the rate comes on top of the duty so far; otherwise it replaces it.
    extreme : bool
        Whether a rate above 1,000 percent is meant. Without it such a value is refused, as it
        looks like a percentage.
    """

    kind: ClassVar[str] = "tariff"
    lowers_to: ClassVar[str] = "tariff"

    importer: Labels
    exporter: Labels
    sectors: Labels = "all"
    # Named after `sectors`, which has a default; a duty without a rate is refused.
    rate: float = None  # type: ignore[assignment]
    add: bool = True
    extreme: bool = field(default=False, kw_only=True)

    def _validate(self) -> None:
        self._labels("importer", "exporter", "sectors")
        refuse_two_others(self.importer, self.exporter, "exporter")
        self._set("add", flag("add", self.add))
        self._set("extreme", flag("extreme", self.extreme))
        self._set("rate", fraction("rate", self.rate, -1.0, USUAL_DUTY, self.extreme))


@dataclass(frozen=True)
class TariffLayer(Shock):
    """A dated, sourced set of trade-war duties; :func:`iomodel.scenario.layers.tariff_layers`.

    Parameters
    ----------
    name : str
        Name of the layer.
    date : datetime.date, optional
        Day of the rates. Default: the day for which the scenario is lowered, else the last
        state that the layer has.
    mode : {"add", "in-force", "baseline", "lift"}
        ``"add"``: the scenario introduces the duties. ``"in-force"``: they applied when the table's
        flows were observed and go on, so that later duties start from them. ``"baseline"``: they
        came later, but before the scenario, and go on. ``"lift"``: they applied when the flows
        were observed and the scenario ends them.
    baseline_date : datetime.date, optional
        With mode ``"add"``: the duties of this day are in force before the scenario, those of
        `date` after it; the shock is the difference of two dates.

    Examples
    --------
    The ruling of 20 February 2026 and the surcharge that followed:

    >>> import iomodel as iom
    >>> iom.TariffLayer("us-additional-2025-2026", "2026-02-24", baseline_date="2025-11-14")
    TariffLayer(name='us-additional-2025-2026', date=datetime.date(2026, 2, 24), ...)
    """

    kind: ClassVar[str] = "tariff_layer"
    lowers_to: ClassVar[str] = "tariff"

    name: str
    date: dt.date | None = None
    mode: Literal["add", "in-force", "baseline", "lift"] = "add"
    baseline_date: dt.date | None = field(default=None, kw_only=True)

    def _validate(self) -> None:
        if not isinstance(self.name, str) or not self.name:
            raise FieldError("name", f"is {self.name!r}; give the name of a tariff layer")
        self._set("date", day("date", self.date))
        if self.mode not in LAYER_MODES:
            raise FieldError("mode", f"is {self.mode!r}; valid: {', '.join(LAYER_MODES)}")
        self._set("baseline_date", day("baseline_date", self.baseline_date))
        if self.baseline_date is not None and self.mode != "add":
            raise FieldError("baseline_date", f"is of no use with mode {self.mode!r}; give 'add'")
