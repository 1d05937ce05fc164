"""Good and wrong values of options, made from their declarations alone."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from iomodel.models.kinds import (
    AnyOf,
    Array,
    Choice,
    Date,
    Elasticity,
    File,
    Flag,
    ManyNumbers,
    Names,
    Number,
    Table,
    Text,
    Whole,
)

DAY = dt.date(2025, 11, 10)
ELASTICITY = Number(above=-1.0)

# Values that no kind reads, or few do; `fitting` says which.
COMMON = {
    "an empty list": [],
    "an empty mapping": {},
    "true": True,
    "a word": "perhaps",
    "a fraction": 1.5,
    "a number as text": "010",
    "not a number": math.nan,
    "infinity": math.inf,
    "minus infinity": -math.inf,
    "an empty text": "",
    "a list in a list": [[1]],
    "a mapping of lists": {"C20": [1]},
}
# Likewise, of types that only Python has.
PYTHON_ONLY = {
    "an object": object(),
    "a complex number": 1j,
    "bytes": b"CP",
    "a set": {1},
    "an array of one": np.array([1.0]),
    "a decimal": Decimal("0.5"),
    "NumPy's NaN": np.float32("nan"),
    "no time": pd.NaT,
    "NumPy's no time": np.datetime64("NaT"),
    "a pair with an empty name": {("C20", ""): 0.5},
    "an array over strange dimensions": xr.DataArray([1.0], dims="planet"),
    "an array of words": xr.DataArray(["a"], dims="region", coords={"region": ["USA"]}),
    "an array of nothing": xr.DataArray(np.ones(0), dims="region"),
}


def wrong_values(declaration):
    """Yield description and value of wrong values that can also be written as text."""
    if declaration.default is not None:
        yield "null", None
    fitting = set(fitting_common(declaration.kind))
    yield from ((words, value) for words, value in COMMON.items() if words not in fitting)
    yield from wrong_for(declaration.kind)


def wrong_python_values(declaration):
    """Yield description and value of wrong values that only Python can express."""
    yield from PYTHON_ONLY.items()
    if not any(isinstance(kind, Flag) for kind in members(declaration.kind)):
        yield "NumPy's true", np.bool_(True)
    for kind in members(declaration.kind):
        if isinstance(kind, Array) and kind.each is not None:
            (dims, *_) = kind.dims
            for number in outside(kind.each):
                values = np.full((2,) * len(dims), inside(kind.each)[0])
                values.flat[-1] = number
                yield f"an array with {number}", xr.DataArray(values, dims=dims)


def good_values(declaration):
    """Yield values with what the declaration reads from them."""
    if declaration.default is None:
        yield None, None
    yield declaration.default, declaration.default
    for kind in members(declaration.kind):
        yield from good_for(kind)


def members(kind):
    return kind.kinds if isinstance(kind, AnyOf) else (kind,)


# ---------------------------------------------------------------------- wrong values by kind
def fitting_common(kind) -> Iterator[str]:
    """Yield the descriptions of common values that a kind does read."""
    words = ("a word", "a number as text")
    if isinstance(kind, AnyOf):
        for each in kind.kinds:
            yield from fitting_common(each)
    elif isinstance(kind, Number | Elasticity):
        bounds = ELASTICITY if isinstance(kind, Elasticity) else kind
        yield from ["a fraction"] if is_within(bounds, COMMON["a fraction"]) else []
    elif isinstance(kind, Flag):
        yield "true"
    elif isinstance(kind, Names) or (isinstance(kind, File) and not kind.ending):
        yield from words
    elif isinstance(kind, Text):
        yield from (word for word in words if kind.fits(COMMON[word]))


def wrong_for(kind):
    """Yield description and value of what a kind alone must refuse."""
    if isinstance(kind, AnyOf):
        for each in kind.kinds:
            yield from wrong_for(each)
    elif isinstance(kind, Choice | Elasticity):
        for word in kind.values if isinstance(kind, Choice) else kind.sets:
            yield f"a typo of {word}", f"{word}x"
            yield f"{word} in other letters", word.swapcase()
            yield f"{word} in a list", [word]
        if isinstance(kind, Elasticity):
            yield from wrong_for(ELASTICITY)
    elif isinstance(kind, Number):
        yield from ((f"{number} out of range", number) for number in outside(kind))
        yield "more digits than a float has", 10**400
        yield "a list of a number", [inside(kind)[0]]
    elif isinstance(kind, Whole):
        yield "below the lowest", kind.low - 1
        yield "a float", float(kind.low)
        yield "minus a million", -1_000_000
        if kind.high is not None:
            yield "above the highest", kind.high + 1
    elif isinstance(kind, Flag):
        yield from {"zero": 0, "one": 1, "one as text": "1", "a word for yes": "si"}.items()
    elif isinstance(kind, Date):
        yield from {
            "no day": "2025-13-45",
            "a word for a day": "tomorrow",
            "a year": 2025,
            "a day in another order": "10.11.2025",
            "an hour": dt.datetime(2025, 11, 10, 12),
        }.items()
    elif isinstance(kind, Text):
        yield from [] if kind.fits("price:") else [("no region", "price:"), ("other", "wages:USA")]
    elif isinstance(kind, File):
        yield from [("a file of another kind", "ratings.txt")] if kind.ending else []
        yield "a list of files", [f"a{kind.ending}"]
    elif isinstance(kind, Names):
        yield from {"no name": [""], "a number in a list": ["C20", 1], "deep": [["C20"]]}.items()
    elif isinstance(kind, ManyNumbers):
        yield from wrong_lists(kind)
    elif isinstance(kind, Table):
        key = "C20"
        for number in [*outside(kind.each), math.nan, math.inf, True, "much", None]:
            yield f"a mapping to {number}", {key: number}
        yield "a mapping without a name", {"": inside(kind.each)[0]}
        if kind.pairs_only:
            yield "a mapping of single names", {key: inside(kind.each)[0]}


def wrong_lists(kind: ManyNumbers):
    good = inside(kind.each)[0]
    count = len(kind.names)
    yield "too few numbers", [good] * (count - 1)
    yield "too many numbers", [good] * (count + 1)
    yield "one number", good
    for number in [*outside(kind.each), math.nan, math.inf, True, "perhaps", None, [good]]:
        yield f"a list with {number}", [*[good] * (count - 1), number]


# ---------------------------------------------------------------------- good values by kind
def good_for(kind):
    if isinstance(kind, Choice):
        yield from ((word, word) for word in kind.values)
        yield np.str_(kind.values[0]), kind.values[0]
    elif isinstance(kind, Number):
        for number in inside(kind):
            yield number, float(number)
            yield np.float64(number), float(number)
            if is_within(kind, float(np.float32(number))):
                yield np.float32(number), float(np.float32(number))
            if float(number).is_integer():
                yield int(number), float(number)
                yield np.int64(number), float(number)
    elif isinstance(kind, Whole):
        for number in (kind.low, kind.low + 1):
            yield number, number
            yield np.int64(number), number
            yield np.uint16(number), number
    elif isinstance(kind, Flag):
        for flag in (True, False):
            yield flag, flag
            yield np.bool_(flag), flag
    elif isinstance(kind, Date):
        for day in (DAY, "2025-11-10", dt.datetime(2025, 11, 10), np.datetime64(DAY)):
            yield day, DAY
        yield pd.Timestamp(DAY), DAY
    elif isinstance(kind, Text):
        yield from [("perhaps", "perhaps")] if kind.fits("perhaps") else [("price:USA",) * 2]
    elif isinstance(kind, File):
        name = f"folder/a{kind.ending}"
        yield name, Path(name)
        yield Path(name), Path(name)
    elif isinstance(kind, Names):
        yield "C20", "C20"
        yield np.str_("C20"), "C20"
        yield ["C20", "C26"], ("C20", "C26")
    elif isinstance(kind, ManyNumbers):
        number = inside(kind.each)[0]
        read = (float(number),) * len(kind.names)
        for value in ([number] * len(read), read, np.array(read), list(np.float32(read))):
            yield value, read
    elif isinstance(kind, Table):
        number = inside(kind.each)[0]
        if not kind.pairs_only:
            yield {"C20": number}, {"C20": number}
            yield {np.str_("C20"): np.float32(number)}, {"C20": float(np.float32(number))}
        yield {("C20", "C26"): np.float64(number)}, {("C20", "C26"): number}
    elif isinstance(kind, Array):
        for dims in kind.dims:
            array = xr.DataArray(np.full((2,) * len(dims), inside(kind.each)[0]), dims=dims)
            yield array, array
    elif isinstance(kind, Elasticity):
        yield from ((name, name) for name in kind.sets)
        yield from good_for(ELASTICITY)
        yield from good_for(Array((("sector",),), ELASTICITY))
    else:
        raise AssertionError(f"no good values of {type(kind).__name__}")


# ---------------------------------------------------------------------- numbers
def is_within(kind: Number, number: float) -> bool:
    return kind.low <= number <= kind.high and kind.above < number < kind.below


def inside(kind: Number) -> list[float]:
    """Numbers within the bounds: those that are reached, and some between."""
    candidates = [0.5, 0.1, 1.0, 4.0, kind.low, kind.high]
    return [x for x in candidates if is_within(kind, x) and math.isfinite(x)]


def outside(kind: Number) -> Iterator[float]:
    """Numbers just outside of the bounds and far from them."""
    for bound, away in ((kind.low, -math.inf), (kind.high, math.inf)):
        if math.isfinite(bound):
            yield from (math.nextafter(bound, away), bound + math.copysign(1000.0, away))
    for bound, away in ((kind.above, -math.inf), (kind.below, math.inf)):
        if math.isfinite(bound):
            yield from (bound, bound + math.copysign(1000.0, away))
