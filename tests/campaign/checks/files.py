"""Damaged files of tables, effects and scenarios: refused in time, or read with the same content.

A scenario is text without a checksum: a damaged one may be another scenario, but never a traceback.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from iomodel.models import run
from tests.campaign.generators import SHOCK_DRAWS, damaged, draw_policy, draw_table
from tests.campaign.outcomes import Outcome, sentence_fault, wrong

# Copies in one process, and its limit of time: some ten times what they take, one that has lost its
# checksum and is read without end (10 s) included.
COPIES, SECONDS = 12, 120.0
ENDINGS = {"table": ".nc", "effects": ".nc", "scenario": ".yaml"}


def check(seed: int) -> Outcome:
    """Damage copies of one file, and read them in a process of its own."""
    rng = np.random.default_rng(seed)
    kind = str(rng.choice(list(ENDINGS)))
    with TemporaryDirectory(prefix="iomodel-campaign-") as folder:
        original = _write(rng, kind, Path(folder))
        content, paths, damages = original.read_bytes(), [original], ["none"]
        for k in range(COPIES):
            damage, copy = damaged(rng, content)
            paths.append(Path(folder) / f"copy{k}{ENDINGS[kind]}")
            damages.append(damage)
            paths[-1].write_bytes(copy)
        command = [sys.executable, "-m", "tests.campaign.reading", kind, *map(str, paths)]
        try:
            answer = subprocess.run(
                command, capture_output=True, text=True, timeout=SECONDS, check=False
            )
        except subprocess.TimeoutExpired as late:
            read = (late.stdout or b"").count(b"\n")
            return wrong(f"{kind}, {damages[read]}: not read in {SECONDS:g} s (copy {read})")
    lines = answer.stdout.splitlines()
    if len(lines) < len(paths):
        return wrong(
            f"{kind}, {damages[len(lines)]}: the reader ended with {answer.returncode} "
            f"(copy {len(lines)}): {answer.stderr[-300:]}"
        )
    return _verdict(kind, damages, [json.loads(line) for line in lines])


def _write(rng: np.random.Generator, kind: str, folder: Path) -> Path:
    table = draw_table(rng)
    if kind == "table":
        return table.to_netcdf(folder / "original.nc")
    if kind == "scenario":
        path = folder / "original.yaml"
        path.write_text(draw_policy(rng, table, tuple(SHOCK_DRAWS)).scenario.to_yaml())
        return path
    policy = draw_policy(rng, table, ("export_cut", "supply_cut", "demand"))
    return run(table, policy.scenario, "leontief").to_netcdf(folder / "original.nc")


def _verdict(kind: str, damages: list[str], records: list[dict[str, str]]) -> Outcome:
    original, refusals = records[0].get("read"), 0
    if original is None:
        return wrong(f"{kind}: the undamaged file is not read: {records[0]}")
    for k, (damage, record) in enumerate(zip(damages, records, strict=True)):
        if "error" in record:
            return wrong(f"{kind}, {damage} (copy {k - 1}): {record['error']}")
        if "refused" in record:
            if fault := sentence_fault(record["refused"]):
                return wrong(f"{kind}, {damage} (copy {k - 1}): {fault}: {record['refused']}")
            refusals += 1
        elif record["read"] != original and kind != "scenario":
            return wrong(f"{kind}, {damage} (copy {k - 1}): read with another content")
    words = f"{kind}: {refusals} of {COPIES} copies refused, the others read"
    counts = Counter(refused=refusals, right=COPIES - refusals)
    return Outcome("refused" if refusals else "right", words, counts)
