"""Many runs: cases, batches, ensembles; comparisons, brackets of supply cuts, decoupling."""

from iomodel.studies.batches.batch import run_batch
from iomodel.studies.batches.product import ElasticityDraws
from iomodel.studies.case import Case
from iomodel.studies.comparison import compare
from iomodel.studies.draw_axis import interval
from iomodel.studies.elasticity_draws import draw_elasticities, drawn_elasticities
from iomodel.studies.elasticity_interval import with_interval
from iomodel.studies.ensembles.ensemble import Ensemble
from iomodel.studies.ensembles.stored import open_ensemble
from iomodel.studies.rerunning import rerun
from iomodel.studies.supply_cuts import CutBracket, cut_bracket

__all__ = [
    "Case",
    "CutBracket",
    "ElasticityDraws",
    "Ensemble",
    "compare",
    "cut_bracket",
    "draw_elasticities",
    "drawn_elasticities",
    "interval",
    "open_ensemble",
    "rerun",
    "run_batch",
    "with_interval",
]
