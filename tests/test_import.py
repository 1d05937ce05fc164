"""`import iomodel` costs next to nothing, and every public name is there."""

import subprocess
import sys

HEAVY = ("numpy", "scipy", "pandas", "xarray", "h5py", "h5netcdf", "matplotlib", "rich", "yaml")


def run_alone(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


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
