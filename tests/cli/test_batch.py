"""The command batch: dry run, folder, refusals, interruptions."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import iomodel as iom

ROOT = Path(__file__).resolve().parents[2]
FILE = """\
name: small
tables: {table}
scenarios: [us-china-tariff-100]
models: [equilibrium, leontief]
options: {{elasticities: [2.0, 4.0], horizon: long}}
draws: {{balance: [zero, share]}}
keep: [gdp_pct]
exclude: [{{model: leontief, elasticities: 2.0}}]
"""


@pytest.fixture
def batch_file(tmp_path, table_file):
    path = tmp_path / "batch.yaml"
    path.write_text(FILE.format(table=table_file))
    return path


def test_a_dry_run_writes_nothing(call, batch_file, folder):
    result = call("batch", batch_file, "--dry-run", "--workers", 2)
    assert result.exit_code == 0, result.output
    assert not list(folder.iterdir())
    text = " ".join(result.stdout.split())
    assert "5 cases, 0 of them with refused options" in text
    assert "toy equilibrium 4" in text
    assert "toy leontief 1" in text
    assert "equilibrium, elasticities=2 #0" in text
    assert "Estimate from 3 cases that were run:" in text
    assert "Nothing was written" in text


def test_a_batch_is_run_once_and_opened(call, batch_file, tmp_path):
    folder = tmp_path / "out"
    first = call("batch", batch_file, "--out", folder, "--workers", 1)
    assert first.exit_code == 0, first.output
    assert "5 cases, 5 answered, 0 refused." in first.stdout
    # Nothing but the results is printed where nobody watches.
    assert "Cases" not in first.stderr
    stamp = (folder / "batch.json").stat().st_mtime_ns
    again = call("batch", batch_file, "--out", folder, "--quiet")
    files = "cases.parquet, regions.parquet, results.zarr, sectors.parquet"
    assert again.stdout == f"Written to {folder}: {files}\n"
    assert (folder / "batch.json").stat().st_mtime_ns == stamp
    ensemble = iom.open_ensemble(folder)
    assert ensemble.dataset["gdp_pct"].dims == ("scenario", "model", "case", "draw", "region")
    assert ensemble.dataset["gdp_pct"].sizes["draw"] == 3


def test_refused_cases_are_printed_and_do_not_stop_the_others(call, batch_file, tmp_path):
    batch_file.write_text(batch_file.read_text().replace("leontief]", "leontief, inventories]"))
    result = call("batch", batch_file, "--out", tmp_path / "out", "--workers", 1)
    assert result.exit_code == 0, result.output
    assert "6 cases, 5 answered, 1 refused." in result.stdout
    assert "  inventories: model inventories has nothing to say about tariff" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--workers", "2", "--scheduler", "tcp://a:1"), "give --workers or --scheduler, not both"),
        (("--workers", "0"), "0 is not in the range"),
    ],
)
def test_options_that_contradict_are_refused(call, batch_file, arguments, words):
    result = call("batch", batch_file, *arguments)
    assert result.exit_code == 2
    assert words in result.stderr


def test_an_exclusion_of_nothing_names_what_there_is(call, batch_file):
    batch_file.write_text(batch_file.read_text().replace("{model: leontief", "{model: ghosh"))
    result = call("batch", batch_file, "--dry-run")
    assert result.exit_code == 2
    assert "unknown model in exclude 'ghosh'; valid: equilibrium, leontief" in result.stderr


def test_ctrl_c_leaves_a_batch_that_goes_on(batch_file, tmp_path):
    # Enough cases that the signal comes before the last one on a busy machine, too.
    text = batch_file.read_text().replace("[2.0, 4.0]", str([2.0 + k / 20 for k in range(40)]))
    batch_file.write_text(text.replace("elasticities: 2.0", "elasticities: 2.05"))
    folder = tmp_path / "out"
    command = [sys.executable, "-m", "iomodel", "batch", str(batch_file), "--out", str(folder)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [*command, "--workers", "2"], env=environment, stderr=subprocess.PIPE, text=True,
        # A suite in the background has it ignored, and hands that on.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    while len(list((folder / "answers").glob("*.zip"))) < 2 and process.poll() is None:
        time.sleep(0.002)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert f"groups of cases are finished in {folder}; the same command goes on." in stderr
    assert "Traceback" not in stderr
    finished = {path: path.stat().st_mtime_ns for path in (folder / "answers").glob("*.zip")}
    subprocess.run([*command, "--workers", "1"], env=environment, check=True, capture_output=True)
    assert len(list((folder / "answers").glob("*.zip"))) > len(finished)
    assert {path: path.stat().st_mtime_ns for path in finished} == finished
    assert len(iom.open_ensemble(folder).effects) == 80 + 39
