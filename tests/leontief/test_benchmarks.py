"""The benchmark suite runs: every spec yields figures. Nothing here judges how fast they are."""

import json
import math
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments):
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_every_spec_yields_finite_positive_figures(tmp_path):
    out = tmp_path / "figures.json"
    done = run("--smoke", "--out", str(out))
    assert done.returncode == 0, done.stderr
    result = json.loads(out.read_text(encoding="utf-8"))
    names = {row["spec"] for row in result["figures"]}
    expected = {"load", "check table", "factorize", "solve 1", "solve 100", "prices 1"}
    assert expected | {"numpy inverse", "inverse", "first answer", "cut 10 rows"} <= names
    for row in result["figures"]:
        for name, figure in row.items():
            if name not in ("spec", "problem"):
                assert math.isfinite(figure), (row["spec"], name)
                assert figure > 0, (row["spec"], name)
    (crowded,) = result["crowded"]
    assert math.isfinite(crowded["times_quiet"])
    (drawn,) = result["draws"]
    assert drawn["members"] == 4
    assert 0.0 < drawn["limit_s"] < min(drawn["seconds_one"], drawn["seconds_two"])
    assert result["machine"]["threads"] >= 1
    assert result["machine"]["flops_per_second"] > 0


def test_unknown_spec_lists_the_valid_ones():
    done = run("--smoke", "--only", "teleport")
    assert done.returncode == 2
    assert "factorize" in done.stderr
