"""`import iomodel` costs next to nothing, and every public name is there."""

import subprocess
import sys
from importlib import metadata

HEAVY = ("numpy", "scipy", "pandas", "xarray", "h5py", "h5netcdf", "matplotlib", "rich", "yaml")


ROOMS = (
    *("table", "leontief", "equilibrium", "indicators", "diffusion", "scenario", "effects"),
    *("models", "studies", "report", "cli"),
)


def python(*arguments):
    command = [sys.executable, *arguments]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
    return process.stdout


def run_alone(code):
    return python("-c", code).split()


def test_import_loads_no_heavy_module():
    loaded = run_alone("import sys, iomodel; print(*sys.modules)")
    assert "iomodel" in loaded
    assert not set(HEAVY) & set(loaded)


def test_help_and_version_load_no_heavy_module():
    code = (
        "import sys; from iomodel.cli import main; main(['--help'], standalone_mode=False); "
        "print(*sys.modules)"
    )
    assert not {"numpy", "pandas", "xarray", "matplotlib"} & set(run_alone(code))


def test_every_public_name_can_be_had():
    code = "import iomodel as iom; print(*[n for n in iom.__all__ if getattr(iom, n) is None])"
    assert run_alone(code) == []
    code = "import iomodel as iom; print(*iom.__all__); print(*dir(iom))"
    assert {"MRIOTable", "Scenario", "run", "compare", "load", "Effects"} <= set(run_alone(code))


def test_rooms_and_version_can_be_had_and_load_nothing_before():
    assert set(ROOMS) <= set(run_alone("import iomodel; print(*dir(iomodel))"))
    loaded = run_alone("import sys, iomodel; iomodel.__version__; print(*sys.modules)")
    assert not set(HEAVY) & set(loaded)
    (version,) = run_alone("import iomodel; print(iomodel.__version__)")
    assert version == metadata.version("iomodel")


def test_rooms_do_not_clash_with_names():
    code = (
        "import iomodel as iom; "
        f"rooms = [getattr(iom, room) for room in {ROOMS}]; "
        "iom.run, iom.compare, iom.scenarios, iom.available_models, iom.datasets, iom.load; "
        f"assert rooms == [getattr(iom, room) for room in {ROOMS}]; "
        "print(*(room.__name__ for room in rooms), callable(iom.scenarios), callable(iom.run))"
    )
    assert run_alone(code) == [*(f"iomodel.{room}" for room in ROOMS), "True", "True"]


def test_the_package_runs_as_the_command_does():
    help_text = python("-m", "iomodel", "--help")
    assert help_text.startswith("Usage: iomodel ")
    assert help_text == python(
        "-c", "from iomodel.cli import main; main(prog_name='iomodel')", "-h"
    )
    assert (
        python("-m", "iomodel", "--version") == f"iomodel, version {metadata.version('iomodel')}\n"
    )


def test_commands_run_without_dask():
    """xarray would import it with the first array, where it is installed."""
    code = (
        "import sys; from iomodel.cli.entry import start; "
        "sys.argv = ['iomodel', 'show', 'world-2022']\n"
        "try: start()\n"
        "except SystemExit: pass\n"
        "print(); print('xarray' in sys.modules, any(m.startswith('dask.') for m in sys.modules))"
    )
    assert run_alone(code)[-2:] == ["True", "False"]
