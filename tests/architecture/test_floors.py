"""The floors of the house: the import contract of pyproject.toml holds, lazy imports included."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.imports import import_edges
from tests.architecture.source import ROOT, source_tree

CONTRACT = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
FLOORS, STUDIES, ROOF = CONTRACT["contracts"]
EXCEPTIONS = [tuple(line.split(" -> ")) for line in FLOORS["ignore_imports"]]

LINT = "from importlinter.cli import lint_imports_command as lint; lint()"


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", LINT, "--no-cache", "--no-logo"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def rooms_of(layers: list[str]) -> list[str]:
    return [room.strip("() ") for layer in layers for room in layer.replace("|", ":").split(":")]


@pytest.fixture
def empty_house(tmp_path: Path) -> Path:
    """A tree of empty files under the contract of this one; it needs the declared exceptions."""
    text = (ROOT / "pyproject.toml").read_text()
    start = text.index("[tool.importlinter]")
    end = text.index("\n[tool.", text.index('layers = ["benchmarks'))
    (tmp_path / "pyproject.toml").write_text(text[start:end])
    files = {f"iomodel.{room}.__init__" for room in rooms_of(FLOORS["layers"])}
    files |= {"iomodel.__init__", *(f"{name}.__init__" for name in STUDIES["layers"])}
    files |= {f"{name}.__init__" for name in rooms_of(ROOF["layers"])}
    for name in sorted(files | {name for pair in EXCEPTIONS for name in pair}):
        path = tmp_path / f"{name.replace('.', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        for folder in path.relative_to(tmp_path).parents[:-1]:
            (tmp_path / folder / "__init__.py").touch()
    for source, target in EXCEPTIONS:
        with (tmp_path / f"{source.replace('.', '/')}.py").open("a") as file:
            file.write(f"def draw():\n    import {target}\n")
    return tmp_path


def test_floors_hold() -> None:
    run = lint_imports(ROOT)
    assert run.returncode == 0, run.stdout + run.stderr


def test_exceptions_are_from_results_to_their_report() -> None:
    for source, target in EXCEPTIONS:
        assert source.startswith(("iomodel.effects.", "iomodel.studies."))
        assert target.startswith("iomodel.report.")


def test_the_house_is_closed_below_its_face() -> None:
    edges = import_edges(source_tree())
    inside = {name: targets for name, targets in edges.items() if name.startswith("iomodel.")}
    assert [name for name, targets in inside.items() if "iomodel" in targets] == []


def test_an_empty_house_holds(empty_house: Path) -> None:
    run = lint_imports(empty_house)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("iomodel/table/__init__.py", "import iomodel.models\n"),
        ("iomodel/scenario/__init__.py", "def load():\n    from iomodel.effects import x\n"),
        ("iomodel/leontief/__init__.py", "import iomodel.equilibrium\n"),
        ("iomodel/cli/__init__.py", "import benchmarks\n"),
        ("iomodel/newroom/__init__.py", ""),
    ],
)
def test_a_planted_import_is_found(empty_house: Path, file: str, text: str) -> None:
    (empty_house / file).parent.mkdir(exist_ok=True)
    (empty_house / file).write_text(text)
    run = lint_imports(empty_house)
    assert run.returncode == 1
    assert "BROKEN" in run.stdout


def test_an_import_for_types_alone_is_no_offence(empty_house: Path) -> None:
    (empty_house / "iomodel/table/__init__.py").write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import iomodel.models\n"
    )
    assert lint_imports(empty_house).returncode == 0
