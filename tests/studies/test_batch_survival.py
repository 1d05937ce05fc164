"""Batches that are killed, whose workers die, whose disk is full: the same bytes in the end."""

from __future__ import annotations

import errno
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import iomodel as iom
from iomodel._processes import WorkerDied, in_processes
from iomodel.errors import IOModelError, OutputError
from iomodel.studies.batches import groups
from iomodel.studies.ensembles import results
from iomodel.studies.journal import checkpoint
from iomodel.studies.journal.checkpoint import Checkpoint
from tests.studies.mortal_work import half
from tests.studies.small_batch import TARIFF, digests, run_small, tables

ROOT = Path(__file__).resolve().parents[2]
GROUPS = 28


@pytest.fixture(scope="module")
def whole_folder(tmp_path_factory):
    """Folder of a batch that nothing interrupted."""
    path = tmp_path_factory.mktemp("whole") / "batch"
    run_small(path)
    return path


@pytest.fixture(scope="module")
def whole(whole_folder):
    """Digests of its files."""
    return digests(whole_folder)


def started(folder, *arguments):
    command = [sys.executable, "-m", "tests.studies.small_batch", str(folder), *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})


def answers(folder):
    return len(list((folder / "answers").glob("*.zip")))


# ---------------------------------------------------------------------- kills
def test_a_batch_that_is_killed_goes_on_to_the_same_bytes(whole, tmp_path):
    """SIGKILL at random moments of the run and of the assembly; at least one case is kept."""
    folder, rng = tmp_path / "batch", random.Random(1)
    for k, arguments in enumerate([(), ("2",)]):
        target = rng.randint(1, 9) + 10 * k
        with started(folder, *arguments) as process:
            while answers(folder) < target and process.poll() is None:
                time.sleep(0.002)
            workers = children(process.pid)
            process.kill()
        assert process.wait() == -signal.SIGKILL
    # Workers end with the process that they work for, at the answer they were at.
    deadline = time.monotonic() + 30.0
    while any(is_at_work(pid) for pid in workers) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(workers) == 2
    assert not any(is_at_work(pid) for pid in workers)
    finished = answers(folder)
    assert 10 < finished < GROUPS
    asked = []
    ensemble = run_small(folder, progress=asked.append)
    assert len(asked) == GROUPS - finished
    assert len(ensemble.effects) == GROUPS
    assert digests(folder) == whole


@pytest.mark.parametrize("moment", range(3))
def test_a_kill_during_the_assembly_leaves_no_half_of_it(
    whole_folder, whole, tmp_path, monkeypatch, moment
):
    steps = [(results, "synchronise_all"), (results.shutil, "rmtree"), (Checkpoint, "end_results")]
    folder = tmp_path / "batch"
    shutil.copytree(whole_folder, folder)
    ensemble = iom.open_ensemble(folder)
    with monkeypatch.context() as patch:
        patch.setattr(*steps[moment], interrupted)
        few = [case for case in ensemble.cases if case.model == "price"]
        with pytest.raises(KeyboardInterrupt):
            iom.run_batch(tables(), few, path=folder)
    with pytest.raises(OutputError, match="is not finished"):
        iom.open_ensemble(folder)
    run_small(folder)
    assert digests(folder) == whole


def interrupted(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


# ---------------------------------------------------------------------- workers
def test_workers_change_no_byte(whole, tmp_path):
    run_small(tmp_path / "batch", workers=2)
    assert digests(tmp_path / "batch") == whole
    in_memory = iom.run_batch(tables(), [TARIFF], models=["price"], workers=1)
    assert list(in_memory.effects) == ["four: tariff", "two: tariff"]


def test_a_worker_that_dies_is_replaced_and_its_task_done(tmp_path):
    state = (str(tmp_path / "marker"), 3)
    outcomes = dict(in_processes(half, state, [1, 3, -1, 4], 2))
    assert {k: outcomes[k] for k in (0, 1, 3)} == {0: 0.5, 1: 1.5, 3: 2.0}
    assert isinstance(outcomes[2], WorkerDied)
    assert "3 workers died of it, the last with code -9" in str(outcomes[2])
    with pytest.raises(ValueError, match="no half"):
        list(in_processes(half, state, [1, -2], 2))


def test_killed_workers_of_a_batch_are_replaced(whole, tmp_path):
    folder = tmp_path / "batch"
    with started(folder, "2") as process:
        killed = set()
        while len(killed) < 2 and process.poll() is None:
            for child in children(process.pid) - killed:
                if answers(folder) > 4 * len(killed):
                    os.kill(child, signal.SIGKILL)
                    killed.add(child)
            time.sleep(0.002)
        assert process.wait() == 0
    assert len(killed) == 2
    assert digests(folder) == whole


def children(pid):
    listed = Path(f"/proc/{pid}/task").glob("*/children")
    return {int(child) for path in listed for child in path.read_text().split()}


def is_at_work(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_workers_and_a_cluster_are_not_mixed():
    with pytest.raises(IOModelError, match="not both"):
        run_small(None, workers=2, client="tcp://nowhere:1")
    with pytest.raises(IOModelError, match="workers is 0; give one or more"):
        run_small(None, workers=0)


# ---------------------------------------------------------------------- cluster
def test_a_cluster_gives_the_same_bytes_though_a_worker_dies(whole, tmp_path):
    distributed = pytest.importorskip("dask.distributed", reason="install iomodel[dask]")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        pids = list(client.run(os.getpid).values())
        killed = []

        def kill_one(_key: str) -> None:
            if answers(tmp_path / "batch") > 3 and not killed:
                killed.append(pids[0])
                os.kill(pids[0], signal.SIGKILL)

        run_small(tmp_path / "batch", client=client, progress=kill_one)
        assert killed
        assert digests(tmp_path / "batch") == whole
        # By the address of the scheduler, and in memory.
        in_memory = run_small(None, client=cluster.scheduler_address)
        assert len(in_memory.effects) == GROUPS


# ---------------------------------------------------------------------- full disks
def test_a_disk_that_fills_up_stops_the_batch_and_it_goes_on(whole, tmp_path, monkeypatch):
    """At random moments: while answers are written, and while results are assembled."""
    write, rng, written = Path.write_bytes, random.Random(2), []

    def filling(path, content):
        written.append(path)
        if rng.random() < 0.1:
            write(path, content[: len(content) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(path, content)

    folder, failures = tmp_path / "batch", 0
    with monkeypatch.context() as patch:
        patch.setattr(checkpoint.Path, "write_bytes", filling)
        patch.setattr(results, "write_cases", full)
        for _ in range(50):
            with pytest.raises(OutputError, match="No space left on device; finished cases are"):
                run_small(folder)
            failures += 1
            if answers(folder) == GROUPS:
                break
    assert failures > 2
    # No case was written twice but those whose write failed.
    assert len(written) == GROUPS + failures - 1
    run_small(folder)
    assert digests(folder) == whole


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_limit_on_the_size_of_files_is_a_sentence(whole, tmp_path):
    folder = tmp_path / "batch"
    command = [sys.executable, "-m", "tests.studies.small_batch", str(folder)]
    ended = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000)),
    )
    assert "OutputError: cannot write" in ended.stderr
    assert "finished cases are kept, run it again" in ended.stderr
    run_small(folder)
    assert digests(folder) == whole


# ---------------------------------------------------------------------- locks
def test_two_batches_are_not_at_work_in_one_folder(tmp_path):
    table = tables()["two"]
    with (
        Checkpoint(tmp_path / "batch", [table]),
        pytest.raises(OutputError, match=rf"another batch is at work.*process {os.getpid()} on"),
    ):
        iom.run_batch(table, [TARIFF], models="price", path=tmp_path / "batch")
    # The lock of a process that was killed holds nobody up.
    (tmp_path / "batch" / "batch.lock").write_text("process 1 on a machine that is gone")
    iom.run_batch(table, [TARIFF], models="price", path=tmp_path / "batch")
    assert (tmp_path / "batch" / "batch.lock").read_text() == ""


# ---------------------------------------------------------------------- errors
def test_an_error_of_the_program_is_recorded_and_its_case_run_again(tmp_path, monkeypatch):
    solve, table = groups._solve, tables()["four"]

    def fails(workbench, group):
        if group.cases[0].model == "price":
            return [1 // 0]
        return solve(workbench, group)

    cases = [iom.Case(name, TARIFF, name) for name in ("price", "leontief")]
    with monkeypatch.context() as patch:
        patch.setattr(groups, "_solve", fails)
        ensemble = iom.run_batch(table, cases, path=tmp_path / "batch")
        [sentence] = ensemble.refusals.values()
        assert sentence.startswith("unexpected ZeroDivisionError in test_batch_survival.py, line")
        assert list(ensemble.effects) == ["leontief"]
        with pytest.raises(ZeroDivisionError):
            iom.run_batch(table, cases, on_error="refusals")
    asked = []
    again = iom.run_batch(table, cases, path=tmp_path / "batch", progress=asked.append)
    assert asked == ["price"]
    assert again.refusals == {}
    iom.run_batch(table, cases, path=tmp_path / "straight")
    assert digests(tmp_path / "batch") == digests(tmp_path / "straight")
