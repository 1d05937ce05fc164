"""Effects in files: whole or not at all, the same bytes each time."""

import subprocess
import sys

import pandas as pd
import pytest

from iomodel.effects import Effects
from iomodel.errors import OutputError, TableError


def test_netcdf_gives_back_everything_but_the_clock(effects, tmp_path):
    path = effects.to_netcdf(tmp_path / "run" / "effects.nc")
    again = Effects.from_netcdf(path)
    ours, theirs = dict(effects.dataset.attrs), dict(again.dataset.attrs)
    assert "seconds" in ours.pop("diagnostics")
    assert "seconds" not in theirs.pop("diagnostics")
    assert ours == theirs
    assert again.dataset.drop_attrs(deep=False).identical(effects.dataset.drop_attrs(deep=False))
    pd.testing.assert_frame_equal(again.by_region(), effects.by_region())
    assert again.to_netcdf(tmp_path / "again.nc").read_bytes() == path.read_bytes()


def test_same_inputs_give_the_same_bytes(effects, tmp_path):
    first = effects.to_netcdf(tmp_path / "a.nc").read_bytes()
    assert effects.to_netcdf(tmp_path / "b.nc").read_bytes() == first


def test_same_bytes_from_another_process(effects, tmp_path):
    first, second = tmp_path / "a.nc", tmp_path / "b.nc"
    effects.to_netcdf(first)
    code = (
        "import sys; from iomodel.effects import Effects; "
        "Effects.from_netcdf(sys.argv[1]).to_netcdf(sys.argv[2])"
    )
    subprocess.run([sys.executable, "-c", code, str(first), str(second)], check=True)
    assert second.read_bytes() == first.read_bytes()


def test_csv_rows_carry_model_elasticities_and_table(effects, tmp_path):
    paths = effects.to_csv(tmp_path / "run")
    assert [p.name for p in paths] == ["by_region.csv", "by_region_sector.csv"]
    regions = pd.read_csv(paths[0], index_col="region")
    assert regions.loc["WORLD", "gdp_pct"] == pytest.approx(
        effects.by_region().loc["WORLD", "gdp_pct"], rel=1e-8
    )
    assert list(regions.columns[-5:]) == ["scenario", "model", "closure", "elasticities", "table"]
    assert set(regions["elasticities"]) == {"CP"}
    industries = pd.read_csv(paths[1], index_col=["region", "sector"])
    assert len(industries) == 6
    assert pd.isna(industries.loc[("VNM", "G"), "output_pct"])


@pytest.mark.parametrize("keep", [0, 100, 2000])
def test_truncated_file_is_refused_in_one_sentence(effects, tmp_path, keep):
    path = effects.to_netcdf(tmp_path / "effects.nc")
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(TableError, match="truncated, damaged or no NetCDF-4 file"):
        Effects.from_netcdf(path)


def test_missing_and_foreign_files_are_refused(effects, table, tmp_path):
    with pytest.raises(TableError, match="there is no file"):
        Effects.from_netcdf(tmp_path / "none.nc")
    with pytest.raises(TableError, match="holds no effects"):
        Effects.from_netcdf(table.to_netcdf(tmp_path / "table.nc"))


def test_folder_that_cannot_be_made_is_refused_and_leaves_nothing(effects, tmp_path):
    (tmp_path / "file").write_text("in the way")
    for write in (effects.to_netcdf, effects.report):
        with pytest.raises(OutputError, match="cannot write"):
            write(tmp_path / "file" / "effects.nc")
    with pytest.raises(OutputError, match="cannot write"):
        effects.to_csv(tmp_path / "file" / "run")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
