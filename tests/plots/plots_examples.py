"""Makes tables, figures and projects as the loader would; run as a script, it draws one figure and says the checksums."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from kpublish.model.document import Document
from kpublish.model.figure import Figure, FigureDescription
from kpublish.model.parameter import Parameter
from kpublish.model.project import Project
from kpublish.model.resource import ResourceHeader
from kpublish.model.table import Table

FIGURE_KID = "8c1b9c0e-6c59-4f0c-9a53-0c0f6b1a7d11"
TABLE_KID = "6f0f3c59-9d8f-4b52-8d7b-55a5a6c6b0ab"
RELEASE_KID = "0d6f3df4-3b27-4c64-8f6e-3f8f5e2f6a01"
PATH = "data/flux.ecsv"
FLUX = {"unit": "GeV-1 m-2 s-1", "axis": "y", "symbol": r"\Phi"}
ENERGY = {"unit": "GeV", "axis": "x", "symbol": r"E_{\nu}"}
#: What every mark can be drawn from: name of the column → its parameter and its cells.
COLUMNS: dict[str, tuple[dict[str, Any], list[Any]]] = {
    "low": (ENERGY | {"role": "lower_edge"}, [1.0, 10.0, 100.0, 1e3, 2e4]),
    "high": (ENERGY | {"role": "upper_edge"}, [10.0, 100.0, 1e3, 1e4, 1e5]),
    "energy": (ENERGY | {"role": "center"}, [3.0, 30.0, 300.0, 3e3, 5e4]),
    "flux": (FLUX | {"role": "value"}, [1e-3, 2e-4, None, 5e-6, 4e-7]),
    "up": (FLUX | {"role": "error_plus"}, [2e-4, 5e-5, None, 3e-6, 9e-7]),
    "down": (FLUX | {"role": "error_minus"}, [1e-4, 4e-5, None, 2e-6, 2e-7]),
    "cap": (FLUX | {"role": "limit"}, [None, None, 6e-5, None, None]),
    "floor": (FLUX | {"role": "lower_edge"}, [1e-3, 1e-4, 1e-5, 1e-6, 1e-7]),
    "ceiling": (FLUX | {"role": "upper_edge"}, [1e-2, 1e-3, 1e-4, 1e-5, 1e-6]),
    "count": ({"axis": "z", "role": "value", "symbol": "N"}, [1.0, 2.0, None, 4.0, 0.0]),
    "zone": ({"datatype": "string"}, ["north", "north", "north", "north", "north"]),
}


def table(columns: dict[str, tuple[dict[str, Any], list[Any]]] | None = None, path: str = PATH) -> Table:
    columns = COLUMNS if columns is None else columns
    parameters = tuple(Parameter(columnname=name, **meaning) for name, (meaning, _) in columns.items())
    digest = hashlib.sha256(repr(columns).encode()).hexdigest()
    values = tuple(cells for _, cells in columns.values())
    return Table(path, Document(path), ResourceHeader(kid=TABLE_KID), parameters, values=values, sha256=digest)


def figure(*layers: dict[str, Any], path: str = "figures/flux.yaml", resource: dict[str, Any] | None = None, **said: Any) -> Figure:
    described = {
        "x": {"scale": "log"},
        "y": {"scale": "log"},
        **said,
        "layers": [{"table": PATH, "y": "flux", **layer} for layer in layers],
    }
    marks = {("figure", "layers", number, "label"): (10 + number, 5) for number in range(len(layers))}
    marks |= {("figure", "heading"): (9, 3)}
    own = ResourceHeader.model_validate(
        {"kid": FIGURE_KID, "title": "Flux of <nothing> & more", "description": "Made up", **(resource or {})}
    )
    return Figure(path, Document(path, {"figure": described}, marks), own, FigureDescription.model_validate(described))


def project(*tables: Table, figures: tuple[Figure, ...] = (), **said: Any) -> Project:
    release = {
        "kid": RELEASE_KID,
        "title": "Made-up flux",
        "publisher": "KM3NeT Collaboration",
        "license": "CC-BY-4.0",
        "version": "1.2.0",
        "status": "preliminary",
        "authors": [{"name": "KM3NeT Collaboration", "type": "collaboration"}, {"givenName": "Ada", "familyName": "Exämple"}],
        **said,
    }
    return Project(
        Path(),
        release=ResourceHeader.model_validate(release),
        tables=tables or (table(),),
        figures=figures,
        landing="https://opendata.km3net.de",
    )


def composed(described: Figure, *tables: Table, preliminary: bool = False) -> Any:
    """The picture before it is saved."""
    from kpublish.plots.canvas import Finishing
    from kpublish.plots.composing import compose
    from kpublish.plots.layers import parts
    from kpublish.plots.style import looking_like_km3net
    from kpublish.plots.wording import axis_labels

    assert described.description
    whole = project(*tables, status="preliminary" if preliminary else "final")
    with looking_like_km3net("salt", described.description.context, dark=described.description.dark):
        ready = parts(described, whole)
        labels = [axis_labels(part) for part in ready]
        return compose(described, described.description, ready, labels, Finishing(described, described.description, whole))


if __name__ == "__main__":
    from kpublish.plots.canvas import draw

    drawn = draw(figure({"mark": "points", "label": r"$\nu_\mu$ ü"}, {"mark": "steps"}, {"mark": "line"}, heading="Été"), project())
    for name, content in drawn.files.items():
        print(hashlib.sha256(content).hexdigest(), name)
    print(drawn.alt, drawn.faults)
