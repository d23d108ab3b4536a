"""Make the template km3net-public-plots-demo: km3net-public-plots with more tables, figures and marks, of real KM3NeT data.

Run ``python tests/templates/make_demo.py`` after a change of that template, of the writer or of the models; the tests compare.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).parent))

from make_example import LICENCE, energy

from kpublish.formats.ecsv.writing import header_text

ROOT = Path(__file__).resolve().parents[2]
BASE = ROOT / "templates/km3net-public-plots"
DEMO = ROOT / "templates/km3net-public-plots-demo"
DATA = ROOT / "tests/data"
INNER = "{{cookiecutter.slug}}"
MARK = "00000000-0000-4000-8000-00000000000{}"

EVENT = "https://doi.org/10.1038/s41586-024-08543-1"
IRF = "https://github.com/KM3NeT/KM3NeT-ARCA-irf"
ENERGY = {
    "name": "Neutrino energy",
    "symbol": r"E_{\nu}",
    "ucd": "phys.energy;phys.particle.neutrino",
    "axis": "x",
    "quantity": "true",
}
FLUX = {"name": "Energy flux", "symbol": r"E^2\Phi", "axis": "y", "quantity": "per flavour"}
PER_AREA = "GeV cm-2 s-1 sr-1"
#: Approval, reference and origin of the tables of the event, and of the detector.
OF_EVENT = {
    "approval": {"by": "KM3NeT Collaboration", "date": "2025-02-12", "reference": EVENT},
    "referenceURL": EVENT,
    "relatedResources": [{"id": EVENT, "relation": "isDerivedFrom"}],
}
OF_DETECTOR = {
    "approval": {"by": "KM3NeT Collaboration", "date": "2024-04-10", "reference": IRF},
    "referenceURL": "https://arxiv.org/abs/2402.08363",
    "relatedResources": [{"id": IRF, "relation": "isDerivedFrom"}],
    "content": {"instrument": "KM3NeT/ARCA230"},
}
#: Table → kid's name, title, description, resource type, what else it says, steps of its origin.
TABLES = {
    "hese": (
        "Segmented fit of the IceCube high-energy starting events",
        "Energy flux of astrophysical neutrinos, neutrinos and antineutrinos together, fitted in seven segments of energy.",
        "plotdata",
        {
            **OF_EVENT,
            "relatedResources": [
                *OF_EVENT["relatedResources"],
                {"id": "https://doi.org/10.1103/PhysRevD.104.022002", "relation": "isDerivedFrom"},
            ],
        },
        ("Segmented fit", "Seven segments of energy", "IceCube, doi:10.1103/PhysRevD.104.022002"),
        ("c0d0a2b7-60a5-4a0b-8a4d-0c6d6f8f3e11", "f2b1a6ce-2f0f-4a55-b8b8-8f8f5b0e7b21"),
    ),
    "cosmogenic": (
        "Range of models of the cosmogenic neutrino flux",
        "Lowest and highest energy flux per flavour among models of neutrinos from cosmic rays on their way.",
        "plotdata",
        OF_EVENT,
        ("Range of published models", "Lowest and highest flux at each energy", f"KM3NeT, {EVENT}, flux_models"),
        ("3f6a2d1e-8f5e-4a3a-9a57-5f4f2f9a6c31", "a44f9f4e-9b8e-4b0e-8a83-21d5a1f5d041"),
    ),
    "sources": (
        "Range of models of the neutrino flux of sources",
        "Lowest and highest energy flux per flavour among models of neutrinos that are made inside of sources.",
        "plotdata",
        OF_EVENT,
        ("Range of published models", "Lowest and highest flux at each energy", f"KM3NeT, {EVENT}, flux_models"),
        ("5a3f9a52-31a0-4a8a-8ed4-7b0b7a3c5f51", "b1a4b0a5-5b44-4d3c-9b93-3a6bb1d1c961"),
    ),
    "background": (
        "Background rate of KM3NeT/ARCA230 in the track selection",
        "Rate of atmospheric neutrinos and muons that pass the track selection, by reconstructed energy and declination.",
        "irf",
        OF_DETECTOR,
        (
            "Instrument response functions from simulated events",
            "Events selected as tracks",
            "KM3NeT/KM3NeT-ARCA-irf v1.0.2, data/bkg_track.csv",
        ),
        ("6e2c1d0b-4c3a-4f2b-8a19-908f7e6d5c71", "d5c4b3a2-9180-4f7e-8d6c-5b4a39281781"),
    ),
}
FIGURES = {
    "flux": {
        "title": "Energy flux of astrophysical neutrinos: fit and models",
        "description": "What IceCube fitted in segments of energy, and the ranges of models of cosmogenic neutrinos and of sources.",
        "of": OF_EVENT,
        "figure": {
            "x": {"scale": "log", "range": [1e4, 1e11]},
            "y": {"scale": "log", "range": [1e-12, 1e-6]},
            "layers": [
                {
                    "mark": "band",
                    "table": "data/cosmogenic.ecsv",
                    "y": "flux_low",
                    "low": "flux_low",
                    "high": "flux_high",
                    "label": "cosmogenic models",
                },
                {
                    "mark": "band",
                    "table": "data/sources.ecsv",
                    "y": "flux_low",
                    "low": "flux_low",
                    "high": "flux_high",
                    "label": "models of sources",
                },
                {"mark": "points", "table": "data/hese.ecsv", "y": "flux", "color": "black", "label": "IceCube HESE"},
            ],
        },
    },
    "background": {
        "title": "Background rate of KM3NeT/ARCA230 by energy and declination",
        "description": "Rate of the background in the track selection against reconstructed energy and sine of the declination.",
        "of": OF_DETECTOR,
        "figure": {
            "x": {"scale": "log"},
            "layers": [{"mark": "mesh", "table": "data/background.ecsv", "y": "sin_dec_low", "value": "rate", "scale": "log"}],
        },
    },
}
README = """
## What else is in the demo

Beside the effective area there are three tables of the open data of the event KM3-230213A (bands and points, `figures/flux.yaml`)
and the background rate of the detector (a mesh, `figures/background.yaml`); `data/README.md` says where each comes from.
"""
ORIGIN = """
## Origin of the other tables

- `hese.ecsv`: `flux_constraints/icecube_segmentedfit_hese.json` of the data release of the event KM3-230213A, <{event}>; the
  values are IceCube's, [doi:10.1103/PhysRevD.104.022002](https://doi.org/10.1103/PhysRevD.104.022002)
- `cosmogenic.ecsv`, `sources.ecsv`: `flux_models/cosmogenic_band.json` and `flux_models/source_band.json` of the same
- `background.ecsv`: `data/bkg_track.csv` of <{irf}>, version 1.0.2

All are [CC-BY-4.0](https://creativecommons.org/licenses/by/4.0/), copyright The KM3NeT collaboration. Changes: header added, bin
centres left out, numbers in place of their logarithms; the unit of the fit, published as `GeV.cm^-2.s.sr`, is written as the one it is.
"""


def power(logarithm: str | None) -> str:
    """``10**logarithm``, correctly rounded; an empty cell stays one."""
    return "" if logarithm is None else repr(float(Decimal(10) ** Decimal(float(logarithm))))


def column(name: str, unit: str | None, description: str, meaning: dict[str, str], role: str) -> dict[str, object]:
    said = {"name": name, "datatype": "float64", "unit": unit, "description": description, "meta": {**meaning, "role": role}}
    return {key: value for key, value in said.items() if value}


def event(name: str) -> dict[str, list[str]]:
    """Columns of a file of the event, as the literals that stand in it."""
    said = json.loads((DATA / "km3net-KM3-230213A" / name).read_text("utf-8"), parse_float=str, parse_int=str)
    return {key: list(cells.values()) for key, cells in said.items() if isinstance(cells, dict)}


def hese() -> tuple[list[dict[str, object]], list[list[str]]]:
    low, high, flux, minus, plus = event("icecube_segmentedfit_hese.json").values()
    edge = "edge of the segment in neutrino energy"
    columns = [
        column("energy_low", "GeV", f"Lower {edge}", ENERGY, "lower_edge"),
        column("energy_high", "GeV", f"Upper {edge}", ENERGY, "upper_edge"),
        column("flux", PER_AREA, "Energy flux per flavour", FLUX, "value"),
        column("flux_minus", PER_AREA, "Downward error of the energy flux", FLUX, "error_minus"),
        column("flux_plus", PER_AREA, "Upward error of the energy flux", FLUX, "error_plus"),
    ]
    return columns, [low, high, flux, minus, plus]


def band(name: str) -> tuple[list[dict[str, object]], list[list[str]]]:
    place, low, high = event(name).values()
    columns = [
        column("energy", "GeV", "Neutrino energy", ENERGY, "xvalue"),
        column("flux_low", PER_AREA, "Lowest energy flux of the models", FLUX, "value"),
        column("flux_high", PER_AREA, "Highest energy flux of the models", FLUX, "value"),
    ]
    return columns, [place, [power(cell) for cell in low], [power(cell) for cell in high]]


def background() -> tuple[list[dict[str, object]], list[list[str]]]:
    with (DATA / "km3net-ARCA230-irf/bkg_track.csv").open(newline="") as stream:
        rows = [[cell.strip() for cell in row] for row in csv.reader(stream)][1:]
    reconstructed = {
        **ENERGY,
        "name": "Reconstructed energy",
        "symbol": r"E_{\mathrm{reco}}",
        "ucd": "phys.energy",
        "quantity": "reconstructed",
    }
    declination = {"name": "Sine of the declination", "symbol": r"\sin\delta", "ucd": "pos.eq.dec", "axis": "y", "frame": "icrs"}
    columns = [
        column(
            "energy_low", "GeV", "Lower edge of the bin in reconstructed energy", {**reconstructed, "scale": "log10"}, "lower_edge"
        ),
        column(
            "energy_high", "GeV", "Upper edge of the bin in reconstructed energy", {**reconstructed, "scale": "log10"}, "upper_edge"
        ),
        column(
            "sin_dec_low", None, "Lower edge of the bin in the sine of the reconstructed declination", declination, "lower_edge"
        ),
        column(
            "sin_dec_high", None, "Upper edge of the bin in the sine of the reconstructed declination", declination, "upper_edge"
        ),
        column("rate", "s-1", "Rate of events in the bin", {"name": "Rate", "symbol": "R", "axis": "z"}, "value"),
    ]
    cells = [
        [energy(row[0]) for row in rows],
        [energy(row[2]) for row in rows],
        *([row[place] for row in rows] for place in (3, 5, 6)),
    ]
    return columns, cells


def table(name: str) -> str:
    """An annotated table, with what the template fills in."""
    title, description, kind, more, (step, settings, software), refs = TABLES[name]
    columns, cells = {"hese": hese, "background": background}.get(name, lambda: band(f"{name.removesuffix('s')}_band.json"))()
    resource = {"kid": MARK.format(0), "title": title, "description": description, "resourceType": kind, **more}
    steps = [
        {"refID": refs[0], "name": step, "settings": settings, "software": software},
        {
            "refID": refs[1],
            "name": "Conversion to an annotated table",
            "settings": "Numbers in place of logarithms; bin centres left out",
            "software": "kpublish",
        },
    ]
    header = {
        "delimiter": ",",
        "datatype": columns,
        "meta": {"KM3Resource": resource, "origin": {"provenance": steps}},
        "schema": "astropy-2.0",
    }
    lines = [",".join(str(one["name"]) for one in columns), *(",".join(row) for row in zip(*cells, strict=True))]
    text = header_text(header) + "\n".join(lines) + "\n"
    start = text.index("#     referenceURL:")
    return (text[:start] + LICENCE + text[start:]).replace(MARK.format(0), f"{{{{ cookiecutter.__kid_table_{name} }}}}")


def figure(name: str) -> str:
    """The description of a figure, with what the template fills in."""
    said = FIGURES[name]
    resource = {
        "kid": MARK.format(0),
        "title": said["title"],
        "description": said["description"],
        "resourceType": "plot",
        "approval": said["of"]["approval"],
    }
    text = yaml.safe_dump({"KM3Resource": resource, "figure": said["figure"]}, sort_keys=False, allow_unicode=True, width=1000)
    text = text.replace(MARK.format(0), f"{{{{ cookiecutter.__kid_figure_{name} }}}}")
    licence = LICENCE.replace("#     license", "  license").strip("\n")
    return "# yaml-language-server: $schema=../.schema/figure.json\n" + text.replace("\nfigure:\n", f"\n{licence}\nfigure:\n")


def files() -> dict[Path, str]:
    """Every file of the template, by path: those of km3net-public-plots, changed and with more."""
    made = {
        DEMO / path.relative_to(BASE): path.read_text("utf-8")
        for path in sorted(BASE.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
    kids = [*(f"__kid_table_{name}" for name in TABLES), *(f"__kid_figure_{name}" for name in FIGURES)]
    inner = DEMO / INNER
    for name in TABLES:
        made[inner / f"data/{name}.ecsv"] = table(name)
    for name in FIGURES:
        made[inner / f"figures/{name}.yaml"] = figure(name)
    made[inner / "README.md"] += README
    made[inner / "data/README.md"] += ORIGIN.format(event=EVENT, irf=IRF)
    made[inner / "kpublish.yaml"] = ignoring(made[inner / "kpublish.yaml"])
    for path in (DEMO / "README.md", inner / ".copier-answers.yml"):
        made[path] = (
            made[path]
            .replace("km3net-public-plots", "km3net-public-plots-demo")
            .replace("kpublish new public-plots ", "kpublish new public-plots-demo ")
        )
    made[DEMO / "cookiecutter.json"] = made[DEMO / "cookiecutter.json"].replace(
        '  "__kid_figure"', "".join(f'  "{kid}": "{{{{ uuid4() }}}}",\n' for kid in kids) + '  "__kid_figure"'
    )
    made[DEMO / "copier.yml"] = made[DEMO / "copier.yml"].replace(
        "    __kid_figure:", "".join(f"    {kid}: {{{{ kid() }}}}\n" for kid in kids) + "    __kid_figure:"
    )
    return {
        path: re.sub(
            "A repository that publishes plots and their data, with", "The demo: several tables and marks of real data beside", text
        )
        for path, text in made.items()
    }


def ignoring(text: str) -> str:
    """The project's file, which ignores that example data have a licence of their own."""
    reason = "reason: The example data are CC-BY-4.0; everything else is not.}"
    more = "".join(f"  - {{path: {path}, {reason}\n" for path in paths())
    return text.replace("  - {path: data/effective_area.ecsv,", f"{more}  - {{path: data/effective_area.ecsv,")


def paths() -> Iterator[str]:
    """Tables and figures that the demo adds."""
    yield from (f"data/{name}.ecsv" for name in TABLES)
    yield from (f"figures/{name}.yaml" for name in FIGURES)


if __name__ == "__main__":
    for path, text in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
