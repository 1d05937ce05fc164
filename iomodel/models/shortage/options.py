"""Options that the models of shortage share."""

from __future__ import annotations

from dataclasses import dataclass

from iomodel.models.kinds import AnyOf, Array, Choice, File, Number, Table
from iomodel.models.options import Options, option
from iomodel.models.shortage.criticality import ANALYSTS, Criticality

__all__ = ["ALLOCATION_NOTES", "CLOSURES", "CriticalityOptions", "criticality_kind"]

CLOSURES = ("possible", "sold")
ALLOCATION_NOTES = (
    "Closure possible: industries produce as much as their inputs allow, and unsold output goes to "
    "stock.",
    "Closure sold: industries produce only output that is bought.",
)


def criticality_kind(*words: str) -> AnyOf:
    """Return the kinds of value of an option ``criticality``, with its admissible words."""
    return AnyOf(
        (
            Choice(words),
            Number(0.0, 1.0),
            File(".csv"),
            Table("(input, user)", Number(0.0, 1.0), pairs_only=True),
            Array((("sector", "user_sector"),), Number(0.0, 1.0)),
        )
    )


@dataclass(frozen=True)
class CriticalityOptions(Options):
    """Options on the criticality of inputs."""

    criticality: Criticality = option(
        ANALYSTS,
        criticality_kind(ANALYSTS),
        "Share of production that stops with the last unit of an input: the analysts' ratings; one "
        "value for all pairs; values by (input, user) that replace the analysts', as a mapping or "
        "a CSV file; or all values over (sector, user_sector).",
        unit="1",
        source="PichlerEtAl2022",
    )
    important: float = option(
        0.5,
        Number(0.0, 1.0),
        "Criticality of inputs that analysts rate important.",
        unit="1",
        source="PichlerEtAl2022",
    )
