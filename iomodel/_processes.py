"""Worker processes that may die: plain interpreters that answer tasks over pipes, one at a time.

A pool of :mod:`concurrent.futures` ends all its tasks when one process dies, and starts processes
that import the user's script once more, which must be guarded for it. Here a worker that dies is
replaced and its task given to the next one, so that a task that exhausts memory does not take the
others with it; results come as they are ready. Tasks, state and results travel by pickle between a
process and its own children only.
"""

from __future__ import annotations

import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any, BinaryIO, TypeVar

from iomodel._threads import enter_worker

__all__ = ["WorkerDied", "in_processes"]

State = TypeVar("State")
Task = TypeVar("Task")
Result = TypeVar("Result")

# Workers that may die of one task before it is given up.
TRIES = 3
# Threads of linear algebra of a worker: processes share the processors already.
ONE_THREAD = (
    *("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"),
    *("BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "NUMEXPR_NUM_THREADS"),
)
# Tasks that wait for a worker, and results that wait to be read: memory stays bounded.
WAITING = 2


class WorkerDied(Exception):
    """Task that took several workers with it."""


def in_processes(
    work: Callable[[State, Task], Result],
    state: State,
    tasks: Iterable[Task],
    workers: int,
) -> Iterator[tuple[int, Result | WorkerDied]]:
    """Yield number and result of every task as they come, computed in processes.

    Parameters
    ----------
    work : callable
        ``work(state, task)``, a function of a module.
    state : object
        Sent once to each worker.
    tasks : iterable
        Read as workers become free.
    workers : int
        Number of processes.

    Yields
    ------
    tuple
        Number of the task, and its result, or WorkerDied after three dead workers.

    Raises
    ------
    Exception
        That of a task, as it was raised there; the other workers are ended.
    """
    numbered = enumerate(tasks)
    guard = threading.Lock()
    results: queue.Queue[_Outcome] = queue.Queue(WAITING * workers)
    message = pickle.dumps((work, state), protocol=pickle.HIGHEST_PROTOCOL)
    stop = threading.Event()
    crew = [_Worker(message, numbered, guard, results, stop) for _ in range(workers)]
    for worker in crew:
        worker.start()
    try:
        working = workers
        while working:
            outcome = results.get()
            if outcome is None:
                working -= 1
            elif isinstance(outcome[1], _Raised):
                raise outcome[1].error
            else:
                yield outcome
    finally:
        stop.set()
        for worker in crew:
            worker.end()


# ---------------------------------------------------------------------- parent
_Outcome = tuple[int, Any] | None


class _Raised:
    """Exception of a task, of the worker or of the iteration over tasks."""

    def __init__(self, error: BaseException) -> None:
        self.error = error


class _Worker(threading.Thread):
    """Thread that hands tasks to one process and replaces it when it dies."""

    def __init__(
        self,
        message: bytes,
        numbered: Iterator[tuple[int, Any]],
        guard: threading.Lock,
        results: queue.Queue[_Outcome],
        stop: threading.Event,
    ) -> None:
        super().__init__(daemon=True)
        self._message, self._numbered, self._guard = message, numbered, guard
        self._results, self._halt = results, stop
        self._process: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        """Work until there are no more tasks."""
        try:
            while not self._halt.is_set():
                with self._guard:
                    number, task = next(self._numbered, (-1, None))
                if number < 0:
                    break
                self._put((number, self._answer(task)))
        except BaseException as error:
            self._put((-1, _Raised(error)))
        finally:
            self.end()
            self._put(None)

    def _answer(self, task: Any) -> Any:
        content = pickle.dumps(task, protocol=pickle.HIGHEST_PROTOCOL)
        code: int | None = None
        for _ in range(TRIES):
            if self._halt.is_set():
                break
            process = self._living_process()
            try:
                return self._exchange(process, content)
            except (EOFError, OSError):
                code = process.wait()
                self.end()
        return WorkerDied(f"{TRIES} workers died of it, the last with code {code}")

    def _living_process(self) -> subprocess.Popen[bytes]:
        """Process of this thread with the state, a new one where it has none."""
        if self._process is None:
            environment = os.environ | dict.fromkeys(ONE_THREAD, "1")
            paths = os.pathsep.join(path or os.getcwd() for path in sys.path)
            self._process = subprocess.Popen(
                [sys.executable, "-c", "from iomodel._processes import serve; serve()"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=environment | {"PYTHONPATH": paths},
                # Ctrl-C is for the parent, which ends its workers.
                start_new_session=True,
            )
            with suppress(OSError):
                _send(self._process.stdin, self._message)
        return self._process

    def _exchange(self, process: subprocess.Popen[bytes], content: bytes) -> Any:
        _send(process.stdin, content)
        kind, value = pickle.loads(_receive(process.stdout))
        return _Raised(value) if kind == "error" else value

    def _put(self, outcome: _Outcome) -> None:
        """Hand over an outcome, unless nobody reads any more."""
        while not self._halt.is_set():
            with suppress(queue.Full):
                self._results.put(outcome, timeout=0.2)
                return

    def end(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):
                    if pipe is not None:
                        pipe.close()


# ---------------------------------------------------------------------- child
def serve() -> None:
    """Answer tasks from the standard input until it ends, as it does when the parent dies."""
    tasks = sys.stdin.buffer
    # What a library prints must not stand between two answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    enter_worker()
    try:
        work, state = pickle.loads(_receive(tasks))
        while True:
            task = pickle.loads(_receive(tasks))
            _send(answers, _reply(work, state, task))
    except (EOFError, BrokenPipeError):
        return


def _reply(work: Callable[[Any, Any], Any], state: Any, task: Any) -> bytes:
    try:
        reply = ("result", work(state, task))
    except Exception as error:
        try:
            return pickle.dumps(("error", error))
        except Exception:
            return pickle.dumps(("error", RuntimeError(f"{type(error).__name__}: {error}")))
    return pickle.dumps(reply, protocol=pickle.HIGHEST_PROTOCOL)


def _send(pipe: BinaryIO | Any, content: bytes) -> None:
    pipe.write(len(content).to_bytes(8, "little"))
    pipe.write(content)
    pipe.flush()


def _receive(pipe: BinaryIO | Any) -> bytes:
    size = pipe.read(8)
    if len(size) < 8:
        raise EOFError
    length = int.from_bytes(size, "little")
    content: bytes = pipe.read(length)
    if len(content) < length:
        raise EOFError
    return content
