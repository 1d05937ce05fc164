"""A batch of a thousand cases that is killed five times at random ends in the same bytes.

Each of the five runs, and the one that finishes, is in this process, in one, two or four worker
processes, or on a cluster that loses a worker; one run has a limit on the size of its files, as a
disk that fills up.
"""

from __future__ import annotations

import atexit
import hashlib
import resource
import subprocess
import sys
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory, mkdtemp

import numpy as np

from tests.campaign.outcomes import RIGHT, Outcome, wrong

KILLS = 5
EXECUTORS = ("0", "1", "2", "4", "dask")
# Bytes of a file that fits on the disk that fills up: fewer than a group of answers has.
FULL = 20_000


def check(seed: int) -> Outcome:
    """Kill one batch five times, and let it finish."""
    rng = np.random.default_rng(seed)
    expected, duration = _whole()
    with TemporaryDirectory(prefix="iomodel-campaign-") as scratch:
        folder, story = Path(scratch) / "batch", []
        filling = int(rng.integers(KILLS))
        for k in range(KILLS):
            executor = str(rng.choice(EXECUTORS))
            moment = duration * float(rng.uniform(0.1, 0.5))
            process = _start(folder, executor, full=k == filling)
            try:
                process.wait(moment)
            except subprocess.TimeoutExpired:
                process.kill()
            code = process.wait()
            count = len(list((folder / "answers").glob("*.zip")))
            story.append(f"{executor} for {moment:.1f} s (code {code}, {count} groups)")
            # Workers of a killed run end at the answer they work at.
            time.sleep(0.2)
        executor = str(rng.choice(EXECUTORS))
        if _start(folder, executor, full=False).wait() != 0:
            return wrong(f"does not finish with {executor} after {'; '.join(story)}")
        resumed = _digests(folder)
        differing = sorted(
            name for name in {*expected, *resumed} if expected.get(name) != resumed.get(name)
        )
    if differing:
        return wrong(f"{len(differing)} files differ, {differing[:3]}, after {'; '.join(story)}")
    return RIGHT


def _start(folder: Path, executor: str, *, full: bool) -> subprocess.Popen[bytes]:
    def limit() -> None:
        if full:
            resource.setrlimit(resource.RLIMIT_FSIZE, (FULL, FULL))

    return subprocess.Popen(
        [sys.executable, "-m", "tests.campaign.thousand_cases", str(folder), executor],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=limit,
    )


@cache
def _whole() -> tuple[Mapping[str, str], float]:
    """Digests of a batch that was left to finish, and its duration in seconds."""
    scratch = Path(mkdtemp(prefix="iomodel-campaign-"))
    atexit.register(rmtree, scratch, ignore_errors=True)
    start = time.perf_counter()
    if _start(scratch / "batch", "0", full=False).wait() != 0:
        raise RuntimeError("the batch to be killed does not finish by itself")
    return _digests(scratch / "batch"), time.perf_counter() - start


def _digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }
