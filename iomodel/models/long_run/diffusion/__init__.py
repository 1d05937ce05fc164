"""The long run: ideas travel with trade, year by year against a growing baseline."""

from iomodel.models.long_run.diffusion.model import (
    HANDLES,
    diffusion,
    diffusion_batch,
    diffusion_paths,
    goes_bekkers_elasticities,
)

__all__ = [
    "HANDLES",
    "diffusion",
    "diffusion_batch",
    "diffusion_paths",
    "goes_bekkers_elasticities",
]
