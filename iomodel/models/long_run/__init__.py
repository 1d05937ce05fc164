"""Models of the long run: diffusion of ideas, capital and labour, year by year."""

from iomodel.models.long_run.diffusion import (
    DiffusionOptions,
    diffusion,
    diffusion_batch,
    diffusion_paths,
    goes_bekkers_elasticities,
)
from iomodel.models.long_run.projections import (
    labour_path,
    labour_productivity,
    productivity_path,
)
from iomodel.models.long_run.regional_data import source_regions

__all__ = [
    "DiffusionOptions",
    "diffusion",
    "diffusion_batch",
    "diffusion_paths",
    "goes_bekkers_elasticities",
    "labour_path",
    "labour_productivity",
    "productivity_path",
    "source_regions",
]
