"""run, compare and report: what they print and what they write."""

import pandas as pd
import pytest

from iomodel.effects import Effects
from iomodel.models.elasticities import LONG_RUN_SET

FILES = ["by_region.csv", "by_region_sector.csv", "effects.nc", "figure.png"]


def names(folder):
    return sorted(p.name for p in folder.iterdir())


def test_run_prints_the_bracket_and_writes_four_files(call, folder, table_file):
    result = call("run", "us-china-decoupling", "--table", table_file, "--model", "leontief")
    assert result.exit_code == 0, result.output
    out = folder / "results" / "us-china-decoupling"
    assert names(out) == FILES
    assert names(folder / "results") == ["us-china-decoupling"]
    for part in ("World", "United States", "China", "ASEAN", "EU27", "Japan", "lost", "diverted",
                 "model leontief", "elasticities", "table toy (2022, basic prices): an estimate",
                 "Closure lost: no other supplier steps in for deliveries that end.",
                 "Closure diverted: total use of every product is kept;"):  # fmt: skip
        assert part in result.stdout
    assert "Korea" not in result.stdout  # not in this table
    assert "\x1b" not in result.output
    assert max(map(len, result.stdout.splitlines()[:-1])) <= 80
    assert "Model leontief" in result.stderr
    effects = Effects.from_netcdf(out / "effects.nc")
    table = pd.read_csv(out / "by_region.csv", index_col="region")
    assert table.loc["WORLD", "gdp_pct"] == pytest.approx(
        effects.by_region().loc["WORLD", "gdp_pct"], rel=1e-8
    )
    assert (out / "figure.png").read_bytes().startswith(b"\x89PNG")


def test_run_without_a_model_says_which_it_took_and_why(call, folder, table_file):
    result = call("run", "us-china-decoupling", "--table", table_file)
    assert result.exit_code == 0, result.output
    assert names(folder / "results" / "us-china-decoupling") == FILES
    words = " ".join(result.stdout.split())
    for part in ("model equilibrium", "closure mobile", f"elasticities {LONG_RUN_SET}",
                 "horizon long", "real GDP", "real income",
                 "Model equilibrium by default: it can speak about embargo"):  # fmt: skip
        assert part in words
    first, second, *_ = words.split("Note: ")[1:]
    assert first.startswith("Model equilibrium by default: ")
    assert second.startswith("Horizon long, after ten years and more: the default here, since")
    assert max(map(len, result.stdout.splitlines()[:-1])) <= 80
    assert "Model equilibrium" in result.stderr


def test_a_model_that_is_named_has_its_horizon_first(call, folder, table_file):
    (folder / "cut.yaml").write_text(
        "name: cut\nshocks:\n  - export_cut: {exporter: CHN, sectors: C26, share: 0.2}\n"
    )
    for model in ("equilibrium", "scarce"):
        result = call("run", "cut.yaml", "--table", table_file, "--model", model)
        assert result.exit_code == 0, result.output
        words = " ".join(result.stdout.split())
        assert words.split("Note: ")[1].startswith("Horizon short, within a year: the default")
        assert "by default" not in words


def test_elasticities_may_be_a_number(call, folder, table_file):
    arguments = ("--table", table_file, "--elasticities", "4", "--out", "run", "--quiet")
    result = call("run", "us-china-tariff-100", *arguments)
    assert result.exit_code == 0, result.output
    effects = Effects.from_netcdf(folder / "run" / "effects.nc")
    assert effects.parameters["elasticities"]["value"] == "4 in every sector"
    assert effects.model == "equilibrium"


def test_run_takes_fixed_prices_where_only_they_can_answer(call, folder, table_file):
    (folder / "more.yaml").write_text(
        "name: more\nshocks:\n  - demand: {region: USA, sectors: all, change: 0.1}\n"
    )
    result = call("run", "more.yaml", "--table", table_file)
    assert result.exit_code == 0, result.output
    words = " ".join(result.stdout.split())
    assert "Model leontief by default: equilibrium has nothing to say about demand" in words


def test_an_option_never_changes_the_model(call, table_file):
    result = call("run", "us-china-decoupling", "--table", table_file, "--closure", "diverted")
    assert result.exit_code == 2
    assert "unknown closure of model equilibrium 'diverted'" in result.stderr
    assert "name a model that has it: leontief" in result.stderr


def test_options_of_the_equilibrium_reach_it(call, folder, table_file):
    result = call(
        "run", "us-china-tariff-100", "--table", table_file, "--out", "run", "--quiet",
        "--option", "horizon=short", "--option", "nest=[1, 1, 1]", "--option", "detail=true",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    effects = Effects.from_netcdf(folder / "run" / "effects.nc")
    assert effects.closure == "sticky"
    assert effects.parameters["nest"]["value"] == [1, 1, 1]
    assert effects.parameters["horizon"]["replaced"] == ["nest"]
    assert effects["trade_by_sector_new"].dims == ("region", "sector", "user_region")


def test_run_again_gives_the_same_bytes_and_keeps_other_files(call, folder, table_file):
    arguments = ("run", "us-china-decoupling", "--table", table_file, "--out", "deep/er")
    assert call(*arguments).exit_code == 0
    out = folder / "deep" / "er"
    first = {name: (out / name).read_bytes() for name in FILES}
    (out / "mine.txt").write_text("stays")
    (out / "by_region.csv").write_text("is replaced")
    assert call(*arguments).exit_code == 0
    assert names(out) == sorted([*FILES, "mine.txt"])
    assert {name: (out / name).read_bytes() for name in FILES} == first
    assert names(folder / "deep") == ["er"]


def test_price_model_shows_consumer_prices_and_their_split(call, table_file):
    result = call("run", "us-china-tariff-100", "--table", table_file, "--model", "price")
    assert result.exit_code == 0, result.output
    for part in ("consumer prices", "total", "direct", "cascaded", "United States"):
        assert part in result.stdout


def test_quiet_prints_only_where_the_files_are(call, table_file):
    result = call("run", "us-china-decoupling", "--table", table_file, "--quiet")
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    assert result.stdout.splitlines() == [
        f"Written to results/us-china-decoupling: {', '.join(FILES)}"
    ]


def test_elasticities_closure_and_scenario_parameters_reach_the_effects(call, folder, table_file):
    result = call(
        "run", "us-china-tariff-100", "--table", table_file, "--model", "leontief",
        "--elasticities", "U4",
        "--closure", "diverted", "--set", "points=0.5", "--out", "run", "--quiet",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    effects = Effects.from_netcdf(folder / "run" / "effects.nc")
    assert effects.elasticities == "U4"
    assert effects.closure == "diverted"
    assert "0.5" in effects.dataset.attrs["scenario"]


def test_own_scenario_file(call, folder, table_file):
    text = "name: mine\nshocks:\n  - tariff: {importer: USA, exporter: VNM, rate: 0.2}\n"
    (folder / "mine.yaml").write_text(text)
    result = call("run", "mine.yaml", "--table", table_file)
    assert result.exit_code == 0, result.output
    assert names(folder / "results" / "mine") == FILES
    assert "Viet Nam" in result.stdout


def test_compare_shows_every_model_and_closure(call, folder, table_file):
    result = call("compare", "us-china-decoupling", "--table", table_file)
    assert result.exit_code == 0, result.output
    for part in ("leontief", "lost", "diverted", "extraction", "hypothetical", "global", "ghosh"):
        assert part in result.stdout
    out = folder / "results" / "us-china-decoupling"
    assert names(out) == ["comparison.csv", "comparison.nc", "comparison.png"]
    table = pd.read_csv(out / "comparison.csv")
    assert {"leontief", "extraction"} <= set(table["model"])
    assert set(table["scenario"]) == {"us-china-decoupling"}
    assert "Left out: price has nothing to say about embargo." in result.stdout
    assert "Left out: diffusion runs by name only." in result.stdout


def test_compare_of_chosen_models(call, table_file):
    result = call("compare", "us-china-decoupling", "--table", table_file, "--model", "ghosh")
    assert result.exit_code == 0, result.output
    assert "extraction" not in result.stdout


def test_report_writes_one_page_beside_the_effects(call, folder, table_file):
    assert call("run", "us-china-decoupling", "--table", table_file, "--out", "r").exit_code == 0
    result = call("report", "r")
    assert result.exit_code == 0, result.output
    assert result.stdout.strip() == "r/report.html"
    assert "<title>" in (folder / "r" / "report.html").read_text()
    assert call("report", "r/effects.nc", "--out", "page.html").exit_code == 0
    assert (folder / "page.html").is_file()


def test_titles_of_users_neither_break_a_run_nor_command_the_terminal(call, folder, table_file):
    (folder / "hostile.yaml").write_text(
        'name: hostile\ntitle: "$1 and $x^ [bold]b[/bold] \\e[31mred"\nshocks:\n'
        "  - tariff: {importer: USA, exporter: CHN, sectors: C26, rate: 0.1}\n"
    )
    arguments = ("--table", table_file, "--model", "leontief", "--out", "run")
    result = call("run", "hostile.yaml", *arguments)
    assert result.exit_code == 0, result.output
    assert "$1 and $x^ [bold]b[/bold] [31mred" in result.stdout
    assert "\x1b" not in result.output
    assert call("report", "run").exit_code == 0
    shown = call("show", "hostile.yaml")
    assert "\x1b" not in shown.output


def test_another_run_leaves_nothing_of_an_earlier_one(call, folder, table_file):
    assert call("run", "us-china-decoupling", "--table", table_file, "--out", "r").exit_code == 0
    assert call("report", "r").exit_code == 0
    (folder / "r" / "mine.txt").write_text("stays")
    done = call("compare", "us-china-decoupling", "--table", table_file, "--out", "r",
                "--model", "leontief")  # fmt: skip
    assert done.exit_code == 0, done.output
    assert names(folder / "r") == ["comparison.csv", "comparison.nc", "comparison.png", "mine.txt"]


def test_a_page_never_replaces_its_source(call, folder, table_file):
    assert call("run", "us-china-decoupling", "--table", table_file, "--out", "r").exit_code == 0
    (folder / "link.html").symlink_to("r/effects.nc")
    before = {path.name: path.read_bytes() for path in (folder / "r").iterdir()}
    for page in ("r/effects.nc", "./r/../r/effects.nc", "link.html", "r/by_region.csv"):
        result = call("report", "r", "--out", page)
        assert result.exit_code == 2
        assert "is a result of the run, not a page; choose another file with --out" in result.stderr
    assert {path.name: path.read_bytes() for path in (folder / "r").iterdir()} == before
    assert call("report", "r").exit_code == call("report", "r").exit_code == 0


BANDED = ("run", "us-china-tariff-100", "--option", "horizon=long")


def world_line(result):
    assert result.exit_code == 0, result.output
    return next(line for line in result.stdout.splitlines() if line.startswith("World"))


def test_the_band_is_printed_and_stored_the_same_each_time(call, folder, table_file):
    arguments = [*BANDED, "--table", table_file, "--draws", "4"]
    result = call(*arguments)
    assert world_line(result).count(" to ") == 2
    assert max(map(len, result.stdout.splitlines()[:-1])) <= 80
    assert "Bands are 5 to 95 percent of 4 draws" in " ".join(result.stdout.split())
    out = folder / "results" / "us-china-tariff-100"
    file = out / "effects.nc"
    assert Effects.from_netcdf(file)["gdp_pct_by_draw"].sizes["draw"] == 4
    columns = set(pd.read_csv(out / "by_region.csv"))
    assert {"gdp_pct_low", "gdp_pct_median", "gdp_pct_high"} <= columns
    before = file.read_bytes()
    assert call(*arguments).exit_code == 0
    assert file.read_bytes() == before
    assert "same bytes" in call("rerun", out, "--table", table_file).stdout


def test_no_interval_leaves_the_band_out(call, folder, table_file):
    result = call(*BANDED, "--table", table_file, "--no-interval")
    assert " to " not in world_line(result)
    effects = Effects.from_netcdf(folder / "results" / "us-china-tariff-100" / "effects.nc")
    assert "gdp_pct_by_draw" not in effects
    assert "interval" not in effects.parameters


def test_a_model_without_elasticities_says_that_it_has_no_band(call, table_file):
    result = call("run", "us-china-decoupling", "--table", table_file, "--model", "leontief")
    assert "no interval over trade elasticities: model leontief has none" in result.stderr


def test_draws_are_one_at_least(call, table_file):
    result = call("run", "us-china-decoupling", "--table", table_file, "--draws", "0")
    assert result.exit_code == 2
    assert "--draws" in result.stderr
