"""Runs of the command line that are killed: a folder of results is whole, or of one run, or absent.

The files of an earlier run are recognised by their bytes.
"""

from __future__ import annotations

import atexit
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from shutil import copytree, rmtree
from tempfile import TemporaryDirectory, mkdtemp

import numpy as np

from iomodel.cli.folder import KEY_FILES
from iomodel.effects import Effects
from iomodel.errors import IOModelError
from tests.campaign.outcomes import RIGHT, Outcome, wrong

SCENARIO = "name: {}\nshocks:\n  - supply_cut: {{region: TOY, sectors: REE, share: {}}}\n"
FILES = {"by_region.csv", "by_region_sector.csv", "effects.nc", "figure.png"}


def check(seed: int) -> Outcome:
    """Kill one run at a random moment, in a new folder or in that of an earlier run."""
    rng = np.random.default_rng(seed)
    finished, duration = _finished_run()
    with TemporaryDirectory(prefix="iomodel-campaign-") as scratch:
        folder = Path(scratch) / "run"
        earlier = bool(rng.random() < 0.5)
        if earlier:
            copytree(finished, folder)
        # Late moments are drawn more often: the first half of a run imports and computes.
        moment = duration * float(rng.uniform(0.0, 0.5) if rng.random() < 0.2 else
                                  rng.uniform(0.5, 1.2))  # fmt: skip
        process = _start(Path(scratch), "later", 0.6, folder)
        try:
            process.wait(moment)
        except subprocess.TimeoutExpired:
            process.kill()
        code = process.wait()
        words = _fault(folder, finished if earlier else None)
    return wrong(f"killed after {moment:.2f} s (code {code}): {words}") if words else RIGHT


def _start(scratch: Path, name: str, share: float, folder: Path) -> subprocess.Popen[bytes]:
    scenario = scratch / f"{name}.yaml"
    scenario.write_text(SCENARIO.format(name, share))
    command = [
        sys.executable, "-m", "iomodel", "run", str(scenario), "--table", "ree-toy",
        "--model", "leontief", "--out", str(folder), "--quiet",
    ]  # fmt: skip
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@cache
def _finished_run() -> tuple[Path, float]:
    """Folder of a run that was left to finish, and its duration in seconds."""
    scratch = Path(mkdtemp(prefix="iomodel-campaign-"))
    atexit.register(rmtree, scratch, ignore_errors=True)
    start = time.perf_counter()
    if _start(scratch, "earlier", 0.3, scratch / "run").wait() != 0:
        raise RuntimeError("the run to be killed does not finish by itself")
    return scratch / "run", time.perf_counter() - start


def _fault(folder: Path, earlier: Path | None) -> str:
    """Words on a folder that is neither absent nor of one run; empty for a good one."""
    if not folder.exists():
        return "" if earlier is None else "the folder of the earlier run is gone"
    files = {path.name for path in folder.iterdir() if path.is_file()}
    if earlier is None:
        if files != FILES:
            return f"a new folder holds {sorted(files)}"
    elif files and not files & set(KEY_FILES):
        return f"no key file beside {sorted(files)}"
    if not files:
        return ""
    try:
        name = Effects.from_netcdf(folder / "effects.nc").dataset.attrs["scenario_name"]
    except IOModelError as error:
        return f"effects.nc cannot be read: {error}"
    if earlier is None:
        return ""
    same = {file for file in files if _same(folder / file, earlier / file)}
    # What differs between the two runs tells them apart.
    if (name == "earlier" and same != files) or (name == "later" and same):
        return f"files of two runs: effects.nc is of {name}, {sorted(same)} of the earlier"
    return ""


def _same(a: Path, b: Path) -> bool:
    return a.read_bytes() == b.read_bytes()
