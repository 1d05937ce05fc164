import numpy as np
import pytest
from click.testing import CliRunner

from iomodel.cli import main
from iomodel.table.mrio import MRIOTable

REGIONS = ["USA", "CHN", "DEU", "JPN", "VNM", "ROW"]
SECTORS = ["A01", "C20", "C26", "G"]


def build_table(**changes):
    rng = np.random.default_rng(5)
    n = len(REGIONS) * len(SECTORS)
    Z = rng.uniform(0, 2, (n, n))
    arrays = {"Z": Z, "Y": rng.uniform(5, 50, (n, len(REGIONS)))} | changes
    return MRIOTable.from_arrays(
        **arrays,
        regions=REGIONS,
        sectors=SECTORS,
        sector_names=["Crops", "Chemicals", "Electronics", "Trade"],
        name="toy",
        unit="million USD",
        year=2022,
        classification="icio-28+services",
        description="An estimate made for tests.",
        tariff=np.full((len(REGIONS), len(SECTORS), len(REGIONS)), 0.02),
        unusual_tariffs="accept",
        validate=False,
    )


@pytest.fixture(scope="session")
def table_file(tmp_path_factory):
    """A table of six regions and four sectors whose codes the library's scenarios know."""
    return str(build_table().to_netcdf(tmp_path_factory.mktemp("table") / "toy.nc"))


@pytest.fixture(scope="session")
def make_table():
    return build_table


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty working folder."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return work


@pytest.fixture
def call(folder):
    """Call the command line in an empty folder; returns click's result."""

    def call(*arguments):
        return CliRunner().invoke(main, [str(a) for a in arguments])

    return call


@pytest.fixture
def refuse(call, folder):
    """Call it and require one sentence on stderr, exit code 2 and no file; returns the sentence."""

    def refuse(*arguments):
        before = sorted(folder.rglob("*"))
        result = call(*arguments)
        assert result.exit_code == 2, result.output
        lines = result.stderr.strip().splitlines()
        errors = [line for line in lines if line.startswith("Error: ")]
        assert errors == lines[-1:], result.stderr
        assert "Traceback" not in result.output
        assert sorted(folder.rglob("*")) == before
        return errors[0]

    return refuse
