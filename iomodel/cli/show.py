"""Command that shows anything by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console
from rich.text import Text

from iomodel.cli.lists import print_rows
from iomodel.cli.screen import Progress, stdout
from iomodel.errors import LabelError
from iomodel.scenario.catalogue import scenario_names
from iomodel.scenario.layers import tariff_layers
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.tables import DEFAULT_TABLE, suited_table
from iomodel.table.groups import (
    grouped_classifications,
    region_group_titles,
    region_groups,
    sector_groups,
)

if TYPE_CHECKING:
    from iomodel.scenario.policy import PolicyArrays
    from iomodel.table.mrio import MRIOTable

__all__ = ["show_name"]


def show_name(name: str, table: str | None, settings: Mapping[str, Any]) -> None:
    """Print the scenario, table, model, elasticity set, group or tariff layer of a name.

    Parameters
    ----------
    name : str
        Of a scenario or the path of its .yaml file, a table or the path of its .nc file, a model,
        an elasticity set, a group of regions or sectors, or a tariff layer.
    table : str or None
        Table for the size of a scenario; None for the one that suits it.
    settings : mapping
        Parameters of the scenario.

    Raises
    ------
    LabelError
        If nothing has the name; the message lists all names.
    """
    if name.endswith((".yaml", ".yml")):
        _scenario(name, table, settings)
        return
    if name.endswith(".nc"):
        _table(name)
        return
    kinds = _kinds(table, settings)
    for names, show in kinds.values():
        if name in names:
            show(name)
            return
    nearest = get_close_matches(name, [each for names, _ in kinds.values() for each in names], n=1)
    hint = f" (did you mean {nearest[0]!r}?)" if nearest else ""
    listed = "; ".join(f"{kind}: {', '.join(names)}" for kind, (names, _) in kinds.items())
    raise LabelError(f"nothing is called {name!r}{hint}; {listed}")


def _kinds(
    table: str | None, settings: Mapping[str, Any]
) -> dict[str, tuple[list[str], Callable[[str], None]]]:
    """Names by kind of thing, with the function that shows one."""
    from iomodel.models import MODELS
    from iomodel.models.elasticities import SETS
    from iomodel.table.catalogue import datasets

    by_sector = map(sector_groups, grouped_classifications())
    groups = [*region_groups(), *(name for groups in by_sector for name in groups)]
    return {
        "scenarios": (scenario_names(), lambda name: _scenario(name, table, settings)),
        "tables": (list(datasets()["name"]), _table),
        "models": (list(MODELS), _model),
        "elasticity sets": (
            list(SETS),
            lambda name: _elasticities(name, DEFAULT_TABLE if table is None else table),
        ),
        "tariff layers": (list(dict.fromkeys(tariff_layers()["layer"])), _layer),
        "groups": (list(dict.fromkeys(groups)), _group),
    }


def _scenario(name: str, table_name: str | None, settings: Mapping[str, Any]) -> None:
    from iomodel.table.catalogue import load

    scenario = Scenario.load(name, **settings)
    table_name = suited_table(scenario) if table_name is None else table_name
    console = stdout()
    console.print(scenario.to_yaml().rstrip(), soft_wrap=True)
    with Progress(quiet=False).step(f"Table {table_name}"):
        table = load(table_name)
    policy = scenario.lower(table)
    console.print(Text(f"\nOn table {table.name}", style="bold"))
    for line in _summary(policy, table):
        console.print(line)
    for note in policy.notes:
        console.print(f"Note: {note}")


def _summary(policy: PolicyArrays, table: MRIOTable) -> list[str]:
    """Trade under each kind of policy, with the mean size of the policy."""
    flows = table.Z.values.sum(axis=3) + table.Y.values.sum(axis=3)
    trade = flows * ~np.eye(table.shape[0], dtype=bool)[:, None, :]
    unit, total = str(table.attrs["unit"]), float(trade.sum())

    def trade_under(mask: Any) -> str:
        value = float(trade[mask].sum())
        share = f" ({100 * value / total:.2g}% of trade)" if total else ""
        return f"{int(mask.sum())} flows worth {value:,.0f} {unit}{share}"

    def mean(values: Any, mask: Any) -> float:
        weights = trade[mask]
        return float(np.average(values[mask], weights=weights if weights.sum() else None))

    lines = [f"kinds: {', '.join(sorted(policy.kinds)) or 'none'}"]
    change = policy.tariff_new - policy.tariff_base
    for words, values, mask in (
        ("tariffs change by {:+.1%} on average", change, change != 0),
        ("trade costs rise by {:.1%} on average", policy.trade_cost - 1, policy.trade_cost != 1),
        ("{:.1%} may no longer be delivered", 1 - policy.delivered, policy.delivered < 1),
    ):
        if mask.any():
            lines.append(f"{words.format(mean(values, mask))}: {trade_under(mask)}")
    capped = (policy.delivered > 0) & (policy.delivered < 1)
    if capped.any():
        sellers, buyers = (
            mean(share, capped) for share in (policy.seller_share, policy.buyer_share)
        )
        lines.append(
            f"scarcity rents: {sellers:.0%} to sellers, {buyers:.0%} to buyers, "
            f"{max(1 - sellers - buyers, 0):.0%} burnt"
        )
    for words, values in (("supply", policy.supply), ("productivity", policy.productivity)):
        count = int((values != 1).sum())
        if count:
            lowest = float(values[values != 1].min())
            lines.append(f"{words} changes in {count} industries, at least {lowest:.1%} remain")
    count = int((policy.demand != 1).sum())
    return [*lines, f"final demand changes in {count} cells"] if count else lines


def _table(name: str) -> None:
    from iomodel.table.catalogue import datasets, load

    with Progress(quiet=False).step(f"Table {name}"):
        table = load(name)
        report = table.check()
    import_shares = datasets().set_index("name")["import_shares"].astype(str)
    console = stdout()
    console.print(Text(repr(table), style="bold"))
    for key, value in table.attrs.items():
        for line in value if isinstance(value, list) else [value]:
            _field(console, key, line)
    for key, labels in (
        ("import shares", [import_shares[name]]),
        ("regions", table.regions),
        ("sectors", table.sectors),
        ("final uses", table.final_uses),
        ("primary inputs", [str(p) for p in table.V["primary_input"].values]),
    ):
        _field(console, key, ", ".join(labels))
    console.print(Text("\nAccounting identities: largest relative error", style="bold"))
    console.print(str(report), soft_wrap=True)


def _field(console: Console, key: str, value: object) -> None:
    if str(value):
        console.print(f"{key}: {value}")


def _model(name: str) -> None:
    from iomodel.cli.model_text import model_text
    from iomodel.models import MODELS

    console = stdout()
    heading, text = model_text(MODELS[name], console.width).split("\n\n", 1)
    console.print(Text(heading, style="bold"), soft_wrap=True)
    console.print(Text(f"\n{text}"), soft_wrap=True)


def _elasticities(name: str, table_name: str) -> None:
    from iomodel.models.elasticities import elasticities
    from iomodel.report.bibliography import citations
    from iomodel.table.catalogue import load

    with Progress(quiet=False).step(f"Table {table_name}"):
        table = load(table_name)
    values = elasticities(name, table)
    console = stdout()
    console.print(Text(f"{name}: {values.attrs['title']}", style="bold"))
    for work in citations(str(values.attrs["citation"])).values():
        console.print(work)
    console.print(str(values.attrs["meaning"]))
    words = [str(w) for w in table.dataset["sector_name"].values]
    rows = [
        {"sector": code, "name": word, "theta": f"{theta:.2f}"}
        for code, word, theta in zip(table.sectors, words, values.values, strict=True)
    ]
    print_rows({"sector": "sector", "name": "", "theta": "elasticity"}, rows)


def _group(name: str) -> None:
    console = stdout()
    if name in region_groups():
        console.print(Text(f"{name}: {region_group_titles()[name]}", style="bold"))
        console.print(", ".join(region_groups()[name]))
    for classification in grouped_classifications():
        codes = sector_groups(classification).get(name)
        if codes:
            console.print(Text(f"{name}, sectors of {classification}", style="bold"))
            console.print(", ".join(codes))


def _layer(name: str) -> None:
    frame = tariff_layers()
    rows = frame[frame["layer"] == name].to_dict("records")
    columns = ("importer", "exporter", "sectors", "rate", "basis", "effective", "expires", "source")
    stdout().print(Text(f"Tariff layer {name}", style="bold"))
    print_rows({key: key for key in columns}, rows)
