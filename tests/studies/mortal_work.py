"""Work of a process that may die of it."""

from __future__ import annotations

import os
import signal
from pathlib import Path


def half(state: tuple[str, int], task: int) -> float:
    """Half of a task; dies at the first try of one, always at -1, and refuses -2."""
    marker, deadly = state
    if task == -1 or (task == deadly and not Path(marker).exists()):
        Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if task == -2:
        raise ValueError("no half")
    print("libraries may print")
    return task / 2
