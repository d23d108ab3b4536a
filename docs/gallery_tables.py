"""The tables of docs/make_gallery.py: KM3NeT's effective area (tests/data/km3net-ARCA230-irf), all else is made up."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
Columns = dict[str, tuple[dict[str, Any], list[float | None]]]

ENERGY = {"axis": "x", "unit": "GeV", "symbol": r"E_{\nu}"}
ZENITH = {"axis": "y", "symbol": r"\cos\theta"}
FLUX = {"axis": "y", "unit": "GeV cm-2 s-1 sr-1", "symbol": r"E^2\Phi"}


def area() -> Columns:
    """The effective area over energy and zenith angle."""
    path = ROOT / "tests" / "data" / "km3net-ARCA230-irf" / "aeff_coszen_allnumuCC_track.csv"
    with open(path, encoding="utf-8", newline="") as stream:
        low, _, high, floor, _, ceiling, value = zip(
            *([float(cell) for cell in row] for row in list(csv.reader(stream))[1:]), strict=True
        )
    return {
        "energy_low": (ENERGY | {"role": "lower_edge"}, [10**x for x in low]),
        "energy_high": (ENERGY | {"role": "upper_edge"}, [10**x for x in high]),
        "cos_zenith_low": (ZENITH | {"role": "lower_edge"}, list(floor)),
        "cos_zenith_high": (ZENITH | {"role": "upper_edge"}, list(ceiling)),
        "aeff": ({"axis": "z", "role": "value", "unit": "m2", "symbol": r"A_{\mathrm{eff}}"}, list(value)),
    }


def flux() -> Columns:
    """A made-up measurement in five bins, the last of them a limit."""
    return {
        "low": (ENERGY | {"role": "lower_edge"}, [1e4, 4e4, 2e5, 1e6, 5e6]),
        "high": (ENERGY | {"role": "upper_edge"}, [4e4, 2e5, 1e6, 5e6, 4e7]),
        "flux": (FLUX | {"role": "value"}, [2.4e-8, 1.9e-8, 8e-9, 6e-9, None]),
        "up": (FLUX | {"role": "error_plus"}, [8e-9, 6e-9, 4e-9, 4e-9, None]),
        "down": (FLUX | {"role": "error_minus"}, [7e-9, 5e-9, 3e-9, 3e-9, None]),
        "limit": (FLUX | {"role": "limit"}, [None, None, None, None, 9e-9]),
    }


def model() -> Columns:
    """A made-up power law with its uncertainty."""
    energies = [10 ** (4 + 0.1 * step) for step in range(37)]
    center = [2e-8 * (energy / 1e5) ** -0.3 for energy in energies]
    spread = [0.15 + 0.1 * abs(step - 10) / 10 for step in range(37)]
    return {
        "energy": (ENERGY | {"role": "center"}, list(energies)),
        "flux": (FLUX | {"role": "value"}, list(center)),
        "error": (FLUX | {"role": "error"}, [value * part for value, part in zip(center, spread, strict=True)]),
    }


def scan() -> Columns:
    """A made-up likelihood scan."""
    nodes = [(2 + 0.04 * i, 0.5 + 0.05 * j) for i in range(41) for j in range(41)]
    value = [((x - 2.8) / 0.2) ** 2 + ((y - 1.5) / 0.25) ** 2 - 1.1 * (x - 2.8) * (y - 1.5) / 0.05 for x, y in nodes]
    return {
        "index": ({"axis": "x", "role": "xvalue", "symbol": r"\gamma"}, [x for x, _ in nodes]),
        "norm": ({"axis": "y", "role": "yvalue", "symbol": r"\phi / \phi_0"}, [y for _, y in nodes]),
        "ts": ({"axis": "z", "role": "value", "symbol": r"-2\Delta\ln L"}, list(value)),
    }


def counted() -> Columns:
    """Made-up counts in bins with statistical and systematic errors, and what is expected."""
    low = [10 ** (3 + 0.25 * step) for step in range(12)]
    expected = [2000 * 0.62**step for step in range(12)]
    seen = [round(value * (1 + 0.06 * ((step * 7) % 5 - 2) / 2)) for step, value in enumerate(expected)]
    number: dict[str, Any] = {"axis": "y", "symbol": "N"}
    return {
        "low": (ENERGY | {"role": "lower_edge"}, list(low)),
        "high": (ENERGY | {"role": "upper_edge"}, [value * 10**0.25 for value in low]),
        "data": (number | {"role": "value", "quantity": "data"}, [float(value) for value in seen]),
        "error": (number | {"role": "error", "quantity": "data", "source": "statistical"}, [value**0.5 for value in seen]),
        "shift": (number | {"role": "error", "quantity": "data", "source": "systematic"}, [0.08 * value for value in seen]),
        "muons": (number | {"role": "value", "quantity": "muons"}, [0.6 * value for value in expected]),
        "neutrinos": (number | {"role": "value", "quantity": "neutrinos"}, [0.3 * value for value in expected]),
        "cosmic": (number | {"role": "value", "quantity": "cosmic"}, [4 + 0.1 * value for value in expected]),
        "all": (number | {"role": "value", "quantity": "expectation"}, [4 + value for value in expected]),
    }


def spectrum() -> Columns:
    """A made-up flux, not weighted by energy, in TeV."""
    energies = [10 ** (1 + 0.2 * step) for step in range(16)]
    return {
        "energy": ({"axis": "x", "role": "center", "unit": "TeV", "symbol": "E"}, list(energies)),
        "flux": (
            {"axis": "y", "role": "value", "unit": "TeV-1 cm-2 s-1 sr-1", "symbol": r"\Phi"},
            [2e-18 * (energy / 100) ** -2.4 for energy in energies],
        ),
        "error": (
            {"axis": "y", "role": "error", "unit": "TeV-1 cm-2 s-1 sr-1"},
            [4e-19 * (energy / 100) ** -2.3 for energy in energies],
        ),
    }


def light_curve() -> Columns:
    """A made-up flare."""
    return {
        "mjd": ({"axis": "x", "role": "time", "unit": "d", "symbol": r"\mathrm{MJD}"}, [59800.0 + 7 * week for week in range(30)]),
        "flux": (
            {"axis": "y", "role": "value", "unit": "cm-2 s-1", "name": "Flux"},
            [1e-7 * (1 + 6 * 2.718 ** (-(((week - 14) / 3) ** 2)) + 0.1 * (week * 5 % 7)) for week in range(30)],
        ),
        "error": ({"axis": "y", "role": "error", "unit": "cm-2 s-1"}, [1e-7 * (0.3 + 0.02 * week) for week in range(30)]),
    }


def asymmetry() -> Columns:
    """A made-up difference that changes its sign."""
    places = [-1 + 0.05 * step for step in range(41)]
    return {
        "cosine": ({"axis": "x", "role": "xvalue", "symbol": r"\cos\theta"}, places),
        "excess": ({"axis": "y", "role": "value", "name": "Excess"}, [(1000 * place**5 + 3 * place) for place in places]),
    }


def events() -> Columns:
    """Made-up events on the sky, with the radii in which they lie with 90 %."""
    degree: dict[str, Any] = {"unit": "deg", "frame": "icrs"}
    return {
        "ra": (
            degree | {"role": "coordinate", "axis": "x", "symbol": r"\alpha"},
            [(47 * n * n + 23 * n) % 360 + 0.5 for n in range(24)],
        ),
        "dec": (
            degree | {"role": "coordinate", "axis": "y", "symbol": r"\delta"},
            [-70 + (31 * n * n + 17 * n) % 120 for n in range(24)],
        ),
        "radius": ({"unit": "deg", "role": "value"}, [3 + (5 * n) % 9 for n in range(24)]),
    }


def region() -> Columns:
    """A made-up region around the galactic centre."""
    corners = [(30, 5), (0, 12), (-30, 5), (-40, 0), (-30, -5), (0, -12), (30, -5), (40, 0)]
    degree: dict[str, Any] = {"unit": "deg", "frame": "galactic", "role": "coordinate"}
    return {
        "l": (degree | {"axis": "x", "symbol": "l"}, [float(corner[0]) for corner in corners]),
        "b": (degree | {"axis": "y", "symbol": "b"}, [float(corner[1]) for corner in corners]),
    }


TABLES = {
    "area": area,
    "flux": flux,
    "model": model,
    "scan": scan,
    "counted": counted,
    "spectrum": spectrum,
    "curve": light_curve,
    "asymmetry": asymmetry,
    "events": events,
    "region": region,
}
