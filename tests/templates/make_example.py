"""Make what the templates hold ready made: the annotated table of km3net-public-plots, and the schemas for editors.

The table comes from the published effective area of KM3NeT/ARCA230. Run ``python tests/templates/make_example.py`` after a
change of the writer or of the models; the test suite compares.
"""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from pathlib import Path

import yaml

from kpublish.formats.ecsv.writing import header_text
from kpublish.model.schemas import schemas

ROOT = Path(__file__).resolve().parents[2]
ORIGINAL = ROOT / "tests/data/km3net-ARCA230-irf/aeff_coszen_allnumuCC_track.csv"
GENERATED = ROOT / "templates/km3net-public-plots/{{cookiecutter.slug}}"
DOCUMENT = ROOT / "templates/km3net-document/{{cookiecutter.slug}}"
EXAMPLE = GENERATED / "data/effective_area.ecsv"

#: Stands for the kid that the template mints, while the table is written.
KID = "00000000-0000-4000-8000-000000000000"
#: In a repository of another licence the table says its own.
LICENCE = """{%- if cookiecutter.license != "CC-BY-4.0" %}
#     license: CC-BY-4.0
{%- endif %}
"""

HEADER = rf"""
delimiter: ','
datatype:
- name: energy_low
  datatype: float64
  unit: GeV
  description: Lower edge of the bin in true neutrino energy
  meta: &energy
    name: Neutrino energy
    symbol: 'E_{{\nu}}'
    ucd: phys.energy;phys.particle.neutrino
    role: lower_edge
    axis: x
    scale: log10
    quantity: 'true'
- name: energy_high
  datatype: float64
  unit: GeV
  description: Upper edge of the bin in true neutrino energy
  meta: {{<<: *energy, role: upper_edge}}
- name: cos_zenith_low
  datatype: float64
  description: Lower edge of the bin in the cosine of the zenith angle of the neutrino's origin (-1 straight below, 1 above)
  meta: &zenith
    name: Cosine of the zenith angle
    symbol: '\cos\theta'
    ucd: pos.az.zd
    role: lower_edge
    axis: y
    scale: linear
    frame: horizontal
    quantity: 'true'
- name: cos_zenith_high
  datatype: float64
  description: Upper edge of the bin in the cosine of the zenith angle of the neutrino's origin (-1 straight below, 1 above)
  meta: {{<<: *zenith, role: upper_edge}}
- name: aeff
  datatype: float64
  unit: m2
  description: >-
    Effective area for charged-current interactions after the track selection,
    averaged over neutrinos and antineutrinos and over the bin
  meta:
    name: Effective area
    symbol: 'A_{{\mathrm{{eff}}}}'
    ucd: phys.area;phys.particle.neutrino
    role: value
    axis: z
meta:
  KM3Resource:
    kid: {KID}
    title: Effective area of KM3NeT/ARCA230 for muon neutrinos selected as tracks
    description: >-
      Effective area of the complete detector (230 detection units) for charged-current interactions of muon neutrinos and
      antineutrinos that are selected as tracks, by true neutrino energy and zenith angle. It is the average over neutrinos and
      antineutrinos, to be multiplied by the sum of both fluxes.
    ktype: km3.irf.aeff
    resourceType: irf
    approval: {{by: KM3NeT Collaboration, date: 2024-04-10, reference: https://github.com/KM3NeT/KM3NeT-ARCA-irf}}
    referenceURL: https://arxiv.org/abs/2402.08363
    relatedResources:
    - id: https://github.com/KM3NeT/KM3NeT-ARCA-irf
      relation: isDerivedFrom
    content:
      instrument: KM3NeT/ARCA230
  origin:
    range:
      energy: {{min: 50.11872336272722, max: 100000000.0, unit: GeV}}
      cos_zenith: {{min: -1.0, max: 1.0}}
    provenance:
    - refID: 0d2f5f0c-1c86-4d0b-9a4e-5b1f8f0a7c21
      name: Instrument response functions from simulated events
      settings: Average over neutrinos and antineutrinos; events selected as tracks
      software: KM3NeT/KM3NeT-ARCA-irf v1.0.2, data/aeff_coszen_allnumuCC_track.csv, CC-BY-4.0
    - refID: 7a9c3e54-62b8-4f17-8d05-c2e4619b3f86
      name: Conversion to an annotated table
      settings: Energy edges 10**edge of the published edges in log10(E/GeV); bin centres left out; other numbers as published
      software: kpublish
schema: astropy-2.0
"""


def energy(logarithm: str) -> str:
    """Return ``10**float(logarithm)``, correctly rounded, so that every computer writes the same digits."""
    return repr(float(Decimal(10) ** Decimal(float(logarithm))))


def body() -> str:
    """Return the table: linear energies, all other numbers as published."""
    with ORIGINAL.open(newline="") as stream:
        rows = list(csv.reader(stream))[1:]
    lines = ["energy_low,energy_high,cos_zenith_low,cos_zenith_high,aeff"]
    lines += [",".join((energy(row[0]), energy(row[2]), row[3], row[5], row[6])) for row in rows]
    return "\n".join(lines) + "\n"


def example() -> str:
    """Return the annotated table as it stands in the template."""
    text = header_text(yaml.safe_load(HEADER)) + body()
    start = text.index("#     referenceURL:")
    return (text[:start] + LICENCE + text[start:]).replace(KID, "{{ cookiecutter.__kid_table }}")


def editor_schemas() -> dict[Path, str]:
    """Return the JSON Schemas that the YAML files of the templates name, by path."""
    return {
        folder / ".schema" / name: json.dumps(schemas()[name], indent=2, ensure_ascii=False) + "\n"
        for folder, name in ((GENERATED, "figure.json"), (GENERATED, "kpublish.json"), (DOCUMENT, "kpublish.json"))
    }


if __name__ == "__main__":
    for path, text in {EXAMPLE: example(), **editor_schemas()}.items():
        path.write_text(text, encoding="utf-8")
