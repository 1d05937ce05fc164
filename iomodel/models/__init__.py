"""The models: one file each, one signature for all, one way to run them."""

from iomodel.models.registry import MODELS, ModelSpec, applicable, available_models
from iomodel.models.running import default_model, run

__all__ = ["MODELS", "ModelSpec", "applicable", "available_models", "default_model", "run"]
