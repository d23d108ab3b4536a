"""The notebook of the tutorial, as an outsider would write it, runs against a data center with made-up tables."""

import os
import uuid
from itertools import pairwise
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from kpublish.datacenter.server import start

NOTEBOOK = Path(__file__).parents[2] / "docs" / "tutorial" / "find-a-source.ipynb"
SOURCE, BACKGROUND = (83.63, -22.01), (0.0, 0.0, 0.152)


def text(columns, rows):
    names = [column.partition("name: ")[2].partition(",")[0] for column in columns]
    about = f"  KM3Resource: {{kid: {uuid.uuid4()}, title: A table, description: Made up.}}"
    head = ["%ECSV 1.0", "---", "delimiter: ','", "datatype:", *(f"- {{{column}}}" for column in columns)]
    head += ["meta:", about, "schema: astropy-2.0"]
    return "\n".join([*(f"# {line}" for line in head), ",".join(names), *rows, ""]).encode()


def tables():
    """Twelve events around the source and two thousand anywhere; a polynomial; an effective area that rises with energy."""
    dice = np.random.default_rng(2026)
    around = np.array(SOURCE) + dice.normal(0, 0.7, (12, 2))
    elsewhere = np.column_stack([dice.uniform(0, 360, 2000), np.degrees(np.arcsin(dice.uniform(-1, 1, 2000)))])
    sky = [f"{ra:.4f},{dec:.4f}" for ra, dec in (*around, *elsewhere)]
    coordinate = "datatype: float64, unit: deg, meta: {role: coordinate, frame: icrs, ucd: pos.eq."
    edges = [10**power for power in range(2, 8)]
    edge = "datatype: float64, unit: GeV, meta: {name: Energy, axis: x, scale: log10, role: "
    bins = [f"{low},{high},{1e-3 * low**0.8:.6g}" for low, high in pairwise(edges)]
    return {
        "data/candidates.ecsv": text([f"name: ra, {coordinate}ra}}", f"name: dec, {coordinate}dec}}"], sky),
        "data/background_in_cone.ecsv": text(
            ["name: coefficient, datatype: float64, unit: count, meta: {role: returnvalue}"], map(str, BACKGROUND)
        ),
        "data/aeff.ecsv": text(
            [
                f"name: low, {edge}lower_edge}}",
                f"name: high, {edge}upper_edge}}",
                "name: area, datatype: float64, unit: m2, meta: {name: Effective area, role: value, axis: y}",
            ],
            bins,
        ),
    }


@pytest.fixture
def address(publishing, tmp_path):
    kinds = {
        "data/candidates.ecsv": {"ktype": "km3.events"},
        "data/background_in_cone.ecsv": {"ktype": "km3.function", "content": {"functiontype": "polynomial", "xunit": "deg"}},
        "data/aeff.ecsv": {"ktype": "km3.histogram"},
    }
    with start(tmp_path / "data") as server:
        publishing(server, tables(), title="Neutrino candidates of a made-up detector", more=kinds)
        yield server.url


# The kernel's own libraries warn of what they will change.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_an_outsider_finds_a_source(address, tmp_path, monkeypatch):
    monkeypatch.setenv("KPUBLISH_DATACENTER_URL", address)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PYTHONPATH", os.fspath(Path(__file__).parents[2]))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}).execute()
    said = "".join(output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", ()))
    assert "15 events where 1.37 are expected: 6.7 standard deviations" in said
    assert "@misc{KM3NeT:2026:" in said
    assert (tmp_path / "sky.png").read_bytes().startswith(b"\x89PNG")
    assert (tmp_path / "data.lock").read_text().count("- {name: ") + (tmp_path / "data.lock").read_text().count("- name: ") == 3
