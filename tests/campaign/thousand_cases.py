"""A batch of a thousand cases, in a process that may be killed.

``python -m tests.campaign.thousand_cases FOLDER EXECUTOR``: two tables, ten scenarios, five sets of
elasticities, ten draws; EXECUTOR is a number of processes, 0 for none, or ``dask`` for a cluster of
two workers, one of which is killed halfway.
"""

from __future__ import annotations

import os
import signal
import sys
from functools import cache
from pathlib import Path
from typing import Any

import iomodel as iom
from iomodel.table.mrio import MRIOTable

__all__ = ["CASES", "run_thousand"]

CASES = 1000
SETS = ["CP", "FGO", "Shap", "GYY", "BSY"]
RATES = (0.1, 0.25, 0.4, 0.6, 1.0)
REGIONS = {"USA": ["USA"], "CHN": ["CHN"], "JPN": ["JPN"], "EU27": ["EU27"]}


@cache
def tables() -> dict[str, MRIOTable]:
    """Tables of 2022 and 2014 with five regions."""
    return {
        name: iom.load(name, import_shares="common").aggregate(regions=REGIONS, unmapped="ROW")
        for name in ("world-2022", "world-2014")
    }


def scenarios() -> list[iom.Scenario]:
    """Duties of the United States on China at five rates, alone and answered."""
    listed = []
    for rate in RATES:
        duty, answer = (iom.Tariff(*pair, rate=rate) for pair in (("USA", "CHN"), ("CHN", "USA")))
        listed.append(iom.Scenario((duty,), name=f"duty-{rate:g}-alone"))
        listed.append(iom.Scenario((duty, answer), name=f"duty-{rate:g}-answered"))
    return listed


def run_thousand(folder: Path, executor: str, **settings: Any) -> None:
    """Run the batch in a folder."""
    placed: dict[str, Any] = {}
    if executor not in ("0", "dask"):
        placed["workers"] = int(executor)
    elif executor == "dask":
        placed["client"], placed["progress"] = _cluster(folder)
    ensemble = iom.run_batch(
        tables(),
        scenarios(),
        models=["equilibrium"],
        options={"elasticities": SETS, "horizon": "long"},
        draws=10,
        seed=1,
        keep=["gdp_pct", "real_income_pct"],
        path=folder,
        **placed,
        **settings,
    )
    if len(ensemble.cases) != CASES:
        raise RuntimeError(f"the batch has {len(ensemble.cases)} cases")


def _cluster(folder: Path) -> tuple[Any, Any]:
    """Client of a cluster, and a callable that kills a worker after some more answers."""
    import distributed

    cluster = distributed.LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=2, threads_per_worker=1, dashboard_address=None
    )
    client = distributed.Client(cluster)  # type: ignore[no-untyped-call]
    pids = list(client.run(os.getpid).values())
    count = len(list((folder / "answers").glob("*.zip"))) + 3

    def kill(_key: str) -> None:
        if pids and len(list((folder / "answers").glob("*.zip"))) > count:
            os.kill(pids.pop(), signal.SIGKILL)
            pids.clear()

    return client, kill


if __name__ == "__main__":
    run_thousand(Path(sys.argv[1]), sys.argv[2])
    os._exit(0)  # a local cluster takes seconds to close
