"""rerun: a run repeated from its folder or file."""

from iomodel.effects import Effects
from iomodel.effects.files import write


def test_a_run_is_repeated_from_its_folder(call, folder, table_file):
    arguments = ("--table", table_file, "--model", "leontief", "--out", "run", "--quiet")
    assert call("run", "us-china-tariff-100", *arguments).exit_code == 0
    result = call("rerun", "run", "--table", table_file, "--quiet")
    assert (result.exit_code, result.stdout) == (0, "The run repeats: same bytes.\n")
    dataset = Effects.from_netcdf(folder / "run" / "effects.nc").dataset
    write(dataset.assign(gdp_pct=dataset["gdp_pct"] + 1.0), folder / "moved.nc")
    result = call("rerun", "moved.nc", "--table", table_file, "--quiet")
    assert result.exit_code == 1
    assert "does not repeat: gdp_pct by 1 at most" in result.stdout
    refused = call("rerun", "run")
    assert refused.exit_code == 2
    assert "table 'toy', which is no embedded one; give the table" in refused.stderr
