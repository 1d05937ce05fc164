"""The main job on the real table: one command shows what US-China decoupling does."""

import re
import subprocess
import sys

import pytest

from iomodel.effects import Effects
from iomodel.models.elasticities import LONG_RUN_SET


@pytest.fixture(scope="module")
def job(tmp_path_factory):
    folder = tmp_path_factory.mktemp("job")
    done = subprocess.run(
        [sys.executable, "-m", "iomodel", "run", "us-china-decoupling", "--out", "run"],
        capture_output=True, cwd=folder, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done, Effects.from_netcdf(folder / "run" / "effects.nc")


def test_table_has_the_regions_and_the_line_of_origin(job):
    done, _ = job
    for name in ("World", "United States", "China", "ASEAN", "EU27", "Japan", "Korea"):
        number = r"[+-]?\d+\.\d\d"
        banded = rf" +{number} \({number} to {number}\)( \?)?"
        assert re.search(rf"^{name}{banded}{banded} *$", done.stdout, re.MULTILINE)
    words = " ".join(done.stdout.split())
    for part in ("model equilibrium", "closure mobile", f"elasticities {LONG_RUN_SET}",
                 "horizon long", "real GDP", "real income", "world-2022", "2022, basic prices",
                 "an estimate", "most hit", "Model equilibrium by default",
                 "Bands are 5 to 95 percent of 32 draws of trade elasticities"):  # fmt: skip
        assert part in words
    assert "Traceback" not in done.stderr


def test_effects_are_those_of_a_break_between_the_two(job):
    _, effects = job
    frame = effects.by_region(groups=["EU27"])
    gdp, income = frame["gdp_pct"], frame["real_income_pct"]
    # Both sides lose, bystanders hardly anything; terms of trade only move income among regions.
    assert max(gdp["USA"], gdp["CHN"]) < -0.3
    assert abs(gdp["EU27"]) < 0.05
    assert -0.5 < gdp["WORLD"] < -0.1
    assert abs(income["WORLD"] - gdp["WORLD"]) < 0.2 * abs(gdp["WORLD"])
