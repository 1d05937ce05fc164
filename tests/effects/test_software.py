"""Versions behind a result, and the commit of a checkout."""

import numpy as np
import pytest

from iomodel.effects.software import LIBRARIES, checkout_commit, software

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def test_versions_of_python_package_and_libraries_are_named(effects):
    versions = effects.versions
    assert {"python", "iomodel", *LIBRARIES} <= set(versions) == set(software())
    assert versions["numpy"] == np.__version__


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("worktree", [False, True])
def test_commit_is_read_from_the_files_of_a_checkout(tmp_path, packed, worktree):
    folder = tmp_path / "repository" / ".git"
    folder.mkdir(parents=True)
    if packed:
        (folder / "packed-refs").write_text(f"# pack-refs\n{COMMIT} refs/heads/work\n")
    else:
        (folder / "refs" / "heads").mkdir(parents=True)
        (folder / "refs" / "heads" / "work").write_text(COMMIT + "\n")
    root, head = folder.parent, folder
    if worktree:
        head = folder / "worktrees" / "side"
        head.mkdir(parents=True)
        (head / "commondir").write_text("../..\n")
        root = tmp_path / "side"
        root.mkdir()
        (root / ".git").write_text(f"gitdir: {head}\n")
    (head / "HEAD").write_text("ref: refs/heads/work\n")
    assert checkout_commit(root) == COMMIT
    (head / "HEAD").write_text(COMMIT)
    assert checkout_commit(root) == COMMIT


def test_no_checkout_has_no_commit(tmp_path):
    assert checkout_commit(tmp_path) == ""
    (tmp_path / ".git").write_text("gitdir: nowhere\n")
    assert checkout_commit(tmp_path) == ""
