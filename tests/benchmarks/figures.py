"""Drawing figures in three formats against a hand-written matplotlib script that reads the same numbers with pandas.

Whole processes in turn. Goals, CPU time: one figure 1.4, twenty figures 1.1. Wall time: 200 figures with two processes 1.7 times as
fast as with one; drawing when nothing changed, 0.01 of drawing.
"""

import shutil
import statistics
import sys
import tempfile
import time
import uuid
from pathlib import Path

import validate
from paired import compare, cost

ROWS = 40
PROJECT = validate.PROJECT.partition("tables:")[0]
TABLE = """# %ECSV 1.0
# ---
# delimiter: ','
# datatype:
# - {{name: energy, unit: GeV, datatype: float64, description: Neutrino energy, meta: {{symbol: E_nu, role: center}}}}
# - {{name: area, unit: m2, datatype: float64, description: Effective area {number}, meta: {{symbol: A_eff, role: value}}}}
# - {{name: error, unit: m2, datatype: float64, description: Statistical error of the area, meta: {{role: error}}}}
# meta:
#   KM3Resource: {{kid: {kid}, title: Effective area {number}, description: Seeded numbers, resourceType: dataset}}
energy,area,error
{rows}
"""
FIGURE = """KM3Resource: {{kid: {kid}, title: Figure {number}, description: Seeded numbers, resourceType: plot}}
figure:
  x: {{scale: log}}
  y: {{scale: log}}
  layers:
  - {{table: data/area{number}.ecsv, mark: points, y: area, label: selection {number}}}
  - {{table: data/area{number}.ecsv, mark: line, y: area, label: interpolation}}
"""
OURS = "import sys; sys.argv = ['kpublish', 'render', {!r}, *{!r}]; from kpublish.cli import main; main()"
THEIRS = """
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import pandas as pd

for number in range({count}):
    table = pd.read_csv(f"{folder}/data/area{{number}}.ecsv", comment="#")
    figure, axes = plt.subplots(figsize=(3.5, 2.6), layout="constrained")
    axes.errorbar(table["energy"], table["area"], table["error"], fmt="o", markersize=3, label=f"selection {{number}}")
    axes.plot(table["energy"], table["area"], label="interpolation")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("$E_\\\\nu$ [GeV]")
    axes.set_ylabel("$A_\\\\mathrm{{eff}}$ [m$^2$]")
    axes.legend()
    for suffix in ("png", "svg", "pdf"):
        figure.savefig(f"{folder}/by-hand-{{number}}.{{suffix}}", dpi=300)
    plt.close(figure)
"""


def repository(folder, count):
    """Write a repository of ``count`` figures, each of a table of its own."""
    for name in ("data", "figures"):
        (folder / name).mkdir(parents=True)
    (folder / "kpublish.yaml").write_text(PROJECT)
    for number in range(count):
        energies = [10 ** (2 + 5 * row / ROWS) for row in range(ROWS)]
        rows = "\n".join(f"{e!r},{1e-6 * e**1.1 * (1 + number / 100)!r},{1e-7 * e**1.05!r}" for e in energies)
        kid, other = (uuid.UUID(int=number * 2 + odd, version=4) for odd in (2, 3))
        (folder / f"data/area{number}.ecsv").write_text(TABLE.format(number=number, kid=kid, rows=rows))
        (folder / f"figures/area{number}.yaml").write_text(FIGURE.format(number=number, kid=other))
    return folder


def render(folder, *options):
    """The command that draws a repository."""
    return [sys.executable, "-c", OURS.format(str(folder), options)]


def seconds(command):
    """Wall time of a command."""
    start = time.perf_counter()
    cost(command)
    return time.perf_counter() - start


def against_a_script(folder, count, goal):
    """CPU time of drawing everything anew, against the script."""
    repository(folder, count)
    script = [sys.executable, "-c", THEIRS.format(count=count, folder=folder)]
    compare(f"{count} figure(s) in three formats / by hand (goal {goal})", render(folder, "--again"), script)


def two_processes_and_none(folder, count=200, rounds=1):
    """Wall time of one process against two, and of drawing nothing."""
    repository(folder, count)
    faster, idle = [], []
    for _ in range(rounds):
        one, two = (seconds(render(folder, "--again", "--jobs", jobs)) for jobs in ("1", "2"))
        faster.append(one / two)
        idle.append(seconds(render(folder)) / one)
    print(f"{count} figures, one process / two: {statistics.median(faster):.2f} ({min(faster):.2f}-{max(faster):.2f}; goal 1.7)")
    print(f"{count} figures, unchanged / drawn: {statistics.median(idle):.4f} ({min(idle):.4f}-{max(idle):.4f}; goal 0.01)")


if __name__ == "__main__":
    place = Path(tempfile.mkdtemp())
    try:
        against_a_script(place / "one", 1, 1.4)
        against_a_script(place / "twenty", 20, 1.1)
        two_processes_and_none(place / "many")
    finally:
        shutil.rmtree(place)
