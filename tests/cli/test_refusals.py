"""Whatever is wrong: one sentence, exit code 2, nothing left behind."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

RUN = ("run", "us-china-decoupling")


def test_unknown_scenario(refuse):
    assert "unknown scenario 'us-china-decopling' (did you mean 'us-china-decoupling'?)" in refuse(
        "run", "us-china-decopling"
    )


def test_unknown_key_in_a_scenario_file_is_named_with_its_line(refuse, folder, table_file):
    text = "name: mine\nshocks:\n  - tariff: {importer: USA, exporter: CHN, rte: 0.2}\n"
    (folder / "mine.yaml").write_text(text)
    sentence = refuse("run", "mine.yaml", "--table", table_file)
    assert "'rte'" in sentence
    assert "3" in sentence
    assert "mine.yaml" in sentence


def test_region_that_the_table_lacks(refuse, folder, table_file):
    text = "name: mine\nshocks:\n  - tariff: {importer: USA, exporter: BRA, rate: 0.2}\n"
    (folder / "mine.yaml").write_text(text)
    assert "'BRA'" in refuse("run", "mine.yaml", "--table", table_file)


def test_unknown_parameter_of_a_scenario(refuse, table_file):
    assert "strength" in refuse(*RUN, "--table", table_file, "--set", "strength=2")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--model", "leontif"), "leontif"),
        (("--closure", "lots"), "lots"),
        (("--option", "speed=1"), "speed"),
        (("--model", "price"), "leontief"),  # an embargo has no price; who does answer is said
    ],
)
def test_unknown_model_closure_or_option(refuse, table_file, arguments, named):
    assert named in refuse(*RUN, "--table", table_file, *arguments)


def test_unknown_elasticities(refuse, table_file):
    arguments = ("--table", table_file, "--elasticities", "XY")
    assert "'XY'" in refuse("run", "us-china-tariff-100", *arguments)


def test_unknown_table(refuse):
    assert "unknown table 'world-2002'" in refuse(*RUN, "--table", "world-2002")
    assert "there is no file" in refuse(*RUN, "--table", "no/such.nc")


@pytest.mark.parametrize("keep", [0, 64, 5000])
def test_truncated_table(refuse, folder, table_file, keep):
    with open(table_file, "rb") as whole:
        (folder / "cut.nc").write_bytes(whole.read(keep))
    assert "cut.nc" in refuse(*RUN, "--table", "cut.nc")


def test_table_with_a_cell_that_is_no_number(refuse, folder, make_table):
    Z = np.ones((24, 24))
    Z[1, 8] = np.nan
    make_table(Z=Z, V=np.ones((1, 24)), x=np.full(24, 200.0)).to_netcdf(folder / "nan.nc")
    sentence = refuse(*RUN, "--table", "nan.nc")
    assert "finite" in sentence
    assert "USA/C20, DEU/A01" in sentence


def test_table_with_negative_output(refuse, folder, make_table):
    x = np.full(24, 200.0)
    x[5] = -3
    make_table(x=x).to_netcdf(folder / "negative.nc")
    assert "output is not negative fails at CHN/C20" in refuse(*RUN, "--table", "negative.nc")


def test_folder_that_cannot_be_written_is_found_before_the_table_is_read(refuse, folder):
    (folder / "file").write_text("in the way")
    for out in ("file", "file/below"):
        sentence = refuse(*RUN, "--table", "never/read.nc", "--out", out)
        assert f"cannot write to {out}" in sentence


def test_the_root_of_the_file_system_is_no_folder_for_results(refuse):
    sentence = refuse(*RUN, "--table", "never/read.nc", "--out", "/")
    assert "cannot write to /: it is the root of the file system" in sentence


PROGRAM = [sys.executable, "-c", "from iomodel.cli import main; main()"]


def test_a_deleted_working_folder(folder):
    done = subprocess.run(
        ["/bin/sh", "-c", 'rmdir "$PWD"; exec "$@"', "sh", *PROGRAM, *RUN],
        capture_output=True, cwd=folder, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert (
        "Error: cannot write to results/us-china-decoupling: the working folder no" in done.stderr
    )
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
@pytest.mark.parametrize("arguments", [["tables"], ["--help"]])
@pytest.mark.parametrize("streams", [["stdout"], ["stdout", "stderr"]])
def test_a_full_standard_output(folder, arguments, streams):
    with open("/dev/full", "w") as full:
        pipes = {"stderr": subprocess.PIPE} | dict.fromkeys(streams, full)
        done = subprocess.run([*PROGRAM, *arguments], **pipes, cwd=folder, text=True, check=False)
    assert done.returncode == 2
    if streams == ["stdout"]:
        sentence = "Error: cannot write to the standard output: No space left on device"
        assert done.stderr.splitlines() == [sentence]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError(), "exhausted; run on a smaller table"),
        (
            MemoryError("Unable to allocate 9 TiB."),
            "exhausted: Unable to allocate 9 TiB;",
        ),
        (RuntimeError("can't start new thread"), "exhausted: can't start new thread;"),
        (
            ImportError("x.so: failed to map segment from shared object"),
            "exhausted: x.so",
        ),
    ],
)
def test_exhausted_memory_is_one_sentence(refuse, table_file, monkeypatch, error, words):
    def exhausted(*_arguments, **_options):
        raise error

    monkeypatch.setattr("iomodel.effects.Effects.to_csv", exhausted)
    assert f"memory is {words}" in refuse(*RUN, "--table", table_file)


@pytest.mark.skipif(sys.platform != "linux", reason="needs limits of address space")
# BLAS asks again for ever where it is loaded into less than it needs: some 200 to 300 megabytes.
@pytest.mark.parametrize("megabytes", [250, 500, 800])
def test_a_limit_of_memory_never_ends_in_the_words_of_a_library(folder, table_file, megabytes):
    resource = pytest.importorskip("resource")
    size = megabytes * 2**20
    done = subprocess.run(
        [*PROGRAM, *RUN, "--table", "world-2022", "--model", "leontief"],
        capture_output=True, cwd=folder, text=True, check=False, timeout=300,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (size, size)),
    )  # fmt: skip
    assert done.returncode in (0, 2), done.stderr
    if done.returncode == 2:
        assert done.stderr.splitlines()[-1].startswith("Error: memory is exhausted")
        assert list(folder.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_folder_without_permission(refuse, folder):
    (folder / "closed").mkdir(mode=0o500)
    assert "Permission denied" in refuse(*RUN, "--table", "never/read.nc", "--out", "closed/run")


def test_compare_refuses_options_that_no_model_has(refuse, table_file):
    sentence = refuse("compare", "us-china-decoupling", "--table", table_file, "--option", "a=1")
    assert "option 'a'" in sentence


def test_report_of_a_folder_without_effects(refuse, folder):
    assert "there is no file" in refuse("report", "nowhere")
    (folder / "run").mkdir()
    (folder / "run" / "effects.nc").write_bytes(b"\x89HDF\r\n")
    assert "truncated" in refuse("report", "run")


def test_show_of_an_unknown_name(refuse):
    sentence = refuse("show", "ASEAM")
    assert "(did you mean 'ASEAN'?)" in sentence


@pytest.mark.parametrize("pair", ["rate", "=3", "rate=[1"])
def test_malformed_pairs_are_usage_errors(call, pair):
    result = call(*RUN, "--set", pair)
    assert result.exit_code == 2
    assert "Error: Invalid value" in result.stderr


def test_unknown_command_and_option_are_usage_errors(call):
    assert call("rum").exit_code == 2
    assert call(*RUN, "--speed", "1").exit_code == 2


def test_interruption_leaves_nothing(call, folder, table_file, monkeypatch):
    def interrupted(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("iomodel.effects.Effects.to_csv", interrupted)
    result = call(*RUN, "--table", table_file)
    assert result.exit_code == 130
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(("interruption", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interruption_of_a_process_of_its_own(folder, interruption, code):
    process = subprocess.Popen(
        [sys.executable, "-c", "from iomodel.cli import main; main()", *RUN, "--out", "run"],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        cwd=folder,
        text=True,
        # Where the tests run in the background the interrupt is ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    try:
        # The staging folder tells that the command is at work, long before it is done.
        while not any(folder.iterdir()) and process.poll() is None:
            time.sleep(0.005)
        process.send_signal(interruption)
        try:
            _, errors = process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            # Python loses an interrupt that falls into a destructor; whoever waits asks again, but
            # not while files are cleared away, which takes seconds on a busy machine.
            process.send_signal(interruption)
            _, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == code, errors
    assert errors.splitlines()[-1] == "Interrupted; nothing was left half-written."
    assert "Traceback" not in errors
    assert list(folder.iterdir()) == []


def test_exit_code_of_the_process(folder):
    done = subprocess.run(
        [sys.executable, "-c", "from iomodel.cli import main; main()", "run", "nothing"],
        capture_output=True,
        cwd=folder,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
