"""Every room lists its names and is reachable from the top of the package."""

import importlib
import subprocess
import sys
from importlib.util import find_spec
from types import ModuleType

import pytest

import iomodel as iom
from tests.architecture.source import ROOT, source_tree

ROOMS = sorted(path.parent.name for path in (ROOT / "iomodel").glob("*/__init__.py"))
# The extra `dask`: a file that begins with it is loaded where it is installed.
ABSENT = [name for name in ("distributed",) if find_spec(name) is None]
LISTED = [
    m.name
    for m in source_tree()
    if m.path.startswith("iomodel/")
    and "__all__ =" in m.text
    and not any(f"\nimport {name}\n" in m.text for name in ABSENT)
]


def missing_names(module: ModuleType) -> list[str]:
    return [name for name in module.__all__ if not hasattr(module, name)]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_lists_its_names(room: str) -> None:
    assert importlib.import_module(f"iomodel.{room}").__all__


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_reachable_from_the_top(room: str) -> None:
    code = f"import sys, iomodel; print(iomodel.{room}.__name__, 'iomodel.{room}' in sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert run.stdout.split() == [f"iomodel.{room}", "True"]
    assert room in dir(iom)


@pytest.mark.parametrize("name", ["iomodel", *LISTED])
def test_every_listed_name_exists(name: str) -> None:
    module = importlib.import_module(name)
    assert missing_names(module) == []
    assert len(set(module.__all__)) == len(module.__all__)


def test_a_missing_name_is_found() -> None:
    module = ModuleType("planted")
    vars(module).update(__all__=["here", "gone"], here=1)
    assert missing_names(module) == ["gone"]
