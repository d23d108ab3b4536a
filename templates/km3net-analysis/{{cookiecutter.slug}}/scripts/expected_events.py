"""Fold the acceptance with a power-law flux: events expected in each bin of true neutrino energy.

Usage: python scripts/expected_events.py PARAMETERS ACCEPTANCE OUTPUT
"""

from __future__ import annotations

import csv
import sys
import tomllib
from pathlib import Path

YEAR = 365.25 * 86400.0  # s, Julian year
SQUARE_METRE = 1.0e4  # cm2


def integral(low: float, high: float, normalization: float, pivot: float, index: float) -> float:
    """Return the integral of normalization * (E / pivot)**-index over the bin; index is not 1."""
    power = 1.0 - index
    return normalization * pivot / power * ((high / pivot) ** power - (low / pivot) ** power)


def main(parameters: str, given: str, made: str) -> None:
    said = tomllib.loads(Path(parameters).read_text(encoding="utf-8"))
    exposure = said["observation"]["livetime"] * YEAR * SQUARE_METRE
    with Path(given).open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    with Path(made).open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["energy_low", "energy_high", "events"])
        for row in rows:
            flux = integral(float(row["energy_low"]), float(row["energy_high"]), **said["flux"])
            writer.writerow(
                [
                    row["energy_low"],
                    row["energy_high"],
                    f"{float(row['acceptance']) * exposure * flux:.6g}",
                ]
            )


if __name__ == "__main__":
    main(*sys.argv[1:])
