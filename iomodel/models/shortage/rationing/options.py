"""Options of the model ``rationing``, and the constraints that they set."""

from __future__ import annotations

from dataclasses import dataclass

from iomodel.errors import LabelError
from iomodel.models.kinds import Choice, Number
from iomodel.models.options import option
from iomodel.models.shortage.allocation import RULES as RATIONING_RULES
from iomodel.models.shortage.options import CLOSURES, CriticalityOptions
from iomodel.models.shortage.rationing.bounds import Limits

__all__ = ["OBJECTIVES", "OPTIMAL", "RationingOptions", "limits_of"]

OPTIMAL = "optimal"
OBJECTIVES = ("value_added", "final_demand", "output")


@dataclass(frozen=True)
class RationingOptions(CriticalityOptions):
    """Options of the model ``rationing``."""

    rule: str = option(
        OPTIMAL,
        Choice((OPTIMAL, *RATIONING_RULES)),
        "The programme, or a rule: all users alike, industries before final demand, or customers "
        "in order of size.",
    )
    closure: str = option(
        "possible",
        Choice(CLOSURES),
        "Industries produce as much as their inputs allow, or only output that is bought.",
    )
    objective: str = option(
        "value_added",
        Choice(OBJECTIVES),
        "Objective of the programme, over the world. A second objective settles ties: value added "
        "after final demand, final demand after value added or output.",
    )
    resourcing: float = option(
        0.0,
        Number(low=0.0),
        "Programme only: growth of deliveries that no cut touches.",
        unit="fraction of base deliveries",
    )
    idle: float = option(
        0.0,
        Number(low=0.0),
        "Programme only, closure sold: idle capacity of every industry.",
        unit="fraction of base output",
    )


def limits_of(options: RationingOptions) -> Limits:
    """Return the limits of the programme.

    Raises
    ------
    LabelError
        If a rule gets options of the programme, or idle capacity would produce for stock.
    """
    for name in ("resourcing", "idle"):
        if getattr(options, name) and options.rule != OPTIMAL:
            raise LabelError(
                f"rule {options.rule!r} takes no {name}; leave it out, or use rule 'optimal'"
            )
    if options.idle and options.closure != "sold":
        raise LabelError(
            "idle capacity would run for stock; use closure 'sold' with it, or leave idle at 0"
        )
    return Limits(idle=options.idle, resourcing=options.resourcing, sold=options.closure == "sold")
