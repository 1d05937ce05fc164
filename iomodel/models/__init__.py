"""The models: one file each, one signature for all, one way to run them."""

from iomodel.models.registry import MODELS, ModelSpec, applicable, available_models, run

__all__ = ["MODELS", "ModelSpec", "applicable", "available_models", "run"]
