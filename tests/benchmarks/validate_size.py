"""How ``kpublish validate`` grows against frictionless: time per further file (goal 0.2), 100 MB (0.12, 350 MB), many files."""

import statistics
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from paired import cost
from validate import commands, make

#: Rows of a table of 100 MB.
BIG = 925_000


def made(*arguments):
    """The tables, written by another process: what this one once held would count as memory of those that it starts."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(make, *arguments).result()


def slopes(folder, rounds=3):
    """Print the CPU time per file between 100 and 1,000 files, as a ratio pair by pair."""
    few, many = commands(*made(folder / "few", 100)), commands(*made(folder / "many", 1000))
    pairs = [[(cost(many[one])[0] - cost(few[one])[0]) / 900 for one in (0, 1)] for _ in range(rounds)]
    ratios = [ours / theirs for ours, theirs in pairs]
    ours, theirs = (statistics.median(values) * 1000 for values in zip(*pairs, strict=True))
    print(f"per file: {ours:.2f} ms / {theirs:.2f} ms = {statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})")


def large(folder):
    """Print time and memory of one large file."""
    annotated, package = made(folder / "large", 1, BIG)
    size = sum(path.stat().st_size for path in annotated.iterdir()) / 1e6
    (ours, memory), (theirs, their_memory) = map(cost, commands(annotated, package))
    print(f"{size:.0f} MB: {ours:.2f} s / {theirs:.2f} s = {ours / theirs:.3f}; memory {memory:.0f} MB / {their_memory:.0f} MB")


def small(folder):
    """Print the CPU time per file for more and more files of ten rows."""
    for files in (1000, 3000, 10_000):
        seconds, memory = cost(commands(*made(folder / f"small{files}", files, 10))[0])
        print(f"{files} files of 10 rows: {seconds:.2f} s, {seconds / files * 1000:.2f} ms each, memory {memory:.0f} MB")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        for part in (slopes, large, small):
            part(Path(name))
