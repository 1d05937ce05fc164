"""Workers: answers in order, the same bytes whatever answers them, and none lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from iomodel._threads import blas_threads
from iomodel._workers import KINDS, in_order
from iomodel.errors import InfeasibleError, IOModelError, LabelError

linux = pytest.mark.skipif(sys.platform != "linux", reason="forks are used on Linux only")
MANY = [(1, None), *((count, kind) for count in (2, 4) for kind in KINDS)]


@linux
@pytest.mark.parametrize(("workers", "kind"), MANY)
def test_answers_come_in_order_and_are_the_same(workers, kind):
    def inverse(seed):
        time.sleep(0.01 * (seed % 3))  # later items are ready before earlier ones
        return np.linalg.inv(np.random.default_rng(seed).uniform(size=(20, 20))).tobytes()

    answers = list(in_order(inverse, range(12), workers=workers, kind=kind))
    assert answers == [inverse(seed) for seed in range(12)]


@linux
@pytest.mark.parametrize("kind", KINDS)
def test_an_error_comes_up_at_its_item(kind):
    def refuse_third(k):
        if k >= 3:
            raise InfeasibleError(f"item {k}")
        return k

    answers = in_order(refuse_third, range(9), workers=2, kind=kind)
    assert [next(answers) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(InfeasibleError, match="item 3"):
        next(answers)


@linux
def test_items_of_a_process_that_dies_are_answered_here():
    parent = os.getpid()

    def answer(k):
        if k == 2 and os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        return k

    assert list(in_order(answer, iter(range(8)), workers=2, kind="fork")) == list(range(8))


@linux
def test_a_worker_has_one_thread_of_blas_and_no_workers_of_its_own():
    def inside(k):
        pids = set(in_order(lambda _: os.getpid(), range(3), workers=4, kind="fork"))
        return blas_threads(), pids == {os.getpid()}, os.getpid()

    answers = list(in_order(inside, range(4), workers=2, kind="fork"))
    assert {answer[:2] for answer in answers} == {(1, True)}
    assert os.getpid() not in {answer[2] for answer in answers}


@linux
def test_threads_take_the_place_of_forks_where_others_run():
    # In a process of its own: other tests may have left threads in this one.
    script = (
        "import threading\nfrom iomodel._workers import default_kind\n"
        "print(default_kind())\nevent = threading.Event()\n"
        "thread = threading.Thread(target=event.wait)\nthread.start()\n"
        "print(default_kind())\nevent.set()\nthread.join()\nprint(default_kind())"
    )
    words = subprocess.check_output([sys.executable, "-c", script], text=True).split()
    assert words == ["fork", "thread", "fork"]


@linux
def test_workers_end_with_a_parent_that_is_killed():
    script = (
        "import os, time\nfrom iomodel._workers import in_order\n"
        "def work(k):\n    print(os.getpid(), flush=True)\n    time.sleep(60)\n"
        "list(in_order(work, range(2), workers=2, kind='fork'))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pids = [int(parent.stdout.readline()) for _ in range(2)]
        parent.kill()
    deadline = time.monotonic() + 20.0
    while any(map(_runs, pids)):
        assert time.monotonic() < deadline, "workers outlive their parent"
        time.sleep(0.05)


def test_items_are_read_as_workers_become_free():
    read = []

    def items():
        for k in range(50):
            read.append(k)
            yield k

    answers = in_order(lambda k: k, items(), workers=2, kind="thread")
    assert next(answers) == 0
    assert len(read) < 10
    answers.close()


def test_what_cannot_work_is_refused():
    with pytest.raises(IOModelError, match="workers must be at least one"):
        in_order(abs, [1], workers=0)
    with pytest.raises(LabelError, match="fork, thread"):
        in_order(abs, [1], kind="spoon")


def _runs(pid: int) -> bool:
    """Whether a process exists and is no zombie."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
