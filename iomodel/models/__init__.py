"""The models: one signature for all, one way to run them, options declared once."""

from iomodel.models.elasticities import elasticities, elasticity_sets
from iomodel.models.model import Model, model
from iomodel.models.options import Options, option
from iomodel.models.registry import MODELS, applicable, available_models
from iomodel.models.running import default_model, run
from iomodel.models.workbench import Workbench

__all__ = [
    "MODELS",
    "Model",
    "Options",
    "Workbench",
    "applicable",
    "available_models",
    "default_model",
    "elasticities",
    "elasticity_sets",
    "model",
    "option",
    "run",
]
