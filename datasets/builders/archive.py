"""NumPy archives with LZMA instead of Deflate: two thirds of the size, read by ``numpy.load``."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from iomodel._io import atomic_path

UNIX = 3


def write_archive(path: Path, arrays: Mapping[str, NDArray[Any]]) -> Path:
    """Write arrays in the given order, without time stamps: the same arrays give the same bytes."""
    with atomic_path(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for name, array in arrays.items():
            stream = io.BytesIO()
            np.lib.format.write_array(stream, np.ascontiguousarray(array), allow_pickle=False)
            member = zipfile.ZipInfo(f"{name}.npy")
            member.create_system = UNIX
            archive.writestr(member, stream.getvalue(), zipfile.ZIP_LZMA)
    return path
