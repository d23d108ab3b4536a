"""Integrate the effective area over the sky: acceptance [m2 sr] in bins of true neutrino energy.

Usage: python scripts/acceptance.py INPUT OUTPUT
"""

from __future__ import annotations

import csv
import math
import sys
from collections import defaultdict
from pathlib import Path


def acceptance(rows: list[list[str]]) -> dict[tuple[float, float], float]:
    """Return energy bin [GeV] -> 2 pi * sum of effective area [m2] * width in cos(zenith)."""
    terms: dict[tuple[float, float], list[float]] = defaultdict(list)
    for low, _, high, bottom, _, top, area in rows:
        terms[float(low), float(high)].append(float(area) * (float(top) - float(bottom)))
    return {
        (10.0**low, 10.0**high): 2.0 * math.pi * math.fsum(found)
        for (low, high), found in sorted(terms.items())
    }


def main(given: str, made: str) -> None:
    with Path(given).open(newline="", encoding="utf-8") as stream:
        rows = list(csv.reader(stream))[1:]
    with Path(made).open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["energy_low", "energy_high", "acceptance"])
        for (low, high), value in acceptance(rows).items():
            writer.writerow([f"{low:.6g}", f"{high:.6g}", f"{value:.6g}"])


if __name__ == "__main__":
    main(*sys.argv[1:])
