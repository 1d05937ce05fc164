"""Models at fixed prices: leontief, price, extraction, ghosh, mixed."""

from iomodel.models.fixed_price.extraction import ExtractionOptions, extraction
from iomodel.models.fixed_price.ghosh import GhoshOptions, fixed_output, ghosh
from iomodel.models.fixed_price.leontief import LeontiefOptions, leontief
from iomodel.models.fixed_price.mixed import MixedOptions, mixed, mixed_outputs
from iomodel.models.fixed_price.price import PriceOptions, price

__all__ = [
    "ExtractionOptions",
    "GhoshOptions",
    "LeontiefOptions",
    "MixedOptions",
    "PriceOptions",
    "extraction",
    "fixed_output",
    "ghosh",
    "leontief",
    "mixed",
    "mixed_outputs",
    "price",
]
