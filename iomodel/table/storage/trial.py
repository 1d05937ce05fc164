"""Trial reading of a NetCDF file in a process of its own, within bounds of time and memory.

``python -m iomodel.table.storage.trial PATH`` reads everything in a file, as the readers of tables
and effects do, and keeps nothing. Errors are no concern of a trial: the reader meets them again and
has the better words for them. Two other ends are: none in time, and the death of the process.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

__all__ = ["trial_fault"]

# Whole tables are read at more than 50 MB per second, compressed ones at more than 10.
SECONDS, BYTES_PER_SECOND = 10.0, 2e6
MODULE = "iomodel.table.storage.trial"
READY = b"ready\n"
OUT_OF_MEMORY = 3


def trial_fault(path: Path, seconds: float = SECONDS) -> str:
    """Fault of a file that a library cannot read within bounds; empty for all other files.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    seconds : float
        Time for a small file, imports not counted; a large one gets a second more for every 2 MB.

    Returns
    -------
    str
        Words for the end of a sentence.

    Raises
    ------
    OSError
        If there is no file or no process can be started.
    """
    limit = seconds + path.stat().st_size / BYTES_PER_SECOND
    folders = os.pathsep.join(folder or os.getcwd() for folder in sys.path)
    # Unlike -m alone, -P does not put the working folder before the libraries.
    command = [sys.executable, "-P", "-m", MODULE, os.fspath(path)]
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": folders},
    ) as process:
        assert process.stdout is not None
        started = process.stdout.readline() == READY
        try:
            code = process.wait(limit)
        except subprocess.TimeoutExpired:
            process.kill()
            return f"it has no checksum, and reading it does not end within {limit:.0f} s"
        except BaseException:
            process.kill()
            raise
    if started and code == 0:
        return ""
    if code == OUT_OF_MEMORY:
        return "it has no checksum, and its content is larger than the memory"
    return f"it has no checksum, and the process that read it ended with code {code}"


# ---------------------------------------------------------------------- in the process of the trial
def _bound_memory() -> None:
    """Limit the memory of this process to that of the machine, where the system can."""
    try:
        import resource

        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    except (ImportError, OSError, ValueError):
        return


def _read_links(path: str) -> None:
    import h5py  # type: ignore[import-untyped]

    with h5py.File(path, "r") as file:
        dict(file.attrs)
        for name in file:
            item = file.get(name, getlink=True) and file[name]
            if isinstance(item, h5py.Dataset):
                _ = item.external, item.is_virtual


def _read_header(path: str) -> None:
    import h5netcdf  # type: ignore[import-untyped]

    with h5netcdf.File(path, "r") as file:
        dict(file.attrs)
        dict(file.dimensions)


def _read_cells(path: str) -> None:
    import xarray as xr

    with xr.open_dataset(
        path, engine="h5netcdf", mask_and_scale=False, decode_times=False
    ) as dataset:
        dataset.load()


def _main(path: str) -> None:
    import h5netcdf  # noqa: F401
    import xarray  # noqa: F401

    _bound_memory()
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()
    for step in (_read_links, _read_header, _read_cells):
        try:
            step(path)
        except MemoryError:
            sys.exit(OUT_OF_MEMORY)
        except Exception:
            # No concern of the trial: the reader meets it again.
            continue


if __name__ == "__main__":
    _main(sys.argv[1])
