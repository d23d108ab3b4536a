"""Write docs/images/marks/, one small picture for each mark: ``python docs/make_gallery.py``.

The effective area is KM3NeT's (tests/data/km3net-ARCA230-irf); all other numbers are made up.
"""

from __future__ import annotations

import sys
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

sys.path.insert(0, str(Path(__file__).parent))
from gallery_tables import ROOT, TABLES

FOLDER = Path(__file__).parent / "images" / "marks"
#: Pixels across.
WIDTH = 480

LOG = {"x": {"scale": "log"}, "y": {"scale": "log"}}
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
