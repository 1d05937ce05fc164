"""What the figures must show, each with its measured value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial

from benchmarks.batches import FEWEST_JUDGED, MOST_OVERHEAD
from benchmarks.crowding import TIMES_QUIET
from benchmarks.equilibrium import DRAWS as DRAWS_BY_LEVEL
from benchmarks.equilibrium import MANY
from benchmarks.specs import INDUSTRIES, MANY_ROWS, PRODUCTS, WIOD, WORLD
from iomodel.typing import Record

__all__ = ["Claim", "describe_case", "guards", "judge", "of_batches", "of_draws"]

DRAWS = DRAWS_BY_LEVEL["full"]


@dataclass(frozen=True)
class Claim:
    """One promise: a measured value and the bound that it must keep. Guards end a run."""

    text: str
    value: float
    bound: float
    at_least: bool
    is_guard: bool = False

    @property
    def kept(self) -> bool:
        """Whether the value keeps the bound."""
        return self.value >= self.bound if self.at_least else self.value <= self.bound

    def as_dict(self) -> Record:
        """Return the fields and the verdict for a JSON file."""
        return asdict(self) | {"kept": self.kept}

    def __str__(self) -> str:
        sign = "at least" if self.at_least else "at most"
        verdict = "kept  " if self.kept else "MISSED"
        return f"{verdict} {self.text}: {self.value:.3g} ({sign} {self.bound:g})"


def describe_case(row: Record) -> str:
    """Return one line on a case that ran in a process of its own."""
    text = (
        f"{row['case']}, n = {row['n']:,}, {row['columns']} right-hand sides: "
        f"{row['seconds']:.1f} s, {row['products']} products by method {row['method']}, residual "
        f"{row['residual']:.1e}, peak of the process {row['peak_bytes'] / 1e9:.2f} GB"
    )
    if "seconds_with_a_death" in row:
        text += (
            f"; {row['seconds_with_a_death']:.1f} s with a worker killed; differences "
            f"{row['difference']:.1e} and {row['difference_with_a_death']:.1e}"
        )
    return text


def guards(crowded: list[Record]) -> list[Claim]:
    """Return the claims without which a run fails; a toy takes too little time to judge."""
    return [
        Claim(f"{row['spec']}: times quiet", row["times_quiet"], TIMES_QUIET, False, is_guard=True)
        for row in crowded
        if row["problem"] == WORLD
    ]


def of_draws(drawn: list[Record]) -> list[Claim]:
    """Return the claims on a thousand draws with their variables kept."""
    claims = []
    for row in drawn:
        if row["members"] < 1000:
            continue
        text, one, two = f"{row['members']:,} {row['spec']}", row["seconds_one"], row["seconds_two"]
        claims += [
            Claim(f"{text}: s on two processors", two, 60, False),
            Claim(f"{text}: two processors over one", one / two, 1.7, True),
            Claim(f"{text}: memory, GB", row["peak_bytes"] / 1e9, 3, False),
        ]
    return claims


def of_batches(batches: list[Record]) -> list[Claim]:
    """Return the claims on batches of the world table."""
    return [
        Claim(
            f"{row['spec']}, {row['draws']:,} draws: overhead",
            row["overhead"],
            MOST_OVERHEAD,
            False,
        )
        for row in batches
        if row["problem"] == WORLD and row["draws"] >= FEWEST_JUDGED
    ]


def judge(
    figures: list[Record], cases: list[Record], equilibria: list[Record], paths: list[Record]
) -> list[Claim]:
    """Return the claims for which there are figures; ratios are of the best times."""
    draws = {r["spec"]: r for r in equilibria if r["problem"] == WORLD and r["members"] == DRAWS}
    days = {r["spec"]: r["min_s"] for r in paths if r["problem"] == WIOD}
    times = {(r["spec"], r["problem"]): r["min_s"] for r in figures}
    memory = {(r["spec"], r["problem"]): r["peak_in_A"] for r in figures}
    claims: list[Claim] = []

    def add(text: str, bound: float, at_least: bool, value: Callable[[], float]) -> None:
        try:
            claims.append(Claim(text, value(), bound, at_least))
        except KeyError:  # not measured in this run
            return

    def over(slow: str, fast: str, problem: str) -> Callable[[], float]:
        return lambda: times[slow, problem] / times[fast, problem]

    inverse, cuts = "numpy inverse", f"{MANY_ROWS:,} row cuts"
    add("n = 9,800, one answer: inverse over it", 50, True, over(inverse, "answer 1", PRODUCTS))
    add("the same, checks included", 50, True, over(inverse, "first answer", PRODUCTS))
    add("its extra memory in units of A", 0.6, False, lambda: memory["answer 1", PRODUCTS])
    add("n = 7,987: pymrio over one answer", 30, True, over("pymrio", "answer 1", INDUSTRIES))
    hundred = over(inverse, "answer 100", PRODUCTS)
    add("n = 9,800, 100 answers: inverse over them", 6, True, hundred)
    looped = over("loop over 100", "block of 100", PRODUCTS)
    add("n = 9,800: loop over a block of 100", 3, True, looped)
    add("n = 7,987: 1,000 row cuts over one LU", 1.5, False, over(cuts, "factorize", INDUSTRIES))
    add(
        "the same, with their own factorization",
        1.5,
        False,
        over(f"factorize and {cuts}", "factorize", INDUSTRIES),
    )
    add(
        "world-2022: dense over structured product",
        10,
        True,
        over("dense product", "structured product", WORLD),
    )
    for row in cases:
        large = row["n"] > 10_000
        if row["case"] == "ten answers" and large:
            add("n = 19,680: peak of the process, GB", 6, False, _of(row, "peak_bytes", 1e9))
        if row["case"] == "from disk" and large:
            add("n = 40,000 on disk: peak, GB", 3, False, _of(row, "peak_bytes", 1e9))
        if row["case"] == "two blocs":
            add("81 x 37, two blocs, load included, s", 5, False, _of(row, "seconds"))
        add(f"{row['case']}: residual", 1e-9, False, _of(row, "residual"))
        for key, what in (
            ("difference", "cluster: difference from one process"),
            ("difference_with_a_death", "cluster with a worker killed: difference"),
        ):
            add(what, 1e-12, False, _of(row, key))
    text = f"81 x 37, two blocs, {DRAWS} draws of elasticities, s"
    add(text, 60, False, lambda: float(draws[MANY]["min_s"]))
    for other in ("day, dense", "day, BoARIO"):
        ratio = partial(lambda slow: days[slow] / days["day, ario"], other)
        add(f"44 x 56: {other} over ours by ARIO's rules", 20, True, ratio)
    return claims


def _of(row: Record, key: str, unit: float = 1.0) -> Callable[[], float]:
    return lambda: float(row[key]) / unit
