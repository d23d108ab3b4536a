"""Write docs/images/marks/, one small picture for each mark: ``python docs/make_gallery.py``.

The effective area is KM3NeT's (tests/data/km3net-ARCA230-irf); all other numbers are made up.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

from kpublish.model.document import Document
from kpublish.model.figure import Figure, FigureDescription
from kpublish.model.parameter import Parameter
from kpublish.model.project import Project
from kpublish.model.resource import ResourceHeader
from kpublish.model.table import Table
from kpublish.plots.canvas import draw

ROOT = Path(__file__).parents[1]
FOLDER = Path(__file__).parent / "images" / "marks"
#: Pixels across.
WIDTH = 480
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


LOG = {"x": {"scale": "log"}, "y": {"scale": "log"}}
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
#: One figure for each mark, named after it, then one for each kind of axes.
FIGURES: dict[str, dict[str, Any]] = {
    "line": {**LOG, "layers": [{"mark": "line", "table": "model", "y": "flux", "label": "model"}]},
    "points": {**LOG, "layers": [{"mark": "points", "table": "flux", "y": "flux", "label": "measured"}]},
    "steps": {
        **LOG,
        "y": {"scale": "log", "range": [1e-4, 1e6]},
        "layers": [
            {
                "mark": "steps",
                "table": "area",
                "y": "aeff",
                "where": {"cos_zenith_low": cosine},
                "label": rf"from $\cos\theta = {cosine}$",
            }
            for cosine in ("-1.0", "0.0")
        ],
    },
    "band": {
        **LOG,
        "layers": [
            {"mark": "band", "table": "model", "y": "flux", "color": "#006BA4"},
            {"mark": "line", "table": "model", "y": "flux", "color": "#006BA4", "label": "model and its error"},
        ],
    },
    "mesh": {"x": {"scale": "log"}, "layers": [{"mark": "mesh", "table": "area", "y": "cos_zenith_low", "scale": "log"}]},
    "contour": {
        "layers": [
            {
                "mark": "contour",
                "table": "scan",
                "y": "norm",
                "levels": [2.3, 4.61],
                "names": ["68 %", "90 %"],
                "best": "lowest",
                "label": "scan",
            }
        ]
    },
    "note": {
        **LOG,
        "layers": [
            {"mark": "note", "span": [1e5, 1e6], "label": "range of the fit"},
            {"mark": "note", "axis": "y", "line": 1e-8},
            {"mark": "note", "table": "model", "y": "flux", "label": "others", "cite": "made up 2026"},
            {"mark": "points", "table": "flux", "y": "flux", "label": "measured"},
            {"mark": "note", "text": "no sensitivity", "at": [1.5e7, 2e-8]},
        ],
    },
    "errors": {
        **LOG,
        "layers": [
            {"mark": "steps", "table": "counted", "y": "muons", "stack": True, "label": "muons"},
            {"mark": "steps", "table": "counted", "y": "neutrinos", "stack": True, "label": "neutrinos"},
            {"mark": "steps", "table": "counted", "y": "cosmic", "stack": True, "label": "cosmic"},
            {"mark": "points", "table": "counted", "y": "data", "color": "black", "label": "data"},
        ],
    },
    "ratio": {
        "share": "x",
        "heights": [3, 1],
        "panels": [
            {
                **LOG,
                "layers": [
                    {"mark": "steps", "table": "counted", "y": "all", "label": "expected"},
                    {"mark": "points", "table": "counted", "y": "data", "color": "black", "label": "data"},
                ],
            },
            {
                "x": {"scale": "log"},
                "y": {"range": [0.4, 1.6]},
                "layers": [
                    {"mark": "note", "axis": "y", "line": 1.0, "dashes": "solid"},
                    {"mark": "points", "table": "counted", "y": "data", "color": "black", "over": {"y": "all"}},
                ],
            },
        ],
    },
    "units": {
        "x": {"scale": "log", "unit": "GeV", "secondary": {"unit": "J"}},
        "y": {"scale": "log", "unit": "GeV cm-2 s-1 sr-1"},
        "layers": [
            {"mark": "points", "table": "spectrum", "y": "flux", "times": "energy**2", "label": r"$E^2\Phi$ of a table in TeV"}
        ],
    },
    "dates": {
        "x": {"secondary": {"dates": True}},
        "layers": [{"mark": "points", "table": "curve", "y": "flux", "label": "flare"}],
    },
    "symlog": {"y": {"scale": "symlog", "threshold": 1.0}, "layers": [{"mark": "line", "table": "asymmetry", "y": "excess"}]},
    "sky": {
        "size": [7.0, 4.1],
        "sky": {"frame": "galactic", "projection": "mollweide"},
        "layers": [
            {"mark": "contour", "table": "region", "y": "b", "fill": True, "label": "region"},
            {"mark": "points", "table": "events", "y": "dec", "radius": "radius", "color": "black", "label": "events"},
            {"mark": "note", "plane": "ecliptic", "label": "ecliptic"},
        ],
    },
    "talk": {
        **LOG,
        "context": "talk",
        "dark": True,
        "size": None,
        "layers": [
            {"mark": "band", "table": "model", "y": "flux", "color": "#7CC5FF"},
            {"mark": "line", "table": "model", "y": "flux", "label": "model"},
            {"mark": "points", "table": "flux", "y": "flux", "label": "measured"},
        ],
    },
}


def table(name: str) -> Table:
    """A table as the loader would read it."""
    columns = TABLES[name]()
    parameters = tuple(Parameter(columnname=column, **meaning) for column, (meaning, _) in columns.items())
    return Table(name, Document(name), ResourceHeader(), parameters, values=tuple(cells for _, cells in columns.values()))


def picture(name: str) -> bytes:
    """The PNG of one figure, with few colours."""
    from PIL import Image

    described = {"size": [6.0, 4.2], **FIGURES[name]}
    figure = Figure(
        f"figures/{name}.yaml", Document(name, {"figure": described}), ResourceHeader(), FigureDescription.model_validate(described)
    )
    project = replace(Project(ROOT), tables=tuple(map(table, TABLES)))
    drawn = draw(figure, project)
    if drawn.faults:
        raise SystemExit(f"{name}: {drawn.faults[0].message}")
    image = Image.open(BytesIO(drawn.files[f"rendered/{name}.png"])).convert("RGB")
    small = image.resize((WIDTH, round(WIDTH * image.height / image.width)), Image.Resampling.LANCZOS)
    stream = BytesIO()
    small.quantize(96, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(stream, "png", optimize=True)
    return stream.getvalue()


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for mark in FIGURES:
        (FOLDER / f"{mark}.png").write_bytes(picture(mark))
