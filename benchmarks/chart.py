"""The figures as a chart: seconds by number of industries, one line for each way to an answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from iomodel._io import atomic_path

# Order, label and style of what is drawn: other tools dashed, this one solid.
LINES = (
    ("pymrio", "pymrio: calc_L and product", "#b07aa1", "--"),
    ("numpy inverse", "numpy.linalg.inv and product", "#e15759", "--"),
    ("scipy LU", "scipy LU, one answer", "#f28e2b", "--"),
    ("answer 1,000", "iomodel, 1,000 answers", "#9ecae9", "-"),
    ("answer 100", "iomodel, 100 answers", "#6baed6", "-"),
    ("answer 10", "iomodel, 10 answers", "#3182bd", "-"),
    ("answer 1", "iomodel, one answer", "#08519c", "-"),
)


def draw(result: dict[str, Any], path: Path) -> Path:
    """Draw the best times of a result to an SVG file and return its path."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 5), layout="constrained")
    for spec, label, color, style in LINES:
        points = sorted((r["n"], r["min_s"]) for r in result["figures"] if r["spec"] == spec)
        if points:
            n, seconds = zip(*points, strict=True)
            axes.plot(n, seconds, style, color=color, marker="o", label=label)
    axes.set(xscale="log", yscale="log", xlabel="industries n", ylabel="seconds, best of a run")
    axes.set_title("Answers to x = A x + f")
    axes.grid(visible=True, which="both", color="0.9")
    axes.legend(fontsize="small")
    machine = result["machine"]
    blas = f"{machine['blas']}, {machine['core_type']}, {machine['threads']} threads"
    figure.supxlabel(
        f"{result['date']}; {blas}",
        fontsize="x-small",
        color="0.4",
    )
    with atomic_path(path) as temporary:
        figure.savefig(temporary, format="svg")
    pyplot.close(figure)
    return path
