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


LOG = {"x": {"scale": "log"}, "y": {"scale": "log"}}
TABLES = {"area": area, "flux": flux, "model": model, "scan": scan}
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
