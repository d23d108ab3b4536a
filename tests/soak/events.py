"""An event file larger than memory is annotated, validated, bundled and partly read: how long it takes, and how much memory.

``python tests/soak/events.py [GIGABYTES]``; each step is a process of its own, which may use 500 MB.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import h5py
import numpy

from kpublish import repository
from kpublish.templating import new

#: What a process may use, in bytes.
MEMORY = 500_000_000
BLOCK = 1 << 18
DTYPE = numpy.dtype(
    [
        ("run_id", "i4"),
        ("event_id", "i8"),
        ("unix_time", "f8"),
        ("energy", "f8"),
        ("zenith", "f8"),
        ("azimuth", "f8"),
        ("beta", "f8"),
    ]
)
ANSWERS = """
title: Made-up events
description: Uniform random numbers for tests of size.
columns:
  run_id: {description: Number of the run}
  energy: {unit: GeV}
  zenith: {unit: deg}
  azimuth: {unit: deg}
"""
#: Tells in the end how much memory the process has used; what its parent uses does not count.
COUNTING = """
import atexit, re
status = lambda: re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]
atexit.register(lambda: print("most memory", status(), "kB"))
"""
KPUBLISH = "from kpublish.__main__ import main; main()"
READ = """
import kpublish, sys
from pathlib import Path
store = kpublish.KM3Store({package!r}, cache={cache!r})
table = store.get("events")
rows = table.read(start=1000, stop=1010, columns=["energy", "zenith"])
assert len(rows) == 10 and float(rows["energy"].iloc[3]) > 0
"""


def make(path: Path, size: int) -> int:
    """Write a file of made-up events, as PyTables would, of at least ``size`` bytes; return the number of rows."""
    generator = numpy.random.default_rng(7)
    rows = -(-size // (DTYPE.itemsize * BLOCK)) * BLOCK
    with h5py.File(path, "w") as file:
        dataset = file.create_dataset("events", (rows,), DTYPE, chunks=(BLOCK // 16,))
        for start in range(0, rows, BLOCK):
            block = numpy.empty(BLOCK, DTYPE)
            block["run_id"], block["event_id"] = 1 + start // BLOCK, numpy.arange(start, start + BLOCK)
            block["unix_time"] = 1.6e9 + numpy.arange(start, start + BLOCK) * 0.5
            for name in ("energy", "zenith", "azimuth", "beta"):
                block[name] = generator.integers(1, 180_000, BLOCK) / 1000.0
            dataset[start : start + BLOCK] = block
        file.create_dataset("group_info", data=numpy.array([(0, rows)], [("group_id", "i8"), ("n_blobs", "i8")]))
    return rows


def timed(name: str, code: str, *arguments: str, cwd: Path) -> tuple[float, int]:
    """Run Python code that may use no more memory; return seconds, and the most bytes that it used."""
    begin = time.monotonic()
    command = [sys.executable, "-c", f"{COUNTING}\n{code}", *arguments]
    done = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    seconds = time.monotonic() - begin
    assert done.returncode == 0, done.stdout
    used = int(re.search(r"most memory (\d+) kB", done.stdout)[1]) * 1024
    print(f"{name:10} {seconds:7.1f} s  {used / 1e6:6.0f} MB", flush=True)
    assert used <= MEMORY, f"{name}: {used / 1e6:.0f} MB"
    return seconds, used


def soak(place: Path, size: int) -> None:
    """Make a file of a size, and do with it what a member would."""
    folder = new("public-plots", place / "events", defaults=True)
    (folder / ".gitignore").write_text((folder / ".gitignore").read_text() + "/raw/\n")
    (folder / "raw").mkdir()
    rows = make(folder / "raw/raw.h5", size)
    print(f"{rows} rows, {(folder / 'raw/raw.h5').stat().st_size / 1e6:.0f} MB", flush=True)
    (folder / "answers.yaml").write_text(ANSWERS)
    annotate = ("annotate", "raw/raw.h5", "--table", "events", "--answers", "answers.yaml", "--defaults", "-o", "data/events.h5")
    timed("annotate", KPUBLISH, *annotate, cwd=folder)
    timed("validate", KPUBLISH, "validate", "data/events.h5", cwd=folder)
    subprocess.run(["git", "add", "--all"], cwd=folder, check=True)
    commit = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "--quiet", "--message", "Events"]
    subprocess.run(commit, cwd=folder, check=True)
    repository.tag(folder, "v1.0.0")
    timed("bundle", KPUBLISH, "bundle", "--output", "dist/package.zip", cwd=folder)
    code = READ.format(package=str(folder / "dist/package.zip"), cache=str(place / "cache"))
    timed("read", code, cwd=folder)


if __name__ == "__main__":
    where = Path(tempfile.mkdtemp())
    try:
        soak(where, int(float(sys.argv[1] if len(sys.argv) > 1 else 5) * 1e9))
    finally:
        shutil.rmtree(where)
