"""Damaged, changed and foreign files of effects: refused in one sentence, never read in part."""

import json
import time
from contextlib import contextmanager

import h5py
import numpy as np
import pytest
import xarray as xr

from iomodel.effects import Effects
from iomodel.effects.files import write
from iomodel.effects.schema import TEXTS
from iomodel.errors import TableError
from iomodel.table.storage.seal import LENGTH, seal

MUTANTS, SECONDS = 50, 10


@pytest.fixture
def path(effects, tmp_path):
    return effects.to_netcdf(tmp_path / "effects.nc")


@contextmanager
def edited(path):
    """File opened for changes, with a checksum of its own afterwards: what lies behind it."""
    with h5py.File(path, "r+") as file:
        yield file
    seal(path)


def resealed(path, content):
    """Write content with a checksum in place of its own: what the digests behind it see."""
    path.write_bytes(content[:-LENGTH])
    seal(path)


def refusal(path):
    with pytest.raises(TableError) as caught:
        Effects.from_netcdf(path)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert str(path) in sentence
    return sentence


@pytest.mark.parametrize("name", [*TEXTS, "table_name", "table_year"])
def test_a_missing_attribute_is_named(path, name):
    with edited(path) as file:
        del file.attrs[name]
    assert f"attribute {name!r} is missing" in refusal(path)


@pytest.mark.parametrize("name", ["parameters", "diagnostics", "options", "versions"])
@pytest.mark.parametrize("text", ['{"a": 1', "[" * 100_000, ""])
def test_a_damaged_record_is_named(path, name, text):
    with edited(path) as file:
        file.attrs[name] = text
    assert f"the record {name!r} is damaged" in refusal(path)


def test_a_record_that_is_no_mapping_is_named(path):
    with edited(path) as file:
        file.attrs["options"] = "[1]"
    assert "the record 'options' is no mapping" in refusal(path)


def test_a_changed_text_is_found(path):
    with edited(path) as file:
        record = json.loads(file.attrs["parameters"])
        record["elasticities"]["value"] = "FGO"
        file.attrs["parameters"] = json.dumps(record, sort_keys=True)
    assert "damaged" in refusal(path)


@pytest.mark.parametrize("name", ["output_new", "gdp_pct_by_closure"])
def test_a_flipped_bit_of_a_block_is_found(path, name):
    with h5py.File(path) as file:
        assert file[name].fletcher32
        chunk = file[name].id.get_chunk_info(0)
    content = bytearray(path.read_bytes())
    content[chunk.byte_offset + 5] ^= 4
    resealed(path, content)
    assert "damaged" in refusal(path)


@pytest.mark.parametrize("text", ["CaliendoParro2015", "USA", "Electronics", "toy-cut", "million"])
@pytest.mark.parametrize("bit", [0, 6, 7])
def test_a_flipped_bit_of_a_text_is_found(path, text, bit):
    content = bytearray(path.read_bytes())
    content[content.index(text.encode()) + 2] ^= 1 << bit
    resealed(path, content)
    refusal(path)


@pytest.mark.parametrize("kind", ["soft", "external", "storage", "group"])
def test_what_lies_elsewhere_is_refused(effects, path, tmp_path, kind):
    other = effects.to_netcdf(tmp_path / "other.nc")
    with edited(path) as file:
        if kind == "soft":
            file["alias"] = h5py.SoftLink("/gdp_pct")
        elif kind == "external":
            file["alias"] = h5py.ExternalLink(str(other), "/gdp_pct")
        elif kind == "storage":
            file.create_dataset("alias", (2,), "f8", external=[(str(other), 0, 16)])
        else:
            file.create_group("alias")
    assert "does not hold 'alias' itself" in refusal(path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d.rename(gdp_pct="wealth_pct"), "variable 'wealth_pct' is unknown"),
        (lambda d: d.assign(gdp_pct=d["output_new"]), "variable 'gdp_pct' has dimensions"),
        (lambda d: d.assign(gdp_pct=d["gdp_pct"].astype("f4")), "'gdp_pct' holds float32"),
        (lambda d: d.assign(gdp_pct=d["gdp_pct"].drop_attrs()), "'gdp_pct' has no unit"),
        (lambda d: d.drop_vars("region"), "the labels 'region' are missing"),
        (lambda d: d.assign_coords(region=["A", "A", "B"]), "'region' are empty or repeat"),
        (lambda d: d.assign_coords(sector=[1, 2]), "'sector' are no text"),
        (lambda d: d.drop_vars(list(d.data_vars)), "it has no variable"),
    ],
)
def test_another_schema_is_refused(effects, tmp_path, change, words):
    assert words in refusal(write(change(effects.dataset), tmp_path / "changed.nc"))


def test_an_earlier_form_is_named(path):
    with edited(path) as file:
        file.attrs["form"] = "effects-1"
    assert "of an earlier version of iomodel; run the scenario again" in refusal(path)


# ---------------------------------------------------------------------- checksum of the whole file
def test_every_mutant_is_refused_before_a_library_sees_it(path, monkeypatch):
    whole = path.read_bytes()
    monkeypatch.setattr(h5py, "File", None)
    rng, start = np.random.default_rng(5), time.process_time()
    for k in range(MUTANTS):
        content = bytearray(whole)
        place = int(rng.integers(len(whole) - LENGTH))
        if k % 2:
            content[place] ^= 1 << int(rng.integers(8))
        else:
            content[place : place + 64] = rng.bytes(64)
        path.write_bytes(content)
        assert "damaged" in refusal(path)
    assert time.process_time() - start < SECONDS


def test_other_readers_open_the_file(effects, path):
    with xr.open_dataset(path) as dataset:
        np.testing.assert_array_equal(dataset["gdp_pct"], effects.dataset["gdp_pct"])


def test_a_file_without_a_checksum_is_read(path, tmp_path):
    older = tmp_path / "older.nc"
    older.write_bytes(path.read_bytes()[:-LENGTH])
    assert Effects.from_netcdf(older).dataset.identical(Effects.from_netcdf(path).dataset)


def test_a_file_without_a_checksum_that_is_no_netcdf_is_refused(tmp_path):
    text = tmp_path / "effects.nc"
    text.write_text("no such thing")
    refusal(text)


def test_a_file_of_an_ensemble_has_a_checksum(effects, tmp_path):
    path = write(effects.dataset, tmp_path / "ensemble.nc", form="ensemble-1")
    content = path.read_bytes()
    assert content[-LENGTH:].startswith(b"iomodel-crc32:")
