"""Model diffusion: ideas travel with trade, year by year against a growing baseline."""

from iomodel.models.long_run.diffusion.inputs import goes_bekkers_elasticities
from iomodel.models.long_run.diffusion.model import diffusion, diffusion_batch, diffusion_paths
from iomodel.models.long_run.diffusion.options import DiffusionOptions

__all__ = [
    "DiffusionOptions",
    "diffusion",
    "diffusion_batch",
    "diffusion_paths",
    "goes_bekkers_elasticities",
]
