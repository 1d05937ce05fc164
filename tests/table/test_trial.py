"""Files without a checksum: read within bounds of time and memory, or refused."""

import os
import subprocess

import h5py
import pytest

from iomodel import load
from iomodel.errors import TableError
from iomodel.table.catalogue import embedded
from iomodel.table.storage.seal import LENGTH, MARK, verify
from iomodel.table.storage.trial import trial_fault

EMBEDDED = ("leather", "miller-blair", "ree-toy", "world-2014", "world-2022", "world-2022-ree")


@pytest.mark.parametrize("name", EMBEDDED)
def test_embedded_files_have_a_checksum(name):
    with embedded(name).open("rb") as file:
        file.seek(-LENGTH, os.SEEK_END)
        assert file.read().startswith(MARK)
    verify(embedded(name))


def test_a_readable_file_has_no_fault():
    assert trial_fault(embedded("ree-toy")) == ""


def test_errors_are_left_to_the_reader(tmp_path):
    (tmp_path / "t.nc").write_text("no such thing")
    assert trial_fault(tmp_path / "t.nc") == ""


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with a name")
def test_reading_without_end_is_ended(tmp_path):
    # Opening a pipe waits for its other end.
    os.mkfifo(tmp_path / "pipe")
    path = tmp_path / "t.nc"
    with h5py.File(path, "w") as file:
        file["Z"] = h5py.ExternalLink(str(tmp_path / "pipe"), "/Z")
    assert "does not end within" in trial_fault(path, 0.5)


def test_content_larger_than_the_memory_is_refused(tmp_path):
    path = tmp_path / "t.nc"
    with h5py.File(path, "w") as file:
        dimension = file.create_dataset("n", (10**13,), "f8", chunks=(1000,))
        dimension.make_scale("n")
    assert "larger than the memory" in trial_fault(path)
    with pytest.raises(TableError, match=r"cannot read .* larger than the memory\);"):
        load(path)


def test_death_of_the_library_is_refused(tmp_path, monkeypatch):
    class Dying(subprocess.Popen):
        def wait(self, timeout=None):
            self.kill()
            return super().wait(timeout)

    monkeypatch.setattr(subprocess, "Popen", Dying)
    assert "ended with code -9" in trial_fault(embedded("ree-toy"))
