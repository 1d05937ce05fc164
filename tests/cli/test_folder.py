"""Folders of results: files of one run whatever happens, and nothing left behind."""

import os
from pathlib import Path

import pytest

from iomodel._io import atomic_path
from iomodel.cli.folder import KEY_FILES, RESULT_FILES, staged
from iomodel.errors import OutputError

RUN = ("by_region.csv", "by_region_sector.csv", "effects.nc", "figure.png")
COMPARISON = ("comparison.csv", "comparison.nc", "comparison.png")


def write(folder, names, text):
    with staged(folder) as staging:
        for name in names:
            (staging / name).write_text(text)


def contents(folder):
    return {path.name: path.read_text() for path in sorted(folder.iterdir())}


def killed_at(step, work):
    """Do the work in another process, killed at one change of a folder; whether it was killed."""
    child = os.fork()
    if child == 0:
        changes = 0

        def counted(change):
            def counting(*arguments, **settings):
                nonlocal changes
                changes += 1
                if changes > step:
                    os._exit(9)
                return change(*arguments, **settings)

            return counting

        for owner, name in ((os, "replace"), (Path, "unlink"), (Path, "rename"), (Path, "rmdir")):
            setattr(owner, name, counted(getattr(owner, name)))
        work()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


@pytest.mark.parametrize("names", [RUN, COMPARISON])
def test_a_kill_between_two_changes_never_leaves_files_of_two_runs(tmp_path, names):
    target = tmp_path / "run"
    for step in range(40):
        write(target, RUN, "old")
        (target / "report.html").write_text("old")
        (target / "mine.txt").write_text("mine")
        killed = killed_at(step, lambda: write(target, names, "new"))
        files = {path.name for path in target.iterdir() if path.is_file()}
        ours = files.intersection(RESULT_FILES)
        assert len({(target / name).read_text() for name in ours}) <= 1
        assert not ours or ours.intersection(KEY_FILES)
        assert "mine.txt" in files
        write(target, COMPARISON, "third")
        assert contents(target) == {**dict.fromkeys(COMPARISON, "third"), "mine.txt": "mine"}
        if not killed:
            break
    assert 8 < step < 39


def test_what_a_killed_process_left_is_cleaned_by_the_next_run(tmp_path):
    target = tmp_path / "run"
    assert killed_at(0, lambda: write(target, RUN, "a"))
    assert [path.name for path in tmp_path.iterdir()] == [".run.iomodel-partial"]
    write(target, COMPARISON, "b")
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
    assert contents(target) == dict.fromkeys(COMPARISON, "b")


def test_what_a_killed_process_left_of_one_file_is_cleaned_too(tmp_path):
    def write_one():
        with atomic_path(tmp_path / "page.html") as path:
            path.write_text("whole")

    assert killed_at(0, write_one)
    assert [path.name for path in tmp_path.iterdir()] == [".page.html.iomodel-partial"]
    write_one()
    assert contents(tmp_path) == {"page.html": "whole"}


def test_a_process_at_work_keeps_its_files(tmp_path):
    target = tmp_path / "run"
    with staged(target) as slow:
        (slow / "effects.nc").write_text("slow")
        write(target, RUN, "fast")
        assert contents(target) == dict.fromkeys(RUN, "fast")
    assert contents(target) == {"effects.nc": "slow"}
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_link_in_the_place_of_the_hidden_folder_is_not_followed(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "mine.txt").write_text("mine")
    (tmp_path / ".run.iomodel-partial").symlink_to(tmp_path / "elsewhere")
    write(tmp_path / "run", RUN, "a")
    assert contents(tmp_path / "elsewhere") == {"mine.txt": "mine"}
    assert contents(tmp_path / "run") == dict.fromkeys(RUN, "a")


def test_only_a_folder_of_results_is_cleared(tmp_path):
    (tmp_path / "report.html").write_text("of somebody else")
    write(tmp_path, RUN, "a")
    assert contents(tmp_path)["report.html"] == "of somebody else"
    # From now on it is one.
    write(tmp_path, RUN, "b")
    assert contents(tmp_path) == dict.fromkeys(RUN, "b")


def test_a_folder_in_the_place_of_a_file_refuses_before_anything_is_removed(tmp_path):
    write(tmp_path, RUN, "a")
    (tmp_path / "comparison.csv").mkdir()
    with pytest.raises(OutputError, match=r"comparison\.csv is a folder"):
        write(tmp_path, COMPARISON, "b")
    assert {n: (tmp_path / n).read_text() for n in RUN} == dict.fromkeys(RUN, "a")
