"""Times two commands in turn, A B A B …, and prints the ratio of their CPU times pair by pair."""

import compileall
import os
import statistics
import subprocess
from collections.abc import Sequence
from pathlib import Path

import kpublish

# The peers were compiled when they were installed, as kpublish is for its users; a checkout compiles what it runs only if it may.
compileall.compile_dir(Path(kpublish.__file__).parent, quiet=1)


def cpu_seconds(command: Sequence[str]) -> float:
    """CPU seconds (user and system) of a whole process and its children."""
    return cost(command)[0]


def cost(command: Sequence[str]) -> tuple[float, float]:
    """CPU seconds and the most memory, in MB, of a whole process and its children."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode not in (0, 1):
        raise SystemExit(f"{command[:3]} ended with {process.returncode}: {errors.decode()[-500:]}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6


def compare(title: str, ours: Sequence[str], theirs: Sequence[str], *, rounds: int = 5) -> float:
    """Print the median CPU time of each command and the median ratio ours/theirs; return that ratio."""
    cpu_seconds(ours), cpu_seconds(theirs)
    pairs = [(cpu_seconds(ours), cpu_seconds(theirs)) for _ in range(rounds)]
    ratios = [a / b for a, b in pairs]
    first, second = (statistics.median(values) for values in zip(*pairs, strict=True))
    ratio = statistics.median(ratios)
    print(f"{title}: {first:.3f} s / {second:.3f} s = {ratio:.2f} ({min(ratios):.2f}-{max(ratios):.2f}, {rounds} pairs)")
    return ratio
