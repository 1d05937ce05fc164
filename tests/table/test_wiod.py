"""The reader of WIOD 2013, on archives made here and on published ones."""

import numpy as np
import pytest

from datasets.published import WIOD_2013, WIOD_YEARS
from iomodel.errors import TableError
from iomodel.table.readers.wiod import FINAL_USES, INDUSTRIES, read_wiod

OTHER_YEARS = sorted(set(range(1995, 2012)) - set(WIOD_YEARS))


def archive(path, **changes):
    """A two-region, two-industry archive with cells rounded down."""
    rng = np.random.default_rng(0)
    Z, F = rng.integers(1, 50, (4, 4)), rng.integers(1, 90, (4, 10))
    arrays = {
        "Z": Z.astype(np.int32),
        "F": F.astype(np.int32),
        "x": (Z.sum(axis=1) + F.sum(axis=1) + [3, 0, -2, 1]).astype(np.int64),
        "countries": np.array(["ROM", "RoW"]),
        "industries": np.array(["c1", "c35"]),
    }
    arrays |= changes
    np.savez(path, **{k: v for k, v in arrays.items() if v is not None})
    return path


def test_rounding_goes_to_domestic_inventories(tmp_path):
    path = archive(tmp_path / "wiod2013_2001.npz")
    table = read_wiod(path)
    with np.load(path) as raw:
        np.testing.assert_array_equal(table.Z2, raw["Z"])
        np.testing.assert_array_equal(table.x1, raw["x"])
        change = table.Y2 - raw["F"]
    # Industries 0, 1 are at home in region 0 (column 4), industries 2, 3 in region 1 (column 9).
    inventory_change = np.zeros((4, 10))
    inventory_change[0, 4], inventory_change[2, 9], inventory_change[3, 9] = 3, -2, 1
    np.testing.assert_array_equal(change, inventory_change)
    assert table.check(1e-12).ok
    assert table.regions == ["ROU", "ROW"]
    assert table.sectors == ["c1", "c35"]
    assert table.final_uses == list(FINAL_USES)
    assert table.attrs["year"] == 2001
    assert table.attrs["classification"] == "wiod-2013"
    assert table.attrs["licence"] == "CC BY 4.0"
    assert "taxes less subsidies" in table.attrs["price_basis"]
    assert table.V["primary_input"].values.tolist() == ["VA+TLS+margins"]
    assert table.V["counts_as_value_added"].values.all()
    assert any("-2 to 3 million" in line and "ROU/c1" in line for line in table.history)
    assert any("ROM to ROU, RoW to ROW" in line for line in table.history)
    assert len(INDUSTRIES) == 35


def test_year_and_folder(tmp_path):
    archive(tmp_path / "wiod2013_2001.npz")
    assert read_wiod(tmp_path, 2001).attrs["year"] == 2001
    assert read_wiod(archive(tmp_path / "mine.npz"), 1999).attrs["year"] == 1999
    for path, year, text in (
        (tmp_path, None, "is a folder; pass year="),
        (tmp_path, 1990, "no WIOD table for 1990; years: 2001"),
        (tmp_path / "wiod2013_2001.npz", 2002, "holds 2001, not 2002"),
        (tmp_path / "mine.npz", None, "tells no year"),
        (tmp_path / "absent_2001.npz", None, "there is no file"),
    ):
        with pytest.raises(TableError, match=text):
            read_wiod(path, year)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"x": None}, "lacks x"),
        ({"F": np.ones((4, 8))}, r"F has shape \(4, 8\)"),
        ({"Z": np.full((4, 4), "a")}, "Z has shape .* and type <U1"),
        ({"Z": np.full((4, 4), np.nan)}, "Z holds a cell that is not finite"),
        ({"industries": np.array(["c1", "A01"])}, "industry 'A01'.*another release"),
        ({"x": np.array([9e6, 1, 1, 1])}, "the row of ROU/c1 misses its output by"),
        ({"x": np.array([None, 1, 1, 1], dtype=object)}, "cannot read"),
    ],
)
def test_other_layouts_are_refused(tmp_path, changes, text):
    with pytest.raises(TableError, match=text):
        read_wiod(archive(tmp_path / "wiod2013_2001.npz", **changes))


def test_damaged_archives_are_refused(tmp_path):
    content = archive(tmp_path / "wiod2013_2001.npz").read_bytes()
    for name, data in (
        ("cut_2001.npz", content[:-200]),
        ("text_2001.npz", b"hello"),
        ("e_2001", b""),
    ):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(TableError, match="cannot read"):
            read_wiod(tmp_path / name)


@pytest.mark.parametrize("year", WIOD_YEARS)
def test_published_years_close(year):
    published_year_closes(WIOD_2013, year)


def test_other_published_years_close(raw_data):
    for year in OTHER_YEARS:
        published_year_closes(raw_data / "wiod2013", year)


def published_year_closes(folder, year):
    table = read_wiod(folder, year)
    assert table.shape == (41, 35)
    assert table.regions[-1] == "ROW"
    report = table.check(1e-9)
    assert report.ok, str(report)
    # Cells are rounded down to whole millions: rows miss -7 to +113 million over all years.
    with np.load(folder / f"wiod2013_{year}.npz") as raw:
        change = table.Y2 - raw["F"]
        np.testing.assert_array_equal(table.Z2, raw["Z"])
    assert -7 <= change.min() <= change.max() <= 113
    rows, columns = np.nonzero(change)
    np.testing.assert_array_equal(columns, rows // 35 * 5 + 4)
    assert table.v1.min() >= 0
    idle = table.x1 == 0
    assert 18 <= idle.sum() <= 22
    assert not table.Z2[:, idle].any()


def test_the_34_regions_of_a_published_study():
    """Costinot & Rodriguez-Clare (2014) merge seven countries and some sectors of 2008."""
    table = read_wiod(WIOD_2013, 2008)
    small = table.aggregate(
        {"ROW": ["BGR", "CYP", "EST", "LTU", "LUX", "LVA", "MLT"]},
        {"c4": ["c4", "c5"], "c19": ["c19", "c20"], "c34": ["c31", "c34", "c35"]},
        unmapped="keep",
    )
    assert small.shape == (34, 31)
    assert small.check(1e-9).ok
    np.testing.assert_allclose(small.Y2.sum(), table.Y2.sum(), rtol=1e-12)


def test_a_published_year_survives_a_round_trip(tmp_path):
    table = read_wiod(WIOD_2013, 2011)
    path = table.to_netcdf(tmp_path / "wiod.nc")
    assert type(table).from_netcdf(path).dataset.identical(table.dataset)
    # 16 MB of cells, most of them small whole numbers or zero.
    assert path.stat().st_size < 2_000_000
