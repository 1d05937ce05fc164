"""Rows of a stacked result: one for each case and closure, with coordinates and variables."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from iomodel.effects.variables import BAND_SUFFIX, CLOSURE_SUFFIX, DRAW_SUFFIX
from iomodel.studies.case import Case
from iomodel.studies.journal.answers import PlainEffects, PlainVariable

__all__ = ["ENDS", "MEASURES", "NO_DRAW", "Row", "band_words", "coordinates", "rows_of"]

# Number of a case that is no draw, among draws.
NO_DRAW = -1
MEASURES = {
    "gdp_pct": "Change in GDP, percent",
    "real_income_pct": "Change in real income, percent",
    "consumer_price_pct": "Change in consumer prices, percent",
}
ENDS = ("low", "high")
# Dimensions of the variables that are stacked; those with others stay with their case.
STACKED = frozenset({"time", "region", "sector"})


class Row(NamedTuple):
    """Results of one case in one closure.

    Attributes
    ----------
    place : dict of str to object
        Label along each dimension of the stack.
    texts : dict of str to str
        Coordinates along these dimensions.
    cells : dict of str to PlainVariable
        Variables over time, regions and sectors.
    times : sequence
        Labels of time, of a model that follows one.
    """

    place: Mapping[str, Any]
    texts: Mapping[str, str]
    cells: Mapping[str, PlainVariable]
    times: Sequence[Any] = ()


def rows_of(case: Case, plain: PlainEffects, unbanded: str = "") -> list[Row]:
    """Rows of a case, one for each closure that its model gives side by side.

    Parameters
    ----------
    case : Case
    plain : PlainEffects
        Its answer.
    unbanded : str
        Reason for which it has no band, in half a sentence.

    Returns
    -------
    list of Row
        Placed by scenario, model, point of the grid of options and draw where the case is one of a
        product, by label and draw otherwise. The variables without a closure of their own stand in
        the row of the case's closure.
    """
    parameters = json.loads(plain.attrs["parameters"])
    cells = {
        name: variable
        for name, variable in plain.variables.items()
        if "region" in variable.dims and STACKED.issuperset(variable.dims)
    }
    cells |= _ends(plain)
    by_closure = {
        name.removesuffix(CLOSURE_SUFFIX): variable
        for name, variable in plain.variables.items()
        if name.endswith(CLOSURE_SUFFIX) and variable.dims == ("closure", "region")
    }
    standard = str(plain.attrs["closure"])
    closures = plain.labels["closure"].values.tolist() if "closure" in plain.labels else [standard]
    several = len(closures) > 1
    shared = {"band": band_words(parameters, unbanded), "provenance": _provenance(plain)}
    times = plain.labels["time"].values.tolist() if "time" in plain.labels else ()
    rows = []
    for k, closure in enumerate(closures if several else [standard]):
        values = dict(cells) if closure == standard else {}
        for stem, variable in by_closure.items():
            values[stem] = PlainVariable(("region",), variable.values[k], variable.attrs)
        texts = coordinates(case, str(closure), plain.attrs, parameters)
        name = (case.point or case.label) + (f":{closure}" if several else "")
        place = {"case": name, "draw": NO_DRAW if case.draw is None else case.draw}
        if case.point:
            place = {"scenario": case.scenario.name, "model": texts["model"], **place}
        unplaced = {key: text for key, text in texts.items() if key not in place}
        rows.append(Row(place, unplaced | shared, values, times))
    return rows


def coordinates(
    case: Case, closure: str, attrs: Mapping[str, Any], parameters: Mapping[str, Any]
) -> dict[str, str]:
    """Texts that say of a case in a closure how it was run."""
    return {
        "family": case.family,
        "model": str(attrs["model"]),
        "closure": closure,
        "elasticities": _value(parameters.get("elasticities", "")),
        "horizon": _value(parameters.get("horizon", "")),
        "scenario": str(attrs["scenario_name"]),
    }


def band_words(parameters: Mapping[str, Any], unbanded: str = "") -> str:
    """Return what the band of a case is over; ``none`` and the reason if there is none."""
    if "interval" in parameters:
        return f"5 to 95 percent of {parameters['interval']['draws']} draws of elasticities"
    if "band" in parameters:
        sigmas = parameters["band"]["sigma"]
        return f"sigma {min(sigmas):g} to {max(sigmas):g} across origins"
    return f"none: {unbanded}" if unbanded else "none"


# ---------------------------------------------------------------------- helpers
def _value(parameter: Any) -> str:
    """Value of a parameter, with or without its citation, as text."""
    return str((parameter.get("value", "") if isinstance(parameter, dict) else parameter) or "")


def _ends(plain: PlainEffects) -> dict[str, PlainVariable]:
    """Return the ends of the bands of headline variables."""
    banded = [
        name
        for name in MEASURES
        if any(f"{name}{suffix}" in plain.variables for suffix in (BAND_SUFFIX, DRAW_SUFFIX))
    ]
    if not banded:
        return {}
    frame = plain.effects().by_region(world=False)
    ends = {}
    for name in banded:
        attrs = plain.variables[name].attrs
        for end in ENDS:
            words = {"long_name": f"{attrs['long_name']}, {end} end of its band"}
            values = frame[f"{name}_{end}"].to_numpy()
            ends[f"{name}_{end}"] = PlainVariable(("region",), values, {**attrs, **words})
    return ends


def _provenance(plain: PlainEffects) -> str:
    """Model, parameters, notes and scenario as JSON."""
    attrs = plain.attrs
    record = {
        "model": attrs["model"],
        "parameters": json.loads(attrs["parameters"]),
        "notes": [line for line in str(attrs["notes"]).split("\n") if line],
        "scenario": attrs["scenario"],
    }
    return json.dumps(record, sort_keys=True)
